"""Message move tasks: from a dead-letter queue to the queues its messages came from, or to another."""

from __future__ import annotations

import json
import time
import uuid
from base64 import b64decode, b64encode
from typing import Any, Final, NamedTuple

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Sqs, bodies, refused

NO_SOURCE: Final = "The resource that you specified for the SourceArn parameter doesn't exist."
NO_DESTINATION: Final = "The resource that you specified for the DestinationArn parameter doesn't exist."


class Queues(NamedTuple):
    """A queue and its dead-letter queue, which has the messages a, b, c and d; of that one the ARN too."""

    source: str
    dead: str
    dead_arn: str


def with_source(sqs: Sqs, dead: str) -> str:
    """Create a queue that sends its dead letters there at their first failure."""
    policy = {"deadLetterTargetArn": sqs.arn(dead), "maxReceiveCount": 1}
    return sqs.create(RedrivePolicy=json.dumps(policy))


def bury(sqs: Sqs, source: str, dead: str, letters: str) -> None:
    """Let messages become dead letters."""
    before = sum(sqs.counts(dead))
    for body in letters:
        sqs.send(source, body)
    sqs.receive(source, len(letters), VisibilityTimeout=0, MaxNumberOfMessages=10)

    def buried() -> int:
        sqs.look(source)
        return sum(sqs.counts(dead))

    sqs.eventually(buried, before + len(letters))


@pytest.fixture
def queues(sqs: Sqs) -> Queues:
    dead = sqs.create()
    source = with_source(sqs, dead)
    bury(sqs, source, dead, "abcd")
    return Queues(source, dead, sqs.arn(dead))


def start(sqs: Sqs, arn: str, **members: Any) -> str:
    handle: str = sqs.client.start_message_move_task(SourceArn=arn, **members)["TaskHandle"]
    return handle


