"""One account of a running emulator."""

from __future__ import annotations

import secrets
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from sqs_emulator.testing.actions import ActionClient
from sqs_emulator.testing.clock import ClockClient
from sqs_emulator.testing.connections import Connections
from sqs_emulator.testing.control import ControlClient
from sqs_emulator.testing.faults import FaultClient
from sqs_emulator.testing.messages import MessageClient
from sqs_emulator.testing.queue import AttributeValue, QueueClient, create_queue
from sqs_emulator.testing.story import story


class AccountClient:
    """An account. As a context manager, it is dropped at the end with everything in it."""

    def __init__(
        self, url: str, number: str | None = None, *, region: str = "us-east-1", pages: Connections | None = None
    ) -> None:
        """Use the account `number` (12 digits), or a new one; nothing is asked of the emulator before the first call.

        `pages`: connections for the emulator's pages, which several accounts share.
        """
        self.number = number or _new_number()
        self.region = region
        self._pages = pages or Connections(url)
        self._shares_pages = pages is not None
        self._actions = ActionClient(url, self.number, region)
        self.control = ControlClient(self._pages, self.number)
        self.clock = ClockClient(self.control)
        self.messages = MessageClient(self.control)
        self.faults = FaultClient(self.control)

    @property
    def url(self) -> str:
        """The endpoint, as `endpoint_url` of a client takes it."""
        return self.control.url

    @property
    def credentials(self) -> dict[str, str]:
        """What boto3's clients take: an access key of 12 digits chooses the account."""
        return {"aws_access_key_id": self.number, "aws_secret_access_key": "test", "region_name": self.region}

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that lead any AWS SDK to this account."""
        return {
            "AWS_ENDPOINT_URL_SQS": self.url,
            "AWS_ACCESS_KEY_ID": self.number,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
        }

    @property
    def broker_url(self) -> str:
        """The value for Celery's `broker_url`."""
        return f"sqs://{self.number}:test@{urlsplit(self.url).netloc}//"

    @property
    def broker_transport_options(self) -> dict[str, Any]:
        """The value for Celery's `broker_transport_options`: without a region, kombu would take the machine's."""
        options: dict[str, Any] = {"region": self.region}
        if self.url.startswith("https:"):
            options["is_secure"] = True
        return options

    def call(self, action: str, /, **members: Any) -> dict[str, Any]:
        """Call an action of SQS and return its answer: for tests without an SDK. Raises CallError."""
        return self._actions.call(action, **members)

    def create_queue(self, name: str = "queue", *, fifo: bool = False, **attributes: AttributeValue) -> QueueClient:
        """Create a queue with attributes by AWS's names; `.fifo` is added to a FIFO queue's name if it is not there.

        What AWS takes as JSON, such as a RedrivePolicy, can be a dict.
        """
        return create_queue(self._actions, name, fifo=fifo, **attributes)

    def story(self) -> str:
        """Return the account's queues, what is in them, and what happened to each message, as text to read."""
        return story(self.messages)

    def reset(self) -> None:
        """Drop the account: its queues with everything in them, its faults, and all changes to its clock."""
        self.control.post("reset")

    def close(self) -> None:
        """Close the connections; the account stays in the emulator."""
        if not self._shares_pages:
            self._pages.close()
        self._actions.close()

    def __enter__(self) -> AccountClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.reset()
        self.close()


def _new_number() -> str:
    """Return a random account number: there are so many that two tests do not meet."""
    return f"{secrets.randbelow(9 * 10**11) + 10**11}"
