"""Which messages a FIFO queue hands out, and in which order. The two tables are what AWS was recorded to do."""

from __future__ import annotations

from typing import Final

import pytest

from sqs_emulator.core.errors import InvalidParameter, ReceiptHandleExpired
from sqs_emulator.core.limits import Limits
from sqs_emulator.core.queue import Counts, Queue
from sqs_emulator.core.receives import Delivery, Receive
from tests.core.by_hand import Poll, Queues, draft, fifo_draft, receive, redrive_policy

# Where the clock may go in a script: nowhere (all moments are equal), or on by so much after each step.
CLOCKS: Final = {"the clock stands": 0, "each step takes 1 ms": 1}


class Script:
    """Plays steps like `send g1a g2a`: the body of a message is its group and a letter. Times are seconds.

    A `receive` says at its end what it must return; `receive 10:` returns nothing.
    """

    def __init__(self, queue: Queue, step_ms: int) -> None:
        self.queue = queue
        self.now = 1_000
        self._step_ms = step_ms
        self._handles: dict[str, str] = {}

    def play(self, *steps: str) -> None:
        for step in steps:
            verb, _, rest = step.partition(" ")
            getattr(self, "_" + verb)(rest)
            self.queue.check()
            self.now += self._step_ms

    def _send(self, bodies: str) -> None:
        for body in bodies.split():
            self.queue.send(fifo_draft(body, group_id=body[:-1]), now=self.now)
            self.now += self._step_ms

    def _receive(self, rest: str) -> None:
        asked, _, expected = rest.partition(":")
        count, _, timeout = asked.partition(" VT=")
        deliveries = self.queue.receive(
            Receive(int(count), visibility_timeout=_milliseconds(timeout) if timeout else None), now=self.now
        )
        self._handles |= {delivery.message.body: delivery.receipt_handle for delivery in deliveries}

        assert [delivery.message.body for delivery in deliveries] == expected.split(), rest

    def _delete(self, bodies: str) -> None:
        for body in bodies.split():
            self.queue.delete(self._handles[body], now=self.now)

    def _change(self, rest: str) -> None:
        body, seconds = rest.split()
        self.queue.change_visibility(self._handles[body], _milliseconds(seconds), now=self.now)

    def _wait(self, seconds: str) -> None:
        self.now += _milliseconds(seconds)

    def _purge(self, _: str) -> None:
        self.queue.purge(now=self.now)


def _milliseconds(seconds: str) -> int:
    return round(float(seconds) * 1000)


FOUR: Final = "send g1a g1b g1c g1d"

# What can be received of a group: from its first message up to the first one that is in flight or delayed.
PREFIXES: Final = {
    "of four, two received; nothing more until they are visible": (
        *(FOUR, "receive 2 VT=3: g1a g1b", "receive 10:", "wait 2.9", "receive 10:"),
        *("wait 0.1", "receive 10: g1a g1b g1c g1d"),
    ),
    "of four, two received; nothing more until they are deleted": (
        *(FOUR, "receive 2: g1a g1b", "receive 10:", "delete g1a g1b", "receive 10: g1c g1d"),
    ),
    "three received, the first extended: nothing": (
        *("send g1a g1b g1c", "receive 3 VT=1: g1a g1b g1c", "change g1a 4", "wait 2.5", "receive 10:"),
    ),
    "three received, the second extended: the first": (
        *("send g1a g1b g1c", "receive 3 VT=1: g1a g1b g1c", "change g1b 4", "wait 2.5", "receive 10: g1a"),
    ),
    "three received, the third extended: the first two": (
        *("send g1a g1b g1c", "receive 3 VT=1: g1a g1b g1c", "change g1c 4", "wait 2.5", "receive 10: g1a g1b"),
    ),
    "two received, the first given back: the first": (
        *("send g1a g1b g1c", "receive 2: g1a g1b", "change g1a 0", "receive 10: g1a"),
    ),
    "two received, the first deleted: nothing": (FOUR, "receive 2: g1a g1b", "delete g1a", "receive 10:"),
    "two received, the second deleted: nothing": (FOUR, "receive 2: g1a g1b", "delete g1b", "receive 10:"),
    "two received, both deleted: the other two at once": (
        *(FOUR, "receive 2: g1a g1b", "delete g1b g1a", "receive 10: g1c g1d"),
    ),
    "new messages of a blocked group: nothing, then all": (
        *("send g1a", "receive 1: g1a", "send g1b g1c", "receive 10:", "delete g1a", "receive 10: g1b g1c"),
    ),
    "the last message deleted, a new one sent later: the group works again": (
        *("send g1a", "receive 1: g1a", "delete g1a", "wait 5", "send g1b", "receive 10: g1b"),
    ),
    "a blocked group blocks no other": ("send g1a g1b g2a", "receive 1: g1a", "receive 10: g2a", "receive 10:"),
    "messages received together come back together and in order": (
        *("send g1a g1b g1c g2a", "receive 10 VT=1: g1a g1b g1c g2a", "wait 1", "receive 10: g1a g1b g1c g2a"),
    ),
    "a timeout that ended behind a message in flight blocks nothing before it": (
        *("send g1a g1b", "receive 2 VT=1: g1a g1b", "change g1a 9", "wait 1", "receive 10:"),
        *("change g1a 0", "receive 10: g1a g1b"),
    ),
    "a purge unlocks": ("send g1a g1b", "receive 1: g1a", "purge", "send g1c", "receive 10: g1c"),
}

