"""Message move tasks: where messages go, how fast, what is told of it, and what is refused."""

from __future__ import annotations

import base64
import json
from typing import Any, Final

import pytest

from sqs_emulator.core.limits import Limits
from tests.sqs_by_hand import START, Sqs, refused

ARN: Final = "arn:aws:sqs:us-east-1:000000000000:"


def with_dead_letters(sqs: Sqs, *bodies: str, source: str = "q", target: str = "letters") -> str:
    """Make a queue with a dead-letter queue and send messages that end up there; return the dead-letter queue's ARN."""
    more = {"FifoQueue": "true"} if source.endswith(".fifo") else {}
    sqs.create(target, **more)
    policy = json.dumps({"deadLetterTargetArn": ARN + target, "maxReceiveCount": 1})
    url = sqs.create(source, RedrivePolicy=policy, **more)
    for number, body in enumerate(bodies):
        group = {"MessageGroupId": "g", "MessageDeduplicationId": f"{source}-{number}"} if more else {}
        sqs.send(url, body, **group)
    while sqs.receive(url, VisibilityTimeout=0):
        pass
    assert sqs.counts(target)[0] >= len(bodies)
    return ARN + target


def start(sqs: Sqs, arn: str, **members: Any) -> str:
    handle = sqs.call("StartMessageMoveTask", SourceArn=arn, **members)["TaskHandle"]
    assert isinstance(handle, str)
    return handle


def tasks(sqs: Sqs, arn: str, results: int = 10) -> list[dict[str, Any]]:
    found = sqs.call("ListMessageMoveTasks", SourceArn=arn, MaxResults=results)["Results"]
    assert isinstance(found, list)
    return found


def bodies(sqs: Sqs, name: str) -> list[str]:
    return [message["Body"] for message in sqs.receive(name, VisibilityTimeout=0)]


# Where messages go.


