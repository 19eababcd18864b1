"""Visibility timeouts: hiding what was received, changing how long, coming back."""

from __future__ import annotations

import time

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Sqs, bodies, refused

GONE = "Message does not exist or is not available for visibility timeout change."


@pytest.fixture
def url(queue: str, sqs: Sqs) -> str:
    """A queue with one message in it."""
    sqs.send(queue)
    return queue


# Hidden, and back.


@ground("Developer Guide, Amazon SQS visibility timeout")
def test_a_received_message_is_hidden(sqs: Sqs, url: str) -> None:
    sqs.receive(url)

    assert sqs.look(url) == []
    sqs.eventually(lambda: sqs.counts(url), (0, 1, 0))


@ground("Developer Guide, Amazon SQS visibility timeout")
def test_a_received_message_comes_back_when_its_timeout_is_over(sqs: Sqs, url: str) -> None:
    first = sqs.receive_one(url, VisibilityTimeout=1)

    again = sqs.receive_one(url, MessageSystemAttributeNames=["ApproximateReceiveCount"])

    assert again["MessageId"] == first["MessageId"]
    assert again["Attributes"] == {"ApproximateReceiveCount": "2"}


@ground("Developer Guide, Amazon SQS visibility timeout")
def test_the_timeout_is_the_queues_if_the_receive_names_none(sqs: Sqs) -> None:
    url = sqs.create(VisibilityTimeout="1")
    sqs.send(url)

    began = time.monotonic()
    sqs.receive(url)
    sqs.receive(url)

    assert 0.9 < time.monotonic() - began < 20


@ground("API Reference, ReceiveMessage")
def test_a_receives_own_timeout_is_for_its_messages_alone(sqs: Sqs) -> None:
    url = sqs.create(VisibilityTimeout="0")
    for body in "ab":
        sqs.send(url, body)

    (hidden,) = sqs.receive(url, VisibilityTimeout=60)
    seen = {sqs.receive_one(url)["Body"] for _ in range(3)}

    assert seen == {"a", "b"} - {hidden["Body"]}


@recorded("ReceiveMessage with VisibilityTimeout=0: the message can be received at once, and the receive counts")
def test_a_message_received_with_no_timeout_stays_visible(sqs: Sqs, url: str) -> None:
    counted = [
        sqs.receive_one(url, VisibilityTimeout=0, MessageSystemAttributeNames=["ApproximateReceiveCount"])
        for _ in range(2)
    ]

    assert [message["Attributes"]["ApproximateReceiveCount"] for message in counted] == ["1", "2"]
    sqs.eventually(lambda: sqs.counts(url), (1, 0, 0))


@ground("API Reference, ReceiveMessage")
def test_a_message_received_with_no_timeout_comes_once_in_an_answer(sqs: Sqs, url: str) -> None:
    sqs.send(url, "other")

    found = sqs.look(url, VisibilityTimeout=0, WaitTimeSeconds=5)

    assert len({message["MessageId"] for message in found}) == len(found)


@recorded("send A, receive A for 3 s, send B; when the time is over, a receive brings A")
def test_a_message_comes_back_to_its_place(sqs: Sqs, queue: str) -> None:
    sqs.send(queue, "a")
    sqs.receive(queue, VisibilityTimeout=1)
    sqs.send(queue, "b")

    sqs.let_pass(1)

    assert bodies(sqs.receive(queue)) == ["a"]


# Changing it.


@ground("API Reference, ChangeMessageVisibility")
def test_a_timeout_is_made_longer(sqs: Sqs, url: str) -> None:
    message = sqs.receive_one(url, VisibilityTimeout=2)

    sqs.change(url, message, 60)

    sqs.let_pass(2)
    assert sqs.look(url) == []


@ground("API Reference, ChangeMessageVisibility")
def test_a_timeout_is_made_shorter(sqs: Sqs, url: str) -> None:
    message = sqs.receive_one(url, VisibilityTimeout=43_200)

    sqs.change(url, message, 1)

    assert len(sqs.receive(url)) == 1


