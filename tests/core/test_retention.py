from __future__ import annotations

from collections.abc import Callable

from sqs_emulator.core.attributes import changed
from sqs_emulator.core.events import Event, MessageExpired
from sqs_emulator.core.queue import Counts
from sqs_emulator.core.receives import Receive
from sqs_emulator.core.standard import StandardQueue
from tests.core.by_hand import draft, receive


def test_a_message_is_gone_exactly_when_its_retention_is_over(make_queue: Callable[..., StandardQueue]) -> None:
    queue = make_queue(message_retention_period=60)
    queue.send(draft(), now=0)

    assert queue.counts(now=59_999).visible == 1
    assert queue.counts(now=60_000) == Counts(0, 0, 0)


def test_retention_ends_messages_in_flight_and_delayed_too(make_queue: Callable[..., StandardQueue]) -> None:
    queue = make_queue(message_retention_period=60)
    queue.send(draft("in flight"), now=0)
    queue.receive(Receive(1, visibility_timeout=600_000), now=0)
    queue.send(draft("delayed", delay_seconds=900), now=0)

    assert queue.counts(now=60_000) == Counts(0, 0, 0)
    queue.check()


def test_the_handle_of_an_expired_message_deletes_nothing_and_is_no_error(
    make_queue: Callable[..., StandardQueue],
) -> None:
    queue = make_queue(message_retention_period=60)
    queue.send(draft(), now=0)
    (delivery,) = queue.receive(Receive(1), now=0)

    queue.delete(delivery.receipt_handle, now=61_000)

    assert queue.counts(now=61_000) == Counts(0, 0, 0)


def test_a_shorter_retention_counts_at_once_for_what_is_there(queue: StandardQueue) -> None:
    queue.send(draft("old"), now=0)
    queue.send(draft("new"), now=50_000)

    queue.set_attributes(
        changed(queue.attributes, {"MessageRetentionPeriod": "60"}),
        now=70_000,
        changes={"MessageRetentionPeriod": "60"},
    )

    assert receive(queue, now=70_000) == ["new"]


def test_an_expiry_bears_its_own_moment(make_queue: Callable[..., StandardQueue], events: list[Event]) -> None:
    queue = make_queue(message_retention_period=60)
    queue.send(draft(), now=7)

    queue.catch_up(1_000_000)

    assert [event.at for event in events if isinstance(event, MessageExpired)] == [60_007]
