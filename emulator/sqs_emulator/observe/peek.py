"""The messages of a queue, looked at without receiving them. Nothing changes but what was due anyway.

All is read lazily: ten messages cost the same whether a hundred wait or a million.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

import msgspec

from sqs_emulator.contract.sqs.messages import ReceivedMessage, ReceiveMessageResult
from sqs_emulator.core import receipts
from sqs_emulator.core.fifo import FifoQueue
from sqs_emulator.core.identifiers import sequence_number
from sqs_emulator.core.message import Message, MessageAttributeValue, State
from sqs_emulator.core.queue import Queue
from sqs_emulator.observe.envelope import Envelope, decode

# As AWS's texts call them; what `?state=` and `--state` take.
STATES: Final = {"delayed": State.DELAYED, "visible": State.READY, "in_flight": State.IN_FLIGHT}
_NAMES: Final = {state: name for name, state in STATES.items()}


class PeekedMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message as it is at this moment. Moments are milliseconds since the epoch; what is None does not apply."""

    message_id: str
    state: str  # one of STATES
    body: str
    size: int  # bytes of the body
    decoded_size: int | None = None  # bytes of a task's arguments, as their serializer made them
    celery: Envelope | None = None
    attributes: dict[str, MessageAttributeValue] | None = None
    sender_id: str
    trace_header: str | None = None
    sent_at: int
    enqueued_at: int | None = None  # when it came into this queue, if from another one
    hidden_until: int | None = None  # the end of its delay, or of its visibility timeout
    expires_at: int  # the end of its retention
    receive_count: int
    first_received_at: int | None = None
    received_at: int | None = None  # the receive that it is in flight by
    receipt_handle: str | None = None  # of that receive
    receipt_handle_age: int | None = None  # ms
    group_id: str | None = None
    deduplication_id: str | None = None
    sequence_number: str | None = None
    blocked_by: str | None = None  # the message of its group that has to go, or to come back, before it
    dead_letter_source: str | None = None  # ARN


def peek(
    queue: Queue, now: int, *, state: State | None = None, limit: int = 10, offset: int = 0
) -> list[PeekedMessage]:
    """Return some messages: of all states in the order of arrival, or of one, the next to leave that state first."""
    queue.catch_up(now)
    messages: Iterator[Message] = iter(queue.messages.values()) if state is None else queue.in_state(state)
    return [_peeked(queue, message, now) for message in itertools.islice(messages, offset, offset + limit)]


def _peeked(queue: Queue, message: Message, now: int) -> PeekedMessage:
    envelope = decode(message.body)
    in_flight = message.state is State.IN_FLIGHT
    blocker = queue.blocker(message) if isinstance(queue, FifoQueue) and message.state is State.READY else None
    return PeekedMessage(
        message_id=message.id,
        state=_NAMES[message.state],
        body=message.body,
        size=len(message.body.encode()) if envelope is None else envelope.size,
        decoded_size=None if envelope is None else envelope.decoded_size,
        celery=envelope,
        attributes=message.attributes,
        sender_id=message.sender_id,
        trace_header=message.trace_header,
        sent_at=message.sent_at,
        enqueued_at=message.enqueued_at if message.enqueued_at != message.sent_at else None,
        hidden_until=message.visible_at if message.state is not State.READY else None,
        expires_at=message.enqueued_at + queue.attributes.message_retention_period * 1_000,
        receive_count=message.receive_count,
        first_received_at=message.first_received_at,
        received_at=message.received_at if in_flight else None,
        receipt_handle=_receipt_handle(queue, message) if in_flight else None,
        receipt_handle_age=now - message.received_at if in_flight else None,
        group_id=message.group_id,
        deduplication_id=message.deduplication_id,
        sequence_number=_sequence_number(message),
        blocked_by=None if blocker is None else blocker.id,
        dead_letter_source=message.dead_letter_source,
    )


def _receipt_handle(queue: Queue, message: Message) -> str:
    return receipts.make(queue.incarnation, message.sequence, message.receives_here)


def _sequence_number(message: Message) -> str | None:
    return sequence_number(message.sequence) if message.deduplication_id else None  # those of FIFO queues have one


# LocalStack's `/_aws/sqs/messages`, as its `services/sqs/developer_api.py` has it (read in 2026.3.0): the result of a
# ReceiveMessage that asked for all attributes, of all messages there are.

_LOCALSTACK_RECEIPT_HANDLE: Final = "SQS/BACKDOOR/ACCESS"


def localstack_messages(
    queue: Queue, now: int, *, show_invisible: bool = False, show_delayed: bool = False
) -> ReceiveMessageResult:
    """Return the visible messages as LocalStack shows them; with those in flight and those delayed, if asked for.

    A FIFO queue's messages behind one of their group that is in flight count as invisible, as they do there.
    """
    queue.catch_up(now)
    visible = list(queue.in_state(State.READY))
    if isinstance(queue, FifoQueue) and not show_invisible:
        visible = [message for message in visible if queue.blocker(message) is None]
    in_flight = queue.in_state(State.IN_FLIGHT) if show_invisible else ()
    delayed = queue.in_state(State.DELAYED) if show_delayed else ()
    shown = itertools.chain(in_flight, visible, delayed)
    messages = [_as_in_localstack(message, show_invisible, show_delayed) for message in shown]
    return ReceiveMessageResult(messages=messages or None)


def _as_in_localstack(message: Message, show_invisible: bool, show_delayed: bool) -> ReceivedMessage:
    attributes: dict[str, str | None] = {
        "SenderId": message.sender_id,
        "SentTimestamp": str(message.sent_at),
        "MessageGroupId": message.group_id,
        "MessageDeduplicationId": message.deduplication_id,
        "SequenceNumber": _sequence_number(message),
        "ApproximateReceiveCount": str(message.receive_count),
        "ApproximateFirstReceiveTimestamp": str(message.first_received_at or 0),
        "DeadLetterQueueSourceArn": message.dead_letter_source,
        "AWSTraceHeader": message.trace_header,
    }
    # LocalStack's own.
    if show_invisible:
        attributes["IsVisible"] = "false" if message.state is State.IN_FLIGHT else "true"
    if show_delayed:
        attributes["IsDelayed"] = "true" if message.state is State.DELAYED else "false"
    return ReceivedMessage(
        message_id=message.id,
        receipt_handle=_LOCALSTACK_RECEIPT_HANDLE,
        md5_of_body=message.md5_of_body,
        body=message.body,
        attributes={name: value for name, value in attributes.items() if value is not None},
        md5_of_message_attributes=message.md5_of_attributes,
        message_attributes=message.attributes,
    )
