"""What connections say: the flows of the benchmark."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import Final

from tests.bench.load import Flow, Load, LoadError
from tests.bench.servers import ServerProcess
from tests.bench.spelling import JSON, Spelling

BODY_BYTES: Final = 256
BODY: Final = "x" * BODY_BYTES
BATCH: Final = 10
_FILLERS: Final = 8  # connections that fill a queue


def create_queues(server: ServerProcess, count: int) -> list[str]:
    """Create queues and return their URLs."""
    call = server.connection.call
    answers = [call(JSON.request("CreateQueue", {"QueueName": f"bench-{number}"})) for number in range(count)]
    return [_only("QueueUrl", answer, JSON) for answer in answers]


def create_queue(server: ServerProcess) -> str:
    return create_queues(server, 1)[0]


def _only(name: str, answer: bytes, spelling: Spelling) -> str:
    (value, *more) = spelling.values(name, answer) or [""]
    if more or not value:
        raise LoadError(f"one {name} was expected in {answer!r}")
    return value


def cycle(url: str, spelling: Spelling = JSON) -> Flow:
    """One task through a broker, again and again: send, receive, delete."""
    send = send_message(url, spelling)
    receive = spelling.request("ReceiveMessage", {"QueueUrl": url, "MaxNumberOfMessages": 1})
    while True:
        yield send
        handle = _only("ReceiptHandle", (yield receive), spelling)
        yield spelling.request("DeleteMessage", {"QueueUrl": url, "ReceiptHandle": handle})


def batches(url: str) -> Flow:
    """The same with ten at a time."""
    send = _send_batch(url, [BODY] * BATCH)
    receive = JSON.request("ReceiveMessage", {"QueueUrl": url, "MaxNumberOfMessages": BATCH})
    while True:
        yield send
        handles = JSON.values("ReceiptHandle", (yield receive))
        entries = [{"Id": str(number), "ReceiptHandle": handle} for number, handle in enumerate(handles)]
        yield JSON.request("DeleteMessageBatch", {"QueueUrl": url, "Entries": entries})


def raw(url: str) -> Flow:
    """Requests whose answers are not looked at, for the bare server."""
    send = send_message(url)
    while True:
        yield send


def empty_receives(url: str) -> Flow:
    receive = JSON.request("ReceiveMessage", {"QueueUrl": url, "MaxNumberOfMessages": 1})
    while True:
        yield receive


def send_message(url: str, spelling: Spelling = JSON) -> bytes:
    return spelling.request("SendMessage", {"QueueUrl": url, "MessageBody": BODY})


def long_poll(url: str, wait_seconds: int) -> bytes:
    return JSON.request("ReceiveMessage", {"QueueUrl": url, "WaitTimeSeconds": wait_seconds})


def one_poll(url: str, wait_seconds: int, answers: list[bytes]) -> Flow:
    """Poll once and keep the answer."""
    answers.append((yield long_poll(url, wait_seconds)))


def polls(url: str, wait_seconds: int, arrivals: list[float]) -> Flow:
    """Poll again and again, as a worker does; note when each message arrives, in seconds of `time.perf_counter`."""
    poll = long_poll(url, wait_seconds)
    while True:
        handles = JSON.values("ReceiptHandle", (yield poll))
        for handle in handles:
            arrivals.append(time.perf_counter())
            yield JSON.request("DeleteMessage", {"QueueUrl": url, "ReceiptHandle": handle})


def fill(server: ServerProcess, url: str, messages: int) -> None:
    """Send so many messages, every one with a body of its own."""
    numbers = iter(range(messages))
    with Load(server.address, [_sends(url, numbers) for _ in range(_FILLERS)]) as load:
        load.finish()


def _sends(url: str, numbers: Iterator[int]) -> Flow:
    while bodies := [f"{number:0{BODY_BYTES}}" for number in itertools.islice(numbers, BATCH)]:
        answer = yield _send_batch(url, bodies)
        if b'"Failed"' in answer:
            raise LoadError(f"a batch was answered {answer!r}")


def _send_batch(url: str, bodies: list[str]) -> bytes:
    entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
    return JSON.request("SendMessageBatch", {"QueueUrl": url, "Entries": entries})
