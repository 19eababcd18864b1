"""What a FIFO queue remembers for five minutes: the messages it accepted, and the receives that can be retried.

Ground: Amazon SQS Developer Guide, "Using the message deduplication ID in Amazon SQS" and "Using the receive request
attempt ID in Amazon SQS".
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Final

import msgspec

from emulator.core.queue import Delivery, Draft, Original

_ATTEMPTS_REMEMBERED: Final = 10_000  # per queue; they outlast their window, to be told from new ones


def content_id(body: bytes) -> str:
    """Return the MessageDeduplicationId of a body, where the queue takes it from the content."""
    return hashlib.sha256(body).hexdigest()


class Deduplication:
    """The messages accepted in the last five minutes, by their deduplication ids.

    A duplicate does not begin the window anew, and what became of the message does not matter: only PurgeQueue and
    DeleteQueue clear it. `by_group` is fixed when the queue is created: recordings show that a DeduplicationScope that
    is set later changes nothing.
    """

    def __init__(self, *, by_group: bool, window_ms: int) -> None:
        self._by_group = by_group
        self._window_ms = window_ms
        self._accepted: OrderedDict[object, tuple[int, Original]] = OrderedDict()  # in the order of their ends

    def find(self, draft: Draft, now: int) -> Original | None:
        """Return the message that a draft is a duplicate of."""
        accepted = self._accepted
        while accepted:
            until, _ = next(iter(accepted.values()))
            if now < until:
                break
            accepted.popitem(last=False)
        found = accepted.get(self._key(draft))
        return None if found is None else found[1]

    def remember(self, draft: Draft, original: Original, now: int) -> None:
        # Not settled: the SequenceNumber of a duplicate's answer; here it is the original's, as its MessageId is.
        self._accepted[self._key(draft)] = (now + self._window_ms, original)

    def clear(self) -> None:
        self._accepted.clear()

    def _key(self, draft: Draft) -> object:
        return (draft.group_id, draft.deduplication_id) if self._by_group else draft.deduplication_id


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
        receives = [(each.message.sequence, each.message.receives_here) for each in deliveries]
        attempt = self._by_id[attempt_id] = Attempt(now + self._window_ms, receives)
        for sequence, _ in receives:
            self._by_sequence[sequence] = attempt
        if len(self._by_id) > _ATTEMPTS_REMEMBERED:
            _, oldest = self._by_id.popitem(last=False)
            self._forget(oldest)

    def spoil(self, sequence: int) -> None:
        attempt = self._by_sequence.get(sequence)
        if attempt is not None:
            attempt.is_spoiled = True

    def clear(self) -> None:
        self._by_id.clear()
        self._by_sequence.clear()

    def _forget(self, attempt: Attempt) -> None:
        for sequence, _ in attempt.receives:
            if self._by_sequence.get(sequence) is attempt:
                del self._by_sequence[sequence]
