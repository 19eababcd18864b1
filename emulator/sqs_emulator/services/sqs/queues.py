"""Actions on queues. AWS's pages: "Actions", each under its name, in the Amazon SQS API Reference."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from sqs_emulator.contract.sqs.queues import (
    CreateQueueRequest,
    CreateQueueResult,
    DeleteQueueRequest,
    GetQueueAttributesRequest,
    GetQueueAttributesResult,
    GetQueueUrlRequest,
    GetQueueUrlResult,
    ListDeadLetterSourceQueuesRequest,
    ListDeadLetterSourceQueuesResult,
    ListQueuesRequest,
    ListQueuesResult,
    ListQueueTagsRequest,
    ListQueueTagsResult,
    PurgeQueueRequest,
    SetQueueAttributesRequest,
    TagQueueRequest,
    UntagQueueRequest,
)
from sqs_emulator.core import attributes as queue_attributes
from sqs_emulator.core.errors import (
    InvalidAttributeName,
    InvalidParameter,
    InvalidParameterValue,
    MissingParameter,
)
from sqs_emulator.core.queue import Queue
from sqs_emulator.services import checks
from sqs_emulator.services.call import Call


def create_queue(call: Call, request: CreateQueueRequest) -> CreateQueueResult:
    name = request.queue_name or ""
    if not name:
        raise MissingParameter("QueueName")
    sent = request.attributes or {}
    is_fifo = (sent.get("FifoQueue") or "").lower() == "true"
    checks.queue_name(name, call.broker.limits, is_fifo=is_fifo)
    tags = checks.tags(request.tags or {})
    _limit_tags(len(tags), name, call)
    now = call.read_own_clock()
    # Not settled: whether tags sent for a queue that exists change its tags; here they do not.
    queue = call.broker.create_queue(call.account, call.region, name, sent, tags=tags, now=now)
    return CreateQueueResult(queue_url=call.url_of(queue))


def get_queue_url(call: Call, request: GetQueueUrlRequest) -> GetQueueUrlResult:
    account = request.queue_owner_account_id or call.account
    queue = call.broker.find(account, call.region, request.queue_name or "")
    return GetQueueUrlResult(queue_url=call.url_of(queue))


def list_queues(call: Call, request: ListQueuesRequest) -> ListQueuesResult:
    queues = call.broker.queues_named(call.account, call.region, request.queue_name_prefix or "")
    page, next_token = _page(queues, request.max_results, request.next_token, call)
    return ListQueuesResult(queue_urls=page or None, next_token=next_token)


def list_dead_letter_source_queues(
    call: Call, request: ListDeadLetterSourceQueuesRequest
) -> ListDeadLetterSourceQueuesResult:
    queues = call.broker.dead_letter_sources(call.queue(request.queue_url))
    page, next_token = _page(queues, request.max_results, request.next_token, call)
    return ListDeadLetterSourceQueuesResult(queue_urls=page, next_token=next_token)


def _page(queues: list[Queue], max_results: int | None, token: str | None, call: Call) -> tuple[list[str], str | None]:
    """Return the URLs of a page of queues, which are in the order of their names, and the token of the page after it.

    A token is the last name of the page before. Who does not ask for pages gets one, and no token.
    """
    limits = call.broker.limits
    if max_results is not None:
        checks.max_results(max_results, limits)
    if token:
        last = _read_token(token)
        queues = [queue for queue in queues if queue.name > last]
    page = queues[: max_results or limits.list_results]
    more = max_results is not None and len(queues) > len(page)
    return [call.url_of(queue) for queue in page], _token(page[-1].name) if more else None


def _token(name: str) -> str:
    return base64.b64encode(name.encode()).decode()


def _read_token(token: str) -> str:
    try:
        return base64.b64decode(token, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        # Not settled: AWS's words.
        raise InvalidParameter(token, "NextToken", "Invalid or expired next token.") from None


def get_queue_attributes(call: Call, request: GetQueueAttributesRequest) -> GetQueueAttributesResult:
    queue = call.queue(request.queue_url)
    names = request.attribute_names or []
    for name in names:
        if name not in queue_attributes.ALL_NAMES:
            raise InvalidAttributeName.unknown(name)
    if not names:
        return GetQueueAttributesResult()
    shown = _all_attributes(queue, call.now)
    if "All" not in names:
        shown = {name: shown[name] for name in names if name in shown}
    return GetQueueAttributesResult(attributes=shown or None)


def _all_attributes(queue: Queue, now: int) -> dict[str, str | None]:
    counts = queue.counts(now=now)
    return {
        "QueueArn": queue.arn,
        "ApproximateNumberOfMessages": str(counts.visible),
        "ApproximateNumberOfMessagesNotVisible": str(counts.in_flight),
        "ApproximateNumberOfMessagesDelayed": str(counts.delayed),
        "CreatedTimestamp": str(queue.created_at // 1000),
        "LastModifiedTimestamp": str(queue.modified_at // 1000),
        **queue_attributes.shown(queue.attributes),
    }


def set_queue_attributes(call: Call, request: SetQueueAttributesRequest) -> None:
    queue = call.queue(request.queue_url)
    # Not settled: an empty map. JSON can send one, and it changes nothing; Query cannot, and is told what is missing.
    sent = request.attributes or {}
    attributes = call.broker.checked_attributes(queue.arn, queue.attributes, sent)
    queue.set_attributes(attributes, now=call.now, changes={name: text or "" for name, text in sent.items()})


def delete_queue(call: Call, request: DeleteQueueRequest) -> None:
    queue = call.queue(request.queue_url)
    call.broker.delete_queue(queue, now=call.now)


def purge_queue(call: Call, request: PurgeQueueRequest) -> None:
    queue = call.queue(request.queue_url)
    queue.purge(now=call.now)


def tag_queue(call: Call, request: TagQueueRequest) -> None:
    queue = call.queue(request.queue_url)
    if not request.tags:
        raise MissingParameter("Tags")
    merged = {**queue.tags, **checks.tags(request.tags)}
    _limit_tags(len(merged), queue.name, call)
    queue.tags = merged


def _limit_tags(number: int, queue_name: str, call: Call) -> None:
    if number > call.broker.limits.tags:
        raise InvalidParameterValue(f"Too many tags added for queue {queue_name}.")


_NO_TAG_KEYS: Final = "Tag keys must be between 1 and 128 characters in length."


def untag_queue(call: Call, request: UntagQueueRequest) -> None:
    queue = call.queue(request.queue_url)
    if not request.tag_keys:
        raise InvalidParameterValue(_NO_TAG_KEYS)
    for key in request.tag_keys:
        checks.tag_key(key)
    queue.tags = {key: value for key, value in queue.tags.items() if key not in request.tag_keys}


def list_queue_tags(call: Call, request: ListQueueTagsRequest) -> ListQueueTagsResult:
    queue = call.queue(request.queue_url)
    return ListQueueTagsResult(tags=dict(queue.tags) or None)
