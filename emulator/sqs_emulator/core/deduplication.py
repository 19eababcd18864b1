"""What a FIFO queue remembers for five minutes of the messages that it accepted, so as to drop their duplicates.

Ground: Amazon SQS Developer Guide, "Using the message deduplication ID in Amazon SQS".
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

import msgspec

from sqs_emulator.core.message import Draft

_FORGOTTEN_AT_ONCE: Final = 10  # for each one that is new, so that no more pile up than one window's


class Original(NamedTuple):
    """What a duplicate send is answered with: the message that was accepted first, which may be gone by now."""

    id: str
    sequence: int


def content_id(body: bytes) -> str:
    """Return the MessageDeduplicationId of a body, where the queue takes it from the content."""
    from hashlib import sha256  # brings OpenSSL with it, which nothing else needs at the start

    return sha256(body).hexdigest()


class _Accepted(msgspec.Struct, gc=False):
    """Of these there can be a million, which no collection is to walk over."""

    key: str
    until: int
    id: str
    sequence: int


class Deduplication:
    """The messages accepted in the last five minutes, by their deduplication ids.

    A duplicate does not begin the window anew, and what became of the message does not matter: only PurgeQueue and
    DeleteQueue clear it. `by_group` is fixed when the queue is created: recordings show that a DeduplicationScope that
    is set later changes nothing.
    """

    def __init__(self, *, by_group: bool, window_ms: int) -> None:
        self._by_group = by_group
        self._window_ms = window_ms
        self._by_key: dict[str, _Accepted] = {}
        self._in_order: deque[_Accepted] = deque()  # of their ends

    def key(self, draft: Draft) -> str:
        """Return what all duplicates of a draft share; neither of the two ids holds a space."""
        own = draft.deduplication_id or ""
        return f"{draft.group_id} {own}" if self._by_group else own

    def find(self, key: str, now: int) -> Original | None:
        """Return the message that was accepted already."""
        found = self._by_key.get(key)
        return None if found is None or found.until <= now else Original(found.id, found.sequence)

    def remember(self, key: str, message_id: str, sequence: int, now: int) -> None:
        # Not settled: the SequenceNumber of a duplicate's answer; here it is the original's, as its MessageId is.
        self._forget_some(now)
        accepted = self._by_key[key] = _Accepted(key, now + self._window_ms, message_id, sequence)
        self._in_order.append(accepted)

    def clear(self) -> None:
        self._by_key.clear()
        self._in_order.clear()

    def _forget_some(self, now: int) -> None:
        """Forget a few of those whose windows are over: all of a busy queue's at once would hold up everybody."""
        for _ in range(_FORGOTTEN_AT_ONCE):
            if not self._in_order or self._in_order[0].until > now:
                return
            ended = self._in_order.popleft()
            if self._by_key[ended.key] is ended:  # otherwise its id was used again
                del self._by_key[ended.key]
