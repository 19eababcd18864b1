"""Messages to send: each is checked, in AWS's order, and made a draft of, which the queue takes.

Not settled: the order of the checks (AWS's is only partly known; this one is the specification's).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqs_emulator.contract.sqs.messages import MessageFields
from sqs_emulator.core.deduplication import content_id
from sqs_emulator.core.digests import LEGAL_ASCII, attributes_size, is_legal_text, md5_of_attributes, md5_of_body
from sqs_emulator.core.errors import (
    InvalidMessageContents,
    InvalidParameter,
    InvalidParameterValue,
    MessageTooLong,
    MissingParameter,
)
from sqs_emulator.core.message import Draft
from sqs_emulator.core.queue import Queue
from sqs_emulator.services.sqs.message_attributes import check, given, trace_header_of
from sqs_emulator.services.sqs.parameters import delay, identifier

# On AWS the unique id of an IAM user, not an account number.
_SENDER_ID: Final = "AIDAIENQZJOLO23YVJ4VO"
_NOT_FOR_THIS_QUEUE: Final = "The request include parameter that is not valid for this queue type."


def draft_of(fields: MessageFields, queue: Queue, trace_header: str | None) -> Draft:
    """Check one message to send, and make the draft of it that the queue takes."""
    body = fields.message_body
    if not body:
        raise MissingParameter("MessageBody")
    encoded = body.encode()
    sent = fields.message_attributes
    size = len(encoded)
    attributes = None
    if sent:
        attributes = given(sent)
        size += attributes_size(attributes)
    if size > queue.attributes.maximum_message_size:
        raise MessageTooLong(queue.attributes.maximum_message_size)
    if encoded.translate(None, LEGAL_ASCII) and not is_legal_text(body):
        raise InvalidMessageContents
    if attributes is not None:
        check(attributes, queue.limits)
    if fields.message_system_attributes:
        trace_header = trace_header_of(given(fields.message_system_attributes))
    if fields.message_group_id is not None:
        identifier(fields.message_group_id, "MessageGroupId", queue.limits)
    if fields.message_deduplication_id is not None:
        identifier(fields.message_deduplication_id, "MessageDeduplicationId", queue.limits)
    delay_seconds = fields.delay_seconds
    if delay_seconds is not None:
        delay(delay_seconds, queue.limits)
    deduplication_id = fields.message_deduplication_id
    if queue.attributes.fifo_queue:
        if fields.message_group_id is None:
            raise MissingParameter("MessageGroupId")
        if deduplication_id is None:
            _check_duplicates_can_be_told(fields, queue)
            deduplication_id = content_id(encoded)
        if delay_seconds:
            raise InvalidParameter(delay_seconds, "DelaySeconds", _NOT_FOR_THIS_QUEUE)
        delay_seconds = None  # 0 is taken, and the queue's delay counts all the same
    elif deduplication_id is not None:
        raise InvalidParameter(deduplication_id, "MessageDeduplicationId", _NOT_FOR_THIS_QUEUE)
    return Draft(
        body,
        md5_of_body(encoded),
        delay_seconds,
        attributes,
        None if attributes is None else md5_of_attributes(attributes),
        trace_header,
        fields.message_group_id,
        _SENDER_ID,
        deduplication_id,
    )


def _check_duplicates_can_be_told(fields: MessageFields, queue: Queue) -> None:
    """A FIFO queue must be able to tell duplicates."""
    if fields.message_deduplication_id is None and not queue.attributes.content_based_deduplication:
        raise InvalidParameterValue(
            "The queue should either have ContentBasedDeduplication enabled "
            "or MessageDeduplicationId provided explicitly"
        )


def check_fifo_batch(entries: Iterable[MessageFields], queue: Queue) -> None:
    """Refuse the whole of a SendMessageBatch for what fails one message; recorded, with SendMessage's words."""
    for entry in entries:
        if entry.message_group_id is None:
            raise InvalidParameterValue("The request must contain the parameter MessageGroupId.")
        _check_duplicates_can_be_told(entry, queue)


def size_of(fields: MessageFields) -> int:
    """Return what a message counts in a batch's total."""
    size = len((fields.message_body or "").encode())
    return size + attributes_size(given(fields.message_attributes or {}))
