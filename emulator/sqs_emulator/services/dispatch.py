"""What answers an action: its handler, and the layers around it.

A layer stands around the handlers of all actions while it is there. It takes a call and what would answer it without
the layer, and decides whether and how to go on. What stands outside of what is said by `Order` and nowhere else; who
adds a layer removes it, and need not know of the others. They are composed when one comes or goes: a call pays for
those that are there, and with none its handler is called directly.

Every layer sees a request before its required fields are checked: an authorisation refuses, and a fault strikes, what
nobody has looked at.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from sqs_emulator.contract.action import Action, Request
from sqs_emulator.core.errors import MissingParameter
from sqs_emulator.services.call import Call
from sqs_emulator.services.pending import Outcome

# Each takes the request struct of its own action, which no common type can say. Raises SqsError.
Handler: TypeAlias = Callable[[Call, Any], Outcome]
Layer: TypeAlias = Callable[[Action, Call, Any, Handler], Outcome]


class Order(enum.IntEnum):
    """Where a layer stands, the outermost first."""

    FAULTS = 1  # a call that they stop makes no queue
    AUTO_CREATION = 2


class Dispatcher:
    """`answers` is what answers each action: its handler, or the outermost layer."""

    def __init__(self, handlers: Mapping[Action, Handler]) -> None:
        self._handlers = {action: _checked(action, handler) for action, handler in handlers.items()}
        self._layers: list[tuple[Order, Layer]] = []
        self.answers = self._handlers

    def add(self, layer: Layer, order: Order) -> None:
        """Put a layer around the handlers; of two of the same order, the one that came first stands outside."""
        self._layers.append((order, layer))
        self._layers.sort(key=lambda placed: placed[0])
        self._compose()

    def remove(self, layer: Layer) -> None:
        """Take a layer away; one that is not there is fine."""
        self._layers = [placed for placed in self._layers if placed[1] != layer]
        self._compose()

    @property
    def layers(self) -> list[Layer]:
        """Those that are there, the outermost first."""
        return [layer for _, layer in self._layers]

    def _compose(self) -> None:
        answers = self._handlers
        for _, layer in reversed(self._layers):
            answers = {action: _around(handler, layer, action) for action, handler in answers.items()}
        self.answers = answers


def _around(handler: Handler, layer: Layer, action: Action) -> Handler:
    return lambda call, request: layer(action, call, request, handler)


def _checked(action: Action, handler: Handler) -> Handler:
    """Return a handler that refuses a request without a field that must be there."""
    if not action.required:
        return handler
    names = {field.name: field.encode_name for field in msgspec.structs.fields(action.request)}
    required = tuple((field, names[field]) for field in action.required)

    def check_and_handle(call: Call, request: Request) -> Outcome:
        for field, name in required:
            if getattr(request, field) is None:
                raise MissingParameter(name)
        return handler(call, request)

    return check_and_handle
