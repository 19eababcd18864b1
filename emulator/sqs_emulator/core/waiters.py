"""Waiting ReceiveMessage calls: a fair wait queue. The oldest waiter is served first; each one ends exactly once."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from sortedcontainers import SortedList

if TYPE_CHECKING:
    from sqs_emulator.core.events import Consumer
    from sqs_emulator.core.queue import Delivery


class Waiter:
    """One waiting call. `deliver` is set by whoever awaits it, and called once: with messages, or with none.

    `is_gone` is asked just before a message would be handed over: a client may have closed its connection a moment ago
    without the shell having been told yet, and its message would be in flight to nobody.
    """

    __slots__ = (
        "attempt_id",
        "consumer",
        "deliver",
        "is_gone",
        "max_messages",
        "number",
        "real_until",
        "until",
        "visibility_timeout",
    )

    def __init__(
        self,
        *,
        max_messages: int,
        visibility_timeout: int | None,
        until: int,
        consumer: Consumer | None,
        attempt_id: str | None = None,
    ) -> None:
        self.max_messages = max_messages
        self.visibility_timeout = visibility_timeout  # ms; None: the queue's at the moment of delivery
        self.until = until  # ms since the epoch: when it is answered empty
        self.consumer = consumer
        self.attempt_id = attempt_id  # ReceiveRequestAttemptId
        # Seconds of the real, monotonic clock: a client does not wait longer, however slow its account's clock is.
        self.real_until = math.inf
        self.number = 0
        self.deliver: Callable[[list[Delivery]], None] = lambda _deliveries: None
        self.is_gone: Callable[[], bool] = lambda: False


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
