"""Actions on queues. AWS's pages: "Actions", each under its name, in the Amazon SQS API Reference."""

from __future__ import annotations

import base64
import binascii

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
    PurgeQueueRequest,
    SetQueueAttributesRequest,
)
from sqs_emulator.core import attributes as queue_attributes
from sqs_emulator.core.errors import (
    InvalidAttributeName,
    InvalidParameter,
    MissingParameter,
)
from sqs_emulator.core.queue import Queue
from sqs_emulator.services.call import Call
from sqs_emulator.services.sqs import parameters, tags
from sqs_emulator.services.sqs.permissions import check_policy
from sqs_emulator.services.subject import queue_of


def create_queue(call: Call, request: CreateQueueRequest) -> CreateQueueResult:
    name = request.queue_name or ""
    if not name:
        raise MissingParameter("QueueName")
    sent = request.attributes or {}
    parameters.queue_name(name, call.broker.limits, is_fifo=queue_attributes.asks_for_fifo(sent))
    wanted = tags.checked(request.tags or {})
    tags.check_number(wanted, name, call.broker.limits)
    check_policy(sent.get("Policy"))
    now = call.broker.clock_of(call.account).now()
    # Not settled: whether tags sent for a queue that exists change its tags; here they do not.
    queue = call.broker.create_queue(call.account, call.region, name, sent, tags=wanted, now=now)
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
    queue, _ = queue_of(call, request.queue_url)
    queues = call.broker.dead_letter_sources(queue)
    page, next_token = _page(queues, request.max_results, request.next_token, call)
    return ListDeadLetterSourceQueuesResult(queue_urls=page, next_token=next_token)


def _page(queues: list[Queue], max_results: int | None, token: str | None, call: Call) -> tuple[list[str], str | None]:
    """Return the URLs of a page of queues, which are in the order of their names, and the token of the page after it.

    A token is the last name of the page before. Who does not ask for pages gets one, and no token.
    """
    limits = call.broker.limits
    if max_results is not None:
        parameters.max_results(max_results, limits)
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
    queue, now = queue_of(call, request.queue_url)
    names = request.attribute_names or []
    for name in names:
        if name not in queue_attributes.ALL_NAMES:
            raise InvalidAttributeName.unknown(name)
    if not names:
        return GetQueueAttributesResult()
    shown = _all_attributes(queue, now)
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
    queue, now = queue_of(call, request.queue_url)
    # Not settled: an empty map. JSON can send one, and it changes nothing; Query cannot, and is told what is missing.
    sent = request.attributes or {}
    check_policy(sent.get("Policy"))
    attributes = call.broker.checked_attributes(queue.arn, queue.attributes, sent)
    queue.set_attributes(attributes, now=now, changes={name: text or "" for name, text in sent.items()})


def delete_queue(call: Call, request: DeleteQueueRequest) -> None:
    queue, now = queue_of(call, request.queue_url)
    call.broker.delete_queue(queue, now=now)


def purge_queue(call: Call, request: PurgeQueueRequest) -> None:
    queue, now = queue_of(call, request.queue_url)
    queue.purge(now=now)
