"""Queues and their messages, looked at without receiving them."""

from __future__ import annotations

from typing import Final

import msgspec

from sqs_emulator.core import attributes as queue_attributes
from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.message import State
from sqs_emulator.core.queue import Queue
from sqs_emulator.observe.peek import STATES, PeekedMessage, peek
from sqs_emulator.web.control.asked import Asked, PageRefused
from sqs_emulator.web.control.named import queue_of

_MOST: Final = 1_000  # messages at a time


class QueueSeen(msgspec.Struct):
    name: str
    arn: str
    region: str
    fifo: bool
    visible: int
    in_flight: int
    delayed: int
    pollers: int  # receives that are waiting
    oldest_sent_at: int | None  # ms since the epoch
    dead_letter_sources: list[str]  # names of the queues whose dead letters come here
    attributes: dict[str, str]
    tags: dict[str, str]


class MessagesSeen(msgspec.Struct):
    """Some messages of a queue; `total` is how many there are in that state, or in all."""

    queue: str
    total: int
    messages: list[PeekedMessage]


class Purged(msgspec.Struct):
    queue: str
    messages: int


def listed(asked: Asked) -> list[QueueSeen]:
    queues = sorted(asked.broker.queues_of(asked.account), key=lambda queue: queue.arn)
    return [_seen(asked, queue) for queue in queues]


def _seen(asked: Asked, queue: Queue) -> QueueSeen:
    counts = queue.counts(now=asked.now)
    oldest = next(iter(queue.messages.values()), None)
    return QueueSeen(
        queue.name,
        queue.arn,
        QueueArn.parse(queue.arn).region,
        queue.attributes.fifo_queue,
        counts.visible,
        counts.in_flight,
        counts.delayed,
        len(queue.waiters),
        None if oldest is None else oldest.sent_at,
        [source.name for source in asked.broker.dead_letter_sources(queue)],
        queue_attributes.shown(queue.attributes),
        dict(queue.tags),
    )


def messages(asked: Asked) -> MessagesSeen:
    asked.only("queue", "region", "state", "limit", "offset")
    queue = queue_of(asked)
    name = asked.query.get("state")
    if name is not None and name not in STATES:
        raise PageRefused(f"state is {name!r}; allowed is {', '.join(STATES)}.")
    state = None if name is None else STATES[name]
    limit = asked.number("limit", 10, lowest=1, highest=_MOST)
    now = queue.clock.now()  # its URL or ARN may be another account's
    counts = queue.counts(now=now)
    totals = {State.READY: counts.visible, State.IN_FLIGHT: counts.in_flight, State.DELAYED: counts.delayed}
    found = peek(queue, now, state=state, limit=limit, offset=asked.number("offset", 0))
    return MessagesSeen(queue.name, sum(counts) if state is None else totals[state], found)


def purge(asked: Asked) -> Purged:
    asked.only("queue", "region")
    queue = queue_of(asked)
    now = queue.clock.now()
    queue.catch_up(now)
    there = len(queue.messages)
    queue.purge(now=now)
    return Purged(queue.name, there)
