"""What happened."""

from __future__ import annotations

import msgspec

from sqs_emulator.core.events import Event
from sqs_emulator.observe.feed import Feed
from sqs_emulator.web.control.asked import Asked
from sqs_emulator.web.control.watching import catch_up


class Events(msgspec.Struct):
    """The events kept, oldest first; and whether older ones may have been dropped."""

    full: bool
    events: list[Event]


class EventPages:
    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def events(self, asked: Asked) -> Events:
        for number, account in list(asked.broker.accounts.items()):
            catch_up(asked.broker, number, account.clock.now())
        kept = self._feed.events(queue=asked.query.get("queue"), message_id=asked.query.get("message_id"))
        return Events(self._feed.is_full, list(kept))
