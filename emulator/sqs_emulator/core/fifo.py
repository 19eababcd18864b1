"""The FIFO queue: message groups, each in the order in which its messages were accepted.

A group holds *all* its messages, whatever their state. What can be received is its ready prefix: from its first message
up to the first one that is in flight or delayed. There is no lock to keep: a group whose first message is not ready is
blocked, and becomes available again by that message's own doing. So nothing is ever moved inside a group, and its order
cannot break.

Groups are served in the order in which their first messages became available, each drained before the next. That order
is a stamp drawn from one counter whenever a message becomes visible, not a time: times tie.

Ground: Amazon SQS Developer Guide, "FIFO queue delivery logic"; the order is recorded (see the tests' tables).
"""

from __future__ import annotations

import heapq
import itertools
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from sqs_emulator.core.attempts import Attempt, Attempts
from sqs_emulator.core.attributes import QueueAttributes
from sqs_emulator.core.deduplication import Deduplication, Original
from sqs_emulator.core.errors import InvalidParameter
from sqs_emulator.core.events import Consumer, MessageDeduplicated
from sqs_emulator.core.flow import Take
from sqs_emulator.core.message import Draft, Message, Move, State
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.receives import Delivery, Receive
from sqs_emulator.core.redrive import RedrivePolicy


class MessageGroup:
    __slots__ = ("messages", "stamp")

    def __init__(self) -> None:
        self.messages: OrderedDict[int, Message] = OrderedDict()  # by sequence
        self.stamp = 0  # that under which it is listed as available; 0: it is not

    def head(self) -> Message:
        return next(iter(self.messages.values()))


