"""What the core owes to waiters: put aside in a step, and taken by whoever called the core."""

from __future__ import annotations

from sqs_emulator.core.outbox import Outbox
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.receives import Receive
from sqs_emulator.core.standard import StandardQueue
from sqs_emulator.core.waiters import Waiter
from tests.core.by_hand import Poll, Queues, draft, hand_over, receive

SECOND = 1_000


def test_a_step_answers_nobody_until_its_outbox_is_taken(queue: StandardQueue) -> None:
    answers: list[int] = []
    waiter = Waiter(Receive(10), until=20 * SECOND)
    waiter.answer = lambda deliveries: answers.append(len(deliveries))
    queue.add_waiter(waiter, now=0)

    queue.send(draft(), now=0)

    assert answers == []
    assert queue.counts(now=0).in_flight == 1, "the step is whole"
    hand_over(queue.outbox)
    assert answers == [1]
    assert not queue.outbox.owed


def test_what_is_owed_is_taken_once_and_in_its_order(queue: StandardQueue) -> None:
    polls = [Poll(queue, now=0, wait=20 * SECOND, max_messages=1) for _ in range(2)]
    queue.send_batch([draft("first"), draft("second")], now=0)

    owed = queue.outbox.take()

    assert [waiter for waiter, _ in owed] == [poll.waiter for poll in polls]
    assert [[delivery.message.body for delivery in deliveries] for _, deliveries in owed] == [["first"], ["second"]]
    assert queue.outbox.take() == []


def test_an_answer_tells_the_receive_count_of_its_own_receive(queue: StandardQueue) -> None:
    polls = [Poll(queue, now=0, wait=20 * SECOND, timeout=0) for _ in range(3)]

    queue.send(draft(), now=0)

    assert [poll.deliveries[0].receive_count for poll in polls] == [1, 2, 3]


def test_all_queues_of_a_broker_share_one_outbox() -> None:
    outbox = Outbox()
    queues = Queues(outbox=outbox)

    assert queues.create("a").outbox is queues.create("b.fifo").outbox is outbox


def test_dead_letters_that_go_round_among_hundreds_of_waiters_are_a_loop(queues: Queues) -> None:
    """Each queue is the other one's dead-letter queue, and each receive makes a dead letter for the other."""
    a, b = queues.create("a"), queues.create("b")
    queues.redrive(a, b, after=1)
    queues.redrive(b, a, after=1)
    polls = [Poll(queue, now=0, wait=20 * SECOND, timeout=0) for queue in (a, b) for _ in range(400)]

    a.send(draft(), now=0)

    # The last of a's polls leaves it there, until another receive looks at it.
    assert sum(poll.bodies == ["order"] for poll in polls) == 799
    assert receive(a, now=0) == []
    assert all(poll.bodies == ["order"] for poll in polls)
    assert left(a) + left(b) == 1


def left(queue: Queue) -> int:
    return sum(queue.counts(now=0))
