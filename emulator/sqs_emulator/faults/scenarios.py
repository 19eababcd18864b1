"""Named scenarios: whole sets of rules that are switched on together.

Each is a function of a queue pattern, an account and a seed; its docstring says what it does, and how often. The same
seed and the same calls in the same order give the same faults.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqs_emulator.faults.effects import (
    AnswerStatus,
    DeliverTwice,
    Deny,
    Drop,
    Effect,
    Error,
    Latency,
    LoseAnswer,
    Shuffle,
)
from sqs_emulator.faults.parsing import SCENARIO_KEYS, check, parse_rule, read
from sqs_emulator.faults.rules import ANY, FaultError, FaultRule

_Draft = tuple[Effect, float | None]  # with what probability


def _at_least_once() -> tuple[_Draft, ...]:
    """What AWS may do with a standard queue: deliver a message more than once, and out of order.

    One message of five, by chance, is received twice: it stays visible when it is received for the first time, and
    until it is received again, a delete does not remove it. Every receive draws from the ten messages that are next in
    order. Nothing is lost, and FIFO queues are left as they are.
    """
    return (DeliverTwice(), 0.2), (Shuffle(among=10), None)


def _throttled() -> tuple[_Draft, ...]:
    """More requests than AWS allows: three calls of ten, by chance, are answered with RequestThrottled (403).

    They are not done. Any action, any queue. boto3 tries again by itself: twice, unless it is configured otherwise.
    """
    return ((Error("RequestThrottled"), 0.3),)


def _flaky_network() -> tuple[_Draft, ...]:
    """A network that nobody can rely on. Of a hundred calls, by chance, each on its own:

    ten arrive 0.1 real seconds late; five are dropped with their connection before they are done; of the rest, five are
    done, but the connection is dropped instead of the answer; and five are answered with a bare 503 by something on the
    way. A message whose receive lost its answer is in flight until its visibility timeout is over.
    """
    return (Latency(0.1), 0.1), (Drop(), 0.05), (LoseAnswer(), 0.05), (AnswerStatus(503), 0.05)


def _lost_permissions() -> tuple[_Draft, ...]:
    """A role that has lost its policies: from now on, every call is answered with AccessDenied (403)."""
    return ((Deny(), None),)


_SCENARIOS: Final[dict[str, Callable[[], tuple[_Draft, ...]]]] = {
    "at-least-once": _at_least_once,
    "throttled": _throttled,
    "flaky-network": _flaky_network,
    "lost-permissions": _lost_permissions,
}


def described() -> dict[str, str]:
    """Return what each scenario does, by its name."""
    return {name: inspect.getdoc(drafts) or "" for name, drafts in _SCENARIOS.items()}


def parse_rules(given: Mapping[str, Any]) -> tuple[FaultRule, ...]:
    """Make the rules of what somebody wrote: one rule, or a scenario's; raises FaultError.

    Of a scenario: `{"scenario": "throttled", "seed": 1, "queue": "orders*"}`, the last two if wanted.
    """
    if "scenario" not in given:
        return (parse_rule(given),)
    name = given["scenario"]
    if not isinstance(name, str) or name not in _SCENARIOS:
        raise FaultError(f"scenario is {name!r}; allowed is one of {', '.join(_SCENARIOS)}.")
    for key in given:
        if key != "scenario" and key not in SCENARIO_KEYS:
            raise FaultError(f"{key!r} is not a key of a scenario; allowed are scenario, {', '.join(SCENARIO_KEYS)}.")
    keys = {key: read(key, value, SCENARIO_KEYS) for key, value in given.items() if key != "scenario"}
    rules = rules_of(name, **keys)
    for rule in rules:
        check(rule)
    return rules


def rules_of(
    name: str, *, queue: str | None = None, account: str = ANY, seed: int | None = None
) -> tuple[FaultRule, ...]:
    """Return a scenario's rules; those of one scenario draw different things from one seed."""
    return tuple(
        FaultRule(
            effect=effect,
            queue=queue,
            account=account,
            probability=probability,
            seed=None if seed is None else _own_seed(seed, place),
            scenario=name,
        )
        for place, (effect, probability) in enumerate(_SCENARIOS[name]())
    )


def _own_seed(seed: int, place: int) -> int:
    return seed * 1_000 + place
