"""The three batch actions: what is refused as a whole, what entry by entry, and what the answer leaves out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Sqs, bodies, refused

SQS: Final = "AWS.SimpleQueueService."
MAXIMUM: Final = 1_048_576

Send = Callable[[list[dict[str, Any]]], dict[str, Any]]


@pytest.fixture
def send(sqs: Sqs, queue: str) -> Send:
    """Send a batch to a standard queue."""
    return lambda entries: sqs.client.send_message_batch(QueueUrl=queue, Entries=entries)


@pytest.fixture
def send_fifo(sqs: Sqs, fifo: str) -> Send:
    """Send a batch to a FIFO queue."""
    return lambda entries: sqs.client.send_message_batch(QueueUrl=fifo, Entries=entries)


def entry(number: object, body: str = "hello", **members: Any) -> dict[str, Any]:
    return {"Id": str(number), "MessageBody": body, **members}


def ids(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["Id"] for entry in entries]


# What is answered.


@recorded("SendMessageBatch whose entries are all taken: Successful, and no Failed")
def test_a_batch_is_sent(sqs: Sqs, queue: str, send: Send) -> None:
    attributes = {"k": {"DataType": "String", "StringValue": "x"}}

    answer = send([entry("a", "message"), entry("b", "foobar", MessageAttributes=attributes)])

    assert "Failed" not in answer
    a, b = answer["Successful"]
    assert a.keys() == {"Id", "MessageId", "MD5OfMessageBody"}
    assert (a["Id"], a["MD5OfMessageBody"]) == ("a", "78e731027d8fd50ed642340b7c9a63b3")
    assert (b["Id"], b["MD5OfMessageBody"]) == ("b", "3858f62230ac3c915f300c664312c63f")
    assert b["MD5OfMessageAttributes"] == "a45daa70926828a2f0a1db3418e6feb4"
    assert {message["MessageId"] for message in sqs.receive(queue, 2)} == {a["MessageId"], b["MessageId"]}


@ground("API Reference, SendMessageBatch")
def test_ten_entries_fit_a_batch(sqs: Sqs, queue: str, send: Send) -> None:
    answer = send([entry(number, str(number)) for number in range(10)])

    assert ids(answer["Successful"]) == list("0123456789")
    assert sorted(bodies(sqs.receive(queue, 10))) == list("0123456789")


@ground("API Reference, SendMessageBatch")
def test_a_batch_to_a_fifo_queue_is_in_the_order_of_its_entries(sqs: Sqs, fifo: str, send_fifo: Send) -> None:
    answer = send_fifo([entry(number, f"body {number}", MessageGroupId="g1") for number in range(10)])

    numbers = [int(result["SequenceNumber"]) for result in answer["Successful"]]
    assert numbers == sorted(set(numbers))
    assert bodies(sqs.receive(fifo, 10)) == [f"body {number}" for number in range(10)]


@ground("API Reference, SendMessageBatch")
def test_each_entry_has_a_delay_of_its_own(sqs: Sqs, queue: str, send: Send) -> None:
    send([entry("now", "now"), entry("later", "later", DelaySeconds=900)])

    assert bodies(sqs.receive(queue)) == ["now"]
    sqs.eventually(lambda: sqs.counts(queue), (0, 1, 1))


@ground("API Reference, DeleteMessageBatch")
def test_a_batch_is_deleted(sqs: Sqs, queue: str, send: Send) -> None:
    send([entry(number) for number in range(3)])
    received = sqs.receive(queue, 3)

    entries = [
        {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]} for number, message in enumerate(received)
    ]
    answer = sqs.client.delete_message_batch(QueueUrl=queue, Entries=entries)

    assert ids(answer["Successful"]) == ["0", "1", "2"]
    assert "Failed" not in answer
    sqs.eventually(lambda: sqs.counts(queue), (0, 0, 0))


@ground("API Reference, ChangeMessageVisibilityBatch")
def test_the_timeouts_of_a_batch_are_changed(sqs: Sqs, queue: str, send: Send) -> None:
    send([entry("a", "a"), entry("b", "b")])
    received = sqs.receive(queue, 2)

    timeouts = {"a": 0, "b": 60}
    entries = [
        {
            "Id": message["Body"],
            "ReceiptHandle": message["ReceiptHandle"],
            "VisibilityTimeout": timeouts[message["Body"]],
        }
        for message in received
    ]
    answer = sqs.client.change_message_visibility_batch(QueueUrl=queue, Entries=entries)

    assert sorted(ids(answer["Successful"])) == ["a", "b"]
    assert "Failed" not in answer
    assert bodies(sqs.receive(queue)) == ["a"]
    assert sqs.look(queue) == []


# What is refused as a whole.

DISTINCT: Final = f"{SQS}BatchEntryIdsNotDistinct"
BAD_ID: Final = (
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
    "It can be at most 80 letters long."
)


@recorded("SendMessageBatch and DeleteMessageBatch without entries: EmptyBatchRequest, in these words")
@pytest.mark.parametrize("action", ["Send", "Delete"])
def test_an_empty_batch_is_refused(sqs: Sqs, queue: str, action: str) -> None:
    call = getattr(sqs.client, f"{action.lower()}_message_batch")
    words = f"There should be at least one {action}MessageBatchRequestEntry in the request."

    with refused(f"{SQS}EmptyBatchRequest", words):
        call(QueueUrl=queue, Entries=[])


@ground("API Reference, ChangeMessageVisibilityBatch")
def test_an_empty_batch_of_timeouts_is_refused(sqs: Sqs, queue: str) -> None:
    with refused(f"{SQS}EmptyBatchRequest"):
        sqs.client.change_message_visibility_batch(QueueUrl=queue, Entries=[])


@recorded("SendMessageBatch of 11 entries: TooManyEntriesInBatchRequest, in these words")
def test_eleven_entries_are_too_many(sqs: Sqs, queue: str, send: Send) -> None:
    words = "Maximum number of entries per request are 10. You have sent 11."

    with refused(f"{SQS}TooManyEntriesInBatchRequest", words):
        send([entry(number) for number in range(11)])

    assert sqs.look(queue) == []


@recorded("SendMessageBatch with such an Id: InvalidBatchEntryId, in these words")
@pytest.mark.parametrize("bad", ["", "a b", "a.b", "é", "x" * 81], ids=["empty", "space", "dot", "é", "81 letters"])
def test_a_bad_id_spoils_the_batch(sqs: Sqs, queue: str, send: Send, bad: str) -> None:
    with refused(f"{SQS}InvalidBatchEntryId", BAD_ID):
        send([entry("good"), entry(bad)])

    assert sqs.look(queue) == []


@ground("API Reference, SendMessageBatchRequestEntry")
def test_an_id_has_up_to_80_letters_digits_hyphens_and_underscores(send: Send) -> None:
    longest = "aZ09_-".ljust(80, "x")

    assert ids(send([entry(longest)])["Successful"]) == [longest]


@recorded("SendMessageBatch with the Ids 1, 2, 2, 1: BatchEntryIdsNotDistinct, in these words")
def test_the_first_repeated_id_is_named(sqs: Sqs, queue: str, send: Send) -> None:
    with refused(DISTINCT, "Id 2 repeated."):
        send([entry(digit) for digit in "1221"])

    assert sqs.look(queue) == []


@recorded("DeleteMessageBatch with an Id twice: BatchEntryIdsNotDistinct, in these words")
def test_a_repeated_id_spoils_a_batch_of_deletes(sqs: Sqs, queue: str) -> None:
    sqs.send(queue)
    handle = sqs.receive_one(queue)["ReceiptHandle"]

    with refused(DISTINCT, "Id a repeated."):
        sqs.client.delete_message_batch(QueueUrl=queue, Entries=[{"Id": "a", "ReceiptHandle": handle}] * 2)


@recorded("SendMessageBatch of more than 1 MiB in all: BatchRequestTooLong, in these words")
def test_a_batch_has_up_to_a_mebibyte(sqs: Sqs, queue: str, send: Send) -> None:
    half = MAXIMUM // 2
    words = f"Batch requests cannot be longer than {MAXIMUM} bytes. You have sent {MAXIMUM + 1} bytes."

    assert len(send([entry("a", "x" * half), entry("b", "x" * half)])["Successful"]) == 2
    with refused(f"{SQS}BatchRequestTooLong", words):
        send([entry("a", "x" * half), entry("b", "x" * (half + 1))])


@recorded("SendMessageBatch to a FIFO queue, an entry without MessageGroupId: InvalidParameterValue for the whole")
def test_an_entry_without_a_group_spoils_the_batch(sqs: Sqs, fifo: str, send_fifo: Send) -> None:
    with refused("InvalidParameterValue", "The request must contain the parameter MessageGroupId."):
        send_fifo([entry("good", "a", MessageGroupId="g1"), entry("bad", "b")])

    assert sqs.look(fifo) == []


@recorded("SendMessageBatch to a FIFO queue, an entry without deduplication id: InvalidParameterValue for the whole")
def test_an_entry_without_a_deduplication_id_spoils_the_batch(sqs: Sqs) -> None:
    url = sqs.create_fifo(ContentBasedDeduplication="false")
    good = entry("good", "a", MessageGroupId="g1", MessageDeduplicationId="d1")
    words = (
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
    )

    with refused("InvalidParameterValue", words):
        sqs.client.send_message_batch(QueueUrl=url, Entries=[good, entry("bad", "b", MessageGroupId="g1")])

    assert sqs.look(url) == []


# What fails entry by entry.


@recorded("SendMessageBatch, an entry longer than the queue allows: Failed, with these words; the others are sent")
def test_a_long_entry_fails_alone(sqs: Sqs) -> None:
    url = sqs.create(MaximumMessageSize="1024")

    answer = sqs.client.send_message_batch(
        QueueUrl=url, Entries=[entry("a", "x" * 1_024), entry("b", "x" * 1_025), entry("c", "x" * 1_024)]
    )

    assert ids(answer["Successful"]) == ["a", "c"]
    assert answer["Failed"] == [
        {
            "Id": "b",
            "SenderFault": True,
            "Code": "InvalidParameterValue",
            "Message": "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.",
        }
    ]


@recorded("SendMessageBatch, an entry with U+FFFF: Failed with the code InvalidMessageContents; no Successful")
def test_an_entry_with_a_character_that_xml_has_not_fails_alone(send: Send) -> None:
    answer = send([entry("a", "a\uffffb")])

    assert "Successful" not in answer
    (failed,) = answer["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("a", "InvalidMessageContents", True)


@recorded("a public report quotes SendMessageBatch's words for an entry with a delay to a FIFO queue")
def test_an_entry_with_a_delay_to_a_fifo_queue_fails_alone(sqs: Sqs, fifo: str, send_fifo: Send) -> None:
    answer = send_fifo([entry("a", "a", MessageGroupId="g1"), entry("b", "b", MessageGroupId="g1", DelaySeconds=5)])

    assert ids(answer["Successful"]) == ["a"]
    (failed,) = answer["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("b", "InvalidParameterValue", True)
    assert failed["Message"] == "The request include parameter that is not valid for this queue type"
    assert bodies(sqs.receive(fifo)) == ["a"]


@ground("API Reference, DeleteMessageBatch")
def test_a_delete_by_a_handle_that_is_none_fails_alone(sqs: Sqs, queue: str) -> None:
    sqs.send(queue)
    good = {"Id": "good", "ReceiptHandle": sqs.receive_one(queue)["ReceiptHandle"]}

    answer = sqs.client.delete_message_batch(QueueUrl=queue, Entries=[good, {"Id": "bad", "ReceiptHandle": "nonsense"}])

    assert ids(answer["Successful"]) == ["good"]
    (failed,) = answer["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("bad", "ReceiptHandleIsInvalid", True)


@recorded("a public report: DeleteMessageBatch on a FIFO queue when the timeout is over has this code and these words")
def test_a_delete_on_a_fifo_queue_fails_when_the_timeout_is_over(sqs: Sqs, fifo: str) -> None:
    sqs.send(fifo, MessageGroupId="g1")
    handle = sqs.receive_one(fifo, VisibilityTimeout=0)["ReceiptHandle"]

    answer = sqs.client.delete_message_batch(QueueUrl=fifo, Entries=[{"Id": "a", "ReceiptHandle": handle}])

    assert "Successful" not in answer
    words = "The receipt handle has expired"
    assert answer["Failed"] == [{"Id": "a", "SenderFault": True, "Code": "ReceiptHandleIsInvalid", "Message": words}]
