"""What the tests say of an SQS: the calls they share, over boto3 alone, with the patience that AWS asks for."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from tests.conformance.endpoint import Endpoint

Message = dict[str, Any]

COUNTS: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
_LONGEST_POLL_SECONDS: Final = 20


class Sqs:
    """An SQS to test. `client` is boto3's; `unchecked` is one that leaves all checks of parameters to SQS."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.client = endpoint.client
        self.unchecked = endpoint.unchecked
        self.patience = endpoint.patience  # seconds until what is only eventually so has to be so
        self._endpoint = endpoint

    # Queues.

    def name(self, ending: str = "", *, length: int = 0) -> str:
        """Return a name that no queue has, padded to a length if one is given."""
        name = self._endpoint.new_name()
        return name + "x" * (length - len(name) - len(ending)) + ending

    def create(self, name: str | None = None, **attributes: str) -> str:
        """Create a queue, and return its URL."""
        answer = self.client.create_queue(QueueName=name or self.name(), Attributes=attributes)
        self._endpoint.settle()
        url: str = answer["QueueUrl"]
        return url

    def create_fifo(self, **attributes: str) -> str:
        """Create a FIFO queue, which takes messages without a deduplication id unless told otherwise."""
        return self.create(
            self.name(".fifo"), **{"FifoQueue": "true", "ContentBasedDeduplication": "true", **attributes}
        )

    def missing(self) -> str:
        """Return the URL of a queue that does not exist."""
        url = self.create()
        return url.rpartition("/")[0] + "/" + self.name()

    def arn(self, url: str) -> str:
        return self.attributes(url, "QueueArn")["QueueArn"]

    def account(self, url: str) -> str:
        return self.arn(url).split(":")[4]

    def attributes(self, url: str, *names: str) -> dict[str, str]:
        answer = self.client.get_queue_attributes(QueueUrl=url, AttributeNames=list(names or ("All",)))
        found: dict[str, str] = answer.get("Attributes", {})
        return found

    def counts(self, url: str) -> tuple[int, int, int]:
        """Return how many messages are visible, in flight and delayed."""
        shown = self.attributes(url, *COUNTS)
        visible, in_flight, delayed = (int(shown[name]) for name in COUNTS)
        return visible, in_flight, delayed

    # Messages.

    def send(self, url: str, body: str = "hello", **members: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.send_message(QueueUrl=url, MessageBody=body, **members)
        return answer

    def send_in_groups(self, url: str, bodies: str) -> None:
        """Send messages such as `g1a g2a g1b`, each in the group that its first two letters name."""
        for body in bodies.split():
            self.send(url, body, MessageGroupId=body[:2])

    def receive(self, url: str, count: int = 1, **members: Any) -> list[Message]:
        """Poll until so many different messages have come, and return them in the order in which they came."""
        deadline = time.monotonic() + self.patience
        received: dict[str, Message] = {}
        while len(received) < count:
            left = deadline - time.monotonic()
            assert left > 0, f"{len(received)} of {count} messages came in {self.patience:g} s"
            wait = max(1, min(_LONGEST_POLL_SECONDS, int(left)))
            asked = {"MaxNumberOfMessages": min(10, count - len(received)), "WaitTimeSeconds": wait, **members}
            for message in self.client.receive_message(QueueUrl=url, **asked).get("Messages", []):
                received.setdefault(message["MessageId"], message)
        return list(received.values())

    def receive_one(self, url: str, **members: Any) -> Message:
        (message,) = self.receive(url, **members)
        return message

    def look(self, url: str, **members: Any) -> list[Message]:
        """Return what a single receive finds, which may be nothing."""
        asked = {"MaxNumberOfMessages": 10, "WaitTimeSeconds": self._endpoint.look_seconds, **members}
        messages: list[Message] = self.client.receive_message(QueueUrl=url, **asked).get("Messages", [])
        return messages

    def delete(self, url: str, *messages: Message) -> None:
        for message in messages:
            self.client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def change(self, url: str, message: Message, seconds: int) -> None:
        """Change the visibility timeout of a message in flight."""
        self.client.change_message_visibility(
            QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    # Time.

    def eventually(self, read: Callable[[], object], wanted: object) -> None:
        """Wait until what is read is what is wanted."""
        deadline = time.monotonic() + self.patience
        while (seen := read()) != wanted:
            assert time.monotonic() < deadline, f"{seen!r} after {self.patience:g} s, not {wanted!r}"
            time.sleep(self.patience / 500)

    def let_pass(self, seconds: float) -> None:
        """Let a timeout of so many seconds run out, in real time: nobody can move the clock of an endpoint."""
        time.sleep(seconds + self._endpoint.slack)


def bodies(messages: Iterable[Message]) -> list[str]:
    return [message["Body"] for message in messages]


@contextlib.contextmanager
def refused(code: str, words: str | None = None, *, status: int = 400) -> Iterator[None]:
    """Expect AWS's refusal: this code (as old clients know it) and status, and these words where they are known."""
    with pytest.raises(ClientError) as caught:
        yield
    answer = caught.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    if words is not None:
        assert answer["Error"]["Message"] == words
