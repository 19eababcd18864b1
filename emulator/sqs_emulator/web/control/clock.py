"""The clock of an account: read it, stop it, move it on, let it run at another rate."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Final

import msgspec

from sqs_emulator.core.broker import Account
from sqs_emulator.web.control.asked import Asked, PageRefused

_LATEST: Final = 253_402_300_799_000  # the end of the year 9999, the last that can be written
_RATES: Final = (0.001, 1_000_000.0)


class ClockState(msgspec.Struct):
    account: str
    now: int  # milliseconds since the epoch
    time: str  # the same, as ISO 8601
    frozen: bool
    rate: float  # how many of its seconds pass in a real one


class Moment(msgspec.Struct, forbid_unknown_fields=True):
    """`at`: milliseconds since the epoch, or ISO 8601."""

    at: int | str | None = None


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    """One of the two: by `seconds`, or `until` a moment."""

    seconds: float | None = None
    until: int | str | None = None


class Rate(msgspec.Struct, forbid_unknown_fields=True):
    rate: float


def read(asked: Asked) -> ClockState:
    clock = asked.broker.clock_of(asked.account)
    now = clock.now()
    return ClockState(asked.account, now, _iso(now), clock.is_frozen, clock.rate)


def freeze(asked: Asked) -> ClockState:
    """Stop the clock, now or at a moment that it is moved on to first."""
    at = asked.body(Moment).at
    account = _account(asked)
    target = None if at is None else _moment(at)
    account.clock.freeze()
    if target is not None:
        _advance(account, target)
    account.timers.clock_changed()
    return read(asked)


def resume(asked: Asked) -> ClockState:
    account = _account(asked)
    account.clock.resume()
    account.timers.clock_changed()
    return read(asked)


def advance(asked: Asked) -> ClockState:
    wanted = asked.body(Advance)
    if (wanted.seconds is None) == (wanted.until is None):
        raise PageRefused("Give either seconds or until.")
    account = _account(asked)
    if wanted.seconds is not None:
        if not (math.isfinite(wanted.seconds) and wanted.seconds >= 0):
            raise PageRefused(f"seconds is {wanted.seconds}; allowed is 0 or more.")
        target = account.clock.now() + round(wanted.seconds * 1000)
    else:
        target = _moment(wanted.until or 0)
    _advance(account, target)
    return read(asked)


def rate(asked: Asked) -> ClockState:
    wanted = asked.body(Rate).rate
    lowest, highest = _RATES
    if not lowest <= wanted <= highest:
        raise PageRefused(f"rate is {wanted}; allowed is {lowest:g} to {highest:g} (freeze stops the clock).")
    account = _account(asked)
    account.clock.set_rate(wanted)
    account.timers.clock_changed()
    return read(asked)


def _advance(account: Account, target: int) -> None:
    if target > _LATEST:
        raise PageRefused(f"{target} is after the year 9999.")
    now = account.clock.now()
    if target < now:
        raise PageRefused(f"{_iso(target)} is before {_iso(now)}, and the clock never goes back.")
    account.advance_to(target)


def _account(asked: Asked) -> Account:
    return asked.broker.account(asked.account)


def _moment(given: int | str) -> int:
    if isinstance(given, int):
        return given
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise PageRefused(
            f"{given!r} is no moment; allowed are milliseconds since the epoch, or ISO 8601: 2030-01-31T12:00:00Z."
        ) from None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
