"""An account moves its clock: checked first, then changed, and the timers hear of it whatever happens between."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sqs_emulator.core.account import Account
from sqs_emulator.core.broker import Broker
from sqs_emulator.core.clock import HIGHEST_RATE, LATEST, LOWEST_RATE, ClockRefused, MomentPassed
from sqs_emulator.core.timers import Timed
from tests.core.by_hand import Poll, TimersByHand
from tests.sqs_by_hand import START, HandClock

DAY = 86_400_000


class ToldTimers(TimersByHand):
    """Timers that count how often they were told of a change."""

    told = 0

    def clock_changed(self) -> None:
        self.told += 1


class Failing:
    """Something whose moment comes, and which fails then."""

    def on_timer(self, now: int) -> None:
        raise RuntimeError(f"it fails at {now}")


@pytest.fixture
def timers() -> ToldTimers:
    return ToldTimers()


@pytest.fixture
def source() -> HandClock:
    return HandClock()


@pytest.fixture
def broker(source: HandClock, timers: ToldTimers) -> Broker:
    return Broker(source, timers_of=lambda _clock: timers)


@pytest.fixture
def account(broker: Broker) -> Account:
    return broker.account("000000000000")


REFUSED: dict[str, Callable[[Account], None]] = {
    "a freeze in the past": lambda account: account.freeze(START - 1),
    "a freeze after the year 9999": lambda account: account.freeze(LATEST + 1),
    "an advance into the past": lambda account: account.advance_to(START - 1),
    "an advance to after the year 9999": lambda account: account.advance_to(LATEST + 1),
    "a rate of nothing": lambda account: account.set_rate(0),
    "a rate too low": lambda account: account.set_rate(LOWEST_RATE / 2),
    "a rate too high": lambda account: account.set_rate(HIGHEST_RATE * 2),
    "a rate that is no number": lambda account: account.set_rate(float("nan")),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_changes_nothing(
    account: Account, source: HandClock, timers: ToldTimers, change: Callable[[Account], None]
) -> None:
    somebody: Timed = Failing()
    timers.set(somebody, START)  # its moment is there: a walk would begin with it

    with pytest.raises(ClockRefused):
        change(account)

    assert account.clock.now == source.now, "a clock that nobody has touched"
    assert account.clock.rate == 1
    assert (timers.at, timers.told) == ({somebody: START}, 0)


def test_a_refusal_says_which_moment_has_passed(account: Account) -> None:
    with pytest.raises(MomentPassed, match="the clock never goes back") as refusal:
        account.advance_to(START - 1)

    assert (refusal.value.moment, refusal.value.now) == (START - 1, START)


def freeze(account: Account) -> None:
    account.freeze(START + DAY)


def advance(account: Account) -> None:
    account.advance_to(START + DAY)


@pytest.mark.parametrize("rate", [1, 60])
@pytest.mark.parametrize("walk", [freeze, advance])
def test_a_walk_that_fails_leaves_the_rate_as_it_was_and_the_timers_know(
    account: Account, source: HandClock, timers: ToldTimers, walk: Callable[[Account], None], rate: float
) -> None:
    account.set_rate(rate)
    timers.set(Failing(), START + 5_000)
    timers.told = 0

    with pytest.raises(RuntimeError, match=f"it fails at {START + 5_000}"):
        walk(account)

    assert account.clock.rate == rate
    source.advance(1)
    assert account.clock.now() == START + 5_000 + round(rate * 1_000), "it goes on from where the walk ended"
    assert timers.told == 1


def test_a_frozen_clock_whose_walk_fails_stays_frozen(account: Account, timers: ToldTimers) -> None:
    account.freeze()
    timers.set(Failing(), START + 5_000)

    with pytest.raises(RuntimeError):
        account.advance_to(START + DAY)

    assert account.clock.is_frozen
    assert account.clock.now() == START + 5_000


def test_a_clock_is_frozen_at_the_moment_that_was_asked_for(
    account: Account, source: HandClock, timers: ToldTimers
) -> None:
    account.freeze(START + DAY)
    source.advance(1)

    assert account.clock.is_frozen
    assert account.clock.now() == START + DAY
    assert timers.told == 1


def test_what_falls_due_before_a_clock_is_frozen_happens(broker: Broker, account: Account) -> None:
    queue = broker.create_queue("000000000000", "us-east-1", "q", {}, tags={}, now=START)
    poll = Poll(queue, now=START, wait=20_000)

    account.freeze(START + 19_999)
    before = poll.bodies
    account.freeze(START + 20_000)

    assert (before, poll.bodies) == (None, [])


def test_a_clock_that_is_only_stopped_or_set_going_tells_the_timers(account: Account, timers: ToldTimers) -> None:
    told = []
    changes: tuple[Callable[[], None], ...] = (account.freeze, account.resume, lambda: account.set_rate(2))
    for change in changes:
        change()
        told.append((account.clock.rate, timers.told))

    assert told == [(0, 1), (1, 2), (2, 3)]


def test_a_running_clock_may_run_on_between_the_check_and_the_walk(timers: ToldTimers) -> None:
    class Running(HandClock):
        def now(self) -> int:
            self._now += 1  # each time that it is read
            return self._now

    account = Broker(Running(), timers_of=lambda _clock: timers).account("000000000000")

    account.freeze(account.clock.now() + 1)

    assert account.clock.is_frozen
