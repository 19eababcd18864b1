"""A message, the states it can be in and the moves between them.

A message is in exactly one state. `MOVES` is the whole of what can happen to it; a move that is not in the table is a
bug of the caller and says so. Leaving the queue (deleted, purged, expired, moved away) is the state GONE: the message
may still be in somebody's hands, but no queue knows it any more.

Ground: Amazon SQS Developer Guide, "Amazon SQS visibility timeout" and "Amazon SQS delay queues".
"""

from __future__ import annotations

import enum
from typing import Final

import msgspec


class State(enum.IntEnum):
    DELAYED = 1  # counted in ApproximateNumberOfMessagesDelayed
    READY = 2  # "visible" in AWS's texts; counted in ApproximateNumberOfMessages
    IN_FLIGHT = 3  # received, its visibility timeout running; counted in ApproximateNumberOfMessagesNotVisible
    GONE = 4


class Move(enum.IntEnum):
    RECEIVE = 1
    REVEAL = 2  # a delay or a visibility timeout has run out, or was set to 0
    REMOVE = 3  # by DeleteMessage, PurgeQueue, retention, a dead-letter queue or a move task


# DELAYED has no RECEIVE; READY -> REMOVE also stands for a delete by a handle from an earlier receive.
MOVES: Final = {
    (State.DELAYED, Move.REVEAL): State.READY,
    (State.DELAYED, Move.REMOVE): State.GONE,
    (State.READY, Move.RECEIVE): State.IN_FLIGHT,
    (State.READY, Move.REMOVE): State.GONE,
    (State.IN_FLIGHT, Move.REVEAL): State.READY,
    (State.IN_FLIGHT, Move.REMOVE): State.GONE,
}


class IllegalMove(Exception):
    """A bug: this move is not in the table."""


class MessageAttributeValue(msgspec.Struct, frozen=True, omit_defaults=True, rename="pascal"):
    """A message attribute's type and value, as sent. Exactly one of the two values is set once it is accepted."""

    string_value: str | None = None
    binary_value: bytes | None = None
    data_type: str | None = None
    # In AWS's model, but "not implemented" there: read and never used.
    string_list_values: list[str] | None = None
    binary_list_values: list[bytes] | None = None


class Draft(msgspec.Struct, gc=False):
    """A message as its sender wants it; checked by the caller."""

    body: str
    md5_of_body: str
    delay_seconds: int | None = None  # None: the queue's
    attributes: dict[str, MessageAttributeValue] | None = None
    md5_of_attributes: str | None = None
    trace_header: str | None = None
    group_id: str | None = None
    sender_id: str = ""
    deduplication_id: str | None = None


class Message(msgspec.Struct, eq=False, gc=False):
    """One message in one queue. Times are milliseconds since the epoch.

    It refers to no queue and no other message, so it is in no reference cycle and `gc=False` is safe: a million of
    these would otherwise be walked by every full collection.
    """

    sequence: int  # arrival order in this queue, from 1
    id: str
    body: str
    md5_of_body: str
    sent_at: int  # SentTimestamp
    enqueued_at: int  # what retention and the standard order go by; = sent_at until it is moved to another queue
    state: State
    visible_at: int  # DELAYED: when the delay ends; IN_FLIGHT: when the visibility timeout ends; otherwise nothing
    sender_id: str
    attributes: dict[str, MessageAttributeValue] | None = None
    md5_of_attributes: str | None = None
    trace_header: str | None = None  # AWSTraceHeader
    group_id: str | None = None
    receive_count: int = 0  # ApproximateReceiveCount; a move to a dead-letter queue keeps it
    receives_here: int = 0  # receives in this queue; the newest receipt handle carries it
    received_at: int = 0  # the receive that opened the current flight
    first_received_at: int | None = None
    deduplication_id: str | None = None  # FIFO
    available: int = 0  # FIFO: an order stamp, drawn each time the message becomes visible
    dead_letter_source: str | None = None  # ARN of the queue that moved it here as a dead letter

    def apply(self, move: Move) -> None:
        """Go to the state that `move` leads to, or raise IllegalMove."""
        state = MOVES.get((self.state, move))
        if state is None:
            raise IllegalMove(f"message {self.id} is {self.state.name}: {move.name} is not possible")
        self.state = state
