"""Actions on messages. AWS's pages: "Actions", each under its name, in the Amazon SQS API Reference."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from sqs_emulator.contract.sqs.messages import (
    ChangeMessageVisibilityBatchRequest,
    ChangeMessageVisibilityBatchRequestEntry,
    ChangeMessageVisibilityBatchResult,
    ChangeMessageVisibilityBatchResultEntry,
    ChangeMessageVisibilityRequest,
    DeleteMessageBatchRequest,
    DeleteMessageBatchRequestEntry,
    DeleteMessageBatchResult,
    DeleteMessageBatchResultEntry,
    DeleteMessageRequest,
    ReceivedMessage,
    ReceiveMessageRequest,
    ReceiveMessageResult,
    SendMessageBatchRequest,
    SendMessageBatchRequestEntry,
    SendMessageBatchResult,
    SendMessageBatchResultEntry,
    SendMessageRequest,
    SendMessageResult,
)
from sqs_emulator.core import attributes as queue_attributes
from sqs_emulator.core.digests import md5_of_attributes
from sqs_emulator.core.errors import (
    BatchRequestTooLong,
    InvalidAttributeName,
)
from sqs_emulator.core.identifiers import sequence_number
from sqs_emulator.core.message import Draft, MessageAttributeValue
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.receives import Delivery, Receive
from sqs_emulator.core.waiters import Waiter
from sqs_emulator.services import checks
from sqs_emulator.services.call import Call
from sqs_emulator.services.pending import Answer, Pending
from sqs_emulator.services.sqs.batches import act_on, checked_entries, required

# SenderId is the unique id of an IAM user on AWS, not an account number.
SENDER_ID: Final = "AIDAIENQZJOLO23YVJ4VO"


# Send.


def send_message(call: Call, request: SendMessageRequest) -> SendMessageResult:
    queue = call.queue(request.queue_url)
    draft = checks.draft(request, queue, SENDER_ID, call.trace_header)
    message = queue.send(draft, now=call.now, consumer=call.consumer)
    return SendMessageResult(
        message_id=message.id,
        md5_of_message_body=draft.md5_of_body,
        md5_of_message_attributes=draft.md5_of_attributes,
        md5_of_message_system_attributes=(
            _md5_of_system_attributes(request) if request.message_system_attributes else None
        ),
        sequence_number=sequence_number(message.sequence) if queue.attributes.fifo_queue else None,
    )


def send_message_batch(call: Call, request: SendMessageBatchRequest) -> SendMessageBatchResult:
    queue = call.queue(request.queue_url)
    entries = checked_entries(request.entries, SendMessageBatchRequestEntry, queue.limits)
    total = sum(checks.message_size(entry) for _, entry in entries)
    if total > queue.limits.batch_bytes:
        raise BatchRequestTooLong.of(total, queue.limits.batch_bytes)

    is_fifo = queue.attributes.fifo_queue
    if is_fifo:
        checks.fifo_batch((entry for _, entry in entries), queue)

    def draft_of(entry: SendMessageBatchRequestEntry) -> Draft:
        return checks.draft(entry, queue, SENDER_ID, call.trace_header)

    drafts, failed = act_on(entries, draft_of)
    messages = queue.send_batch([draft for _, _, draft in drafts], now=call.now, consumer=call.consumer)
    successful = [
        SendMessageBatchResultEntry(
            id=entry_id,
            message_id=message.id,
            md5_of_message_body=draft.md5_of_body,
            md5_of_message_attributes=draft.md5_of_attributes,
            md5_of_message_system_attributes=_md5_of_system_attributes(entry),
            sequence_number=sequence_number(message.sequence) if is_fifo else None,
        )
        for (entry_id, entry, draft), message in zip(drafts, messages, strict=True)
    ]
    return SendMessageBatchResult(successful=successful or None, failed=failed)


def _md5_of_system_attributes(fields: SendMessageRequest | SendMessageBatchRequestEntry) -> str | None:
    """The trace header of a request's HTTP header does not count."""
    sent = fields.message_system_attributes
    return md5_of_attributes({name: value for name, value in sent.items() if value is not None}) if sent else None


# Receive.


