"""What becomes of messages that are received too often. The move is made by the receive that would be one too many."""

from __future__ import annotations

import pytest

from sqs_emulator.core.errors import InvalidParameter
from sqs_emulator.core.events import MessageDeadLettered, MessageExpired
from sqs_emulator.core.message import Draft, Message
from sqs_emulator.core.queue import Counts, Queue
from sqs_emulator.core.receives import Delivery, Receive
from tests.core.by_hand import Poll, Queues, draft, fifo_draft, receive

SECOND = 1_000
DAY = 86_400 * SECOND


@pytest.fixture(params=["standard", "FIFO"])
def suffix(request: pytest.FixtureRequest) -> str:
    """What the names of queues of either kind end with."""
    return ".fifo" if request.param == "FIFO" else ""


@pytest.fixture
def dead(queues: Queues, suffix: str) -> Queue:
    return queues.create("dead" + suffix)


@pytest.fixture
def orders(queues: Queues, dead: Queue, suffix: str) -> Queue:
    """A queue whose messages can be received twice."""
    queue = queues.create("orders" + suffix)
    queues.redrive(queue, dead, after=2)
    return queue


def draft_for(queue: Queue, body: str = "order", group_id: str = "g") -> Draft:
    return fifo_draft(body, group_id=group_id) if queue.attributes.fifo_queue else draft(body)


def wear_out(queue: Queue, *, now: int, times: int = 2) -> list[Delivery]:
    """Receive all there is so many times, with no visibility timeout."""
    return [delivery for _ in range(times) for delivery in queue.receive(Receive(10, visibility_timeout=0), now=now)]


def only(queue: Queue) -> Message:
    (message,) = queue.messages.values()
    return message


def test_a_message_is_received_as_often_as_the_policy_says_and_then_moved(orders: Queue, dead: Queue) -> None:
    orders.send(draft_for(orders), now=0)

    assert receive(orders, now=0, timeout=SECOND) == ["order"]
    assert receive(orders, now=1 * SECOND, timeout=SECOND) == ["order"]
    assert orders.counts(now=2 * SECOND) == Counts(1, 0, 0), "it is moved by a receive, not by its timeout"
    assert receive(orders, now=2 * SECOND) == []
    assert orders.counts(now=2 * SECOND) == Counts(0, 0, 0)
    assert receive(dead, now=2 * SECOND) == ["order"]


def test_of_a_policy_of_one_the_second_receive_moves(queues: Queues, orders: Queue, dead: Queue) -> None:
    queues.redrive(orders, dead, after=1)
    orders.send(draft_for(orders), now=0)

    assert receive(orders, now=0, timeout=0) == ["order"]
    assert receive(orders, now=0, timeout=0) == []
    assert receive(dead, now=0) == ["order"]


def test_a_receive_that_moves_goes_on_with_other_messages(orders: Queue, dead: Queue) -> None:
    orders.send_batch([draft_for(orders, body, group_id=body) for body in "ab"], now=0)
    wear_out(orders, now=0)
    orders.send_batch([draft_for(orders, body, group_id=body) for body in "cde"], now=1)

    assert receive(orders, now=1, max_messages=2) == ["c", "d"]
    assert receive(dead, now=1) == ["a", "b"]


@pytest.mark.parametrize(("at_most", "received"), [(1, ["b"]), (2, ["b", "c"]), (10, ["b", "c", "d"])])
def test_behind_a_dead_letter_its_group_goes_on_within_the_same_receive(
    queues: Queues, at_most: int, received: list[str]
) -> None:
    dead, orders = queues.create("dead.fifo"), queues.create("orders.fifo")
    queues.redrive(orders, dead, after=1)
    orders.send(fifo_draft("a"), now=0)
    wear_out(orders, now=0, times=1)
    orders.send_batch([fifo_draft(body) for body in "bcd"], now=1)

    assert receive(orders, now=1, max_messages=at_most) == received
    assert receive(dead, now=1) == ["a"]


