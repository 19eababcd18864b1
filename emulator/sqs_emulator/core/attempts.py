"""Which receives of a FIFO queue can be retried: what each ReceiveRequestAttemptId was handed.

Ground: Amazon SQS Developer Guide, "Using the receive request attempt ID in Amazon SQS".
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

import msgspec

from sqs_emulator.core.receives import Delivery

_REMEMBERED: Final = 10_000  # per queue; they outlast their window, to be told from new ones


class Attempt(msgspec.Struct, gc=False):
    """A receive with a ReceiveRequestAttemptId: what it handed out, as (sequence, number of the receive)."""

    until: int
    receives: list[tuple[int, int]]
    is_spoiled: bool = False  # the visibility of one of its messages was changed


class Attempts:
    """The receives that may be retried, by their ids, and by the messages they hold."""

    def __init__(self, *, window_ms: int) -> None:
        self._window_ms = window_ms
        self._by_id: OrderedDict[str, Attempt] = OrderedDict()
        self._by_sequence: dict[int, Attempt] = {}

    def find(self, attempt_id: str) -> Attempt | None:
        return self._by_id.get(attempt_id)

    def remember(self, attempt_id: str, deliveries: list[Delivery], now: int) -> None:
        replaced = self._by_id.pop(attempt_id, None)  # of another poll with this id, which waited beside
        if replaced is not None:
            self._forget(replaced)
        receives = [(delivery.message.sequence, delivery.message.receives_here) for delivery in deliveries]
        attempt = self._by_id[attempt_id] = Attempt(now + self._window_ms, receives)
        for sequence, _ in receives:
            self._by_sequence[sequence] = attempt
        if len(self._by_id) > _REMEMBERED:
            _, oldest = self._by_id.popitem(last=False)
            self._forget(oldest)

    def holding(self, sequence: int) -> Attempt | None:
        """Return the last receive that handed out a message."""
        return self._by_sequence.get(sequence)

    def clear(self) -> None:
        self._by_id.clear()
        self._by_sequence.clear()

    def _forget(self, attempt: Attempt) -> None:
        for sequence, _ in attempt.receives:
            if self._by_sequence.get(sequence) is attempt:
                del self._by_sequence[sequence]
