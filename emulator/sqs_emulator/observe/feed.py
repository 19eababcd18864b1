"""The last events, in a ring: what the tools read a message's timeline from."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from sqs_emulator.core.arn import QueueArn, is_called
from sqs_emulator.core.events import Event, MessageEvent


class Feed:
    """Keeps the newest `size` events. `record` is its sink: the ring's own method, since every call emits one."""

    def __init__(self, size: int) -> None:
        self._events: deque[Event] = deque(maxlen=size)
        self.record = self._events.append

    @property
    def is_full(self) -> bool:
        """Whether older events may have been dropped."""
        return 0 < len(self._events) == self._events.maxlen

    def forget(self, account: str) -> None:
        """Drop the events of an account that is gone."""
        kept = [event for event in self._events if QueueArn.parse(event.queue).account != account]
        self._events.clear()
        self._events.extend(kept)

    def events(self, *, queue: str | None = None, message_id: str | None = None) -> Iterator[Event]:
        """Return the events kept, oldest first; of one queue (its name or ARN), of one message."""
        for event in self._events:
            if queue is not None and not is_called(event.queue, queue):
                continue
            if message_id is not None and not (isinstance(event, MessageEvent) and event.message_id == message_id):
                continue
            yield event