def test_messages_return_to_the_queue_they_came_from(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a", "b")

    start(sqs, arn)

    assert bodies(sqs, "q") == ["a", "b"]
    assert sqs.counts("letters") == (0, 0, 0)


def test_each_of_several_sources_gets_its_own_back(sqs: Sqs) -> None:
    with_dead_letters(sqs, "a", source="q")
    arn = with_dead_letters(sqs, "b", source="other")

    start(sqs, arn)

    assert (bodies(sqs, "q"), bodies(sqs, "other")) == (["a"], ["b"])


def test_messages_go_to_a_destination_that_is_named(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a")
    sqs.create("inspection")

    start(sqs, arn, DestinationArn=ARN + "inspection")

    assert (bodies(sqs, "inspection"), bodies(sqs, "q")) == (["a"], [])


def test_a_moved_message_is_a_new_one(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a")
    (old,) = sqs.receive("letters", VisibilityTimeout=0, AttributeNames=["All"])
    sqs.clock.advance(60)

    start(sqs, arn)

    (new,) = sqs.receive("q", AttributeNames=["All"])
    assert new["MessageId"] != old["MessageId"]
    assert new["Attributes"]["ApproximateReceiveCount"] == "1"
    assert new["Attributes"]["ApproximateFirstReceiveTimestamp"] == str(START + 60_000)
    assert "DeadLetterQueueSourceArn" not in new["Attributes"]


def test_a_moved_messages_retention_begins_anew(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a")
    sqs.clock.advance(345_599)

    start(sqs, arn)
    sqs.clock.advance(345_599)

    assert bodies(sqs, "q") == ["a"]


def test_a_groups_messages_keep_their_order_and_queue_up_behind_those_that_are_there(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a", "b", source="q.fifo", target="letters.fifo")
    sqs.send("q.fifo", "c", MessageGroupId="g", MessageDeduplicationId="new")

    start(sqs, arn)

    received = sqs.receive("q.fifo", AttributeNames=["All"])
    assert [message["Body"] for message in received] == ["c", "a", "b"]
    numbers = [message["Attributes"]["SequenceNumber"] for message in received]
    assert numbers == sorted(numbers)


def test_messages_in_flight_stay(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a", "b")
    sqs.receive("letters", MaxNumberOfMessages=1)

    start(sqs, arn)

    assert (bodies(sqs, "q"), sqs.counts("letters")) == (["b"], (0, 1, 0))


def test_a_waiting_poll_gets_what_a_task_brings(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a")
    poll = sqs.poll(QueueUrl="q")

    start(sqs, arn)

    assert [message["Body"] for message in poll.messages()] == ["a"]


# How fast, and what is told of it.


def test_a_task_without_a_rate_is_done_when_it_was_started(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a", "b")

    start(sqs, arn)

    assert tasks(sqs, arn) == [
        {
            "Status": "COMPLETED",
            "SourceArn": arn,
            "ApproximateNumberOfMessagesMoved": 2,
            "ApproximateNumberOfMessagesToMove": 2,
            "StartedTimestamp": START,
        }
    ]


def test_a_rate_is_kept_and_the_task_is_seen_running(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a", "b", "c", "d")
    sqs.create("other")

    handle = start(sqs, arn, DestinationArn=ARN + "other", MaxNumberOfMessagesPerSecond=2)
    moved = []
    for _ in range(4):
        (task,) = tasks(sqs, arn)
        moved.append(task["ApproximateNumberOfMessagesMoved"])
        if len(moved) == 3:
            running = task
        sqs.clock.advance(0.499)
        assert tasks(sqs, arn)[0]["ApproximateNumberOfMessagesMoved"] == moved[-1]
        sqs.clock.advance(0.001)

    assert moved == [1, 2, 3, 4]
    assert running == {
        "TaskHandle": handle,
        "Status": "RUNNING",
        "SourceArn": arn,
        "DestinationArn": ARN + "other",
        "MaxNumberOfMessagesPerSecond": 2,
        "ApproximateNumberOfMessagesMoved": 3,
        "ApproximateNumberOfMessagesToMove": 4,
        "StartedTimestamp": START,
    }
    assert (task["Status"], "TaskHandle" in task) == ("COMPLETED", False)


def test_a_task_of_an_empty_queue_is_complete(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs)

    start(sqs, arn)

    (task,) = tasks(sqs, arn)
    assert (task["Status"], task["ApproximateNumberOfMessagesToMove"]) == ("COMPLETED", 0)


def test_a_cancelled_task_stops_where_it_is(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a", "b", "c")
    handle = start(sqs, arn, MaxNumberOfMessagesPerSecond=1)
    sqs.clock.advance(1)

    answer = sqs.call("CancelMessageMoveTask", TaskHandle=handle)
    sqs.clock.advance(60)

    assert answer == {"ApproximateNumberOfMessagesMoved": 2}
    (task,) = tasks(sqs, arn)
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("CANCELLED", 2)
    assert (bodies(sqs, "q"), bodies(sqs, "letters")) == (["a", "b"], ["c"])


def test_a_task_fails_when_its_target_is_gone_and_the_rest_stays(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a", "b")
    other = sqs.create("other")
    start(sqs, arn, DestinationArn=ARN + "other", MaxNumberOfMessagesPerSecond=1)

    sqs.call("DeleteQueue", QueueUrl=other)
    sqs.clock.advance(1)

    (task,) = tasks(sqs, arn)
    assert (task["Status"], task["FailureReason"]) == ("FAILED", "AWS.SimpleQueueService.NonExistentQueue")
    assert task["ApproximateNumberOfMessagesMoved"] == 1
    assert bodies(sqs, "letters") == ["b"]


@pytest.mark.parametrize("suffix", ["", ".fifo"], ids=["standard", "FIFO"])
def test_a_task_fails_at_a_message_whose_source_nobody_knows_and_leaves_it_in_its_place(sqs: Sqs, suffix: str) -> None:
    arn = with_dead_letters(sqs, "a", source=f"q{suffix}", target=f"letters{suffix}")
    for number in range(2):
        group = {"MessageGroupId": f"g{number}", "MessageDeduplicationId": str(number)} if suffix else {}
        sqs.send(f"letters{suffix}", f"sent here {number}", **group)

    start(sqs, arn)

    (task,) = tasks(sqs, arn)
    assert (task["Status"], task["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    assert bodies(sqs, f"q{suffix}") == ["a"]
    assert bodies(sqs, f"letters{suffix}") == ["sent here 0", "sent here 1"]


def test_tasks_are_listed_newest_first_one_unless_more_are_asked_for(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a")
    for _ in range(12):
        start(sqs, arn)
        sqs.clock.advance(1)

    assert [task["StartedTimestamp"] for task in tasks(sqs, arn)] == [START + 1_000 * n for n in range(11, 1, -1)]
    assert len(sqs.call("ListMessageMoveTasks", SourceArn=arn)["Results"]) == 1


def test_tasks_go_with_their_source_queue(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a", "b")
    start(sqs, arn, MaxNumberOfMessagesPerSecond=1)

    sqs.call("DeleteQueue", QueueUrl="letters")
    sqs.create("letters")
    sqs.clock.advance(60)

    assert tasks(sqs, arn) == []
    assert bodies(sqs, "q") == ["a"]


# What is refused, in AWS's order of checks.

FORM: Final = "arn:<partition>:<service>:<region>:<account-id>:<resource-id>"


@pytest.mark.parametrize("arn", ["letters", "arn:aws:sqs:us-east-1:letters", "arn:aws:sns:us-east-1:000000000000:t"])
def test_an_arn_that_is_none_is_refused(sqs: Sqs, arn: str) -> None:
    with refused("InvalidParameterValue", f"You must use this format to specify the SourceArn: {FORM}"):
        start(sqs, arn)
    with refused("InvalidParameterValue", f"You must use this format to specify the SourceArn: {FORM}"):
        tasks(sqs, arn)


def test_a_source_that_is_not_there_is_refused(sqs: Sqs) -> None:
    words = "The resource that you specified for the SourceArn parameter doesn't exist."

    with refused("ResourceNotFoundException", words, status=404):
        start(sqs, ARN + "none")
    with refused("ResourceNotFoundException", words, status=404):
        tasks(sqs, ARN + "none")


def test_a_source_that_is_nobodys_dead_letter_queue_is_refused(sqs: Sqs) -> None:
    sqs.create()

    with refused("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue."):
        start(sqs, ARN + "q", DestinationArn=ARN + "none")


def test_a_destination_that_is_not_there_is_refused(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a")

    words = "The resource that you specified for the DestinationArn parameter doesn't exist."
    with refused("ResourceNotFoundException", words, status=404):
        start(sqs, arn, DestinationArn=ARN + "none")


@pytest.mark.parametrize("destination", ["letters", "other.fifo"])
def test_a_destination_of_another_type_or_the_source_itself_is_refused(sqs: Sqs, destination: str) -> None:
    arn = with_dead_letters(sqs, "a")
    sqs.create("other.fifo", FifoQueue="true")

    with refused("InvalidParameterValue"):
        start(sqs, arn, DestinationArn=ARN + destination)

    assert bodies(sqs, "letters") == ["a"]


def test_a_second_task_of_a_source_is_refused_while_one_runs(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a", "b")
    start(sqs, arn, MaxNumberOfMessagesPerSecond=1)

    words = "There is already a task running. Only one active task is allowed for a source queue arn at a given time."
    with refused("InvalidParameterValue", words):
        start(sqs, arn, MaxNumberOfMessagesPerSecond=0)

    sqs.clock.advance(2)
    start(sqs, arn)


def test_an_account_has_so_many_tasks_at_most() -> None:
    sqs = Sqs(Limits(move_tasks=1))
    start(sqs, with_dead_letters(sqs, "a", "b", source="q1", target="l1"), MaxNumberOfMessagesPerSecond=1)
    arn = with_dead_letters(sqs, "a", "b", source="q2", target="l2")

    with refused("AWS.SimpleQueueService.UnsupportedOperation"):
        start(sqs, arn)

    assert tasks(sqs, arn) == []


@pytest.mark.parametrize("rate", [0, -1, 501])
def test_a_rate_out_of_bounds_is_refused(sqs: Sqs, rate: int) -> None:
    arn = with_dead_letters(sqs, "a")

    with refused("InvalidParameterValue"):
        start(sqs, arn, MaxNumberOfMessagesPerSecond=rate)

    assert tasks(sqs, arn) == []


@pytest.mark.parametrize("results", [0, 11])
def test_a_list_takes_one_to_ten_results(sqs: Sqs, results: int) -> None:
    arn = with_dead_letters(sqs)

    with refused("InvalidParameterValue"):
        tasks(sqs, arn, results)


def handle_of(**content: Any) -> str:
    return base64.b64encode(json.dumps(content).encode()).decode()


@pytest.mark.parametrize(
    "handle",
    ["x", "e30=", base64.b64encode(b"[1]").decode(), handle_of(taskId="t"), handle_of(taskId=1, sourceArn=ARN + "q")],
)
def test_a_task_handle_that_says_nothing_is_refused(sqs: Sqs, handle: str) -> None:
    with refused("InvalidParameterValue", "Value for parameter TaskHandle is invalid."):
        sqs.call("CancelMessageMoveTask", TaskHandle=handle)


def test_a_task_that_is_not_there_cannot_be_cancelled(sqs: Sqs) -> None:
    arn = with_dead_letters(sqs, "a")
    done = start(sqs, arn)

    words = "The resource that you specified for the SourceArn parameter doesn't exist."
    with refused("ResourceNotFoundException", words, status=404):
        sqs.call("CancelMessageMoveTask", TaskHandle=handle_of(taskId="t", sourceArn=ARN + "none"))
    for handle in (handle_of(taskId="t", sourceArn=arn), done):
        with refused("ResourceNotFoundException", "Task does not exist.", status=404):
            sqs.call("CancelMessageMoveTask", TaskHandle=handle)
