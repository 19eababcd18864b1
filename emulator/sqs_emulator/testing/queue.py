"""A queue of an account: its names, and the calls that tests make most."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from sqs_emulator.testing.actions import ActionClient

AttributeValue: TypeAlias = str | int | bool | Mapping[str, Any]


class QueueClient:
    """One queue."""

    def __init__(self, actions: ActionClient, url: str, name: str) -> None:
        self._actions = actions
        self.url = url
        self.name = name
        self.arn = f"arn:aws:sqs:{actions.region}:{actions.account}:{name}"

    def send(self, body: str, **members: Any) -> str:
        """Send a message and return its id."""
        sent: str = self._actions.call("SendMessage", QueueUrl=self.url, MessageBody=body, **members)["MessageId"]
        return sent

    def receive(self, max_messages: int = 10, **members: Any) -> list[dict[str, Any]]:
        """Receive messages, each with all of its system attributes."""
        answer = self._actions.call(
            "ReceiveMessage",
            **{"QueueUrl": self.url, "MaxNumberOfMessages": max_messages, "AttributeNames": ["All"], **members},
        )
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found

    def delete(self, message: Mapping[str, Any]) -> None:
        """Delete a message that was received."""
        self._actions.call("DeleteMessage", QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def attributes(self) -> dict[str, str]:
        answer = self._actions.call("GetQueueAttributes", QueueUrl=self.url, AttributeNames=["All"])
        found: dict[str, str] = answer["Attributes"]
        return found

    def counts(self) -> tuple[int, int, int]:
        """Return how many messages are visible, in flight and delayed."""
        shown = self.attributes()
        visible, in_flight, delayed = (
            int(shown[f"ApproximateNumberOfMessages{kind}"]) for kind in ("", "NotVisible", "Delayed")
        )
        return visible, in_flight, delayed

    def purge(self) -> None:
        self._actions.call("PurgeQueue", QueueUrl=self.url)

    def __repr__(self) -> str:
        return f"<QueueClient {self.arn}>"


def create_queue(actions: ActionClient, name: str, *, fifo: bool, **attributes: AttributeValue) -> QueueClient:
    if fifo:
        name = name if name.endswith(".fifo") else f"{name}.fifo"
        attributes = {"FifoQueue": True, **attributes}
    texts = {key: _text(value) for key, value in attributes.items()}
    url = actions.call("CreateQueue", QueueName=name, Attributes=texts)["QueueUrl"]
    return QueueClient(actions, url, name)


def _text(value: AttributeValue) -> str:
    if isinstance(value, Mapping):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
