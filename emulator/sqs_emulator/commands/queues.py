"""Queues: what there is of them, and how to empty and remove them."""

from __future__ import annotations

import json
from typing import Any, Final

import click

from sqs_emulator.commands import words
from sqs_emulator.commands.running import Running, in_region, with_emulator
from sqs_emulator.commands.table import Column, Rank, table
from sqs_emulator.commands.terminal import say, say_json, tell, width

_COLUMNS: Final = (
    Column("queue", least=20),
    Column("region"),
    Column("visible", right=True),
    Column("in flight", right=True),
    Column("delayed", right=True),
    Column("polls", right=True),
    Column("oldest", right=True),
    Column("timeout", right=True, rank=Rank.SPARED),
    Column("dead letters", least=16),
)


@click.command()
@with_emulator
def queues(running: Running, as_json: bool) -> None:
    """List queues, and how many messages are in them.

    polls: receives that wait for a message; oldest: how long ago the oldest message was sent; timeout: the visibility
    timeout; dead letters: where they go (after how many receives), and where they come from.
    """
    found = running.get("queues")
    if as_json:
        say_json(found)
    elif found:
        say(table(_COLUMNS, _rows(found, running.get("clock")["now"]), width()))
    else:
        tell(f"There are no queues in account {running.account}.{elsewhere(running)}")


def _rows(found: list[dict[str, Any]], now: int) -> list[list[str]]:
    several_regions = len({queue["region"] for queue in found}) > 1
    return [
        [
            queue["name"],
            queue["region"] if several_regions else "",
            str(queue["visible"]),
            str(queue["in_flight"]),
            str(queue["delayed"]),
            str(queue["pollers"]),
            "" if queue["oldest_sent_at"] is None else words.age(now - queue["oldest_sent_at"]),
            f"{queue['attributes']['VisibilityTimeout']} s",
            _dead_letters(queue),
        ]
        for queue in found
    ]


def _dead_letters(queue: dict[str, Any]) -> str:
    parts = []
    if (policy := queue["attributes"].get("RedrivePolicy")) is not None:
        redrive = json.loads(policy)
        parts.append(f"to {words.queue_name(redrive['deadLetterTargetArn'])} ({redrive['maxReceiveCount']})")
    if queue["dead_letter_sources"]:
        parts.append(f"from {words.listed(queue['dead_letter_sources'])}")
    return "; ".join(parts)


def elsewhere(running: Running) -> str:
    """Say where there are queues: that the client has another account is the commonest mistake."""
    others = [other for other in running.get("accounts") if other["queues"] and other["account"] != running.account]
    told = [f"{other['queues']} in account {other['account']}" for other in others[:_OTHERS_SHOWN]]
    return f" But there are {words.listed(told)}." if told else ""


_OTHERS_SHOWN: Final = 3


@click.command()
@click.argument("queue")
@in_region
@with_emulator
def purge(running: Running, queue: str, region: str | None, as_json: bool) -> None:
    """Delete all messages of QUEUE, whatever their state.

    QUEUE is its name, URL or ARN.
    """
    purged = running.post("purge", None, queue=queue, region=region)
    if as_json:
        say_json(purged)
    elif purged["messages"]:
        tell(f"Purged queue {purged['queue']} of {words.count(purged['messages'], 'message')}.")
    else:
        tell(f"Queue {purged['queue']} was empty.")


@click.command()
@with_emulator
def reset(running: Running, as_json: bool) -> None:
    """Drop the account, with all that is in it.

    Its queues with their messages, its faults, and all changes of its clock. Then the queues that the configuration
    names are created again.
    """
    queues = running.get("queues")
    rules = [rule for rule in running.get("faults")["faults"] if rule["account"] == running.account]
    dropped = running.post("reset")
    if as_json:
        say_json(dropped)
        return
    parts = []
    if queues:
        messages = sum(queue["visible"] + queue["in_flight"] + queue["delayed"] for queue in queues)
        names = words.listed([queue["name"] for queue in queues])
        parts.append(f"{words.count(len(queues), 'queue')} ({names}) with {words.count(messages, 'message')}")
    if rules:
        parts.append(words.count(len(rules), "fault rule"))
    removed = f"removed {words.listed(parts)}" if parts else "nothing to remove"
    tell(f"Account {running.account}: {removed}. Its clock is reset.")
