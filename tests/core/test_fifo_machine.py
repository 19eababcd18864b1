"""The FIFO queue against a model that keeps a flat list and derives what can be received from it and from the time.

Time passes without a look at the queue, unless somebody waits and a timer fires; and timers may be late. See
`test_standard_machine.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile
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
    precondition,
    rule,
)

from sqs_emulator.core.attributes import QueueAttributes, changed
from sqs_emulator.core.errors import InvalidParameter, ReceiptHandleExpired
from sqs_emulator.core.fifo import FifoQueue
from sqs_emulator.core.limits import Limits
from sqs_emulator.core.message import State
from sqs_emulator.core.receives import Delivery, Receive
from tests.core.by_hand import Poll, TimersByHand, fifo_draft, redrive_policy

ARN: Final = "arn:aws:sqs:us-east-1:000000000000:orders.fifo"
WINDOW: Final = 4_000  # of deduplication and of receive attempts


@dataclass
class Kept:
    """A message of the model. It is hidden while it has no stamp; in flight then if it was ever received."""

    number: int
    group: str
    sent_at: int
    hidden_until: int
    stamp: int = 0
    receives: int = 0
    changed: int = 0  # the receive whose visibility timeout was changed


@dataclass
class Waiting:
    """A waiting receive of the model, beside the real one."""

    real: Poll
    until: int
    max_messages: int
    timeout: int | None
    attempt: str | None
    expected: list[str] | None = None


@dataclass
class Attempt:
    until: int
    receives: list[tuple[int, int]]  # number of the message, and of its receive


@dataclass
class Model:
    """What a FIFO queue does, said as simply as possible."""

    by_group: bool
    in_flight_limit: int
    visibility_timeout: int = 30_000
    delay: int = 0
    retention: int = 345_600_000
    max_receives: int | None = None
    messages: list[Kept] = field(default_factory=list)
    dead: list[tuple[int, int]] = field(default_factory=list)  # number, when it was moved
    accepted: list[tuple[str, str, int, int]] = field(default_factory=list)  # group, id, when, number
    attempts: dict[str, Attempt] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    stamps: int = 0

    # Time.

    def catch_up(self, now: int) -> None:
        self.messages = [kept for kept in self.messages if kept.sent_at + self.retention > now]
        due = [kept for kept in self.messages if not kept.stamp and kept.hidden_until <= now]
        for kept in sorted(due, key=lambda kept: (kept.hidden_until, kept.number)):
            self.reveal(kept)

    def reveal(self, kept: Kept) -> None:
        self.stamps += 1
        kept.stamp = self.stamps

    def pass_time(self, now: int, target: int, *, is_late: bool = False) -> None:
        """Let happen what is due by `target`, each at its moment; `is_late`: who is served is served at the end."""
        while (moment := min(self.moments_after(now), default=target + 1)) <= target:
            now = moment
            self.settle(now, target if is_late else now)
            for waiting in [waiting for waiting in self.waiting if waiting.until <= now]:
                waiting.expected = []
                self.waiting.remove(waiting)
        self.catch_up(target)

    def moments_after(self, now: int) -> Iterable[int]:
        ends = [kept.hidden_until for kept in self.messages]
        expiries = [kept.sent_at + self.retention for kept in self.messages]
        waits = [waiting.until for waiting in self.waiting]
        return (moment for moment in [*ends, *expiries, *waits] if moment > now)

    # What clients do.

    def send(self, group: str, deduplication_id: str, number: int, now: int) -> int:
        """Accept a message, and return its number; or that of the message it is a duplicate of."""
        for other, accepted_id, at, original in self.accepted:
            is_same = accepted_id == deduplication_id and (group == other or not self.by_group)
            if is_same and now < at + WINDOW:
                return original
        self.accepted.append((group, deduplication_id, now, number))
        self.messages.append(Kept(number, group, now, now + self.delay))
        self.catch_up(now)
        return number

    def candidates(self) -> list[Kept]:
        groups = dict.fromkeys(kept.group for kept in self.messages)
        members = [[kept for kept in self.messages if kept.group == group] for group in groups]
        prefixes = [list(takewhile(lambda kept: kept.stamp, group)) for group in members]
        return [kept for prefix in sorted(filter(None, prefixes), key=lambda found: found[0].stamp) for kept in prefix]

    def receive(self, max_messages: int, timeout: int | None, attempt: str | None, now: int) -> list[str]:
        at_most = min(max_messages, self.in_flight_limit - len(self.in_flight()))
        taken: list[Kept] = []
        for kept in self.candidates():
            if len(taken) == at_most:
                break
            if self.max_receives is not None and kept.receives >= self.max_receives:
                self.messages.remove(kept)
                self.dead.append((kept.number, now))
            else:
                taken.append(kept)
        for kept in taken:
            kept.receives += 1
            self.hide(kept, timeout, now)
        if attempt is not None and taken:
            self.attempts[attempt] = Attempt(now + WINDOW, [(kept.number, kept.receives) for kept in taken])
        return [str(kept.number) for kept in taken]

    def hide(self, kept: Kept, timeout: int | None, now: int) -> None:
        kept.hidden_until = now + (self.visibility_timeout if timeout is None else timeout)
        kept.stamp = 0
        if kept.hidden_until == now:
            self.reveal(kept)

    def retry(self, attempt: str, timeout: int | None, now: int) -> list[str] | None:
        """Return what a known attempt is answered with; None: it is refused."""
        known = self.attempts[attempt]
        found = [self.current(number, receive) for number, receive in known.receives]
        if now >= known.until or any(kept is None or kept.changed == kept.receives for kept in found):
            return None
        for kept in filter(None, found):
            self.hide(kept, timeout, now)
        return [str(number) for number, _ in known.receives]

    def settle(self, now: int, served_at: int | None = None) -> None:
        self.catch_up(now)
        at = now if served_at is None else served_at
        for waiting in list(self.waiting):
            bodies = self.receive(waiting.max_messages, waiting.timeout, waiting.attempt, at)
            if bodies:
                waiting.expected = bodies
                self.waiting.remove(waiting)

    def find(self, number: int) -> Kept | None:
        return next((kept for kept in self.messages if kept.number == number), None)

    def current(self, number: int, receive: int) -> Kept | None:
        """Return the message whose flight that receive began, while it lasts."""
        return next((kept for kept in self.in_flight() if (kept.number, kept.receives) == (number, receive)), None)

    def in_flight(self) -> list[Kept]:
        return [kept for kept in self.messages if kept.receives and not kept.stamp]


Handle = tuple[int, int, str]  # number of the message, and of the receive

SECONDS = st.sampled_from([0, 1_000, 3_000, 5_000])
TIMEOUTS = st.one_of(st.none(), SECONDS)
STEPS = st.one_of(st.sampled_from([1, 999, 1_000, 2_000, 3_000]), st.sampled_from([4_000, 8_000, 60_000, 400_000_000]))
ENTRIES = st.tuples(st.sampled_from("abc"), st.sampled_from(["", "", "", "x", "y"]))  # group, deduplication id
ATTEMPTS = st.one_of(st.none(), st.sampled_from("123456789"))


class FifoQueueMachine(RuleBasedStateMachine):
    handles: Bundle[Handle] = Bundle("handles")
    polls: Bundle[Waiting] = Bundle("polls")

    @initialize(by_group=st.booleans(), in_flight=st.sampled_from([120_000, 120_000, 120_000, 3]))
    def create(self, by_group: bool, in_flight: int) -> None:
        self.now = self.passed_until = 1_000  # the model's time; it is behind while timers are late
        self.was_touched = False  # by the last rule
        self.sent = 0
        self.answers: dict[int, tuple[str, int]] = {}
        self.handle_texts: dict[tuple[int, int], str] = {}
        self.all_polls: list[Waiting] = []
        self.timers = TimersByHand()
        self.model = Model(by_group, in_flight)
        self.dead = FifoQueue(ARN.replace("orders", "dead"), now=self.now, attributes=QueueAttributes(fifo_queue=True))
        self.queue = FifoQueue(
            ARN,
            now=self.now,
            attributes=QueueAttributes(fifo_queue=True, deduplication_scope="messageGroup" if by_group else "queue"),
            limits=Limits(in_flight=in_flight, deduplication_window_ms=WINDOW, attempt_window_ms=WINDOW),
            timers=self.timers,
            find={self.dead.arn: self.dead}.get,
        )

    def touch(self) -> None:
        """Let the model do first what the next call must do first: all that was due, and no timer has done."""
        self.model.pass_time(self.passed_until, self.now, is_late=True)
        self.passed_until = self.now
        self.was_touched = True

    @rule(entries=st.lists(ENTRIES, min_size=2, max_size=6), is_batch=st.booleans())
    def send(self, entries: list[tuple[str, str]], is_batch: bool) -> None:
        self.touch()
        drafts, numbers, answered = [], [], []
        for group, given_id in entries:
            self.sent += 1
            deduplication_id = given_id or f"own-{self.sent}"
            drafts.append(fifo_draft(str(self.sent), group_id=group, deduplication_id=deduplication_id))
            numbers.append(self.model.send(group, deduplication_id, self.sent, self.now))
            if not is_batch:
                answered.append(self.queue.send(drafts[-1], now=self.now))
                self.model.settle(self.now)
        if is_batch:
            answered = self.queue.send_batch(drafts, now=self.now)
            self.model.settle(self.now)

        answers = [(answer.id, answer.sequence) for answer in answered]
        for number, answer in zip(numbers, answers, strict=True):
            assert self.answers.setdefault(number, answer) == answer
        assert len(set(self.answers.values())) == len(self.answers)

    @rule(
        target=handles,
        max_messages=st.integers(1, 10),
        timeout=TIMEOUTS,
        attempt=ATTEMPTS,
        then=st.sampled_from(["keep", "keep", "delete one", "give one back", "extend one"]),
    )
    def receive(
        self, max_messages: int, timeout: int | None, attempt: str | None, then: str
    ) -> MultipleResults[Handle]:
        received = self._receive(max_messages, timeout, attempt)
        if received.values and then == "delete one":
            self.delete(received.values[0])
        if received.values and then == "give one back":
            self.change_visibility(received.values[-1], 0)
        if received.values and then == "extend one":
            self.change_visibility(received.values[-1], 5_000)
        return received

    @rule(max_messages=st.integers(1, 10), times=st.integers(2, 4))
    def receive_often(self, max_messages: int, times: int) -> None:
        for _ in range(times):
            self._receive(max_messages, 0, None)

    @precondition(lambda self: self.model.attempts)
    @rule(target=handles, timeout=TIMEOUTS)
    def retry_the_last_attempt(self, timeout: int | None) -> MultipleResults[Handle]:
        return self._receive(10, timeout, list(self.model.attempts)[-1])

    def _receive(self, max_messages: int, timeout: int | None, attempt: str | None) -> MultipleResults[Handle]:
        self.touch()

        def receive() -> list[Delivery]:
            return self.queue.receive(
                Receive(max_messages, visibility_timeout=timeout, attempt_id=attempt), now=self.now
            )

        if attempt in self.model.attempts:
            expected = self.model.retry(attempt, timeout, self.now)
        else:
            expected = self.model.receive(max_messages, timeout, attempt, self.now)
        if expected is None:
            with pytest.raises(InvalidParameter, match="the receive call is not retryable"):
                receive()
            return multiple()
        found = [self.model.find(int(body)) for body in expected]
        counts = [kept.receives for kept in found if kept is not None]
        self.model.settle(self.now)
        deliveries = receive()

        assert [delivery.message.body for delivery in deliveries] == expected
        handles = [
            (int(delivery.message.body), count, delivery.receipt_handle)
            for delivery, count in zip(deliveries, counts, strict=True)
        ]
        for number, count, text in handles:
            assert self.handle_texts.setdefault((number, count), text) == text
        assert len(set(self.handle_texts.values())) == len(self.handle_texts)
        return multiple(*handles)

    @rule(
        target=polls,
        wait=st.integers(1, 8_000),
        max_messages=st.integers(1, 3),
        timeout=TIMEOUTS,
        attempt=ATTEMPTS,
    )
    def poll(self, wait: int, max_messages: int, timeout: int | None, attempt: str | None) -> MultipleResults[Waiting]:
        """Receive, and wait if there is nothing."""
        return self._poll(wait, max_messages, timeout, attempt)

    @rule(
        target=polls,
        hidden_for=st.sampled_from([1_000, 3_000, 5_000]),
        wait=st.integers(1, 8_000),
        max_messages=st.integers(1, 3),
        timeout=TIMEOUTS,
    )
    def poll_an_empty_queue(
        self, hidden_for: int, wait: int, max_messages: int, timeout: int | None
    ) -> MultipleResults[Waiting]:
        """Poll when nothing can be received, so that the poll waits for what comes back."""
        while self._receive(10, hidden_for, None).values:
            pass
        return self._poll(wait, max_messages, timeout, None)

    def _poll(self, wait: int, max_messages: int, timeout: int | None, attempt: str | None) -> MultipleResults[Waiting]:
        if attempt in self.model.attempts or self._receive(max_messages, timeout, attempt).values:
            return multiple()
        waiting = Waiting(
            Poll(self.queue, now=self.now, wait=wait, max_messages=max_messages, timeout=timeout, attempt_id=attempt),
            self.now + wait,
            max_messages,
            timeout,
            attempt,
        )
        self.model.waiting.append(waiting)
        self.all_polls.append(waiting)
        return multiple(waiting)

    @rule(waiting=consumes(polls))
    def leave(self, waiting: Waiting) -> None:
        self.queue.drop_waiter(waiting.real.waiter)
        if waiting in self.model.waiting:
            self.model.waiting.remove(waiting)

    @rule(handle=handles)
    def delete(self, handle: Handle) -> None:
        self.touch()
        number, receive, text = handle
        kept = self.model.current(number, receive)
        if kept is None and self.model.find(number) is not None:
            with pytest.raises(ReceiptHandleExpired):
                self.queue.delete(text, now=self.now)
            return
        self.queue.delete(text, now=self.now)
        if kept is not None:
            self.model.messages.remove(kept)
        self.model.settle(self.now)

    @rule(handle=handles, timeout=SECONDS)
    def change_visibility(self, handle: Handle, timeout: int) -> None:
        self.touch()
        number, receive, text = handle
        kept = self.model.current(number, receive)
        if kept is None:
            with pytest.raises(InvalidParameter, match="not available for visibility timeout change"):
                self.queue.change_visibility(text, timeout, now=self.now)
            return
        self.queue.change_visibility(text, timeout, now=self.now)
        kept.changed = receive
        self.model.hide(kept, timeout, self.now)
        self.model.settle(self.now)

    @rule(is_meant=st.sampled_from([False, False, False, True]))
    def purge(self, is_meant: bool) -> None:
        """Purge the queue, now and then."""
        if is_meant:
            self.touch()
            self.queue.purge(now=self.now)
            self.model.messages.clear()
            self.model.accepted.clear()
            self.model.attempts.clear()

    @rule(
        delay=st.sampled_from([0, 0, 1, 3]),
        timeout=st.sampled_from([2, 4, 0]),
        retention=st.sampled_from([345_600, 345_600, 60]),
        max_receives=st.sampled_from([None, 1, 2]),
    )
    def set_attributes(self, delay: int, timeout: int, retention: int, max_receives: int | None) -> None:
        self.touch()
        sent = {
            "DelaySeconds": str(delay),
            "VisibilityTimeout": str(timeout),
            "MessageRetentionPeriod": str(retention),
            "RedrivePolicy": "" if max_receives is None else redrive_policy(self.dead, max_receives),
        }
        self.queue.set_attributes(changed(self.queue.attributes, sent), now=self.now, changes=sent)
        self.model.delay, self.model.visibility_timeout = delay * 1_000, timeout * 1_000
        self.model.retention, self.model.max_receives = retention * 1_000, max_receives
        for kept in self.model.messages:
            if not kept.stamp and not kept.receives:
                kept.hidden_until = kept.sent_at + self.model.delay
        self.model.settle(self.now)

    @rule(is_counted=st.booleans())
    def look(self, is_counted: bool) -> None:
        self.touch()
        if is_counted:
            self.queue.counts(now=self.now)
        else:
            self.queue.catch_up(self.now)

    @rule(step=STEPS)
    def let_time_pass(self, step: int) -> None:
        """Only the timers look at the queue, each at its moment: so nobody does while nobody waits."""
        self.model.pass_time(self.passed_until, self.now, is_late=True)
        self.fire_timers(self.now, at=self.now)
        target = self.now + step
        self.fire_timers(target)
        self.model.pass_time(self.now, target)
        self.now = self.passed_until = target

    @rule(step=st.integers(0, 9_000))
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
        self.dead_letters_are_in_the_dead_letter_queue_in_order()

    def counts_partition_the_live_messages(self) -> None:
        hidden = [kept for kept in self.model.messages if not kept.stamp]
        in_flight = len(self.model.in_flight())
        really_hidden = [message for message in self.queue.messages.values() if message.state is not State.READY]

        assert {(str(kept.number), kept.hidden_until) for kept in hidden} == {
            (message.body, message.visible_at) for message in really_hidden
        }
        assert self.queue.counts(now=self.now) == (
            len(self.model.messages) - len(hidden),
            in_flight,
            len(hidden) - in_flight,
        )

    def dead_letters_are_in_the_dead_letter_queue_in_order(self) -> None:
        self.dead.catch_up(self.now)
        self.dead.check()

        living = [str(number) for number, at in self.model.dead if at + 345_600_000 > self.now]
        assert [message.body for message in self.dead.messages.values()] == living


TestFifoQueue = FifoQueueMachine.TestCase
TestFifoQueue.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
