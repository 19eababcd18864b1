"""DeleteMessage, and what each kind of receipt handle does on each type of queue."""

from __future__ import annotations

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Message, Sqs, refused


def expired(message: Message) -> str:
    reason = "The receipt handle has expired."
    return f"Value {message['ReceiptHandle']} for parameter ReceiptHandle is invalid. Reason: {reason}"


@pytest.fixture(params=["standard", "FIFO"])
def url(request: pytest.FixtureRequest, sqs: Sqs) -> str:
    """A queue of either type, with one message in it."""
    if request.param == "standard":
        url = sqs.create()
        sqs.send(url)
    else:
        url = one_in_fifo(sqs)
    return url


def one_in_fifo(sqs: Sqs) -> str:
    url = sqs.create_fifo()
    sqs.send(url, MessageGroupId="g1")
    return url


# Either type.


@recorded("DeleteMessage by the handle of a message in flight: it is gone")
def test_a_message_in_flight_is_deleted(sqs: Sqs, url: str) -> None:
    message = sqs.receive_one(url)

    sqs.delete(url, message)

    sqs.eventually(lambda: sqs.counts(url), (0, 0, 0))
    assert sqs.look(url) == []


@recorded("DeleteMessage by a handle that cannot be read: ReceiptHandleIsInvalid, in these words")
def test_a_handle_that_is_none_is_refused(sqs: Sqs, url: str) -> None:
    words = 'The input receipt handle "nonsense" is not a valid receipt handle.'

    with refused("ReceiptHandleIsInvalid", words, status=404):
        sqs.delete(url, {"ReceiptHandle": "nonsense"})


@recorded("DeleteMessage when ChangeMessageVisibility has made the timeout longer, and the first is over: deleted")
def test_a_handle_is_good_as_long_as_its_timeout_was_made(sqs: Sqs, url: str) -> None:
    message = sqs.receive_one(url, VisibilityTimeout=2)
    sqs.change(url, message, 120)
    sqs.let_pass(2)

    sqs.delete(url, message)

    sqs.eventually(lambda: sqs.counts(url), (0, 0, 0))


@recorded("each receive of a message has another receipt handle")
def test_each_receive_has_a_handle_of_its_own(sqs: Sqs, url: str) -> None:
    handles = [sqs.receive_one(url, VisibilityTimeout=0)["ReceiptHandle"] for _ in range(3)]

    assert len(set(handles)) == 3


@ground("Developer Guide, Amazon SQS queue and message identifiers")
def test_a_handle_has_up_to_1024_characters(sqs: Sqs, url: str) -> None:
    assert 1 <= len(sqs.receive_one(url)["ReceiptHandle"]) <= 1_024


# Standard queues.


@recorded("DeleteMessage of a deleted message: 200, any number of times")
def test_a_deleted_message_can_be_deleted_again(sqs: Sqs, queue: str) -> None:
    sqs.send(queue)
    message = sqs.receive_one(queue)

    for _ in range(3):
        sqs.delete(queue, message)


@recorded("DeleteMessage on a standard queue when the timeout is over: 200, and the message is deleted")
def test_a_standard_queue_deletes_when_the_timeout_is_over(sqs: Sqs, queue: str) -> None:
    sqs.send(queue)
    message = sqs.receive_one(queue, VisibilityTimeout=1)
    sqs.let_pass(1)

    sqs.delete(queue, message)

    sqs.eventually(lambda: sqs.counts(queue), (0, 0, 0))
    assert sqs.look(queue) == []


# FIFO queues.


@recorded("DeleteMessage on a FIFO queue when the timeout is over: InvalidParameterValue, in these words")
def test_a_fifo_queue_deletes_no_more_when_the_timeout_is_over(sqs: Sqs) -> None:
    url = one_in_fifo(sqs)
    message = sqs.receive_one(url, VisibilityTimeout=1)
    sqs.let_pass(1)

    with refused("InvalidParameterValue", expired(message)):
        sqs.delete(url, message)

    assert sqs.receive_one(url)["MessageId"] == message["MessageId"]


@recorded("a public report: DeleteMessage on a FIFO queue after a receive with VisibilityTimeout=0 says expired")
def test_a_fifo_queue_deletes_nothing_that_was_received_with_no_timeout(sqs: Sqs) -> None:
    url = one_in_fifo(sqs)
    message = sqs.receive_one(url, VisibilityTimeout=0)

    with refused("InvalidParameterValue", expired(message)):
        sqs.delete(url, message)


@recorded("a public report: DeleteMessage on a FIFO queue by the handle of an earlier receive says expired")
def test_a_fifo_queue_deletes_by_the_latest_handle_only(sqs: Sqs) -> None:
    url = one_in_fifo(sqs)
    older = sqs.receive_one(url, VisibilityTimeout=0)
    latest = sqs.receive_one(url, VisibilityTimeout=60)

    with refused("InvalidParameterValue", expired(older)):
        sqs.delete(url, older)
    sqs.delete(url, latest)

    sqs.eventually(lambda: sqs.counts(url), (0, 0, 0))
