"""What goes wrong on purpose: rules and scenarios are put in force, listed with their counts, and removed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote

import click

from sqs_emulator.commands import words
from sqs_emulator.commands.running import Running, with_emulator
from sqs_emulator.commands.table import Column, Rank, table
from sqs_emulator.commands.terminal import say, say_json, tell, width, wrapped

# The keys of a rule whose values are not texts.
NUMBERS: Final = ("nth", "every", "times", "probability", "seed", "status", "seconds", "at_most", "among")
SEVERAL: Final = ("action", "entries")  # separated by commas
_COLUMNS: Final = (
    Column("id", right=True),
    Column("effect", least=20),
    Column("action", least=16),
    Column("queue", least=12),
    Column("task", least=12),
    Column("account"),
    Column("when", least=16),
    Column("matched", right=True),
    Column("applied", right=True),
    Column("scenario", rank=Rank.SPARED),
)


@click.group(invoke_without_command=True)
@with_emulator
@click.pass_context
def faults(context: click.Context, running: Running, as_json: bool) -> None:
    """List the faults in force; add, remove and clear them, or begin a scenario."""
    if context.invoked_subcommand is None:
        _list(running, as_json)


@faults.command("list")
@with_emulator
def list_(running: Running, as_json: bool) -> None:
    """List the rules in force, with how many calls each of them matched and how often it was applied."""
    _list(running, as_json)


def _list(running: Running, as_json: bool) -> None:
    _tell(running.get("faults"), as_json, f"There are no faults in account {running.account}.")


@faults.command()
@click.argument("words_", metavar="EFFECT [KEY=VALUE]...", nargs=-1, required=True)
@with_emulator
def add(running: Running, words_: tuple[str, ...], as_json: bool) -> None:
    """Put a rule in force.

    \b
    sqs-emulator faults add error error=OverLimit action=ReceiveMessage times=2
    sqs-emulator faults add latency seconds=2 queue='orders-*' probability=0.1 seed=1
    sqs-emulator faults add lose-answer action=SendMessage nth=3

    If an effect, a key or a value is wrong, the answer lists what is allowed. Commas separate several actions or
    entries.
    """
    added = running.post("faults", rule_of(words_))
    _tell(added, as_json, "", title="Added:")


def rule_of(given: Iterable[str]) -> dict[str, Any]:
    """Make a rule of the words of a command line. A word without `=` is the effect."""
    rule: dict[str, Any] = {}
    for word in given:
        key, equals, value = word.partition("=")
        if not equals:
            key, value = "effect", word
        if key in rule:
            raise click.ClickException(f"{key} is given twice: {rule[key]} and {value}.")
        rule[key] = _value(key, value)
    return rule


def _value(key: str, text: str) -> Any:
    """Read what is not a text. What cannot be read is sent as it is: the emulator says what is allowed."""
    if key in SEVERAL:
        parts = [_number(part) if key == "entries" else part for part in text.split(",")]
        return parts[0] if len(parts) == 1 else parts
    return _number(text) if key in NUMBERS else text


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


@faults.command()
@click.argument("rule", metavar="ID|SCENARIO")
@with_emulator
def remove(running: Running, rule: str, as_json: bool) -> None:
    """Remove a rule by its id, or a scenario by its name."""
    _tell(running.delete(f"faults/{quote(rule, safe='')}"), as_json, "", title="Removed:")


@faults.command()
@with_emulator
def clear(running: Running, as_json: bool) -> None:
    """Remove all rules of the account, but not those of every account. With --account '*', remove all there are."""
    removed = running.delete("faults")
    _tell(removed, as_json, f"There were no faults in account {running.account}.", title="Removed:")


@faults.command()
@click.argument("name", required=False)
@click.option("--seed", type=int, help="Where chance begins: the same seed and the same calls give the same faults.")
@click.option("--queue", help="Only calls on this queue: a name, or a pattern such as orders-*.")
@with_emulator
def scenario(running: Running, name: str | None, seed: int | None, queue: str | None, as_json: bool) -> None:
    """Begin the scenario NAME; without NAME, say what scenarios there are."""
    if name is None:
        _scenarios(running.get("faults/scenarios"), as_json)
        return
    wanted = {"scenario": name, "seed": seed, "queue": queue}
    begun = running.post("faults", {key: value for key, value in wanted.items() if value is not None})
    _tell(begun, as_json, "", title=f"Begun; `sqs-emulator faults remove {name}` ends it:")


def _scenarios(page: dict[str, Any], as_json: bool) -> None:
    if as_json:
        say_json(page)
        return
    told = []
    for name, text in page["scenarios"].items():
        paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
        lines = [wrapped(paragraph, first="    ", indent="    ", most=width()) for paragraph in paragraphs]
        told.append("\n".join([name, *lines]))
    say("\n\n".join(told))


def _tell(page: dict[str, Any], as_json: bool, nothing: str, *, title: str = "") -> None:
    if as_json:
        say_json(page)
    elif page["faults"]:
        if title:
            tell(title)
        say(table(_COLUMNS, [_row(rule) for rule in page["faults"]], width()))
    else:
        tell(nothing)


def _row(rule: dict[str, Any]) -> list[str]:
    return [
        str(rule["id"]),
        _effect(rule),
        _several(rule.get("action", "any")),
        rule.get("queue", "any"),
        rule.get("task", ""),
        "every" if rule["account"] == "*" else "",
        _when(rule),
        str(rule["matched"]),
        str(rule["applied"]),
        rule.get("scenario", ""),
    ]


# What has columns of its own in a row. The rest belongs to the effect.
_COMMON: Final = (
    *("id", "matched", "applied", "effect", "action", "queue", "account", "task"),
    *("nth", "every", "times", "probability", "seed", "scenario"),
)


def _effect(rule: dict[str, Any]) -> str:
    own = [value if key == "error" else f"{key}={_several(value)}" for key, value in rule.items() if key not in _COMMON]
    return " ".join([rule["effect"], *map(str, own)])


def _several(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _when(rule: dict[str, Any]) -> str:
    parts = []
    if "nth" in rule:
        parts.append(f"only the {_ordinal(rule['nth'])}")
    if "every" in rule:
        parts.append(f"every {_ordinal(rule['every'])}")
    if "probability" in rule:
        parts.append(f"{rule['probability'] * 100:g} %")
    if "times" in rule:
        parts.append(f"at most {words.count(rule['times'], 'time')}")
    seed = [f"seed {rule['seed']}"] if "seed" in rule else []
    return ", ".join([*(parts or ["always"]), *seed])


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
