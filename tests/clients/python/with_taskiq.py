"""taskiq-aio-sqs: tasks on a standard queue, sent in batches, with heartbeats; and on a FIFO queue, without doubles."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

from aiobotocore.session import get_session
from taskiq.api import run_receiver_task
from taskiq_aio_sqs import SQSBroker
from taskiq_aio_sqs.exceptions import QueueNotFoundError

# mypy: disallow-untyped-decorators=False

DEADLINE_SECONDS = 30.0
NAME = f"taskiq-{uuid.uuid4().hex}"


@contextlib.asynccontextmanager
async def consuming(broker: Any) -> AsyncIterator[None]:
    """Run a broker's tasks until the end of the block."""
    receiver = asyncio.create_task(run_receiver_task(broker, ack_time="when_executed"))
    try:
        yield
    finally:
        receiver.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await receiver


async def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited {DEADLINE_SECONDS:g} s for {what}"
        await asyncio.sleep(0.05)


async def messages_left(sqs: Any, url: str) -> int:
    shown = (await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]))["Attributes"]
    return sum(int(value) for name, value in shown.items() if name.startswith("ApproximateNumberOfMessages"))


async def wait_until_empty(sqs: Any, url: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while await messages_left(sqs, url):
        assert time.monotonic() < deadline, f"waited {DEADLINE_SECONDS:g} s for an empty {url}"
        await asyncio.sleep(0.05)


async def standard_queues(sqs: Any) -> None:
    url = (await sqs.create_queue(QueueName=NAME, Attributes={"VisibilityTimeout": "2"}))["QueueUrl"]
    broker = SQSBroker(
        NAME,
        wait_time_seconds=1,
        max_number_of_messages=10,
        is_fair_queue=True,
        enable_batching=True,
        batch_timeout=0.1,
        enable_heartbeat=True,
    )
    squares: list[int] = []
    slow: list[str] = []

    @broker.task
    async def square(number: int) -> None:
        squares.append(number * number)

    @broker.task
    async def take_longer_than_the_visibility_timeout(word: str) -> None:
        await asyncio.sleep(3)
        slow.append(word)

    await broker.startup()
    async with consuming(broker):
        await take_longer_than_the_visibility_timeout.kiq("once")
        for number in range(15):
            await square.kiq(number)
        await wait_until(lambda: len(squares) >= 15 and bool(slow), "all tasks")
        await wait_until_empty(sqs, url)
    await broker.shutdown()

    assert sorted(squares) == [number * number for number in range(15)]
    assert slow == ["once"]
    await sqs.delete_queue(QueueUrl=url)


async def fifo_queues(sqs: Any) -> None:
    name = f"{NAME}.fifo"
    url = (await sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"}))["QueueUrl"]
    broker = SQSBroker(name, wait_time_seconds=1, use_task_id_for_deduplication=True)
    seen: list[int] = []

    @broker.task
    async def see(number: int) -> None:
        seen.append(number)

    await broker.startup()
    for number in (1, 2, 2, 3):
        await see.kicker().with_task_id(f"task-{number}").kiq(number)
    async with consuming(broker):
        await wait_until(lambda: 3 in seen, "the last task")
        await wait_until_empty(sqs, url)
    await broker.shutdown()

    assert seen == [1, 2, 3]
    await sqs.delete_queue(QueueUrl=url)


async def unknown_queues() -> None:
    broker = SQSBroker(f"{NAME}-none")
    try:
        await broker.startup()
    except QueueNotFoundError as error:  # what it makes of botocore's QueueDoesNotExist
        assert NAME in str(error)
    else:
        raise AssertionError("a queue that was never made was found")
    finally:
        await broker.shutdown()


async def main() -> None:
    async with get_session().create_client("sqs") as sqs:
        await standard_queues(sqs)
        print("standard_queues ok", flush=True)
        await fifo_queues(sqs)
        print("fifo_queues ok", flush=True)
    await unknown_queues()


if __name__ == "__main__":
    asyncio.run(main())
