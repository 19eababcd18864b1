"""A receive returns as many messages as it asks for at most, whatever it meets on its way to them."""

from __future__ import annotations

from typing import Final

import pytest

from sqs_emulator.core.errors import OverLimit
from sqs_emulator.core.limits import Limits
from sqs_emulator.core.message import Draft
from sqs_emulator.core.queue import Counts, Queue
from sqs_emulator.core.receives import Receive
from tests.core.by_hand import Poll, Queues, draft, fifo_draft, receive

SECOND: Final = 1_000
BACK: Final = 100 * SECOND
KINDS: Final = pytest.mark.parametrize("suffix", ["", ".fifo"], ids=["standard", "FIFO"])


def draft_for(queue: Queue, body: str) -> Draft:
    """Return a draft in a group of its own."""
    return fifo_draft(body, group_id=body) if queue.attributes.fifo_queue else draft(body)


def send_worn(queue: Queue, bodies: str, *, worn: str) -> None:
    """Send messages that are hidden until `BACK`, and next in this order then; those in `worn` are received twice."""
    for number, body in enumerate(bodies):
        moment = number * SECOND
        queue.send(draft_for(queue, body), now=moment)
        if body in worn:
            assert receive(queue, now=moment, timeout=0) == [body]
        assert receive(queue, now=moment, timeout=BACK - moment) == [body]


@KINDS
@pytest.mark.parametrize(
    ("worn", "at_most", "received", "moved"),
    [
        ("a", 1, "b", "a"),
        ("a", 2, "bc", "a"),
        ("a", 3, "bcd", "a"),
        ("ac", 1, "b", "a"),
        ("ac", 2, "bd", "ac"),
        ("ac", 3, "bde", "ac"),
        ("bde", 3, "acf", "bde"),
        ("ace", 10, "bdfgh", "ace"),
        ("abcdefgh", 10, "", "abcdefgh"),
    ],
)
def test_a_receive_that_meets_dead_letters_returns_no_more_than_it_asked_for(
    queues: Queues, suffix: str, worn: str, at_most: int, received: str, moved: str
) -> None:
    dead, orders = queues.create("dead" + suffix), queues.create("orders" + suffix)
    queues.redrive(orders, dead, after=2)
    send_worn(orders, "abcdefgh", worn=worn)

    assert receive(orders, now=BACK, max_messages=at_most) == list(received)

    assert receive(dead, now=BACK) == list(moved)
    assert orders.counts(now=BACK) == Counts(8 - len(received) - len(moved), len(received), 0)


@KINDS
def test_a_poll_that_meets_dead_letters_gets_no_more_than_it_asked_for(queues: Queues, suffix: str) -> None:
    dead, orders = queues.create("dead" + suffix), queues.create("orders" + suffix)
    queues.redrive(orders, dead, after=2)
    send_worn(orders, "abcdef", worn="ac")
    poll = Poll(orders, now=BACK - 1, wait=20 * SECOND, max_messages=3)

    assert queues.timers.fire() == BACK

    assert poll.bodies == ["b", "d", "e"]
    assert receive(dead, now=BACK) == ["a", "c"]


# As many messages in flight as the limit allows.


@pytest.fixture
def few() -> Queues:
    """Queues that may have five messages in flight each."""
    return Queues(Limits(in_flight=5))


@KINDS
def test_near_the_limit_a_receive_gets_as_many_as_may_be_in_flight(few: Queues, suffix: str) -> None:
    queue = few.create("orders" + suffix)
    queue.send_batch([draft_for(queue, body) for body in "abcdefgh"], now=0)

    assert receive(queue, now=0, max_messages=3) == ["a", "b", "c"]
    assert receive(queue, now=0) == ["d", "e"]
    assert queue.counts(now=0) == Counts(visible=3, in_flight=5, delayed=0)
    few.check()


@KINDS
def test_one_below_the_limit_a_receive_gets_one(few: Queues, suffix: str) -> None:
    queue = few.create("orders" + suffix)
    queue.send_batch([draft_for(queue, body) for body in "abcdefgh"], now=0)
    deliveries = queue.receive(Receive(10), now=0)
    assert len(deliveries) == 5

    queue.delete(deliveries[0].receipt_handle, now=0)

    assert receive(queue, now=0) == ["f"]


@KINDS
def test_polls_too_get_no_more_than_may_be_in_flight(few: Queues, suffix: str) -> None:
    queue = few.create("orders" + suffix)
    polls = [Poll(queue, now=0, wait=20 * SECOND, max_messages=2) for _ in range(4)]

    queue.send_batch([draft_for(queue, body) for body in "abcdefgh"], now=0)

    assert [poll.bodies for poll in polls] == [["a", "b"], ["c", "d"], ["e"], None]
    few.check()


def test_messages_that_are_not_hidden_count_for_no_limit(few: Queues) -> None:
    queue = few.create()
    queue.send_batch([draft(body) for body in "abcde"], now=0)

    for _ in range(3):
        assert receive(queue, now=0, timeout=0) == list("abcde")
    assert receive(queue, now=0) == list("abcde")
    with pytest.raises(OverLimit):
        receive(queue, now=0, timeout=0)


def test_dead_letters_of_a_receive_count_for_no_limit(few: Queues) -> None:
    dead, orders = few.create("dead"), few.create("orders")
    few.redrive(orders, dead, after=1)
    orders.send_batch([draft(body) for body in "abcdefg"], now=0)
    assert receive(orders, now=0, timeout=0, max_messages=7) == list("abcde")
    orders.send_batch([draft(body) for body in "hijkl"], now=1)

    assert receive(orders, now=1) == ["f", "g", "h", "i", "j"]
    assert receive(dead, now=1) == list("abcde")
    few.check()
