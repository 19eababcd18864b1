"""boto3: what a program does with SQS by a client, in the words of boto3's documentation."""

from __future__ import annotations

import contextlib
import hashlib
import json
import struct
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import botocore
from botocore.exceptions import ClientError

ATTRIBUTES: Mapping[str, Mapping[str, Any]] = {
    "name": {"DataType": "String", "StringValue": "Zoë <&> \N{EURO SIGN} \N{GRINNING FACE}"},
    "count": {"DataType": "Number", "StringValue": "42"},
    "bytes": {"DataType": "Binary", "BinaryValue": bytes(range(256))},
    "Order.Id": {"DataType": "String.uuid", "StringValue": "8f14e45f-ceea-467f-a34d-4e3cf5a1f0c9"},
    "price": {"DataType": "Number.float", "StringValue": "12.50"},
    "image": {"DataType": "Binary.png", "BinaryValue": b"\x89PNG"},
}
BODY = 'Grüße & <tags> "quotes"\r\n\ttabs \N{GRINNING FACE}'

sqs: Any = boto3.client("sqs")


def new_name(suffix: str = "") -> str:
    return f"boto3-{uuid.uuid4().hex}{suffix}"


def md5_of(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def md5_of_attributes(attributes: Mapping[str, Mapping[str, Any]]) -> str:
    """Compute the MD5 of message attributes, which botocore does not check."""
    digest = hashlib.md5()
    for name, value in sorted(attributes.items()):
        is_binary = "BinaryValue" in value
        content = value["BinaryValue"] if is_binary else value["StringValue"].encode()
        for part in (name.encode(), value["DataType"].encode()):
            digest.update(struct.pack(">I", len(part)) + part)
        digest.update((b"\2" if is_binary else b"\1") + struct.pack(">I", len(content)) + content)
    return digest.hexdigest()


def receive(url: str, **options: Any) -> list[Any]:
    answer = sqs.receive_message(
        QueueUrl=url, **{"AttributeNames": ["All"], "MessageAttributeNames": ["All"], "WaitTimeSeconds": 0, **options}
    )
    messages: list[Any] = answer.get("Messages", [])
    return messages


def queues() -> None:
    name = new_name()

    url = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "45"}, tags={"team": "web"})["QueueUrl"]

    assert sqs.create_queue(QueueName=name)["QueueUrl"] == url
    assert sqs.get_queue_url(QueueName=name)["QueueUrl"] == url
    assert sqs.list_queues(QueueNamePrefix=name)["QueueUrls"] == [url]
    assert "QueueUrls" not in sqs.list_queues(QueueNamePrefix=new_name())
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "web"}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "1"})
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout", "DelaySeconds", "Policy"])
    assert found["Attributes"] == {"VisibilityTimeout": "45", "DelaySeconds": "1"}
    sqs.delete_queue(QueueUrl=url)


def messages_with_attributes() -> None:
    url = sqs.create_queue(QueueName=new_name())["QueueUrl"]

    sent = sqs.send_message(QueueUrl=url, MessageBody=BODY, MessageAttributes=ATTRIBUTES)
    (message,) = receive(url)

    assert sent["MD5OfMessageBody"] == message["MD5OfBody"] == md5_of(BODY)
    assert sent["MD5OfMessageAttributes"] == message["MD5OfMessageAttributes"] == md5_of_attributes(ATTRIBUTES)
    assert message["MessageId"] == sent["MessageId"]
    assert message["Body"] == BODY
    assert message["MessageAttributes"] == ATTRIBUTES
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert abs(int(message["Attributes"]["SentTimestamp"]) / 1000 - time.time()) < 60
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    sqs.delete_queue(QueueUrl=url)


def long_polls() -> None:
    url = sqs.create_queue(QueueName=new_name())["QueueUrl"]

    assert receive(url, WaitTimeSeconds=1) == []
    began_at = time.monotonic()
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=1)
    (message,) = receive(url, WaitTimeSeconds=20)

    assert message["Body"] == "later"
    assert 0.9 < time.monotonic() - began_at < 15
    sqs.delete_queue(QueueUrl=url)


