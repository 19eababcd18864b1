"""An account's clock, as a test moves it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqs_emulator.testing.control import ControlClient


class ClockClient:
    """The clock of one account.

    It moves the emulator's time, not the time of clients: the timers of a worker run as before.
    """

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def now(self) -> datetime:
        return _moment(self._control.get("clock"))

    @property
    def is_frozen(self) -> bool:
        return bool(self._control.get("clock")["frozen"])

    def freeze(self, at: datetime | None = None) -> datetime:
        """Stop the clock. With `at`, a later moment, it is first moved there."""
        return _moment(self._control.post("clock/freeze", {} if at is None else {"at": at.isoformat()}))

    def resume(self) -> datetime:
        """Let the clock run at the speed of real time again, from the moment that it shows."""
        return _moment(self._control.post("clock/resume"))

    def advance(self, seconds: float) -> datetime:
        """Move the clock forward. When this returns, everything due on the way has happened, each at its own moment."""
        return _moment(self._control.post("clock/advance", {"seconds": seconds}))

    def advance_to(self, moment: datetime) -> datetime:
        """Move the clock forward to a moment, which has a time zone."""
        return _moment(self._control.post("clock/advance", {"until": moment.isoformat()}))

    def set_rate(self, rate: float) -> datetime:
        """Let `rate` seconds of this clock pass in each real second."""
        return _moment(self._control.post("clock/rate", {"rate": rate}))

    @contextlib.contextmanager
    def frozen(self) -> Iterator[ClockClient]:
        """Stop the clock for the length of a `with`."""
        self.freeze()
        try:
            yield self
        finally:
            self.resume()


def _moment(state: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(state["now"] / 1000, UTC)
