"""ReceiveMessage, which may wait. AWS's page: "ReceiveMessage" in the Amazon SQS API Reference."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqs_emulator.contract.sqs.messages import ReceiveMessageRequest, ReceiveMessageResult
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.receives import Delivery, Receive
from sqs_emulator.core.waiters import Waiter
from sqs_emulator.services.call import Call
from sqs_emulator.services.pending import Answer, Pending
from sqs_emulator.services.sqs import parameters
from sqs_emulator.services.sqs.selection import selection
from sqs_emulator.services.subject import queue_of


def receive_message(call: Call, request: ReceiveMessageRequest) -> ReceiveMessageResult | Pending[Answer]:
    queue, now = queue_of(call, request.queue_url)
    limits = queue.limits
    max_messages, wait, seconds = request.max_number_of_messages, request.wait_time_seconds, request.visibility_timeout
    if max_messages is None:
        max_messages = 1
    else:
        parameters.max_number_of_messages(max_messages, limits)
    if wait is None:
        wait = queue.attributes.receive_message_wait_time_seconds
    else:
        parameters.wait_time(wait, limits)
    if seconds is not None:
        parameters.visibility_timeout(seconds, limits)
    attempt_id = request.receive_request_attempt_id
    if attempt_id is not None:
        parameters.identifier(attempt_id, "ReceiveRequestAttemptId", limits)
    select = selection(
        (*(request.attribute_names or ()), *(request.message_system_attribute_names or ())),
        tuple(request.message_attribute_names or ()),
    )
    receive = Receive(max_messages, None if seconds is None else seconds * 1000, call.consumer, attempt_id)
    deliveries = queue.receive(receive, now=now, long_poll=wait > 0)
    if deliveries or not wait:
        return select(deliveries)
    waiter = Waiter(receive, until=now + wait * 1000, is_gone=call.is_gone)
    return _waiting(queue, waiter, now).then(select)


def _waiting(queue: Queue, waiter: Waiter, now: int) -> Pending[list[Delivery]]:
    """Return what the waiter will be given: it waits once somebody wants to know."""

    def begin(answer: Callable[[list[Delivery]], None]) -> None:
        waiter.answer = answer
        waiter.real_until = time.monotonic() + (waiter.until - now) / 1000
        queue.add_waiter(waiter, now=now)

    return Pending(begin, lambda: queue.drop_waiter(waiter))
