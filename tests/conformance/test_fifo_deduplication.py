"""Deduplication on FIFO queues: by id, by content, within a queue or within its groups."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import pytest

from tests.conformance.grounds import ground, recorded, slow_on_aws
from tests.conformance.sqs import Sqs, bodies

PER_GROUP: Final = {"DeduplicationScope": "messageGroup"}
HIGH_THROUGHPUT: Final = {**PER_GROUP, "FifoThroughputLimit": "perMessageGroupId"}
G1: Final = {"MessageGroupId": "g1"}


def deduplication_id(sqs: Sqs, url: str) -> str:
    received = sqs.receive_one(url, MessageSystemAttributeNames=["MessageDeduplicationId"])
    return str(received["Attributes"]["MessageDeduplicationId"])


# By id.


@ground("Developer Guide, Exactly-once processing in Amazon SQS")
def test_a_second_message_with_the_same_id_is_taken_but_not_delivered(sqs: Sqs, fifo: str) -> None:
    sqs.send(fifo, "first", **G1, MessageDeduplicationId="d1")
    sqs.send(fifo, "second", **G1, MessageDeduplicationId="d1")

    received = sqs.receive(fifo, MaxNumberOfMessages=10)

    assert bodies(received) == ["first"]
    sqs.delete(fifo, *received)
    assert sqs.look(fifo) == []


@ground("Developer Guide, Exactly-once processing in Amazon SQS")
def test_messages_with_different_ids_are_different_messages(sqs: Sqs, fifo: str) -> None:
    sqs.send(fifo, "same", **G1, MessageDeduplicationId="d1")
    sqs.send(fifo, "same", **G1, MessageDeduplicationId="d2")

    assert bodies(sqs.receive(fifo, 2)) == ["same", "same"]


@ground("API Reference, SendMessage")
def test_a_duplicate_is_answered_like_any_message(sqs: Sqs, fifo: str) -> None:
    sqs.send(fifo, "first", **G1, MessageDeduplicationId="d1")

    answer = sqs.send(fifo, "foobar", **G1, MessageDeduplicationId="d1")

    assert answer.keys() >= {"MessageId", "SequenceNumber"}
    assert answer["MD5OfMessageBody"] == "3858f62230ac3c915f300c664312c63f"


@recorded("the same deduplication id after the original was deleted: still a duplicate")
def test_a_duplicate_of_a_deleted_message_is_one(sqs: Sqs, fifo: str) -> None:
    sqs.send(fifo, "first", **G1, MessageDeduplicationId="d1")
    sqs.delete(fifo, *sqs.receive(fifo))

    sqs.send(fifo, "second", **G1, MessageDeduplicationId="d1")

    assert sqs.look(fifo) == []


@recorded("the same deduplication id in two groups, with the scope of the queue: a duplicate")
def test_an_id_is_the_whole_queues(sqs: Sqs, fifo: str) -> None:
    sqs.send(fifo, "first", MessageGroupId="g1", MessageDeduplicationId="d1")
    sqs.send(fifo, "second", MessageGroupId="g2", MessageDeduplicationId="d1")

    assert bodies(sqs.receive(fifo, MaxNumberOfMessages=10)) == ["first"]
    assert sqs.look(fifo) == []


@ground("Developer Guide, Exactly-once processing in Amazon SQS")
def test_an_id_is_of_its_queue_only(sqs: Sqs, fifo: str) -> None:
    other = sqs.create_fifo()

    sqs.send(fifo, "first", **G1, MessageDeduplicationId="d1")
    sqs.send(other, "second", **G1, MessageDeduplicationId="d1")

    assert bodies(sqs.receive(fifo)) == ["first"]
    assert bodies(sqs.receive(other)) == ["second"]


@ground("API Reference, SendMessageBatch")
def test_duplicates_in_one_batch_are_found(sqs: Sqs, fifo: str) -> None:
    entries = [
        {"Id": letter, "MessageBody": letter, "MessageGroupId": "g1", "MessageDeduplicationId": "d1"} for letter in "ab"
    ]

    answer = sqs.client.send_message_batch(QueueUrl=fifo, Entries=entries)

    assert [entry["Id"] for entry in answer["Successful"]] == ["a", "b"]
    assert bodies(sqs.receive(fifo, MaxNumberOfMessages=10)) == ["a"]
    sqs.eventually(lambda: sqs.counts(fifo), (0, 1, 0))


@slow_on_aws("a purge takes up to a minute, and may take what is sent meanwhile along")
@recorded("PurgeQueue forgets the deduplication ids")
def test_a_purge_forgets_the_ids(sqs: Sqs, fifo: str) -> None:
    sqs.send(fifo, "first", **G1, MessageDeduplicationId="d1")
    sqs.client.purge_queue(QueueUrl=fifo)
    sqs.eventually(lambda: sqs.counts(fifo), (0, 0, 0))

    sqs.send(fifo, "second", **G1, MessageDeduplicationId="d1")

    assert bodies(sqs.receive(fifo)) == ["second"]


# By content.


@ground("Developer Guide, Exactly-once processing in Amazon SQS")
def test_a_second_message_with_the_same_body_is_a_duplicate(sqs: Sqs, fifo: str) -> None:
    for body in ("one", "one", "two"):
        sqs.send(fifo, body, **G1)

    assert bodies(sqs.receive(fifo, 2)) == ["one", "two"]
    sqs.eventually(lambda: sqs.counts(fifo), (0, 2, 0))


@ground("API Reference, SendMessage")
def test_attributes_are_no_part_of_the_content(sqs: Sqs, fifo: str) -> None:
    for value in "ab":
        sqs.send(fifo, "one", **G1, MessageAttributes={"k": {"DataType": "String", "StringValue": value}})

    assert bodies(sqs.receive(fifo, MaxNumberOfMessages=10)) == ["one"]
    sqs.eventually(lambda: sqs.counts(fifo), (0, 1, 0))


@ground("API Reference, SendMessage")
def test_the_contents_id_is_its_sha_256(sqs: Sqs, fifo: str) -> None:
    sqs.send(fifo, "Zoë", **G1)

    assert deduplication_id(sqs, fifo) == hashlib.sha256("Zoë".encode()).hexdigest()


@ground("API Reference, SendMessage")
def test_an_id_goes_before_the_content(sqs: Sqs, fifo: str) -> None:
    sqs.send(fifo, "one", **G1)
    sqs.send(fifo, "one", **G1, MessageDeduplicationId="d1")

    assert bodies(sqs.receive(fifo, 2)) == ["one", "one"]


@ground("API Reference, SendMessage")
def test_the_sha_256_of_the_content_as_an_id_is_the_contents(sqs: Sqs, fifo: str) -> None:
    sqs.send(fifo, "one", **G1)
    sqs.send(fifo, "two", **G1, MessageDeduplicationId=hashlib.sha256(b"one").hexdigest())

    assert bodies(sqs.receive(fifo, MaxNumberOfMessages=10)) == ["one"]
    sqs.eventually(lambda: sqs.counts(fifo), (0, 1, 0))


@slow_on_aws("a change takes up to a minute to get around")
@ground("API Reference, SetQueueAttributes")
def test_deduplication_by_content_can_be_switched_on(sqs: Sqs) -> None:
    url = sqs.create_fifo(ContentBasedDeduplication="false")

    sqs.client.set_queue_attributes(QueueUrl=url, Attributes={"ContentBasedDeduplication": "true"})
    for _ in range(2):
        sqs.send(url, "one", **G1)

    assert bodies(sqs.receive(url, MaxNumberOfMessages=10)) == ["one"]


# Scopes.


@recorded(
    "the same deduplication id in two groups, with the scope of groups: two messages, whatever the throughput limit"
)
@pytest.mark.parametrize("attributes", [PER_GROUP, HIGH_THROUGHPUT], ids=["scope alone", "high throughput"])
@pytest.mark.parametrize("content", [True, False], ids=["by content", "by id"])
def test_an_id_may_be_its_groups(sqs: Sqs, attributes: dict[str, str], content: bool) -> None:
    url = sqs.create_fifo(**attributes)
    by_id: dict[str, Any] = {} if content else {"MessageDeduplicationId": "d1"}

    for group in ("g1", "g1", "g2"):
        sqs.send(url, "same", MessageGroupId=group, **by_id)

    received = sqs.receive(url, 2, MessageSystemAttributeNames=["MessageGroupId"])
    assert [message["Attributes"]["MessageGroupId"] for message in received] == ["g1", "g2"]
    sqs.eventually(lambda: sqs.counts(url), (0, 2, 0))


@recorded("DeduplicationScope changed from queue to messageGroup: the queue deduplicates as before")
def test_a_wider_scope_does_not_become_narrower(sqs: Sqs, fifo: str) -> None:
    sqs.client.set_queue_attributes(QueueUrl=fifo, Attributes=HIGH_THROUGHPUT)
    sqs.eventually(lambda: sqs.attributes(fifo, *HIGH_THROUGHPUT), HIGH_THROUGHPUT)

    for group in ("g1", "g2"):
        sqs.send(fifo, group, MessageGroupId=group, MessageDeduplicationId="d1")

    assert bodies(sqs.receive(fifo, MaxNumberOfMessages=10)) == ["g1"]
    assert sqs.look(fifo) == []


@recorded("DeduplicationScope changed from messageGroup to queue: the queue deduplicates as before")
def test_a_narrower_scope_does_not_become_wider(sqs: Sqs) -> None:
    url = sqs.create_fifo(**HIGH_THROUGHPUT)
    whole = {"DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"}
    sqs.client.set_queue_attributes(QueueUrl=url, Attributes=whole)
    sqs.eventually(lambda: sqs.attributes(url, *whole), whole)

    for group in ("g1", "g2"):
        sqs.send(url, group, MessageGroupId=group, MessageDeduplicationId="d1")

    assert bodies(sqs.receive(url, 2)) == ["g1", "g2"]


# Sequence numbers.


@recorded("SequenceNumber is the same in SendMessage's answer and on the message, and grows")
def test_sequence_numbers_grow(sqs: Sqs, fifo: str) -> None:
    sent = [sqs.send(fifo, body, **G1)["SequenceNumber"] for body in "abc"]

    received = sqs.receive(fifo, 3, MessageSystemAttributeNames=["SequenceNumber"])

    assert [message["Attributes"]["SequenceNumber"] for message in received] == sent
    assert sorted(set(sent), key=int) == sent
