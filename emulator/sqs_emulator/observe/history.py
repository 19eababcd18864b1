"""A message's life in words: what happened to it, when, and by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.broker import Broker
from sqs_emulator.core.events import (
    Consumer,
    Event,
    MessageDeadLettered,
    MessageDeduplicated,
    MessageDelayEnded,
    MessageDeleted,
    MessageDeletedAgain,
    MessageExpired,
    MessageMoved,
    MessageReceived,
    MessageSent,
    MessageVisibilityChanged,
    MessageVisibilityTimedOut,
    QueueDeleted,
    QueuePurged,
)
from sqs_emulator.core.message import State
from sqs_emulator.observe.envelope import Envelope, decode
from sqs_emulator.observe.lives import Bodies, Flight, Life, Lives


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened to a message, in words too. Moments are milliseconds since the epoch."""

    at: int
    what: str
    text: str
    queue: str  # ARN
    message_id: str
    receive_count: int | None = None
    visible_at: int | None = None
    to: str | None = None  # ARN
    consumer: Consumer | None = None


class History(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message's life, oldest entry first."""

    message_id: str  # the newest, where a move task gave it another one
    earlier_ids: list[str] = []
    queue: str  # ARN: where it is, or was last
    state: str  # delayed, visible, in_flight; deleted, expired, purged, deleted with its queue; unknown
    complete: bool  # False: the beginning is not remembered any more
    celery: Envelope | None = None
    entries: list[Entry]


def history(broker: Broker, events: Iterable[Event], message_id: str) -> History | None:
    """Return the life of a message, by any of the ids that it had; None: nothing is known of it."""
    bodies = Bodies(broker)
    life = Lives(events).by_id.get(message_id)
    if life is not None:
        return _told(life, bodies)
    found = bodies.find(message_id)
    if found is None:
        return None
    queue, message = found
    return History(
        message_id=message_id,
        queue=queue.arn,
        state=_STATES[message.state],
        complete=False,
        celery=decode(message.body),
        entries=[],
    )


def histories(broker: Broker, events: Iterable[Event]) -> list[History]:
    """Return the lives of all messages that the events tell of."""
    bodies = Bodies(broker)
    return [_told(life, bodies) for life in Lives(events).all]


def task_histories(broker: Broker, events: Iterable[Event], task_id: str) -> list[History]:
    """Return the lives of a Celery task's messages: each retry is one of its own. Those without events are left out."""
    bodies = Bodies(broker)
    found = []
    for life in Lives(events).all:
        message = bodies.of(life)
        envelope = None if message is None else decode(message.body)
        if envelope is not None and envelope.id == task_id:
            found.append(_told(life, bodies))
    return found


_STATES: Final = {
    State.DELAYED: "delayed",
    State.READY: "visible",
    State.IN_FLIGHT: "in_flight",
    State.GONE: "deleted",
}


def _told(life: Life, bodies: Bodies) -> History:
    message, living = bodies.of(life), bodies.living(life)
    state = _STATES[living.state] if living is not None else life.end or "unknown"
    return History(
        message_id=life.ids[-1],
        earlier_ids=life.ids[:-1],
        queue=life.queue,
        state=state,
        complete=life.is_whole,
        celery=None if message is None else decode(message.body),
        entries=_entries(life),
    )


def _entries(life: Life) -> list[Entry]:
    ids = iter(life.ids)
    message_id = next(ids)
    entries = []
    for event in life.events:
        entries.append(_entry(event, message_id, life))
        if isinstance(event, MessageMoved):
            message_id = next(ids)
    return entries


def _entry(event: Event, message_id: str, life: Life) -> Entry:
    what, tell = _WORDS.get(type(event), _OTHER)
    return Entry(
        at=event.at,
        what=what,
        text=tell(event, life),
        queue=event.queue,
        message_id=message_id,
        receive_count=getattr(event, "receive_count", None),
        visible_at=getattr(event, "visible_at", None),
        to=getattr(event, "to", None),
        consumer=getattr(event, "consumer", None),
    )


# In words.


def name_of(consumer: Consumer | None) -> str:
    """Return what a consumer calls itself, shortly, and where it is."""
    if consumer is None:
        return "somebody"
    agent = consumer.user_agent.split(" ")[0]
    if "pycurl" in consumer.user_agent:
        agent = "kombu"  # its polls come by pycurl, which calls itself a Mozilla
    return f"{agent or 'somebody'} at {consumer.address}"


def seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1_000:,.3f}".rstrip("0").rstrip(".") + " s"