# Groups come in the order in which their first messages became available, each drained before the next.
ORDERS: Final = {
    "a group is drained before the next": ("send g1a g2a g1b g1c", "receive 10: g1a g1b g1c g2a"),
    "a group received with timeout 0 goes behind those still waiting": (
        *("send g1a g2a g2b g3a g1b", "receive 3 VT=0: g1a g1b g2a", "receive 10 VT=0: g3a g1a g1b g2a g2b"),
    ),
    "a group that timed out goes behind those still waiting": (
        *("send g1a g1b g1c g1d g2a g3a", "receive 2 VT=3: g1a g1b", "receive 1 VT=3: g2a", "wait 3"),
        "receive 10: g3a g1a g1b g1c g1d g2a",
    ),
    "a group whose first messages are deleted keeps the place of the next": (
        *("send g1a g2a g1b g2b g1c g1d g3a", "receive 2: g1a g1b", "delete g1a g1b"),
        "receive 10: g2a g2b g1c g1d g3a",
    ),
    "a group given back goes behind those still waiting": (
        *("send g1a g1b g2a", "receive 2: g1a g1b", "change g1a 0", "receive 3: g2a g1a"),
    ),
    "several groups timed out come in the order of their deadlines": (
        *("send g1a g2a g3a", "receive 3 VT=3: g1a g2a g3a", "change g1a 2", "change g2a 1", "wait 3"),
        "receive 10: g2a g1a g3a",
    ),
    "a receive of one at a time takes a group's messages apart": (
        *("send g1a g2a g1b g2b", "receive 1: g1a", "receive 1: g2a", "receive 1:", "delete g1a", "receive 1: g1b"),
    ),
}


@pytest.mark.parametrize("step_ms", CLOCKS.values(), ids=CLOCKS.keys())
@pytest.mark.parametrize("steps", PREFIXES.values(), ids=PREFIXES.keys())
def test_what_can_be_received_of_a_group_is_its_ready_prefix(fifo: Queue, steps: tuple[str, ...], step_ms: int) -> None:
    Script(fifo, step_ms).play(*steps)


@pytest.mark.parametrize("step_ms", CLOCKS.values(), ids=CLOCKS.keys())
@pytest.mark.parametrize("steps", ORDERS.values(), ids=ORDERS.keys())
def test_groups_come_in_the_order_in_which_their_heads_became_available(
    fifo: Queue, steps: tuple[str, ...], step_ms: int
) -> None:
    Script(fifo, step_ms).play(*steps)


def test_a_group_goes_on_with_the_next_message_when_one_is_dead_lettered(queues: Queues) -> None:
    dead = queues.create("dead.fifo")
    queue = queues.create("orders.fifo", RedrivePolicy=redrive_policy(dead, 1))
    script = Script(queue, 1)

    script.play("send g1a g1b g1c", "receive 1 VT=1: g1a", "wait 1", "receive 10: g1b g1c")

    assert receive(dead, now=script.now) == ["g1a"]


def test_of_three_waiting_polls_one_gets_the_next_message_of_a_group_when_it_unblocks(fifo: Queue) -> None:
    fifo.send_batch([fifo_draft(body) for body in "abcd"], now=0)
    (first,) = fifo.receive(Receive(1), now=0)
    polls = [Poll(fifo, now=0, wait=20_000, max_messages=1) for _ in range(3)]

    fifo.delete(first.receipt_handle, now=1)

    assert [poll.bodies for poll in polls] == [["b"], None, None]
    fifo.delete(polls[0].deliveries[0].receipt_handle, now=2)
    assert [poll.bodies for poll in polls] == [["b"], ["c"], None]


