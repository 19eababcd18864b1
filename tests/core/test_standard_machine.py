"""The standard queue against a model that keeps a list and derives every state from the time, whatever is called.

Time passes without a look at the queue, unless somebody waits and a timer fires: so each rule may be the first to touch
a queue in which much was due. Timers may also be late, as a loop's are when the machine is busy; what they would have
done is done then by the next request, at its moment.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from sqs_emulator.core.attributes import changed
from sqs_emulator.core.errors import InvalidParameter
from sqs_emulator.core.message import State
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
        self.messages = [message for message in self.messages if message.sent_at + self.retention > now]

    def receive(self, max_messages: int, timeout: int | None, now: int, served_at: int) -> list[str]:
        """Receive what is visible at `now`; its flight begins when somebody sees to it, which may be later."""
        self.expire(now)
        visible = [message for message in self.messages if message.hidden_until <= now]
        taken = sorted(visible, key=lambda message: (message.sent_at, message.number))[:max_messages]
        hidden_for = self.visibility_timeout if timeout is None else timeout
        for message in taken:
            message.hidden_until = served_at + hidden_for if hidden_for else now
            message.received_at = served_at
        return [str(message.number) for message in taken]

    def settle(self, now: int, served_at: int | None = None) -> None:
        at = now if served_at is None else served_at
        for waiting in list(self.waiting):
            bodies = self.receive(waiting.max_messages, waiting.timeout, now, at)
            if bodies:
                waiting.expected = bodies
                self.waiting.remove(waiting)

    def pass_time(self, now: int, target: int, *, is_late: bool = False) -> None:
        """Let happen what is due by `target`, each at its moment; `is_late`: who is served is served at the end."""
        while (moment := self.next_end(now)) <= target:
            now = moment
            self.settle(moment, target if is_late else moment)
            for waiting in [waiting for waiting in self.waiting if waiting.until <= moment]:
                waiting.expected = []
                self.waiting.remove(waiting)
        self.expire(target)

    def next_end(self, now: int) -> int:
        """Return the next moment at which something ends; what is served at one end may end again before the next."""
        ends = [
            *(message.hidden_until for message in self.messages),
            *(waiting.until for waiting in self.waiting),
        ]
        return min((end for end in ends if end > now), default=sys.maxsize)

    def find(self, number: int) -> Kept | None:
        return next((message for message in self.messages if message.number == number), None)


NOTHING = (0, "")  # number and receipt handle of no message
TIMES = st.integers(0, 9_000)
TIMEOUTS = st.one_of(st.none(), st.integers(0, 5).map(lambda seconds: seconds * 1_000))


class StandardQueueMachine(RuleBasedStateMachine):
    handles: Bundle[tuple[int, str]] = Bundle("handles")
    polls: Bundle[Waiting] = Bundle("polls")

    def __init__(self) -> None:
        super().__init__()
        self.now = self.passed_until = 1_000  # the model's time; it is behind while timers are late
        self.was_touched = False  # by the last rule
        self.sent = 0
        self.timers = TimersByHand()
        self.queue = StandardQueue(ARN, now=self.now, timers=self.timers)
        self.model = Model()
        self.all_polls: list[Waiting] = []

    def touch(self) -> None:
        """Let the model do first what the next call must do first: all that was due, and no timer has done."""
        self.model.pass_time(self.passed_until, self.now, is_late=True)
        self.passed_until = self.now
        self.was_touched = True

    @rule(delays=st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=1, max_size=5), is_batch=st.booleans())
    def send(self, delays: list[int | None], is_batch: bool) -> None:
        self.touch()
        drafts = []
        for delay in delays:
            self.sent += 1
            drafts.append(draft(str(self.sent), delay_seconds=delay))
            hidden_until = self.now + (self.model.delay if delay is None else delay * 1_000)
            self.model.messages.append(Kept(self.sent, self.now, hidden_until))
            if not is_batch:
                self.queue.send(drafts[-1], now=self.now)
                self.model.settle(self.now)
        if is_batch:
            self.queue.send_batch(drafts, now=self.now)
            self.model.settle(self.now)

    @rule(target=handles, max_messages=st.integers(1, 10), timeout=TIMEOUTS)
    def receive(self, max_messages: int, timeout: int | None) -> tuple[int, str]:
        self.touch()
        deliveries = self.queue.receive(Receive(max_messages, visibility_timeout=timeout), now=self.now)

        bodies = [delivery.message.body for delivery in deliveries]
        assert bodies == self.model.receive(max_messages, timeout, self.now, self.now)
        return self._one_of(deliveries)

    def _one_of(self, deliveries: list[Delivery]) -> tuple[int, str]:
        if not deliveries:
            return NOTHING
        return int(deliveries[-1].message.body), deliveries[-1].receipt_handle

    @rule(target=polls, wait=st.integers(1, 8_000), max_messages=st.integers(1, 3), timeout=TIMEOUTS)
    def poll(self, wait: int, max_messages: int, timeout: int | None) -> Waiting:
        return self._poll(wait, max_messages, timeout)

    @rule(
        target=polls,
        hidden_for=st.integers(1, 5).map(lambda seconds: seconds * 1_000),
        wait=st.integers(1, 8_000),
        max_messages=st.integers(1, 3),
        timeout=TIMEOUTS,
    )
    def poll_an_empty_queue(self, hidden_for: int, wait: int, max_messages: int, timeout: int | None) -> Waiting:
        """Poll when nothing is visible, so that the poll waits for what comes back."""
        while self.receive(10, hidden_for) != NOTHING:
            pass
        return self._poll(wait, max_messages, timeout)

    def _poll(self, wait: int, max_messages: int, timeout: int | None) -> Waiting:
        self.touch()
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
            self.touch()
            self.queue.delete(text, now=self.now)
            self.model.messages = [message for message in self.model.messages if message.number != number]

    @rule(handle=handles, timeout=st.integers(0, 5).map(lambda seconds: seconds * 1_000))
    def change_visibility(self, handle: tuple[int, str], timeout: int) -> None:
        number, text = handle
        if not text:
            return
        self.touch()
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
        self.touch()
        self.queue.purge(now=self.now)
        self.model.messages.clear()

    @rule(delay=st.integers(0, 3), timeout=st.integers(0, 4), retention=st.sampled_from([60, 345_600]))
    def set_attributes(self, delay: int, timeout: int, retention: int) -> None:
        self.touch()
        sent = {
            "DelaySeconds": str(delay),
            "VisibilityTimeout": str(timeout),
            "MessageRetentionPeriod": str(retention),
        }
        self.queue.set_attributes(changed(self.queue.attributes, sent), now=self.now, changes=sent)
        self.model.delay, self.model.visibility_timeout = delay * 1_000, timeout * 1_000
        self.model.retention = retention * 1_000
        self.model.expire(self.now)

    @rule(is_counted=st.booleans())
    def look(self, is_counted: bool) -> None:
        self.touch()
        if is_counted:
            self.queue.counts(now=self.now)
        else:
            self.queue.catch_up(self.now)

    @rule(step=st.one_of(TIMES, st.sampled_from([60_000, 400_000_000])))
    def let_time_pass(self, step: int) -> None:
        """Only the timers look at the queue, each at its moment: so nobody does while nobody waits."""
        self.model.pass_time(self.passed_until, self.now, is_late=True)
        self.fire_timers(self.now, at=self.now)
        target = self.now + step
        self.fire_timers(target)
        self.model.pass_time(self.now, target)
        self.now = self.passed_until = target

    @rule(step=TIMES)
    def let_requests_come_before_the_timers(self, step: int) -> None:
        self.now += step

    def fire_timers(self, until: int, *, at: int | None = None) -> None:
        while self.timers.at and min(self.timers.at.values()) <= until:
            moment = self.timers.fire(now=at)
            assert self.queue.next_deadline() > (moment if at is None else at)

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        assert [waiting.real.bodies for waiting in self.all_polls] == [waiting.expected for waiting in self.all_polls]
        if not self.was_touched:
            return
        self.was_touched = False
        assert self.queue.next_deadline() > self.now, "something that was due did not happen"
        self.fire_timers(self.now, at=self.now)
        self.queue.check()
        self.counts_partition_the_live_messages()

    def counts_partition_the_live_messages(self) -> None:
        hidden = [message for message in self.model.messages if message.hidden_until > self.now]
        really_hidden = [message for message in self.queue.messages.values() if message.state is not State.READY]
        assert {(str(message.number), message.hidden_until) for message in hidden} == {
            (message.body, message.visible_at) for message in really_hidden
        }
        in_flight = sum(message.received_at is not None for message in hidden)

        assert self.queue.counts(now=self.now) == (
            len(self.model.messages) - len(hidden),
            in_flight,
            len(hidden) - in_flight,
        )


TestStandardQueue = StandardQueueMachine.TestCase
TestStandardQueue.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
