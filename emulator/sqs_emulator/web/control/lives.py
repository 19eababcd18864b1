"""What became of messages: their histories, what is wrong with them, and waiting until something happens to one."""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec

from sqs_emulator.core.arn import QueueArn
from sqs_emulator.observe.doctor import diagnose
from sqs_emulator.observe.feed import Feed
from sqs_emulator.observe.findings import Finding
from sqs_emulator.observe.history import History, histories, history, task_histories
from sqs_emulator.web.control.asked import Asked, PageRefused
from sqs_emulator.web.control.named import Named, filter_of
from sqs_emulator.web.control.wanted import Wanted
from sqs_emulator.web.control.watching import LONGEST_WAIT, Watch, WatchEnded, catch_up

_MOST_WAITS: Final = 100  # at one time: every event is told to each of them


class Histories(msgspec.Struct):
    histories: list[History]


class Findings(msgspec.Struct):
    """What is wrong, the worst first; `full`: older events may have been forgotten, and what they told with them."""

    full: bool
    findings: list[Finding]


class LifePages:
    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._watches: set[Watch] = set()

    def end_waits(self) -> None:
        """Answer who waits: the emulator stops."""
        for watch in self._watches:
            watch.stop()

    def histories(self, asked: Asked) -> Histories:
        """Return the lives of a message, of the messages of a Celery task, or of all messages that were in a queue."""
        asked.only("message_id", "task_id", "queue", "region")
        catch_up(asked.broker, asked.account, asked.now)
        message_id, task_id = asked.query.get("message_id"), asked.query.get("task_id")
        if message_id is not None:
            found = history(asked.broker, self._feed.events(), message_id)
            if found is None or not _is_of(found, asked.account):
                raise PageRefused(f"Nothing is known of a message {message_id}.", 404)
            return Histories([found])
        if task_id is not None:
            lives = task_histories(asked.broker, self._feed.events(), task_id)
            return Histories([life for life in lives if _is_of(life, asked.account)])
        lives = self._all(asked)
        queue = filter_of(asked, _places(lives))
        return Histories([life for life in lives if _passed(life, queue)])

    def _all(self, asked: Asked) -> list[History]:
        return [life for life in histories(asked.broker, self._feed.events()) if _is_of(life, asked.account)]

    def doctor(self, asked: Asked) -> Findings:
        found = diagnose(asked.broker, self._feed.events(), asked.now, account=asked.account)
        return Findings(self._feed.is_full, found)

    async def wait(self, asked: Asked) -> History:
        """Answer with a message's life when something has happened to it, or has already; 408 if it does not in time.

        `event` (in the words of a history: sent, received, deleted, dead-lettered ...), `queue`, `region`,
        `message_id`, `task`, `task_id`: all that are given must fit. `count`: until it has happened so often.
        `timeout`: real seconds.
        """
        asked.only("event", "queue", "region", "message_id", "task", "task_id", "count", "timeout")
        timeout = asked.number("timeout", 5, highest=LONGEST_WAIT)
        if len(self._watches) >= _MOST_WAITS:
            raise PageRefused(f"{_MOST_WAITS} requests wait here already, and no more can.", 503)
        catch_up(asked.broker, asked.account, asked.now)
        wanted = Wanted(asked, self._all(asked))
        watch = Watch(asked.broker, asked.account)
        self._watches.add(watch)
        try:
            async with asyncio.timeout(timeout):
                while wanted.missing > 0:
                    wanted.take(await watch.events())
        except TimeoutError:
            seen = "; ".join(map(_in_short, self._all(asked))) or "nothing"
            raise PageRefused(f"Waited {timeout} s for {wanted}, but it did not happen. Seen: {seen}.", 408) from None
        except WatchEnded:
            raise PageRefused("The emulator stops.", 503) from None
        finally:
            self._watches.discard(watch)
            watch.end()
        found = history(asked.broker, self._feed.events(), wanted.last)
        if found is None:
            raise PageRefused("It has happened, but no event of it is kept: see the setting events.", 410)
        return found


def _is_of(life: History, account: str) -> bool:
    return QueueArn.parse(life.queue).account == account


def _places(lives: list[History]) -> set[str]:
    """Return the ARNs of the queues that messages were in."""
    return {arn for life in lives for arn in (life.queue, *(entry.queue for entry in life.entries))}


def _passed(life: History, queue: Named) -> bool:
    """Say whether a message was in a queue."""
    return any(queue.fits(arn) for arn in _places([life]))


def _in_short(life: History) -> str:
    task = "" if life.celery is None or life.celery.task is None else f" ({life.celery.task})"
    return f"{life.message_id}{task} {', '.join(entry.what for entry in life.entries)}"
