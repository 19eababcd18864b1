"""What is wrong, how it shows, and what to change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import click

from sqs_emulator.commands import words
from sqs_emulator.commands.queues import elsewhere
from sqs_emulator.commands.running import Running, with_emulator
from sqs_emulator.commands.table import Column, table
from sqs_emulator.commands.terminal import say, say_json, tell, width, wrapped

_SEVERITIES: Final = ("error", "warning", "hint")  # the worst first
_NEVER: Final = "never"
_INDENT: Final = 4
_SUBJECTS: Final = (
    Column("message", is_id=True),
    Column("task", least=16),
    Column("seen", least=20),
)


@click.command()
@click.option(
    "--fail-on",
    type=click.Choice([*_SEVERITIES, _NEVER]),
    default="error",
    show_default=True,
    help="Exit with status 1 if there is a finding of this severity, or a worse one.",
)
@with_emulator
@click.pass_context
def doctor(context: click.Context, running: Running, fail_on: str, as_json: bool) -> None:
    """Say what is wrong, the worst first, and what to change.

    An error: work is lost, done twice, or not done. A warning: this may happen, or it went well by luck. A hint:
    something is probably not as you want it.
    """
    page = running.get("doctor")
    if as_json:
        say_json(page)
    elif page["findings"]:
        say("\n\n".join("\n".join(_told(finding, width())) for finding in page["findings"]))
    else:
        tell(_healthy(running))
    if page["full"] and not as_json:
        say("")
        tell("(Older events are forgotten, so something may be missing here; see --events of `sqs-emulator serve`.)")
    if _is_bad(page["findings"], fail_on):
        context.exit(1)


def _is_bad(findings: list[dict[str, Any]], fail_on: str) -> bool:
    if fail_on == _NEVER:
        return False
    bad = _SEVERITIES[: _SEVERITIES.index(fail_on) + 1]
    return any(finding["severity"] in bad for finding in findings)


def _healthy(running: Running) -> str:
    if running.get("queues"):
        return f"Nothing is wrong in account {running.account}."
    return f"There are no queues in account {running.account}.{elsewhere(running)}"


def _told(finding: dict[str, Any], most: int | None) -> Iterator[str]:
    yield f"{finding['severity']}: {finding['code']}, queue {words.queue_name(finding['queue'])}"
    yield wrapped(finding["text"], first=" " * _INDENT, indent=" " * _INDENT, most=most)
    if finding.get("messages"):
        yield ""
        yield from _subjects(finding, most)
    if finding["changes"]:
        yield ""
        yield " " * _INDENT + "What to change:"
        for change in finding["changes"]:
            yield from _change(change, most)


def _subjects(finding: dict[str, Any], most: int | None) -> Iterator[str]:
    rows = [[about["message_id"], about.get("task", ""), about.get("seen", "")] for about in finding["messages"]]
    shown = table(_SUBJECTS, rows, None if most is None else most - _INDENT)
    yield from (" " * _INDENT + line for line in shown.split("\n"))
    others = finding.get("count", 0) - len(rows)
    if others > 0:
        yield f"{' ' * _INDENT}and {words.count(others, 'more', 'more')}"


def _change(change: dict[str, Any], most: int | None) -> Iterator[str]:
    value = f" = {change['value']}" if "value" in change else ""
    yield f"{' ' * _INDENT}- {change['where']}: {change['setting']}{value}"
    indent = " " * (_INDENT + 2)
    yield wrapped(change["text"], first=indent, indent=indent, most=most)
