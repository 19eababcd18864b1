"""Who is woken when: what the core asks of the shell's timers, and what it does without any."""

from __future__ import annotations

from typing import Protocol


class Due(Protocol):
    """What an alarm wakes: a queue that somebody waits on, or a move task, which feeds a queue that nobody touches."""

    def wake(self, now: int) -> None: ...


class Alarm(Protocol):
    """Wakes what is due, by one clock."""

    def set(self, due: Due, at: int | None) -> None:
        """Call `due.wake(now)` at the moment `at` and not before; None: no more."""
        ...

    def next(self) -> tuple[int, Due] | None:
        """Return the earliest moment that is set, and for whom."""
        ...

    def clock_changed(self) -> None:
        """Reckon anew how long it is until the moments that are set."""
        ...


class NoAlarm:
    """For a queue driven by hand: it catches up when it is next touched."""

    def set(self, due: Due, at: int | None) -> None:
        pass

    def next(self) -> tuple[int, Due] | None:
        return None

    def clock_changed(self) -> None:
        pass