def tasks(sqs: Sqs, arn: str, **members: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sqs.client.list_message_move_tasks(SourceArn=arn, **members)["Results"]
    return found


def status(sqs: Sqs, arn: str) -> str:
    """Return the status of the latest task."""
    latest: str = tasks(sqs, arn)[0]["Status"]
    return latest


# Moving.


@recorded("StartMessageMoveTask without a destination: the messages go where they came from")
def test_dead_letters_go_back_where_they_came_from(sqs: Sqs, queues: Queues) -> None:
    start(sqs, queues.dead_arn)

    sqs.eventually(lambda: status(sqs, queues.dead_arn), "COMPLETED")
    assert sorted(bodies(sqs.receive(queues.source, 4))) == list("abcd")
    sqs.eventually(lambda: sqs.counts(queues.dead), (0, 0, 0))


@recorded("a dead-letter queue of two queues: each message goes to its own")
def test_each_dead_letter_goes_back_to_its_own_queue(sqs: Sqs, queues: Queues) -> None:
    other = with_source(sqs, queues.dead)
    bury(sqs, other, queues.dead, "xy")

    start(sqs, queues.dead_arn)

    assert sorted(bodies(sqs.receive(queues.source, 4))) == list("abcd")
    assert sorted(bodies(sqs.receive(other, 2))) == list("xy")


@recorded("StartMessageMoveTask with a destination: the messages go there")
def test_dead_letters_go_to_a_destination(sqs: Sqs, queues: Queues) -> None:
    destination = sqs.create()

    start(sqs, queues.dead_arn, DestinationArn=sqs.arn(destination))

    assert sorted(bodies(sqs.receive(destination, 4))) == list("abcd")
    assert sqs.look(queues.source) == []


@ground("Developer Guide, Learn how to configure a dead-letter queue redrive in Amazon SQS")
def test_dead_letters_of_a_fifo_queue_go_back_with_their_groups(sqs: Sqs) -> None:
    dead = sqs.create_fifo()
    policy = {"deadLetterTargetArn": sqs.arn(dead), "maxReceiveCount": 1}
    source = sqs.create_fifo(RedrivePolicy=json.dumps(policy))
    sqs.send_in_groups(source, "g1a")
    sqs.receive(source, VisibilityTimeout=0)
    sqs.eventually(lambda: (sqs.look(source), sqs.counts(dead)), ([], (1, 0, 0)))

    start(sqs, sqs.arn(dead))

    moved = sqs.receive_one(source, MessageSystemAttributeNames=["MessageGroupId"])
    assert (moved["Body"], moved["Attributes"]) == ("g1a", {"MessageGroupId": "g1"})


@ground("Developer Guide, Learn how to configure a dead-letter queue redrive in Amazon SQS")
def test_a_moved_message_is_a_new_one(sqs: Sqs) -> None:
    dead = sqs.create()
    source = with_source(sqs, dead)
    sent = sqs.send(source)
    sqs.receive(source, VisibilityTimeout=0)
    sqs.eventually(lambda: (sqs.look(source), sqs.counts(dead)), ([], (1, 0, 0)))

    start(sqs, sqs.arn(dead))

    moved = sqs.receive_one(source)
    assert moved["Body"] == "hello"
    assert moved["MessageId"] != sent["MessageId"]


@recorded("four messages at one a second take at least 3 s")
def test_a_task_moves_so_many_a_second(sqs: Sqs, queues: Queues) -> None:
    began = time.monotonic()

    start(sqs, queues.dead_arn, MaxNumberOfMessagesPerSecond=1)
    sqs.receive(queues.source, 4)

    assert time.monotonic() - began > 2.9
    sqs.eventually(lambda: status(sqs, queues.dead_arn), "COMPLETED")


@recorded("a destination that is deleted while the task runs: FAILED, AWS.SimpleQueueService.NonExistentQueue")
def test_a_task_fails_when_its_destination_goes(sqs: Sqs, queues: Queues) -> None:
    destination = sqs.create()
    start(sqs, queues.dead_arn, DestinationArn=sqs.arn(destination), MaxNumberOfMessagesPerSecond=1)

    sqs.client.delete_queue(QueueUrl=destination)

    sqs.eventually(lambda: status(sqs, queues.dead_arn), "FAILED")
    (task,) = tasks(sqs, queues.dead_arn)
    assert task["FailureReason"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert "TaskHandle" not in task
    left = 4 - task["ApproximateNumberOfMessagesMoved"]
    assert left > 0
    sqs.eventually(lambda: sqs.counts(queues.dead), (left, 0, 0))


# Listing.


@recorded("ListMessageMoveTasks of a task that is over: these members, and no TaskHandle")
def test_a_task_that_is_over_is_listed(sqs: Sqs, queues: Queues) -> None:
    start(sqs, queues.dead_arn)
    sqs.eventually(lambda: status(sqs, queues.dead_arn), "COMPLETED")

    (task,) = tasks(sqs, queues.dead_arn)

    assert abs(task.pop("StartedTimestamp") - time.time() * 1_000) < 3_600_000
    assert task == {
        "Status": "COMPLETED",
        "SourceArn": queues.dead_arn,
        "ApproximateNumberOfMessagesMoved": 4,
        "ApproximateNumberOfMessagesToMove": 4,
    }


@recorded("ListMessageMoveTasks of a running task: its TaskHandle, and destination and rate as they were given")
def test_a_running_task_is_listed_with_its_handle(sqs: Sqs, queues: Queues) -> None:
    destination = sqs.arn(sqs.create())

    handle = start(sqs, queues.dead_arn, DestinationArn=destination, MaxNumberOfMessagesPerSecond=1)
    (task,) = tasks(sqs, queues.dead_arn)

    assert (task["Status"], task["TaskHandle"]) == ("RUNNING", handle)
    assert (task["DestinationArn"], task["MaxNumberOfMessagesPerSecond"]) == (destination, 1)
    assert "FailureReason" not in task


@recorded("a TaskHandle is base64 of JSON with taskId and sourceArn")
def test_a_handle_names_its_task_and_source(sqs: Sqs, queues: Queues) -> None:
    handle = json.loads(b64decode(start(sqs, queues.dead_arn)))

    assert str(uuid.UUID(handle["taskId"]))
    assert handle["sourceArn"] == queues.dead_arn


@ground("API Reference, ListMessageMoveTasks")
def test_the_latest_task_is_listed_first(sqs: Sqs, queues: Queues) -> None:
    destination = sqs.arn(sqs.create())
    start(sqs, queues.dead_arn)
    sqs.eventually(lambda: status(sqs, queues.dead_arn), "COMPLETED")
    start(sqs, queues.dead_arn, DestinationArn=destination)
    sqs.eventually(lambda: tasks(sqs, queues.dead_arn)[0].get("DestinationArn"), destination)

    listed = tasks(sqs, queues.dead_arn, MaxResults=10)

    assert [task.get("DestinationArn") for task in listed] == [destination, None]
    assert len(tasks(sqs, queues.dead_arn)) == 1


@ground("API Reference, ListMessageMoveTasks")
def test_tasks_of_a_missing_queue_are_not_listed(sqs: Sqs, queue: str) -> None:
    with refused("ResourceNotFoundException", status=404):
        tasks(sqs, f"{sqs.arn(queue)}-not")


# Cancelling.


@recorded("CancelMessageMoveTask answers how many were moved; those stay moved, and the others stay")
def test_a_task_is_cancelled_where_it_is(sqs: Sqs, queues: Queues) -> None:
    handle = start(sqs, queues.dead_arn, MaxNumberOfMessagesPerSecond=1)

    answer = sqs.client.cancel_message_move_task(TaskHandle=handle)

    assert answer["ApproximateNumberOfMessagesMoved"] < 4
    sqs.eventually(lambda: status(sqs, queues.dead_arn), "CANCELLED")
    (task,) = tasks(sqs, queues.dead_arn)
    moved = task["ApproximateNumberOfMessagesMoved"]
    assert "TaskHandle" not in task
    sqs.eventually(lambda: sqs.counts(queues.source), (moved, 0, 0))
    sqs.eventually(lambda: sqs.counts(queues.dead), (4 - moved, 0, 0))


@recorded("CancelMessageMoveTask with a handle that cannot be read: InvalidParameterValue, in these words")
def test_a_handle_that_is_none_is_refused(sqs: Sqs) -> None:
    with refused("InvalidParameterValue", "Value for parameter TaskHandle is invalid."):
        sqs.client.cancel_message_move_task(TaskHandle="nonsense")


@recorded(
    "CancelMessageMoveTask with a handle of a queue that does not exist: ResourceNotFoundException, in these words"
)
def test_a_task_of_a_missing_queue_cannot_be_cancelled(sqs: Sqs, queue: str) -> None:
    with refused("ResourceNotFoundException", NO_SOURCE, status=404):
        sqs.client.cancel_message_move_task(TaskHandle=handle_of(f"{sqs.arn(queue)}-not"))


@recorded("CancelMessageMoveTask with a handle of no task: ResourceNotFoundException, in these words")
def test_a_task_that_never_was_cannot_be_cancelled(sqs: Sqs, queue: str) -> None:
    with refused("ResourceNotFoundException", "Task does not exist.", status=404):
        sqs.client.cancel_message_move_task(TaskHandle=handle_of(sqs.arn(queue)))


def handle_of(arn: str) -> str:
    """Return a handle in the right form, of no task."""
    return b64encode(json.dumps({"taskId": str(uuid.uuid4()), "sourceArn": arn}).encode()).decode()


# What is refused.


@recorded("StartMessageMoveTask from a queue that does not exist: ResourceNotFoundException, in these words")
def test_a_task_needs_its_source(sqs: Sqs, queue: str) -> None:
    with refused("ResourceNotFoundException", NO_SOURCE, status=404):
        start(sqs, f"{sqs.arn(queue)}-not")


@recorded("StartMessageMoveTask from a queue that is no dead-letter queue: InvalidParameterValue, in these words")
def test_a_tasks_source_is_a_dead_letter_queue(sqs: Sqs, queue: str) -> None:
    with refused("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue."):
        start(sqs, sqs.arn(queue))


@recorded("StartMessageMoveTask to a queue that does not exist: ResourceNotFoundException, in these words")
def test_a_task_needs_its_destination(sqs: Sqs, queues: Queues) -> None:
    with refused("ResourceNotFoundException", NO_DESTINATION, status=404):
        start(sqs, queues.dead_arn, DestinationArn=f"{queues.dead_arn}-not")


@recorded("StartMessageMoveTask while one is running: InvalidParameterValue, in these words")
def test_a_queue_has_one_task_at_a_time(sqs: Sqs, queues: Queues) -> None:
    start(sqs, queues.dead_arn, MaxNumberOfMessagesPerSecond=1)

    words = "There is already a task running. Only one active task is allowed for a source queue arn at a given time."
    with refused("InvalidParameterValue", words):
        start(sqs, queues.dead_arn)


@ground("API Reference, StartMessageMoveTask")
@pytest.mark.parametrize("rate", [0, 501])
def test_a_rate_out_of_its_range_is_refused(sqs: Sqs, queues: Queues, rate: int) -> None:
    with refused("InvalidParameterValue"):
        start(sqs, queues.dead_arn, MaxNumberOfMessagesPerSecond=rate)
