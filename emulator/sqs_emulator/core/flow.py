"""What flows through a queue: messages to those who receive them or wait for them, and what happens by itself.

Nobody is told at the moment a deadline passes unless somebody waits: every public method of a queue first catches up
with `now`, and a queue with waiters has told its timers the next moment that matters. `settle` ends every method that
can make a message visible, and is the only place where messages and waiters meet. What a waiter gets goes to the
outbox.

Dead letters are handed over when a step is at its end (`dead_letters.py`): `catch_up` and `settle` do so; their
`…_alone` forms leave it to their caller.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from sqs_emulator.core import receipts
from sqs_emulator.core.attributes import QueueAttributes
from sqs_emulator.core.clock import Clock, SystemClock
from sqs_emulator.core.dead_letters import DeadLetters, Neighbour, hand_over
from sqs_emulator.core.events import (
    Consumer,
    MessageDeadLettered,
    MessageDelayEnded,
    MessageExpired,
    MessageReceived,
    MessageVisibilityChanged,
    MessageVisibilityTimedOut,
    Sink,
)
from sqs_emulator.core.limits import RELAXED, Limits
from sqs_emulator.core.message import Message, Move, State
from sqs_emulator.core.outbox import Outbox
from sqs_emulator.core.receives import Delivery, Receive
from sqs_emulator.core.redrive import RedrivePolicy
from sqs_emulator.core.store import NEVER, QueueStore
from sqs_emulator.core.timers import NoTimers, Timers
from sqs_emulator.core.waiters import Waiter, Waiters

Take = Callable[[int], list[Message]]  # at most so many messages, out of the delivery order


def find_none(_arn: str) -> None:
    """For a queue without neighbours: nothing is moved out of it."""


class DeliveryHook(Protocol):
    """What can stand between a queue and its receives: the seam for faults of delivery.

    It works by the queue's own `deliver`, `take_ready`, `put_back`, `has_ready` and `set_visibility`, and by nothing
    else. A queue without one pays a comparison for it.
    """

    def receive(self, queue: QueueFlow, receive: Receive, now: int) -> list[Delivery]:
        """Stand in for `queue.deliver(receive, now=now)`."""
        ...

    def keeps(self, queue: QueueFlow, message: Message) -> bool:
        """Say whether a message stays although somebody deletes it."""
        ...


class QueueFlow(QueueStore):
    """A queue without its clients' calls, which are `queue.py`'s."""

    def __init__(
        self,
        arn: str,
        *,
        now: int,
        attributes: QueueAttributes | None = None,
        limits: Limits = RELAXED,
        clock: Clock | None = None,
        timers: Timers | None = None,
        outbox: Outbox | None = None,
        emit: Sink | None = None,
        find: Callable[[str], Neighbour | None] = find_none,
        gone: deque[Message] | None = None,
    ) -> None:
        super().__init__(arn, now=now, attributes=attributes or QueueAttributes(), limits=limits)
        self.clock = clock or SystemClock()  # what callers read their `now` from; never read here
        self.timers = timers or NoTimers()
        self.outbox = Outbox() if outbox is None else outbox
        self.emit = emit
        self.gone = gone  # takes the messages that leave for good, for whoever reads events; None: nobody does
        self.waiters = Waiters()
        self.dead_letters = DeadLetters(arn, find)
        self.hook: DeliveryHook | None = None
        self._timer_at: int | None = None

    # Receives, and who waits for one.

    def deliver(self, receive: Receive, *, now: int, take: Take | None = None) -> list[Delivery]:
        """Begin the flights of the messages that are next, or of those that `take` chooses; a step within a receive."""
        at_most = min(receive.max_messages, self.limits.in_flight - self._in_flight)
        policy = self.attributes.redrive_policy
        if policy is None:
            messages = (take or self.take_ready)(at_most)
            for message in messages:
                message.apply(Move.RECEIVE)
        else:
            messages = self._take_living(at_most, policy, now, take or self.take_ready)
        until = now + self._timeout_of(receive)
        deliveries = []
        for message in messages:
            self.begin_flight(message, until=until, now=now)
            deliveries.append(self._delivery(message))
            if self.emit is not None:
                count, sequence = message.receive_count, message.sequence
                self.emit(MessageReceived(now, self.arn, message.id, count, until, receive.consumer, sequence))
        return deliveries

    def _timeout_of(self, receive: Receive) -> int:
        timeout = receive.visibility_timeout
        return self.attributes.visibility_timeout * 1000 if timeout is None else timeout

    def _delivery(self, message: Message) -> Delivery:
        receipt_handle = receipts.make(self.incarnation, message.sequence, message.receives_here)
        return Delivery(message, receipt_handle, message.receive_count)

    def set_visibility(self, message: Message, at: int, *, now: int, consumer: Consumer | None = None) -> None:
        """Let the flight of a message end at another moment, and tell of it; a step within a change or a receive."""
        if at > now:
            self.rehide(message, at)
        else:
            self.show(message, now)
        if self.emit is not None:
            self.emit(MessageVisibilityChanged(now, self.arn, message.id, at, consumer))

    def add_waiter(self, waiter: Waiter, *, now: int) -> None:
        """Let a receive that found nothing wait, until `waiter.until` at most."""
        self.catch_up(now)
        self.waiters.add(waiter)
        self._next_look = min(self._next_look, waiter.until)
        self.settle(now)

    def drop_waiter(self, waiter: Waiter) -> None:
        """Forget a waiter whose client has left: it must not be given a message."""
        self.waiters.discard(waiter)
        self._set_timer()

    def end_waits(self) -> None:
        """Answer every waiter with nothing: the queue is being deleted, or the emulator stops."""
        self._answer_empty(self.waiters.take_all())
        self._set_timer()

    def end_overdue_waits(self, real_now: float) -> None:
        """Answer with nothing whom the account's slow clock has kept waiting longer, in real seconds, than it asked."""
        self._answer_empty(self.waiters.take_overdue(real_now))
        self._set_timer()

    def _answer_empty(self, waiters: Sequence[Waiter]) -> None:
        for waiter in waiters:
            self.outbox.put((waiter, []))

    # Time.

    def catch_up(self, now: int) -> None:
        """Let everything happen that was due by `now`: first line of all that reads or changes the queue."""
        if now < self._next_look:
            return
        self.catch_up_alone(now)
        if self.dead_letters.leaving:
            hand_over(self, now)

    def catch_up_alone(self, now: int) -> None:
        if now < self._next_look:
            return
        while self.waiters.by_number and (moment := self.next_deadline()) <= now:
            # Somebody waits, so the order of the moments shows: a wait that ended before a message came gets nothing.
            self._pass_deadlines(moment)
            self._serve(now)
            self._answer_empty(self.waiters.take_ended(moment))
        self._pass_deadlines(now)
        self._next_look = self.next_deadline()

    def on_timer(self, now: int) -> None:
        self._timer_at = None
        self.catch_up(now)
        self.settle(now)

    def settle(self, now: int) -> None:
        """Give visible messages to waiters, oldest waiter first."""
        self.settle_alone(now)
        if self.dead_letters.leaving:
            hand_over(self, now)

    def settle_alone(self, now: int) -> None:
        if self.waiters.by_number:
            self._serve(now)
        self._set_timer()

    def _serve(self, now: int) -> None:
        while self.has_ready() and (waiter := self.waiters.oldest()) is not None:
            if waiter.is_gone():
                self.waiters.discard(waiter)
                continue
            receive = waiter.receive
            deliveries = self.deliver(receive, now=now) if self.hook is None else self.hook.receive(self, receive, now)
            if not deliveries:
                return
            self.waiters.discard(waiter)
            self.outbox.put((waiter, deliveries))

    def _set_timer(self) -> None:
        at = self.next_deadline() if self.waiters.by_number else None
        if at != self._timer_at:
            self._timer_at = at
            self.timers.set(self, at)

    def next_deadline(self) -> int:
        """Return the next moment at which something happens by itself."""
        moments = (self.hidden.first(), self._next_expiry(), self.waiters.next_end())
        return min((moment for moment in moments if moment is not None), default=NEVER)

    def _next_expiry(self) -> int | None:
        oldest = self.arrivals.oldest()
        return None if oldest is None else oldest + self.attributes.message_retention_period * 1000

    def _pass_deadlines(self, moment: int) -> None:
        self._expire(moment)
        for sequence in self.hidden.take_due(moment):
            self._reveal_on_time(self.messages[sequence])

    def _expire(self, moment: int) -> None:
        """End the messages whose retention is over, oldest first; those in flight too."""
        retention = self.attributes.message_retention_period * 1000
        for message in self.arrivals.until(moment - retention):
            self._end(message)
            if self.emit is not None:
                self.emit(MessageExpired(message.enqueued_at + retention, self.arn, message.id))

    def _reveal_on_time(self, message: Message) -> None:
        was_in_flight = message.state is State.IN_FLIGHT
        self.reveal(message)
        if self.emit is None:
            return
        at = message.visible_at
        if was_in_flight:
            self.emit(MessageVisibilityTimedOut(at, self.arn, message.id, message.receive_count))
        else:
            self.emit(MessageDelayEnded(at, self.arn, message.id))

    def _end(self, message: Message) -> None:
        """Let a message leave for good."""
        self.remove(message)
        if self.gone is not None:
            self.gone.append(message)

    # Messages that go to another queue, and come from one.

    def _take_living(self, at_most: int, policy: RedrivePolicy, now: int, take: Take) -> list[Message]:
        """Take the next messages to receive; those received too often already go to the dead-letter queue."""
        living: list[Message] = []
        target = self.dead_letters.target(policy)
        while len(living) < at_most and (taken := take(at_most - len(living))):
            for message in taken:
                message.apply(Move.RECEIVE)
            for message in taken:
                if target is not None and message.receives_here >= policy.max_receive_count:
                    self._dead_letter(message, target, now)
                else:
                    living.append(message)
        return living

    def _dead_letter(self, message: Message, target: Neighbour, now: int) -> None:
        self.forget(message)
        self.dead_letters.add(message, target)
        if self.emit is not None:
            self.emit(MessageDeadLettered(now, self.arn, message.id, target.arn, message.receive_count))

    def take_dead_letter(self, message: Message, *, source: str, now: int) -> None:
        """Take over another queue's message: its id, times and receive count stay; FIFO begins its retention anew.

        Not settled: the first receive's time (kept here) and this queue's delay (not applied here); of a chain of
        dead-letter queues, that the receives which count begin anew in each.
        """
        self.adopt(message, now=now, dead_letter_source=source)

    def adopt(self, message: Message, *, now: int, **changes: Any) -> Message:
        """Place a copy of another queue's message here, visible; the original may still be in somebody's hands."""
        self._last_sequence += 1
        adopted = msgspec.structs.replace(
            message, sequence=self._last_sequence, state=State.READY, receives_here=0, **changes
        )
        self.place(adopted)
        self.catch_up_alone(now)  # its retention may be over already
        return adopted

    # For tests.

    def check(self) -> None:
        super().check()
        assert not self.dead_letters.leaving, "a dead letter was not handed over"
        assert self._next_look <= self.next_deadline()
        assert not (self.waiters.by_number and self.has_ready() and self._in_flight < self.limits.in_flight), (
            "a waiter was left hungry"
        )
        assert self._timer_at == (self.next_deadline() if self.waiters.by_number else None)
