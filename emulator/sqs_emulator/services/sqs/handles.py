"""Actions on messages by their receipt handles: to delete them, or change how long they are hidden.

AWS's pages: "Actions", each under its name, in the Amazon SQS API Reference.
"""

from __future__ import annotations

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
)
from sqs_emulator.core.events import Consumer
from sqs_emulator.core.queue import Queue
from sqs_emulator.services.call import Call
from sqs_emulator.services.sqs import parameters
from sqs_emulator.services.sqs.batches import act_on, checked_entries, required
from sqs_emulator.services.subject import queue_of


def delete_message(call: Call, request: DeleteMessageRequest) -> None:
    queue, now = queue_of(call, request.queue_url)
    queue.delete(request.receipt_handle or "", now=now, consumer=call.consumer)


def delete_message_batch(call: Call, request: DeleteMessageBatchRequest) -> DeleteMessageBatchResult:
    queue, now = queue_of(call, request.queue_url)

    def delete(entry: DeleteMessageBatchRequestEntry) -> None:
        queue.delete(required(entry.receipt_handle, "ReceiptHandle"), now=now, consumer=call.consumer)

    entries = checked_entries(request.entries, DeleteMessageBatchRequestEntry, queue.limits)
    deleted, failed = act_on(entries, delete)
    successful = [DeleteMessageBatchResultEntry(id=entry_id) for entry_id, _, _ in deleted]
    return DeleteMessageBatchResult(successful=successful or None, failed=failed)


def change_message_visibility(call: Call, request: ChangeMessageVisibilityRequest) -> None:
    queue, now = queue_of(call, request.queue_url)
    _change_visibility(queue, request.receipt_handle or "", request.visibility_timeout or 0, now, call.consumer)


def change_message_visibility_batch(
    call: Call, request: ChangeMessageVisibilityBatchRequest
) -> ChangeMessageVisibilityBatchResult:
    queue, now = queue_of(call, request.queue_url)

    def change(entry: ChangeMessageVisibilityBatchRequestEntry) -> None:
        handle = required(entry.receipt_handle, "ReceiptHandle")
        # Optional in AWS's model. Not settled: what its absence means there; here it is an error of the entry.
        timeout = required(entry.visibility_timeout, "VisibilityTimeout")
        _change_visibility(queue, handle, timeout, now, call.consumer)

    entries = checked_entries(request.entries, ChangeMessageVisibilityBatchRequestEntry, queue.limits)
    changed, failed = act_on(entries, change)
    successful = [ChangeMessageVisibilityBatchResultEntry(id=entry_id) for entry_id, _, _ in changed]
    return ChangeMessageVisibilityBatchResult(successful=successful or None, failed=failed)


def _change_visibility(queue: Queue, receipt_handle: str, seconds: int, now: int, consumer: Consumer | None) -> None:
    parameters.visibility_timeout(seconds, queue.limits)
    queue.change_visibility(receipt_handle, seconds * 1000, now=now, consumer=consumer)
