"""What a request is about: a queue, of which account and where, and the messages that it names.

Handlers take the queue that they act on from `queue_of`, which refuses what is not there. Who stands around them
(`dispatch.py`) asks a `Subject`, which refuses nothing: a call may be about a queue that does not exist, or about none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqs_emulator.contract.action import Action, Request
from sqs_emulator.core import receipts
from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.errors import MissingParameter, QueueDoesNotExist
from sqs_emulator.core.identifiers import QueueAddress, parse_queue_url
from sqs_emulator.core.message import Message
from sqs_emulator.core.queue import Queue
from sqs_emulator.services.call import Call


def queue_of(call: Call, url: str | None) -> tuple[Queue, int]:
    """Return the queue of a QueueUrl, and the moment that it is there: the clock is read once for each request.

    The queue is in the account of the URL if it names one, and goes by the clock of that account.
    """
    if not url:
        raise MissingParameter("QueueUrl")
    address = parse_queue_url(url)
    if address is None:
        raise QueueDoesNotExist
    account, region, name = address
    queue = call.broker.find(account or call.account, region or call.region, name)
    return queue, queue.clock.now()


class Subject:
    """What one call is about. `account` is whose queue it is; of a call on no queue, the caller's."""

    def __init__(self, action: Action, call: Call, request: Any) -> None:
        self.action = action
        self.call = call
        self.request = request
        self.entries: Sequence[Any] = getattr(request, "entries", None) or ()  # of a batch
        address = _address(request)
        self.account = (address and address.account) or call.account
        self.region = (address and address.region) or call.region
        self.queue_name = address and address.name

    @property
    def queue(self) -> Queue | None:
        """The queue, if it is there now."""
        try:
            return self.call.broker.find(self.account, self.region, self.queue_name or "")
        except QueueDoesNotExist:
            return None

    @property
    def arn(self) -> QueueArn:
        """The ARN of the queue, whether it is there or not."""
        return QueueArn.of(self.region, self.account, self.queue_name or "")

    def message(self, receipt_handle: str) -> Message | None:
        """Return the message that a receipt handle is of, if it is still there."""
        queue, handle = self.queue, receipts.parse(receipt_handle)
        if queue is None or handle is None or handle.incarnation != queue.incarnation:
            return None
        return queue.messages.get(handle.sequence)


def _address(request: Request) -> QueueAddress | None:
    """Return which queue a request names: by URL, by name or by ARN."""
    if url := getattr(request, "queue_url", None):
        try:
            return parse_queue_url(url)
        except QueueDoesNotExist:
            return None
    if name := getattr(request, "queue_name", None):
        return QueueAddress(getattr(request, "queue_owner_account_id", None), None, name)
    try:
        arn = QueueArn.parse(getattr(request, "source_arn", None) or "")
    except ValueError:
        return None
    return QueueAddress(arn.account, arn.region, arn.name)
