"""What an action's function is told beside the request: who calls, where from, and how it is reached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.broker import Broker
from sqs_emulator.core.events import Consumer
from sqs_emulator.core.queue import Queue


def _stays() -> bool:
    return False


class Call(msgspec.Struct, eq=False, gc=False):
    """One request's surroundings."""

    broker: Broker
    account: str
    region: str
    consumer: Consumer | None
    trace_header: str | None  # the X-Amzn-Trace-Id that came with the request, not in it
    # What the URLs of queues begin with, so that the sender of `request` reaches them.
    base_url_of: Callable[[Any], str]
    request: Any = None
    is_gone: Callable[[], bool] = _stays  # whether nobody would hear an answer any more

    def url_of(self, queue: Queue) -> str:
        """Return a queue's URL as this client can reach it."""
        arn = QueueArn.parse(queue.arn)
        return f"{self.base_url_of(self.request)}/{arn.account}/{arn.name}"