def visibility() -> None:
    url = sqs.create_queue(QueueName=new_name())["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="again")

    (first,) = receive(url, VisibilityTimeout=600)
    assert receive(url) == []
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0)
    (second,) = receive(url)

    assert second["MessageId"] == first["MessageId"]
    assert second["ReceiptHandle"] != first["ReceiptHandle"]
    assert second["Attributes"]["ApproximateReceiveCount"] == "2"
    sqs.delete_queue(QueueUrl=url)


def batches() -> None:
    url = sqs.create_queue(QueueName=new_name())["QueueUrl"]

    sent = sqs.send_message_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "a", "MessageBody": "1", "MessageAttributes": ATTRIBUTES},
            {"Id": "b", "MessageBody": "2"},
            {"Id": "late", "MessageBody": "3", "DelaySeconds": 901},
        ],
    )
    assert [entry["Id"] for entry in sent["Successful"]] == ["a", "b"]
    assert sent["Successful"][0]["MD5OfMessageAttributes"] == md5_of_attributes(ATTRIBUTES)
    (failed,) = sent["Failed"]
    assert (failed["Id"], failed["SenderFault"], failed["Code"]) == ("late", True, "InvalidParameterValue")

    messages = receive(url, MaxNumberOfMessages=10)
    assert [message["Body"] for message in messages] == ["1", "2"]
    entries = [{"Id": message["Body"], "ReceiptHandle": message["ReceiptHandle"]} for message in messages]
    changed = sqs.change_message_visibility_batch(
        QueueUrl=url, Entries=[{**entry, "VisibilityTimeout": 0} for entry in entries]
    )
    assert [entry["Id"] for entry in changed["Successful"]] == ["1", "2"]
    assert "Failed" not in changed
    assert len(receive(url, MaxNumberOfMessages=10)) == 2

    deleted = sqs.delete_message_batch(QueueUrl=url, Entries=[*entries, {"Id": "bad", "ReceiptHandle": "no handle"}])
    assert [entry["Id"] for entry in deleted["Successful"]] == ["1", "2"]
    assert [(entry["Id"], entry["Code"]) for entry in deleted["Failed"]] == [("bad", "ReceiptHandleIsInvalid")]
    sqs.delete_queue(QueueUrl=url)


def fifo_queues() -> None:
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    url = sqs.create_queue(QueueName=new_name(".fifo"), Attributes=attributes)["QueueUrl"]

    first = sqs.send_message(QueueUrl=url, MessageBody="a1", MessageGroupId="a", MessageDeduplicationId="one")
    second = sqs.send_message(QueueUrl=url, MessageBody="a2", MessageGroupId="a")
    sqs.send_message(QueueUrl=url, MessageBody="b1", MessageGroupId="b")
    again = sqs.send_message(QueueUrl=url, MessageBody="other", MessageGroupId="a", MessageDeduplicationId="one")
    assert (again["MessageId"], again["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])
    assert int(first["SequenceNumber"]) < int(second["SequenceNumber"])

    (a1,) = receive(url)
    assert (a1["Body"], a1["Attributes"]["MessageGroupId"]) == ("a1", "a")
    assert a1["Attributes"]["MessageDeduplicationId"] == "one"
    assert a1["Attributes"]["SequenceNumber"] == first["SequenceNumber"]
    (b1,) = receive(url, MaxNumberOfMessages=10)
    assert b1["Body"] == "b1"
    sqs.delete_message(QueueUrl=url, ReceiptHandle=a1["ReceiptHandle"])
    (a2,) = receive(url, MaxNumberOfMessages=10, WaitTimeSeconds=5)
    assert a2["Body"] == "a2"
    assert a2["Attributes"]["MessageDeduplicationId"] == hashlib.sha256(b"a2").hexdigest()
    sqs.delete_queue(QueueUrl=url)


def dead_letter_queues() -> None:
    dead_url = sqs.create_queue(QueueName=new_name("-dead"))["QueueUrl"]
    dead_arn = sqs.get_queue_attributes(QueueUrl=dead_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})
    url = sqs.create_queue(QueueName=new_name(), Attributes={"RedrivePolicy": policy})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead_url)["queueUrls"] == [url]
    sent = sqs.send_message(QueueUrl=url, MessageBody="poison", MessageAttributes=ATTRIBUTES)

    for count in ("1", "2"):
        (message,) = receive(url, VisibilityTimeout=0)
        assert message["Attributes"]["ApproximateReceiveCount"] == count
    assert receive(url) == []
    (dead,) = receive(dead_url, WaitTimeSeconds=5)

    assert (dead["MessageId"], dead["Body"]) == (sent["MessageId"], "poison")
    assert dead["MessageAttributes"] == ATTRIBUTES
    assert dead["Attributes"]["DeadLetterQueueSourceArn"] == arn
    assert dead["Attributes"]["ApproximateReceiveCount"] == "3"
    sqs.delete_queue(QueueUrl=url)
    sqs.delete_queue(QueueUrl=dead_url)


