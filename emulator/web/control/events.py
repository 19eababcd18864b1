"""What happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from emulator.core.events import Event
from emulator.observe.feed import Feed
from emulator.web.control.asked import Asked

_Said = TypeVar("_Said")


class Events(msgspec.Struct):
    """The events kept, oldest first; and whether older ones may have been dropped."""

    full: bool
    events: list[Event]


class EventPages:
    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def events(self, asked: Asked) -> Events:
        for queue in list(asked.broker.queues()):  # what is due has happened, whether or not anybody touched the queue
            queue.catch_up(queue.clock.now())
        kept = self._feed.events(queue=asked.query.get("queue"), message_id=asked.query.get("message_id"))
        return Events(self._feed.is_full, list(kept))

    def after(self, drop: Callable[[Asked], _Said]) -> Callable[[Asked], _Said]:
        """Return a page that drops an account, with what happened in it."""

        def drop_with_events(asked: Asked) -> _Said:
            said = drop(asked)
            self._feed.forget(asked.account)
            return said

        return drop_with_events
