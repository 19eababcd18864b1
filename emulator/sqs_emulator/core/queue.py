"""A queue of either kind: its messages, who waits for them, and the time at which something is due.

Every message is in `messages` under its sequence. One that is hidden (DELAYED or IN_FLIGHT) is also in `hidden`, by the
moment it becomes visible; one that is READY is in the delivery order, which is all that the two kinds of queue differ
in (`standard.py`, `fifo.py`), but for what FIFO refuses. `check()` asserts that each message is in just the places its
state says.

Nobody is told at the moment a deadline passes unless somebody waits: every public method first catches up with `now`,
and a queue with waiting receives has told its timers the next moment that matters. `settle` ends every method that can
make a message visible, and is the only place where messages and waiters meet.

Times are milliseconds since the epoch; durations handed to methods are milliseconds, those in attributes seconds.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

import msgspec
from sortedcontainers import SortedList

from sqs_emulator.core import receipts
from sqs_emulator.core.attributes import QueueAttributes
from sqs_emulator.core.clock import Clock, SystemClock
from sqs_emulator.core.deadlines import Deadlines
from sqs_emulator.core.errors import (
    InvalidParameter,
    OverLimit,
    PurgeQueueInProgress,
    ReceiptHandleExpired,
    ReceiptHandleIsInvalid,
)
from sqs_emulator.core.events import (
    Consumer,
    MessageDeadLettered,
    MessageDelayEnded,
    MessageDeleted,
    MessageDeletedAgain,
    MessageExpired,
    MessageReceived,
    MessageSent,
    MessageVisibilityChanged,
    MessageVisibilityTimedOut,
    QueueAttributesChanged,
    QueuePurged,
    Sink,
)
from sqs_emulator.core.identifiers import random_64_bits, uuid4_text
from sqs_emulator.core.limits import RELAXED, Limits
from sqs_emulator.core.message import Message, MessageAttributeValue, Move, State
from sqs_emulator.core.receipts import ReceiptHandle
from sqs_emulator.core.redrive import RedrivePolicy
from sqs_emulator.core.timers import NoTimers, Timers
from sqs_emulator.core.waiters import Waiter, Waiters

if TYPE_CHECKING:
    from sqs_emulator.core.move_tasks import MessageMoveTask

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
    deduplication_id: str | None = None


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """A message as one receive hands it out."""

    message: Message
    receipt_handle: str


class Counts(NamedTuple):
    """The three approximate numbers of a queue, exact here: they partition the messages it holds."""

    visible: int
    in_flight: int
    delayed: int


class Original(NamedTuple):
    """What a duplicate send is answered with: the message that was accepted first, which may be gone by now."""

    id: str
    sequence: int


FindQueue = Callable[[str], "Queue | None"]


def find_none(_arn: str) -> Queue | None:
    """For a queue without neighbours: nothing is moved out of it."""
    return None


class Queue(ABC):
    """What both kinds of queue share. The `_…ready…` methods are the delivery order, the kinds' own part."""

    # A FIFO queue refuses a receipt handle whose visibility timeout is over, and says nothing when too many messages
    # are in flight; a standard queue does it the other way round.
    takes_expired_handles: ClassVar[bool]
    tells_over_limit: ClassVar[bool]

    def __init__(
        self,
        arn: str,
        *,
        now: int,
        attributes: QueueAttributes | None = None,
        limits: Limits = RELAXED,
        clock: Clock | None = None,
        timers: Timers | None = None,
        emit: Sink | None = None,
        find: FindQueue = find_none,
        gone: deque[Message] | None = None,
    ) -> None:
        self.arn = arn
        self.name = arn.rpartition(":")[2]
        self.attributes = attributes or QueueAttributes()
        self.tags: dict[str, str] = {}
        self.move_tasks: list[MessageMoveTask] = []  # with this queue as their source, oldest first
        self.limits = limits
        self.clock = clock or SystemClock()  # what callers read their `now` from; never read here
        self.created_at = self.modified_at = now
        self.incarnation = random_64_bits()
        self.messages: OrderedDict[int, Message] = OrderedDict()
        self.hidden = Deadlines()
        self.waiters = Waiters()
        self.emit = emit
        self.gone = gone  # takes the messages that leave for good, for whoever reads events; None: nobody does
        self.timers = timers or NoTimers()
        self._find = find  # another queue of the same account and region, by its ARN
        self._dead_letters: list[tuple[Message, Queue]] = []  # on their way out, until this queue has come to rest
        self._timer_at: int | None = None
        self._in_flight = 0
        self._last_sequence = 0
        self._purged_at: int | None = None
        self._newest = 0  # the latest `enqueued_at` there was
        # Messages that came after younger ones, as only a dead-letter queue's do: `messages` is in order without them.
        self._late: SortedList[tuple[int, int]] | None = None  # until the first of them
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
        """Take the next messages out of the order, to be received together. Their state is the caller's to change."""

    @abstractmethod
    def _has_ready(self) -> bool:
        """Say whether `_take_ready` would find something."""

    @abstractmethod
    def _clear_ready(self) -> None:
        """Begin with an empty order: at the start, and when the queue is purged."""

    @abstractmethod
    def _ready_sequences(self) -> Iterator[int]:
        """Yield the sequences of all READY messages, roughly in their order."""

    # What clients do.

    def send(self, draft: Draft, *, now: int, consumer: Consumer | None = None) -> Message | Original:
        """Take one message; visible at once, or after its own delay or the queue's. A duplicate is not taken."""
        if now >= self._next_look:
            self.catch_up(now)
        message = self._accept(draft, now, consumer)
        if self.waiters.by_number:
            self.settle(now)
        return message

    def send_batch(
        self, drafts: Sequence[Draft], *, now: int, consumer: Consumer | None = None
    ) -> list[Message | Original]:
        """Take several messages in order, then settle once: one waiter can get them all."""
        self.catch_up(now)
        messages = [self._accept(draft, now, consumer) for draft in drafts]
        self.settle(now)
        return messages

    def _accept(self, draft: Draft, now: int, consumer: Consumer | None) -> Message | Original:
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
            deduplication_id=draft.deduplication_id,
        )
        self._newest = now
        self._place(message)
        if self.emit is not None:
            self.emit(MessageSent(now, self.arn, message.id, message.visible_at, consumer, sequence))
        return message

    def _place(self, message: Message) -> None:
        """Take in a new message, DELAYED or READY."""
        self.messages[message.sequence] = message
        if message.state is State.READY:
            self._add_ready(message)
        else:
            self._hide(message)
        expires_at = message.enqueued_at + self.attributes.message_retention_period * 1000
        if expires_at < self._next_look:
            self._next_look = expires_at

    def receive(
        self,
        *,
        max_messages: int,
        now: int,
        visibility_timeout: int | None = None,
        consumer: Consumer | None = None,
        long_poll: bool = False,
        attempt_id: str | None = None,
    ) -> list[Delivery]:
        """Hand out up to `max_messages` and hide them for the timeout (ms; None: the queue's; 0: not at all).

        A message that was received `maxReceiveCount` times goes to the dead-letter queue instead. Of a standard queue,
        raises OverLimit when too many are in flight, but for a long poll, which waits instead; of a FIFO queue,
        InvalidParameter for a ReceiveRequestAttemptId (`attempt_id`) that can not be retried any more.
        """
        if now >= self._next_look:
            self.catch_up(now)
        if attempt_id is not None:
            again = self._retried(attempt_id, visibility_timeout, now, consumer)
            if again is not None:
                return again
        if self._in_flight >= self.limits.in_flight and not long_poll and self.tells_over_limit:
            raise OverLimit
        deliveries = self._receive(max_messages, visibility_timeout, now, consumer, attempt_id)
        if self._dead_letters:
            self._hand_over(now)
        return deliveries

    def _retried(
        self,
        attempt_id: str,  # noqa: ARG002  only a FIFO queue remembers it
        visibility_timeout: int | None,  # noqa: ARG002
        now: int,  # noqa: ARG002
        consumer: Consumer | None,  # noqa: ARG002
    ) -> list[Delivery] | None:
        """Hand out once more what a receive of this attempt id handed out; None: there was none."""
        return None

    def _receive(
        self,
        max_messages: int,
        visibility_timeout: int | None,
        now: int,
        consumer: Consumer | None,
        attempt_id: str | None,  # noqa: ARG002  only a FIFO queue remembers it
    ) -> list[Delivery]:
        at_most = min(max_messages, self.limits.in_flight - self._in_flight)
        if self.attributes.redrive_policy is None:
            messages = self._take_ready(at_most)
            for message in messages:
                message.apply(Move.RECEIVE)
        else:
            messages = self._take_living(at_most, self.attributes.redrive_policy, now)
        timeout = self.attributes.visibility_timeout * 1000 if visibility_timeout is None else visibility_timeout
        deliveries = []
        for message in messages:
            message.receive_count += 1
            message.receives_here += 1
            message.received_at = now
            message.visible_at = now + timeout
            if message.first_received_at is None:
                message.first_received_at = now
            if timeout:
                self._in_flight += 1
                if message.group_id is not None:
                    self._begin_flight(message.group_id)
                self._hide(message)
            else:
                message.apply(Move.REVEAL)
                self._add_ready(message)
            deliveries.append(self._delivery(message))
            if self.emit is not None:
                count, sequence = message.receive_count, message.sequence
                self.emit(MessageReceived(now, self.arn, message.id, count, message.visible_at, consumer, sequence))
        return deliveries

    def _delivery(self, message: Message) -> Delivery:
        return Delivery(message, receipts.make(self.incarnation, message.sequence, message.receives_here))

    def add_waiter(self, waiter: Waiter, *, now: int) -> None:
        """Let a receive that found nothing wait, until `waiter.until` at most."""
        self.catch_up(now)
        self.waiters.add(waiter)
        self._next_look = min(self._next_look, waiter.until)
        self.settle(now)

    def drop_waiter(self, waiter: Waiter) -> None:
        """Drop a waiter whose client has left: it must not be given a message."""
        self.waiters.discard(waiter)
        self._set_timer()

    def delete(self, receipt_handle: str, *, now: int, consumer: Consumer | None = None) -> None:
        """Delete a message by any of its handles; one that is gone already is fine, as often as it is asked for.

        A FIFO queue takes the newest handle alone, and only while its visibility timeout runs.
        """
        # Not settled: AWS says that an older handle may fail to delete from a standard queue; here it deletes.
        if now >= self._next_look:
            self.catch_up(now)
        handle = self._parse(receipt_handle)
        message = self.messages.get(handle.sequence)
        if message is None:
            if self.emit is not None:
                self.emit(MessageDeletedAgain(now, self.arn, handle.sequence, handle.receive, consumer))
            return
        if not self.takes_expired_handles and not _is_current(handle, message):
            raise ReceiptHandleExpired(receipt_handle)
        self._remove(message)
        if self.emit is not None:
            since = message.receives_here - handle.receive
            self.emit(MessageDeleted(now, self.arn, message.id, message.receive_count, consumer, since))
        if self.waiters.by_number:
            self.settle(now)

    def change_visibility(
        self, receipt_handle: str, timeout: int, *, now: int, consumer: Consumer | None = None
    ) -> None:
        """Let the current flight end `timeout` ms from now; 0 makes the message visible at once.

        Any handle of the message will do for a standard queue, and a message that is visible again is left as it is; a
        FIFO queue refuses both.
        """
        self.catch_up(now)
        handle = self._parse(receipt_handle)
        message = self.messages.get(handle.sequence)
        # Not settled: AWS's answer to an expired handle of a FIFO queue.
        if message is None or not (self.takes_expired_handles or _is_current(handle, message)):
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
        if self.gone is not None:
            self.gone.extend(self.messages.values())
        self.messages.clear()
        self._late = None
        self.hidden = Deadlines()
        self._clear_ready()
        self._in_flight = 0
        if self.emit is not None:
            self.emit(QueuePurged(now, self.arn, purged))
        self._set_timer()

    def set_attributes(self, attributes: QueueAttributes, *, now: int, changes: dict[str, str]) -> None:
        """Replace the attributes. What is under way keeps its deadlines; retention counts for what is here already."""
        self.catch_up(now)
        before, self.attributes = self.attributes, attributes
        self.modified_at = now
        if self.emit is not None:
            self.emit(QueueAttributesChanged(now, self.arn, changes))
        self._follow(before, now)
        self._pass_deadlines(now)  # of all messages before a waiter gets one
        self._next_look = self.next_deadline()
        self.settle(now)

    @abstractmethod
    def _follow(self, before: QueueAttributes, now: int) -> None:
        """Change what the messages that are here owe to an attribute that was another one before."""

    def counts(self, *, now: int) -> Counts:
        self.catch_up(now)
        delayed = len(self.hidden) - self._in_flight
        return Counts(len(self.messages) - len(self.hidden), self._in_flight, delayed)

    def end_waits(self) -> None:
        """Answer every waiting receive with nothing: the queue is being deleted, or the emulator stops."""
        waiters = self.waiters.take_all()
        self._set_timer()
        for waiter in waiters:
            waiter.deliver([])

    def end_overdue_waits(self, real_now: float) -> None:
        """Answer with nothing whom the account's slow clock has kept waiting longer, in real seconds, than it asked."""
        for waiter in self.waiters.take_overdue(real_now):
            waiter.deliver([])
        self._set_timer()

    # Time.

    def catch_up(self, now: int) -> None:
        """Let everything happen that was due by `now`: first line of all that reads or changes the queue."""
        if now < self._next_look:
            return
        while self.waiters.by_number and (moment := self.next_deadline()) <= now:
            # Somebody waits, so the order of the moments shows: a wait that ended before a message came gets nothing.
            self._pass_deadlines(moment)
            self._serve(now)
            for waiter in self.waiters.take_ended(moment):
                waiter.deliver([])
        self._pass_deadlines(now)
        self._next_look = self.next_deadline()
        if self._dead_letters:
            self._hand_over(now)

    def on_timer(self, now: int) -> None:
        """What the timer calls."""
        self._timer_at = None
        self.catch_up(now)
        self.settle(now)

    def settle(self, now: int) -> None:
        """Give visible messages to waiters, oldest waiter first."""
        if self.waiters.by_number:
            self._serve(now)
        self._set_timer()
        if self._dead_letters:
            self._hand_over(now)

    def _serve(self, now: int) -> None:
        while self._has_ready() and (waiter := self.waiters.oldest()) is not None:
            if waiter.is_gone():
                self.waiters.discard(waiter)
                continue
            deliveries = self._receive(
                waiter.max_messages, waiter.visibility_timeout, now, waiter.consumer, waiter.attempt_id
            )
            if not deliveries:
                return
            self.waiters.discard(waiter)
            waiter.deliver(deliveries)

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
        oldest = next(iter(self.messages.values()), None)
        if oldest is None:
            return None
        enqueued_at: int = min(oldest.enqueued_at, self._late[0][0]) if self._late else oldest.enqueued_at
        return enqueued_at + self.attributes.message_retention_period * 1000

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
        if self._late:
            late = self._late[: self._late.bisect_left((moment - retention + 1, 0))]
            expired = self._with_late(expired, late)
        for message in expired:
            self._remove(message)
            if self.emit is not None:
                self.emit(MessageExpired(message.enqueued_at + retention, self.arn, message.id))

    def _with_late(self, expired: list[Message], late: Sequence[tuple[int, int]]) -> list[Message]:
        both = {message.sequence: message for message in expired} | {each: self.messages[each] for _, each in late}
        return sorted(both.values(), key=lambda message: (message.enqueued_at, message.sequence))

    # Dead-letter queues and move tasks.

    def _take_living(self, at_most: int, policy: RedrivePolicy, now: int) -> list[Message]:
        """Take the next messages to receive; those received too often already go to the dead-letter queue."""
        living: list[Message] = []
        target = self._dead_letter_queue(policy)
        while len(living) < at_most and (taken := self._take_ready(at_most - len(living))):
            for message in taken:
                message.apply(Move.RECEIVE)
            for message in taken:
                if target is not None and message.receives_here >= policy.max_receive_count:
                    self._dead_letter(message, target, now)
                else:
                    living.append(message)
        return living

    def _dead_letter_queue(self, policy: RedrivePolicy) -> Queue | None:
        """Return where dead letters go; None to keep them here, delivering.

        Not settled: what AWS does when the dead-letter queue has vanished, and with a queue that names itself.
        """
        return None if policy.dead_letter_target_arn == self.arn else self._find(policy.dead_letter_target_arn)

    def _dead_letter(self, message: Message, target: Queue, now: int) -> None:
        self._forget(message)
        self._dead_letters.append((message, target))
        if self.emit is not None:
            self.emit(MessageDeadLettered(now, self.arn, message.id, target.arn, message.receive_count))

    def _take_dead_letter(self, message: Message, *, source: str, now: int) -> None:
        """Take over another queue's message: its id, times and receive count stay; FIFO begins its retention anew.

        Not settled: the first receive's time (kept here) and this queue's delay (not applied here); of a chain of
        dead-letter queues, that the receives which count begin anew in each.
        """
        self._adopt(message, now, dead_letter_source=source)

    def take_for_move(self, *, now: int) -> Message | None:
        """Take the next visible message out of the order, to let it go or to put it back; None: there is none.

        Not settled: messages in flight are not waited for, nor those of a FIFO group behind one in flight.
        """
        self.catch_up(now)
        taken = self._take_ready(1)
        return taken[0] if taken else None

    @property
    def has_more_to_move(self) -> bool:
        return self._has_ready()

    def let_go(self, message: Message) -> None:
        """Forget a message that was taken for a move."""
        self._forget(message)

    def put_back(self, message: Message) -> None:
        """Return a message that was taken for a move to its place."""
        self._add_ready(message)

    def take_moved(self, message: Message, *, now: int) -> Message:
        """Take over what a move task brings, as a new message of a new id, visible at once.

        Not settled: that its receive counts begin anew and its dead-letter source is forgotten.
        """
        self.catch_up(now)
        return self._adopt(
            message,
            now,
            id=uuid4_text(),
            enqueued_at=now,
            receive_count=0,
            first_received_at=None,
            dead_letter_source=None,
        )

    def _adopt(self, message: Message, now: int, **changes: Any) -> Message:
        """Place a copy of another queue's message here; the original may still be in somebody's hands."""
        self._last_sequence += 1
        adopted = msgspec.structs.replace(
            message, sequence=self._last_sequence, state=State.READY, receives_here=0, **changes
        )
        if adopted.enqueued_at < self._newest:
            if self._late is None:
                self._late = SortedList()
            self._late.add((adopted.enqueued_at, adopted.sequence))
        else:
            self._newest = adopted.enqueued_at
        self._place(adopted)
        self.catch_up(now)  # its retention may be over already
        return adopted

    def _hand_over(self, now: int) -> None:
        """Give the dead letters to their queue, which serves its own waiters.

        Only when this queue has come to rest: theirs may have dead letters for this one, which would else come, and
        serve a waiter, amid a receive.
        """
        dead_letters, self._dead_letters = self._dead_letters, []
        for message, target in dead_letters:
            target.catch_up(now)
            target._take_dead_letter(message, source=self.arn, now=now)
        for target in dict.fromkeys(target for _, target in dead_letters):
            target.settle(now)

    # Moves of one message between its places.

    def _hide(self, message: Message) -> None:
        self.hidden.add(message.visible_at, message.sequence)
        if message.visible_at < self._next_look:
            self._next_look = message.visible_at

    def _reveal(self, message: Message) -> None:
        if message.state is State.IN_FLIGHT:
            self._in_flight -= 1
            if message.group_id is not None:
                self._end_flight(message.group_id)
        message.apply(Move.REVEAL)
        self._add_ready(message)

    def _begin_flight(self, group_id: str) -> None:  # noqa: B027  not every queue counts by group
        """Note that one message more of a group is in flight."""

    def _end_flight(self, group_id: str) -> None:  # noqa: B027
        """Note that one message less of a group is in flight."""

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
        if message.state is State.READY:
            self._remove_ready(message)
        else:
            self.hidden.remove(message.visible_at, message.sequence)
            if message.state is State.IN_FLIGHT:
                self._in_flight -= 1
                if message.group_id is not None:
                    self._end_flight(message.group_id)
        self._forget(message)
        if self.gone is not None:
            self.gone.append(message)

    def _forget(self, message: Message) -> None:
        """Let go of a message that is in no other place any more."""
        del self.messages[message.sequence]
        if self._late:
            self._late.discard((message.enqueued_at, message.sequence))
        message.apply(Move.REMOVE)

    def _parse(self, receipt_handle: str) -> ReceiptHandle:
        """Read a handle of this queue; raises ReceiptHandleIsInvalid."""
        handle = receipts.parse(receipt_handle)
        if handle is None:
            raise ReceiptHandleIsInvalid.malformed(receipt_handle)
        if handle.incarnation != self.incarnation:
            raise ReceiptHandleIsInvalid
        return handle

    # Looking.

    def in_state(self, state: State) -> Iterator[Message]:
        """Yield the messages in a state, those first that leave it first; whoever wants a few pays for no more.

        Of READY ones the order is a rough one. The queue must not change meanwhile.
        """
        sequences = self._ready_sequences() if state is State.READY else self.hidden.sequences()
        return (each for each in map(self.messages.__getitem__, sequences) if each.state is state)

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
        late = self._late or ()
        in_order = [each for each in self.messages.values() if (each.enqueued_at, each.sequence) not in late]
        assert in_order == sorted(in_order, key=lambda each: each.enqueued_at)
        assert all(self.messages[each].enqueued_at == at for at, each in late)
        assert not self._dead_letters, "a dead letter was not handed over"
        assert self._next_look <= self.next_deadline()
        assert not (self.waiters.by_number and self._has_ready() and self._in_flight < self.limits.in_flight), (
            "a waiter was left hungry"
        )
        assert self._timer_at == (self.next_deadline() if self.waiters.by_number else None)


def _is_current(handle: ReceiptHandle, message: Message) -> bool:
    """Say whether a handle is the newest of its message, and the message still in flight."""
    return message.state is State.IN_FLIGHT and handle.receive == message.receives_here
