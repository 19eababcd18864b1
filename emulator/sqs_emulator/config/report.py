"""A configuration for people to read, and for programs: every setting in force and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from sqs_emulator.config.errors import shown
from sqs_emulator.config.load import Loaded, Source
from sqs_emulator.config.settings import LIMIT_NAMES, Config
from sqs_emulator.config.tables import AutoCreate, QueueConfig


class Row(NamedTuple):
    name: str
    value: Any
    source: Source


def rows(loaded: Loaded) -> Iterator[Row]:
    """Return every setting in force. A limit that was not set on its own has the source of the set."""
    limits = loaded.config.limit_set
    for name in Config.__struct_fields__:
        if name == "limit":
            for limit in LIMIT_NAMES:
                source = loaded.sources.get(f"limits.{limit}", loaded.source("limits"))
                yield Row(f"limits.{limit}", getattr(limits, limit), source)
        else:
            yield Row(name, getattr(loaded.config, name), loaded.source(name))


def as_table(loaded: Loaded) -> str:
    given = [(row.name, _text(row.value), row.source.name or row.source.kind) for row in rows(loaded)]
    return table([("setting", "value", "from"), *given])


def as_json(loaded: Loaded) -> str:
    """Return the same as an object: of each setting its value, the kind of its source, and the source's name."""
    said = {row.name: {"value": row.value, "source": row.source.kind, "name": row.source.name} for row in rows(loaded)}
    return msgspec.json.format(msgspec.json.encode(said)).decode()


def table(rows: Sequence[Sequence[str]]) -> str:
    """Align columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, QueueConfig):
        return value.name
    if isinstance(value, AutoCreate):
        return value.pattern
    if isinstance(value, msgspec.Struct):
        given = msgspec.structs.asdict(value).items()
        return " ".join(f"{name}={_text(own)}" for name, own in given if own not in (None, ()))
    if isinstance(value, dict) and ("scenario" in value or "effect" in value):
        return str(value.get("scenario", value.get("effect")))
    if isinstance(value, tuple | dict):
        return ", ".join(map(_text, value))
    return value if isinstance(value, str) else shown(value)
