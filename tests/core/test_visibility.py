from __future__ import annotations

from collections.abc import Callable

import pytest

from sqs_emulator.core.errors import InvalidParameter, OverLimit, ReceiptHandleIsInvalid
from sqs_emulator.core.limits import Limits
from sqs_emulator.core.queue import Counts
from sqs_emulator.core.receives import Receive
from sqs_emulator.core.standard import StandardQueue
from tests.core.by_hand import draft, receive

HOUR = 3_600_000


def test_a_received_message_is_hidden_until_its_visibility_timeout(queue: StandardQueue) -> None:
    queue.send(draft("order 1"), now=0)

    (first,) = queue.receive(Receive(10, visibility_timeout=30_000), now=0)

    assert receive(queue, now=29_999) == []
    (again,) = queue.receive(Receive(10), now=30_000)
    assert again.message is first.message
    assert again.message.receive_count == 2


def test_the_queues_own_timeout_counts_when_a_receive_names_none(make_queue: Callable[..., StandardQueue]) -> None:
    queue = make_queue(visibility_timeout=5)
    queue.send(draft(), now=0)
    queue.receive(Receive(1), now=0)

    assert receive(queue, now=4_999) == []
    assert receive(queue, now=5_000) == ["order"]


def test_a_receive_with_timeout_zero_counts_and_leaves_the_message_visible(queue: StandardQueue) -> None:
    queue.send(draft(), now=0)

    (first,) = queue.receive(Receive(10, visibility_timeout=0), now=0)
    (second,) = queue.receive(Receive(10, visibility_timeout=0), now=0)

    assert first.receipt_handle != second.receipt_handle
    assert second.message.receive_count == 2
    assert queue.counts(now=0) == Counts(visible=1, in_flight=0, delayed=0)


def test_the_first_receive_time_stays_and_the_receive_count_grows(queue: StandardQueue) -> None:
    queue.send(draft(), now=5)
    queue.receive(Receive(1, visibility_timeout=1_000), now=10)

    (second,) = queue.receive(Receive(1), now=2_000)

    assert second.message.first_received_at == 10
    assert second.message.receive_count == 2


def test_a_message_goes_back_to_its_place_before_younger_ones(queue: StandardQueue) -> None:
    queue.send(draft("a"), now=0)
    queue.receive(Receive(1, visibility_timeout=3_000), now=0)
    queue.send(draft("b"), now=1_000)

    assert receive(queue, now=3_000) == ["a", "b"]


def test_a_delayed_message_is_hidden_until_its_delay_is_over(queue: StandardQueue) -> None:
    queue.send(draft("late", delay_seconds=10), now=0)
    queue.send(draft("soon"), now=1_000)

    assert queue.counts(now=9_999) == Counts(visible=1, in_flight=0, delayed=1)
    assert receive(queue, now=10_000) == ["late", "soon"]


@pytest.mark.parametrize(("own", "hidden"), [(None, True), (0, False)], ids=["queue's delay", "0 beats the queue's"])
def test_a_messages_own_delay_beats_the_queues(
    make_queue: Callable[..., StandardQueue], own: int | None, hidden: bool
) -> None:
    queue = make_queue(delay_seconds=7)

    queue.send(draft(delay_seconds=own), now=0)

    assert queue.counts(now=6_999).delayed == hidden
    assert queue.counts(now=7_000).delayed == 0


def test_a_changed_visibility_is_measured_from_the_call(queue: StandardQueue) -> None:
    queue.send(draft(), now=0)
    (delivery,) = queue.receive(Receive(1, visibility_timeout=30_000), now=0)

    queue.change_visibility(delivery.receipt_handle, 10_000, now=25_000)

    assert receive(queue, now=34_999) == []
    assert receive(queue, now=35_000) == ["order"]


def test_a_changed_visibility_holds_for_one_flight_only(make_queue: Callable[..., StandardQueue]) -> None:
    queue = make_queue(visibility_timeout=5)
    queue.send(draft(), now=0)
    (delivery,) = queue.receive(Receive(1), now=0)
    queue.change_visibility(delivery.receipt_handle, 60_000, now=0)
    queue.receive(Receive(1), now=60_000)

    assert receive(queue, now=65_000) == ["order"]


def test_visibility_zero_gives_the_message_back_at_once_and_counts_nothing(queue: StandardQueue) -> None:
    queue.send(draft(), now=0)
    (delivery,) = queue.receive(Receive(1), now=0)

    queue.change_visibility(delivery.receipt_handle, 0, now=1)

    assert queue.counts(now=1) == Counts(visible=1, in_flight=0, delayed=0)
    assert delivery.message.receive_count == 1


