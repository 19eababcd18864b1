"""What happened, as small facts for whoever watches: history, feeds, metrics.

A queue has one `emit`, None while nobody watches; testing that is the whole cost of not watching. `at` is milliseconds
since the epoch, the moment it happened: a visibility timeout that ran out bears its deadline, not the moment somebody
looked. A new field goes to the end, with a default.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import msgspec


class Consumer(msgspec.Struct, frozen=True, gc=False):
    """Who asked: the peer's address and what it calls itself."""

    address: str
    user_agent: str


class _Numbered(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    # In the order in which they happened, over the whole process: whoever reads a part of them knows what is missing.
    number: int = msgspec.field(default_factory=itertools.count(1).__next__)


class Event(_Numbered, frozen=True, gc=False, tag_field="event"):
    at: int
    queue: str  # ARN


class MessageEvent(Event, frozen=True, gc=False):
    message_id: str


class QueueCreated(Event, frozen=True, gc=False, tag=True):
    pass


class QueueDeleted(Event, frozen=True, gc=False, tag=True):
    messages: int


class QueuePurged(Event, frozen=True, gc=False, tag=True):
    messages: int


class QueueAttributesChanged(Event, frozen=True, gc=False, tag=True):
    changes: dict[str, str]


class QueueCreationRefused(Event, frozen=True, gc=False, tag=True):
    """Somebody wanted to create a queue that is there already, with another value of this attribute."""

    attribute: str
    wanted: str | None
    there: str | None


class MessageSent(MessageEvent, frozen=True, gc=False, tag=True):
    visible_at: int  # later than `at` when delayed
    consumer: Consumer | None = None
    sequence: int = 0  # in this queue: by it the message is found there, while it is there


class MessageReceived(MessageEvent, frozen=True, gc=False, tag=True):
    receive_count: int
    visible_at: int  # when its visibility timeout ends
    consumer: Consumer | None = None
    sequence: int = 0


class MessageDeduplicated(MessageEvent, frozen=True, gc=False, tag=True):
    """A duplicate of this message was sent, answered like it, and not taken."""

    deduplication_id: str
    consumer: Consumer | None = None


class MessageDelayEnded(MessageEvent, frozen=True, gc=False, tag=True):
    pass


class MessageVisibilityTimedOut(MessageEvent, frozen=True, gc=False, tag=True):
    receive_count: int


class MessageVisibilityChanged(MessageEvent, frozen=True, gc=False, tag=True):
    visible_at: int
    consumer: Consumer | None = None


class MessageDeleted(MessageEvent, frozen=True, gc=False, tag=True):
    receive_count: int
    consumer: Consumer | None = None
    receives_since: int = 0  # how often it was received again after the receive whose handle deleted it


class MessageDeletedAgain(Event, frozen=True, gc=False, tag=True):
    """Somebody deleted a message that was gone already. No error; but perhaps two have handled it."""

    sequence: int
    receive: int  # which one of its receives in this queue the handle is from
    consumer: Consumer | None = None


class MessageDeadLettered(MessageEvent, frozen=True, gc=False, tag=True):
    """It was received too often, and the next receive moved it. It keeps its id."""

    to: str  # ARN
    receive_count: int


class MessageMoved(MessageEvent, frozen=True, gc=False, tag=True):
    """By a move task; in its new queue it has a new id."""

    to: str  # ARN
    new_message_id: str


class MessageExpired(MessageEvent, frozen=True, gc=False, tag=True):
    """Its retention period ran out."""


Sink = Callable[[Event], None]
