"""An account's messages, as a test looks at them."""

from __future__ import annotations

from typing import Any

from sqs_emulator.testing.control import ControlClient


class MessageClient:
    """Looks at messages without receiving them, tells what happened to them, and waits until something happens.

    The results are dicts, with the names that the pages use; moments are milliseconds since the epoch.
    """

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def queues(self) -> list[dict[str, Any]]:
        """Return the queues of the account, each with how many messages it has."""
        found: list[dict[str, Any]] = self._control.get("queues")
        return found

    def peek(self, queue: str, *, state: str | None = None, limit: int = 10) -> list[dict[str, Any]]:
        """Return messages of a queue (its name, URL or ARN); `state`: visible, in_flight, delayed, or None for all."""
        found: list[dict[str, Any]] = self._control.get("messages", queue=queue, state=state, limit=limit)["messages"]
        return found

    def history(self, message_id: str) -> dict[str, Any]:
        """Return the life of a message, by any of its ids; its `entries` say what happened, oldest first."""
        found: dict[str, Any] = self._control.get("history", message_id=message_id)["histories"][0]
        return found

    def histories(self, *, queue: str | None = None, task_id: str | None = None) -> list[dict[str, Any]]:
        """Return the lives of all messages of the account, or of one queue, or of one Celery task."""
        found: list[dict[str, Any]] = self._control.get("history", queue=queue, task_id=task_id)["histories"]
        return found

    def wait_for(
        self,
        queue: str | None = None,
        *,
        event: str | None = None,
        task: str | None = None,
        task_id: str | None = None,
        message_id: str | None = None,
        count: int = 1,
        timeout: int = 5,
    ) -> dict[str, Any]:
        """Wait until this has happened `count` times, for at most `timeout` real seconds.

        What happened before the call counts too. `event` is one of the words of histories: sent, received, timed out,
        deleted, dead-lettered ... Returns the life of the message to which it happened last. Raises EmulatorError if it
        does not happen, and says what happened instead.
        """
        found: dict[str, Any] = self._control.get(
            "wait",
            timeout + 10,
            queue=queue,
            event=event,
            task=task,
            task_id=task_id,
            message_id=message_id,
            count=count,
            timeout=timeout,
        )
        return found

    def doctor(self) -> list[dict[str, Any]]:
        """Return what is wrong with the account's queues, the worst first."""
        found: list[dict[str, Any]] = self._control.get("doctor")["findings"]
        return found