def test_twelve_hours_count_from_the_receive_to_the_millisecond(queue: StandardQueue) -> None:
    queue.send(draft(), now=0)
    (delivery,) = queue.receive(Receive(1, visibility_timeout=10_000), now=0)

    queue.change_visibility(delivery.receipt_handle, 12 * HOUR, now=0)

    with pytest.raises(InvalidParameter, match=r"Total VisibilityTimeout .* beyond the limit \[43200 seconds\]"):
        queue.change_visibility(delivery.receipt_handle, 12 * HOUR, now=1)
    queue.change_visibility(delivery.receipt_handle, 12 * HOUR - 1_000, now=1_000)


def test_each_receive_starts_the_twelve_hours_anew(queue: StandardQueue) -> None:
    queue.send(draft(), now=0)
    queue.receive(Receive(1, visibility_timeout=HOUR), now=0)
    (again,) = queue.receive(Receive(1), now=2 * HOUR)

    queue.change_visibility(again.receipt_handle, 12 * HOUR, now=2 * HOUR)

    assert receive(queue, now=14 * HOUR) == ["order"]


def test_an_old_handle_changes_the_visibility_of_the_current_flight(queue: StandardQueue) -> None:
    queue.send(draft(), now=0)
    (old,) = queue.receive(Receive(1, visibility_timeout=1_000), now=0)
    queue.receive(Receive(1, visibility_timeout=30_000), now=1_000)

    queue.change_visibility(old.receipt_handle, 0, now=2_000)

    assert receive(queue, now=2_000) == ["order"]


def test_changing_a_message_that_is_visible_again_succeeds_and_does_nothing(queue: StandardQueue) -> None:
    queue.send(draft(), now=0)
    (delivery,) = queue.receive(Receive(1, visibility_timeout=1_000), now=0)

    queue.change_visibility(delivery.receipt_handle, 60_000, now=1_000)

    assert receive(queue, now=1_000) == ["order"]


def test_a_deleted_message_has_no_visibility_to_change(queue: StandardQueue) -> None:
    queue.send(draft(), now=0)
    (delivery,) = queue.receive(Receive(1), now=0)
    queue.delete(delivery.receipt_handle, now=0)

    with pytest.raises(InvalidParameter, match="Message does not exist or is not available for visibility timeout"):
        queue.change_visibility(delivery.receipt_handle, 10_000, now=0)


@pytest.mark.parametrize("seen_at", [0, 1_000, 5_000], ids=["in flight", "visible again", "long visible"])
def test_any_handle_deletes_a_message_whenever(queue: StandardQueue, seen_at: int) -> None:
    queue.send(draft(), now=0)
    (delivery,) = queue.receive(Receive(1, visibility_timeout=1_000), now=0)

    queue.delete(delivery.receipt_handle, now=seen_at)
    queue.delete(delivery.receipt_handle, now=seen_at)

    assert queue.counts(now=HOUR) == Counts(0, 0, 0)


def test_an_old_handle_deletes_the_message_while_it_is_in_flight_anew(queue: StandardQueue) -> None:
    queue.send(draft(), now=0)
    (old,) = queue.receive(Receive(1, visibility_timeout=1_000), now=0)
    queue.receive(Receive(1), now=1_000)

    queue.delete(old.receipt_handle, now=1_001)

    assert queue.counts(now=1_001) == Counts(0, 0, 0)
    queue.check()


def test_a_garbled_handle_is_refused_with_the_handle_in_the_message(queue: StandardQueue) -> None:
    with pytest.raises(
        ReceiptHandleIsInvalid, match=r'The input receipt handle "junk" is not a valid receipt handle\.'
    ):
        queue.delete("junk", now=0)


def test_a_handle_of_another_queue_is_refused(queue: StandardQueue, make_queue: Callable[..., StandardQueue]) -> None:
    other = make_queue()
    other.send(draft(), now=0)
    (foreign,) = other.receive(Receive(1), now=0)

    with pytest.raises(ReceiptHandleIsInvalid):
        queue.delete(foreign.receipt_handle, now=0)


def test_too_many_in_flight_is_an_error_of_short_polls_only(queue: StandardQueue) -> None:
    queue.limits = Limits(in_flight=2)
    queue.send_batch([draft()] * 3, now=0)
    assert len(queue.receive(Receive(10), now=0)) == 2

    with pytest.raises(OverLimit):
        queue.receive(Receive(1), now=0)
    assert queue.receive(Receive(1), now=0, long_poll=True) == []
