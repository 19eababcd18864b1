"""At which numbers of messages in flight a message group is noisy, on the way up and on the way down.

It is while it has 30 or more, if they are over a tenth of all that are in flight.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from sqs_emulator.core.queue import Queue
from sqs_emulator.core.receives import Delivery, Receive
from tests.core.by_hand import Queues, draft

SECOND: Final = 1_000


@pytest.fixture
def queue(queues: Queues) -> Queue:
    return queues.create(VisibilityTimeout="600")


def put_in_flight(queue: Queue, number: int, group_id: str | None, *, timeout: int | None = None) -> list[Delivery]:
    """Send and receive so many; nothing else waits in the queue."""
    for _ in range(number):
        queue.send(draft(group_id=group_id), now=0)
    taken = [queue.receive(Receive(1, visibility_timeout=timeout), now=0)[0] for _ in range(number)]
    assert {delivery.message.group_id for delivery in taken} <= {group_id}
    return taken


def is_noisy(queue: Queue, group_id: str, *, now: int) -> bool:
    """Say whether a later message of another group goes first; both are gone afterwards."""
    bodies = ["of the group", "of another one"]
    queue.send(draft(bodies[0], group_id=group_id), now=now)
    queue.send(draft(bodies[1], group_id="another"), now=now)
    received = queue.receive(Receive(2, visibility_timeout=1 * SECOND), now=now)
    in_order = [delivery.message.body for delivery in received]
    for delivery in received:
        queue.delete(delivery.receipt_handle, now=now)
    assert sorted(in_order) == sorted(bodies)
    return in_order != bodies


@pytest.mark.parametrize(("number", "expected"), [(28, False), (29, False), (30, True), (31, True), (32, True)])
def test_on_the_way_up_a_group_is_noisy_from_30_in_flight(queue: Queue, number: int, expected: bool) -> None:
    put_in_flight(queue, number, "many")

    assert is_noisy(queue, "many", now=1) is expected


def delete(queue: Queue, delivery: Delivery) -> None:
    queue.delete(delivery.receipt_handle, now=1)


def give_back_and_delete(queue: Queue, delivery: Delivery) -> None:
    queue.change_visibility(delivery.receipt_handle, 0, now=1)
    queue.delete(delivery.receipt_handle, now=1)


@pytest.mark.parametrize("end", [delete, give_back_and_delete])
def test_on_the_way_down_a_group_is_noisy_to_30_in_flight(queue: Queue, end: Callable[[Queue, Delivery], None]) -> None:
    deliveries = put_in_flight(queue, 32, "many")

    seen = {}
    for number in (31, 30, 29, 28):
        end(queue, deliveries.pop())
        seen[number] = is_noisy(queue, "many", now=1)
        queue.check()

    assert seen == {31: True, 30: True, 29: False, 28: False}


def test_as_timeouts_run_out_a_group_is_noisy_to_30_in_flight(queue: Queue) -> None:
    timing_out = [
        delivery for seconds in (1, 2) for delivery in put_in_flight(queue, 1, "many", timeout=seconds * SECOND)
    ]
    put_in_flight(queue, 29, "many")

    seen = []
    for delivery in timing_out:
        now = delivery.message.visible_at
        assert queue.counts(now=now).visible == 1
        queue.delete(delivery.receipt_handle, now=now)
        seen.append((queue.counts(now=now).in_flight, is_noisy(queue, "many", now=now)))

    assert seen == [(30, True), (29, False)]


@pytest.mark.parametrize("number", [30, 31, 50])
def test_a_tenth_of_all_in_flight_is_no_noise_and_one_message_more_is(queue: Queue, number: int) -> None:
    (one_too_many, *_) = put_in_flight(queue, number * 9, None)
    put_in_flight(queue, number, "many")
    at_a_tenth = is_noisy(queue, "many", now=1)

    queue.delete(one_too_many.receipt_handle, now=1)

    assert (at_a_tenth, is_noisy(queue, "many", now=1)) == (False, True)


def test_a_groups_own_flights_count_among_all(queue: Queue) -> None:
    put_in_flight(queue, 31 * 9 - 1, None)
    put_in_flight(queue, 31, "many")

    assert is_noisy(queue, "many", now=1), "31 of 309"


def test_ten_groups_may_be_in_flight_with_30_each_and_none_is_noisy(queue: Queue) -> None:
    for number in range(10):
        put_in_flight(queue, 30, f"group {number}")

    assert not any(is_noisy(queue, f"group {number}", now=1) for number in range(10))


def test_nine_groups_with_30_each_are_all_noisy(queue: Queue) -> None:
    for number in range(9):
        put_in_flight(queue, 30, f"group {number}")

    assert all(is_noisy(queue, f"group {number}", now=1) for number in range(9))


def test_a_group_whose_flights_have_all_ended_begins_anew(queue: Queue) -> None:
    for delivery in put_in_flight(queue, 30, "many"):
        queue.delete(delivery.receipt_handle, now=0)
    queue.check()
    put_in_flight(queue, 29, "many")

    assert not is_noisy(queue, "many", now=1)
    put_in_flight(queue, 1, "many")
    assert is_noisy(queue, "many", now=1)
