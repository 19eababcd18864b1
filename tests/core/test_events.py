from __future__ import annotations

import msgspec

from sqs_emulator.core.events import (
    Consumer,
    Event,
    MessageDelayEnded,
    MessageDeleted,
    MessageReceived,
    MessageSent,
    MessageVisibilityChanged,
    MessageVisibilityTimedOut,
)
from sqs_emulator.core.receives import Receive
from sqs_emulator.core.standard import StandardQueue
from tests.core.by_hand import draft

WORKER = Consumer("10.0.0.7:5000", "celery")


def test_a_message_life_is_told_moment_by_moment(queue: StandardQueue, events: list[Event]) -> None:
    sent = queue.send(draft(delay_seconds=2), now=0)
    (first,) = queue.receive(Receive(1, visibility_timeout=5_000, consumer=WORKER), now=2_000)
    queue.change_visibility(first.receipt_handle, 1_000, now=3_000, consumer=WORKER)
    (second,) = queue.receive(Receive(1, consumer=WORKER), now=9_000)
    queue.delete(second.receipt_handle, now=9_500, consumer=WORKER)

    assert [event.number for event in events] == sorted({event.number for event in events})
    assert [msgspec.structs.replace(event, number=0) for event in events] == [
        MessageSent(0, queue.arn, sent.id, 2_000, None, 1, number=0),
        MessageDelayEnded(2_000, queue.arn, sent.id, number=0),
        MessageReceived(2_000, queue.arn, sent.id, 1, 7_000, WORKER, 1, number=0),
        MessageVisibilityChanged(3_000, queue.arn, sent.id, 4_000, WORKER, number=0),
        MessageVisibilityTimedOut(4_000, queue.arn, sent.id, 1, number=0),
        MessageReceived(9_000, queue.arn, sent.id, 2, 39_000, WORKER, 1, number=0),
        MessageDeleted(9_500, queue.arn, sent.id, 2, WORKER, number=0),
    ]


def test_deadlines_that_passed_unseen_bear_their_own_moments_in_order(
    queue: StandardQueue, events: list[Event]
) -> None:
    queue.send_batch([draft(delay_seconds=delay) for delay in (3, 1, 2)], now=0)

    queue.catch_up(60_000)

    assert [event.at for event in events if isinstance(event, MessageDelayEnded)] == [1_000, 2_000, 3_000]
