"""What became of messages: their histories, what is wrong with them, and waiting until something happens to one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import Final

import msgspec

from sqs_emulator.core.events import Event, MessageEvent, MessageMoved, MessageSent
from sqs_emulator.core.store import NEVER
from sqs_emulator.observe.doctor import diagnose
from sqs_emulator.observe.envelope import decode
from sqs_emulator.observe.feed import Feed
from sqs_emulator.observe.findings import Finding
from sqs_emulator.observe.history import WHAT, History, histories, history, task_histories
from sqs_emulator.web.control.asked import Asked, PageRefused
from sqs_emulator.web.outbox import hand_over

_LONGEST_WAIT: Final = 3_600


class Histories(msgspec.Struct):
    histories: list[History]


class Findings(msgspec.Struct):
    """What is wrong, the worst first; `full`: older events may have been forgotten, and what they told with them."""

    full: bool
    findings: list[Finding]


class LifePages:
    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._watches: set[_Watch] = set()

    def end_waits(self) -> None:
        """Answer who waits: the emulator stops."""
        for watch in self._watches:
            watch.stop()

    def histories(self, asked: Asked) -> Histories:
        """Return the lives of a message, of a Celery task's messages, or of all messages that a queue had."""
        asked.only("message_id", "task_id", "queue")
        _catch_up(asked)
        message_id, task_id, queue = (asked.query.get(name) for name in ("message_id", "task_id", "queue"))
        if message_id is not None:
            found = history(asked.broker, self._feed.events(), message_id)
            if found is None or not _is_of(found, asked.account):
                raise PageRefused(f"Nothing is known of a message {message_id}.", 404)
            return Histories([found])
        if task_id is not None:
            lives = task_histories(asked.broker, self._feed.events(), task_id)
            return Histories([each for each in lives if _is_of(each, asked.account)])
        return Histories([each for each in self._all(asked) if queue is None or _passed(each, queue)])

    def _all(self, asked: Asked) -> list[History]:
        everything = histories(asked.broker, self._feed.events())
        return [each for each in everything if _is_of(each, asked.account)]

    def doctor(self, asked: Asked) -> Findings:
        now = asked.broker.clock_of(asked.account).now()
        return Findings(self._feed.is_full, diagnose(asked.broker, self._feed.events(), now, account=asked.account))

    async def wait(self, asked: Asked) -> History:
        """Answer with a message's life when something has happened to it, or has already; 408 if it does not in time.

        `event` (as a history words it: sent, received, deleted, dead-lettered ...), `queue`, `message_id`, `task`,
        `task_id`: all that are given must fit. `count`: until it has happened so often. `timeout`: real seconds.
        """
        asked.only("event", "queue", "message_id", "task", "task_id", "count", "timeout")
        timeout = asked.number("timeout", 5, highest=_LONGEST_WAIT)
        _catch_up(asked)
        wanted = Wanted(asked, self._all(asked))
        watch = _Watch(asked)
        self._watches.add(watch)
        try:
            async with asyncio.timeout(timeout):
                while wanted.missing > 0:
                    wanted.take(await watch.events())
        except TimeoutError:
            seen = "; ".join(map(_in_short, self._all(asked))) or "nothing"
            raise PageRefused(f"Waited {timeout} s in vain for {wanted}. Seen: {seen}.", 408) from None
        finally:
            self._watches.discard(watch)
            watch.end()
        found = history(asked.broker, self._feed.events(), wanted.last)
        if found is None:
            raise PageRefused("It has happened, but no event of it is kept: see the setting events.", 410)
        return found


class Wanted:
    """What is waited for, and how often it has yet to happen. What happens is counted one event at a time."""

    def __init__(self, asked: Asked, lives: list[History]) -> None:
        self.missing = asked.number("count", 1, lowest=1)
        self.last = ""  # the message that it happened to last
        self._broker = asked.broker
        self._account = asked.account
        names = ("event", "queue", "message_id", "task", "task_id")
        self._given = {name: asked.query[name] for name in names if name in asked.query}
        self._what = None
        if (event := self._given.get("event")) is not None:
            self._what = next((what for what in WHAT.values() if _plain(what) == _plain(event)), None)
            if self._what is None:
                raise PageRefused(f"event is {event!r}; allowed is {', '.join(WHAT.values())}.")
        # A message is known by what it said when it was sent: its body may be gone by the time that something happens.
        self._tasks = {each: life.celery for life in lives for each in (life.message_id, *life.earlier_ids)}
        past = [(entry.at, entry) for life in lives for entry in life.entries]
        for _, entry in sorted(past, key=lambda each: each[0]):
            self._count(entry.what, entry.queue, entry.message_id)

    def take(self, events: Iterable[Event]) -> None:
        for event in events:
            if not isinstance(event, MessageEvent) or event.queue.split(":")[4] != self._account:
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
        if given.get("queue", queue) not in (queue, queue.rpartition(":")[2]):
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


class _Watch:
    """Tells of each event, also of deadlines that pass in queues that nobody polls: a timer is set for the next."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._events: list[Event] = []
        self._happened = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._is_stopped = False
        asked.broker.watch(self._see)

    async def events(self) -> list[Event]:
        """Return what happened since this was asked last; wait until something does."""
        self._set_timer()
        await self._happened.wait()
        if self._is_stopped:
            raise PageRefused("The emulator stops.", 503)
        self._happened.clear()
        events, self._events = self._events, []
        return events

    def stop(self) -> None:
        self._is_stopped = True
        self._happened.set()

    def end(self) -> None:
        self._asked.broker.unwatch(self._see)
        if self._timer is not None:
            self._timer.cancel()

    def _see(self, event: Event) -> None:
        self._events.append(event)
        self._happened.set()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        broker, account = self._asked.broker, self._asked.account
        at = min((queue.next_deadline() for queue in broker.queues_of(account)), default=NEVER)
        seconds = None if at == NEVER else broker.clock_of(account).real_seconds_until(at)
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(min(max(seconds, 0.001), _LONGEST_WAIT), self._fire)

    def _fire(self) -> None:
        _catch_up(self._asked)
        self._set_timer()


def _catch_up(asked: Asked) -> None:
    for queue in list(asked.broker.queues_of(asked.account)):
        queue.catch_up(queue.clock.now())
    hand_over(asked.broker.outbox)


def _is_of(life: History, account: str) -> bool:
    return life.queue.split(":")[4] == account


def _passed(life: History, queue: str) -> bool:
    places = {life.queue, *(entry.queue for entry in life.entries)}
    return any(queue in (place, place.rpartition(":")[2]) for place in places)


def _in_short(life: History) -> str:
    task = "" if life.celery is None or life.celery.task is None else f" ({life.celery.task})"
    return f"{life.message_id}{task} {', '.join(entry.what for entry in life.entries)}"


def _plain(event: str) -> str:
    """`timed out`, `timed-out`, `timed_out` and `MessageVisibilityTimedOut` are one."""
    plain = re.sub(r"[^a-z]", "", event.lower()).removeprefix("message")
    return "timedout" if plain == "visibilitytimedout" else plain
