"""Actions on messages: send, receive, delete, change visibility; one at a time and in batches."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

import msgspec

from sqs_emulator.contract.action import Action, AttributeMap, AttributeNames, QueueRequest, Request, Result, query
from sqs_emulator.contract.sqs.name import NAME
from sqs_emulator.core.message import MessageAttributeValue

SentAttributes: TypeAlias = Annotated[dict[str, MessageAttributeValue | None], query("MessageAttribute")]
SentSystemAttributes: TypeAlias = Annotated[dict[str, MessageAttributeValue | None], query("MessageSystemAttribute")]
ReceivedAttributes: TypeAlias = Annotated[dict[str, MessageAttributeValue], query("MessageAttribute")]


class MessageFields(Request):
    """What SendMessage and an entry of SendMessageBatch have in common."""

    message_body: str | None = None
    delay_seconds: int | None = None
    message_attributes: SentAttributes | None = None
    message_system_attributes: SentSystemAttributes | None = None
    message_deduplication_id: str | None = None
    message_group_id: str | None = None


class SendMessageRequest(MessageFields):
    queue_url: str | None = None


class SendMessageResult(Result, kw_only=True):
    message_id: str
    md5_of_message_body: str = msgspec.field(name="MD5OfMessageBody")
    md5_of_message_attributes: str | None = msgspec.field(default=None, name="MD5OfMessageAttributes")
    md5_of_message_system_attributes: str | None = msgspec.field(default=None, name="MD5OfMessageSystemAttributes")
    sequence_number: str | None = None


class SendMessageBatchResultEntry(SendMessageResult, kw_only=True):
    id: str


class SendMessageBatchRequestEntry(MessageFields):
    id: str | None = None


class SendMessageBatchRequest(QueueRequest):
    entries: Annotated[list[SendMessageBatchRequestEntry], query("SendMessageBatchRequestEntry")] | None = None


class BatchResultErrorEntry(Result):
    id: str
    sender_fault: bool
    code: str  # the Query code, in both protocols
    message: str


Failed: TypeAlias = Annotated[list[BatchResultErrorEntry], query("BatchResultErrorEntry")]


class SendMessageBatchResult(Result):
    successful: Annotated[list[SendMessageBatchResultEntry], query("SendMessageBatchResultEntry")] | None = None
    failed: Failed | None = None


class ReceiveMessageRequest(QueueRequest):
    max_number_of_messages: int | None = None
    wait_time_seconds: int | None = None
    visibility_timeout: int | None = None
    attribute_names: AttributeNames | None = None
    message_system_attribute_names: Annotated[list[str], query("MessageSystemAttributeName")] | None = None
    message_attribute_names: Annotated[list[str], query("MessageAttributeName")] | None = None
    receive_request_attempt_id: str | None = None


class ReceivedMessage(Result):
    message_id: str
    receipt_handle: str
    md5_of_body: str = msgspec.field(name="MD5OfBody")
    body: str
    attributes: AttributeMap | None = None
    md5_of_message_attributes: str | None = msgspec.field(default=None, name="MD5OfMessageAttributes")
    message_attributes: ReceivedAttributes | None = None


class ReceiveMessageResult(Result):
    messages: Annotated[list[ReceivedMessage], query("Message")] | None = None


class DeleteMessageRequest(QueueRequest):
    receipt_handle: str | None = None


class DeleteMessageBatchRequestEntry(Request):
    id: str | None = None
    receipt_handle: str | None = None


class DeleteMessageBatchRequest(QueueRequest):
    entries: Annotated[list[DeleteMessageBatchRequestEntry], query("DeleteMessageBatchRequestEntry")] | None = None


class DeleteMessageBatchResultEntry(Result):
    id: str


class DeleteMessageBatchResult(Result):
    successful: Annotated[list[DeleteMessageBatchResultEntry], query("DeleteMessageBatchResultEntry")] | None = None
    failed: Failed | None = None


class ChangeMessageVisibilityRequest(QueueRequest):
    receipt_handle: str | None = None
    visibility_timeout: int | None = None


class ChangeMessageVisibilityBatchRequestEntry(Request):
    id: str | None = None
    receipt_handle: str | None = None
    visibility_timeout: int | None = None


class ChangeMessageVisibilityBatchRequest(QueueRequest):
    entries: (
        Annotated[list[ChangeMessageVisibilityBatchRequestEntry], query("ChangeMessageVisibilityBatchRequestEntry")]
        | None
    ) = None


class ChangeMessageVisibilityBatchResultEntry(Result):
    id: str


class ChangeMessageVisibilityBatchResult(Result):
    successful: (
        Annotated[list[ChangeMessageVisibilityBatchResultEntry], query("ChangeMessageVisibilityBatchResultEntry")]
        | None
    ) = None
    failed: Failed | None = None


ACTIONS: Final = (
    Action(NAME, "SendMessage", SendMessageRequest, (), SendMessageResult),
    Action(NAME, "SendMessageBatch", SendMessageBatchRequest, (), SendMessageBatchResult, batch_of="SendMessage"),
    Action(NAME, "ReceiveMessage", ReceiveMessageRequest, (), ReceiveMessageResult),
    Action(NAME, "DeleteMessage", DeleteMessageRequest, ("receipt_handle",)),
    Action(
        NAME, "DeleteMessageBatch", DeleteMessageBatchRequest, (), DeleteMessageBatchResult, batch_of="DeleteMessage"
    ),
    Action(
        NAME,
        "ChangeMessageVisibility",
        ChangeMessageVisibilityRequest,
        ("receipt_handle", "visibility_timeout"),
    ),
    Action(
        NAME,
        "ChangeMessageVisibilityBatch",
        ChangeMessageVisibilityBatchRequest,
        (),
        ChangeMessageVisibilityBatchResult,
        batch_of="ChangeMessageVisibility",
    ),
)
