from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sqs_emulator.core.attributes import QueueAttributes
from sqs_emulator.core.events import Event
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.standard import StandardQueue
from tests.core.by_hand import Queues, TimersByHand

ARN = "arn:aws:sqs:us-east-1:000000000000:orders"


@pytest.fixture
def timers() -> TimersByHand:
    return TimersByHand()


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def make_queue(timers: TimersByHand, events: list[Event]) -> Callable[..., StandardQueue]:
    def make(**attributes: int) -> StandardQueue:
        wanted = QueueAttributes(**attributes)  # type: ignore[arg-type]
        return StandardQueue(ARN, now=0, attributes=wanted, timers=timers, emit=events.append)

    return make


@pytest.fixture
def queue(make_queue: Callable[..., StandardQueue]) -> StandardQueue:
    return make_queue()


@pytest.fixture
def queues() -> Iterator[Queues]:
    """No queues yet. After the test each of them must hold together."""
    queues = Queues()
    yield queues
    queues.check()


@pytest.fixture
def fifo(queues: Queues) -> Queue:
    return queues.create("orders.fifo")
