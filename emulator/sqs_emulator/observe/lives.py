"""The lives of messages, put together from the newest events.

There is no store of its own. The feed's ring already keeps the newest events, each at the cost of one append to a
`deque`; lives are put together from it when somebody asks, so nothing is paid while nobody does. What is remembered is
bounded by the ring (`events` in the configuration), and a life whose beginning has left it says that it is not whole.

A life outlives moves: a dead letter keeps its id, and one that a move task moved gets a new one, which the move names.
A purge names no messages, but takes all that are in the queue; so of those that we know, we know which it took.

What a message said is not in its events. It is read from the queue, or from the last messages that left (`Bodies`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from sqs_emulator.core.broker import Broker
from sqs_emulator.core.events import (
    Consumer,
    Event,
    MessageDeadLettered,
    MessageDeduplicated,
    MessageDeleted,
    MessageDeletedAgain,
    MessageEvent,
    MessageExpired,
    MessageMoved,
    MessageReceived,
    MessageSent,
    MessageVisibilityChanged,
    MessageVisibilityTimedOut,
    QueueDeleted,
    QueuePurged,
)
from sqs_emulator.core.message import Message
from sqs_emulator.core.queue import Queue

# Messages of a queue that are looked through for one whose place its events do not tell.
_MOST_SEARCHED: Final = 10_000


class Flight(msgspec.Struct, gc=False):
    """One receive, and how it ended: None while it has not."""

    queue: str  # ARN
    received_at: int
    timeout: int  # ms, as it was granted
    receive_count: int
    consumer: Consumer | None
    until: int  # when it ends, or ended: later or sooner than was granted, if the consumer changed it
    end: str | None = None  # deleted, timed out, given back, purged, expired
    ended_at: int | None = None
    is_given_back: bool = False  # the consumer let it end sooner than it would have

    @property
    def is_late(self) -> bool:
        """Whether its consumer was still at work when its visibility timeout had ended."""
        return self.end == "deleted" and self.ended_at is not None and self.ended_at >= self.until

    def finish(self, end: str, at: int) -> None:
        if self.end is None:
            self.end, self.ended_at = end, at


class Life:
    """One message's events, put together. `end` is None while it is in a queue, as far as the events tell."""

    def __init__(self, message_id: str, queue: str) -> None:
        self.ids = [message_id]  # the newest is the last
        self.queue = queue  # ARN: where it is, or was last
        self.events: list[Event] = []
        self.flights: list[Flight] = []
        self.places: list[tuple[str, int]] = []  # queue and sequence, where it was known
        self.end: str | None = None  # deleted, expired, purged

    @property
    def is_whole(self) -> bool:
        return isinstance(self.events[0], MessageSent)

    def add(self, event: Event) -> None:
        self.events.append(event)
        self.queue = event.queue
        follow = _FOLLOW.get(type(event))
        if follow is not None:
            follow(self, event)

    def _sent(self, event: MessageSent) -> None:
        self.places.append((event.queue, event.sequence))

    def _received(self, event: MessageReceived) -> None:
        place = (event.queue, event.sequence)
        if place not in self.places:
            self.places.append(place)
        timeout = event.visible_at - event.at
        flight = Flight(event.queue, event.at, timeout, event.receive_count, event.consumer, event.visible_at)
        if not timeout:
            flight.finish("given back", event.at)
        self.flights.append(flight)

    def _visibility_changed(self, event: MessageVisibilityChanged) -> None:
        if not self.flights:
            return
        flight = self.flights[-1]
        flight.is_given_back, flight.until = event.visible_at < flight.until, event.visible_at
        if event.visible_at == event.at:
            flight.finish("given back", event.at)

    def _timed_out(self, event: MessageVisibilityTimedOut) -> None:
        if self.flights:
            flight = self.flights[-1]
            flight.finish("given back" if flight.is_given_back else "timed out", event.at)

    def _deleted(self, event: MessageDeleted) -> None:
        self.end = "deleted"
        if event.receives_since < len(self.flights):
            flight = self.flights[-1 - event.receives_since]
            flight.end, flight.ended_at = "deleted", event.at  # also one that had timed out: its consumer was at work

    def _dead_lettered(self, event: MessageDeadLettered) -> None:
        self.queue = event.to

    def _moved(self, event: MessageMoved) -> None:
        self.queue = event.to
        self.ids.append(event.new_message_id)

    def _expired(self, event: MessageExpired) -> None:
        self._leave("expired", event.at)

    def _purged(self, event: QueuePurged | QueueDeleted) -> None:
        self._leave("purged" if isinstance(event, QueuePurged) else "deleted with its queue", event.at)

    def _leave(self, end: str, at: int) -> None:
        self.end = end
        if self.flights:
            self.flights[-1].finish(end, at)


