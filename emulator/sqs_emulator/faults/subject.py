"""What a call is about, as rules ask for it: whose queue, and the tasks in the messages that it bears or names."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

from sqs_emulator.contract.action import Action, Request
from sqs_emulator.core import receipts
from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.identifiers import QueueAddress, parse_queue_url
from sqs_emulator.core.queue import Queue
from sqs_emulator.faults.errors import Circumstances
from sqs_emulator.services.call import Call

# AWS asks for the permission of the single action where a batch is sent.
_BATCH = "Batch"


def task_of(body: str) -> str | None:
    """Return the name of the Celery task in a message's body."""
    from sqs_emulator.observe.envelope import decode  # only a rule that names a task needs it

    envelope = decode(body)
    return None if envelope is None else envelope.task


class Subject:
    """One call. `request` may be exchanged for another one of the same kind before the call is done."""

    def __init__(self, action: Action, call: Call, request: Request) -> None:
        self.action = action
        self.call = call
        self.request: Any = request
        self.entries: Sequence[Any] = getattr(request, "entries", None) or ()  # of a batch, as it was sent
        address = _address(request)
        self.account = (address and address.account) or call.account
        self.region = (address and address.region) or call.region
        self.queue_name = address and address.name

    def queue(self) -> Queue | None:
        """Return the queue, if it is there; asking makes none."""
        account = self.call.broker.accounts.get(self.account)
        region = account and account.regions.get(self.region)
        return region.queues.get(self.queue_name or "") if region else None

    @functools.cached_property
    def tasks(self) -> list[str | None]:
        """The tasks of the messages that the call bears or names: one for each entry of a batch, or for the request."""
        return [self._task(each) for each in (self.entries or (self.request,))]

    def _task(self, fields: Any) -> str | None:
        body = getattr(fields, "message_body", None)
        if body is None:
            body = self.body_of(getattr(fields, "receipt_handle", None) or "")
        return None if body is None else task_of(body)

    def body_of(self, receipt_handle: str) -> str | None:
        """Return the body of the message that a receipt handle is of, if it is still there."""
        queue, handle = self.queue(), receipts.parse(receipt_handle)
        if queue is None or handle is None or handle.incarnation != queue.incarnation:
            return None
        message = queue.messages.get(handle.sequence)
        return None if message is None else message.body

    def circumstances(self) -> Circumstances:
        name = self.action.name
        resource = QueueArn.of(self.region, self.account, self.queue_name or "")
        return Circumstances(
            action=name,
            queue=self.queue_name or "",
            user=f"arn:{resource.partition}:iam::{self.call.account}:user/local",
            permission=f"sqs:{name.removesuffix(_BATCH).lower()}",
            resource=str(resource),
        )


def _address(request: Request) -> QueueAddress | None:
    """Return which queue a request names: by URL, by name or by ARN."""
    names: Iterator[Any] = (getattr(request, each, None) for each in ("queue_url", "queue_name", "source_arn"))
    url, name, arn = names
    if url:
        return parse_queue_url(url)
    if name:
        return QueueAddress(getattr(request, "queue_owner_account_id", None), None, name)
    try:
        named = QueueArn.parse(arn or "")
    except ValueError:
        return None
    return QueueAddress(named.account, named.region, named.name)