def test_a_group_is_drained_past_its_dead_letters_before_the_next(queues: Queues) -> None:
    dead, orders = queues.create("dead.fifo"), queues.create("orders.fifo")
    queues.redrive(orders, dead, after=1)
    orders.send(fifo_draft("g1a", group_id="g1"), now=0)
    wear_out(orders, now=0, times=1)
    orders.send_batch([fifo_draft(body, group_id=body[:-1]) for body in ("g2a", "g1b")], now=1)

    assert receive(orders, now=1) == ["g1b", "g2a"]


def test_receives_are_counted_on_in_the_dead_letter_queue(orders: Queue, dead: Queue) -> None:
    orders.send(draft_for(orders), now=0)
    wear_out(orders, now=0)
    receive(orders, now=0)

    (delivery,) = dead.receive(Receive(1), now=5)

    assert delivery.message.receive_count == 3


def test_what_the_sender_gave_and_the_first_receive_are_kept(orders: Queue, dead: Queue) -> None:
    given = draft_for(orders)
    given.trace_header, given.sender_id = "Root=1", "AIDA"
    sent = orders.send(given, now=7)
    wear_out(orders, now=9)
    receive(orders, now=11)

    moved = only(dead)

    assert (moved.id, moved.body, moved.md5_of_body) == (sent.id, "order", given.md5_of_body)
    assert (moved.trace_header, moved.sender_id, moved.group_id) == ("Root=1", "AIDA", given.group_id)
    assert (moved.sent_at, moved.first_received_at) == (7, 9)
    assert moved.dead_letter_source == orders.arn


def test_the_source_is_named_where_a_dead_letter_is_received(orders: Queue, dead: Queue) -> None:
    orders.send(draft_for(orders), now=0)
    (first, _) = wear_out(orders, now=0)
    receive(orders, now=0)

    (delivery,) = dead.receive(Receive(1), now=0)

    assert delivery.message.dead_letter_source == orders.arn
    assert first.message.dead_letter_source is None


def test_a_dead_letter_is_visible_at_once_whatever_the_delay(queues: Queues, orders: Queue, dead: Queue) -> None:
    queues.change(dead, now=0, DelaySeconds="900")
    orders.send(draft_for(orders), now=0)
    wear_out(orders, now=0)
    receive(orders, now=0)

    assert dead.counts(now=0) == Counts(visible=1, in_flight=0, delayed=0)


def test_a_dead_letter_of_a_fifo_queue_has_its_own_id_as_deduplication_id(queues: Queues) -> None:
    dead, orders = queues.create("dead.fifo"), queues.create("orders.fifo")
    queues.redrive(orders, dead, after=1)
    dead.send(fifo_draft("there already", deduplication_id="same"), now=0)
    sent = orders.send(fifo_draft("moved", deduplication_id="same"), now=0)
    wear_out(orders, now=0, times=1)
    receive(orders, now=0)

    (first, moved) = dead.messages.values()

    assert (first.deduplication_id, moved.deduplication_id) == ("same", sent.id)
    assert moved.sequence > first.sequence


def test_dead_letters_of_a_fifo_queue_stand_behind_what_is_in_their_group(queues: Queues) -> None:
    dead, orders = queues.create("dead.fifo"), queues.create("orders.fifo")
    queues.redrive(orders, dead, after=1)
    orders.send_batch([fifo_draft("a"), fifo_draft("b")], now=0)
    dead.send(fifo_draft("there already"), now=1)
    wear_out(orders, now=2, times=1)
    receive(orders, now=2)

    assert receive(dead, now=2, max_messages=1) == ["there already"]
    assert receive(dead, now=2) == []


# Retention.


def move_after(queues: Queues, suffix: str, *, retention: int, now: int) -> Queue:
    """Return a dead-letter queue that got, at `now`, a message sent at 0."""
    dead = queues.create("dead" + suffix, MessageRetentionPeriod=str(retention))
    orders = queues.create("orders" + suffix)
    queues.redrive(orders, dead, after=1)
    orders.send(draft_for(orders, "late"), now=0)
    wear_out(orders, now=0, times=1)
    receive(orders, now=now)
    return dead