def move_tasks() -> None:
    dead_url = sqs.create_queue(QueueName=new_name("-dead"))["QueueUrl"]
    dead_arn = sqs.get_queue_attributes(QueueUrl=dead_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1})
    url = sqs.create_queue(QueueName=new_name(), Attributes={"RedrivePolicy": policy})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    (message,) = receive(url, VisibilityTimeout=0)
    assert receive(url) == []

    handle = sqs.start_message_move_task(SourceArn=dead_arn, MaxNumberOfMessagesPerSecond=10)["TaskHandle"]
    (back,) = receive(url, WaitTimeSeconds=10)

    assert handle
    assert back["Body"] == message["Body"]
    deadline = time.monotonic() + 30
    while (task := sqs.list_message_move_tasks(SourceArn=dead_arn)["Results"][0])["Status"] == "RUNNING":
        assert time.monotonic() < deadline
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 1)
    sqs.delete_queue(QueueUrl=url)
    sqs.delete_queue(QueueUrl=dead_url)


def permissions() -> None:
    url = sqs.create_queue(QueueName=new_name())["QueueUrl"]

    sqs.add_permission(QueueUrl=url, Label="guests", AWSAccountIds=["111122223333"], Actions=["SendMessage"])
    policy = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    sqs.remove_permission(QueueUrl=url, Label="guests")

    (statement,) = json.loads(policy)["Statement"]
    assert (statement["Sid"], statement["Action"]) == ("guests", "SQS:SendMessage")
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    sqs.delete_queue(QueueUrl=url)


@contextlib.contextmanager
def refused(name: str, code: str) -> Iterator[None]:
    """Expect an error of a modelled class, and of a code, which is the Query protocol's in both protocols."""
    try:
        yield
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        # botocore 1.31.81 looks the class up by this code, and finds it only where code and class are named alike.
        if botocore.__version__ != "1.31.81" or code == name:
            assert type(error) is getattr(sqs.exceptions, name), error
    else:
        raise AssertionError(f"no {name}")


def errors() -> None:
    url = sqs.create_queue(QueueName=new_name(), Attributes={"DelaySeconds": "0"})["QueueUrl"]

    with refused("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"):
        sqs.get_queue_url(QueueName=new_name())
    with refused("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"):
        sqs.send_message(QueueUrl=url + "-none", MessageBody="x")
    with refused("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid"):
        sqs.delete_message(QueueUrl=url, ReceiptHandle="no handle")
    with refused("QueueNameExists", "QueueAlreadyExists"):
        sqs.create_queue(QueueName=url.rpartition("/")[2], Attributes={"DelaySeconds": "7"})
    with refused("BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"):
        sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "same", "MessageBody": "x"}] * 2)
    with refused("InvalidAttributeName", "InvalidAttributeName"):
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Colour"])
    try:
        sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=901)
    except ClientError as error:  # no class of its own
        assert error.response["Error"]["Code"] == "InvalidParameterValue"
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    else:
        raise AssertionError("a delay was too long")
    sqs.delete_queue(QueueUrl=url)


if __name__ == "__main__":
    for step in (
        queues,
        messages_with_attributes,
        long_polls,
        visibility,
        batches,
        fifo_queues,
        dead_letter_queues,
        move_tasks,
        permissions,
        errors,
    ):
        step()
        print(step.__name__, "ok", flush=True)
