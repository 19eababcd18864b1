"""ReceiveMessage: how many, which attributes, short and long polls."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Message, Sqs, bodies, refused

LONGEST: Final = 20
ALWAYS: Final = {"SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp"}


def poll(sqs: Sqs, url: str, **members: Any) -> tuple[list[Message], float]:
    """Return what a poll of up to 20 s brings, and how many seconds it took."""
    began = time.monotonic()
    found = sqs.look(url, WaitTimeSeconds=LONGEST, **members)
    return found, time.monotonic() - began


def while_polling(sqs: Sqs, url: str, act: Callable[[], object]) -> tuple[list[Message], float]:
    """Do something when a poll has been out for a while; return what it brings, and after how many seconds."""
    with ThreadPoolExecutor() as threads:
        polled = threads.submit(poll, sqs, url)
        sqs.let_pass(0)
        act()
        return polled.result()


# How many.


@recorded("ReceiveMessage from an empty queue: no Messages in the answer")
def test_an_empty_queue_answers_no_list(sqs: Sqs, queue: str) -> None:
    assert "Messages" not in sqs.client.receive_message(QueueUrl=queue)


@ground("API Reference, ReceiveMessage")
def test_a_receive_brings_one_message_unless_asked_for_more(sqs: Sqs, queue: str) -> None:
    for body in "abc":
        sqs.send(queue, body)

    answer = sqs.client.receive_message(QueueUrl=queue, WaitTimeSeconds=5)

    assert len(answer["Messages"]) == 1


@ground("API Reference, ReceiveMessage")
def test_a_receive_brings_no_more_than_asked_for(sqs: Sqs, queue: str) -> None:
    for body in "abcd":
        sqs.send(queue, body)

    assert 1 <= len(sqs.look(queue, MaxNumberOfMessages=3, WaitTimeSeconds=5)) <= 3


@ground("API Reference, ReceiveMessage")
def test_everything_sent_is_received(sqs: Sqs, queue: str) -> None:
    sent = {f"message {number}" for number in range(25)}
    for body in sent:
        sqs.send(queue, body)

    received = sqs.receive(queue, 25)

    assert set(bodies(received)) == sent
    assert sqs.look(queue) == []


@recorded("ReceiveMessage with MaxNumberOfMessages out of its range: InvalidParameterValue, in these words")
@pytest.mark.parametrize("number", [-1, 0, 11])
def test_a_number_of_messages_out_of_its_range_is_refused(sqs: Sqs, queue: str, number: int) -> None:
    reason = "Must be between 1 and 10, if provided."

    with refused(
        "InvalidParameterValue", f"Value {number} for parameter MaxNumberOfMessages is invalid. Reason: {reason}"
    ):
        sqs.look(queue, MaxNumberOfMessages=number)


@recorded("ReceiveMessage with WaitTimeSeconds out of its range: InvalidParameterValue, in these words")
@pytest.mark.parametrize("seconds", [-1, 21])
def test_a_wait_out_of_its_range_is_refused(sqs: Sqs, queue: str, seconds: int) -> None:
    reason = "Must be >= 0 and <= 20, if provided."

    with refused(
        "InvalidParameterValue", f"Value {seconds} for parameter WaitTimeSeconds is invalid. Reason: {reason}"
    ):
        sqs.look(queue, WaitTimeSeconds=seconds)


@ground("API Reference, ReceiveMessage")
@pytest.mark.parametrize("seconds", [-1, 43_201])
def test_a_visibility_timeout_out_of_its_range_is_refused(sqs: Sqs, queue: str, seconds: int) -> None:
    with refused("InvalidParameterValue"):
        sqs.look(queue, VisibilityTimeout=seconds)


# System attributes.


@ground("API Reference, ReceiveMessage")
def test_system_attributes_come_only_if_asked_for(sqs: Sqs, queue: str) -> None:
    sqs.send(queue)

    assert "Attributes" not in sqs.receive_one(queue)


@recorded("ReceiveMessage All from a standard queue: these system attributes, and no others")
@pytest.mark.parametrize("member", ["MessageSystemAttributeNames", "AttributeNames"])
def test_a_message_of_a_standard_queue_has_these_system_attributes(sqs: Sqs, queue: str, member: str) -> None:
    sqs.send(queue)

    attributes = sqs.receive_one(queue, **{member: ["All"]})["Attributes"]

    assert attributes.keys() == ALWAYS
    assert attributes["ApproximateReceiveCount"] == "1"


@recorded("ReceiveMessage All from a FIFO queue: these system attributes, and no others")
def test_a_message_of_a_fifo_queue_has_these_system_attributes(sqs: Sqs, fifo: str) -> None:
    sent = sqs.send(fifo, MessageGroupId="g1", MessageDeduplicationId="d1")

    attributes = sqs.receive_one(fifo, MessageSystemAttributeNames=["All"])["Attributes"]

    assert attributes.keys() == ALWAYS | {"MessageGroupId", "MessageDeduplicationId", "SequenceNumber"}
    assert (attributes["MessageGroupId"], attributes["MessageDeduplicationId"]) == ("g1", "d1")
    assert attributes["SequenceNumber"] == sent["SequenceNumber"]


@ground("API Reference, ReceiveMessage")
def test_only_the_system_attributes_asked_for_come(sqs: Sqs, queue: str) -> None:
    sqs.send(queue)

    names = ["SentTimestamp", "ApproximateReceiveCount"]
    attributes = sqs.receive_one(queue, MessageSystemAttributeNames=names)["Attributes"]

    assert attributes.keys() == set(names)


@recorded("ReceiveMessage with MessageSystemAttributeNames All and AttributeNames SenderId: all of them")
def test_both_lists_of_names_count(sqs: Sqs, queue: str) -> None:
    sqs.send(queue)

    received = sqs.receive_one(queue, MessageSystemAttributeNames=["All"], AttributeNames=["SenderId"])

    assert received["Attributes"].keys() == ALWAYS


@recorded("ReceiveMessage asking a standard queue for SequenceNumber: no error, and no such attribute")
def test_what_a_message_has_not_is_left_out(sqs: Sqs, queue: str) -> None:
    sqs.send(queue)

    received = sqs.receive_one(queue, MessageSystemAttributeNames=["SequenceNumber", "SenderId"])

    assert received["Attributes"].keys() == {"SenderId"}


@recorded("SentTimestamp and ApproximateFirstReceiveTimestamp are integers of milliseconds since the epoch")
def test_timestamps_are_milliseconds(sqs: Sqs, queue: str) -> None:
    sqs.send(queue)

    attributes = sqs.receive_one(queue, MessageSystemAttributeNames=["All"])["Attributes"]

    sent, received = int(attributes["SentTimestamp"]), int(attributes["ApproximateFirstReceiveTimestamp"])
    assert sent <= received
    assert abs(sent - time.time() * 1_000) < 3_600_000


@ground("API Reference, ReceiveMessage")
def test_each_receive_counts_and_the_first_keeps_its_time(sqs: Sqs, queue: str) -> None:
    sqs.send(queue)

    received = [
        sqs.receive_one(queue, VisibilityTimeout=0, MessageSystemAttributeNames=["All"])["Attributes"] for _ in range(3)
    ]

    assert [message["ApproximateReceiveCount"] for message in received] == ["1", "2", "3"]
    assert len({message["ApproximateFirstReceiveTimestamp"] for message in received}) == 1
    assert len({message["SentTimestamp"] for message in received}) == 1


# Polls.


@ground("Developer Guide, Amazon SQS short and long polling")
def test_a_long_poll_of_an_empty_queue_ends_empty_after_its_wait(sqs: Sqs, queue: str) -> None:
    began = time.monotonic()

    found = sqs.look(queue, WaitTimeSeconds=1)

    assert found == []
    assert time.monotonic() - began > 0.9


@recorded("ReceiveMessage without WaitTimeSeconds waits as long as the queue says")
def test_a_poll_waits_as_long_as_the_queue_says(sqs: Sqs) -> None:
    url = sqs.create(ReceiveMessageWaitTimeSeconds="1")
    began = time.monotonic()

    answer = sqs.client.receive_message(QueueUrl=url)

    assert "Messages" not in answer
    assert time.monotonic() - began > 0.9


@recorded("ReceiveMessage with WaitTimeSeconds=0 from a queue that has one wait: at once")
def test_a_wait_of_0_goes_before_the_queues(sqs: Sqs) -> None:
    url = sqs.create(ReceiveMessageWaitTimeSeconds=str(LONGEST))
    began = time.monotonic()

    sqs.client.receive_message(QueueUrl=url, WaitTimeSeconds=0)

    assert time.monotonic() - began < LONGEST / 2


@recorded("a long poll is answered with the first message, and does not wait for as many as it asked for")
def test_a_long_poll_is_answered_by_the_first_message(sqs: Sqs, queue: str) -> None:
    found, seconds = while_polling(sqs, queue, lambda: sqs.send(queue, "news"))

    assert bodies(found) == ["news"]
    assert seconds < LONGEST / 2


@ground("Developer Guide, Amazon SQS short and long polling")
def test_a_long_poll_is_answered_when_a_visibility_timeout_ends(sqs: Sqs, queue: str) -> None:
    sqs.send(queue)
    sqs.receive(queue, VisibilityTimeout=1)

    found, seconds = poll(sqs, queue)

    assert bodies(found) == ["hello"]
    assert seconds < LONGEST / 2


@ground("Developer Guide, Amazon SQS short and long polling")
def test_a_long_poll_is_answered_when_a_message_is_made_visible(sqs: Sqs, queue: str) -> None:
    sqs.send(queue)
    message = sqs.receive_one(queue)

    found, seconds = while_polling(sqs, queue, lambda: sqs.change(queue, message, 0))

    assert bodies(found) == ["hello"]
    assert seconds < LONGEST / 2


@ground("Developer Guide, Amazon SQS visibility timeout")
def test_two_polls_never_share_a_message(sqs: Sqs, fifo: str) -> None:
    with ThreadPoolExecutor() as threads:
        polls = [threads.submit(poll, sqs, fifo, MaxNumberOfMessages=1) for _ in range(2)]
        sqs.let_pass(0)
        sqs.send_in_groups(fifo, "g1a g2a")
        found = [bodies(future.result()[0]) for future in polls]

    assert sorted(found) == [["g1a"], ["g2a"]]
