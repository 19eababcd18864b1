"""The standard queue against a model that keeps a list and derives every state from the time, whatever is called."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from sqs_emulator.core.attributes import changed
from sqs_emulator.core.errors import InvalidParameter
from sqs_emulator.core.receives import Delivery, Receive
from sqs_emulator.core.standard import StandardQueue
from tests.core.by_hand import Poll, TimersByHand, draft

ARN = "arn:aws:sqs:us-east-1:000000000000:orders"


@dataclass
class Kept:
    """A message of the model: hidden until `hidden_until`, in flight if it was ever received."""

    number: int
    sent_at: int
    hidden_until: int
    received_at: int | None = None


@dataclass
class Waiting:
    """A waiting receive of the model, beside the real one."""

    real: Poll
    until: int
    max_messages: int
    timeout: int | None
    expected: list[str] | None = None


@dataclass
class Model:
    """What SQS does, said as simply as possible: states follow from the time, order from a sort."""

    visibility_timeout: int = 30_000
    delay: int = 0
    retention: int = 345_600_000
    messages: list[Kept] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)

    def expire(self, now: int) -> None:
        self.messages = [each for each in self.messages if each.sent_at + self.retention > now]

    def receive(self, max_messages: int, timeout: int | None, now: int) -> list[str]:
        self.expire(now)
        visible = [each for each in self.messages if each.hidden_until <= now]
        taken = sorted(visible, key=lambda each: (each.sent_at, each.number))[:max_messages]
        for each in taken:
            each.hidden_until = now + (self.visibility_timeout if timeout is None else timeout)
            each.received_at = now
        return [str(each.number) for each in taken]

    def settle(self, now: int) -> None:
        for waiting in list(self.waiting):
            bodies = self.receive(waiting.max_messages, waiting.timeout, now)
            if bodies:
                waiting.expected = bodies
                self.waiting.remove(waiting)

    def pass_time(self, now: int, target: int) -> None:
        while (moment := self.next_end(now)) <= target:
            now = moment
            self.settle(moment)
            for waiting in [each for each in self.waiting if each.until <= moment]:
                waiting.expected = []
                self.waiting.remove(waiting)
        self.expire(target)

    def next_end(self, now: int) -> int:
        """Return the next moment at which something ends; what is served at one end may end again before the next."""
        ends = (*(each.hidden_until for each in self.messages), *(each.until for each in self.waiting))
        return min((each for each in ends if each > now), default=sys.maxsize)

    def find(self, number: int) -> Kept | None:
        return next((each for each in self.messages if each.number == number), None)


TIMES = st.integers(0, 9_000)
TIMEOUTS = st.one_of(st.none(), st.integers(0, 5).map(lambda seconds: seconds * 1_000))


class StandardQueueMachine(RuleBasedStateMachine):
    handles: Bundle[tuple[int, str]] = Bundle("handles")
    polls: Bundle[Waiting] = Bundle("polls")

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000
        self.sent = 0
        self.timers = TimersByHand()
        self.queue = StandardQueue(ARN, now=self.now, timers=self.timers)
        self.model = Model()
        self.all_polls: list[Waiting] = []

    @rule(delays=st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=1, max_size=5))
    def send(self, delays: list[int | None]) -> None:
        drafts = []
        for delay in delays:
            self.sent += 1
            drafts.append(draft(str(self.sent), delay_seconds=delay))
            hidden_until = self.now + (self.model.delay if delay is None else delay * 1_000)
            self.model.messages.append(Kept(self.sent, self.now, hidden_until))
        self.queue.send_batch(drafts, now=self.now)
        self.model.settle(self.now)

    @rule(target=handles, max_messages=st.integers(1, 10), timeout=TIMEOUTS)
    def receive(self, max_messages: int, timeout: int | None) -> tuple[int, str]:
        deliveries = self.queue.receive(Receive(max_messages, visibility_timeout=timeout), now=self.now)

        assert [each.message.body for each in deliveries] == self.model.receive(max_messages, timeout, self.now)
        return self._one_of(deliveries)

    def _one_of(self, deliveries: list[Delivery]) -> tuple[int, str]:
        if not deliveries:
            return 0, ""
        return int(deliveries[-1].message.body), deliveries[-1].receipt_handle

    @rule(target=polls, wait=st.integers(1, 8_000), max_messages=st.integers(1, 3), timeout=TIMEOUTS)
    def park(self, wait: int, max_messages: int, timeout: int | None) -> Waiting:
        real = Poll(self.queue, now=self.now, wait=wait, max_messages=max_messages, timeout=timeout)
        waiting = Waiting(real, self.now + wait, max_messages, timeout)
        self.model.waiting.append(waiting)
        self.all_polls.append(waiting)
        self.model.settle(self.now)
        return waiting

    @rule(waiting=consumes(polls))
    def leave(self, waiting: Waiting) -> None:
        self.queue.drop_waiter(waiting.real.waiter)
        if waiting in self.model.waiting:
            self.model.waiting.remove(waiting)

    @rule(handle=handles)
    def delete(self, handle: tuple[int, str]) -> None:
        number, text = handle
        if text:
            self.queue.delete(text, now=self.now)
            self.model.messages = [each for each in self.model.messages if each.number != number]

    @rule(handle=handles, timeout=st.integers(0, 5).map(lambda seconds: seconds * 1_000))
    def change_visibility(self, handle: tuple[int, str], timeout: int) -> None:
        number, text = handle
        if not text:
            return
        self.model.expire(self.now)
        kept = self.model.find(number)
        if kept is None:
            with pytest.raises(InvalidParameter):
                self.queue.change_visibility(text, timeout, now=self.now)
            return
        self.queue.change_visibility(text, timeout, now=self.now)
        if kept.hidden_until > self.now:
            kept.hidden_until = self.now + timeout
        self.model.settle(self.now)

    @rule()
    def purge(self) -> None:
        self.queue.purge(now=self.now)
        self.model.messages.clear()

    @rule(delay=st.integers(0, 3), timeout=st.integers(0, 4), retention=st.sampled_from([60, 345_600]))
    def set_attributes(self, delay: int, timeout: int, retention: int) -> None:
        sent = {
            "DelaySeconds": str(delay),
            "VisibilityTimeout": str(timeout),
            "MessageRetentionPeriod": str(retention),
        }
        self.queue.set_attributes(changed(self.queue.attributes, sent), now=self.now, changes=sent)
        self.model.delay, self.model.visibility_timeout = delay * 1_000, timeout * 1_000
        self.model.retention = retention * 1_000
        self.model.expire(self.now)

    @rule(step=st.one_of(TIMES, st.sampled_from([60_000, 400_000_000])))
    def let_time_pass(self, step: int) -> None:
        target = self.now + step
        while self.timers.at and min(self.timers.at.values()) <= target:
            self.timers.fire()
        self.model.pass_time(self.now, target)
        self.now = target
        self.queue.catch_up(self.now)

    @invariant()
    def waiters_got_what_the_model_says(self) -> None:
        assert [each.real.bodies for each in self.all_polls] == [each.expected for each in self.all_polls]

    @invariant()
    def counts_partition_the_live_messages(self) -> None:
        self.model.expire(self.now)
        hidden = [each for each in self.model.messages if each.hidden_until > self.now]
        in_flight = sum(each.received_at is not None for each in hidden)

        assert self.queue.counts(now=self.now) == (
            len(self.model.messages) - len(hidden),
            in_flight,
            len(hidden) - in_flight,
        )

    @invariant()
    def each_message_is_in_just_one_place(self) -> None:
        self.queue.check()


TestStandardQueue = StandardQueueMachine.TestCase
TestStandardQueue.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
