"""Faults: what goes wrong on purpose, how often it did, and how to end it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from sqs_emulator.faults.active import ActiveRule
from sqs_emulator.faults.injector import Injector
from sqs_emulator.faults.rules import ANY, FaultError
from sqs_emulator.faults.scenarios import described, parse_rules
from sqs_emulator.web.control.asked import Asked, PageRefused


class FaultsSeen(msgspec.Struct):
    """Rules as they are written, each with its `id` and how often it was `matched` and `applied`."""

    faults: list[dict[str, Any]]


class Scenarios(msgspec.Struct):
    scenarios: dict[str, str]  # what each one does, by its name


class FaultPages:
    """`?account=*` means all accounts; a rule that names its own account has that one."""

    def __init__(self, injector: Injector) -> None:
        self._injector = injector

    def listed(self, asked: Asked) -> FaultsSeen:
        """Return the rules that calls of an account meet, in the order in which they are asked."""
        return _told(self._injector.rules(_account(asked)))

    def add(self, asked: Asked) -> FaultsSeen:
        """Put one rule, or a scenario's rules, in force, and return them."""
        given = asked.body(dict[str, Any])
        try:
            return _told(self._injector.add(*parse_rules({"account": _account(asked), **given})))
        except FaultError as error:
            raise PageRefused(str(error)) from None

    def remove(self, asked: Asked) -> FaultsSeen:
        """End the rule of this id, or this account's scenario of that name, and return its rules with their counts."""
        which = asked.path["rule"]
        if which.isascii() and which.isdigit():
            removed = self._injector.remove(lambda active: active.number == int(which[:18]))
        else:
            account = _account(asked)
            removed = self._injector.remove(lambda active: active.rule.scenario == which and _is_of(active, account))
        if not removed:
            raise PageRefused(f"There is no fault rule {which}.", 404)
        return _told(removed)

    def clear(self, asked: Asked) -> FaultsSeen:
        """End all rules of an account, but not those that are of every account."""
        account = _account(asked)
        return _told(self._injector.remove(lambda active: _is_of(active, account)))

    def scenarios(self, _asked: Asked) -> Scenarios:
        return Scenarios(described())


def _account(asked: Asked) -> str:
    return ANY if asked.query.get("account") == ANY else asked.account


def _is_of(active: ActiveRule, account: str) -> bool:
    return account in (ANY, active.rule.account)


def _told(rules: Iterable[ActiveRule]) -> FaultsSeen:
    return FaultsSeen([active.told() for active in rules])
