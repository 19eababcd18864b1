"""FIFO queues: how they are made, what a send and a receive tell of them, and what a client sees of their rules.

The rules themselves are tested in the core, and the words of what is refused in `tests/spec`.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import pytest

from sqs_emulator.core.limits import Limits
from tests.sqs_by_hand import START, Sqs, refused, texts

FIRST_SEQUENCE_NUMBER: Final = 18_849_496_460_467_696_128


@pytest.fixture
def url(sqs: Sqs) -> str:
    return create(sqs)


def create(sqs: Sqs, name: str = "q.fifo", **attributes: str) -> str:
    return sqs.create(name, FifoQueue="true", **attributes)


def send(sqs: Sqs, url: str, body: str, group: str = "g", **members: Any) -> Any:
    """Send a message; its deduplication id is its body unless it is given one."""
    return sqs.send(url, body, **{"MessageGroupId": group, "MessageDeduplicationId": body, **members})


def bodies(sqs: Sqs, url: str, **members: Any) -> list[str]:
    return [message["Body"] for message in sqs.receive(url, **members)]


def entry(entry_id: str, **members: Any) -> dict[str, Any]:
    whole = {"Id": entry_id, "MessageBody": entry_id, "MessageGroupId": "g", "MessageDeduplicationId": entry_id}
    return {name: value for name, value in {**whole, **members}.items() if value is not None}


def send_batch(sqs: Sqs, url: str, *entries: dict[str, Any]) -> Any:
    return sqs.call("SendMessageBatch", QueueUrl=url, Entries=list(entries))


# How they are made.

FIFO_NAME: Final = (
    "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, "
    "must end with .fifo suffix and be 1 to 80 in length."
)
STANDARD_NAME: Final = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"


@pytest.mark.parametrize("name", ["q.fifo", "Q-1_x.fifo", "x" * 75 + ".fifo"], ids=["short", "all kinds", "longest"])
def test_a_fifo_queue_has_a_name_that_says_so(sqs: Sqs, name: str) -> None:
    assert create(sqs, name).endswith(f"/{name}")


@pytest.mark.parametrize(
    "name", ["q", ".fifo", "q.FIFO", "q.fifo.", "a.b.fifo", "ä.fifo", "x" * 76 + ".fifo"], ids=lambda name: name[-9:]
)
def test_any_other_name_is_refused_for_a_fifo_queue(sqs: Sqs, name: str) -> None:
    with refused("InvalidParameterValue", FIFO_NAME):
        create(sqs, name)


def test_the_name_alone_makes_no_fifo_queue(sqs: Sqs) -> None:
    with refused("InvalidParameterValue", STANDARD_NAME):
        sqs.create("q.fifo")


def test_a_fifo_queue_shows_four_attributes_more(sqs: Sqs) -> None:
    standard, fifo = sqs.attributes(sqs.create("q")), sqs.attributes(create(sqs))

    assert {name: fifo[name] for name in fifo.keys() - standard.keys()} == {
        "FifoQueue": "true",
        "ContentBasedDeduplication": "false",
        "DeduplicationScope": "queue",
        "FifoThroughputLimit": "perQueue",
    }
    assert standard.keys() <= fifo.keys()


def test_a_fifo_queue_takes_its_attributes_at_once_and_later(sqs: Sqs) -> None:
    high = {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
    url = create(sqs, ContentBasedDeduplication="True", **high)
    assert sqs.attributes(url, "ContentBasedDeduplication", *high) == {"ContentBasedDeduplication": "true", **high}
    low = {"DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue", "FifoQueue": "true"}

    sqs.call("SetQueueAttributes", QueueUrl=url, Attributes={"ContentBasedDeduplication": "false", **low})

    assert sqs.attributes(url, "ContentBasedDeduplication", *low) == {"ContentBasedDeduplication": "false", **low}


@pytest.mark.parametrize(
    "attributes",
    [
        {"FifoQueue": "false"},
        {"ContentBasedDeduplication": "yes"},
        {"DeduplicationScope": "MessageGroup"},
        {"FifoThroughputLimit": "perGroup"},
        {"FifoThroughputLimit": "perMessageGroupId"},
        {"FifoThroughputLimit": "perMessageGroupId", "DeduplicationScope": "queue"},
    ],
    ids=str,
)
def test_a_bad_value_is_refused_and_changes_nothing(sqs: Sqs, url: str, attributes: dict[str, str]) -> None:
    before = sqs.attributes(url)

    with refused("InvalidAttributeValue"):
        sqs.call("SetQueueAttributes", QueueUrl=url, Attributes={"VisibilityTimeout": "7", **attributes})

    assert sqs.attributes(url) == before


def test_a_fifo_queue_that_is_there_is_not_created_with_other_attributes(sqs: Sqs) -> None:
    create(sqs, ContentBasedDeduplication="true")

    with refused(
        "QueueAlreadyExists",
        "A queue already exists with the same name and a different value for attribute ContentBasedDeduplication",
    ):
        create(sqs, ContentBasedDeduplication="false")
    assert create(sqs).endswith("/q.fifo")


# What a send tells.


def test_a_send_is_answered_with_a_sequence_number_of_twenty_digits_that_rises(sqs: Sqs, url: str) -> None:
    answers = [send(sqs, url, body) for body in "abc"]

    assert answers[0].keys() == {"MessageId", "MD5OfMessageBody", "SequenceNumber"}
    numbers = [answer["SequenceNumber"] for answer in answers]
    assert all(len(number) == 20 for number in numbers)
    assert [int(number) for number in numbers] == [FIRST_SEQUENCE_NUMBER + 256 * (place + 1) for place in range(3)]


def test_a_send_of_the_query_protocol_tells_it_too(sqs: Sqs, url: str) -> None:
    form = {"MessageBody": "a", "MessageGroupId": "g", "MessageDeduplicationId": "1"}

    root = sqs.query({"Action": "SendMessage", "QueueUrl": url, **form})

    assert texts(root, "SendMessageResult/SequenceNumber") == [str(FIRST_SEQUENCE_NUMBER + 256)]


def test_a_receive_shows_group_deduplication_id_and_sequence_number(sqs: Sqs, url: str) -> None:
    sent = send(sqs, url, "a", "tenant", MessageDeduplicationId="order-1")

    (message,) = sqs.receive(url, MessageSystemAttributeNames=["All"])

    assert message["MessageId"] == sent["MessageId"]
    assert message["Attributes"] == {
        "SenderId": message["Attributes"]["SenderId"],
        "SentTimestamp": str(START),
        "ApproximateReceiveCount": "1",
        "ApproximateFirstReceiveTimestamp": str(START),
        "MessageGroupId": "tenant",
        "MessageDeduplicationId": "order-1",
        "SequenceNumber": sent["SequenceNumber"],
    }


@pytest.mark.parametrize("name", ["MessageGroupId", "MessageDeduplicationId", "SequenceNumber"])
def test_each_of_them_can_be_asked_for(sqs: Sqs, url: str, name: str) -> None:
    send(sqs, url, "a")

    (message,) = sqs.receive(url, MessageSystemAttributeNames=[name])

    assert list(message["Attributes"]) == [name]


def test_a_message_without_a_group_fails_a_send_and_a_batch_with_different_codes(sqs: Sqs, url: str) -> None:
    words = "The request must contain the parameter MessageGroupId."

    with refused("MissingParameter", words):
        sqs.send(url, "a", MessageDeduplicationId="1")
    with refused("InvalidParameterValue", words):
        send_batch(sqs, url, entry("a"), entry("b", MessageGroupId=None))

    assert sqs.counts(url) == (0, 0, 0)


def test_a_queue_must_be_able_to_tell_duplicates(sqs: Sqs, url: str) -> None:
    words = (
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
    )

    with refused("InvalidParameterValue", words):
        sqs.send(url, "a", MessageGroupId="g")
    with refused("InvalidParameterValue", words):
        send_batch(sqs, url, entry("a"), entry("b", MessageDeduplicationId=None))

    assert sqs.counts(url) == (0, 0, 0)


def test_a_message_has_its_queues_delay_and_none_of_its_own(sqs: Sqs) -> None:
    url = create(sqs, DelaySeconds="5")

    with refused("InvalidParameterValue"):
        send(sqs, url, "a", DelaySeconds=5)
    send(sqs, url, "b", DelaySeconds=0)

    assert sqs.counts(url) == (0, 0, 1)
    sqs.clock.advance(5)
    assert bodies(sqs, url) == ["b"]


def test_in_a_batch_a_delay_fails_its_entry_alone(sqs: Sqs, url: str) -> None:
    answer = send_batch(sqs, url, entry("a"), entry("b", DelaySeconds=1), entry("c"))

    assert [entry["Id"] for entry in answer["Successful"]] == ["a", "c"]
    assert answer["Failed"] == [
        {
            "Id": "b",
            "SenderFault": True,
            "Code": "InvalidParameterValue",
            "Message": "The request include parameter that is not valid for this queue type",
        }
    ]
    assert bodies(sqs, url) == ["a", "c"]


# Duplicates.


def test_a_duplicate_is_answered_with_the_first_ones_id_and_number_and_its_own_md5(sqs: Sqs, url: str) -> None:
    first = send(sqs, url, "first", MessageDeduplicationId="1")
    sqs.clock.advance(299)

    second = send(sqs, url, "second", MessageDeduplicationId="1")

    assert second == {**first, "MD5OfMessageBody": hashlib.md5(b"second").hexdigest()}
    assert bodies(sqs, url) == ["first"]


def test_within_a_batch_duplicates_are_answered_alike(sqs: Sqs, url: str) -> None:
    answer = send_batch(sqs, url, entry("a"), entry("b", MessageDeduplicationId="a"), entry("c"))

    first, second, third = answer["Successful"]
    assert (second["MessageId"], second["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])
    assert third["MessageId"] != first["MessageId"]
    assert bodies(sqs, url) == ["a", "c"]


def test_by_content_a_message_is_told_by_its_body_whatever_its_attributes_and_its_group(sqs: Sqs) -> None:
    url = create(sqs, ContentBasedDeduplication="true")
    attribute = {"k": {"DataType": "String", "StringValue": "x"}}

    first = sqs.send(url, "a", MessageGroupId="g")
    second = sqs.send(url, "a", MessageGroupId="h", MessageAttributes=attribute)
    other = sqs.send(url, "b", MessageGroupId="g")

    assert second["MessageId"] == first["MessageId"] != other["MessageId"]
    received = sqs.receive(url, MessageSystemAttributeNames=["MessageDeduplicationId"])
    shown = [message["Attributes"]["MessageDeduplicationId"] for message in received]
    assert shown == [hashlib.sha256(body).hexdigest() for body in (b"a", b"b")]


def test_by_content_a_given_id_wins_and_may_be_that_of_a_body(sqs: Sqs) -> None:
    url = create(sqs, ContentBasedDeduplication="true")
    by_id = sqs.send(url, "a", MessageGroupId="g", MessageDeduplicationId="1")
    by_content = sqs.send(url, "a", MessageGroupId="g")
    of_the_body = hashlib.sha256(b"a").hexdigest()

    alike = sqs.send(url, "something else", MessageGroupId="g", MessageDeduplicationId=of_the_body)

    assert alike["MessageId"] == by_content["MessageId"] != by_id["MessageId"]


def test_content_based_deduplication_can_be_switched_at_any_time(sqs: Sqs, url: str) -> None:
    for value in ("true", "false"):
        sqs.call("SetQueueAttributes", QueueUrl=url, Attributes={"ContentBasedDeduplication": value})
        if value == "true":
            first = sqs.send(url, "a", MessageGroupId="g")
            assert sqs.send(url, "a", MessageGroupId="g")["MessageId"] == first["MessageId"]
        else:
            with refused("InvalidParameterValue"):
                sqs.send(url, "a", MessageGroupId="g")


def test_a_purge_forgets_what_was_sent(sqs: Sqs, url: str) -> None:
    first = send(sqs, url, "a")
    sqs.call("PurgeQueue", QueueUrl=url)

    assert send(sqs, url, "a")["MessageId"] != first["MessageId"]


# Receives.


def test_groups_are_received_one_after_the_other_each_in_its_order(sqs: Sqs, url: str) -> None:
    for body in ("g1a", "g2a", "g1b", "g3a", "g2b"):
        send(sqs, url, body, body[:2])

    assert bodies(sqs, url, MaxNumberOfMessages=4) == ["g1a", "g1b", "g2a", "g2b"]
    assert bodies(sqs, url) == ["g3a"]
    assert sqs.counts(url) == (0, 5, 0)


def test_what_is_behind_a_message_in_flight_waits_and_counts_as_visible(sqs: Sqs, url: str) -> None:
    send_batch(sqs, url, *(entry(body) for body in "abc"))
    (first,) = sqs.receive(url, MaxNumberOfMessages=1)
    polls = [sqs.poll(QueueUrl=url) for _ in range(3)]
    assert sqs.counts(url) == (2, 1, 0)

    sqs.call("DeleteMessage", QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])

    assert [poll.is_waiting for poll in polls] == [False, True, True]
    assert [message["Body"] for message in polls[0].messages()] == ["b"]


def test_a_poll_is_answered_when_a_shorter_delay_makes_messages_visible(sqs: Sqs) -> None:
    url = create(sqs, DelaySeconds="900")
    send(sqs, url, "a")
    poll = sqs.poll(QueueUrl=url)

    sqs.call("SetQueueAttributes", QueueUrl=url, Attributes={"DelaySeconds": "0"})

    assert [message["Body"] for message in poll.messages()] == ["a"]


def test_too_many_in_flight_bring_nothing_and_no_error() -> None:
    sqs = Sqs(Limits(in_flight=1))
    url = create(sqs)
    for group in "gh":
        send(sqs, url, group, group)

    assert bodies(sqs, url) == ["g"]
    assert sqs.call("ReceiveMessage", QueueUrl=url) == {}


def test_a_receive_can_be_retried_by_its_attempt_id(sqs: Sqs, url: str) -> None:
    send_batch(sqs, url, *(entry(body) for body in "abc"))

    first, again = (
        sqs.receive(url, ReceiveRequestAttemptId="try", MaxNumberOfMessages=most, AttributeNames=["All"])
        for most in (2, 10)
    )

    assert [message["Body"] for message in first] == ["a", "b"]
    assert again == first


def test_a_retry_after_a_delete_is_refused(sqs: Sqs, url: str) -> None:
    send(sqs, url, "a")
    (message,) = sqs.receive(url, ReceiveRequestAttemptId="try")
    sqs.call("DeleteMessage", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    with refused(
        "InvalidParameterValue",
        "Value try for parameter ReceiveRequestAttemptId is invalid. Reason: "
        "The receiveRequestAttemptId is not valid anymore since the receive call is not retryable.",
    ):
        sqs.receive(url, ReceiveRequestAttemptId="try")


def test_a_poll_that_has_waited_can_be_retried_by_its_attempt_id(sqs: Sqs, url: str) -> None:
    poll = sqs.poll(QueueUrl=url, ReceiveRequestAttemptId="try")
    send(sqs, url, "a")

    assert sqs.receive(url, ReceiveRequestAttemptId="try") == poll.messages()


@pytest.mark.parametrize("attempt_id", ["", "a b", "ä", "x" * 129], ids=["empty", "space", "letter", "long"])
def test_an_attempt_id_is_checked(sqs: Sqs, url: str, attempt_id: str) -> None:
    with refused(
        "InvalidParameterValue",
        f"Value {attempt_id} for parameter ReceiveRequestAttemptId is invalid. Reason: ReceiveRequestAttemptId can "
        "only include alphanumeric and punctuation characters. 1 to 128 in length.",
    ):
        sqs.receive(url, ReceiveRequestAttemptId=attempt_id)


# Receipt handles.


def test_in_a_batch_an_expired_handle_fails_its_entry_with_a_code_of_its_own(sqs: Sqs, url: str) -> None:
    send_batch(sqs, url, entry("a"), entry("b", MessageGroupId="h"))
    expired, good = sqs.receive(url, VisibilityTimeout=10)
    later = {"QueueUrl": url, "ReceiptHandle": good["ReceiptHandle"], "VisibilityTimeout": 60}
    sqs.call("ChangeMessageVisibility", **later)
    sqs.clock.advance(10)
    entries = [
        {"Id": name, "ReceiptHandle": message["ReceiptHandle"]} for name, message in (("a", expired), ("b", good))
    ]

    answer = sqs.call("DeleteMessageBatch", QueueUrl=url, Entries=entries)

    assert answer["Successful"] == [{"Id": "b"}]
    assert answer["Failed"] == [
        {
            "Id": "a",
            "SenderFault": True,
            "Code": "ReceiptHandleIsInvalid",
            "Message": "The receipt handle has expired",
        }
    ]
    assert bodies(sqs, url) == ["a"]
