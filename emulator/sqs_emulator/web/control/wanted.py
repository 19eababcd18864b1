"""What a wait is for: something that happens to a message, so often, as the parameters of a request say."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.events import Event, MessageEvent, MessageMoved, MessageSent
from sqs_emulator.observe.envelope import decode
from sqs_emulator.observe.history import WHAT, History
from sqs_emulator.web.control.asked import Asked, PageRefused
from sqs_emulator.web.control.named import filter_of


class Wanted:
    """What is waited for, and how often it has yet to happen. What happens is counted one event at a time."""

    def __init__(self, asked: Asked, lives: list[History]) -> None:
        self.missing = asked.number("count", 1, lowest=1)
        self.last = ""  # the message that it happened to last
        self._broker = asked.broker
        self._account = asked.account
        self._queue = filter_of(asked, {entry.queue for life in lives for entry in life.entries})
        names = ("event", "queue", "region", "message_id", "task", "task_id")
        self._given = {name: asked.query[name] for name in names if name in asked.query}
        self._what = _what(self._given["event"]) if "event" in self._given else None
        # A message is known by what it said when it was sent: its body may be gone by the time that something happens.
        self._tasks = {name: life.celery for life in lives for name in (life.message_id, *life.earlier_ids)}
        for entry in sorted((entry for life in lives for entry in life.entries), key=lambda entry: entry.at):
            self._count(entry.what, entry.queue, entry.message_id)

    def take(self, events: Iterable[Event]) -> None:
        for event in events:
            if not isinstance(event, MessageEvent) or QueueArn.parse(event.queue).account != self._account:
                continue
            if isinstance(event, MessageSent):
                queue = self._broker.find_arn(event.queue)
                message = None if queue is None else queue.messages.get(event.sequence)
                self._tasks[event.message_id] = None if message is None else decode(message.body)
            elif isinstance(event, MessageMoved):
                self._tasks[event.new_message_id] = self._tasks.get(event.message_id)
            self._count(WHAT.get(type(event), ""), event.queue, event.message_id)

    def _count(self, what: str, queue: str, message_id: str) -> None:
        if self.missing > 0 and self._fits(what, queue, message_id):
            self.missing -= 1
            self.last = message_id

    def _fits(self, what: str, queue: str, message_id: str) -> bool:
        given = self._given
        if self._what not in (None, what):
            return False
        if not self._queue.fits(queue):
            return False
        if given.get("message_id", message_id) != message_id:
            return False
        task = self._tasks.get(message_id)
        if "task" in given and (task is None or task.task != given["task"]):
            return False
        return "task_id" not in given or (task is not None and task.id == given["task_id"])

    def __str__(self) -> str:
        given = ", ".join(f"{name} {value}" for name, value in self._given.items()) or "anything"
        return f"{given} ({self.missing} more)" if self.missing > 1 else given


def _what(event: str) -> str:
    """Return what a history calls this event; raises PageRefused."""
    found = next((what for what in WHAT.values() if _plain(what) == _plain(event)), None)
    if found is None:
        raise PageRefused(f"event is {event!r}; allowed is {', '.join(WHAT.values())}.")
    return found


def _plain(event: str) -> str:
    """`timed out`, `timed-out`, `timed_out` and `MessageVisibilityTimedOut` are one."""
    plain = re.sub(r"[^a-z]", "", event.lower()).removeprefix("message")
    return "timedout" if plain == "visibilitytimedout" else plain
