"""The TOML file: its keys are the names of the settings, with tables for what has no flag."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from sqs_emulator.config.errors import ConfigError, bad_value, shown, unknown_name
from sqs_emulator.config.settings import LIMITS, SETTINGS, WORDS, Setting
from sqs_emulator.config.tables import AccountConfig, AutoCreate, ClockConfig, QueueConfig, Template
from sqs_emulator.core.attributes import SETTABLE

_Struct = TypeVar("_Struct", bound=msgspec.Struct)
_Template = TypeVar("_Template", bound=Template)

_ROWS: Final = {row.name: row for row in SETTINGS if row.name != "limit"}  # in a file they are in the table `limits`
_FILES: Final = ("tls_cert", "tls_key")  # named from where the configuration file is


def read(path: str) -> dict[str, object]:
    """Return what a file sets, by the names of the settings; raises ConfigError, which does not name the file."""
    values: dict[str, object] = {}
    for key, value in _parse(path).items():
        if key == "limits" and isinstance(value, dict):
            values.update(_limits(value))
        elif key in _ROWS:
            values[key] = _typed(_ROWS[key], value)
        elif key in _TABLES:
            values[key] = _TABLES[key](value)
        else:
            raise unknown_name(key, (*_ROWS, *_TABLES))
    return values | {key: str(Path(path).parent / str(values[key])) for key in _FILES if key in values}


def _parse(path: str) -> dict[str, object]:
    try:
        return tomllib.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror or error}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"is not TOML: {error}.") from None


def _typed(row: Setting, value: object) -> object:
    if row.type is tuple and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if type(value) is not row.type:  # true is an int to Python, and no number to anybody else
        raise bad_value(row.name, value, WORDS[row.type], setting=row.name)
    return value


def _limits(table: Mapping[str, object]) -> dict[str, object]:
    """Read `[limits]`: the named set as `set`, and numbers on top of it."""
    values: dict[str, object] = {}
    for key, value in table.items():
        if key == "set":
            values["limits"] = _typed(_ROWS["limits"], value)
        elif key in LIMITS:
            values[f"limits.{key}"] = _typed(LIMITS[key], value)
        else:
            raise unknown_name(f"limits.{key}", ["limits.set", *(row.name for row in LIMITS.values())])
    return values


# Tables.


def _struct(kind: type[_Struct], table: object, **filled: object) -> _Struct:
    """Read a table into its struct, of which some fields have been filled already."""
    fields = {field.name: field for field in msgspec.structs.fields(kind) if field.name not in filled}
    if not isinstance(table, dict):
        raise ConfigError(f"it is {shown(table)}; allowed is a table with {', '.join(fields)}.")
    for key, value in table.items():
        if key not in fields:
            raise unknown_name(key, (*fields, *SETTABLE) if issubclass(kind, Template) else fields, what="key")
        filled[key] = _value(fields[key], value)
    for key, field in fields.items():
        if field.required and key not in filled:
            raise ConfigError(f"{key} is missing; it is {_words(field)}.")
    return kind(**filled)


def _value(field: msgspec.structs.FieldInfo, value: object) -> object:
    if field.name == "clock":
        return _clock(value)
    try:
        return msgspec.convert(value, field.type)
    except msgspec.ValidationError:
        raise bad_value(field.name, value, _words(field)) from None


def _words(field: msgspec.structs.FieldInfo) -> str:
    return str(field.type.__metadata__[0].description)


@contextlib.contextmanager
def _inside(place: str) -> Iterator[None]:
    """Say of an error where in the file it is."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}") from None


def _templates(kind: type[_Template], key: str, name: str, array: object) -> tuple[_Template, ...]:
    """Read an array of tables, each known by what it has under its `name`; attributes stand beside the other keys."""
    found = []
    for number, table in enumerate(_array(key, array)):
        attributes = {key: value for key, value in table.items() if key in SETTABLE}
        rest = {key: value for key, value in table.items() if key not in SETTABLE}
        with _inside(f"{key} {table.get(name, f'number {number + 1}')}"):
            found.append(_struct(kind, rest, attributes=attributes))
    return tuple(found)


def _array(key: str, array: object) -> list[dict[str, object]]:
    if not isinstance(array, list) or not all(isinstance(table, dict) for table in array):
        raise ConfigError(f"{key} is {shown(array)}; allowed are tables, each headed [[{key}]].")
    return array


def _accounts(tables: object) -> dict[str, AccountConfig]:
    if not isinstance(tables, dict):
        raise ConfigError(f"accounts is {shown(tables)}; allowed are tables, such as [accounts.111122223333].")
    found = {}
    for number, table in tables.items():
        with _inside(f"accounts {number}"):
            found[number] = _struct(AccountConfig, table)
    return found


def _clock(table: object) -> ClockConfig:
    with _inside("clock"):
        return _struct(ClockConfig, table)


_TABLES: Final[dict[str, Callable[[object], object]]] = {
    "queues": lambda array: _templates(QueueConfig, "queues", "name", array),
    "auto_create": lambda array: _templates(AutoCreate, "auto_create", "pattern", array),
    "accounts": _accounts,
    "clock": _clock,
    "faults": lambda array: tuple(_array("faults", array)),
}
