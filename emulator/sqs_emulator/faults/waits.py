"""Calls that are answered later: those that are held up, and those whose answer is changed when it comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from sqs_emulator.core.clock import Clock
from sqs_emulator.core.errors import SqsError
from sqs_emulator.core.timers import Timers
from sqs_emulator.faults.active import ActiveRule
from sqs_emulator.faults.outcomes import Unanswered
from sqs_emulator.services.pending import Answer, Outcome, Pending

Proceed: TypeAlias = Callable[[], Outcome]


class Time(NamedTuple):
    """A clock, and the timers that go by it."""

    clock: Clock
    timers: Timers


class LateCall:
    """A call that goes on at a moment of some clock, or when its rule is removed; not at all once its client leaves."""

    def __init__(
        self,
        account: str,
        proceed: Proceed,
        time: Time,
        seconds: float,
        rule: ActiveRule,
        is_gone: Callable[[], bool],
    ) -> None:
        self.account = account
        self._proceed = proceed
        self._timers = time.timers
        self._at = time.clock.now() + round(seconds * 1000)
        self._rule = rule
        self._is_gone = is_gone
        self._poll: Pending[Answer] | None = None  # what it has become: a long poll

    def pending(self) -> Pending[Answer]:
        return Pending(self._begin, self._stop)

    def _begin(self, answer: Callable[[Answer], None]) -> None:
        self._answer = answer
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
            self._poll = outcome
            outcome.subscribe(self._answer)
        else:
            self._answer(outcome)

    def release(self) -> None:
        self._timers.set(self, None)
        self.on_timer(self._at)

    def _stop(self) -> None:
        if self._poll is not None:
            self._poll.abandon()
        else:
            self._timers.set(self, None)
            self._rule.held.discard(self)


def changed(proceed: Proceed, change: Callable[[Answer], Answer]) -> Outcome:
    """Go on with a call, and change its answer, at once or when it comes. An answer may be an error, raised or not."""
    outcome: Outcome | Exception
    try:
        outcome = proceed()
    except (SqsError, Unanswered) as error:
        outcome = error
    if isinstance(outcome, Pending):
        return outcome.then(change)
    answer = change(outcome)
    if isinstance(answer, Exception):
        raise answer
    return answer
