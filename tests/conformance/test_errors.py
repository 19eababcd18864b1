"""Errors as a client sees them: code, shape, class of exception and HTTP status, which are four different things."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Sqs

SQS: Final = "AWS.SimpleQueueService."

Call = Callable[[Sqs, str], object]


def batch(sqs: Sqs, url: str, *ids: str) -> object:
    return sqs.client.send_message_batch(
        QueueUrl=url, Entries=[{"Id": entry_id, "MessageBody": "x"} for entry_id in ids]
    )


# What to do, on a queue that exists; code, shape and status of the refusal.
REFUSALS: Final[dict[str, tuple[Call, str, int]]] = {
    "QueueDoesNotExist": (lambda sqs, url: sqs.send(f"{url}-not"), f"{SQS}NonExistentQueue", 400),
    "QueueNameExists": (
        lambda sqs, url: sqs.client.create_queue(
            QueueName=url.rpartition("/")[2], Attributes={"VisibilityTimeout": "77"}
        ),
        "QueueAlreadyExists",
        400,
    ),
    "ReceiptHandleIsInvalid": (
        lambda sqs, url: sqs.delete(url, {"ReceiptHandle": "nonsense"}),
        "ReceiptHandleIsInvalid",
        404,
    ),
    "ResourceNotFoundException": (
        lambda sqs, url: sqs.client.start_message_move_task(SourceArn=f"{sqs.arn(url)}-not"),
        "ResourceNotFoundException",
        404,
    ),
    "InvalidAttributeName": (lambda sqs, url: sqs.attributes(url, "Colour"), "InvalidAttributeName", 400),
    "InvalidAttributeValue": (lambda sqs, url: sqs.create(DelaySeconds="901"), "InvalidAttributeValue", 400),
    "InvalidMessageContents": (lambda sqs, url: sqs.send(url, "\uffff"), "InvalidMessageContents", 400),
    "EmptyBatchRequest": (batch, f"{SQS}EmptyBatchRequest", 400),
    "TooManyEntriesInBatchRequest": (
        lambda sqs, url: batch(sqs, url, *"abcdefghijk"),
        f"{SQS}TooManyEntriesInBatchRequest",
        400,
    ),
    "BatchEntryIdsNotDistinct": (lambda sqs, url: batch(sqs, url, "a", "a"), f"{SQS}BatchEntryIdsNotDistinct", 400),
    "InvalidBatchEntryId": (lambda sqs, url: batch(sqs, url, "!"), f"{SQS}InvalidBatchEntryId", 400),
    "OverLimit": (
        lambda sqs, url: sqs.client.add_permission(
            QueueUrl=url,
            Label="one",
            AWSAccountIds=[sqs.account(url)],
            Actions=[
                "SendMessage",
                "ReceiveMessage",
                "DeleteMessage",
                "ChangeMessageVisibility",
                "GetQueueAttributes",
                "GetQueueUrl",
                "PurgeQueue",
                "ListDeadLetterSourceQueues",
            ],
        ),
        "OverLimit",
        403,
    ),
}


@ground("API Reference, Common Errors")
@pytest.mark.parametrize(
    ("shape", "call", "code", "status"),
    [(shape, *rest) for shape, rest in REFUSALS.items()],
    ids=REFUSALS,
)
def test_an_error_has_a_shape_a_code_and_a_status(
    sqs: Sqs, queue: str, shape: str, call: Call, code: str, status: int
) -> None:
    with pytest.raises(getattr(sqs.client.exceptions, shape)) as caught:
        call(sqs, queue)

    answer: Any = caught.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert answer["Error"]["QueryErrorCode"] == shape
    assert answer["Error"]["Type"] == "Sender"


@recorded("parameters that cannot be: the code InvalidParameterValue, the shape InvalidParameterValueException")
def test_a_bad_parameter_has_two_names(sqs: Sqs, queue: str) -> None:
    with pytest.raises(sqs.client.exceptions.ClientError) as caught:
        sqs.look(queue, MaxNumberOfMessages=11)

    error: Any = caught.value.response["Error"]
    assert (error["Code"], error["QueryErrorCode"]) == ("InvalidParameterValue", "InvalidParameterValueException")
    assert error["Type"] == "Sender"


@recorded("parameters that are missing: the code MissingParameter")
def test_a_missing_parameter_has_a_code(sqs: Sqs, queue: str) -> None:
    with pytest.raises(sqs.client.exceptions.ClientError) as caught:
        sqs.unchecked.send_message(QueueUrl=queue)

    answer: Any = caught.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == ("MissingParameter", 400)


@ground("API Reference, Common Errors")
def test_every_answer_has_a_request_id(sqs: Sqs, queue: str) -> None:
    answers = [sqs.send(queue)["ResponseMetadata"] for _ in range(2)]
    with pytest.raises(sqs.client.exceptions.QueueDoesNotExist) as caught:
        sqs.send(f"{queue}-not")
    answers.append(caught.value.response["ResponseMetadata"])

    ids = {answer["RequestId"] for answer in answers}

    assert len(ids) == 3
    assert all(ids)
