"""All that a broker holds, as plain data to compare: before and after a request that must change nothing.

It is a walk over every object that can be reached, so what is added to the core is in it without being named here. Left
out are functions, and what is no state of a queue: clocks, timers and limits.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, Final

import msgspec

from sqs_emulator.core.broker import Broker
from sqs_emulator.core.limits import Limits
from sqs_emulator.core.timers import NoTimers
from tests.sqs_by_hand import HandClock, Sqs

_PLAIN: Final = (type(None), bool, int, float, str, bytes, enum.Enum)
_NO_STATE: Final = (HandClock, NoTimers, Limits)


def snapshot(broker: Broker) -> object:
    """Return the broker's whole state. Objects met twice are numbers, so that who is who is compared, too."""
    return _Walk().of(broker)


def settle(sqs: Sqs) -> None:
    """Let all happen that is due by now: what time does is no change of the request that comes after it."""
    now = sqs.clock.now()
    queues = list(sqs.broker.queues())
    for queue in queues:
        queue.on_timer(now)
        for task in sqs.broker.move_tasks_of(queue):
            task.catch_up(now)
    for queue in queues:  # where tasks have moved something to
        queue.on_timer(now)


class _Walk:
    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        self._kept: list[object] = []  # so that no id is given out again

    def of(self, value: object) -> object:
        kind = type(value)
        look = _LOOKS.get(kind)
        if look is None:
            look = _LOOKS[kind] = _look_at(value)
        if look is _as_it_is or look is _not_at_all:
            return look(self, value)
        number = self._seen.get(id(value))
        if number is not None:
            return f"<{number}>"
        self._seen[id(value)] = len(self._seen)
        self._kept.append(value)
        return kind.__name__, look(self, value)


# How an object of each kind is looked at; the kinds are met again and again.

_Look = Callable[[_Walk, Any], object]
_LOOKS: Final[dict[type, _Look]] = {}


def _look_at(value: object) -> _Look:
    if isinstance(value, _PLAIN):
        return _as_it_is
    if callable(value) or isinstance(value, _NO_STATE):
        return _not_at_all
    if isinstance(value, Mapping):
        return lambda walk, mapping: [(walk.of(key), walk.of(item)) for key, item in mapping.items()]
    if isinstance(value, Set):
        return lambda walk, members: sorted((walk.of(member) for member in members), key=repr)
    if isinstance(value, Sequence | deque):
        return lambda walk, members: [walk.of(member) for member in members]
    if isinstance(value, msgspec.Struct):
        names = value.__struct_fields__
        return lambda walk, struct: [(name, walk.of(getattr(struct, name))) for name in names]
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    return lambda walk, thing: _fields(walk, thing, slots) or repr(thing)


def _fields(walk: _Walk, value: object, slots: list[str]) -> list[tuple[str, object]]:
    names = [*(name for name in slots if hasattr(value, name)), *getattr(value, "__dict__", ())]
    return [(name, walk.of(getattr(value, name))) for name in names]


def _as_it_is(_walk: _Walk, value: object) -> object:
    return value


def _not_at_all(_walk: _Walk, _value: object) -> None:
    return None
