"""An account told as text, for a person who looks at a test that failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqs_emulator.testing.messages import MessageClient

_BODY_SHOWN: Final = 60  # characters: a message is one line


def story(messages: MessageClient) -> str:
    """Return the queues, what is in them, and what happened to each message."""
    return "\n".join([*_queues(messages), *_lives(messages)])


def _queues(messages: MessageClient) -> Iterator[str]:
    for queue in messages.queues():
        counts = f"{queue['visible']} visible, {queue['in_flight']} in flight, {queue['delayed']} delayed"
        yield f"queue {queue['name']}: {counts}"
        for message in messages.peek(queue["name"]):
            count = message["receive_count"]
            state = f"{message['state']}, received {'once' if count == 1 else f'{count} times'}"
            yield f"    {message['message_id']} {state}: {_short(message)}"


def _lives(messages: MessageClient) -> Iterator[str]:
    for life in messages.histories():
        task = (life.get("celery") or {}).get("task")
        yield f"message {life['message_id']}{f' ({task})' if task else ''}: {life['state']}"
        for entry in life["entries"]:
            at = datetime.fromtimestamp(entry["at"] / 1000, UTC)
            yield f"    {at:%H:%M:%S}.{entry['at'] % 1000:03}  {entry['text']}"


def _short(message: Mapping[str, Any]) -> str:
    celery = message.get("celery")
    if celery:
        return f"{celery.get('task')}{celery.get('args') or ''}"
    body = str(message["body"])
    return body if len(body) <= _BODY_SHOWN else f"{body[:_BODY_SHOWN]}..."
