"""What the doctor looks at: each message that is known of, with its life, what it said and where it is."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator

from sqs_emulator.core.broker import Broker
from sqs_emulator.core.events import Consumer, Event, MessageReceived
from sqs_emulator.core.message import Message, State
from sqs_emulator.core.queue import Queue
from sqs_emulator.observe.envelope import Envelope, decode
from sqs_emulator.observe.findings import AffectedMessage
from sqs_emulator.observe.lives import Bodies, Flight, Life, Lives


class Case:
    """One message. Without a life where no event tells of it, without a message where it is forgotten what it said."""

    def __init__(self, queue: str, message_id: str, message: Message | None, life: Life | None, is_here: bool) -> None:
        self.message_id = message_id
        self.message = message
        self.envelope: Envelope | None = None if message is None else decode(message.body)
        self.flights: list[Flight] = [] if life is None else life.flights
        self.life = life
        self.is_here = is_here  # whether it is still in a queue
        self.location = queue  # ARN: where it is, or was last
        self.queue = self.flights[0].queue if self.flights else queue  # ARN: where it was first received, or waits

    @property
    def receive_count(self) -> int:
        if self.message is not None:
            return self.message.receive_count
        return self.flights[-1].receive_count if self.flights else 0

    def started_at(self, now: int) -> int | None:
        """Return when a consumer first had it, or can have it at the soonest; None: never."""
        if self.flights:
            return self.flights[0].received_at
        if not self.is_here or self.message is None:
            return None
        if self.message.first_received_at is not None:
            return self.message.first_received_at
        return max(now, self.message.visible_at) if self.message.state is State.DELAYED else now

    def subject(self, seen: str | None = None) -> AffectedMessage:
        task = self.envelope
        return AffectedMessage(
            message_id=self.message_id,
            task=None if task is None else task.shadow or task.task,
            task_id=None if task is None else task.id,
            seen=seen,
        )


class Evidence:
    """Everything that was seen of some queues, at a moment.

    Of each queue the oldest `depth` messages are looked at, and all that the events tell of.
    """

    def __init__(
        self, broker: Broker, queues: Iterable[Queue], events: Iterable[Event], *, now: int, depth: int
    ) -> None:
        self.broker = broker
        self.now = now
        self.queues = {queue.arn: queue for queue in queues}
        self.events = [event for event in events if event.queue in self.queues]
        self.cases = list(self._cases(depth))
        self._seen_at: dict[str, int] = {}
        self.last_receive: dict[str, MessageReceived] = {}
        for event in self.events:
            consumer = getattr(event, "consumer", None)
            if consumer is not None:
                self._seen_at[consumer.address] = event.at
            if isinstance(event, MessageReceived):
                self.last_receive[event.queue] = event
        self._waiting = {
            waiter.receive.consumer.address
            for queue in broker.queues()
            for waiter in queue.waiters.by_number.values()
            if waiter.receive.consumer is not None
        }

    def _cases(self, depth: int) -> Iterator[Case]:
        bodies, lives = Bodies(self.broker), Lives(self.events)
        for life in lives.all:
            is_here = bodies.living(life) is not None
            yield Case(life.queue, life.ids[-1], bodies.of(life), life, is_here)
        for queue in self.queues.values():
            for message in itertools.islice(queue.messages.values(), depth):
                if message.id not in lives.by_id:
                    yield Case(queue.arn, message.id, message, None, True)

    def by_queue(
        self, choose: Callable[[Case], object], *, by_location: bool = False
    ) -> Iterator[tuple[Queue, list[Case]]]:
        """Yield the cases that are chosen, by the queue that they were received from, or by that where they are."""
        found: dict[str, list[Case]] = {}
        for case in self.cases:
            arn = case.location if by_location else case.queue
            if arn in self.queues and choose(case):
                found.setdefault(arn, []).append(case)
        for arn, cases in found.items():
            yield self.queues[arn], cases

    def has_vanished(self, consumer: Consumer | None, since: int) -> bool:
        """Say whether nothing was heard of a consumer from a moment on."""
        if consumer is None or consumer.address in self._waiting:
            return False
        return self._seen_at.get(consumer.address, 0) < since
