"""Message move tasks: the redrive of a dead-letter queue's messages, to where they came from or to a named queue.

Ground: Amazon SQS API Reference, "StartMessageMoveTask", and Developer Guide, "Learn how to configure a dead-letter
queue redrive in Amazon SQS".
"""

from __future__ import annotations

import enum
import uuid
from typing import Final

from sqs_emulator.core.events import MessageMoved
from sqs_emulator.core.queue import FindQueue, Queue

_AT_ONCE: Final = 100  # messages that are moved before others get their turn: a millisecond or two


class MoveTaskStatus(enum.StrEnum):
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"  # AWS's CANCELLING is over before the call that cancels is answered
    FAILED = "FAILED"


class MessageMoveTask:
    """Moves what is visible in `source`, oldest first: the first message at once, the others at `rate` a second.

    Without a rate it goes as fast as it can, in pieces, so that requests in between are answered. It is driven by the
    queue's timers, and by whoever asks for it. Times are milliseconds since the epoch.
    """

    def __init__(
        self,
        source: Queue,
        find: FindQueue,
        *,
        now: int,
        destination_arn: str | None = None,
        rate: int | None = None,
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
        self.source.timers.set(self, self._next_step(now) if self.status is MoveTaskStatus.RUNNING else None)

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
        """Move one message, or end: with nothing left to move, or with a message that has nowhere to go."""
        message = self.source.take_for_move(now=now)
        if message is None:
            self._end(MoveTaskStatus.COMPLETED)
            return
        target_arn = self.destination_arn or message.dead_letter_source
        target = self._find(target_arn) if target_arn else None
        if target is None:
            self.source.put_back(message)
            # Not settled: the name of the second reason.
            self.failure_reason = (
                "AWS.SimpleQueueService.NonExistentQueue" if target_arn else "CouldNotDetermineMessageSource"
            )
            self._end(MoveTaskStatus.FAILED)
            return
        self.source.let_go(message)
        moved = target.take_moved(message, now=now)
        fed[target] = None
        self.moved += 1
        self._paced += 1
        if self.source.emit is not None:
            self.source.emit(MessageMoved(now, self.source.arn, message.id, target.arn, moved.id))
        if not self.source.has_more_to_move:
            self._end(MoveTaskStatus.COMPLETED)

    def _end(self, status: MoveTaskStatus) -> None:
        self.status = status
        self.source.timers.set(self, None)
