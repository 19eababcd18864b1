"""The standard queue: every visible message can be received, the oldest first.

AWS promises no order; ours is by the time of arrival, which its recorded answers follow: a message whose visibility
timeout ran out goes back to its place, before younger ones. Messages that have never been hidden arrive in order and
wait in `_fresh`, which nothing leaves but at its head: they have no receipt handle, and the oldest expires first. Those
that come back, or come late after a delay, are sorted into `_returned` by `(enqueued_at, sequence)`. A receive takes
the older of the two heads, so the common path pays for no sorting.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from sortedcontainers import SortedDict

from emulator.core.message import Message
from emulator.core.queue import Queue


class StandardQueue(Queue):
    _fresh: deque[Message]
    _returned: SortedDict[tuple[int, int], Message]  # by (enqueued_at, sequence)

    def _clear_ready(self) -> None:
        self._fresh = deque()
        self._returned = SortedDict()

    def _add_ready(self, message: Message) -> None:
        if message.sequence == self._last_sequence and not message.receives_here:
            self._fresh.append(message)
        else:
            self._returned[message.enqueued_at, message.sequence] = message

    def _remove_ready(self, message: Message) -> None:
        if self._fresh and self._fresh[0] is message:
            self._fresh.popleft()
        else:
            del self._returned[message.enqueued_at, message.sequence]

    def _has_ready(self) -> bool:
        return bool(self._fresh or self._returned)

    def _take_ready(self, at_most: int) -> list[Message]:
        taken: list[Message] = []
        while len(taken) < at_most:
            if self._returned:
                taken.append(self._pop_older())
            elif self._fresh:
                taken.append(self._fresh.popleft())
            else:
                break
        return taken

    def _pop_older(self) -> Message:
        """Take the older of the two heads."""
        if self._fresh:
            fresh = self._fresh[0]
            if (fresh.enqueued_at, fresh.sequence) < self._returned.keys()[0]:
                return self._fresh.popleft()
        return self._returned.popitem(0)[1]

    def _ready_sequences(self) -> Iterator[int]:
        yield from (message.sequence for message in self._fresh)
        yield from (sequence for _, sequence in self._returned)
