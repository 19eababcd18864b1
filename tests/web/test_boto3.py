"""boto3 over a real socket: few and honest, since everything else is tested closer to where it happens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.config
import pytest
from botocore.exceptions import ClientError

from sqs_emulator import Config, Emulator
from tests.raw_http import Calls, wait_until

SECRETS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def client_of(url: str, region: str = "us-east-1", **options: Any) -> Any:
    settings = botocore.config.Config(retries={"total_max_attempts": 1}, max_pool_connections=50)
    return boto3.client("sqs", endpoint_url=url, region_name=region, config=settings, **{**SECRETS, **options})


@pytest.fixture
def client(served: Emulator, region: str) -> Iterator[Any]:
    """A client of the served emulator, in a region of its own, by a name that both address families answer to."""
    client = client_of(f"http://localhost:{served.url.rpartition(':')[2]}", region)
    yield client
    client.close()


@pytest.fixture
def url(client: Any) -> str:
    url: str = client.create_queue(QueueName="q")["QueueUrl"]
    return url


def test_a_message_goes_round(client: Any, url: str) -> None:
    attributes = {
        "text": {"DataType": "String", "StringValue": "é"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    sent = client.send_message(QueueUrl=url, MessageBody="<é>\r\n", MessageAttributes=attributes)
    (message,) = client.receive_message(
        QueueUrl=url, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"]
    )["Messages"]
    client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    assert message["Body"] == "<é>\r\n"
    assert message["MessageId"] == sent["MessageId"]
    assert message["MessageAttributes"] == attributes
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert "Messages" not in client.receive_message(QueueUrl=url)


def test_every_action_can_be_called(client: Any, url: str) -> None:
    client.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})
    client.tag_queue(QueueUrl=url, Tags={"a": "b"})
    tags = client.list_queue_tags(QueueUrl=url)["Tags"]
    client.untag_queue(QueueUrl=url, TagKeys=["a"])
    shown = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    batch = client.send_message_batch(QueueUrl=url, Entries=[{"Id": letter, "MessageBody": letter} for letter in "ab"])
    received = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    handles = [
        {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]} for number, message in enumerate(received)
    ]
    changed = client.change_message_visibility_batch(
        QueueUrl=url, Entries=[{**handle, "VisibilityTimeout": 5} for handle in handles]
    )
    deleted = client.delete_message_batch(QueueUrl=url, Entries=handles)
    client.purge_queue(QueueUrl=url)
    listed = client.list_queues(QueueNamePrefix="q", MaxResults=10)["QueueUrls"]
    found = client.get_queue_url(QueueName="q")["QueueUrl"]
    client.delete_queue(QueueUrl=url)

    assert tags == {"a": "b"}
    assert shown["VisibilityTimeout"] == "60"
    assert [len(answer["Successful"]) for answer in (batch, changed, deleted)] == [2, 2, 2]
    assert listed == [found] == [url]


def test_errors_are_the_classes_and_codes_that_programs_know(client: Any, url: str) -> None:
    with pytest.raises(client.exceptions.QueueDoesNotExist) as missing:
        client.get_queue_url(QueueName="none")
    with pytest.raises(client.exceptions.QueueNameExists) as exists:
        client.create_queue(QueueName="q", Attributes={"DelaySeconds": "5"})
    with pytest.raises(client.exceptions.ReceiptHandleIsInvalid) as handle:
        client.delete_message(QueueUrl=url, ReceiptHandle="x")
    with pytest.raises(ClientError) as value:
        client.receive_message(QueueUrl=url, MaxNumberOfMessages=11)

    errors = [caught.value.response["Error"] for caught in (missing, exists, handle, value)]
    assert [error["Code"] for error in errors] == [
        "AWS.SimpleQueueService.NonExistentQueue",
        "QueueAlreadyExists",
        "ReceiptHandleIsInvalid",
        "InvalidParameterValue",
    ]
    assert errors[0]["Type"] == "Sender"
    assert errors[0]["QueryErrorCode"] == "QueueDoesNotExist"
    assert errors[0]["Message"] == "The specified queue does not exist."


# Long polls, in real seconds: one that wakes at all wakes long before its 20 seconds are over.


class Poll:
    """A long poll in a thread."""

    def __init__(self, client: Any, url: str) -> None:
        self._began = time.monotonic()
        self._answer: dict[str, Any] = {}
        self._thread = threading.Thread(target=self._receive, args=(client, url))
        self._thread.start()

    def _receive(self, client: Any, url: str) -> None:
        self._answer = client.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        self.seconds = time.monotonic() - self._began

    def bodies(self) -> list[str]:
        self._thread.join()
        return [message["Body"] for message in self._answer.get("Messages", [])]


def by_send(client: Any, url: str) -> Callable[[], Any]:
    return lambda: client.send_message(QueueUrl=url, MessageBody="x")


def by_delay(client: Any, url: str) -> Callable[[], Any]:
    return lambda: client.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=1)


def by_timeout(client: Any, url: str) -> Callable[[], Any]:
    client.send_message(QueueUrl=url, MessageBody="x")
    client.receive_message(QueueUrl=url, VisibilityTimeout=1)
    return lambda: None


def by_change(client: Any, url: str) -> Callable[[], Any]:
    client.send_message(QueueUrl=url, MessageBody="x")
    (message,) = client.receive_message(QueueUrl=url)["Messages"]
    handle = message["ReceiptHandle"]
    return lambda: client.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)


@pytest.mark.parametrize(
    ("begin", "least"),
    [(by_send, 0.0), (by_delay, 0.9), (by_timeout, 0.0), (by_change, 0.0)],
    ids=["a send", "the end of a delay", "the end of a timeout", "a visibility timeout of 0"],
)
def test_a_long_poll_is_woken_by(
    served: Emulator,
    client: Any,
    url: str,
    region: str,
    begin: Callable[[Any, str], Callable[[], Any]],
    least: float,
) -> None:
    wake = begin(client, url)
    poll = Poll(client, url)
    if begin is not by_timeout:  # which may be over by now
        Calls(region).wait_for_polls(served)

    wake()

    assert poll.bodies() == ["x"]
    assert least < poll.seconds < 15


def test_a_long_poll_that_nothing_wakes_ends_with_its_time(client: Any, url: str) -> None:
    began = time.monotonic()

    answer = client.receive_message(QueueUrl=url, WaitTimeSeconds=1)

    assert "Messages" not in answer
    assert time.monotonic() - began >= 1


def test_forty_clients_share_a_queue_without_losing_or_doubling_anything(client: Any, url: str) -> None:
    seen: list[str] = []

    def work() -> None:
        while True:
            messages = client.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", [])
            for message in messages:
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                if message["Body"] == "stop":
                    return
                seen.append(message["Body"])

    workers = [threading.Thread(target=work) for _ in range(40)]
    for worker in workers:
        worker.start()
    for number in range(100):
        client.send_message(QueueUrl=url, MessageBody=str(number))
    wait_until(lambda: len(seen) == 100)
    for _ in workers:
        client.send_message(QueueUrl=url, MessageBody="stop")
    for worker in workers:
        worker.join()

    assert sorted(map(int, seen)) == list(range(100))
    shown = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert {shown["ApproximateNumberOfMessages"], shown["ApproximateNumberOfMessagesNotVisible"]} == {"0"}


def test_an_account_is_its_own_world(served: Emulator) -> None:
    here = client_of(served.url, aws_access_key_id="111111111111")
    there = client_of(served.url, aws_access_key_id="222222222222")
    url = here.create_queue(QueueName="q")["QueueUrl"]

    there.send_message(QueueUrl=url, MessageBody="by URL")

    assert "/111111111111/q" in url
    assert "QueueUrls" not in there.list_queues()
    assert [message["Body"] for message in here.receive_message(QueueUrl=url)["Messages"]] == ["by URL"]
    here.delete_queue(QueueUrl=url)
    for client in (here, there):
        client.close()


def test_a_pinned_base_url_is_what_clients_are_given() -> None:
    with Emulator(Config(port=0, base_url="http://sqs.test:1234")) as emulator:
        client = client_of(emulator.url)
        url = client.create_queue(QueueName="q")["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody="x")
        client.close()

    assert url == "http://sqs.test:1234/000000000000/q"
