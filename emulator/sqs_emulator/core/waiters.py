"""ReceiveMessage calls that wait: a fair wait queue. The oldest waiter is served first; each one ends exactly once."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable

from sortedcontainers import SortedList

from sqs_emulator.core.receives import Delivery, Receive


def _nobody(_deliveries: list[Delivery]) -> None:
    """For a waiter that nobody has asked for its answer."""


class Waiter:
    """One waiting call.

    `is_gone` is asked just before a message would be handed over: a client may have closed its connection a moment ago
    without the shell having been told yet, and its message would be in flight to nobody.

    `answer` belongs to whoever awaits the call, and is called once, with messages or with none, by whoever takes the
    outbox. The core never calls it.
    """

    __slots__ = ("answer", "is_gone", "number", "real_until", "receive", "until")

    def __init__(self, receive: Receive, *, until: int, is_gone: Callable[[], bool] = lambda: False) -> None:
        self.receive = receive
        self.until = until  # ms since the epoch: when it is answered empty
        self.is_gone = is_gone
        # Seconds of the real, monotonic clock: a client does not wait longer, however slow its account's clock is.
        self.real_until = math.inf
        self.number = 0
        self.answer: Callable[[list[Delivery]], None] = _nobody


class Waiters:
    """The waiters of one queue, in order of arrival, with the moment the next one's wait is over."""

    __slots__ = ("_ends", "_last_number", "by_number")

    def __init__(self) -> None:
        self.by_number: OrderedDict[int, Waiter] = OrderedDict()  # empty: nobody waits
        self._ends: SortedList[tuple[int, int]] = SortedList()
        self._last_number = 0

    def __len__(self) -> int:
        return len(self.by_number)

    def add(self, waiter: Waiter) -> None:
        self._last_number += 1
        waiter.number = self._last_number
        self.by_number[waiter.number] = waiter
        self._ends.add((waiter.until, waiter.number))

    def discard(self, waiter: Waiter) -> None:
        """Forget a waiter that was served or whose client has left; one that is not here is fine."""
        if self.by_number.pop(waiter.number, None) is not None:
            self._ends.remove((waiter.until, waiter.number))

    def oldest(self) -> Waiter | None:
        return next(iter(self.by_number.values()), None)

    def next_end(self) -> int | None:
        return self._ends[0][0] if self.by_number else None

    def take_ended(self, now: int) -> list[Waiter]:
        """Remove and return those whose wait is over, in the order of their ends."""
        ended: list[Waiter] = []
        while self._ends and self._ends[0][0] <= now:
            ended.append(self.by_number.pop(self._ends.pop(0)[1]))
        return ended

    def take_overdue(self, real_now: float) -> list[Waiter]:
        """Remove and return those that have waited as long as their clients do."""
        overdue = [waiter for waiter in self.by_number.values() if waiter.real_until <= real_now]
        for waiter in overdue:
            self.discard(waiter)
        return overdue

    def next_real_end(self) -> float:
        return min((waiter.real_until for waiter in self.by_number.values()), default=math.inf)

    def take_all(self) -> list[Waiter]:
        waiters = list(self.by_number.values())
        self.by_number.clear()
        self._ends.clear()
        return waiters
