"""Message groups on a standard queue: they never block, and one that crowds the queue lets the others go first.

A group is noisy while it has 30 messages in flight, or more, and they are over a tenth of all that are in flight.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from sqs_emulator.core.queue import Queue
from sqs_emulator.core.receives import Delivery, Receive
from tests.core.by_hand import Poll, Queues, draft, receive

SECOND = 1_000


@pytest.fixture
def queue(queues: Queues) -> Queue:
    return queues.create(VisibilityTimeout="600")


def send(queue: Queue, number: int, group_id: str | None, *, now: int = 0) -> None:
    """Send messages that bear their group's name, and a number if they have none."""
    drafts = [draft(group_id or f"own {index}", group_id=group_id) for index in range(number)]
    queue.send_batch(drafts, now=now)


def take(queue: Queue, number: int, *, now: int = 0, timeout: int | None = None) -> list[Delivery]:
    """Receive so many, one at a time."""
    return [
        delivery for _ in range(number) for delivery in queue.receive(Receive(1, visibility_timeout=timeout), now=now)
    ]


def put_in_flight(queue: Queue, number: int, group_id: str | None, *, timeout: int | None = None) -> list[Delivery]:
    """Send and receive so many; nothing else waits in the queue."""
    send(queue, number, group_id)
    taken = take(queue, number, timeout=timeout)
    assert len(taken) == number
    return taken


def groups(deliveries: Sequence[Delivery]) -> list[str | None]:
    return [delivery.message.group_id for delivery in deliveries]


def test_a_quiet_groups_message_is_in_the_next_receive_though_a_noisy_one_has_a_thousand_waiting(queue: Queue) -> None:
    put_in_flight(queue, 30, "noisy")
    send(queue, 1_000, "noisy", now=1)
    send(queue, 1, "quiet", now=2)

    assert receive(queue, now=3) == ["quiet", *["noisy"] * 9]


def test_below_30_in_flight_the_order_is_that_of_arrival(queue: Queue) -> None:
    put_in_flight(queue, 29, "many")
    send(queue, 12, "many", now=1)
    send(queue, 1, "quiet", now=2)

    assert receive(queue, now=3) == ["many"] * 10
    assert receive(queue, now=3) == ["quiet", "many", "many"], "from now on it is noisy"


@pytest.mark.parametrize(("others", "order"), [(269, ["quiet", "many"]), (270, ["many", "quiet"])], ids=["299", "300"])
def test_of_no_more_than_a_tenth_of_all_in_flight_no_group_is_noisy(
    queue: Queue, others: int, order: list[str]
) -> None:
    put_in_flight(queue, others, None)
    put_in_flight(queue, 30, "many")
    send(queue, 1, "many", now=1)
    send(queue, 1, "quiet", now=2)

    assert receive(queue, now=3) == order


def test_among_noisy_groups_the_one_with_the_fewest_in_flight_comes_first(queue: Queue) -> None:
    for group_id, number in (("40", 40), ("31", 31), ("35", 35)):
        put_in_flight(queue, number, group_id)
    for group_id in ("40", "35", "31", "quiet"):
        send(queue, 1, group_id, now=1)

    assert receive(queue, now=3) == ["quiet", "31", "35", "40"]


def test_among_noisy_groups_with_as_many_in_flight_the_older_message_comes_first(queue: Queue) -> None:
    for group_id in ("b", "a", "c"):
        put_in_flight(queue, 30, group_id)
    for group_id in ("c", "a", "b"):
        send(queue, 1, group_id, now=1)

    assert receive(queue, now=3) == ["c", "a", "b"]


def test_messages_without_a_group_are_each_a_quiet_tenant(queue: Queue) -> None:
    put_in_flight(queue, 100, None)
    put_in_flight(queue, 30, "noisy")
    send(queue, 1, "noisy", now=1)
    send(queue, 2, None, now=2)
    send(queue, 1, "quiet", now=3)

    assert receive(queue, now=4) == ["own 0", "own 1", "quiet", "noisy"]


def test_quiet_groups_and_messages_without_a_group_come_in_the_order_of_arrival(queue: Queue) -> None:
    put_in_flight(queue, 30, "noisy")
    for group_id in ("a", None, "noisy", "b", None, "a"):
        send(queue, 1, group_id, now=1)

    received = queue.receive(Receive(10), now=2)

    assert groups(received) == ["a", None, "b", None, "a", "noisy"]


