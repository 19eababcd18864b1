"""An account's clock on top of the machine's: untouched, frozen, moved on, at another rate."""

from __future__ import annotations

import pytest

from sqs_emulator.core.clock import AccountClock
from tests.sqs_by_hand import START, HandClock


class RealClock(HandClock):
    """A source whose moments are waited for."""

    def real_seconds_until(self, at: int) -> float:
        return (at - self.now()) / 1000


@pytest.fixture
def source() -> RealClock:
    return RealClock()


@pytest.fixture
def clock(source: RealClock) -> AccountClock:
    return AccountClock(source)


def test_an_untouched_clock_is_its_source(clock: AccountClock, source: RealClock) -> None:
    source.advance(1.5)

    assert clock.now() == START + 1_500
    assert clock.now == source.now, "it costs nothing more"
    assert clock.real_seconds_until(START + 2_000) == 0.5


def test_a_frozen_clock_stands_still_and_no_waiting_brings_a_later_moment(
    clock: AccountClock, source: RealClock
) -> None:
    clock.freeze()
    source.advance(10)

    assert clock.is_frozen
    assert clock.now() == START
    assert clock.real_seconds_until(START + 1) is None
    assert clock.real_seconds_until(START) == 0


def test_a_resumed_clock_goes_on_from_where_it_stood(clock: AccountClock, source: RealClock) -> None:
    clock.freeze()
    source.advance(10)
    clock.resume()
    source.advance(1)

    assert clock.now() == START + 1_000
    assert clock.real_seconds_until(START + 1_500) == 0.5


def test_a_running_clock_that_is_moved_on_keeps_running(clock: AccountClock, source: RealClock) -> None:
    clock.move_to(START + 60_000)
    source.advance(1)

    assert clock.now() == START + 61_000
    assert clock.real_seconds_until(START + 62_000) == 1


def test_a_fast_clock_waits_less_and_a_slow_one_longer(clock: AccountClock, source: RealClock) -> None:
    clock.set_rate(60)
    source.advance(1)

    assert clock.now() == START + 60_000
    assert clock.real_seconds_until(START + 120_000) == 1

    clock.set_rate(0.5)
    source.advance(1)

    assert clock.now() == START + 60_500
    assert clock.real_seconds_until(START + 61_500) == 2


def test_a_clock_never_goes_back(clock: AccountClock) -> None:
    clock.move_to(START + 5)

    with pytest.raises(ValueError, match="never goes back"):
        clock.move_to(START + 4)

    assert clock.now() == START + 5
