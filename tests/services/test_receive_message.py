"""ReceiveMessage: what comes, with which attributes, and what a waiting one waits for."""

from __future__ import annotations

from typing import Any, Final

import pytest

from sqs_emulator.core.limits import Limits
from tests.sqs_by_hand import START, Sqs, refused

SENDER: Final = "AIDAIENQZJOLO23YVJ4VO"


def string(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


def bodies(messages: list[dict[str, Any]]) -> list[str]:
    return [message["Body"] for message in messages]


# How many, in which order.


def test_one_message_comes_where_no_number_is_given(sqs: Sqs) -> None:
    url = sqs.create()
    for body in "abc":
        sqs.send(url, body)

    assert bodies(sqs.receive(url, MaxNumberOfMessages=None)) == ["a"]


@pytest.mark.parametrize(("number", "found"), [(1, "a"), (3, "abc"), (10, "abcdefghij")])
def test_as_many_come_as_are_wanted_and_there(sqs: Sqs, number: int, found: str) -> None:
    url = sqs.create()
    for body in "abcdefghijkl":
        sqs.send(url, body)

    assert bodies(sqs.receive(url, MaxNumberOfMessages=number)) == list(found)


def test_a_message_whose_timeout_ended_goes_before_younger_ones(sqs: Sqs) -> None:
    url = sqs.create()
    sqs.send(url, "A")
    sqs.receive(url, VisibilityTimeout=3)
    sqs.clock.advance(1)
    sqs.send(url, "B")
    sqs.clock.advance(2)

    assert bodies(sqs.receive(url)) == ["A", "B"]


def test_a_timeout_of_zero_hides_nothing_but_counts(sqs: Sqs) -> None:
    url = sqs.create()
    sqs.send(url)

    first = sqs.receive(url, VisibilityTimeout=0, AttributeNames=["ApproximateReceiveCount"])
    second = sqs.receive(url, VisibilityTimeout=0, AttributeNames=["ApproximateReceiveCount"])

    assert len(first) == len(second) == 1
    assert [received[0]["Attributes"]["ApproximateReceiveCount"] for received in (first, second)] == ["1", "2"]
    assert first[0]["ReceiptHandle"] != second[0]["ReceiptHandle"]
    assert sqs.counts(url) == (1, 0, 0)


@pytest.mark.parametrize(("queue", "own", "seconds"), [("10", None, 10), ("10", 5, 5), ("0", 43_200, 43_200)])
def test_a_received_message_is_hidden_until_its_timeout(sqs: Sqs, queue: str, own: int | None, seconds: int) -> None:
    url = sqs.create(VisibilityTimeout=queue)
    sqs.send(url)
    sqs.receive(url, VisibilityTimeout=own)

    sqs.clock.advance(seconds - 0.001)
    assert sqs.receive(url) == []
    sqs.clock.advance(0.001)
    assert len(sqs.receive(url)) == 1


# System attributes.


def test_all_system_attributes_are_just_these(sqs: Sqs) -> None:
    url = sqs.create(VisibilityTimeout="5")
    sqs.send(url, MessageGroupId="g", MessageSystemAttributes={"AWSTraceHeader": string("Root=1")})
    sqs.clock.advance(1)
    sqs.receive(url)
    sqs.clock.advance(5)

    (message,) = sqs.receive(url, AttributeNames=["All"])

    assert message["Attributes"] == {
        "SenderId": SENDER,
        "SentTimestamp": str(START),
        "ApproximateReceiveCount": "2",
        "ApproximateFirstReceiveTimestamp": str(START + 1_000),
        "MessageGroupId": "g",
        "AWSTraceHeader": "Root=1",
    }


ASKED: Final = {
    "none": ({}, None),
    "old member": ({"AttributeNames": ["SenderId"]}, {"SenderId"}),
    "new member": ({"MessageSystemAttributeNames": ["SenderId"]}, {"SenderId"}),
    "both": (
        {"AttributeNames": ["SenderId"], "MessageSystemAttributeNames": ["SentTimestamp"]},
        {"SenderId", "SentTimestamp"},
    ),
    "all in one of them": (
        {"AttributeNames": ["SenderId"], "MessageSystemAttributeNames": ["All"]},
        {"SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp"},
    ),
    "ALL, as kombu writes it": (
        {"AttributeNames": ["ALL"]},
        {"SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp"},
    ),
    "twice the same": ({"AttributeNames": ["SenderId", "SenderId"]}, {"SenderId"}),
    "of FIFO queues": ({"AttributeNames": ["SequenceNumber", "MessageDeduplicationId"]}, None),
    "of dead-letter queues": ({"AttributeNames": ["DeadLetterQueueSourceArn"]}, None),
    "not sent": ({"AttributeNames": ["AWSTraceHeader", "MessageGroupId"]}, None),
    "of queues": ({"AttributeNames": ["VisibilityTimeout", "SenderId", "Policy"]}, {"SenderId"}),
    "empty lists": ({"AttributeNames": [], "MessageSystemAttributeNames": []}, None),
}


@pytest.mark.parametrize(("asked", "found"), ASKED.values(), ids=ASKED)
def test_the_attributes_asked_for_come_as_far_as_there_are(
    sqs: Sqs, asked: dict[str, Any], found: set[str] | None
) -> None:
    url = sqs.create()
    sqs.send(url)

    (message,) = sqs.receive(url, **asked)

    assert (set(message["Attributes"]) if "Attributes" in message else None) == found


@pytest.mark.parametrize("name", ["Nonsense", "", "senderid", "aLL"])
@pytest.mark.parametrize("member", ["AttributeNames", "MessageSystemAttributeNames"])
def test_a_name_of_no_attribute_is_refused_and_nothing_received(sqs: Sqs, member: str, name: str) -> None:
    url = sqs.create()
    sqs.send(url)

    with refused("InvalidAttributeName", f"Unknown Attribute {name}."):
        sqs.receive(url, **{member: ["SenderId", name]})

    assert sqs.counts(url) == (1, 0, 0)


# Message attributes.

SENT: Final = {name: string(name) for name in ("Foo", "Foobar", "Foo.Bar", "Help.Me", "foo", "x")}
FILTERS: Final = {
    "none": (None, None),
    "an empty list": ([], None),
    "All": (["All"], set(SENT)),
    "the pattern for all": ([".*"], set(SENT)),
    "a bare star": (["*"], set(SENT)),
    "all beside a name": (["Foo", "All"], set(SENT)),
    "a name": (["Foo"], {"Foo"}),
    "a name that is the beginning of others": (["Help"], None),
    "a prefix": (["Foo.*"], {"Foo", "Foobar", "Foo.Bar"}),
    "a prefix that is a whole name with a dot": (["Help.Me.*"], {"Help.Me"}),
    "two prefixes": (["Help.*", "x.*"], {"Help.Me", "x"}),
    "a prefix and a name": (["Help.*", "foo"], {"Help.Me", "foo"}),
    "a star at the end of a name": (["Foo*"], None),
    "a pattern in the middle": (["F.*r"], None),
    "all in small letters": (["all"], None),
    "unknown": (["Nonsense", "Foo"], {"Foo"}),
    "names that could not be sent": (["AWS.", "..foo", ".", "", "[", "(", "a\\"], None),
}


@pytest.mark.parametrize(("names", "found"), FILTERS.values(), ids=FILTERS)
def test_message_attributes_are_chosen_by_name_and_prefix(
    sqs: Sqs, names: list[str] | None, found: set[str] | None
) -> None:
    url = sqs.create()
    sqs.send(url, MessageAttributes=SENT)

    (message,) = sqs.receive(url, MessageAttributeNames=names)

    assert (set(message["MessageAttributes"]) if "MessageAttributes" in message else None) == found
    assert ("MD5OfMessageAttributes" in message) == (found is not None)


def test_a_receive_attempt_id_is_ignored_where_it_is_well_formed(sqs: Sqs) -> None:
    url = sqs.create()
    sqs.send(url)

    first = sqs.receive(url, ReceiveRequestAttemptId="attempt-1")
    second = sqs.receive(url, ReceiveRequestAttemptId="attempt-1")

    assert (len(first), second) == (1, [])


# Limits.


def test_too_many_in_flight_fail_a_short_poll_and_make_a_long_one_wait() -> None:
    sqs = Sqs(Limits(in_flight=2))
    url = sqs.create()
    for body in "abc":
        sqs.send(url, body)
    sqs.receive(url)

    with refused("OverLimit", status=403):
        sqs.receive(url)
    with refused("OverLimit", status=403):
        sqs.query({"Action": "ReceiveMessage", "QueueUrl": url})
    poll = sqs.poll(QueueUrl=url)
    assert poll.is_waiting
    sqs.pass_time(20, "q")
    assert poll.messages() == []


# Long polls: an answer as soon as there is one message, whatever brings it.


@pytest.mark.parametrize(
    ("queue", "own", "waits"), [("0", None, False), ("5", None, True), ("5", 0, False), ("0", 5, True)]
)
def test_a_receive_waits_as_long_as_it_says_else_as_the_queue_does(
    sqs: Sqs, queue: str, own: int | None, waits: bool
) -> None:
    url = sqs.create(ReceiveMessageWaitTimeSeconds=queue)

    if not waits:
        assert sqs.receive(url, WaitTimeSeconds=own) == []
        return
    poll = sqs.poll(QueueUrl=url, WaitTimeSeconds=own)
    sqs.pass_time(4.999, "q")
    assert poll.is_waiting
    sqs.pass_time(0.001, "q")
    assert poll.messages() == []


def test_a_message_that_is_there_is_not_waited_for(sqs: Sqs) -> None:
    url = sqs.create(ReceiveMessageWaitTimeSeconds="20")
    sqs.send(url)

    assert len(sqs.receive(url)) == 1


def test_a_send_wakes_a_poll(sqs: Sqs) -> None:
    url = sqs.create()
    poll = sqs.poll(QueueUrl=url, MaxNumberOfMessages=10)

    sqs.send(url, "one")
    sqs.send(url, "two")

    assert bodies(poll.messages()) == ["one"]
    assert sqs.counts(url) == (1, 1, 0)


def test_the_end_of_a_delay_wakes_a_poll(sqs: Sqs) -> None:
    url = sqs.create()
    poll = sqs.poll(QueueUrl=url)
    sqs.send(url, DelaySeconds=5)

    sqs.pass_time(4.999, "q")
    assert poll.is_waiting
    sqs.pass_time(0.001, "q")

    assert len(poll.messages()) == 1


def test_the_end_of_a_timeout_wakes_a_poll(sqs: Sqs) -> None:
    url = sqs.create()
    sqs.send(url)
    sqs.receive(url, VisibilityTimeout=5)
    poll = sqs.poll(QueueUrl=url, AttributeNames=["All"])

    sqs.pass_time(5, "q")

    (message,) = poll.messages()
    assert message["Attributes"]["ApproximateReceiveCount"] == "2"


def test_a_visibility_timeout_set_to_zero_wakes_a_poll(sqs: Sqs) -> None:
    url = sqs.create()
    sqs.send(url)
    (received,) = sqs.receive(url)
    poll = sqs.poll(QueueUrl=url)

    sqs.call("ChangeMessageVisibility", QueueUrl=url, ReceiptHandle=received["ReceiptHandle"], VisibilityTimeout=0)

    assert len(poll.messages()) == 1


def test_a_batch_serves_one_poll_whole(sqs: Sqs) -> None:
    url = sqs.create()
    first = sqs.poll(QueueUrl=url, MaxNumberOfMessages=10)
    second = sqs.poll(QueueUrl=url, MaxNumberOfMessages=10)

    sqs.call("SendMessageBatch", QueueUrl=url, Entries=[{"Id": letter, "MessageBody": letter} for letter in "abc"])

    assert bodies(first.messages()) == ["a", "b", "c"]
    assert second.is_waiting


def test_polls_are_served_in_their_order_and_never_with_the_same_message(sqs: Sqs) -> None:
    url = sqs.create()
    polls = [sqs.poll(QueueUrl=url) for _ in range(3)]

    for body in "abc":
        sqs.send(url, body)

    assert [bodies(poll.messages()) for poll in polls] == [["a"], ["b"], ["c"]]


def test_an_abandoned_poll_takes_nothing(sqs: Sqs) -> None:
    url = sqs.create()
    poll = sqs.poll(QueueUrl=url)

    poll.abandon()
    sqs.send(url)

    assert poll.is_waiting
    (message,) = sqs.receive(url, AttributeNames=["ApproximateReceiveCount"])
    assert message["Attributes"] == {"ApproximateReceiveCount": "1"}


def test_a_polls_timeout_begins_when_it_is_answered(sqs: Sqs) -> None:
    url = sqs.create(VisibilityTimeout="10")
    sqs.poll(QueueUrl=url)
    sqs.pass_time(9, "q")
    sqs.send(url)

    sqs.clock.advance(9.999)
    assert sqs.counts(url) == (0, 1, 0)
    sqs.clock.advance(0.001)
    assert sqs.counts(url) == (1, 0, 0)


def test_a_poll_is_checked_before_it_is_waiting(sqs: Sqs) -> None:
    url = sqs.create()

    with refused("InvalidAttributeName"):
        sqs.receive(url, WaitTimeSeconds=20, AttributeNames=["Nonsense"])

    sqs.send(url)
    assert sqs.counts(url) == (1, 0, 0)
