"""What is told of a queue itself: its attributes changed, it was purged. Each is told before what comes of it."""

from __future__ import annotations

import msgspec

from sqs_emulator.core.events import (
    Event,
    MessageDelayEnded,
    MessageExpired,
    MessageReceived,
    MessageSent,
    QueueAttributesChanged,
    QueuePurged,
)
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.receives import Receive
from tests.core.by_hand import Poll, Queues, draft, fifo_draft

SECOND = 1_000


def told(queues: Queues) -> list[Event]:
    """Return what was told, as if it were not numbered."""
    return [msgspec.structs.replace(event, number=0) for event in queues.events]


def kinds(queues: Queues) -> list[type[Event]]:
    return [type(event) for event in queues.events]


def test_a_change_of_attributes_is_told_as_it_was_sent(queues: Queues) -> None:
    queue = queues.create()
    queues.events.clear()
    changes = {"VisibilityTimeout": "7", "DelaySeconds": "0"}

    queues.change(queue, now=5 * SECOND, **changes)

    assert told(queues) == [QueueAttributesChanged(5 * SECOND, queue.arn, changes, number=0)]
    assert queue.modified_at == 5 * SECOND


def test_a_shorter_delay_is_told_before_what_it_reveals_and_before_who_gets_it(queues: Queues) -> None:
    queue = queues.create("orders.fifo", DelaySeconds="60")
    queue.send(fifo_draft(), now=0)
    poll = Poll(queue, now=0, wait=20 * SECOND)
    queues.events.clear()

    queues.change(queue, now=5 * SECOND, DelaySeconds="2")

    assert kinds(queues) == [QueueAttributesChanged, MessageDelayEnded, MessageReceived]
    assert poll.bodies == ["order"]


def test_a_shorter_retention_is_told_before_what_it_ends(queues: Queues) -> None:
    queue = queues.create()
    queue.send(draft(), now=0)
    queues.events.clear()

    queues.change(queue, now=70 * SECOND, MessageRetentionPeriod="60")

    assert kinds(queues) == [QueueAttributesChanged, MessageExpired]


def test_what_was_due_before_a_change_of_attributes_is_told_before_it(queues: Queues) -> None:
    queue = queues.create()
    queue.send(draft(delay_seconds=1), now=0)
    queues.events.clear()

    queues.change(queue, now=5 * SECOND, DelaySeconds="3")

    assert kinds(queues) == [MessageDelayEnded, QueueAttributesChanged]


def test_a_purge_tells_how_many_messages_it_took_whatever_their_state(queues: Queues) -> None:
    queue = queues.create()
    queue.send_batch([draft("in flight"), draft("visible"), draft("delayed", delay_seconds=60)], now=0)
    queue.receive(Receive(1), now=0)
    queues.events.clear()

    queue.purge(now=5 * SECOND)
    queue.purge(now=6 * SECOND)

    assert told(queues) == [
        QueuePurged(5 * SECOND, queue.arn, 3, number=0),
        QueuePurged(6 * SECOND, queue.arn, 0, number=0),
    ]


def test_whoever_watches_no_more_is_told_nothing(queues: Queues) -> None:
    queue = queues.create()
    queues.events.clear()
    queues.broker.unwatch(queues.events.append)

    use_all(queues, queue)

    assert queues.events == []


def test_all_who_watch_are_told_the_same(queues: Queues) -> None:
    queue = queues.create()
    queues.events.clear()
    others: list[Event] = []
    queues.broker.watch(others.append)

    use_all(queues, queue)

    assert others == queues.events
    assert {MessageSent, MessageReceived, QueueAttributesChanged, QueuePurged} <= set(kinds(queues))


def use_all(queues: Queues, queue: Queue) -> None:
    queue.send(draft(), now=0)
    (delivery,) = queue.receive(Receive(1), now=0)
    queue.change_visibility(delivery.receipt_handle, 0, now=0)
    queue.delete(delivery.receipt_handle, now=0)
    queue.delete(delivery.receipt_handle, now=0)
    queues.change(queue, now=0, VisibilityTimeout="7")
    queue.purge(now=0)