_FOLLOW: Final[dict[type[Event], Callable[[Life, Any], None]]] = {
    MessageSent: Life._sent,
    MessageReceived: Life._received,
    MessageVisibilityChanged: Life._visibility_changed,
    MessageVisibilityTimedOut: Life._timed_out,
    MessageDeleted: Life._deleted,
    MessageDeadLettered: Life._dead_lettered,
    MessageMoved: Life._moved,
    MessageExpired: Life._expired,
    QueuePurged: Life._purged,
    QueueDeleted: Life._purged,
}


class Lives:
    """The lives of all messages that some events tell of, in the order in which they are first told of."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.all: list[Life] = []
        self.by_id: dict[str, Life] = {}
        self._by_place: dict[tuple[str, int], Life] = {}
        self._in_queue: dict[str, dict[Life, None]] = {}
        for event in events:
            if isinstance(event, MessageEvent):
                self._add(event)
            elif isinstance(event, MessageDeletedAgain):
                again = self._by_place.get((event.queue, event.sequence))
                if again is not None:
                    again.events.append(event)
            elif isinstance(event, QueuePurged | QueueDeleted):
                for life in self._in_queue.pop(event.queue, {}):
                    life.add(event)

    def _add(self, event: MessageEvent) -> None:
        life = self.by_id.get(event.message_id)
        if life is None:
            life = self.by_id[event.message_id] = Life(event.message_id, event.queue)
            self.all.append(life)
        if isinstance(event, MessageDeduplicated):  # which says nothing about where it is, or whether it still is
            life.events.append(event)
            return
        self._in_queue.get(life.queue, {}).pop(life, None)
        life.add(event)
        if isinstance(event, MessageSent | MessageReceived):
            self._by_place[event.queue, event.sequence] = life
        elif isinstance(event, MessageMoved):
            self.by_id[event.new_message_id] = life
        if life.end is None:
            self._in_queue.setdefault(life.queue, {})[life] = None


class Bodies:
    """Finds what messages said, while it is still known: in their queues, and among the last that left."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._gone = {message.id: message for message in broker.gone or ()}
        self._by_queue: dict[str, dict[str, Message]] = {}

    def of(self, life: Life) -> Message | None:
        return self.living(life) or next((self._gone[one] for one in reversed(life.ids) if one in self._gone), None)

    def living(self, life: Life) -> Message | None:
        """Return the message that is in its queue now."""
        queue = self._broker.find_arn(life.queue) if life.end is None else None
        if queue is None:
            return None
        for arn, sequence in life.places:
            if arn == queue.arn and (message := queue.messages.get(sequence)) and message.id == life.ids[-1]:
                return message
        return self._in(queue).get(life.ids[-1])

    def find(self, message_id: str) -> tuple[Queue, Message] | None:
        """Look through the queues for a message that no event tells of."""
        for queue in self._broker.queues():
            found = self._in(queue).get(message_id)
            if found is not None:
                return queue, found
        return None

    def _in(self, queue: Queue) -> dict[str, Message]:
        known = self._by_queue.get(queue.arn)
        if known is None:
            first = itertools.islice(queue.messages.values(), _MOST_SEARCHED)
            known = self._by_queue[queue.arn] = {message.id: message for message in first}
        return known