def test_of_a_standard_queue_a_dead_letter_keeps_its_age(queues: Queues) -> None:
    dead = move_after(queues, "", retention=60, now=59 * SECOND)

    assert only(dead).enqueued_at == 0
    assert dead.counts(now=60 * SECOND - 1).visible == 1
    assert dead.counts(now=60 * SECOND) == Counts(0, 0, 0)


def test_of_a_standard_queue_a_dead_letter_may_be_too_old_at_once(queues: Queues) -> None:
    dead = move_after(queues, "", retention=60, now=60 * SECOND)

    assert not dead.messages
    kinds = [type(event) for event in queues.events if isinstance(event, MessageDeadLettered | MessageExpired)]
    assert kinds == [MessageDeadLettered, MessageExpired]


def test_of_a_fifo_queue_the_retention_of_a_dead_letter_begins_with_its_move(queues: Queues) -> None:
    dead = move_after(queues, ".fifo", retention=60, now=100 * SECOND)

    assert only(dead).enqueued_at == 100 * SECOND
    assert dead.counts(now=160 * SECOND - 1).visible == 1
    assert dead.counts(now=160 * SECOND) == Counts(0, 0, 0)


def test_an_old_dead_letter_among_younger_messages_is_received_first_and_expires_in_its_time(queues: Queues) -> None:
    dead = queues.create("dead", MessageRetentionPeriod="60")
    orders = queues.create("orders")
    queues.redrive(orders, dead, after=1)
    orders.send(draft("old"), now=0)
    orders.send(draft("older than the youngest"), now=25 * SECOND)
    wear_out(orders, now=25 * SECOND, times=1)
    dead.send(draft("young"), now=20 * SECOND)
    dead.send(draft("youngest"), now=30 * SECOND)
    receive(orders, now=40 * SECOND)
    dead.send(draft("after the move"), now=50 * SECOND)

    in_order = ["old", "young", "older than the youngest", "youngest", "after the move"]
    assert receive(dead, now=50 * SECOND, timeout=0) == in_order
    for gone, at in enumerate((60, 80, 85, 90, 110), start=1):
        assert receive(dead, now=at * SECOND - 1, timeout=0) == in_order[gone - 1 :]
        assert receive(dead, now=at * SECOND, timeout=0) == in_order[gone:]
        dead.check()


def test_a_dead_letter_in_flight_expires_among_younger_messages_too(queues: Queues) -> None:
    dead = queues.create("dead", MessageRetentionPeriod="60")
    orders = queues.create("orders")
    queues.redrive(orders, dead, after=1)
    orders.send(draft("old"), now=0)
    wear_out(orders, now=0, times=1)
    dead.send(draft("young"), now=20 * SECOND)
    receive(orders, now=40 * SECOND)
    receive(dead, now=40 * SECOND, timeout=900 * SECOND)

    assert dead.counts(now=60 * SECOND) == Counts(visible=0, in_flight=1, delayed=0)


# Whether there is somewhere to go.


def test_without_its_dead_letter_queue_a_queue_goes_on_delivering(queues: Queues, orders: Queue, dead: Queue) -> None:
    orders.send(draft_for(orders), now=0)
    queues.broker.delete_queue(dead, now=0)

    assert len(wear_out(orders, now=0, times=5)) == 5
    assert only(orders).receives_here == 5


def test_a_dead_letter_queue_that_comes_back_takes_what_is_due(
    queues: Queues, orders: Queue, dead: Queue, suffix: str
) -> None:
    orders.send(draft_for(orders), now=0)
    queues.broker.delete_queue(dead, now=0)
    wear_out(orders, now=0, times=5)
    anew = queues.create("dead" + suffix)

    assert receive(orders, now=0) == []
    assert receive(anew, now=0) == ["order"]