@recorded("ChangeMessageVisibility to 0: the message can be received at once")
def test_a_timeout_is_ended(sqs: Sqs, url: str) -> None:
    message = sqs.receive_one(url)

    sqs.change(url, message, 0)

    assert sqs.receive_one(url)["MessageId"] == message["MessageId"]


@ground("Developer Guide, Amazon SQS visibility timeout")
def test_another_timeout_is_for_this_receive_alone(sqs: Sqs) -> None:
    url = sqs.create(VisibilityTimeout="60")
    sqs.send(url)
    sqs.change(url, sqs.receive_one(url), 0)

    sqs.receive(url)

    assert sqs.look(url) == []


@ground("API Reference, ChangeMessageVisibility")
@pytest.mark.parametrize("seconds", [-1, 43_201])
def test_a_timeout_out_of_its_range_is_refused(sqs: Sqs, url: str, seconds: int) -> None:
    message = sqs.receive_one(url)

    with refused("InvalidParameterValue"):
        sqs.change(url, message, seconds)

    assert sqs.look(url) == []


@recorded("a public report quotes ChangeMessageVisibility's words for 43200 s after a receive: 12 h are the total")
def test_a_message_is_hidden_for_12_hours_in_all(sqs: Sqs, url: str) -> None:
    message = sqs.receive_one(url)
    sqs.eventually(lambda: sqs.counts(url), (0, 1, 0))  # and so more than no time has passed

    with pytest.raises(sqs.client.exceptions.ClientError) as caught:
        sqs.change(url, message, 43_200)

    words = (
        "Value 43200 for parameter VisibilityTimeout is invalid. "
        "Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]"
    )
    assert caught.value.response["Error"]["Code"] == "InvalidParameterValue"
    assert caught.value.response["Error"]["Message"].removesuffix(".") == words


@ground("API Reference, ChangeMessageVisibility")
def test_a_message_is_hidden_for_nearly_12_hours_more(sqs: Sqs, url: str) -> None:
    message = sqs.receive_one(url)

    sqs.change(url, message, 43_000)

    assert sqs.look(url) == []


# Handles.


@recorded("ChangeMessageVisibility of a deleted message: InvalidParameterValue, in these words")
def test_the_timeout_of_a_deleted_message_cannot_be_changed(sqs: Sqs, url: str) -> None:
    message = sqs.receive_one(url)
    sqs.delete(url, message)

    words = f"Value {message['ReceiptHandle']} for parameter ReceiptHandle is invalid. Reason: {GONE}"
    with refused("InvalidParameterValue", words):
        sqs.change(url, message, 10)


@recorded("ChangeMessageVisibility by a handle that cannot be read: ReceiptHandleIsInvalid, in these words")
def test_the_timeout_cannot_be_changed_by_a_handle_that_is_none(sqs: Sqs, url: str) -> None:
    words = 'The input receipt handle "nonsense" is not a valid receipt handle.'

    with refused("ReceiptHandleIsInvalid", words, status=404):
        sqs.change(url, {"ReceiptHandle": "nonsense"}, 10)


@recorded("ChangeMessageVisibility on a standard queue when the timeout is over: 200")
def test_changing_a_timeout_that_is_over_is_no_error_on_a_standard_queue(sqs: Sqs, url: str) -> None:
    message = sqs.receive_one(url, VisibilityTimeout=1)
    sqs.let_pass(1)

    sqs.change(url, message, 10)


@recorded("ChangeMessageVisibility to 0 by a handle of an earlier receive: the message can be received at once")
def test_an_older_handle_changes_the_timeout_of_a_later_receive(sqs: Sqs, url: str) -> None:
    older = sqs.receive_one(url, VisibilityTimeout=0)
    sqs.receive(url, VisibilityTimeout=60)

    sqs.change(url, older, 0)

    assert sqs.receive_one(url)["MessageId"] == older["MessageId"]
