"""All that a queue keeps, and the few verbs by which it changes.

Every message is in `messages` under its sequence. One that is hidden (DELAYED or IN_FLIGHT) is also in `hidden`, by the
moment it becomes visible; one that is READY is in the delivery order, which is all that the two kinds of queue differ
in (`standard.py`, `fifo.py`). `check()` asserts that each message is in just the places that its state says.

The verbs are the only code that changes any of this, so that whoever must do every change again (a journal) has one
place to stand behind:

    place           a message comes, DELAYED or READY
    begin_flight    a READY message was taken out of the order by a receive
    rehide          a hidden message will become visible at another moment
    show, reveal    a hidden message becomes visible, before its time or at it
    forget          a message that is in no other place any more leaves
    remove          a message leaves, wherever it is
    clear           all of them leave
    replace_attributes, set_tags

Nothing here knows of waiters, timers or events; that is `queue.py`'s. Times are milliseconds since the epoch; those in
attributes are seconds.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterator
from typing import Final

from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.arrivals import Arrivals
from sqs_emulator.core.attributes import QueueAttributes
from sqs_emulator.core.deadlines import Deadlines
from sqs_emulator.core.identifiers import random_64_bits
from sqs_emulator.core.limits import Limits
from sqs_emulator.core.message import Message, Move, State

NEVER: Final = sys.maxsize


class QueueStore(ABC):
    """The `…_ready…` methods are the delivery order, the kinds' own part."""

    def __init__(self, arn: str, *, now: int, attributes: QueueAttributes, limits: Limits) -> None:
        self.arn = arn
        self.name = QueueArn.parse(arn).name
        self.attributes = attributes
        self.tags: dict[str, str] = {}
        self.limits = limits
        self.created_at = self.modified_at = now
        self.incarnation = random_64_bits()
        self.messages: OrderedDict[int, Message] = OrderedDict()
        self.hidden = Deadlines()
        self.arrivals = Arrivals(self.messages)
        self._in_flight = 0
        self._last_sequence = 0
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
    def take_ready(self, at_most: int) -> list[Message]:
        """Take the next messages out of the order, to be received together. Their state is the caller's to change."""

    @abstractmethod
    def has_ready(self) -> bool:
        """Say whether `take_ready` would find something."""

    @abstractmethod
    def _clear_ready(self) -> None:
        """Begin with an empty order: at the start, and when the queue is purged."""

    @abstractmethod
    def _ready_sequences(self) -> Iterator[int]:
        """Yield the sequences of all READY messages, roughly in their order."""

    def put_back(self, message: Message) -> None:
        """Return a message that `take_ready` took, and that nothing was done with, to its place in the order."""
        self._add_ready(message)

    # The verbs.

    def place(self, message: Message) -> None:
        self.messages[message.sequence] = message
        arrivals = self.arrivals
        if message.enqueued_at >= arrivals.newest:
            arrivals.newest = message.enqueued_at
        else:
            arrivals.add_late(message)
        if message.state is State.READY:
            self._add_ready(message)
        else:
            self._hide(message)
        expires_at = message.enqueued_at + self.attributes.message_retention_period * 1000
        if expires_at < self._next_look:
            self._next_look = expires_at

    def begin_flight(self, message: Message, *, until: int, now: int) -> None:
        """Hide a message that is being received until then; not at all if that is now."""
        message.receive_count += 1
        message.receives_here += 1
        message.received_at = now
        message.visible_at = until
        if message.first_received_at is None:
            message.first_received_at = now
        if until > now:
            self._in_flight += 1
            if message.group_id is not None:
                self._enter_flight(message.group_id)
            self._hide(message)
        else:
            message.apply(Move.REVEAL)
            self._add_ready(message)

    def rehide(self, message: Message, until: int) -> None:
        """Let a hidden message become visible at another moment."""
        self.hidden.remove(message.visible_at, message.sequence)
        message.visible_at = until
        self._hide(message)

    def show(self, message: Message, now: int) -> None:
        """Let a hidden message become visible before its time."""
        self.hidden.remove(message.visible_at, message.sequence)
        message.visible_at = now
        self.reveal(message)

    def reveal(self, message: Message) -> None:
        """Let a message become visible that is out of `hidden` already."""
        if message.state is State.IN_FLIGHT:
            self._leave_flight(message)
        message.apply(Move.REVEAL)
        self._add_ready(message)

    def forget(self, message: Message) -> None:
        del self.messages[message.sequence]
        if self.arrivals.late:
            self.arrivals.discard(message)
        message.apply(Move.REMOVE)

    def remove(self, message: Message) -> None:
        if message.state is State.READY:
            self._remove_ready(message)
        else:
            self.hidden.remove(message.visible_at, message.sequence)
            if message.state is State.IN_FLIGHT:
                self._leave_flight(message)
        self.forget(message)

    def clear(self) -> list[Message]:
        """Let all messages leave, and return them."""
        removed = list(self.messages.values())
        for message in removed:
            message.apply(Move.REMOVE)
        self.messages.clear()
        self.arrivals.clear()
        self.hidden = Deadlines()
        self._clear_ready()
        self._in_flight = 0
        return removed

    def replace_attributes(self, attributes: QueueAttributes, *, now: int) -> None:
        self.attributes = attributes
        self.modified_at = now

    def set_tags(self, tags: dict[str, str]) -> None:
        """Replace the tags."""
        self.tags = tags

    def _hide(self, message: Message) -> None:
        self.hidden.add(message.visible_at, message.sequence)
        if message.visible_at < self._next_look:
            self._next_look = message.visible_at

    def _leave_flight(self, message: Message) -> None:
        self._in_flight -= 1
        if message.group_id is not None:
            self._exit_flight(message.group_id)

    def _enter_flight(self, group_id: str) -> None:  # noqa: B027  not every kind counts by group
        """Note that one message more of a group is in flight."""

    def _exit_flight(self, group_id: str) -> None:  # noqa: B027
        """Note that one message less of a group is in flight."""

    # Looking.

    def in_state(self, state: State) -> Iterator[Message]:
        """Yield the messages in a state, those first that leave it first; whoever wants a few pays for no more.

        Of READY ones the order is a rough one. The queue must not change meanwhile.
        """
        sequences = self._ready_sequences() if state is State.READY else self.hidden.sequences()
        return (message for message in map(self.messages.__getitem__, sequences) if message.state is state)

    # For tests.

    def check(self) -> None:
        """Assert every invariant: each message in just the places that its state says, counters and bounds true."""
        hidden = {
            message.sequence
            for message in self.messages.values()
            if (message.visible_at, message.sequence) in self.hidden
        }
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
        self.arrivals.check()
