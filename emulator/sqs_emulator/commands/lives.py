"""What became of messages: a table of all, the timeline of one, and waiting until something happens."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import click

from sqs_emulator.commands import words
from sqs_emulator.commands.running import CommandRefused, Running, in_region, with_emulator
from sqs_emulator.commands.table import Column, table
from sqs_emulator.commands.terminal import say, say_json, tell, width, wrapped

Life = dict[str, Any]
_COLUMNS: Final = (
    Column("message", is_id=True),
    Column("queue", least=12),
    Column("state", least=12),
    Column("last", right=True),
    Column("task", least=16),
    Column("what happened", least=20),
)
_AMBIGUOUS_SHOWN: Final = 5


@click.command()
@click.argument("which", metavar="[MESSAGE_ID|TASK_ID]", required=False)
@click.option("--queue", help="Only messages that were in this queue.")
@in_region
@with_emulator
def history(running: Running, which: str | None, queue: str | None, region: str | None, as_json: bool) -> None:
    """Tell what became of a message, or of a Celery task.

    The beginning of an id is enough. Without an id: a table of all messages of which events are remembered. Times are
    those of the account's clock, in UTC.
    """
    lives = _all(running) if which is None else _found(running, which)
    if queue is not None or region is not None:
        there = {life["message_id"] for life in running.get("history", queue=queue, region=region)["histories"]}
        lives = [life for life in lives if life["message_id"] in there]
    if as_json:
        say_json({"histories": lives})
    elif not lives:
        tell(_nothing(running, which, queue))
    elif which is None:
        say(table(_COLUMNS, _rows(lives, running.get("clock")["now"]), width()))
    else:
        say("\n\n".join(map(timeline, lives)))


def _all(running: Running) -> list[Life]:
    found: list[Life] = running.get("history")["histories"]
    return found


def _found(running: Running, which: str) -> list[Life]:
    """Return the lives of a message or a task. A task has several: each retry is a message of its own."""
    try:
        return list(running.get("history", message_id=which)["histories"])
    except CommandRefused:
        pass
    if lives := running.get("history", task_id=which)["histories"]:
        return list(lives)
    return _beginning_with(which, _all(running))


def _beginning_with(which: str, lives: list[Life]) -> list[Life]:
    """Return the lives of the one message, or the one task, whose id begins so."""
    messages = [life for life in lives if any(name.startswith(which) for name in _ids(life))]
    if len(messages) == 1:
        return messages
    tasks = [life for life in lives if _task_id(life).startswith(which)] if not messages else []
    if tasks and len({_task_id(life) for life in tasks}) == 1:
        return tasks
    if not messages and not tasks:
        raise click.ClickException(f"nothing is known of a message or a task {which}.")
    found = [life["message_id"] for life in messages] or sorted({_task_id(life) for life in tasks})
    more = ", ..." if len(found) > _AMBIGUOUS_SHOWN else ""
    raise click.ClickException(
        f"{which} is the beginning of {len(found)} ids: {', '.join(found[:_AMBIGUOUS_SHOWN])}{more}"
    )


def _ids(life: Life) -> list[str]:
    return [life["message_id"], *life.get("earlier_ids", [])]


def _task_id(life: Life) -> str:
    return str(life.get("celery", {}).get("id", ""))


def _nothing(running: Running, which: str | None, queue: str | None) -> str:
    where = "" if queue is None else f" that was in queue {queue}"
    if which is None:
        return f"Nothing is remembered of any message in account {running.account}{where}."
    return f"Nothing is remembered of a message {which}{where}."


def _rows(lives: list[Life], now: int) -> list[list[str]]:
    return [
        [
            life["message_id"],
            words.queue_name(life["queue"]),
            words.state(life["state"]),
            words.age(now - life["entries"][-1]["at"]) if life["entries"] else "",
            _task(life),
            _happened(life),
        ]
        for life in lives
    ]


def _task(life: Life) -> str:
    return str(life.get("celery", {}).get("task", ""))


def _happened(life: Life) -> str:
    """Say `received 2, timed out, deleted`: each with how often, if more than once; `sent` only if that is all."""
    counted = Counter(entry["what"] for entry in life["entries"])
    if len(counted) > 1:
        del counted["sent"]
    return ", ".join(what if number == 1 else f"{what} {number}" for what, number in counted.items())


# Of one message.


def timeline(life: Life) -> str:
    return "\n".join(_lines(life, width()))


def _lines(life: Life, most: int | None) -> Iterator[str]:
    yield f"message {life['message_id']} in {words.queue_name(life['queue'])}: {words.state(life['state'])}"
    if "celery" in life:
        celery = life["celery"]
        retries = f", {words.count(celery['retries'], 'retry', 'retries')}" if celery.get("retries") else ""
        yield wrapped(f"{words.call(celery)}, id {celery['id']}{retries}", first="task ", indent=" " * 5, most=most)
    if not life["complete"]:
        yield "    (what happened before is not remembered)"
    yield from _entries(life["entries"], most)


def _entries(entries: list[dict[str, Any]], most: int | None) -> Iterator[str]:
    gaps = [""] + [words.gap(entry["at"] - before["at"]) for before, entry in itertools.pairwise(entries)]
    names = [words.queue_name(entry["queue"]) for entry in entries]
    gap_width = max(map(len, gaps), default=0)
    name_width = max(map(len, names), default=0) if len(set(names)) > 1 else 0
    day = None
    for entry, gap, name in zip(entries, gaps, names, strict=False):
        if day != (day := words.date(entry["at"])):
            yield f"    {day}, UTC"
        first = f"    {words.clock_time(entry['at'])}  "
        if gap_width:
            first += f"{gap:>{gap_width}}  "
        if name_width:
            first += f"{name:<{name_width}}  "
        yield wrapped(entry["text"], first=first, indent=" " * len(first), most=most)


# Waiting.

_PATIENCE: Final = 10.0  # s: beyond the wait itself


@click.command()
@click.option("--event", help="What to wait for, in the words of a history: sent, received, deleted, timed out ...")
@click.option("--queue", help="In this queue.")
@in_region
@click.option("--task", help="To a Celery task of this name.")
@click.option("--task-id", help="To this Celery task.")
@click.option("--message-id", help="To this message.")
@click.option("--count", type=click.IntRange(1), default=1, show_default=True, help="How often it has to happen.")
@click.option("--timeout", type=click.IntRange(0), default=5, show_default=True, help="Real seconds to wait at most.")
@with_emulator
def wait(
    running: Running,
    event: str | None,
    queue: str | None,
    region: str | None,
    task: str | None,
    task_id: str | None,
    message_id: str | None,
    count: int,
    timeout: int,
    as_json: bool,
) -> None:
    """Wait until something has happened to a message.

    All options that are given must fit. It may have happened already. Tells what became of the message. If it does not
    happen in time, the exit status is 1.
    """
    life = running.get(
        "wait",
        timeout + _PATIENCE,
        event=event,
        queue=queue,
        region=region,
        task=task,
        task_id=task_id,
        message_id=message_id,
        count=count,
        timeout=timeout,
    )
    if as_json:
        say_json(life)
    else:
        say(timeline(life))
