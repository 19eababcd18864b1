"""Timers: what the core asks of the shell so that something happens at a moment, and what it does without any."""

from __future__ import annotations

from typing import Protocol


class Timed(Protocol):
    """What a timer calls: a queue that somebody waits on, or a move task, which feeds a queue that nobody touches."""

    def on_timer(self, now: int) -> None: ...


class Timers(Protocol):
    """The timers of one account, by its clock; at most one for each that is timed."""

    def set(self, timed: Timed, at: int | None) -> None:
        """Call `timed.on_timer(now)` at the moment `at` and not before; None: no more."""
        ...

    def next(self) -> tuple[int, Timed] | None:
        """Return the earliest moment that is set, and for whom."""
        ...

    def clock_changed(self) -> None:
        """Work out anew how long it is until the moments that are set."""
        ...


class NoTimers:
    """For a queue driven by hand: it catches up when it is next touched."""

    def set(self, timed: Timed, at: int | None) -> None:
        pass

    def next(self) -> tuple[int, Timed] | None:
        return None

    def clock_changed(self) -> None:
        pass
