"""A queue of either kind: its messages, who waits for them, and the time at which something is due.

Every message is in `messages` under its sequence. One that is hidden (DELAYED or IN_FLIGHT) is also in `hidden`, by the
moment it becomes visible; one that is READY is in the delivery order, which is all that the two kinds of queue differ
in (`standard.py`, `fifo.py`). `check()` asserts that each message is in just the places its state says.

Nobody is told at the moment a deadline passes unless somebody waits: every public method first catches up with `now`,
and a queue with parked receives has told its `Alarm` the next moment that matters. `settle` ends every method that can
make a message visible, and is the only place where messages and waiters meet.

Times are milliseconds since the epoch; durations handed to methods are milliseconds, those in attributes seconds.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Protocol

import msgspec

from emulator.core import receipts
from emulator.core.attributes import QueueAttributes
from emulator.core.clock import Clock, SystemClock
from emulator.core.deadlines import Deadlines
from emulator.core.errors import InvalidParameter, OverLimit, PurgeQueueInProgress, ReceiptHandleIsInvalid
from emulator.core.events import (
    Consumer,
    MessageDelayEnded,
    MessageDeleted,
    MessageExpired,
    MessageReceived,
    MessageSent,
    MessageVisibilityChanged,
    MessageVisibilityTimedOut,
    QueueAttributesChanged,
    QueuePurged,
    Sink,
)
from emulator.core.identifiers import random_64_bits, uuid4_text
from emulator.core.limits import RELAXED, Limits
from emulator.core.message import Message, MessageAttributeValue, Move, State
from emulator.core.waiters import Waiter, Waiters

NEVER: Final = sys.maxsize


class Draft(msgspec.Struct, gc=False):
    """A message as its sender wants it; checked by the caller."""

    body: str
    md5_of_body: str
    delay_seconds: int | None = None  # None: the queue's
    attributes: dict[str, MessageAttributeValue] | None = None
    md5_of_attributes: str | None = None
    trace_header: str | None = None
    group_id: str | None = None
    sender_id: str = ""


class Delivery(NamedTuple):
    """A message as one receive hands it out."""

    message: Message
    receipt_handle: str


class Counts(NamedTuple):
    """The three approximate numbers of a queue, exact here: they partition the messages it holds."""

    visible: int
    in_flight: int
    delayed: int


class Alarm(Protocol):
    """Calls `queue.wake(now)` at the moment `at` and not before, for a queue that somebody waits on; None: no more."""

    def set(self, queue: Queue, at: int | None) -> None: ...


class NoAlarm:
    """For a queue driven by hand: it catches up when it is next touched."""

    def set(self, queue: Queue, at: int | None) -> None:
        pass


class Queue(ABC):
    """What both kinds of queue share. The `_…ready…` methods are the delivery order, the kinds' own part."""

    def __init__(
        self,
        arn: str,
        *,
        now: int,
        attributes: QueueAttributes | None = None,
        limits: Limits = RELAXED,
        clock: Clock | None = None,
        alarm: Alarm | None = None,
        emit: Sink | None = None,
    ) -> None:
        self.arn = arn
        self.name = arn.rpartition(":")[2]
        self.attributes = attributes or QueueAttributes()
        self.tags: dict[str, str] = {}
        self.limits = limits
        self.clock = clock or SystemClock()  # what callers read their `now` from; never read here
        self.created_at = self.modified_at = now
        self.incarnation = random_64_bits()
        self.messages: OrderedDict[int, Message] = OrderedDict()
        self.hidden = Deadlines()
        self.waiters = Waiters()
        self.emit = emit
        self._alarm = alarm or NoAlarm()
        self._alarm_at: int | None = None
        self._in_flight = 0
        self._last_sequence = 0
        self._purged_at: int | None = None
        # No deadline is earlier: until then catching up is one comparison. May lie too early, never too late.
        self._next_look = NEVER
        self._clear_ready()

    # The delivery order.

    @abstractmethod
    def _add_ready(self, message: Message) -> None:
        """Take a READY message into the order."""

    @abstractmethod
    def _remove_ready(self, message: Message) -> None:
        """Take a READY message that leaves the queue out of the order."""

    @abstractmethod
    def _take_ready(self, at_most: int) -> list[Message]:
        """Take the next messages out of the order, to be received together."""

    @abstractmethod
    def _has_ready(self) -> bool:
        """Say whether `_take_ready` would find something."""

    @abstractmethod
    def _clear_ready(self) -> None:
        """Begin with an empty order: at the start, and when the queue is purged."""

    @abstractmethod
    def _ready_sequences(self) -> Iterable[int]:
        """The sequences of all READY messages, for `check`."""

    # What clients do.

    def send(self, draft: Draft, *, now: int, consumer: Consumer | None = None) -> Message:
        """Take one message; visible at once, or after its own delay or the queue's."""
        if now >= self._next_look:
            self.catch_up(now)
        message = self._accept(draft, now, consumer)
        if self.waiters.by_number:
            self.settle(now)
        return message

    def send_batch(self, drafts: Sequence[Draft], *, now: int, consumer: Consumer | None = None) -> list[Message]:
        """Take several messages in order, then settle once: one waiter can get them all."""
        self.catch_up(now)
        messages = [self._accept(draft, now, consumer) for draft in drafts]
        self.settle(now)
        return messages

    def _accept(self, draft: Draft, now: int, consumer: Consumer | None) -> Message:
        delay = self.attributes.delay_seconds if draft.delay_seconds is None else draft.delay_seconds
        self._last_sequence = sequence = self._last_sequence + 1
        message = Message(
            sequence,
            uuid4_text(),
            draft.body,
            draft.md5_of_body,
            now,
            now,
            State.DELAYED if delay else State.READY,
            now + delay * 1000,
            draft.sender_id,
            draft.attributes,
            draft.md5_of_attributes,
            draft.trace_header,
            draft.group_id,
        )
        self.messages[sequence] = message
        if delay:
            self._hide(message)
        else:
            self._add_ready(message)
        expires_at = now + self.attributes.message_retention_period * 1000
        if expires_at < self._next_look:
            self._next_look = expires_at
        if self.emit is not None:
            self.emit(MessageSent(now, self.arn, message.id, message.visible_at, consumer))
        return message

    def receive(
        self,
        *,
        max_messages: int,
        now: int,
        visibility_timeout: int | None = None,
        consumer: Consumer | None = None,
        long_poll: bool = False,
    ) -> list[Delivery]:
        """Hand out up to `max_messages` and hide them for the timeout (ms; None: the queue's; 0: not at all).

        Raises OverLimit when too many are in flight, but for a long poll, which waits instead.
        """
        if now >= self._next_look:
            self.catch_up(now)
        if self._in_flight >= self.limits.in_flight and not long_poll:
            raise OverLimit
        return self._receive(max_messages, visibility_timeout, now, consumer)

    def _receive(
        self, max_messages: int, visibility_timeout: int | None, now: int, consumer: Consumer | None
    ) -> list[Delivery]:
        room = self.limits.in_flight - self._in_flight
        messages = self._take_ready(min(max_messages, room))
        timeout = self.attributes.visibility_timeout * 1000 if visibility_timeout is None else visibility_timeout
        deliveries = []
        for message in messages:
            message.apply(Move.RECEIVE)
            message.receive_count += 1
            message.receives_here += 1
            message.received_at = now
            message.visible_at = now + timeout
            if message.first_received_at is None:
                message.first_received_at = now
            if timeout:
                self._in_flight += 1
                self._hide(message)
            else:
                message.apply(Move.REVEAL)
                self._add_ready(message)
            handle = receipts.make(self.incarnation, message.sequence, message.receives_here)
            deliveries.append(Delivery(message, handle))
            if self.emit is not None:
                count = message.receive_count
                self.emit(MessageReceived(now, self.arn, message.id, count, message.visible_at, consumer))
        return deliveries

    def park(self, waiter: Waiter, *, now: int) -> None:
        """Let a receive that found nothing wait, until `waiter.until` at most."""
        self.waiters.add(waiter)
        self._next_look = min(self._next_look, waiter.until)
        self.settle(now)

    def unpark(self, waiter: Waiter) -> None:
        """Drop a waiter whose client has left: it must not be given a message."""
        self.waiters.discard(waiter)
        self._set_alarm()

    def delete(self, receipt_handle: str, *, now: int, consumer: Consumer | None = None) -> None:
        """Delete a message by any of its handles; one that is gone already is fine, as often as it is asked for."""
        if now >= self._next_look:
            self.catch_up(now)
        message = self._message_of(receipt_handle)
        if message is None:
            return
        self._remove(message)
        if self.emit is not None:
            self.emit(MessageDeleted(now, self.arn, message.id, message.receive_count, consumer))
        if self.waiters.by_number:
            self.settle(now)

    def change_visibility(
        self, receipt_handle: str, timeout: int, *, now: int, consumer: Consumer | None = None
    ) -> None:
        """Let the current flight end `timeout` ms from now; 0 makes the message visible at once.

        Any handle of the message will do, as on AWS. A message that is visible again is left as it is.
        """
        self.catch_up(now)
        message = self._message_of(receipt_handle)
        if message is None:
            reason = "Message does not exist or is not available for visibility timeout change."
            raise InvalidParameter(receipt_handle, "ReceiptHandle", reason)
        if message.state is not State.IN_FLIGHT:
            return
        limit = self.limits.visibility_timeout_seconds
        if now - message.received_at + timeout > limit * 1000:
            reason = f"Total VisibilityTimeout for the message is beyond the limit [{limit} seconds]"
            raise InvalidParameter(timeout // 1000, "VisibilityTimeout", reason)
        self.hidden.remove(message.visible_at, message.sequence)
        message.visible_at = now + timeout
        if timeout:
            self._hide(message)
        else:
            self._reveal(message)
        if self.emit is not None:
            self.emit(MessageVisibilityChanged(now, self.arn, message.id, message.visible_at, consumer))
        self.settle(now)

    def purge(self, *, now: int) -> None:
        """Remove every message, the hidden ones too."""
        self.catch_up(now)
        if self._purged_at is not None and now - self._purged_at < self.limits.purge_window_ms:
            raise PurgeQueueInProgress.of(self.name)
        self._purged_at = now
        purged = len(self.messages)
        for message in self.messages.values():
            message.apply(Move.REMOVE)
        self.messages.clear()
        self.hidden = Deadlines()
        self._clear_ready()
        self._in_flight = 0
        if self.emit is not None:
            self.emit(QueuePurged(now, self.arn, purged))
        self._set_alarm()

    def set_attributes(self, attributes: QueueAttributes, *, now: int, changes: dict[str, str]) -> None:
        """Replace the attributes. What is under way keeps its deadlines; retention counts for what is here already."""
        self.catch_up(now)
        self.attributes = attributes
        self.modified_at = now
        self._next_look = 0
        if self.emit is not None:
            self.emit(QueueAttributesChanged(now, self.arn, changes))
        self.catch_up(now)
        self.settle(now)

    def counts(self, *, now: int) -> Counts:
        self.catch_up(now)
        delayed = len(self.hidden) - self._in_flight
        return Counts(len(self.messages) - len(self.hidden), self._in_flight, delayed)

    def end_waits(self) -> None:
        """Answer every parked receive with nothing: the queue is being deleted, or the emulator stops."""
        waiters = self.waiters.take_all()
        self._set_alarm()
        for waiter in waiters:
            waiter.deliver([])

    # Time.

    def catch_up(self, now: int) -> None:
        """Let everything happen that was due by `now`: first line of all that reads or changes the queue."""
        if now < self._next_look:
            return
        while self.waiters.by_number and (moment := self._next_due()) <= now:
            # Somebody waits, so the order of the moments shows: a wait that ended before a message came gets nothing.
            self._pass_deadlines(moment)
            self._serve(now)
            for waiter in self.waiters.take_ended(moment):
                waiter.deliver([])
        self._pass_deadlines(now)
        self._next_look = self._next_due()

    def wake(self, now: int) -> None:
        """What the alarm calls."""
        self._alarm_at = None
        self.catch_up(now)
        self.settle(now)

    def settle(self, now: int) -> None:
        """Give visible messages to waiters, oldest waiter first."""
        if self.waiters.by_number:
            self._serve(now)
        self._set_alarm()

    def _serve(self, now: int) -> None:
        while self._has_ready() and (waiter := self.waiters.oldest()) is not None:
            if waiter.is_gone():
                self.waiters.discard(waiter)
                continue
            deliveries = self._receive(waiter.max_messages, waiter.visibility_timeout, now, waiter.consumer)
            if not deliveries:
                return
            self.waiters.discard(waiter)
            waiter.deliver(deliveries)

    def _set_alarm(self) -> None:
        at = self._next_due() if self.waiters.by_number else None
        if at != self._alarm_at:
            self._alarm_at = at
            self._alarm.set(self, at)

    def _next_due(self) -> int:
        """Return the next moment at which something happens by itself."""
        oldest = next(iter(self.messages.values()), None)
        expiry = None if oldest is None else oldest.enqueued_at + self.attributes.message_retention_period * 1000
        moments = (self.hidden.first(), expiry, self.waiters.next_end())
        return min((moment for moment in moments if moment is not None), default=NEVER)

    def _pass_deadlines(self, moment: int) -> None:
        self._expire(moment)
        for sequence in self.hidden.take_due(moment):
            self._reveal_on_time(self.messages[sequence])

    def _expire(self, moment: int) -> None:
        """End the messages whose retention is over, oldest first; those in flight too."""
        retention = self.attributes.message_retention_period * 1000
        expired = []
        for message in self.messages.values():
            if message.enqueued_at + retention > moment:
                break
            expired.append(message)
        for message in expired:
            self._remove(message)
            if self.emit is not None:
                self.emit(MessageExpired(message.enqueued_at + retention, self.arn, message.id))

    # Moves of one message between its places.

    def _hide(self, message: Message) -> None:
        self.hidden.add(message.visible_at, message.sequence)
        if message.visible_at < self._next_look:
            self._next_look = message.visible_at

    def _reveal(self, message: Message) -> None:
        if message.state is State.IN_FLIGHT:
            self._in_flight -= 1
        message.apply(Move.REVEAL)
        self._add_ready(message)

    def _reveal_on_time(self, message: Message) -> None:
        was_in_flight = message.state is State.IN_FLIGHT
        self._reveal(message)
        if self.emit is None:
            return
        at = message.visible_at
        if was_in_flight:
            self.emit(MessageVisibilityTimedOut(at, self.arn, message.id, message.receive_count))
        else:
            self.emit(MessageDelayEnded(at, self.arn, message.id))

    def _remove(self, message: Message) -> None:
        del self.messages[message.sequence]
        if message.state is State.READY:
            self._remove_ready(message)
        else:
            self.hidden.remove(message.visible_at, message.sequence)
            if message.state is State.IN_FLIGHT:
                self._in_flight -= 1
        message.apply(Move.REMOVE)

    def _message_of(self, receipt_handle: str) -> Message | None:
        """Return the message of a handle, None if it has left the queue; raises ReceiptHandleIsInvalid."""
        handle = receipts.parse(receipt_handle)
        if handle is None:
            raise ReceiptHandleIsInvalid.malformed(receipt_handle)
        if handle.incarnation != self.incarnation:
            raise ReceiptHandleIsInvalid
        return self.messages.get(handle.sequence)

    # For tests.

    def check(self) -> None:
        """Assert every invariant: each message in just the places that its state says, counters and bounds true."""
        hidden = {each.sequence for each in self.messages.values() if (each.visible_at, each.sequence) in self.hidden}
        listed = list(self._ready_sequences())
        ready = set(listed)
        assert len(hidden) == len(self.hidden)
        assert len(ready) == len(listed)
        assert hidden | ready == self.messages.keys()
        assert hidden.isdisjoint(ready)
        in_flight = 0
        for sequence, message in self.messages.items():
            assert message.sequence == sequence <= self._last_sequence
            assert (message.state is State.READY) == (sequence in ready), message.state
            assert message.state in (State.READY, State.DELAYED, State.IN_FLIGHT)
            in_flight += message.state is State.IN_FLIGHT
        assert in_flight == self._in_flight
        assert self._next_look <= self._next_due()
        assert not (self.waiters.by_number and ready and self._in_flight < self.limits.in_flight), (
            "a waiter was left hungry"
        )
        assert self._alarm_at == (self._next_due() if self.waiters.by_number else None)