def test_without_any_noise_groups_change_nothing_of_the_order(queue: Queue) -> None:
    in_order = ["b", "a", None, "b", None, "c", "a", "c"]
    for group_id in in_order:
        send(queue, 1, group_id, now=1)

    assert groups(queue.receive(Receive(3, visibility_timeout=5 * SECOND), now=2)) == in_order[:3]
    assert groups(queue.receive(Receive(10, visibility_timeout=0), now=3)) == in_order[3:]
    assert groups(queue.receive(Receive(10), now=2 + 5 * SECOND)) == in_order


def test_a_group_blocks_nothing_of_its_own(queue: Queue) -> None:
    send(queue, 3, "g")

    assert len(take(queue, 3)) == 3


def test_a_noisy_group_gets_what_no_other_wants(queue: Queue) -> None:
    put_in_flight(queue, 50, "noisy")
    send(queue, 12, "noisy", now=1)

    assert receive(queue, now=2) == ["noisy"] * 10


def test_a_poll_is_answered_with_a_noisy_groups_message_when_there_is_no_other(queue: Queue) -> None:
    put_in_flight(queue, 50, "noisy")
    poll = Poll(queue, now=0, wait=20 * SECOND)

    send(queue, 1, "noisy", now=1)

    assert poll.bodies == ["noisy"]


def delete(queue: Queue, delivery: Delivery) -> None:
    queue.delete(delivery.receipt_handle, now=1)


def give_back(queue: Queue, delivery: Delivery) -> None:
    queue.change_visibility(delivery.receipt_handle, 0, now=1)


def let_time_out(queue: Queue, delivery: Delivery) -> None:
    queue.change_visibility(delivery.receipt_handle, 1, now=1)


@pytest.mark.parametrize("end", [delete, give_back, let_time_out])
def test_a_group_is_quiet_again_when_flights_of_its_messages_end(
    queue: Queue, end: Callable[[Queue, Delivery], None]
) -> None:
    (delivery, *_) = put_in_flight(queue, 30, "many")
    send(queue, 1, "many", now=1)
    send(queue, 1, "quiet", now=1)
    assert receive(queue, now=1, timeout=0) == ["quiet", "many"]

    end(queue, delivery)

    assert receive(queue, now=2, timeout=0)[-1] == "quiet"


def test_a_group_is_quiet_again_when_its_messages_in_flight_expire(queues: Queues) -> None:
    queue = queues.create(MessageRetentionPeriod="60")
    put_in_flight(queue, 30, "many", timeout=600 * SECOND)
    send(queue, 1, "many", now=50 * SECOND)
    send(queue, 1, "quiet", now=50 * SECOND)

    assert receive(queue, now=60 * SECOND - 1, timeout=0) == ["quiet", "many"]
    assert receive(queue, now=60 * SECOND, timeout=0) == ["many", "quiet"]


def test_a_purge_ends_the_noise(queue: Queue) -> None:
    put_in_flight(queue, 30, "many")
    queue.purge(now=1)
    send(queue, 1, "many", now=2)
    send(queue, 1, "quiet", now=2)

    assert receive(queue, now=3) == ["many", "quiet"]


def test_a_receive_without_a_visibility_timeout_makes_no_noise(queue: Queue) -> None:
    send(queue, 1, "many")
    take(queue, 50, timeout=0)
    send(queue, 1, "quiet", now=1)

    assert receive(queue, now=2) == ["many", "quiet"]


def test_other_groups_flights_can_make_a_group_quiet(queue: Queue) -> None:
    put_in_flight(queue, 30, "many")
    send(queue, 1, "many", now=1)
    send(queue, 280, None, now=2)

    assert receive(queue, now=3, max_messages=1) == ["own 0"]
    take(queue, 269, now=3)
    assert receive(queue, now=3, max_messages=1) == ["many"], "30 of 300 are no more than a tenth"


def test_dead_letters_keep_their_group_and_make_noise_in_their_new_queue(queues: Queues) -> None:
    dead, orders = queues.create("dead"), queues.create("orders")
    queues.redrive(orders, dead, after=1)
    send(orders, 31, "many")
    send(orders, 1, "quiet")
    take(orders, 32, timeout=0)
    receive(orders, now=0)
    take(dead, 30)

    assert receive(dead, now=0) == ["quiet", "many"]