def queue_name(arn: str) -> str:
    return QueueArn.parse(arn).name


def times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def ends_of(flights: Iterable[Flight]) -> str:
    """Say how often receives ended in which way: `timed out twice, given back once`."""
    ends = Counter(flight.end for flight in flights if flight.end is not None)
    return ", ".join(f"{end} {times(count)}" for end, count in ends.items())


def _tell_sent(event: MessageSent, _life: Life) -> str:
    delay = f", visible after {seconds(event.visible_at - event.at)}" if event.visible_at > event.at else ""
    return f"sent by {name_of(event.consumer)}{delay}"


def _tell_received(event: MessageReceived, _life: Life) -> str:
    hidden = event.visible_at - event.at
    until = f"hidden for {seconds(hidden)}" if hidden else "not hidden"
    return f"received by {name_of(event.consumer)}, receive {event.receive_count}, {until}"


def _tell_deduplicated(event: MessageDeduplicated, _life: Life) -> str:
    return f"sent again by {name_of(event.consumer)} with the same deduplication id, and not taken"


def _tell_visibility_changed(event: MessageVisibilityChanged, _life: Life) -> str:
    hidden = event.visible_at - event.at
    until = f"hidden for {seconds(hidden)} from now on" if hidden else "made visible"
    return f"{until} by {name_of(event.consumer)}"


def _tell_timed_out(event: MessageVisibilityTimedOut, _life: Life) -> str:
    return f"visible again: receive {event.receive_count} did not delete it in time"


def _tell_deleted(event: MessageDeleted, _life: Life) -> str:
    by = f"deleted by {name_of(event.consumer)}"
    if event.receives_since == 0:
        return by
    return f"{by}, with the receipt handle of an earlier receive: it was received again {times(event.receives_since)}"


def _tell_deleted_again(event: MessageDeletedAgain, _life: Life) -> str:
    return f"deleted once more by {name_of(event.consumer)}, with the receipt handle of receive {event.receive}"


def _tell_dead_lettered(event: MessageDeadLettered, life: Life) -> str:
    earlier = [
        flight
        for flight in life.flights
        if flight.received_at <= event.at and flight.receive_count <= event.receive_count
    ]
    how = f" ({ends_of(earlier)})" if earlier else ""
    received = f"received {times(event.receive_count)} and not deleted{how}"
    return f"moved to the dead-letter queue {queue_name(event.to)}: {received}"


def _tell_moved(event: MessageMoved, _life: Life) -> str:
    return f"moved to {queue_name(event.to)} by a move task, as {event.new_message_id}"


_WORDS: Final[dict[type[Event], tuple[str, Callable[[Any, Life], str]]]] = {
    MessageSent: ("sent", _tell_sent),
    MessageDelayEnded: ("delay ended", lambda _event, _life: "visible: its delay is over"),
    MessageReceived: ("received", _tell_received),
    MessageDeduplicated: ("duplicate dropped", _tell_deduplicated),
    MessageVisibilityChanged: ("visibility changed", _tell_visibility_changed),
    MessageVisibilityTimedOut: ("timed out", _tell_timed_out),
    MessageDeleted: ("deleted", _tell_deleted),
    MessageDeletedAgain: ("deleted again", _tell_deleted_again),
    MessageDeadLettered: ("dead-lettered", _tell_dead_lettered),
    MessageMoved: ("moved", _tell_moved),
    MessageExpired: ("expired", lambda _event, _life: "expired: its retention period is over"),
    QueuePurged: ("purged", lambda _event, _life: "purged with all of its queue"),
    QueueDeleted: ("queue deleted", lambda _event, _life: "gone with its queue, which was deleted"),
}
WHAT: Final[dict[type[Event], str]] = {event: what for event, (what, _) in _WORDS.items()}
_OTHER: Final = ("other", lambda event, _life: type(event).__name__)
