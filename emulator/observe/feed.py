"""The last events, in a ring: what the tools read a message's timeline from."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from emulator.core.events import Event, MessageEvent


class Feed:
    """A sink that keeps the newest `size` events and counts those it has dropped."""

    def __init__(self, size: int) -> None:
        self._events: deque[Event] = deque(maxlen=size)
        self._seen = 0

    def __call__(self, event: Event) -> None:
        self._seen += 1
        self._events.append(event)

    @property
    def dropped(self) -> int:
        return self._seen - len(self._events)

    def events(self, *, queue: str | None = None, message_id: str | None = None) -> Iterator[Event]:
        """Return the events kept, oldest first; of one queue (its name or ARN), of one message."""
        for event in self._events:
            if queue is not None and queue not in (event.queue, event.queue.rpartition(":")[2]):
                continue
            if message_id is not None and not (isinstance(event, MessageEvent) and event.message_id == message_id):
                continue
            yield event
