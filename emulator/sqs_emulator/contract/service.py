"""A service of AWS as a value: what it is called, how its wire is spelt, its actions and its errors.

Two services may have an action of the same name (both SQS and SNS have AddPermission): an action is told from others by
being itself, and which service is meant is settled before its name is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from sqs_emulator.contract.action import Action
from sqs_emulator.contract.errors import WireError
from sqs_emulator.core.errors import SqsError


class Service(msgspec.Struct, frozen=True, eq=False):
    name: str  # in the scope of credentials and in policies: `sqs`
    version: str  # of its API, as the Query protocol's `Version` has it
    namespace: str  # of its XML
    target_prefix: str | None  # of `X-Amz-Target`, before the action's name; None: it speaks no JSON
    actions: Mapping[str, Action]  # by name
    errors: Mapping[type[SqsError], WireError]

    def wire_error(self, shape: type[SqsError]) -> WireError:
        """Return the row of an error's class: its own, or that of the class it derives from."""
        return next(self.errors[kind] for kind in shape.__mro__ if kind in self.errors)


class Services:
    """Those that one endpoint serves; the first is meant by whoever names none."""

    def __init__(self, *services: Service) -> None:
        self.default = services[0]
        self._all = services
        self._by_name = {service.name: service for service in services}
        self._by_version = {service.version: service for service in services}

    def __iter__(self) -> Iterator[Service]:
        return iter(self._all)

    def meant_by(self, scope: str | None, version: str | None) -> Service:
        """Return the service that a request's credentials are for; otherwise the one whose API has this version."""
        return self._by_name.get(scope or "") or self._by_version.get(version or "") or self.default
