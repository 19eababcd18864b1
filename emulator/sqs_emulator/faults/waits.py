"""Calls that are answered later: those that are held up, and those whose answer is changed when it comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from sqs_emulator.contract.action import Result
from sqs_emulator.core.clock import Clock
from sqs_emulator.core.errors import SqsError
from sqs_emulator.core.timers import Timers
from sqs_emulator.faults.active import ActiveRule
from sqs_emulator.faults.outcomes import Unanswered
from sqs_emulator.services.call import Pending

Outcome: TypeAlias = Result | Pending | None
Answer: TypeAlias = Result | Exception | None  # what a Pending's `answer` is called with
Proceed: TypeAlias = Callable[[], Outcome]


class Time(NamedTuple):
    """A clock, and what rings at its moments."""

    clock: Clock
    timers: Timers


class HeldCall(Pending):
    """A call that goes on at a moment of some clock, or when its rule is removed; not at all once its client leaves."""

    def __init__(self, account: str, proceed: Proceed, time: Time, seconds: float, rule: ActiveRule) -> None:
        self.account = account
        self._proceed = proceed
        self._timers = time.timers
        self._at = time.clock.now() + round(seconds * 1000)
        self._rule = rule
        self._then: Pending | None = None  # what it has become: a long poll

    def subscribe(self, answer: Callable[[Answer], None], *, is_gone: Callable[[], bool]) -> None:
        self._answer = answer
        self._is_gone = is_gone
        self._rule.held.add(self)
        self._timers.set(self, self._at)

    def on_timer(self, _now: int) -> None:
        """What the timer calls."""
        self._rule.held.discard(self)
        if self._is_gone():
            return
        try:
            outcome = self._proceed()
        except Exception as error:  # whatever it is, the shell knows how to tell it
            self._answer(error)
            return
        if isinstance(outcome, Pending):
            self._then = outcome
            outcome.subscribe(self._answer, is_gone=self._is_gone)
        else:
            self._answer(outcome)

    def release(self) -> None:
        self._timers.set(self, None)
        self.on_timer(self._at)

    def abandon(self) -> None:
        if self._then is not None:
            self._then.abandon()
        else:
            self._timers.set(self, None)
            self._rule.held.discard(self)


class ChangedLater(Pending):
    """A pending answer that becomes another one when it comes."""

    def __init__(self, pending: Pending, change: Callable[[Answer], Answer]) -> None:
        self._pending = pending
        self._change = change
        self.abandon = pending.abandon  # type: ignore[method-assign]

    def subscribe(self, answer: Callable[[Answer], None], *, is_gone: Callable[[], bool]) -> None:
        self._pending.subscribe(lambda outcome: answer(self._change(outcome)), is_gone=is_gone)


def changed(proceed: Proceed, change: Callable[[Answer], Answer]) -> Outcome:
    """Go on with a call, and change its answer, at once or when it comes. An answer may be an error, raised or not."""
    outcome: Result | Pending | Exception | None
    try:
        outcome = proceed()
    except (SqsError, Unanswered) as error:
        outcome = error
    if isinstance(outcome, Pending):
        return ChangedLater(outcome, change)
    answer = change(outcome)
    if isinstance(answer, Exception):
        raise answer
    return answer
