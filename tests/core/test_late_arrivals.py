"""Messages that come into a queue after younger ones, as a standard queue's dead letters do: they keep their age."""

from __future__ import annotations

from typing import Final

import pytest

from sqs_emulator.core.events import MessageExpired
from sqs_emulator.core.queue import Counts, Queue
from sqs_emulator.core.receives import Receive
from tests.core.by_hand import Poll, Queues, draft, receive

SECOND: Final = 1_000
RETENTION: Final = 60 * SECOND


@pytest.fixture
def dead(queues: Queues) -> Queue:
    return queues.create("dead", MessageRetentionPeriod="60")


@pytest.fixture
def orders(queues: Queues, dead: Queue) -> Queue:
    queue = queues.create("orders")
    queues.redrive(queue, dead, after=1)
    return queue


def wear_out(orders: Queue, *moments: int) -> None:
    """Send messages at these moments, named by them, and receive each as often as it can be."""
    for moment in moments:
        orders.send(draft(f"late, of {moment}"), now=moment)
        receive(orders, now=moment, timeout=0)


def send(dead: Queue, *moments: int) -> None:
    for moment in moments:
        dead.send(draft(f"of {moment}"), now=moment)


def expiries(queues: Queues, dead: Queue) -> list[tuple[int, str]]:
    """Return when each message of the dead-letter queue expired, as told, with its id."""
    return [
        (event.at, event.message_id)
        for event in queues.events
        if isinstance(event, MessageExpired) and event.queue == dead.arn
    ]


def test_late_and_other_messages_expire_by_their_age_each_at_its_own_moment(
    queues: Queues, orders: Queue, dead: Queue
) -> None:
    wear_out(orders, 1_000, 3_000, 5_000)
    send(dead, 0, 2_000, 4_000, 6_000)
    receive(orders, now=7_000)
    by_age = sorted(dead.messages.values(), key=lambda message: message.enqueued_at)
    assert [message.enqueued_at for message in by_age] == [second * SECOND for second in range(7)]

    dead.catch_up(100 * SECOND)

    assert expiries(queues, dead) == [(message.enqueued_at + RETENTION, message.id) for message in by_age]


@pytest.mark.parametrize("late", [1_000, 3_000])
def test_a_late_message_is_there_until_the_millisecond_at_which_its_retention_is_over(
    orders: Queue, dead: Queue, late: int
) -> None:
    wear_out(orders, late)
    send(dead, 2_000, 4_000)
    receive(orders, now=5_000)
    last = f"late, of {late}"

    before = receive(dead, now=late + RETENTION - 1, timeout=0)
    at = receive(dead, now=late + RETENTION, timeout=0)

    assert last in before
    assert at == [body for body in before if body != last]


def test_late_messages_of_one_moment_expire_together_in_the_order_in_which_they_came(
    queues: Queues, orders: Queue, dead: Queue
) -> None:
    wear_out(orders, 0, 0, 0)
    send(dead, 0, 1_000)
    receive(orders, now=2_000)
    in_order = [message.id for message in dead.messages.values() if message.enqueued_at == 0]

    dead.catch_up(RETENTION)

    assert expiries(queues, dead) == [(RETENTION, message_id) for message_id in in_order]
    assert dead.counts(now=RETENTION) == Counts(visible=1, in_flight=0, delayed=0)


def test_of_messages_of_one_age_a_late_one_comes_behind_those_there(orders: Queue, dead: Queue) -> None:
    wear_out(orders, 1_000)
    send(dead, 1_000, 2_000)
    receive(orders, now=2_000)

    assert receive(dead, now=2_000) == ["of 1000", "late, of 1000", "of 2000"]


def test_the_next_deadline_is_that_of_the_oldest_message_whether_it_came_late_or_not(
    orders: Queue, dead: Queue
) -> None:
    wear_out(orders, 1_000)
    send(dead, 0, 2_000)
    receive(orders, now=2_000)

    deadlines = []
    while dead.messages:
        deadlines.append(dead.next_deadline())
        dead.catch_up(deadlines[-1])

    assert deadlines == [RETENTION, 1_000 + RETENTION, 2_000 + RETENTION]


def test_a_late_message_that_is_deleted_leaves_nothing_to_expire(queues: Queues, orders: Queue, dead: Queue) -> None:
    wear_out(orders, 0)
    send(dead, 1_000)
    receive(orders, now=2_000)
    (delivery,) = dead.receive(Receive(1), now=2_000)
    assert delivery.message.body == "late, of 0"

    dead.delete(delivery.receipt_handle, now=3_000)

    assert dead.next_deadline() == 1_000 + RETENTION
    dead.catch_up(100 * SECOND)
    assert [at for at, _ in expiries(queues, dead)] == [1_000 + RETENTION]


def test_a_purge_takes_the_late_messages_too_and_forgets_that_they_were_late(
    queues: Queues, orders: Queue, dead: Queue
) -> None:
    wear_out(orders, 0)
    send(dead, 1_000)
    receive(orders, now=2_000)

    dead.purge(now=3_000)
    dead.check()
    dead.send(draft("sent after the purge"), now=4_000)

    assert dead.next_deadline() == 4_000 + RETENTION
    assert receive(dead, now=4_000 + RETENTION - 1) == ["sent after the purge"]
    dead.catch_up(4_000 + RETENTION)
    assert [at for at, _ in expiries(queues, dead)] == [4_000 + RETENTION]


def test_late_messages_come_late_again_after_a_purge(queues: Queues, orders: Queue, dead: Queue) -> None:
    wear_out(orders, 0, 500)
    send(dead, 1_000)
    receive(orders, now=2_000, max_messages=1)
    dead.purge(now=3_000)
    wear_out(orders, 4_000)
    send(dead, 5_000)
    receive(orders, now=6_000)

    assert dead.next_deadline() == 4_000 + RETENTION
    assert receive(dead, now=6_000, timeout=0) == ["late, of 4000", "of 5000"]
    dead.catch_up(100 * SECOND)
    assert [at for at, _ in expiries(queues, dead)] == [4_000 + RETENTION, 5_000 + RETENTION]


def test_a_poll_does_not_get_a_late_message_whose_retention_ends_at_the_moment_at_which_it_comes_back(
    queues: Queues, orders: Queue, dead: Queue
) -> None:
    wear_out(orders, 0)
    send(dead, 1_000)
    receive(orders, now=2_000)
    receive(dead, now=2_000, timeout=RETENTION - 2_000)
    poll = Poll(dead, now=2_000, wait=100 * SECOND)

    assert queues.timers.fire() == RETENTION

    assert poll.bodies == ["of 1000"]
