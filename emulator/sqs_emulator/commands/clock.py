"""The clock of an account: read it, stop it, move it on, change its rate."""

from __future__ import annotations

import math
import time
from collections import Counter
from typing import Any, Final

import click

from sqs_emulator.commands import words
from sqs_emulator.commands.running import Running, with_emulator
from sqs_emulator.commands.terminal import say_json, tell

_MOMENT: Final = "ISO 8601, such as 2030-01-31T12:00:00Z, or milliseconds since the epoch"


def _finite(_context: click.Context, option: click.Parameter, value: float | None) -> float | None:
    """JSON has no other numbers."""
    if value is None or math.isfinite(value):
        return value
    raise click.BadParameter(f"{value} is not a finite number.", param=option)


@click.command()
@click.argument("seconds", type=float, required=False, callback=_finite)
@click.option("--until", metavar="MOMENT", help=f"Move it on to this moment, instead of by seconds: {_MOMENT}.")
@with_emulator
def advance(running: Running, seconds: float | None, until: str | None, as_json: bool) -> None:
    """Move the account's clock on by SECONDS.

    What has to happen on the way has happened when this returns, each at its own moment, and polls are answered. The
    clocks of clients do not move: a Celery worker waits for an ETA by its own clock.
    """
    if (seconds is None) == (until is None):
        raise click.UsageError("Give either SECONDS or --until.")
    before = running.get("clock")["now"]
    clock = running.post("clock/advance", {"until": _moment(until)} if until is not None else {"seconds": seconds})
    if as_json:
        say_json(clock)
        return
    by = "" if seconds is None else f" by {seconds:.12g} s"
    tell(f"Moved on{by}: it is {clock['time']} in account {running.account}.")
    if happened := _happened(running, before, clock["now"]):
        tell(f"On the way: {happened}.")


def _happened(running: Running, after: int, until: int) -> str:
    """Say what happened to messages in that time, each kind with how often, in the order in which it began."""
    lives = running.get("history")["histories"]
    entries = sorted((entry["at"], entry["what"]) for life in lives for entry in life["entries"])
    counted = Counter(what for at, what in entries if after < at <= until)
    return words.listed([f"{number} {what}" for what, number in counted.items()])


@click.group(invoke_without_command=True)
@with_emulator
@click.pass_context
def clock(context: click.Context, running: Running, as_json: bool) -> None:
    """Show the account's clock; freeze it, resume it, or change its rate."""
    if context.invoked_subcommand is None:
        _tell(running.get("clock"), as_json)


@clock.command()
@click.option("--at", metavar="MOMENT", help=f"Move it on to this later moment first: {_MOMENT}.")
@with_emulator
def freeze(running: Running, at: str | None, as_json: bool) -> None:
    """Stop the clock. It can still be moved on with `advance`."""
    _tell(running.post("clock/freeze", {} if at is None else {"at": _moment(at)}), as_json)


@clock.command()
@with_emulator
def resume(running: Running, as_json: bool) -> None:
    """Let the clock run with the real time again, from where it is."""
    _tell(running.post("clock/resume"), as_json)


@clock.command()
@click.argument("factor", metavar="X", type=float, callback=_finite)
@with_emulator
def rate(running: Running, factor: float, as_json: bool) -> None:
    """Let X seconds of the clock pass in each real second."""
    _tell(running.post("clock/rate", {"rate": factor}), as_json)


def _moment(given: str) -> int | str:
    return int(given) if given.isascii() and given.isdigit() else given


def _tell(state: dict[str, Any], as_json: bool) -> None:
    if as_json:
        say_json(state)
        return
    tell(f"It is {state['time']} in account {state['account']}{_off_by(state['now'])}. {_pace(state)}")


def _off_by(now: int) -> str:
    """Say how far it is from this machine's clock, if that is more than a request takes."""
    ahead = now - round(time.time() * 1_000)
    if abs(ahead) < 1_000:
        return ""
    return f", {words.age(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} this machine"


def _pace(state: dict[str, Any]) -> str:
    if state["frozen"]:
        return "The clock is frozen."
    rate = state["rate"]
    return "The clock runs." if rate == 1 else f"The clock runs {rate:g} times as fast as the real time."
