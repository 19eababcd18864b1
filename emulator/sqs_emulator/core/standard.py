"""The standard queue: every visible message can be received, the oldest first.

AWS promises no order; ours is by the time of arrival, which its recorded answers follow: a message whose visibility
timeout ran out goes back to its place, before younger ones.

Messages with a MessageGroupId make the queue a fair one: their order is the same, until one group crowds the queue
(see `_noisy`). Each group has a lane of its own, so that passing over a noisy group is one step, however much of it
waits. Queues without groups pay for none of that.

Ground: Amazon SQS Developer Guide, "Amazon SQS standard queues" and "Amazon SQS fair queues".
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator

from sortedcontainers import SortedDict

from sqs_emulator.core.attributes import QueueAttributes
from sqs_emulator.core.limits import NOISY_IN_FLIGHT, NOISY_SHARE
from sqs_emulator.core.message import Message, State
from sqs_emulator.core.queue import Queue

Place = tuple[int, int]  # (enqueued_at, sequence): the order of delivery


class Lane:
    """Waiting messages in order.

    Those that have never been hidden arrive in order and wait in `fresh`, which nothing leaves but at its head: they
    have no receipt handle, and the oldest expires first. Those that come back, or come late after a delay or from
    another queue, are sorted into `returned`. A receive takes the older of the two heads, so the common path pays for
    no sorting, and `returned` is made when it is wanted: it costs more than a message, and there can be as many lanes.
    """

    __slots__ = ("fresh", "returned")

    def __init__(self) -> None:
        self.fresh: deque[Message] = deque()
        self.returned: SortedDict[Place, Message] | None = None

    def __bool__(self) -> bool:
        return bool(self.fresh or self.returned)

    def insert(self, message: Message) -> None:
        """Take in a message at its place."""
        if self.returned is None:
            self.returned = SortedDict()
        self.returned[message.enqueued_at, message.sequence] = message

    def remove(self, message: Message) -> None:
        if self.fresh and self.fresh[0] is message:
            self.fresh.popleft()
        else:
            assert self.returned is not None
            del self.returned[message.enqueued_at, message.sequence]

    def head(self) -> Place:
        """Return the place of the next message of a lane that is not empty."""
        fresh = (self.fresh[0].enqueued_at, self.fresh[0].sequence) if self.fresh else None
        if not self.returned:
            assert fresh is not None
            return fresh
        returned: Place = self.returned.keys()[0]
        return returned if fresh is None else min(fresh, returned)

    def pop(self) -> Message:
        if self.returned and self.head() == self.returned.keys()[0]:
            return self.returned.popitem(0)[1]
        return self.fresh.popleft()

    def sequences(self) -> Iterator[int]:
        yield from (sequence for _, sequence in self.returned or ())
        yield from (message.sequence for message in self.fresh)


class StandardQueue(Queue):
    takes_expired_handles = True
    tells_over_limit = True

    _ungrouped: Lane
    _lanes: dict[str, Lane]  # by message group; none of them is empty
    _heads: SortedDict[Place, str]  # each group's next message
    _flights: dict[str, int]  # messages in flight, by group
    _crowded: set[str]  # the groups with so many in flight that they may be noisy

    def _clear_ready(self) -> None:
        self._ungrouped = Lane()
        self._lanes = {}
        self._heads = SortedDict()
        self._flights = {}
        self._crowded = set()

    def _add_ready(self, message: Message) -> None:
        group_id = message.group_id
        lane = self._ungrouped if group_id is None else self._leave_heads(group_id)
        # The newest there is, and never hidden but for a delay: it comes after all others.
        if (
            message.sequence == self._last_sequence
            and not message.receives_here
            and message.enqueued_at == self.arrivals.newest
        ):
            lane.fresh.append(message)
        else:
            lane.insert(message)
        if group_id is not None:
            self._heads[lane.head()] = group_id

    def _remove_ready(self, message: Message) -> None:
        if message.group_id is None:
            self._ungrouped.remove(message)
            return
        lane = self._leave_heads(message.group_id)
        lane.remove(message)
        self._return_to_heads(message.group_id, lane)

    def _leave_heads(self, group_id: str) -> Lane:
        """Return a group's lane, a new one perhaps, taken out of the order until it is changed."""
        lane = self._lanes.get(group_id)
        if lane is None:
            lane = self._lanes[group_id] = Lane()
        else:
            del self._heads[lane.head()]
        return lane

    def _return_to_heads(self, group_id: str, lane: Lane) -> None:
        if lane:
            self._heads[lane.head()] = group_id
        else:
            del self._lanes[group_id]

    def has_ready(self) -> bool:
        return bool(self._ungrouped or self._lanes)

    def take_ready(self, at_most: int) -> list[Message]:
        taken: list[Message] = []
        if not self._lanes:
            lane = self._ungrouped
            while len(taken) < at_most and (lane.fresh or lane.returned):
                taken.append(lane.pop() if lane.returned else lane.fresh.popleft())
            return taken
        noisy = self._noisy()
        while len(taken) < at_most and self.has_ready():
            group_id = self._next_group(noisy)
            if group_id is None:
                taken.append(self._ungrouped.pop())
            else:
                lane = self._leave_heads(group_id)
                taken.append(lane.pop())
                self._return_to_heads(group_id, lane)
        return taken

    def _next_group(self, noisy: set[str]) -> str | None:
        """Return the group whose message comes next; None: a message without a group."""
        quiet = next(((place, group) for place, group in self._heads.items() if group not in noisy), None)
        if self._ungrouped:
            return quiet[1] if quiet is not None and quiet[0] < self._ungrouped.head() else None
        if quiet is not None:
            return quiet[1]
        return min(noisy & self._lanes.keys(), key=lambda group: (self._flights[group], self._lanes[group].head()))

    def _noisy(self) -> set[str]:
        """Return the groups whose messages wait until the quiet ones' are handed out.

        Such a group has 30 messages or more in flight, and they are more than a tenth of all in flight: ten at most.
        Here the numbers are exact. AWS's other rules (the share of processing time, and five minutes without sends) are
        not imitated.
        """
        return {group for group in self._crowded if self._flights[group] * NOISY_SHARE > self._in_flight}

    def _enter_flight(self, group_id: str) -> None:
        flights = self._flights[group_id] = self._flights.get(group_id, 0) + 1
        if flights == NOISY_IN_FLIGHT:
            self._crowded.add(group_id)

    def _exit_flight(self, group_id: str) -> None:
        flights = self._flights[group_id] = self._flights[group_id] - 1
        if flights == NOISY_IN_FLIGHT - 1:
            self._crowded.discard(group_id)
        if not flights:
            del self._flights[group_id]

    def _follow(self, before: QueueAttributes, now: int) -> None:
        """Nothing: a new delay counts for later messages only."""

    def _ready_sequences(self) -> Iterator[int]:
        yield from self._ungrouped.sequences()
        for lane in self._lanes.values():
            yield from lane.sequences()

    def check(self) -> None:
        super().check()
        assert {group: lane.head() for group, lane in self._lanes.items()} == {
            group: place for place, group in self._heads.items()
        }
        in_flight = (message.group_id for message in self.messages.values() if message.state is State.IN_FLIGHT)
        assert self._flights == Counter(group for group in in_flight if group is not None)
        assert self._crowded == {group for group, number in self._flights.items() if number >= NOISY_IN_FLIGHT}
