"""A queue's history, as `/_emulator/events` tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Event:
    """A line of a queue's history. Moments are seconds since the epoch."""

    kind: str
    at: float
    queue: str  # ARN
    message_id: str | None
    receive_count: int | None
    visible_at: float | None
    consumer: str | None  # address of the connection

    @classmethod
    def parse(cls, given: dict[str, Any]) -> Event:
        visible_at = given.get("visible_at")
        return cls(
            kind=given["event"],
            at=given["at"] / 1_000,
            queue=given["queue"],
            message_id=given.get("message_id"),
            receive_count=given.get("receive_count"),
            visible_at=None if visible_at is None else visible_at / 1_000,
            consumer=(given.get("consumer") or {}).get("address"),
        )


class History(list[Event]):
    """A queue's events, oldest first."""

    def of(self, *kinds: str) -> History:
        return History(event for event in self if event.kind in kinds)

    def message(self, message_id: str | None) -> History:
        return History(event for event in self if event.message_id == message_id)

    @property
    def kinds(self) -> list[str]:
        """What happened, without the repeated word: ["Sent", "Received", "Deleted"]."""
        return [event.kind.removeprefix("Message") for event in self]

    @property
    def sent(self) -> History:
        return self.of("MessageSent")

    @property
    def received(self) -> History:
        return self.of("MessageReceived")

    @property
    def deleted(self) -> History:
        return self.of("MessageDeleted")

    @property
    def receive_counts(self) -> list[int | None]:
        return [event.receive_count for event in self.received]
