"""Messages of a queue, looked at without receiving them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import click

from sqs_emulator.commands import words
from sqs_emulator.commands.running import Running, in_region, with_emulator
from sqs_emulator.commands.table import Column, Rank, table
from sqs_emulator.commands.terminal import say, say_json, tell, width, wrapped

_STATES: Final = ("visible", "in_flight", "delayed")
_MOST: Final = 1_000  # messages that the page tells at a time
_COLUMNS: Final = (
    Column("message", is_id=True),
    Column("state"),
    Column("hidden", right=True),
    Column("behind", is_id=True),
    Column("age", right=True),
    Column("receives", right=True),
    Column("size", right=True, rank=Rank.SPARED),
    Column("group", least=8),
    Column("task id", is_id=True, rank=Rank.SPARED),
    Column("task or body", least=24),
    Column("expires", rank=Rank.EXTRA),
)


@click.command()
@click.argument("queue")
@click.option("--state", type=click.Choice(_STATES), help="Only messages in this state.")
@click.option("--limit", type=click.IntRange(1, _MOST), default=10, show_default=True, help="How many at most.")
@click.option("--offset", type=click.IntRange(0), default=0, help="How many of the first ones to leave out.")
@click.option("--body", is_flag=True, help="Show everything about each message, with its body.")
@in_region
@with_emulator
def peek(
    running: Running,
    queue: str,
    region: str | None,
    state: str | None,
    limit: int,
    offset: int,
    body: bool,
    as_json: bool,
) -> None:
    """Look at messages of QUEUE without receiving them.

    QUEUE is its name, URL or ARN. hidden: how long the delay or the visibility timeout still lasts; behind: the message
    of its group that is in flight; age: how long ago it was sent. Times are those of the account's clock.
    """
    page = running.get("messages", queue=queue, region=region, state=state, limit=limit, offset=offset)
    if as_json:
        say_json(page)
    elif page["messages"]:
        clock = running.get("clock")
        say(_in_full(page, clock["now"]) if body else table(_COLUMNS, _rows(page, clock["now"]), width()))
        for remark in _remarks(page, offset, clock):
            tell(remark)
    else:
        tell(_nothing(page, state))


def _nothing(page: dict[str, Any], state: str | None) -> str:
    if page["total"]:
        return f"Queue {page['queue']} has only {words.count(page['total'], 'such message' if state else 'message')}."
    if state is None:
        return f"Queue {page['queue']} is empty."
    return f"No message of queue {page['queue']} is {words.state(state)}."


def _remarks(page: dict[str, Any], offset: int, clock: dict[str, Any]) -> Iterator[str]:
    shown = len(page["messages"])
    if page["total"] > shown:
        which = f"{offset + 1}" if shown == 1 else f"{offset + 1} to {offset + shown}"
        yield f"({which} of {page['total']} messages; --limit and --offset show others)"
    if clock["frozen"]:
        yield f"(the clock is frozen at {clock['time']})"


def _rows(page: dict[str, Any], now: int) -> list[list[str]]:
    return [
        [
            message["message_id"],
            words.state(message["state"]),
            _hidden(message, now),
            message.get("blocked_by", ""),
            words.age(now - message["sent_at"]),
            str(message["receive_count"]),
            words.size(message["size"]),
            message.get("group_id", ""),
            message.get("celery", {}).get("id", ""),
            words.call(message["celery"]) if "celery" in message else message["body"][:_BODY_START],
            f"in {words.left(message['expires_at'] - now)}",
        ]
        for message in page["messages"]
    ]


_BODY_START: Final = 200  # characters that a table has of a body


def _hidden(message: dict[str, Any], now: int) -> str:
    return words.left(message["hidden_until"] - now) if "hidden_until" in message else ""


# In full.


def _in_full(page: dict[str, Any], now: int) -> str:
    return "\n\n".join("\n".join(_lines(message, now)) for message in page["messages"])


def _lines(message: dict[str, Any], now: int) -> Iterator[str]:
    yield f"message {message['message_id']}"
    for name, told in _facts(message, now):
        yield wrapped(told, first=f"    {name:<10}  ", indent=" " * 16, most=width())
    yield "    body:"
    yield from (f"        {line}" for line in message["body"].split("\n"))


def _facts(message: dict[str, Any], now: int) -> Iterator[tuple[str, str]]:
    yield "state", _told_state(message, now)
    yield "sent", f"{words.age(now - message['sent_at'])} ago, by {message['sender_id']}"
    if "enqueued_at" in message:
        yield "moved here", f"{words.age(now - message['enqueued_at'])} ago"
    if "dead_letter_source" in message:
        yield "came from", f"queue {words.queue_name(message['dead_letter_source'])}, as a dead letter"
    yield "receives", _told_receives(message, now)
    yield "expires", f"in {words.left(message['expires_at'] - now)}"
    yield "size", _told_size(message)
    if "group_id" in message:
        yield "group", message["group_id"]
    if "deduplication_id" in message:
        yield "dedup. id", message["deduplication_id"]
    for name, attribute in message.get("attributes", {}).items():
        yield "attribute", f"{name} = {_value(attribute)} ({attribute['DataType']})"
    if "celery" in message:
        yield from _celery_facts(message["celery"])


def _told_state(message: dict[str, Any], now: int) -> str:
    told = words.state(message["state"])
    if "hidden_until" in message:
        told += f", for {_hidden(message, now)} more"
    return f"{told}, behind {message['blocked_by']} of its group" if "blocked_by" in message else told


def _told_receives(message: dict[str, Any], now: int) -> str:
    told = str(message["receive_count"])
    if "first_received_at" in message:
        told += f", the first {words.age(now - message['first_received_at'])} ago"
    if "received_at" in message:
        told += f", the last {words.age(now - message['received_at'])} ago"
    return told


def _told_size(message: dict[str, Any]) -> str:
    decoded = message.get("decoded_size")
    return words.size(message["size"]) + (f", its arguments {words.size(decoded)}" if decoded is not None else "")


def _value(attribute: dict[str, Any]) -> str:
    return str(attribute.get("StringValue", attribute.get("BinaryValue", "")))


_OF_CELERY: Final = {
    "eta": "eta",
    "expires": "task ends",
    "retries": "retries",
    "root_id": "root id",
    "parent_id": "parent id",
    "origin": "origin",
}


def _celery_facts(celery: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "task", words.call(celery)
    yield "task id", celery["id"]
    for key, name in _OF_CELERY.items():
        if key in celery and celery[key] != celery["id"]:
            yield name, str(celery[key])
