"""Dead letters on their way: messages that were received too often, between the queue that they leave and their next.

A receive puts such a message in its queue's `DeadLetters` and looks at the next one. The dead-letter queue gets it when
the receive is over, and serves its own waiters then. Those may find dead letters in turn, perhaps for the first queue:
so this is a loop over the queues that have some, and no queue is ever entered while it is in the middle of a step.

Ground: Amazon SQS Developer Guide, "Using dead-letter queues in Amazon SQS".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from sqs_emulator.core.message import Message
from sqs_emulator.core.redrive import RedrivePolicy


class Neighbour(Protocol):
    """A queue, as far as another one's dead letters know it."""

    arn: str
    dead_letters: DeadLetters

    def catch_up_alone(self, now: int) -> None: ...
    def settle_alone(self, now: int) -> None: ...
    def take_dead_letter(self, message: Message, *, source: str, now: int) -> None: ...


class DeadLetters:
    """One queue's."""

    __slots__ = ("_arn", "_find", "leaving")

    def __init__(self, arn: str, find: Callable[[str], Neighbour | None]) -> None:
        self._arn = arn
        self._find = find
        self.leaving: list[tuple[Message, Neighbour]] = []

    def target(self, policy: RedrivePolicy) -> Neighbour | None:
        """Return the queue where they go; None to keep them, delivering.

        Not settled: what AWS does when the dead-letter queue has vanished, and with a queue that names itself.
        """
        return None if policy.dead_letter_target_arn == self._arn else self._find(policy.dead_letter_target_arn)

    def add(self, message: Message, target: Neighbour) -> None:
        """Let a message, which its queue has forgotten, go there."""
        self.leaving.append((message, target))

    def take(self) -> list[tuple[Message, Neighbour]]:
        leaving, self.leaving = self.leaving, []
        return leaving


def hand_over(source: Neighbour, now: int) -> None:
    """Bring a queue's dead letters, and all that come of that, to where they go. Every queue is at rest again then."""
    restless = deque([source])
    while restless:
        queue = restless.popleft()
        targets: dict[Neighbour, None] = {}
        for message, target in queue.dead_letters.take():
            target.catch_up_alone(now)
            target.take_dead_letter(message, source=queue.arn, now=now)
            targets[target] = None
        for target in targets:
            target.settle_alone(now)
            if target.dead_letters.leaving:
                restless.append(target)
