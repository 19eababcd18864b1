"""Every limit, set on its own: what is at it is taken, what is one over it is refused, and time runs out at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from sqs_emulator import Config
from sqs_emulator.config.settings import LIMIT_NAMES
from tests.sqs_by_hand import Refused, Sqs


def limited(**limits: int) -> Sqs:
    return Sqs(Config(limit=limits).limit_set)


def arn(name: str) -> str:
    return f"arn:aws:sqs:us-east-1:000000000000:{name}"


def with_dead_letters(sqs: Sqs, source: str, dead: str) -> None:
    sqs.create(dead)
    sqs.create(source, RedrivePolicy=f'{{"deadLetterTargetArn": "{arn(dead)}", "maxReceiveCount": 1}}')


def move(sqs: Sqs, source: str, dead: str, *, rate: int) -> None:
    """Start a move task that has not ended at once: messages are left for the second after."""
    for _ in range(rate + 1):
        sqs.send(dead)
    sqs.call("StartMessageMoveTask", SourceArn=arn(dead), DestinationArn=arn(source), MaxNumberOfMessagesPerSecond=rate)


# What can be counted: the limit, and a call that comes to a number.

Do = Callable[[Sqs, int], Any]


def send_batch(sqs: Sqs, bodies: list[str], ids: list[str] | None = None) -> None:
    names = ids or [str(number) for number in range(len(bodies))]
    entries = [{"Id": name, "MessageBody": body} for name, body in zip(names, bodies, strict=True)]
    sqs.call("SendMessageBatch", QueueUrl=sqs.create(), Entries=entries)


def receive_one_by_one(sqs: Sqs, number: int) -> None:
    for _ in range(number + 1):
        sqs.send(sqs.create())
    for _ in range(number):
        sqs.receive("q", MaxNumberOfMessages=1)


def move_from_so_many_queues(sqs: Sqs, number: int) -> None:
    for place in range(number):
        with_dead_letters(sqs, f"source-{place}", f"dead-{place}")
        move(sqs, f"source-{place}", f"dead-{place}", rate=1)


def move_so_fast(sqs: Sqs, rate: int) -> None:
    with_dead_letters(sqs, "source", "dead")
    move(sqs, "source", "dead", rate=rate)


def list_move_tasks(sqs: Sqs, number: int) -> None:
    with_dead_letters(sqs, "source", "dead")
    sqs.call("ListMessageMoveTasks", SourceArn=arn("dead"), MaxResults=number)


def attributes(*names: str) -> dict[str, Any]:
    return {name: {"DataType": "String", "StringValue": "x"} for name in names}


COUNTED: Final[dict[str, tuple[int, Do]]] = {
    "message_bytes": (1_500, lambda sqs, number: sqs.send(sqs.create(), "x" * number)),
    "batch_bytes": (1_500, lambda sqs, number: send_batch(sqs, ["x" * (number - 500), "x" * 500])),
    "batch_entries": (3, lambda sqs, number: send_batch(sqs, ["x"] * number)),
    "message_attributes": (
        2,
        lambda sqs, number: sqs.send(sqs.create(), MessageAttributes=attributes(*map(str, range(number)))),
    ),
    "in_flight": (3, receive_one_by_one),
    "receive_messages": (5, lambda sqs, number: sqs.receive(sqs.create(), MaxNumberOfMessages=number)),
    "visibility_timeout_seconds": (100, lambda sqs, number: sqs.receive(sqs.create(), VisibilityTimeout=number)),
    "delay_seconds": (1_000, lambda sqs, number: sqs.send(sqs.create(), DelaySeconds=number)),
    "wait_seconds": (0, lambda sqs, number: sqs.receive(sqs.create(), WaitTimeSeconds=number)),
    "tags": (
        2,
        lambda sqs, number: sqs.call(
            "TagQueue", QueueUrl=sqs.create(), Tags=dict.fromkeys(map(str, range(number)), "")
        ),
    ),
    "list_results": (3, lambda sqs, number: sqs.call("ListQueues", MaxResults=number)),
    "queue_name_length": (90, lambda sqs, number: sqs.create("q" * number)),
    "batch_entry_id_length": (5, lambda sqs, number: send_batch(sqs, ["x"], ["i" * number])),
    "identifier_length": (5, lambda sqs, number: sqs.send(sqs.create(), MessageGroupId="g" * number)),
    "attribute_name_bytes": (
        6,  # its type has the same limit
        lambda sqs, number: sqs.send(sqs.create(), MessageAttributes=attributes("a" * number)),
    ),
    "move_tasks": (1, move_from_so_many_queues),
    "move_tasks_remembered": (3, list_move_tasks),
    "move_task_rate": (600, move_so_fast),
}


@pytest.mark.parametrize(("name", "limit", "do"), [(name, *row) for name, row in COUNTED.items()], ids=COUNTED)
def test_what_is_at_a_limit_is_taken_and_what_is_over_it_refused(name: str, limit: int, do: Do) -> None:
    do(limited(**{name: limit}), limit)

    with pytest.raises(Refused) as caught:
        do(limited(**{name: limit}), limit + 1)

    assert caught.value.status in (400, 403)  # AWS gives OverLimit the latter


# Windows of time.


def purge(sqs: Sqs) -> None:
    sqs.call("PurgeQueue", QueueUrl=sqs.create())


def create_and_delete(sqs: Sqs) -> None:
    sqs.call("DeleteQueue", QueueUrl=sqs.create())


@pytest.mark.parametrize(
    ("name", "do"),
    [("purge_window_ms", purge), ("recreate_window_ms", create_and_delete)],
    ids=["purge_window_ms", "recreate_window_ms"],
)
def test_what_a_window_refuses_is_taken_at_its_end(name: str, do: Callable[[Sqs], None]) -> None:
    sqs = limited(**{name: 5_000})
    do(sqs)
    sqs.clock.advance(4.999)

    with pytest.raises(Refused):
        do(sqs)

    sqs.clock.advance(0.001)
    do(sqs)


def test_a_duplicate_is_known_for_as_long_as_the_window_says() -> None:
    sqs = limited(deduplication_window_ms=5_000)
    url = sqs.create("q.fifo", FifoQueue="true")

    ids = []
    for seconds in (0, 4.999, 0.001):
        sqs.clock.advance(seconds)
        ids.append(sqs.send(url, MessageGroupId="g", MessageDeduplicationId="d")["MessageId"])

    assert ids[0] == ids[1] != ids[2]


def test_a_receive_can_be_retried_for_as_long_as_the_window_says() -> None:
    sqs = limited(attempt_window_ms=5_000)
    url = sqs.create("q.fifo", FifoQueue="true")
    sqs.send(url, MessageGroupId="g", MessageDeduplicationId="d")

    for seconds in (0, 4.999):
        sqs.clock.advance(seconds)
        assert len(sqs.receive(url, ReceiveRequestAttemptId="a", VisibilityTimeout=60)) == 1
    sqs.clock.advance(0.001)

    with pytest.raises(Refused, match="not retryable"):
        sqs.receive(url, ReceiveRequestAttemptId="a", VisibilityTimeout=60)


def test_every_limit_is_tested_here() -> None:
    windows = {"purge_window_ms", "recreate_window_ms", "deduplication_window_ms", "attempt_window_ms"}

    assert {*COUNTED, *windows} == set(LIMIT_NAMES)


# Where a limit reaches further, and where it does not.


def test_the_size_of_messages_is_the_most_that_a_queue_may_say_and_what_it_says_by_default() -> None:
    sqs = limited(message_bytes=2_000)

    assert sqs.attributes(sqs.create("a"))["MaximumMessageSize"] == "2000"
    assert sqs.attributes(sqs.create("b", MaximumMessageSize="1024"))["MaximumMessageSize"] == "1024"
    with pytest.raises(Refused):
        sqs.create("c", MaximumMessageSize="2001")
    with pytest.raises(Refused):
        sqs.call("SetQueueAttributes", QueueUrl="a", Attributes={"MaximumMessageSize": "2001"})


def test_messages_may_be_larger_than_aws_takes_them() -> None:
    sqs = limited(message_bytes=2_000_000)

    sqs.send(sqs.create(), "x" * 1_500_000)


def test_the_attributes_of_queues_keep_awss_ranges() -> None:
    sqs = limited(visibility_timeout_seconds=10, delay_seconds=10, wait_seconds=10)

    sqs.create(VisibilityTimeout="43200", DelaySeconds="900", ReceiveMessageWaitTimeSeconds="20")