def receive_message(call: Call, request: ReceiveMessageRequest) -> ReceiveMessageResult | Pending[Answer]:
    queue = call.queue(request.queue_url)
    limits = queue.limits
    max_messages, wait, seconds = request.max_number_of_messages, request.wait_time_seconds, request.visibility_timeout
    if max_messages is None:
        max_messages = 1
    else:
        checks.max_number_of_messages(max_messages, limits)
    if wait is None:
        wait = queue.attributes.receive_message_wait_time_seconds
    else:
        checks.wait_time(wait, limits)
    if seconds is not None:
        checks.visibility_timeout(seconds, limits)
    attempt_id = request.receive_request_attempt_id
    if attempt_id is not None:
        checks.identifier(attempt_id, "ReceiveRequestAttemptId", limits)
    select = _selection(
        (*(request.attribute_names or ()), *(request.message_system_attribute_names or ())),
        tuple(request.message_attribute_names or ()),
    )
    receive = Receive(max_messages, None if seconds is None else seconds * 1000, call.consumer, attempt_id)
    deliveries = queue.receive(receive, now=call.now, long_poll=wait > 0)
    if deliveries or not wait:
        return select(deliveries)
    waiter = Waiter(receive, until=call.now + wait * 1000, is_gone=call.is_gone)
    return _waiting(queue, waiter, call.now).then(select)


def _waiting(queue: Queue, waiter: Waiter, now: int) -> Pending[list[Delivery]]:
    """Return what the waiter will be given: it waits once somebody wants to know."""

    def begin(answer: Callable[[list[Delivery]], None]) -> None:
        waiter.answer = answer
        waiter.real_until = time.monotonic() + (waiter.until - now) / 1000
        queue.add_waiter(waiter, now=now)

    return Pending(begin, lambda: queue.drop_waiter(waiter))


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


# A client asks for the same with every receive; bounded, since the names are the client's.
@functools.lru_cache(maxsize=256)
def _selection(asked: tuple[str, ...], attributes: tuple[str, ...]) -> Callable[[list[Delivery]], ReceiveMessageResult]:
    """Return what makes the result of deliveries, with the system and message attributes that the request asks for."""
    for name in asked:
        # Names of queue attributes are in the same enumeration as the old member's, and ignored.
        if name not in _SYSTEM_ATTRIBUTES and name not in queue_attributes.ALL_NAMES and name not in _ALL:
            raise InvalidAttributeName.unknown(name)
    wanted = _SYSTEM_ATTRIBUTES.keys() if any(name in asked for name in _ALL) else asked
    system = [(name, _SYSTEM_ATTRIBUTES[name]) for name in dict.fromkeys(wanted) if name in _SYSTEM_ATTRIBUTES]
    is_wanted = _name_filter(attributes)

    def select(deliveries: list[Delivery]) -> ReceiveMessageResult:
        return ReceiveMessageResult(messages=[_received(each, system, is_wanted) for each in deliveries] or None)

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
    patterns = [re.escape(name[:-2]) + ".*" if name.endswith(".*") else re.escape(name) for name in names]
    return re.compile("|".join(patterns), re.DOTALL).fullmatch


# Delete.


def delete_message(call: Call, request: DeleteMessageRequest) -> None:
    queue = call.queue(request.queue_url)
    queue.delete(request.receipt_handle or "", now=call.now, consumer=call.consumer)


def delete_message_batch(call: Call, request: DeleteMessageBatchRequest) -> DeleteMessageBatchResult:
    queue = call.queue(request.queue_url)

    def delete(entry: DeleteMessageBatchRequestEntry) -> None:
        queue.delete(required(entry.receipt_handle, "ReceiptHandle"), now=call.now, consumer=call.consumer)

    entries = checked_entries(request.entries, DeleteMessageBatchRequestEntry, queue.limits)
    deleted, failed = act_on(entries, delete)
    successful = [DeleteMessageBatchResultEntry(id=entry_id) for entry_id, _, _ in deleted]
    return DeleteMessageBatchResult(successful=successful or None, failed=failed)


# Change visibility.


def change_message_visibility(call: Call, request: ChangeMessageVisibilityRequest) -> None:
    queue = call.queue(request.queue_url)
    _change_visibility(call, queue, request.receipt_handle or "", request.visibility_timeout or 0)


def change_message_visibility_batch(
    call: Call, request: ChangeMessageVisibilityBatchRequest
) -> ChangeMessageVisibilityBatchResult:
    queue = call.queue(request.queue_url)

    def change(entry: ChangeMessageVisibilityBatchRequestEntry) -> None:
        handle = required(entry.receipt_handle, "ReceiptHandle")
        # Optional in AWS's model. Not settled: what its absence means there; here it is an error of the entry.
        _change_visibility(call, queue, handle, required(entry.visibility_timeout, "VisibilityTimeout"))

    entries = checked_entries(request.entries, ChangeMessageVisibilityBatchRequestEntry, queue.limits)
    changed, failed = act_on(entries, change)
    successful = [ChangeMessageVisibilityBatchResultEntry(id=entry_id) for entry_id, _, _ in changed]
    return ChangeMessageVisibilityBatchResult(successful=successful or None, failed=failed)


def _change_visibility(call: Call, queue: Queue, receipt_handle: str, seconds: int) -> None:
    checks.visibility_timeout(seconds, queue.limits)
    queue.change_visibility(receipt_handle, seconds * 1000, now=call.now, consumer=call.consumer)