class FifoQueue(Queue):
    takes_expired_handles = False
    tells_over_limit = False

    _groups: dict[str, MessageGroup]  # none of them is empty
    # Those with a ready head, as a heap by its stamp. An entry whose group bears another stamp by now means nothing;
    # the first is never one of these.
    _available: list[tuple[int, MessageGroup]]
    _last_stamp: int = 0

    def __init__(self, arn: str, **settings: Any) -> None:
        super().__init__(arn, **settings)
        by_group = self.attributes.deduplication_scope == "messageGroup"
        self._deduplication = Deduplication(by_group=by_group, window_ms=self.limits.deduplication_window_ms)
        self._attempts = Attempts(window_ms=self.limits.attempt_window_ms)

    # The delivery order.

    def _clear_ready(self) -> None:
        self._groups = {}
        self._available = []

    def place(self, message: Message) -> None:
        group_id = message.group_id or ""
        group = self._groups.get(group_id)
        if group is None:
            group = self._groups[group_id] = MessageGroup()
        group.messages[message.sequence] = message
        super().place(message)

    def _add_ready(self, message: Message) -> None:
        self._last_stamp = message.available = self._last_stamp + 1
        group = self._groups[message.group_id or ""]
        if group.head() is message:
            self._list(group, message.available)

    def _remove_ready(self, message: Message) -> None:
        """Nothing: a message leaves its group in `forget`, whatever its state."""

    def forget(self, message: Message) -> None:
        super().forget(message)
        group_id = message.group_id or ""
        group = self._groups[group_id]
        was_head = group.head() is message
        del group.messages[message.sequence]
        if not group.messages:
            del self._groups[group_id]
            self._list(group, 0)
        elif was_head:
            head = group.head()
            self._list(group, head.available if head.state is State.READY else 0)

    def _list(self, group: MessageGroup, stamp: int) -> None:
        """List a group as available under its head's stamp; 0: not any more."""
        was_listed = group.stamp
        group.stamp = stamp
        if stamp:
            heapq.heappush(self._available, (stamp, group))
        if was_listed:
            self._drop_meaningless()

    def _next_group(self) -> MessageGroup:
        """Take the first of the available groups off the list."""
        group = heapq.heappop(self._available)[1]
        group.stamp = 0
        self._drop_meaningless()
        return group

    def _drop_meaningless(self) -> None:
        available = self._available
        while available and available[0][0] != available[0][1].stamp:
            heapq.heappop(available)

    def has_ready(self) -> bool:
        return bool(self._available)

    def take_ready(self, at_most: int) -> list[Message]:
        taken: list[Message] = []
        while len(taken) < at_most and self._available:
            for message in self._next_group().messages.values():
                if message.state is not State.READY or len(taken) == at_most:
                    break
                taken.append(message)
        return taken

    def put_back(self, message: Message) -> None:
        self._list(self._groups[message.group_id or ""], message.available)

    def _take_living(self, at_most: int, policy: RedrivePolicy, now: int, _take: Take) -> list[Message]:
        """Take the next messages to receive. A dead letter among them blocks nothing: its group goes on behind it."""
        target = self.dead_letters.target(policy)
        living: list[Message] = []
        dead: list[Message] = []
        while len(living) < at_most and self._available:
            for message in self._next_group().messages.values():
                if message.state is not State.READY or len(living) == at_most:
                    break
                is_dead = target is not None and message.receives_here >= policy.max_receive_count
                (dead if is_dead else living).append(message)
        for message in living:
            message.apply(Move.RECEIVE)
        for message in dead:
            assert target is not None
            self._dead_letter(message, target, now)
        return living

    def _ready_sequences(self) -> Iterator[int]:
        for group in self._groups.values():
            yield from (sequence for sequence, message in group.messages.items() if message.state is State.READY)

    def blocker(self, message: Message) -> Message | None:
        """Return the hidden message of its group that has to go, or to come back, before this one can be received."""
        # One receive takes ten messages at most, and there is no second one while any of them is out.
        for earlier in itertools.islice(self._groups[message.group_id or ""].messages.values(), 10):
            if earlier is message:
                return None
            if earlier.state is not State.READY:
                return earlier
        return None

    # Deduplication.

    def _accept(self, draft: Draft, now: int, consumer: Consumer | None) -> Message | Original:
        key = self._deduplication.key(draft)
        original = self._deduplication.find(key, now)
        if original is not None:
            if self.emit is not None:
                self.emit(MessageDeduplicated(now, self.arn, original.id, draft.deduplication_id or "", consumer))
            return original
        message = super()._accept(draft, now, consumer)
        self._deduplication.remember(key, message.id, message.sequence, now)
        return message

    def purge(self, *, now: int) -> None:
        super().purge(now=now)
        self._deduplication.clear()
        self._attempts.clear()

    # Receives that are retried.

    def _retried(self, attempt_id: str, receive: Receive, now: int) -> list[Delivery] | None:
        attempt = self._attempts.find(attempt_id)
        if attempt is None:
            return None
        if not self._can_retry(attempt, now):
            reason = "The receiveRequestAttemptId is not valid anymore since the receive call is not retryable."
            raise InvalidParameter(attempt_id, "ReceiveRequestAttemptId", reason)
        return self._retry(attempt, receive, now)

    def deliver(self, receive: Receive, *, now: int, take: Take | None = None) -> list[Delivery]:
        deliveries = super().deliver(receive, now=now, take=take)
        if receive.attempt_id is not None and deliveries:
            self._attempts.remember(receive.attempt_id, deliveries, now)
        return deliveries

    def _can_retry(self, attempt: Attempt, now: int) -> bool:
        """Say whether all that a receive handed out is as it left it: not deleted, not changed, not timed out."""
        if attempt.is_spoiled or now >= attempt.until:
            return False
        for sequence, receive in attempt.receives:
            message = self.messages.get(sequence)
            if message is None or message.state is not State.IN_FLIGHT or message.receives_here != receive:
                return False
        return True

    def _retry(self, attempt: Attempt, receive: Receive, now: int) -> list[Delivery]:
        """Hand out the same messages with the same handles; their visibility timeout begins anew, no count changes."""
        until = now + self._timeout_of(receive)
        messages = [self.messages[sequence] for sequence, _ in attempt.receives]
        for message in messages:
            message.received_at = now
            self.set_visibility(message, until, now=now, consumer=receive.consumer)
        deliveries = [self._delivery(message) for message in messages]  # before a waiter may get them, by new handles
        self.settle(now)
        return deliveries

    def change_visibility(
        self, receipt_handle: str, timeout: int, *, now: int, consumer: Consumer | None = None
    ) -> None:
        # Looked up before: a message that becomes visible may go to a waiter at once, by a new attempt.
        attempt = self._attempts.holding(self._parse(receipt_handle).sequence)
        super().change_visibility(receipt_handle, timeout, now=now, consumer=consumer)
        if attempt is not None:
            attempt.is_spoiled = True

    # Moves and attributes.

    def take_dead_letter(self, message: Message, *, source: str, now: int) -> None:
        """Its retention begins anew, and its own id deduplicates it, so that nothing here can swallow it."""
        self.adopt(message, now=now, dead_letter_source=source, enqueued_at=now, deduplication_id=message.id)

    def _follow(self, before: QueueAttributes, now: int) -> None:
        """Let a new DelaySeconds count for the messages that are delayed already."""
        if self.attributes.delay_seconds == before.delay_seconds:
            return
        delayed = [message for message in self.messages.values() if message.state is State.DELAYED]
        for message in delayed:
            # Those that are due now are revealed with all others that are, in the order of their deadlines.
            self.rehide(message, max(now, message.enqueued_at + self.attributes.delay_seconds * 1000))

    # For tests.

    def check(self) -> None:
        super().check()
        grouped: set[int] = set()
        for group_id, group in self._groups.items():
            sequences = list(group.messages)
            assert sequences, f"group {group_id} is empty"
            assert sequences == sorted(sequences), f"group {group_id} is out of order"
            assert all(message.group_id == group_id for message in group.messages.values())
            grouped.update(sequences)
            head = group.head()
            assert group.stamp == (head.available if head.state is State.READY else 0), head.state
        assert grouped == self.messages.keys()
        listed = {group.stamp: group for group in self._groups.values() if group.stamp}
        assert {stamp: group for stamp, group in self._available if group.stamp == stamp} == listed
        assert not self._available or self._available[0][0] in listed