def test_polls_are_served_by_as_many_groups_as_unblock(queues: Queues, fifo: Queue) -> None:
    fifo.send_batch([fifo_draft(group + letter, group_id=group) for group in ("g1", "g2") for letter in "ab"], now=0)
    held = fifo.receive(Receive(1, visibility_timeout=3_000), now=0)
    held += fifo.receive(Receive(1, visibility_timeout=3_000), now=0)
    polls = [Poll(fifo, now=0, wait=20_000, max_messages=2) for _ in range(3)]

    assert [delivery.message.body for delivery in held] == ["g1a", "g2a"]
    assert queues.timers.fire() == 3_000
    assert [poll.bodies for poll in polls] == [["g1a", "g1b"], ["g2a", "g2b"], None]


def test_a_poll_is_served_when_the_message_that_blocked_its_group_expires(queues: Queues) -> None:
    queue = queues.create("orders.fifo", MessageRetentionPeriod="60")
    queue.send(fifo_draft("a"), now=0)
    queue.receive(Receive(1, visibility_timeout=600_000), now=0)
    queue.send(fifo_draft("b"), now=50_000)
    poll = Poll(queue, now=50_000, wait=20_000)

    assert queues.timers.fire() == 60_000
    assert poll.bodies == ["b"]


def test_a_shorter_retention_ends_all_that_is_too_old_before_a_poll_gets_any_of_it(queues: Queues, fifo: Queue) -> None:
    for number, body in enumerate(("blocks", "too old", "young")):
        fifo.send(fifo_draft(body), now=number * 30_000)
    fifo.receive(Receive(1, visibility_timeout=900_000), now=60_000)
    poll = Poll(fifo, now=100_000, wait=20_000)

    queues.change(fifo, now=100_000, MessageRetentionPeriod="60", VisibilityTimeout="7")

    assert poll.bodies == ["young"]
    assert poll.deliveries[0].message.visible_at == 107_000, "by the new visibility timeout"


def test_a_poll_that_a_shorter_delay_serves_has_the_visibility_timeout_set_with_it(queues: Queues) -> None:
    queue = queues.create("orders.fifo", DelaySeconds="60", VisibilityTimeout="30")
    queue.send(fifo_draft(), now=0)
    poll = Poll(queue, now=0, wait=20_000)

    queues.change(queue, now=1_000, DelaySeconds="0", VisibilityTimeout="7")

    assert poll.deliveries[0].message.visible_at == 8_000


def test_a_poll_waits_while_all_that_is_visible_is_behind_a_message_in_flight(fifo: Queue) -> None:
    fifo.send(fifo_draft("a"), now=0)
    fifo.receive(Receive(1), now=0)
    poll = Poll(fifo, now=0, wait=20_000)

    fifo.send(fifo_draft("b"), now=1)

    assert poll.bodies is None
    fifo.check()


def test_messages_of_a_blocked_group_count_as_visible(fifo: Queue) -> None:
    fifo.send_batch([fifo_draft(group_id=group) for group in ("g1", "g1", "g2", "g2", "g3", "g3")], now=0)

    fifo.receive(Receive(1), now=0)
    fifo.receive(Receive(1), now=0)

    assert fifo.counts(now=0) == Counts(visible=4, in_flight=2, delayed=0)


def test_a_delayed_head_hides_its_group(queues: Queues) -> None:
    queue = queues.create("orders.fifo", DelaySeconds="5")
    queue.send(fifo_draft("a"), now=0)
    queue.send(fifo_draft("b"), now=1_000)
    queue.send(fifo_draft("other", group_id="h"), now=2_000)

    assert receive(queue, now=4_999) == []
    assert queue.counts(now=4_999) == Counts(visible=0, in_flight=0, delayed=3)
    assert receive(queue, now=5_000) == ["a"]
    assert receive(queue, now=7_000) == ["other"]  # b is visible too, but behind a


def test_of_a_fifo_queue_a_new_delay_counts_for_messages_that_are_delayed_already(queues: Queues) -> None:
    queue = queues.create("orders.fifo", DelaySeconds="10")
    queue.send(fifo_draft(), now=0)

    queues.change(queue, now=1_000, DelaySeconds="60")

    assert receive(queue, now=59_999) == []
    assert receive(queue, now=60_000) == ["order"]


