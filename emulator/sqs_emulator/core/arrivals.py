"""Which messages of a queue are the oldest, and so the first whose retention period ends.

Retention goes by `enqueued_at`. Messages arrive in its order, so the queue's own dict is in that order too, but for one
kind: a dead letter brings the time at which it came into its first queue, which may be before that of messages that are
here already. Those, the late ones, are also kept sorted; most queues never have any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sortedcontainers import SortedList

from sqs_emulator.core.message import Message


class Arrivals:
    """The messages of a queue by the time at which they came, over the dict that holds them by their sequence."""

    __slots__ = ("_messages", "late", "newest")

    def __init__(self, messages: Mapping[int, Message]) -> None:
        self._messages = messages
        # The latest `enqueued_at` there was. Whoever places a message that is not older moves it on: every message is
        # placed once, and hardly any is late.
        self.newest = 0
        self.late: SortedList[tuple[int, int]] | None = None  # (enqueued_at, sequence); None until the first of them

    def add_late(self, message: Message) -> None:
        """Note a message that is placed and older than `newest`."""
        if self.late is None:
            self.late = SortedList()
        self.late.add((message.enqueued_at, message.sequence))

    def discard(self, message: Message) -> None:
        """Note that a message has left, one of the late ones perhaps."""
        if self.late:
            self.late.discard((message.enqueued_at, message.sequence))

    def clear(self) -> None:
        """Note that all messages have left."""
        self.late = None

    def oldest(self) -> int | None:
        """Return the earliest `enqueued_at` of all that are here."""
        first = next(iter(self._messages.values()), None)
        if first is None:
            return None
        earliest: int = min(first.enqueued_at, self.late[0][0]) if self.late else first.enqueued_at
        return earliest

    def until(self, moment: int) -> list[Message]:
        """Return the messages that came at `moment` or before, the oldest first."""
        early: list[Message] = []
        for message in self._messages.values():
            if message.enqueued_at > moment:
                break
            early.append(message)
        if not self.late:
            return early
        late = self.late[: self.late.bisect_left((moment + 1, 0))]
        both = {message.sequence: message for message in early} | {
            sequence: self._messages[sequence] for _, sequence in late
        }
        return sorted(both.values(), key=lambda message: (message.enqueued_at, message.sequence))

    def check(self) -> None:
        """Assert that the dict is in order without the late ones, and that these are there."""
        late = set(self.late or ())
        in_order = list(self._in_order(late))
        assert in_order == sorted(in_order)
        assert all(self._messages[sequence].enqueued_at == at for at, sequence in late)
        assert all(at <= self.newest for at in in_order)

    def _in_order(self, late: set[tuple[int, int]]) -> Iterator[int]:
        for message in self._messages.values():
            if (message.enqueued_at, message.sequence) not in late:
                yield message.enqueued_at
