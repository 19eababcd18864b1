"""What was due by now has happened before what is asked for, though nobody looked at the queue meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from sqs_emulator.core.events import MessageVisibilityTimedOut
from sqs_emulator.core.message import Draft
from sqs_emulator.core.queue import Counts, Queue
from sqs_emulator.core.receives import Receive
from tests.core.by_hand import Poll, Queues, draft, fifo_draft, hand_over, receive

SECOND: Final = 1_000
LATE: Final = 5 * SECOND


def draft_for(queue: Queue, body: str, *, group_id: str = "g") -> Draft:
    return fifo_draft(body, group_id=group_id) if queue.attributes.fifo_queue else draft(body)


def put_in_flight(queue: Queue, body: str, *, timeout: int, now: int = 0) -> str:
    """Send and receive a message of its own group, and return its receipt handle."""
    queue.send(draft_for(queue, body, group_id=body), now=now)
    (delivery,) = queue.receive(Receive(1, visibility_timeout=timeout), now=now)
    assert delivery.message.body == body
    return delivery.receipt_handle


Request = Callable[[Queues, Queue, str], object]  # with the handle of a message in flight

REQUESTS: Final[dict[str, Request]] = {
    "send": lambda queues, queue, handle: queue.send(draft_for(queue, "new"), now=LATE),
    "send a batch": lambda queues, queue, handle: queue.send_batch([draft_for(queue, "new")], now=LATE),
    "receive": lambda queues, queue, handle: queue.receive(Receive(10), now=LATE),
    "poll": lambda queues, queue, handle: Poll(queue, now=LATE, wait=20 * SECOND),
    "delete": lambda queues, queue, handle: queue.delete(handle, now=LATE),
    "change the visibility": lambda queues, queue, handle: queue.change_visibility(handle, 7 * SECOND, now=LATE),
    "purge": lambda queues, queue, handle: queue.purge(now=LATE),
    "set attributes": lambda queues, queue, handle: queues.change(queue, now=LATE, VisibilityTimeout="9"),
    "count": lambda queues, queue, handle: queue.counts(now=LATE),
    "catch up": lambda queues, queue, handle: queue.catch_up(LATE),
    "fire the timer": lambda queues, queue, handle: queue.on_timer(LATE),
}


@pytest.mark.parametrize("name", ["orders", "orders.fifo"])
@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_a_timeout_that_ran_out_is_told_before_whatever_is_asked_for_next(
    queues: Queues, name: str, request_: Request
) -> None:
    queue = queues.create(name)
    handle = put_in_flight(queue, "still in flight", timeout=30 * SECOND)
    put_in_flight(queue, "timed out", timeout=1 * SECOND)
    queues.events.clear()

    request_(queues, queue, handle)

    assert isinstance(queues.events[0], MessageVisibilityTimedOut)
    assert [event.at for event in queues.events] == [1 * SECOND, *[LATE] * (len(queues.events) - 1)]
    assert queue.next_deadline() > LATE


def test_what_came_back_before_a_send_stands_before_what_was_sent(queues: Queues, fifo: Queue) -> None:
    put_in_flight(fifo, "came back at 1 s", timeout=1 * SECOND)

    fifo.send(fifo_draft("sent at 5 s"), now=LATE)

    assert receive(fifo, now=LATE) == ["came back at 1 s", "sent at 5 s"]


def test_what_came_back_before_a_batch_stands_before_what_was_sent(queues: Queues, fifo: Queue) -> None:
    put_in_flight(fifo, "came back at 1 s", timeout=1 * SECOND)

    fifo.send_batch([fifo_draft("sent at 5 s")], now=LATE)

    assert receive(fifo, now=LATE) == ["came back at 1 s", "sent at 5 s"]


def test_a_poll_finds_at_once_what_came_back_unseen(queues: Queues, fifo: Queue) -> None:
    put_in_flight(fifo, "came back at 1 s", timeout=1 * SECOND)

    assert Poll(fifo, now=LATE, wait=20 * SECOND).bodies == ["came back at 1 s"]


# Waits that ended unseen. The timers come late, as a loop's do when the machine is busy.


def fire_late_timers(queues: Queues, *, now: int = LATE) -> None:
    while (following := queues.timers.next()) is not None and following[0] <= now:
        queues.timers.fire(now=now)


def move_into(queues: Queues, queue: Queue) -> None:
    """Let a move task bring a message."""
    source = queues.create("source")
    dead = queues.create("dead", now=0)
    queues.redrive(source, dead, after=1)
    source.send(draft("moved"), now=0)
    receive(source, now=0, timeout=0)
    receive(source, now=0)
    queues.broker.start_move_task(dead, now=LATE, destination_arn=queue.arn)


COMES_LATE: Final[dict[str, tuple[str, Request]]] = {
    "sent": ("orders", REQUESTS["send"]),
    "sent, FIFO": ("orders.fifo", REQUESTS["send"]),
    "sent in a batch": ("orders", REQUESTS["send a batch"]),
    "sent in a batch, FIFO": ("orders.fifo", REQUESTS["send a batch"]),
    "given back": ("orders", lambda queues, queue, handle: queue.change_visibility(handle, 0, now=LATE)),
    "given back, FIFO": ("orders.fifo", lambda queues, queue, handle: queue.change_visibility(handle, 0, now=LATE)),
    "moved": ("orders", lambda queues, queue, handle: move_into(queues, queue)),
}


@pytest.mark.parametrize(("name", "request_"), COMES_LATE.values(), ids=COMES_LATE)
def test_a_wait_that_has_ended_gets_nothing_of_what_comes_before_its_timer(
    queues: Queues, name: str, request_: Request
) -> None:
    queue = queues.create(name)
    handle = put_in_flight(queue, "in flight", timeout=30 * SECOND)
    poll = Poll(queue, now=0, wait=1 * SECOND)

    request_(queues, queue, handle)

    assert poll.bodies == []
    assert queue.counts(now=LATE).visible == 1
    fire_late_timers(queues)


def test_a_wait_that_has_ended_gets_nothing_of_what_a_delete_unblocks(queues: Queues, fifo: Queue) -> None:
    fifo.send_batch([fifo_draft("head"), fifo_draft("next")], now=0)
    (head,) = fifo.receive(Receive(1), now=0)
    poll = Poll(fifo, now=0, wait=1 * SECOND)

    fifo.delete(head.receipt_handle, now=LATE)

    assert poll.bodies == []
    assert receive(fifo, now=LATE) == ["next"]
    fire_late_timers(queues)


def test_a_wait_that_has_ended_gets_nothing_of_what_a_shorter_delay_reveals(queues: Queues) -> None:
    queue = queues.create("orders.fifo", DelaySeconds="60")
    queue.send(fifo_draft(), now=0)
    poll = Poll(queue, now=0, wait=1 * SECOND)

    queues.change(queue, now=LATE, DelaySeconds="2")

    assert poll.bodies == []
    assert receive(queue, now=LATE) == ["order"]


def test_a_wait_that_has_ended_is_answered_before_a_poll_that_comes_then(queues: Queues) -> None:
    queue = queues.create()
    ended = Poll(queue, now=0, wait=1 * SECOND)

    coming = Poll(queue, now=LATE, wait=20 * SECOND)
    queue.send(draft(), now=LATE)

    assert (ended.bodies, coming.bodies) == ([], ["order"])


# A look at the queue alone, with nothing asked for: it does what the timer does.


@pytest.mark.parametrize("look", [Queue.catch_up, Queue.on_timer])
def test_a_look_alone_serves_who_waits_by_the_order_of_the_moments(
    queues: Queues, look: Callable[[Queue, int], None]
) -> None:
    queue = queues.create()
    for delay in (2, 4, 5):
        queue.send(draft(f"after {delay} s", delay_seconds=delay), now=0)
    polls = [Poll(queue, now=0, wait=wait * SECOND, max_messages=1) for wait in (1, 3, 4, 20)]

    look(queue, LATE - 1)
    fire_late_timers(queues, now=LATE - 1)

    assert [poll.bodies for poll in polls] == [[], ["after 2 s"], ["after 4 s"], None]
    assert queue.counts(now=LATE - 1) == Counts(visible=0, in_flight=2, delayed=1)


def test_a_look_alone_ends_a_wait_at_its_moment_and_not_before(queues: Queues) -> None:
    queue = queues.create()
    poll = Poll(queue, now=0, wait=LATE)

    answers = []
    for moment in (LATE - 1, LATE):
        queue.catch_up(moment)
        answers.append(poll.bodies)

    assert answers == [None, []]
    fire_late_timers(queues)


def test_what_a_look_alone_hands_out_is_hidden_from_then_on(queues: Queues) -> None:
    queue = queues.create(VisibilityTimeout="10")
    queue.send(draft(delay_seconds=1), now=0)
    poll = Poll(queue, now=0, wait=20 * SECOND)

    queue.catch_up(LATE)
    fire_late_timers(queues)

    assert poll.bodies == ["order"]
    assert receive(queue, now=LATE + 10 * SECOND - 1) == []
    assert receive(queue, now=LATE + 10 * SECOND) == ["order"]


def test_a_timer_that_finds_nothing_due_answers_nobody_and_is_set_again(queues: Queues) -> None:
    queue = queues.create()
    poll = Poll(queue, now=0, wait=20 * SECOND)

    queues.timers.fire(now=LATE)

    assert poll.bodies is None
    assert queues.timers.at == {queue: 20 * SECOND}


def test_who_is_served_by_a_look_alone_is_answered_once(queues: Queues) -> None:
    queue = queues.create()
    queue.send_batch([draft(body, delay_seconds=1) for body in "ab"], now=0)
    polls = [Poll(queue, now=0, wait=20 * SECOND, max_messages=1) for _ in range(2)]

    queue.catch_up(LATE)
    hand_over(queue.outbox)
    fire_late_timers(queues)

    assert [poll.bodies for poll in polls] == [["a"], ["b"]]
    assert not queues.timers.at
