"""What the clients of another queue notice of a message move task."""

from __future__ import annotations

import statistics
import time
from typing import Final, NamedTuple

import msgspec

from tests.bench.flows import BATCH, create_queues, cycle, fill, timed
from tests.bench.load import Flow, Load, LoadError
from tests.bench.plan import Plan
from tests.bench.servers import ServerProcess, emulator
from tests.bench.spelling import JSON
from tests.bench.table import Row

BESIDE_REACH_MS: Final = 20.0
_CONNECTIONS: Final = 4


class _Moves(NamedTuple):
    alone_ms: float  # p99 of requests without a task
    beside_ms: float  # p99 of the same beside one
    slowest_ms: float
    seconds: float  # that the task took


class _Task(msgspec.Struct, rename="pascal"):
    """What is read of a task in the answer to ListMessageMoveTasks."""

    status: str
    approximate_number_of_messages_moved: int


class _Tasks(msgspec.Struct, rename="pascal"):
    results: tuple[_Task]


def measure_moves(plan: Plan) -> list[Row]:
    samples = [_moves(plan) for _ in range(plan.runs)]
    what = f"a move task of {plan.moved:,} messages"
    beside = [sample.beside_ms for sample in samples]
    return [
        Row(f"other requests beside {what}, p99", beside, "ms", BESIDE_REACH_MS),
        Row("the slowest of them", [sample.slowest_ms for sample in samples], "ms"),
        Row("the same requests without a task, p99", [sample.alone_ms for sample in samples], "ms"),
        Row(f"{what}, beside those requests", [sample.seconds for sample in samples], "s"),
    ]


def _moves(plan: Plan) -> _Moves:
    alone: list[float] = []
    beside: list[float] = []
    task: list[float] = []
    with emulator() as server:
        source, dead_letters, other = create_queues(server, 3)
        arn = _arn(server, dead_letters)
        _bury(server, source, arn, plan.moved)
        with Load(server.address, _cycles(other, alone)) as load:
            load.drive(plan.warm_up_seconds)
            alone.clear()
            load.drive(plan.beside_seconds)
        with Load(server.address, [*_cycles(other, beside), _watched_task(arn, plan.moved, task)]) as load:
            while not task:
                load.step()
    return _Moves(_p99_ms(alone), _p99_ms(beside), max(beside) * 1_000, task[0])


def _cycles(url: str, seconds: list[float]) -> list[Flow]:
    return [timed(cycle(url), seconds) for _ in range(_CONNECTIONS)]


def _bury(server: ServerProcess, source: str, dead_letter_arn: str, messages: int) -> None:
    """Fill a queue, and receive each message once too often."""
    policy = msgspec.json.encode({"deadLetterTargetArn": dead_letter_arn, "maxReceiveCount": 1}).decode()
    server.connection.call(
        JSON.request("SetQueueAttributes", {"QueueUrl": source, "Attributes": {"RedrivePolicy": policy}})
    )
    fill(server, source, messages)
    receive = {"QueueUrl": source, "MaxNumberOfMessages": BATCH, "VisibilityTimeout": 0}
    request = JSON.request("ReceiveMessage", receive)
    while JSON.values("ReceiptHandle", server.connection.call(request)):
        pass


def _arn(server: ServerProcess, url: str) -> str:
    request = JSON.request("GetQueueAttributes", {"QueueUrl": url, "AttributeNames": ["QueueArn"]})
    return JSON.values("QueueArn", server.connection.call(request))[0]


def _watched_task(source_arn: str, messages: int, seconds: list[float]) -> Flow:
    """Start a move task and ask for it until it has moved so many messages; note how long that took."""
    began_at = time.perf_counter()
    yield JSON.request("StartMessageMoveTask", {"SourceArn": source_arn})
    ask = JSON.request("ListMessageMoveTasks", {"SourceArn": source_arn})
    while (task := msgspec.json.decode((yield ask), type=_Tasks).results[0]).status == "RUNNING":
        pass
    if (task.status, task.approximate_number_of_messages_moved) != ("COMPLETED", messages):
        raise LoadError(f"a move task ended as {task}")
    seconds.append(time.perf_counter() - began_at)


def _p99_ms(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98] * 1_000
