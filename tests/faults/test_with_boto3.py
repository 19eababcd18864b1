"""A real boto3 client under faults: modelled errors, and its own retries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.config
import botocore.exceptions
import pytest

from tests.faults.conftest import BrokenAccount

MakeClient = Callable[[int], Any]


@pytest.fixture
def make_client(account: BrokenAccount) -> Iterator[MakeClient]:
    """Return what makes a client of the account, which tries a call so many times."""
    clients = []

    def make(attempts: int) -> Any:
        config = botocore.config.Config(retries={"total_max_attempts": attempts, "mode": "standard"}, read_timeout=30)
        keys = {"aws_access_key_id": account.number, "aws_secret_access_key": "test"}
        client = boto3.client("sqs", endpoint_url=account.emulator.url, region_name="us-east-1", config=config, **keys)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture(autouse=True)
def no_pause_between_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client's own pauses are not what is tested."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_arguments: 0)


@pytest.mark.parametrize(
    ("error", "exception"),
    [
        ("RequestThrottled", "RequestThrottled"),
        ("OverLimit", "OverLimit"),
        ("KmsThrottled", "KmsThrottled"),
        ("KmsAccessDenied", "KmsAccessDenied"),
        ("QueueDoesNotExist", "QueueDoesNotExist"),
        ("InvalidSecurity", "InvalidSecurity"),
    ],
)
def test_an_error_is_the_exception_that_boto3_models(
    account: BrokenAccount, make_client: MakeClient, error: str, exception: str
) -> None:
    client = make_client(1)
    account.add(effect="error", error=error, action="SendMessage")

    with pytest.raises(getattr(client.exceptions, exception)):
        client.send_message(QueueUrl="q", MessageBody="hello")


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"effect": "deny"}, "AccessDenied"),
        ({"effect": "expire-credentials"}, "ExpiredToken"),
        ({"effect": "status", "status": 503}, "503"),
    ],
)
def test_what_boto3_does_not_model_is_a_client_error(
    account: BrokenAccount, make_client: MakeClient, rule: dict[str, Any], code: str
) -> None:
    client = make_client(1)
    account.add(**rule, action="SendMessage")

    with pytest.raises(botocore.exceptions.ClientError) as caught:
        client.send_message(QueueUrl="q", MessageBody="hello")

    assert caught.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    "rule",
    [
        {"effect": "error", "error": "RequestThrottled"},
        {"effect": "error", "error": "InternalError"},
        {"effect": "error", "error": "ServiceUnavailable"},
        {"effect": "error", "error": "ThrottlingException"},
        {"effect": "status", "status": 500},
        {"effect": "status", "status": 503, "body": "<html>", "content_type": "text/html"},
        {"effect": "drop"},
    ],
    ids=str,
)
def test_boto3_tries_again(account: BrokenAccount, make_client: MakeClient, rule: dict[str, Any]) -> None:
    client = make_client(3)
    account.add(**rule, action="SendMessage", times=2)

    answer = client.send_message(QueueUrl="q", MessageBody="hello")

    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert account.counted() == [(3, 2)]
    assert account.counts() == (1, 0)


def test_boto3_sends_twice_when_an_answer_is_lost(account: BrokenAccount, make_client: MakeClient) -> None:
    """What makes consumers of a standard queue need idempotency, whatever the queue does."""
    client = make_client(2)
    account.add(effect="lose-answer", action="SendMessage", times=1)

    client.send_message(QueueUrl="q", MessageBody="hello")

    assert account.counts() == (2, 0)


def test_a_deduplicated_message_is_taken_once_though_its_answer_is_lost(
    account: BrokenAccount, make_client: MakeClient
) -> None:
    client = make_client(2)
    url = client.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    account.add(effect="lose-answer", action="SendMessage", times=1)

    client.send_message(QueueUrl=url, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="1")
    found = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]

    assert len(found) == 1


def test_a_dropped_connection_is_an_exception_of_the_client(account: BrokenAccount, make_client: MakeClient) -> None:
    client = make_client(1)
    account.add(effect="drop", action="ReceiveMessage")

    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        client.receive_message(QueueUrl="q", WaitTimeSeconds=20)


def test_a_flaky_network_is_survived(account: BrokenAccount, make_client: MakeClient) -> None:
    """Every message is sent, received and deleted in the end, some of them more often than once."""
    client = make_client(10)
    account.post("faults", scenario="flaky-network", seed=11)
    bodies = {str(number) for number in range(30)}

    for body in bodies:
        client.send_message(QueueUrl="q", MessageBody=body)
    got: list[str] = []
    while set(got) < bodies or not account.is_empty():
        for message in client.receive_message(QueueUrl="q", MaxNumberOfMessages=10, VisibilityTimeout=5).get(
            "Messages", []
        ):
            got.append(message["Body"])
            client.delete_message(QueueUrl="q", ReceiptHandle=message["ReceiptHandle"])
        account.post("clock/advance", seconds=5)

    assert set(got) == bodies
    assert sum(rule["applied"] for rule in account.faults()) > 0
