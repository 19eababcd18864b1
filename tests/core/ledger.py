"""The books of a network of queues: where each message must be, kept by what the queues say that they did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatchmethod

from sqs_emulator.core.broker import Broker
from sqs_emulator.core.events import (
    Event,
    MessageDeadLettered,
    MessageDeleted,
    MessageExpired,
    MessageMoved,
    MessageReceived,
    MessageSent,
    QueueDeleted,
    QueuePurged,
)
from sqs_emulator.core.queue import Queue


@dataclass
class Entry:
    body: str
    queue: str  # ARN
    enqueued_at: int
    receives: int = 0  # in this queue


class Ledger:
    """An entry for each message that was accepted and has not ended, by its id.

    A message may end by its time; or by `ends`, which says what a client is doing: the id of the message it deletes,
    or the ARN of the queue it purges or deletes.
    """

    def __init__(self, broker: Broker, now: Callable[[], int]) -> None:
        self.entries: dict[str, Entry] = {}
        self.moved: dict[str, int] = {}  # by move tasks, out of each queue
        self.ends = ""
        self._broker = broker
        self._now = now
        broker.watch(self.take)

    def check(self) -> None:
        """Assert that each queue has just the messages that it must have."""
        there = {
            message.id: (queue.arn, message.body)
            for queue in self._broker.queues()
            for message in queue.messages.values()
        }
        assert there == {message_id: (entry.queue, entry.body) for message_id, entry in self.entries.items()}
        assert len(there) == sum(len(queue.messages) for queue in self._broker.queues()), "one id in two places"

    def of(self, queue: Queue) -> list[Entry]:
        return [entry for entry in self.entries.values() if entry.queue == queue.arn]

    @singledispatchmethod
    def take(self, event: Event) -> None:
        """Write down what happened."""

    @take.register
    def _(self, event: MessageSent) -> None:
        assert event.message_id not in self.entries
        body = self._queue(event.queue).messages[event.sequence].body
        self.entries[event.message_id] = Entry(body, event.queue, event.at)

    @take.register
    def _(self, event: MessageReceived) -> None:
        entry = self.entries[event.message_id]
        assert entry.queue == event.queue
        entry.receives += 1
        limit = self._max_receives(event.queue)
        assert limit is None or entry.receives <= limit, "received once more than the redrive policy allows"

    @take.register
    def _(self, event: MessageDeleted) -> None:
        assert event.message_id == self.ends
        assert self.entries.pop(event.message_id).queue == event.queue

    @take.register
    def _(self, event: MessageDeadLettered) -> None:
        entry = self.entries[event.message_id]
        assert entry.queue == event.queue
        limit = self._max_receives(event.queue)
        assert limit is not None
        assert entry.receives >= limit, "moved too early"
        entry.queue, entry.receives = event.to, 0
        if self._queue(event.to).attributes.fifo_queue:
            entry.enqueued_at = event.at

    @take.register
    def _(self, event: MessageMoved) -> None:
        entry = self.entries.pop(event.message_id)
        assert entry.queue == event.queue
        assert event.new_message_id not in self.entries
        self.entries[event.new_message_id] = Entry(entry.body, event.to, event.at)
        self.moved[event.queue] = self.moved.get(event.queue, 0) + 1

    @take.register
    def _(self, event: MessageExpired) -> None:
        entry = self.entries.pop(event.message_id)
        assert entry.queue == event.queue
        assert event.at == self.end_of(entry) <= self._now()

    @take.register
    def _(self, event: QueuePurged) -> None:
        self._end_all(event.queue, event.messages)

    @take.register
    def _(self, event: QueueDeleted) -> None:
        self._end_all(event.queue, event.messages)
        self.moved.pop(event.queue, None)

    def end_of(self, entry: Entry) -> int:
        """Return when a message's retention is over."""
        return entry.enqueued_at + self._queue(entry.queue).attributes.message_retention_period * 1000

    def _end_all(self, arn: str, messages: int) -> None:
        assert arn == self.ends
        ended = [message_id for message_id, entry in self.entries.items() if entry.queue == arn]
        assert len(ended) == messages
        for message_id in ended:
            del self.entries[message_id]

    def _max_receives(self, arn: str) -> int | None:
        """Return how often a queue may hand out a message; None: as often as it is asked."""
        policy = self._queue(arn).attributes.redrive_policy
        if policy is None or policy.dead_letter_target_arn == arn:
            return None
        return policy.max_receive_count if self._broker.find_arn(policy.dead_letter_target_arn) else None

    def _queue(self, arn: str) -> Queue:
        found = self._broker.find_arn(arn)
        assert found is not None
        return found
