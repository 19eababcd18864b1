"""SendMessage and SendMessageBatch. AWS's pages: each under its name, in the Amazon SQS API Reference."""

from __future__ import annotations

from sqs_emulator.contract.sqs.messages import (
    SendMessageBatchRequest,
    SendMessageBatchRequestEntry,
    SendMessageBatchResult,
    SendMessageBatchResultEntry,
    SendMessageRequest,
    SendMessageResult,
)
from sqs_emulator.core.digests import md5_of_attributes
from sqs_emulator.core.errors import BatchRequestTooLong
from sqs_emulator.core.identifiers import sequence_number
from sqs_emulator.core.message import Draft
from sqs_emulator.services.call import Call
from sqs_emulator.services.sqs.batches import act_on, checked_entries
from sqs_emulator.services.sqs.drafts import check_fifo_batch, draft_of, size_of
from sqs_emulator.services.subject import queue_of


def send_message(call: Call, request: SendMessageRequest) -> SendMessageResult:
    queue, now = queue_of(call, request.queue_url)
    draft = draft_of(request, queue, call.trace_header)
    message = queue.send(draft, now=now, consumer=call.consumer)
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
    queue, now = queue_of(call, request.queue_url)
    entries = checked_entries(request.entries, SendMessageBatchRequestEntry, queue.limits)
    total = sum(size_of(entry) for _, entry in entries)
    if total > queue.limits.batch_bytes:
        raise BatchRequestTooLong.of(total, queue.limits.batch_bytes)

    is_fifo = queue.attributes.fifo_queue
    if is_fifo:
        check_fifo_batch((entry for _, entry in entries), queue)

    def draft(entry: SendMessageBatchRequestEntry) -> Draft:
        return draft_of(entry, queue, call.trace_header)

    drafts, failed = act_on(entries, draft)
    messages = queue.send_batch([draft for _, _, draft in drafts], now=now, consumer=call.consumer)
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