def test_a_queue_that_is_its_own_dead_letter_queue_goes_on_delivering(queues: Queues, suffix: str) -> None:
    queue = queues.create("orders" + suffix)
    queues.redrive(queue, queue, after=1)
    queue.send(draft_for(queue), now=0)

    assert len(wear_out(queue, now=0, times=3)) == 3
    assert only(queue).receive_count == 3


def test_a_lower_limit_moves_at_the_next_receive_what_is_over_it(queues: Queues, orders: Queue, dead: Queue) -> None:
    queues.redrive(orders, dead, after=10)
    orders.send(draft_for(orders), now=0)
    wear_out(orders, now=0, times=4)

    queues.redrive(orders, dead, after=3, now=0)

    assert orders.counts(now=0).visible == 1
    assert receive(orders, now=0) == []
    assert receive(dead, now=0) == ["order"]


def test_a_policy_that_is_cleared_moves_nothing(queues: Queues, orders: Queue) -> None:
    orders.send(draft_for(orders), now=0)
    wear_out(orders, now=0)

    queues.change(orders, now=0, RedrivePolicy="")

    assert receive(orders, now=0) == ["order"]


# Receipt handles.


def test_the_old_handles_of_a_dead_letter_do_nothing(orders: Queue, dead: Queue) -> None:
    orders.send(draft_for(orders), now=0)
    (first, second) = wear_out(orders, now=0)
    receive(orders, now=0)

    for handle in (first.receipt_handle, second.receipt_handle):
        orders.delete(handle, now=0)
        with pytest.raises(InvalidParameter, match="does not exist or is not available for visibility timeout change"):
            orders.change_visibility(handle, 0, now=0)
    assert dead.counts(now=0) == Counts(visible=1, in_flight=0, delayed=0)


def test_a_message_in_a_clients_hands_does_not_change_when_it_is_moved(orders: Queue, dead: Queue) -> None:
    orders.send(draft_for(orders), now=0)
    (first, _) = wear_out(orders, now=0)
    receive(orders, now=0)
    receive(dead, now=0)

    assert (first.message.receive_count, first.message.deduplication_id == first.message.id) == (2, False)


# Who waits.


def test_a_poll_on_the_dead_letter_queue_is_answered_within_the_receive_that_moves(orders: Queue, dead: Queue) -> None:
    orders.send(draft_for(orders), now=0)
    wear_out(orders, now=0)
    poll = Poll(dead, now=0, wait=20 * SECOND)

    assert receive(orders, now=5 * SECOND) == []
    assert poll.bodies == ["order"]
    assert poll.deliveries[0].message.receive_count == 3
    dead.check()


def test_a_poll_gets_all_the_dead_letters_of_one_receive(orders: Queue, dead: Queue) -> None:
    orders.send_batch([draft_for(orders, body) for body in "abc"], now=0)
    wear_out(orders, now=0)
    poll = Poll(dead, now=0, wait=20 * SECOND)

    receive(orders, now=0)

    assert poll.bodies == ["a", "b", "c"]


def test_a_dead_letter_does_not_answer_the_poll_that_finds_it(queues: Queues, orders: Queue, dead: Queue) -> None:
    orders.send(draft_for(orders, "dead"), now=0)
    receive(orders, now=0, timeout=0)
    receive(orders, now=0, timeout=3 * SECOND)
    poll, dead_poll = Poll(orders, now=0, wait=20 * SECOND), Poll(dead, now=0, wait=20 * SECOND)

    assert queues.timers.fire() == 3 * SECOND
    assert (poll.bodies, dead_poll.bodies) == (None, ["dead"])
    orders.send(draft_for(orders, "living"), now=4 * SECOND)
    assert poll.bodies == ["living"]


