"""An account: its regions with their queues, its clock with the timers that go by it, and its move tasks."""

from __future__ import annotations

from collections.abc import Iterator

from sqs_emulator.core.clock import HIGHEST_RATE, LOWEST_RATE, AccountClock, RateRefused
from sqs_emulator.core.move_tasks import MoveTasks
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.timers import Timers


class Region:
    """The queues of one account in one region, by name."""

    def __init__(self) -> None:
        self.queues: dict[str, Queue] = {}
        self.free_at: dict[str, int] = {}  # when the name of a queue deleted lately may be used again


class Account:
    """One customer's regions, and the time that they go by.

    Whoever changes the clock does it here: a change is checked first, then made, and then the timers are told, whatever
    happened in between. What is refused (ClockRefused) has changed nothing.
    """

    def __init__(self, clock: AccountClock, timers: Timers, move_tasks: MoveTasks) -> None:
        self.clock = clock
        self.timers = timers
        self.move_tasks = move_tasks
        self.regions: dict[str, Region] = {}

    def queues(self) -> Iterator[Queue]:
        for region in self.regions.values():
            yield from region.queues.values()

    def freeze(self, at: int | None = None) -> None:
        """Stop the clock: now, or at a moment that it is moved on to first. Raises ClockRefused."""
        if at is None:
            self._go_on(0)
        else:
            self._walk(at, 0)

    def resume(self) -> None:
        """Let the clock run with the real time again, from the moment that it shows."""
        self._go_on(1)

    def set_rate(self, rate: float) -> None:
        """Let so many seconds of the clock pass in each real one. Raises ClockRefused."""
        if not LOWEST_RATE <= rate <= HIGHEST_RATE:
            raise RateRefused(rate)
        self._go_on(rate)

    def advance_to(self, moment: int) -> None:
        """Move the clock on. What falls due on the way has happened at its own moment. Raises ClockRefused."""
        self._walk(moment, self.clock.rate)

    def _go_on(self, rate: float) -> None:
        self.clock.set_rate(rate)
        self.timers.clock_changed()

    def _walk(self, target: int, rate: float) -> None:
        """Move the clock on, from one moment to the next at which something happens that somebody sees happen.

        Those are the ends of what waiting receives wait for, and the steps of move tasks. What happens between them in
        queues where nobody waits comes in the order of its deadlines when the queue is looked at; it is, at the end.
        From there the clock goes on at `rate`; if something fails on the way, from where that was, at the rate that it
        had.
        """
        self.clock.check(target)
        rate_then = self.clock.rate
        self.clock.freeze()
        try:
            target = max(target, self.clock.now())  # a millisecond may have passed since it was checked
            while (due := self.timers.next()) is not None and due[0] <= target:
                moment, whom = due
                self.clock.move_to(max(moment, self.clock.now()))
                self.timers.set(whom, None)
                whom.on_timer(self.clock.now())
            self.clock.move_to(target)
            for queue in list(self.queues()):
                queue.catch_up(target)
                queue.settle(target)
            rate_then = rate
        finally:
            self._go_on(rate_then)
