"""What a receive shows of a message: the system and message attributes that were asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from sqs_emulator.contract.sqs.messages import ReceivedMessage, ReceiveMessageResult
from sqs_emulator.core import attributes as queue_attributes
from sqs_emulator.core.digests import md5_of_attributes
from sqs_emulator.core.errors import InvalidAttributeName
from sqs_emulator.core.identifiers import sequence_number
from sqs_emulator.core.message import MessageAttributeValue
from sqs_emulator.core.receives import Delivery

_SYSTEM_ATTRIBUTES: Final[dict[str, Callable[[Delivery], str | None]]] = {
    "SenderId": lambda delivery: delivery.message.sender_id,
    "SentTimestamp": lambda delivery: str(delivery.message.sent_at),
    "ApproximateReceiveCount": lambda delivery: str(delivery.receive_count),
    "ApproximateFirstReceiveTimestamp": lambda delivery: str(delivery.message.first_received_at),
    "MessageGroupId": lambda delivery: delivery.message.group_id,
    "MessageDeduplicationId": lambda delivery: delivery.message.deduplication_id,
    # A FIFO queue's messages have a deduplication id, all of them, and no others have one.
    "SequenceNumber": lambda delivery: (
        sequence_number(delivery.message.sequence) if delivery.message.deduplication_id else None
    ),
    "AWSTraceHeader": lambda delivery: delivery.message.trace_header,
    # On no page of AWS's, but in `All`.
    "DeadLetterQueueSourceArn": lambda delivery: delivery.message.dead_letter_source,
}
_ALL: Final = ("All", "ALL")  # kombu writes the second


Select = Callable[[list[Delivery]], ReceiveMessageResult]

# What is kept of a client's names is bounded. An exception is not kept at all.
_KEPT_CHARACTERS: Final = 1_000


class _TooLong(Exception):
    """Names that are read anew each time."""


def selection(asked: tuple[str, ...], attributes: tuple[str, ...]) -> Select:
    """Return what makes the result of deliveries, with the system and message attributes that the request asks for."""
    try:
        return _kept_selection(asked, attributes)
    except _TooLong:
        return _selection(asked, attributes)


@functools.lru_cache(maxsize=256)  # a client asks for the same again and again
def _kept_selection(asked: tuple[str, ...], attributes: tuple[str, ...]) -> Select:
    if sum(map(len, asked)) + sum(map(len, attributes)) > _KEPT_CHARACTERS:
        raise _TooLong
    return _selection(asked, attributes)


def _selection(asked: tuple[str, ...], attributes: tuple[str, ...]) -> Select:
    for name in asked:
        # Names of queue attributes are in the same enumeration as the old member's, and ignored.
        if name not in _SYSTEM_ATTRIBUTES and name not in queue_attributes.ALL_NAMES and name not in _ALL:
            raise InvalidAttributeName.unknown(name)
    wanted = _SYSTEM_ATTRIBUTES.keys() if any(name in asked for name in _ALL) else asked
    system = [(name, _SYSTEM_ATTRIBUTES[name]) for name in dict.fromkeys(wanted) if name in _SYSTEM_ATTRIBUTES]
    is_wanted = _name_filter(attributes)

    def select(deliveries: list[Delivery]) -> ReceiveMessageResult:
        received = [_received(delivery, system, is_wanted) for delivery in deliveries]
        return ReceiveMessageResult(messages=received or None)

    return select


def _received(
    delivery: Delivery,
    system: Iterable[tuple[str, Callable[[Delivery], str | None]]],
    is_wanted: Callable[[str], object] | None,
) -> ReceivedMessage:
    message = delivery.message
    received = ReceivedMessage(
        message_id=message.id,
        receipt_handle=delivery.receipt_handle,
        md5_of_body=message.md5_of_body,
        body=message.body,
    )
    if system:
        shown = {name: value for name, of in system if (value := of(delivery)) is not None}
        received.attributes = dict[str, str | None](shown) or None
    if is_wanted is not None and message.attributes:
        _add_attributes(received, message.attributes, message.md5_of_attributes, is_wanted)
    return received


def _add_attributes(
    received: ReceivedMessage,
    attributes: dict[str, MessageAttributeValue],
    md5_of_all: str | None,
    is_wanted: Callable[[str], object],
) -> None:
    chosen = {name: value for name, value in attributes.items() if is_wanted(name)}
    if chosen:
        received.message_attributes = chosen
        complete = len(chosen) == len(attributes)
        received.md5_of_message_attributes = md5_of_all if complete else md5_of_attributes(chosen)


def _name_filter(names: Sequence[str]) -> Callable[[str], object] | None:
    """Return what says whether a message attribute is asked for: all, by its name, or by `prefix.*`. None: no name is.

    A bare `*` works as "all" on AWS too, though no page says so.
    """
    if not names:
        return None
    if any(name in ("All", ".*", "*") for name in names):
        return lambda _name: True
    exact = {name for name in names if not name.endswith(".*")}
    prefixes = tuple(name[:-2] for name in names if name.endswith(".*"))
    return lambda name: name in exact or name.startswith(prefixes)
