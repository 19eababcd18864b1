from __future__ import annotations

from collections.abc import Callable

from sqs_emulator.core.queue import Counts
from sqs_emulator.core.receives import Receive
from sqs_emulator.core.standard import StandardQueue
from tests.core.by_hand import Poll, TimersByHand, draft, receive


def test_a_waiting_receive_is_answered_by_the_next_send(queue: StandardQueue) -> None:
    poll = Poll(queue, now=0, wait=20_000)

    queue.send(draft(), now=5_000)

    assert poll.bodies == ["order"]
    queue.check()


def test_a_batch_goes_to_one_waiter_whole(queue: StandardQueue) -> None:
    first, second = Poll(queue, now=0, wait=20_000), Poll(queue, now=0, wait=20_000)

    queue.send_batch([draft("a"), draft("b")], now=1)

    assert first.bodies == ["a", "b"]
    assert second.bodies is None


def test_waiters_are_served_in_the_order_in_which_they_came(queue: StandardQueue) -> None:
    polls = [Poll(queue, now=0, wait=20_000 - number, max_messages=1) for number in range(3)]

    queue.send(draft("a"), now=1)
    queue.send(draft("b"), now=1)

    assert [poll.bodies for poll in polls] == [["a"], ["b"], None]


def test_a_wait_that_is_over_ends_empty(queue: StandardQueue, timers: TimersByHand) -> None:
    poll = Poll(queue, now=0, wait=20_000)

    assert timers.fire() == 20_000
    assert poll.bodies == []
    assert not timers.at


def test_a_waiting_receive_wakes_when_a_visibility_timeout_ends(queue: StandardQueue, timers: TimersByHand) -> None:
    queue.send(draft(), now=0)
    queue.receive(Receive(1, visibility_timeout=3_000), now=0)
    poll = Poll(queue, now=1_000, wait=20_000)

    assert timers.fire() == 3_000
    assert poll.bodies == ["order"]


def test_a_waiting_receive_wakes_when_a_delay_ends(queue: StandardQueue, timers: TimersByHand) -> None:
    queue.send(draft(delay_seconds=4), now=0)
    poll = Poll(queue, now=0, wait=20_000)

    assert timers.fire() == 4_000
    assert poll.bodies == ["order"]


def test_a_waiting_receive_wakes_at_change_visibility_zero(queue: StandardQueue) -> None:
    queue.send(draft(), now=0)
    (delivery,) = queue.receive(Receive(1), now=0)
    poll = Poll(queue, now=0, wait=20_000)

    queue.change_visibility(delivery.receipt_handle, 0, now=100)

    assert poll.bodies == ["order"]


def test_the_timeout_of_a_waiting_receive_begins_when_it_is_answered(queue: StandardQueue) -> None:
    poll = Poll(queue, now=0, wait=20_000, timeout=2_000)
    queue.send(draft(), now=10_000)

    assert poll.bodies == ["order"]
    assert receive(queue, now=11_999) == []
    assert receive(queue, now=12_000) == ["order"]


def test_a_poll_whose_client_has_left_is_given_nothing(queue: StandardQueue) -> None:
    gone, here = Poll(queue, now=0, wait=20_000), Poll(queue, now=0, wait=20_000)
    gone.is_gone = True

    queue.send(draft(), now=1)

    assert gone.bodies is None
    assert here.bodies == ["order"]


def test_a_message_sent_when_only_the_dead_wait_stays_visible(queue: StandardQueue) -> None:
    gone = Poll(queue, now=0, wait=20_000)
    gone.is_gone = True

    queue.send(draft(), now=1)

    assert queue.counts(now=1) == Counts(visible=1, in_flight=0, delayed=0)
    (delivery,) = queue.receive(Receive(1), now=2)
    assert delivery.message.receive_count == 1


def test_a_dropped_waiter_leaves_no_timer(queue: StandardQueue, timers: TimersByHand) -> None:
    poll = Poll(queue, now=0, wait=20_000)

    queue.drop_waiter(poll.waiter)

    assert not timers.at
    queue.send(draft(), now=1)
    assert poll.bodies is None


def test_a_wait_that_ended_before_the_message_came_gets_nothing_however_late_one_looks(queue: StandardQueue) -> None:
    queue.send(draft(delay_seconds=10), now=0)
    short, long = Poll(queue, now=0, wait=5_000), Poll(queue, now=0, wait=20_000)

    queue.catch_up(12_000)

    assert short.bodies == []
    assert long.bodies == ["order"]


def test_a_wait_and_a_deadline_at_the_same_moment_still_meet(queue: StandardQueue, timers: TimersByHand) -> None:
    queue.send(draft(delay_seconds=5), now=0)
    poll = Poll(queue, now=0, wait=5_000)

    assert timers.fire() == 5_000
    assert poll.bodies == ["order"]


def test_an_idle_queue_sets_no_timer(queue: StandardQueue, timers: TimersByHand) -> None:
    queue.send(draft(delay_seconds=4), now=0)
    queue.receive(Receive(1), now=4_000)

    assert not timers.at


def test_ending_all_waits_answers_each_with_nothing(queue: StandardQueue, timers: TimersByHand) -> None:
    polls = [Poll(queue, now=0, wait=20_000) for _ in range(3)]

    queue.end_waits()

    assert [poll.bodies for poll in polls] == [[], [], []]
    assert not timers.at


def test_with_timeout_zero_one_message_answers_every_waiter(make_queue: Callable[..., StandardQueue]) -> None:
    queue = make_queue()
    polls = [Poll(queue, now=0, wait=20_000, timeout=0) for _ in range(2)]

    queue.send(draft(), now=1)

    assert [poll.bodies for poll in polls] == [["order"], ["order"]]
