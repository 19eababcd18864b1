"""Message move tasks: the redrive of a dead-letter queue's messages, to where they came from or to a named queue.

Ground: Amazon SQS API Reference, "StartMessageMoveTask", and Developer Guide, "Learn how to configure a dead-letter
queue redrive in Amazon SQS".
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Callable, Sequence
from typing import Final

from sqs_emulator.core.errors import InvalidParameter, InvalidParameterValue, ResourceNotFound, UnsupportedOperation
from sqs_emulator.core.events import MessageMoved
from sqs_emulator.core.identifiers import uuid4_text
from sqs_emulator.core.limits import Limits
from sqs_emulator.core.message import Message
from sqs_emulator.core.queue import Queue

FindQueue = Callable[[str], Queue | None]  # by its ARN

_AT_ONCE: Final = 100  # messages that are moved before others get their turn: a millisecond or two


class MoveTaskStatus(enum.StrEnum):
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"  # AWS's CANCELLING is over before the call that cancels is answered
    FAILED = "FAILED"


class MessageMoveTask:
    """Moves what is visible in `source`, oldest first: the first message at once, the others at `rate` a second.

    Without a rate it goes as fast as it can, in pieces, so that requests in between are answered. It is driven by the
    source queue's timers, and by whoever asks for it. Times are milliseconds since the epoch.
    """

    def __init__(
        self, source: Queue, find: FindQueue, *, now: int, destination_arn: str | None = None, rate: int | None = None
    ) -> None:
        self.id = str(uuid.uuid4())
        self.source = source
        self.destination_arn = destination_arn
        self.rate = rate
        self.status = MoveTaskStatus.RUNNING
        self.failure_reason: str | None = None
        self.started_at = now
        self.moved = 0
        self.to_move = source.counts(now=now).visible
        self._find = find
        self._paced = 0  # messages that the rate has allowed so far

    def on_timer(self, now: int) -> None:
        """Move what is due, and set the timer for the rest."""
        fed: dict[Queue, None] = {}
        room = _AT_ONCE
        while self.status is MoveTaskStatus.RUNNING and room and self._next_step(now) <= now:
            self._move_one(now, fed)
            room -= 1
        for queue in fed:
            queue.settle(now)
        is_running = self.status is MoveTaskStatus.RUNNING
        self.source.timers.set(self, self._next_step(now) if is_running else None)

    def catch_up(self, now: int) -> None:
        """Let everything happen that was due by `now`, for who asks how far it is."""
        if self.status is MoveTaskStatus.RUNNING and self.rate is not None:
            self.on_timer(now)

    def is_running(self, now: int) -> bool:
        self.catch_up(now)
        return self.status is MoveTaskStatus.RUNNING

    def cancel(self, now: int) -> None:
        """Stop where it is; what was moved stays moved. One that has ended is left as it is."""
        self.catch_up(now)
        if self.status is MoveTaskStatus.RUNNING:
            self._end(MoveTaskStatus.CANCELLED)

    def _next_step(self, now: int) -> int:
        return now if self.rate is None else self.started_at + -(-self._paced * 1000 // self.rate)

    def _move_one(self, now: int, fed: dict[Queue, None]) -> None:
        """Move one message, or end: with nothing left to move, or with a message that has nowhere to go.

        Not settled: messages in flight are not waited for, nor those of a FIFO group behind one in flight.
        """
        source = self.source
        source.catch_up(now)
        message = next(iter(source.take_ready(1)), None)
        if message is None:
            self._end(MoveTaskStatus.COMPLETED)
            return
        target_arn = self.destination_arn or message.dead_letter_source
        target = self._find(target_arn) if target_arn else None
        if target is None:
            source.put_back(message)
            # Not settled: the name of the second reason.
            self.failure_reason = (
                "AWS.SimpleQueueService.NonExistentQueue" if target_arn else "CouldNotDetermineMessageSource"
            )
            self._end(MoveTaskStatus.FAILED)
            return
        source.forget(message)
        moved = _moved(message, target, now)
        fed[target] = None
        self.moved += 1
        self._paced += 1
        if source.emit is not None:
            source.emit(MessageMoved(now, source.arn, message.id, target.arn, moved.id))
        if not source.has_ready():
            self._end(MoveTaskStatus.COMPLETED)

    def _end(self, status: MoveTaskStatus) -> None:
        self.status = status
        self.source.timers.set(self, None)


def _moved(message: Message, target: Queue, now: int) -> Message:
    """Let a queue take over what a move task brings, as a new message of a new id, visible at once.

    Not settled: that its receive counts begin anew and its dead-letter source is forgotten.
    """
    target.catch_up(now)
    return target.adopt(
        message,
        now=now,
        id=uuid4_text(),
        enqueued_at=now,
        receive_count=0,
        first_received_at=None,
        dead_letter_source=None,
    )


class MoveTasks:
    """The move tasks of one account, by their source queues: those that run, and the last ones that did."""

    def __init__(self, find: FindQueue, limits: Limits) -> None:
        self._find = find
        self._limits = limits
        self._by_source: dict[Queue, list[MessageMoveTask]] = {}

    def of(self, source: Queue) -> Sequence[MessageMoveTask]:
        """Return a queue's, oldest first."""
        return self._by_source.get(source, ())

    def start(
        self, source: Queue, *, now: int, destination_arn: str | None = None, rate: int | None = None
    ) -> MessageMoveTask:
        """Begin to move the messages of a dead-letter queue, and move the first; raises in AWS's order of checks."""
        self._check_destination(source, destination_arn)
        if any(task.is_running(now) for task in self.of(source)):
            raise InvalidParameterValue(
                "There is already a task running. "
                "Only one active task is allowed for a source queue arn at a given time."
            )
        most = self._limits.move_tasks
        if sum(task.is_running(now) for tasks in self._by_source.values() for task in tasks) >= most:
            # Not settled: AWS's error.
            raise UnsupportedOperation(f"An account can have {most} active message move tasks at most.")
        if rate is not None and not 1 <= rate <= self._limits.move_task_rate:
            # Not settled: AWS's words.
            reason = f"Must be >= 1 and <= {self._limits.move_task_rate}, if provided."
            raise InvalidParameter(rate, "MaxNumberOfMessagesPerSecond", reason)
        task = MessageMoveTask(source, self._find, now=now, destination_arn=destination_arn, rate=rate)
        remembered = self.of(source)[1 - self._limits.move_tasks_remembered :]
        self._by_source[source] = [*remembered, task]
        task.on_timer(now)
        return task

    def end(self, source: Queue, now: int) -> None:
        """Forget those of a queue that is being deleted; what runs is cancelled."""
        for task in self._by_source.pop(source, ()):
            task.cancel(now)

    def _check_destination(self, source: Queue, destination_arn: str | None) -> None:
        if destination_arn is None:
            return
        destination = self._find(destination_arn)
        if destination is None:
            raise ResourceNotFound.of("DestinationArn")
        # Not settled: AWS's words for these two.
        if destination is source:
            raise InvalidParameterValue("Source queue and destination queue must not be the same queue.")
        if destination.attributes.fifo_queue != source.attributes.fifo_queue:
            raise InvalidParameterValue("Source queue and destination queue must be of the same type.")