def test_a_dead_letter_comes_too_late_for_a_poll_that_has_ended(orders: Queue, dead: Queue) -> None:
    orders.send(draft_for(orders), now=0)
    wear_out(orders, now=0)
    ended, waiting = Poll(dead, now=0, wait=2 * SECOND), Poll(dead, now=0, wait=20 * SECOND)

    receive(orders, now=3 * SECOND)

    assert (ended.bodies, waiting.bodies) == ([], ["order"])


# Chains and rings.


def circle(queues: Queues, suffix: str, *names: str) -> list[Queue]:
    """Return queues whose dead letters go to the next, and the last one's to the first."""
    made = [queues.create(name + suffix) for name in names]
    for source, target in zip(made, [*made[1:], made[0]], strict=True):
        queues.redrive(source, target, after=1)
    return made


def test_along_a_chain_the_receives_that_count_begin_anew_in_each_queue(queues: Queues, suffix: str) -> None:
    first, second, third = circle(queues, suffix, "a", "b", "c")
    first.send(draft_for(first), now=0)

    received = [receive(queue, now=0, timeout=0) for queue in (first, first, second, second, third)]

    assert received == [["order"], [], ["order"], [], ["order"]]
    assert only(third).receive_count == 3
    assert only(third).dead_letter_source == second.arn


def test_around_a_circle_a_message_goes_on_from_poll_to_poll(queues: Queues, suffix: str) -> None:
    a, b = circle(queues, suffix, "a", "b")
    a.send(draft_for(a), now=0)
    receive(a, now=0, timeout=1 * SECOND)
    polls = [Poll(queue, now=0, wait=20 * SECOND, timeout=2 * SECOND) for queue in (a, b, a, b)]

    moments = []
    while (following := queues.timers.next()) is not None and following[0] < 20 * SECOND:
        moments.append(queues.timers.fire())
        queues.check()

    # In flight until 1 s; then to b, which has a poll; from there to a, and to b again, where nobody is left at 7 s.
    assert [poll.bodies for poll in polls] == [["order"], ["order"], None, ["order"]]
    assert moments == [1 * SECOND, 3 * SECOND, 5 * SECOND]
    assert [only(b).receive_count, only(b).receives_here] == [4, 1]


def test_around_a_circle_a_poll_is_answered_once_though_dead_letters_cross(queues: Queues) -> None:
    """At one moment a queue has dead letters for a second one, and that one has them for the first."""
    a, b = circle(queues, "", "a", "b")
    queues.change(a, now=0, MessageRetentionPeriod="60")
    b.send(draft("from b, too old for a"), now=0)
    receive(b, now=0, timeout=71 * SECOND)
    a.send(draft("from a"), now=50 * SECOND)
    receive(a, now=50 * SECOND, timeout=21 * SECOND)
    a.send_batch([draft(body, delay_seconds=20) for body in ("second", "third")], now=51 * SECOND)
    poll_a, poll_b = (Poll(queue, now=51 * SECOND, wait=30 * SECOND, max_messages=1) for queue in (a, b))

    while (following := queues.timers.next()) is not None and following[0] <= 71 * SECOND:
        queues.timers.fire()

    assert (poll_a.bodies, poll_b.bodies) == (["second"], ["from a"])
    assert [message.body for message in a.messages.values()] == ["second", "third"]


def test_polls_without_a_visibility_timeout_lead_to_the_dead_letter_queue_too(orders: Queue, dead: Queue) -> None:
    polls = [Poll(orders, now=0, wait=20 * SECOND, timeout=0) for _ in range(3)]

    orders.send(draft_for(orders), now=1)

    assert [poll.bodies for poll in polls] == [["order"], ["order"], None]
    assert dead.counts(now=1).visible == 1


def test_receives_without_a_visibility_timeout_lead_to_the_dead_letter_queue_too(orders: Queue, dead: Queue) -> None:
    orders.send(draft_for(orders), now=0)

    received = wear_out(orders, now=0, times=10)

    assert [message.message.body for message in received] == ["order", "order"]
    assert dead.counts(now=0).visible == 1
