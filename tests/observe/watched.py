"""Queues with a feed of their events, and clients that have names."""

from __future__ import annotations

from typing import Final

from sqs_emulator.core.events import Consumer
from sqs_emulator.core.message import Draft
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.receives import Receive
from sqs_emulator.observe.doctor import diagnose
from sqs_emulator.observe.feed import Feed
from sqs_emulator.observe.findings import Finding
from sqs_emulator.observe.history import History, history
from tests.core.by_hand import Queues, draft

PRODUCER: Final = Consumer("10.0.0.1:5000", "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1")
WORKER: Final = Consumer("10.0.0.7:5001", "Mozilla/5.0 (compatible; pycurl)")
OTHER: Final = Consumer("10.0.0.8:5002", "Mozilla/5.0 (compatible; pycurl)")


class Watched(Queues):
    """Queues with a feed of their events, and the last messages that left."""

    def __init__(self, *, remembered: int = 1_000) -> None:
        super().__init__()
        self.feed = Feed(remembered)
        self.broker.watch(self.feed.record)
        self.broker.keep_gone(remembered)

    def send(self, queue: Queue, body: str | Draft = "order", *, now: int = 0, delay_seconds: int | None = None) -> str:
        """Send a message and return its id."""
        made = draft(body, delay_seconds=delay_seconds) if isinstance(body, str) else body
        return queue.send(made, now=now, consumer=PRODUCER).id

    def receive(self, queue: Queue, *, now: int, timeout: int | None = None, consumer: Consumer = WORKER) -> str:
        """Receive one message and return its receipt handle. The timeout is in milliseconds."""
        (delivery,) = queue.receive(Receive(1, visibility_timeout=timeout, consumer=consumer), now=now)
        return delivery.receipt_handle

    def history(self, message_id: str) -> History:
        told = history(self.broker, self.feed.events(), message_id)
        assert told is not None
        return told

    def diagnose(self, now: int) -> list[Finding]:
        return diagnose(self.broker, self.feed.events(), now)

    def codes(self, now: int) -> list[str]:
        return [finding.code for finding in self.diagnose(now)]

    def finding(self, code: str, now: int) -> Finding:
        """Return the one finding of a kind; there has to be one."""
        (found,) = [finding for finding in self.diagnose(now) if finding.code == code]
        return found
