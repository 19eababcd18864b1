"""What an action's function is told beside the request: who calls, where from, and at what moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from sqs_emulator.core.broker import Broker
from sqs_emulator.core.errors import MissingParameter, QueueDoesNotExist
from sqs_emulator.core.events import Consumer
from sqs_emulator.core.identifiers import parse_queue_url
from sqs_emulator.core.queue import Queue


def _stays() -> bool:
    return False


class Call(msgspec.Struct, eq=False, gc=False):
    """One request's surroundings. `now` (ms) is read once, from the clock of the account that owns the queue."""

    broker: Broker
    account: str
    region: str
    consumer: Consumer | None
    trace_header: str | None  # the X-Amzn-Trace-Id that came with the request, not in it
    # What the URLs of queues begin with, so that the sender of `request` reaches them.
    base_url_of: Callable[[Any], str]
    request: Any = None
    is_gone: Callable[[], bool] = _stays  # whether nobody would hear an answer any more
    now: int = 0

    def queue(self, url: str | None) -> Queue:
        """Return the queue of a QueueUrl, in the account of the URL if it names one, and read that account's clock."""
        if not url:
            raise MissingParameter("QueueUrl")
        address = parse_queue_url(url)
        if address is None:
            raise QueueDoesNotExist
        account, region, name = address
        queue = self.broker.find(account or self.account, region or self.region, name)
        self.now = queue.clock.now()
        return queue

    def read_own_clock(self) -> int:
        """Set and return `now` by the caller's own account, where no queue is meant."""
        self.now = self.broker.clock_of(self.account).now()
        return self.now

    def url_of(self, queue: Queue) -> str:
        """Return a queue's URL as this client can reach it."""
        account, name = queue.arn.rsplit(":", 2)[1:]
        return f"{self.base_url_of(self.request)}/{account}/{name}"