@pytest.mark.parametrize(("delay", "visible_at"), [("5", 5_000), ("2", 3_000), ("0", 3_000)])
def test_a_shorter_delay_reveals_at_once_what_is_over_by_it(queues: Queues, delay: str, visible_at: int) -> None:
    queue = queues.create("orders.fifo", DelaySeconds="60")
    queue.send(fifo_draft(), now=0)
    poll = Poll(queue, now=0, wait=20_000)

    queues.change(queue, now=3_000, DelaySeconds=delay)

    assert (poll.bodies is None) == (visible_at > 3_000)
    if poll.bodies is None:
        assert queues.timers.fire() == visible_at
    assert poll.bodies == ["order"]


def test_a_new_delay_hides_no_message_that_is_visible_or_in_flight(queues: Queues, fifo: Queue) -> None:
    fifo.send_batch([fifo_draft("in flight", group_id="g1"), fifo_draft("visible", group_id="g2")], now=0)
    fifo.receive(Receive(1, visibility_timeout=2_000), now=0)

    queues.change(fifo, now=1_000, DelaySeconds="900")

    assert fifo.counts(now=1_000) == Counts(visible=1, in_flight=1, delayed=0)
    assert receive(fifo, now=2_000) == ["visible", "in flight"]


def test_of_a_standard_queue_a_new_delay_counts_for_later_messages_only(queues: Queues) -> None:
    queue = queues.create(DelaySeconds="10")
    queue.send(draft("before"), now=0)

    queues.change(queue, now=1_000, DelaySeconds="60")
    queue.send(draft("after"), now=1_000)

    assert receive(queue, now=10_000) == ["before"]
    assert receive(queue, now=60_999) == ["before"]
    assert receive(queue, now=61_000) == ["after"]


def test_too_many_in_flight_is_no_error_of_a_fifo_queue_and_brings_nothing() -> None:
    queue = Queues(Limits(in_flight=2)).create("orders.fifo")
    queue.send_batch([fifo_draft(body, group_id=body) for body in "abc"], now=0)
    held = queue.receive(Receive(10), now=0)

    assert _bodies(held) == ["a", "b"]
    assert receive(queue, now=0) == []
    queue.delete(held[0].receipt_handle, now=0)
    assert receive(queue, now=0) == ["c"]


def test_a_poll_waits_for_the_end_of_a_flight_while_too_many_are_in_flight() -> None:
    queue = Queues(Limits(in_flight=1)).create("orders.fifo")
    queue.send_batch([fifo_draft(body, group_id=body) for body in "ab"], now=0)
    (held,) = queue.receive(Receive(10), now=0)
    poll = Poll(queue, now=0, wait=20_000)

    queue.delete(held.receipt_handle, now=1)

    assert poll.bodies == ["b"]
    queue.check()


def test_the_handle_of_a_fifo_message_is_good_while_it_is_the_newest_and_in_flight(fifo: Queue) -> None:
    fifo.send(fifo_draft(), now=0)
    (delivery,) = fifo.receive(Receive(1, visibility_timeout=1_000), now=0)
    fifo.change_visibility(delivery.receipt_handle, 5_000, now=500)

    fifo.delete(delivery.receipt_handle, now=5_499)

    assert fifo.counts(now=5_499) == Counts(0, 0, 0)


@pytest.mark.parametrize("again", [False, True], ids=["visible again", "received again"])
def test_an_old_handle_of_a_fifo_message_neither_deletes_nor_changes_it(fifo: Queue, again: bool) -> None:
    fifo.send(fifo_draft(), now=0)
    (delivery,) = fifo.receive(Receive(1, visibility_timeout=1_000), now=0)
    if again:
        receive(fifo, now=1_000)
    before = fifo.counts(now=1_000)

    with pytest.raises(ReceiptHandleExpired, match=r"The receipt handle has expired\.$"):
        fifo.delete(delivery.receipt_handle, now=1_000)
    with pytest.raises(InvalidParameter, match="does not exist or is not available for visibility timeout change"):
        fifo.change_visibility(delivery.receipt_handle, 0, now=1_000)

    assert fifo.counts(now=1_000) == before


def _bodies(deliveries: list[Delivery]) -> list[str]:
    return [delivery.message.body for delivery in deliveries]
