"""A queue of either kind, as its clients see it: send, receive, delete, change visibility, purge, set attributes.

What it keeps is `store.py`'s, what flows through it `flow.py`'s. Every method first catches up with `now`, and settles
at its end if it can have made a message visible.

Times are milliseconds since the epoch; durations handed to methods are milliseconds, those in attributes seconds.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from sqs_emulator.core import receipts
from sqs_emulator.core.attributes import QueueAttributes
from sqs_emulator.core.dead_letters import hand_over
from sqs_emulator.core.deduplication import Original
from sqs_emulator.core.errors import (
    InvalidParameter,
    OverLimit,
    PurgeQueueInProgress,
    ReceiptHandleExpired,
    ReceiptHandleIsInvalid,
)
from sqs_emulator.core.events import (
    Consumer,
    MessageDeleted,
    MessageDeletedAgain,
    MessageSent,
    QueueAttributesChanged,
    QueuePurged,
)
from sqs_emulator.core.flow import QueueFlow
from sqs_emulator.core.identifiers import uuid4_text
from sqs_emulator.core.message import Draft, Message, State
from sqs_emulator.core.receipts import ReceiptHandle
from sqs_emulator.core.receives import Delivery, Receive


class Counts(NamedTuple):
    """The three approximate numbers of a queue, exact here: they partition the messages it holds."""

    visible: int
    in_flight: int
    delayed: int


class Queue(QueueFlow):
    """What both kinds of queue share."""

    # A FIFO queue refuses a receipt handle whose visibility timeout is over, and says nothing when too many messages
    # are in flight; a standard queue does it the other way round.
    takes_expired_handles: ClassVar[bool]
    tells_over_limit: ClassVar[bool]

    _purged_at: int | None = None

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
        self.place(message)
        if self.emit is not None:
            self.emit(MessageSent(now, self.arn, message.id, message.visible_at, consumer, sequence))
        return message

    def receive(self, receive: Receive, *, now: int, long_poll: bool = False) -> list[Delivery]:
        """Hand out up to `max_messages` and hide them for the visibility timeout.

        A message that was received `maxReceiveCount` times goes to the dead-letter queue instead. Of a standard queue,
        raises OverLimit when too many are in flight, but for a long poll, which waits instead; of a FIFO queue,
        InvalidParameter for a ReceiveRequestAttemptId that can not be retried any more.
        """
        if now >= self._next_look:
            self.catch_up(now)
        if receive.attempt_id is not None:
            again = self._retried(receive.attempt_id, receive, now)
            if again is not None:
                return again
        if self._in_flight >= self.limits.in_flight and not long_poll and self.tells_over_limit:
            raise OverLimit
        deliveries = self.deliver(receive, now=now) if self.hook is None else self.hook.receive(self, receive, now)
        if self.dead_letters.leaving:
            hand_over(self, now)
        return deliveries

    def _retried(self, attempt_id: str, receive: Receive, now: int) -> list[Delivery] | None:  # noqa: ARG002
        """Hand out once more what a receive of this attempt id handed out; None: there was none, as only FIFO has."""
        return None

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
        if self.hook is not None and self.hook.keeps(self, message):
            return
        self._end(message)
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
        self.set_visibility(message, now + timeout, now=now, consumer=consumer)
        self.settle(now)

    def purge(self, *, now: int) -> None:
        """Remove every message, the hidden ones too."""
        self.catch_up(now)
        if self._purged_at is not None and now - self._purged_at < self.limits.purge_window_ms:
            raise PurgeQueueInProgress.of(self.name)
        self._purged_at = now
        purged = self.clear()
        if self.gone is not None:
            self.gone.extend(purged)
        if self.emit is not None:
            self.emit(QueuePurged(now, self.arn, len(purged)))
        self._set_timer()

    def set_attributes(self, attributes: QueueAttributes, *, now: int, changes: dict[str, str]) -> None:
        """Replace the attributes. What is under way keeps its deadlines; retention counts for what is here already."""
        self.catch_up(now)
        before = self.attributes
        self.replace_attributes(attributes, now=now)
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

    def _parse(self, receipt_handle: str) -> ReceiptHandle:
        """Read a handle of this queue; raises ReceiptHandleIsInvalid."""
        handle = receipts.parse(receipt_handle)
        if handle is None:
            raise ReceiptHandleIsInvalid.malformed(receipt_handle)
        if handle.incarnation != self.incarnation:
            raise ReceiptHandleIsInvalid
        return handle


def _is_current(handle: ReceiptHandle, message: Message) -> bool:
    """Say whether a handle is the newest of its message, and the message still in flight."""
    return message.state is State.IN_FLIGHT and handle.receive == message.receives_here
