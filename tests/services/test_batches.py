"""The three batches: what fails one entry, what fails them all, and that codes are Query's in both protocols."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.sqs_by_hand import Sqs, refused, texts

ONE_MIB: Final = 1_048_576


def send(sqs: Sqs, url: str, *entries: dict[str, Any]) -> Any:
    return sqs.call("SendMessageBatch", QueueUrl=url, Entries=list(entries))


def entry(entry_id: str, body: str = "x", **members: Any) -> dict[str, Any]:
    return {"Id": entry_id, "MessageBody": body, **members}


def bodies(sqs: Sqs, url: str) -> list[str]:
    return [message["Body"] for message in sqs.receive(url)]


# SendMessageBatch.


def test_a_batch_is_sent_in_its_order_with_all_there_is_to_a_message(sqs: Sqs) -> None:
    url = sqs.create()
    attribute = {"k": {"DataType": "String", "StringValue": "x"}}
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1"}}

    answer = send(
        sqs,
        url,
        entry("z", "first"),
        entry("a", "second", MessageAttributes=attribute, MessageSystemAttributes=trace, MessageGroupId="g"),
        entry("m", "later", DelaySeconds=5),
    )

    assert "Failed" not in answer
    assert [entry["Id"] for entry in answer["Successful"]] == ["z", "a", "m"]
    first, second, _ = answer["Successful"]
    assert first.keys() == {"Id", "MessageId", "MD5OfMessageBody"}
    assert second.keys() == {
        "Id", "MessageId", "MD5OfMessageBody", "MD5OfMessageAttributes", "MD5OfMessageSystemAttributes"
    }  # fmt: skip
    assert second["MD5OfMessageAttributes"] == "a45daa70926828a2f0a1db3418e6feb4"
    assert bodies(sqs, url) == ["first", "second"]
    assert sqs.counts(url) == (0, 2, 1)


FAILURES: Final[dict[str, tuple[dict[str, Any], str, str]]] = {
    "too long": (
        {"MessageBody": "x" * 2_000},
        "InvalidParameterValue",
        "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.",
    ),
    "no body": ({"MessageBody": None}, "MissingParameter", "The request must contain the parameter MessageBody."),
    "an empty body": ({"MessageBody": ""}, "MissingParameter", "The request must contain the parameter MessageBody."),
    "an illegal character": (
        {"MessageBody": "\x00"},
        "InvalidMessageContents",
        (
            "Invalid characters found. "
            "Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
        ),
    ),
    "of the other kind of queue": (
        {"MessageDeduplicationId": "d"},
        "InvalidParameterValue",
        "The request include parameter that is not valid for this queue type",
    ),
    "a delay out of range": (
        {"DelaySeconds": 901},
        "InvalidParameterValue",
        "DelaySeconds must be >= 0 and <= 900",
    ),
    "a bad attribute": (
        {"MessageAttributes": {"a": {"DataType": "String", "StringValue": ""}}},
        "InvalidParameterValue",
        "Message (user) attribute 'a' must contain a non-empty value of type 'String'.",
    ),
}


@pytest.mark.parametrize(("members", "code", "message"), FAILURES.values(), ids=FAILURES)
def test_an_entry_fails_alone(sqs: Sqs, members: dict[str, Any], code: str, message: str) -> None:
    url = sqs.create(MaximumMessageSize="1024")

    answer = send(sqs, url, entry("1", "first"), {**entry("2"), **members}, entry("3", "third"))

    assert [entry["Id"] for entry in answer["Successful"]] == ["1", "3"]
    assert answer["Failed"] == [{"Id": "2", "SenderFault": True, "Code": code, "Message": message}]
    assert bodies(sqs, url) == ["first", "third"]


def test_where_all_entries_fail_the_call_succeeds(sqs: Sqs) -> None:
    url = sqs.create()

    answer = send(sqs, url, entry("1", ""), entry("2", ""))

    assert answer.keys() == {"Failed"}
    assert len(answer["Failed"]) == 2


def test_a_batch_is_measured_against_one_mib_whatever_the_queues_limit(sqs: Sqs) -> None:
    url = sqs.create()
    attribute = {"é": {"DataType": "Binary", "BinaryValue": "AAAA"}}
    counted = 2 + 6 + 3

    assert len(send(sqs, url, entry("1", "x" * (ONE_MIB - 10 - counted), MessageAttributes=attribute),
                    entry("2", "é" * 5))["Successful"]) == 2  # fmt: skip
    with refused(
        "AWS.SimpleQueueService.BatchRequestTooLong",
        "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.",
    ):
        send(sqs, url, entry("1", "x" * (ONE_MIB - 9 - counted), MessageAttributes=attribute), entry("2", "é" * 5))

    assert sqs.counts(url) == (2, 0, 0)


def test_a_small_queue_fails_entries_not_the_batch(sqs: Sqs) -> None:
    url = sqs.create(MaximumMessageSize="1024")

    answer = send(sqs, url, *(entry(str(number), "x" * 2_000) for number in range(10)))

    assert len(answer["Failed"]) == 10


# What fails the whole batch comes before any entry is looked at.


def test_the_first_fault_of_a_batch_is_told(sqs: Sqs) -> None:
    url = sqs.create()
    code = "AWS.SimpleQueueService."
    too_long = entry("ok", "x" * (ONE_MIB + 1))

    with refused(code + "NonExistentQueue"):
        send(sqs, "none")
    with refused(code + "EmptyBatchRequest"):
        send(sqs, url)
    with refused(code + "TooManyEntriesInBatchRequest"):
        send(sqs, url, *[entry("same .", too_long["MessageBody"])] * 11)
    with refused(code + "InvalidBatchEntryId"):
        send(sqs, url, too_long, too_long, entry("a b"))
    with refused(code + "BatchEntryIdsNotDistinct", "Id ok repeated."):
        send(sqs, url, too_long, too_long)
    with refused(code + "BatchRequestTooLong"):
        send(sqs, url, too_long, entry("empty", ""))

    assert sqs.counts(url) == (0, 0, 0)


@pytest.mark.parametrize("entries", [None, []])
@pytest.mark.parametrize("action", ["SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"])
def test_an_absent_list_is_an_empty_one(sqs: Sqs, action: str, entries: object) -> None:
    url = sqs.create()

    with refused(
        "AWS.SimpleQueueService.EmptyBatchRequest",
        f"There should be at least one {action}RequestEntry in the request.",
    ):
        sqs.call(action, QueueUrl=url, Entries=entries)


@pytest.mark.parametrize("entry_id", ["a", "A-1_b", "0" * 80])
def test_an_id_of_letters_digits_hyphens_and_underscores(sqs: Sqs, entry_id: str) -> None:
    url = sqs.create()

    assert send(sqs, url, entry(entry_id))["Successful"][0]["Id"] == entry_id


@pytest.mark.parametrize("entry_id", ["", "0" * 81, "a b", "a.b", "é", "a\n", "٣"])
def test_an_id_of_anything_else_fails_the_batch(sqs: Sqs, entry_id: str) -> None:
    url = sqs.create()

    with refused("AWS.SimpleQueueService.InvalidBatchEntryId"):
        send(sqs, url, entry("good"), entry(entry_id))

    assert sqs.counts(url) == (0, 0, 0)


def test_an_entry_without_an_id_fails_the_batch(sqs: Sqs) -> None:
    url = sqs.create()

    with refused("MissingParameter"):
        send(sqs, url, {"MessageBody": "x"})


def test_ten_entries_are_ordered_by_number_in_query(sqs: Sqs) -> None:
    url = sqs.create()
    form = {"Action": "SendMessageBatch", "QueueUrl": url}
    for number in range(10, 0, -1):
        form[f"SendMessageBatchRequestEntry.{number}.Id"] = f"id{number}"
        form[f"SendMessageBatchRequestEntry.{number}.MessageBody"] = str(number)

    root = sqs.query(form)

    assert texts(root, ".//SendMessageBatchResultEntry/Id") == [f"id{number}" for number in range(1, 11)]
    assert bodies(sqs, url) == [str(number) for number in range(1, 11)]


# DeleteMessageBatch and ChangeMessageVisibilityBatch.


def handles(sqs: Sqs, url: str, number: int) -> list[str]:
    for _ in range(number):
        sqs.send(url)
    return [message["ReceiptHandle"] for message in sqs.receive(url)]


def test_a_batch_deletes_each_of_its_messages(sqs: Sqs) -> None:
    url = sqs.create()
    one, two, three = handles(sqs, url, 3)
    sqs.call("DeleteMessage", QueueUrl=url, ReceiptHandle=two)

    answer = sqs.call(
        "DeleteMessageBatch",
        QueueUrl=url,
        Entries=[
            {"Id": "a", "ReceiptHandle": one},
            {"Id": "again", "ReceiptHandle": one},
            {"Id": "gone", "ReceiptHandle": two},
            {"Id": "bad", "ReceiptHandle": "nonsense"},
            {"Id": "none"},
        ],
    )

    assert [entry["Id"] for entry in answer["Successful"]] == ["a", "again", "gone"]
    bad, none = answer["Failed"]
    assert bad == {
        "Id": "bad",
        "SenderFault": True,
        "Code": "ReceiptHandleIsInvalid",
        "Message": "The input receipt handle is invalid.",
    }
    assert (none["Id"], none["Code"]) == ("none", "MissingParameter")
    assert sqs.counts(url) == (0, 1, 0)
    assert three


def test_a_batch_changes_the_visibility_of_each_of_its_messages(sqs: Sqs) -> None:
    url = sqs.create()
    one, two, three, four = handles(sqs, url, 4)
    sqs.call("DeleteMessage", QueueUrl=url, ReceiptHandle=three)

    answer = sqs.call(
        "ChangeMessageVisibilityBatch",
        QueueUrl=url,
        Entries=[
            {"Id": "now", "ReceiptHandle": one, "VisibilityTimeout": 0},
            {"Id": "later", "ReceiptHandle": two, "VisibilityTimeout": 60},
            {"Id": "gone", "ReceiptHandle": three, "VisibilityTimeout": 0},
            {"Id": "no-timeout", "ReceiptHandle": four},
            {"Id": "too-long", "ReceiptHandle": four, "VisibilityTimeout": 43_201},
            {"Id": "bad", "ReceiptHandle": "nonsense", "VisibilityTimeout": 0},
        ],
    )

    assert [entry["Id"] for entry in answer["Successful"]] == ["now", "later"]
    assert [(entry["Id"], entry["Code"]) for entry in answer["Failed"]] == [
        ("gone", "InvalidParameterValue"),
        ("no-timeout", "MissingParameter"),
        ("too-long", "InvalidParameterValue"),
        ("bad", "ReceiptHandleIsInvalid"),
    ]
    assert all(entry["SenderFault"] is True for entry in answer["Failed"])
    assert sqs.counts(url) == (1, 2, 0)
    sqs.clock.advance(30)
    assert sqs.counts(url) == (2, 1, 0)
