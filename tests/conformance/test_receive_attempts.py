"""ReceiveRequestAttemptId: repeating a receive of a FIFO queue whose answer was lost."""

from __future__ import annotations

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Sqs, bodies, refused

ATTEMPT = "attempt-1"
NOT_VALID_ANYMORE = (
    f"Value {ATTEMPT} for parameter ReceiveRequestAttemptId is invalid. Reason: "
    "The receiveRequestAttemptId is not valid anymore since the receive call is not retryable."
)
PAGE = "Developer Guide, Using the receive request attempt ID in Amazon SQS"


@pytest.fixture
def url(sqs: Sqs, fifo: str) -> str:
    """A FIFO queue with two groups of two messages."""
    sqs.send_in_groups(fifo, "g1a g1b g2a g2b")
    return fifo


@ground(PAGE)
def test_a_repeated_attempt_brings_the_same_messages(sqs: Sqs, url: str) -> None:
    first = sqs.receive(url, 2, ReceiveRequestAttemptId=ATTEMPT)

    again = sqs.look(url, MaxNumberOfMessages=2, ReceiveRequestAttemptId=ATTEMPT)

    assert bodies(again) == bodies(first) == ["g1a", "g1b"]
    assert [message["ReceiptHandle"] for message in again] == [message["ReceiptHandle"] for message in first]


@ground(PAGE)
def test_another_attempt_brings_other_messages(sqs: Sqs, url: str) -> None:
    sqs.receive(url, 2, ReceiveRequestAttemptId=ATTEMPT)

    assert bodies(sqs.receive(url, 2, ReceiveRequestAttemptId="attempt-2")) == ["g2a", "g2b"]


@ground(PAGE)
def test_a_repeated_attempt_starts_the_timeout_again(sqs: Sqs, url: str) -> None:
    sqs.receive(url, 2, ReceiveRequestAttemptId=ATTEMPT, VisibilityTimeout=2)

    messages = sqs.look(url, MaxNumberOfMessages=2, ReceiveRequestAttemptId=ATTEMPT, VisibilityTimeout=60)
    sqs.let_pass(2)

    assert bodies(sqs.look(url)) == ["g2a", "g2b"]
    sqs.delete(url, *messages)
    sqs.eventually(lambda: sqs.counts(url), (0, 2, 0))


@recorded("a public report quotes ReceiveMessage's words for an attempt that cannot be repeated")
@pytest.mark.parametrize("what", ["deleted", "changed", "timed out"])
def test_an_attempt_whose_messages_went_on_cannot_be_repeated(sqs: Sqs, url: str, what: str) -> None:
    seconds = 1 if what == "timed out" else 60
    first, _ = sqs.receive(url, 2, ReceiveRequestAttemptId=ATTEMPT, VisibilityTimeout=seconds)

    if what == "deleted":
        sqs.delete(url, first)
    elif what == "changed":
        sqs.change(url, first, 120)
    else:
        sqs.let_pass(1)

    with refused("InvalidParameterValue", NOT_VALID_ANYMORE):
        sqs.look(url, ReceiveRequestAttemptId=ATTEMPT)


@recorded("a public report: a standard queue takes a ReceiveRequestAttemptId and ignores it")
def test_a_standard_queue_ignores_the_attempt(sqs: Sqs, queue: str) -> None:
    sqs.send(queue)
    sqs.receive(queue, ReceiveRequestAttemptId=ATTEMPT)

    assert sqs.look(queue, ReceiveRequestAttemptId=ATTEMPT) == []
