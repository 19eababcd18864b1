"""What connections say: the flows of the benchmark."""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Final

from tests.bench.load import Flow, Load, LoadError
from tests.bench.servers import ServerProcess
from tests.bench.spelling import JSON, Spelling

BODY_BYTES: Final = 256
BODY: Final = "x" * BODY_BYTES
BATCH: Final = 10
_FILLERS: Final = 8  # connections that fill a queue
# Stands for twelve digits in a request that is made once: a client that is slower sends fewer requests at the same
# moment, which is dearer for the server.
_NUMBER: Final = "#" * 12


def create_queues(server: ServerProcess, count: int) -> list[str]:
    """Create queues and return their URLs."""
    call = server.connection.call
    answers = [call(JSON.request("CreateQueue", {"QueueName": f"bench-{number}"})) for number in range(count)]
    return [_only("QueueUrl", answer, JSON) for answer in answers]


def create_queue(server: ServerProcess) -> str:
    return create_queues(server, 1)[0]


def create_fifo_queue(server: ServerProcess) -> str:
    """Create a queue whose visibility timeout does not run out between two turns: it refuses a handle from before."""
    attributes = {"FifoQueue": "true", "VisibilityTimeout": "43200"}
    request = JSON.request("CreateQueue", {"QueueName": "bench.fifo", "Attributes": attributes})
    return _only("QueueUrl", server.connection.call(request), JSON)


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


def fifo_cycle(url: str, groups: Sequence[str]) -> Flow:
    """The same through a FIFO queue: each message goes to the next group, with a deduplication id of its own.

    A receive that finds nothing is repeated: what there is may be behind messages that other connections hold.
    """
    sender = uuid.uuid4().hex
    sends = [_fifo_send(url, group, f"{sender}-{_NUMBER}") for group in groups]
    receive = JSON.request("ReceiveMessage", {"QueueUrl": url, "MaxNumberOfMessages": 1})
    for number, send in enumerate(itertools.cycle(sends)):
        yield send.replace(_NUMBER.encode(), b"%012d" % number)
        while not (handles := JSON.values("ReceiptHandle", (yield receive))):
            pass
        yield JSON.request("DeleteMessage", {"QueueUrl": url, "ReceiptHandle": handles[0]})


def _fifo_send(url: str, group: str, deduplication_id: str) -> bytes:
    message = {"MessageBody": BODY, "MessageGroupId": group, "MessageDeduplicationId": deduplication_id}
    return JSON.request("SendMessage", {"QueueUrl": url, **message})


def batches(url: str) -> Flow:
    """The same with ten at a time."""
    send = _send_batch(url, [{"MessageBody": BODY}] * BATCH)
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


def timed(flow: Flow, seconds: list[float]) -> Flow:
    """Say the same, and note how long each answer took."""
    request = next(flow)
    while True:
        asked_at = time.perf_counter()
        answer = yield request
        seconds.append(time.perf_counter() - asked_at)
        try:
            request = flow.send(answer)
        except StopIteration:
            return


def fill(server: ServerProcess, url: str, messages: int) -> None:
    """Send so many messages, every one with a body of its own."""
    _send_all(server, url, ({"MessageBody": _body(number)} for number in range(messages)))


def fill_fifo(server: ServerProcess, url: str, messages: int, groups: Sequence[str]) -> None:
    """Send so many messages, to each group in turn."""
    entries = (
        {"MessageBody": _body(number), "MessageGroupId": group, "MessageDeduplicationId": f"fill-{number}"}
        for number, group in zip(range(messages), itertools.cycle(groups), strict=False)
    )
    _send_all(server, url, entries)


def _body(number: int) -> str:
    return f"{number:0{BODY_BYTES}}"


def _send_all(server: ServerProcess, url: str, messages: Iterator[dict[str, str]]) -> None:
    with Load(server.address, [_sends(url, messages) for _ in range(_FILLERS)]) as load:
        load.finish()


def _sends(url: str, messages: Iterator[dict[str, str]]) -> Flow:
    while batch := list(itertools.islice(messages, BATCH)):
        answer = yield _send_batch(url, batch)
        if b'"Failed"' in answer:
            raise LoadError(f"a batch was answered {answer!r}")


def _send_batch(url: str, messages: Sequence[dict[str, str]]) -> bytes:
    entries = [{"Id": str(number), **message} for number, message in enumerate(messages)]
    return JSON.request("SendMessageBatch", {"QueueUrl": url, "Entries": entries})
