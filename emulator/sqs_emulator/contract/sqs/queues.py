"""Actions on queues: create, find, configure, tag, purge, delete."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sqs_emulator.contract.action import (
    Action,
    AttributeMap,
    AttributeNames,
    QueueRequest,
    QueueUrls,
    Request,
    Result,
    TagMap,
    query,
)
from sqs_emulator.contract.sqs.name import NAME


class CreateQueueRequest(Request):
    queue_name: str | None = None
    attributes: AttributeMap | None = None
    tags: TagMap | None = msgspec.field(default=None, name="tags")


class CreateQueueResult(Result):
    queue_url: str


class GetQueueUrlRequest(Request):
    queue_name: str | None = None
    queue_owner_account_id: str | None = msgspec.field(default=None, name="QueueOwnerAWSAccountId")


class GetQueueUrlResult(Result):
    queue_url: str


class ListQueuesRequest(Request):
    queue_name_prefix: str | None = None
    max_results: int | None = None
    next_token: str | None = None


class ListQueuesResult(Result):
    queue_urls: QueueUrls | None = None
    next_token: str | None = None


class ListDeadLetterSourceQueuesRequest(QueueRequest):
    max_results: int | None = None
    next_token: str | None = None


class ListDeadLetterSourceQueuesResult(Result, kw_only=True):
    queue_urls: QueueUrls = msgspec.field(name="queueUrls")  # there even when it is empty
    next_token: str | None = None


class GetQueueAttributesRequest(QueueRequest):
    attribute_names: AttributeNames | None = None


class GetQueueAttributesResult(Result):
    attributes: AttributeMap | None = None


class SetQueueAttributesRequest(QueueRequest):
    attributes: AttributeMap | None = None


class DeleteQueueRequest(QueueRequest):
    pass


class PurgeQueueRequest(QueueRequest):
    pass


class TagQueueRequest(QueueRequest):
    tags: TagMap | None = None


class UntagQueueRequest(QueueRequest):
    tag_keys: Annotated[list[str], query("TagKey")] | None = None


class ListQueueTagsRequest(QueueRequest):
    pass


class ListQueueTagsResult(Result):
    tags: TagMap | None = None


ACTIONS: Final = (
    Action(
        NAME,
        "CreateQueue",
        CreateQueueRequest,
        ("queue_name",),
        CreateQueueResult,
        on_queue_path=False,
        owner_only=True,
    ),
    Action(NAME, "GetQueueUrl", GetQueueUrlRequest, ("queue_name",), GetQueueUrlResult),
    Action(NAME, "ListQueues", ListQueuesRequest, (), ListQueuesResult, on_queue_path=False, owner_only=True),
    Action(NAME, "ListDeadLetterSourceQueues", ListDeadLetterSourceQueuesRequest, (), ListDeadLetterSourceQueuesResult),
    Action(NAME, "GetQueueAttributes", GetQueueAttributesRequest, (), GetQueueAttributesResult),
    Action(NAME, "SetQueueAttributes", SetQueueAttributesRequest, ("attributes",), owner_only=True),
    Action(NAME, "DeleteQueue", DeleteQueueRequest, (), owner_only=True),
    Action(NAME, "PurgeQueue", PurgeQueueRequest, ()),
    Action(NAME, "TagQueue", TagQueueRequest, ("tags",), owner_only=True),
    Action(NAME, "UntagQueue", UntagQueueRequest, ("tag_keys",), owner_only=True),
    Action(NAME, "ListQueueTags", ListQueueTagsRequest, (), ListQueueTagsResult, owner_only=True),
)
