"""The clock of an account: read it, stop it, move it on, change its rate."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from sqs_emulator.core.account import Account
from sqs_emulator.core.clock import ClockRefused, MomentPassed
from sqs_emulator.web.control.asked import Asked, PageRefused


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
    target = None if at is None else _moment(at)
    with _refusals():
        _account(asked).freeze(target)
    return read(asked)


def resume(asked: Asked) -> ClockState:
    _account(asked).resume()
    return read(asked)


def advance(asked: Asked) -> ClockState:
    wanted = asked.body(Advance)
    account = _account(asked)
    if wanted.until is not None and wanted.seconds is None:
        target = _moment(wanted.until)
    elif wanted.seconds is not None and wanted.until is None:
        target = account.clock.now() + _milliseconds(wanted.seconds)
    else:
        raise PageRefused("Give either seconds or until.")
    with _refusals():
        account.advance_to(target)
    return read(asked)


def rate(asked: Asked) -> ClockState:
    wanted = asked.body(Rate).rate
    with _refusals():
        _account(asked).set_rate(wanted)
    return read(asked)


def _account(asked: Asked) -> Account:
    return asked.broker.account(asked.account)


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except MomentPassed as refusal:
        words = f"{_iso(refusal.moment)} is before {_iso(refusal.now)}, and the clock never goes back."
        raise PageRefused(words) from None
    except ClockRefused as refusal:
        raise PageRefused(str(refusal)) from None


def _milliseconds(seconds: float) -> int:
    if not (math.isfinite(seconds) and seconds >= 0):
        raise PageRefused(f"seconds is {seconds}; allowed is 0 or more.")
    milliseconds = seconds * 1000
    if not math.isfinite(milliseconds):
        raise PageRefused(f"seconds is {seconds}; that is after the year 9999.")
    return round(milliseconds)


def _moment(given: int | str) -> int:
    if isinstance(given, int):
        return given
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise PageRefused(
            f"{given!r} is not a moment; allowed are milliseconds since the epoch, or ISO 8601: 2030-01-31T12:00:00Z."
        ) from None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _iso(at: int) -> str:
    try:
        moment = datetime.fromtimestamp(at / 1000, UTC)
    except (ValueError, OverflowError, OSError):  # before the year 1 or after 9999: no date can be written
        return str(at)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
