"""Several queues at once, each perhaps another one's dead-letter queue: whatever is called, the books must balance."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from sqs_emulator.core import receipts
from sqs_emulator.core.broker import Broker
from sqs_emulator.core.errors import (
    InvalidParameter,
    InvalidParameterValue,
    QueueDoesNotExist,
    ReceiptHandleExpired,
    ReceiptHandleIsInvalid,
    ResourceNotFound,
)
from sqs_emulator.core.outbox import Outbox, Owed
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.receives import Delivery, Receive
from tests.core.by_hand import Poll, Queues, draft, fifo_draft, redrive_policy
from tests.core.ledger import Ledger

NAMES: Final = ("orders", "dead", "attic")


@dataclass(frozen=True)
class Handle:
    queue: Queue
    message_id: str
    text: str


class WatchedOutbox(Outbox):
    """Looks at what a waiter gets when it comes to be owed it."""

    def __init__(self) -> None:
        super().__init__()
        self.broker: Broker | None = None
        self._put, self.put = self.put, self._look

    def _look(self, owed: Owed) -> None:
        self._put(owed)
        _, deliveries = owed
        if deliveries and self.broker is not None:
            handle = receipts.parse(deliveries[0].receipt_handle)
            assert handle is not None
            (queue,) = (queue for queue in self.broker.queues() if queue.incarnation == handle.incarnation)
            assert_groups_are_in_order(queue, deliveries)


def assert_groups_are_in_order(queue: Queue, deliveries: list[Delivery]) -> None:
    """Of each group of a FIFO queue, just its first live messages may have been handed out, and in their order."""
    if not queue.attributes.fifo_queue:
        return
    for group_id in {delivery.message.group_id for delivery in deliveries}:
        received = [delivery.message.id for delivery in deliveries if delivery.message.group_id == group_id]
        living = [message.id for message in queue.messages.values() if message.group_id == group_id]
        assert received == living[: len(received)]


ONE = st.sampled_from(("orders", "orders", "orders", "dead", "dead", "attic"))
TWO = st.tuples(ONE, ONE)  # source and target
TASKS = st.tuples(st.sampled_from(("dead", "dead", "dead", "attic", "orders")), ONE)
SECONDS = st.sampled_from([0, 1_000, 3_000])
STEPS = st.sampled_from([1_000, 4_000, 60_000, 400_000_000])
TIMEOUTS = st.one_of(st.none(), SECONDS)
ENTRIES = st.tuples(st.sampled_from([None, "a", "b"]), st.sampled_from([None, None, "x"]))  # group, deduplication id


class QueuesMachine(RuleBasedStateMachine):
    handles: Bundle[Handle] = Bundle("handles")
    polls: Bundle[Poll] = Bundle("polls")

    @initialize(is_fifo=st.booleans())
    def create(self, is_fifo: bool) -> None:
        """Queues of one kind: the two kinds have nothing to do with each other."""
        self.now = 1_000
        self.suffix = ".fifo" if is_fifo else ""
        self.sent = 0
        self.requests_before_timers = 0
        self.outbox = WatchedOutbox()
        self.queues = Queues(outbox=self.outbox)
        self.broker = self.outbox.broker = self.queues.broker
        self.ledger = Ledger(self.broker, lambda: self.now)
        for name in NAMES:
            self.queues.create(name + self.suffix, now=self.now, VisibilityTimeout="2")
        self.redrive(("orders", "dead"), 2)
        self.send("orders", [("a", None)] * 3, is_batch=True)
        self.receive_often("orders", 3)
        self.send("orders", [("a", None), ("b", None)], is_batch=True)

    def find(self, name: str) -> Queue | None:
        with contextlib.suppress(QueueDoesNotExist):
            return self.broker.find("000000000000", "us-east-1", name + self.suffix)
        return None

    def assert_nothing_is_due(self, queue: Queue) -> None:
        """Of a queue that somebody asked just now."""
        assert queue.next_deadline() > self.now, "something that was due did not happen"

    @rule(name=ONE, entries=st.lists(ENTRIES, min_size=3, max_size=6), is_batch=st.booleans())
    def send(self, name: str, entries: list[tuple[str | None, str | None]], is_batch: bool) -> None:
        queue = self.find(name)
        if queue is None:
            return
        drafts = []
        for group_id, deduplication_id in entries:
            self.sent += 1
            body = str(self.sent)
            if self.suffix:
                drafts.append(fifo_draft(body, group_id=group_id or "c", deduplication_id=deduplication_id))
            else:
                drafts.append(draft(body, group_id=group_id))

        if is_batch:
            answers = queue.send_batch(drafts, now=self.now)
        else:
            answers = [queue.send(one, now=self.now) for one in drafts]

        self.assert_nothing_is_due(queue)
        ids = [(sent.deduplication_id or sent.body, answer.id) for sent, answer in zip(drafts, answers, strict=True)]
        assert len(set(ids)) == len({answer.id for answer in answers}), "duplicates, and only they, share an id"

    @rule(
        target=handles,
        name=ONE,
        max_messages=st.integers(1, 10),
        timeout=TIMEOUTS,
        then=st.sampled_from(["keep", "keep", "delete one", "give back"]),
    )
    def receive(self, name: str, max_messages: int, timeout: int | None, then: str) -> MultipleResults[Handle]:
        handles = self._receive(name, max_messages, timeout)
        if handles and then == "delete one":
            self.delete(handles[0])
        if then == "give back":
            for handle in handles:
                self.change_visibility(handle, 0)
        return multiple(*handles)

    @rule(name=ONE, times=st.integers(2, 4))
    def receive_often(self, name: str, times: int) -> None:
        for _ in range(times):
            self._receive(name, 10, 0)

    def _receive(self, name: str, max_messages: int, timeout: int | None) -> list[Handle]:
        queue = self.find(name)
        if queue is None:
            return []

        deliveries = queue.receive(Receive(max_messages, visibility_timeout=timeout), now=self.now)

        self.assert_nothing_is_due(queue)
        assert len({delivery.message.id for delivery in deliveries}) == len(deliveries) <= max_messages
        assert_groups_are_in_order(queue, deliveries)
        return [Handle(queue, delivery.message.id, delivery.receipt_handle) for delivery in deliveries]

    @rule(target=polls, name=ONE, wait=st.integers(1, 8_000), max_messages=st.integers(1, 3), timeout=TIMEOUTS)
    def poll(self, name: str, wait: int, max_messages: int, timeout: int | None) -> MultipleResults[Poll]:
        queue = self.find(name)
        if queue is None:
            return multiple()
        poll = Poll(queue, now=self.now, wait=wait, max_messages=max_messages, timeout=timeout)
        self.assert_nothing_is_due(queue)
        return multiple(poll)

    @rule(poll=consumes(polls))
    def leave(self, poll: Poll) -> None:
        poll.queue.drop_waiter(poll.waiter)

    @rule(handle=handles)
    def delete(self, handle: Handle) -> None:
        queue = self.broker.find_arn(handle.queue.arn)
        if queue is None:
            return
        self.ledger.ends = handle.message_id
        if queue is not handle.queue:
            with pytest.raises(ReceiptHandleIsInvalid):
                queue.delete(handle.text, now=self.now)
        elif queue.attributes.fifo_queue:
            with contextlib.suppress(ReceiptHandleExpired):
                queue.delete(handle.text, now=self.now)
        else:
            queue.delete(handle.text, now=self.now)
            assert all(message.id != handle.message_id for message in queue.messages.values())
        self.assert_nothing_is_due(queue)

    @rule(handle=handles, timeout=SECONDS)
    def change_visibility(self, handle: Handle, timeout: int) -> None:
        if self.broker.find_arn(handle.queue.arn) is handle.queue:
            with contextlib.suppress(InvalidParameter):
                handle.queue.change_visibility(handle.text, timeout, now=self.now)
            self.assert_nothing_is_due(handle.queue)

    @rule(name=ONE, end=st.sampled_from([None, None, None, None, "purge", "delete"]))
    def end_all(self, name: str, end: str | None) -> None:
        """Purge a queue or delete it, now and then; one that was deleted is created anew."""
        queue = self.find(name)
        if queue is None:
            self.queues.create(name + self.suffix, now=self.now)
            return
        self.ledger.ends = queue.arn
        if end == "purge":
            queue.purge(now=self.now)
            self.assert_nothing_is_due(queue)
        elif end == "delete":
            self.broker.delete_queue(queue, now=self.now)

    @rule(
        name=ONE, timeout=st.integers(0, 4), delay=st.integers(0, 3), retention=st.sampled_from([345_600, 345_600, 60])
    )
    def set_attributes(self, name: str, timeout: int, delay: int, retention: int) -> None:
        queue = self.find(name)
        if queue is not None:
            self.queues.change(
                queue,
                now=self.now,
                VisibilityTimeout=str(timeout),
                DelaySeconds=str(delay),
                MessageRetentionPeriod=str(retention),
            )
            self.assert_nothing_is_due(queue)

    @rule(names=TWO, max_receives=st.one_of(st.none(), st.integers(1, 3)))
    def redrive(self, names: tuple[str, str], max_receives: int | None) -> None:
        """Let one queue take another's dead letters, in a chain, in a ring, or itself."""
        source, target = map(self.find, names)
        if source is not None and target is not None:
            policy = "" if max_receives is None else redrive_policy(target, max_receives)
            self.queues.change(source, now=self.now, RedrivePolicy=policy)

    @rule(names=TASKS, is_named=st.booleans(), rate=st.sampled_from([None, 1, 3]))
    def start_move_task(self, names: tuple[str, str], is_named: bool, rate: int | None) -> None:
        source, target = map(self.find, names)
        if source is None or target is None:
            return
        arn = target.arn if is_named else None
        with contextlib.suppress(InvalidParameterValue, ResourceNotFound):
            task = self.broker.start_move_task(source, now=self.now, destination_arn=arn, rate=rate)
            assert task.moved <= task.to_move

    @rule(name=ONE)
    def cancel_move_task(self, name: str) -> None:
        queue = self.find(name)
        tasks = () if queue is None else self.broker.move_tasks_of(queue)
        if tasks:
            task = tasks[-1]
            task.cancel(self.now)
            assert not task.is_running(self.now)

    @rule(step=st.one_of(st.sampled_from([1, 500, 1_000, 2_000, 3_000, 5_000]), STEPS))
    def let_time_pass(self, step: int) -> None:
        target = self.now + step
        self.requests_before_timers = 0
        self.ring_until(target)
        self.now = target

    def ring_until(self, target: int) -> None:
        while (following := self.queues.timers.next()) is not None and following[0] <= target:
            self.now = max(self.now, following[0])
            self.queues.timers.fire(now=self.now)

    @rule(step=st.integers(1, 4_000), requests=st.integers(1, 3))
    def let_requests_come_before_the_timers(self, step: int, requests: int) -> None:
        """The next requests come before the timers that are due by then; they fire right behind them."""
        self.now += step
        self.requests_before_timers = requests + 1

    @rule(name=ONE)
    def look(self, name: str) -> None:
        queue = self.find(name)
        if queue is None:
            return

        counts = queue.counts(now=self.now)

        self.assert_nothing_is_due(queue)
        entries = self.ledger.of(queue)
        assert sum(counts) == len(entries)
        assert all(self.ledger.end_of(entry) > self.now for entry in entries)

    @invariant()
    def nothing_is_lost_and_nothing_is_in_two_places(self) -> None:
        self.ledger.check()

    @invariant()
    def move_tasks_count_what_they_move(self) -> None:
        for queue in self.broker.queues():
            assert sum(task.moved for task in self.broker.move_tasks_of(queue)) <= self.ledger.moved.get(queue.arn, 0)

    @invariant()
    def each_queue_holds_together(self) -> None:
        self.requests_before_timers = max(0, self.requests_before_timers - 1)
        if not self.requests_before_timers:
            self.ring_until(self.now)
            self.queues.check()


TestQueues = QueuesMachine.TestCase
TestQueues.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)
