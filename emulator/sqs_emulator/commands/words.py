"""Numbers, times and lists as people say them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqs_emulator.core.arn import QueueArn

_UNITS: Final = (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000))


def _unit(milliseconds: int) -> tuple[str, int]:
    """Return the largest unit of which there are two or more: 90 s say more than 1 min."""
    return next(((name, length) for name, length in _UNITS if milliseconds >= 2 * length), _UNITS[-1])


def age(milliseconds: int) -> str:
    """Say how long ago something was: whole units that have passed."""
    name, length = _unit(milliseconds)
    return f"{max(milliseconds, 0) // length} {name}"


def left(milliseconds: int) -> str:
    """Say how long something still lasts: rounded up, so that 0 is said only when it is over."""
    name, length = _unit(milliseconds)
    return f"{-(-max(milliseconds, 0) // length)} {name}"


def gap(milliseconds: int) -> str:
    """Say how much later something was."""
    if milliseconds <= 0:
        return ""
    return f"+{milliseconds} ms" if milliseconds < 1_000 else f"+{age(milliseconds)}"


def size(count: int) -> str:
    if count < 10_000:
        return f"{count} B"
    return f"{count / 1_024:.0f} KiB" if count < 1_048_576 else f"{count / 1_048_576:.1f} MiB"


def count(number: int, one: str, many: str | None = None) -> str:
    return f"{number or 'no'} {one if number == 1 else many or f'{one}s'}"


def listed(items: Sequence[str]) -> str:
    """Say `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1_000, UTC)


def clock_time(at: int) -> str:
    return moment(at).isoformat(sep=" ", timespec="milliseconds")[11:23]


def date(at: int) -> str:
    return f"{moment(at):%Y-%m-%d}"


def iso(at: int) -> str:
    return moment(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def queue_name(arn: str) -> str:
    return QueueArn.parse(arn).name


def state(name: str) -> str:
    return name.replace("_", " ")


def call(celery: dict[str, Any]) -> str:
    """Say a Celery task with its arguments: `demo.add(2, 3)`."""
    kwargs = celery.get("kwargs")
    more = f" {kwargs}" if kwargs not in (None, "{}") else ""
    return f"{celery.get('task') or 'a task'}{celery.get('args') or ''}{more}"
