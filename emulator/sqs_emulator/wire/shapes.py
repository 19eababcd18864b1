"""What the contract's structs look like, read off their annotations once, to put loosely spelt values right.

msgspec decodes what is spelt exactly; this is for the rest: the Query protocol, where everything is text, and JSON from
clients that send `"5"` for 5 or `30` for an attribute's `"30"`.
"""

from __future__ import annotations

import binascii
import enum
import functools
import re
from typing import Final, TypeAlias, TypeVar

import msgspec

from sqs_emulator.contract.action import QUERY, QueryName, Request, Result

_INTEGER: Final = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_UNNAMED: Final = QueryName("")


class Scalar(enum.Enum):
    TEXT = enum.auto()
    INTEGER = enum.auto()
    BOOLEAN = enum.auto()
    BYTES = enum.auto()


class ListOf(msgspec.Struct, frozen=True):
    query: QueryName
    item: Shape


class MapOf(msgspec.Struct, frozen=True):
    query: QueryName
    item: Shape


class Member(msgspec.Struct, frozen=True):
    attribute: str  # what the struct calls it
    shape: Shape


class Members(msgspec.Struct, frozen=True):
    by_wire_name: dict[str, Member]


Shape: TypeAlias = Scalar | ListOf | MapOf | Members


class NotAnInteger(ValueError):
    """Text where the contract has a number."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(f"{name} must be an integer, not {value!r}")
        self.name = name
        self.value = value


@functools.cache
def members_of(struct: type[Request] | type[Result]) -> Members:
    info = msgspec.inspect.type_info(struct)
    assert isinstance(info, msgspec.inspect.StructType)  # noqa: S101
    return _members(info)


def _members(info: msgspec.inspect.StructType) -> Members:
    return Members({field.encode_name: Member(field.name, _shape(field.type, _UNNAMED)) for field in info.fields})


_SCALARS: Final = {
    msgspec.inspect.IntType: Scalar.INTEGER,
    msgspec.inspect.StrType: Scalar.TEXT,
    msgspec.inspect.BoolType: Scalar.BOOLEAN,
    msgspec.inspect.BytesType: Scalar.BYTES,
}


def _shape(info: msgspec.inspect.Type, query: QueryName) -> Shape:
    match info:
        case msgspec.inspect.Metadata(type=inner, extra=extra):
            return _shape(inner, (extra or {}).get(QUERY, query))
        case msgspec.inspect.UnionType(types=types):
            (inner,) = (kind for kind in types if not isinstance(kind, msgspec.inspect.NoneType))
            return _shape(inner, query)
        case msgspec.inspect.ListType(item_type=item):
            return ListOf(query, _shape(item, _UNNAMED))
        case msgspec.inspect.DictType(value_type=item):
            return MapOf(query, _shape(item, _UNNAMED))
        case msgspec.inspect.StructType():
            return _members(info)
    return _SCALARS[type(info)]


_Struct = TypeVar("_Struct", bound=Request)


def convert(tree: object, struct: type[_Struct]) -> _Struct:
    """Make a request of plain dicts, lists and scalars; raises NotAnInteger or msgspec.ValidationError."""
    return msgspec.convert(put_right(tree, members_of(struct), ""), struct)


def put_right(value: object, shape: Shape, name: str) -> object:
    """Return `value` with its scalars as `shape` has them, as far as that can be meant; the rest as it is."""
    match shape, value:
        case Scalar.INTEGER, str():
            if not _INTEGER.fullmatch(value):
                raise NotAnInteger(name, value)
            return int(value)
        case Scalar.BYTES, str():
            return _bytes(value, name)
        case ListOf(item=item), list():
            return [put_right(entry, item, name) for entry in value]
        case MapOf(item=Scalar.TEXT), dict():
            return {key: _text(held) for key, held in value.items()}
        case MapOf(item=item), dict():
            return {key: put_right(held, item, name) for key, held in value.items()}
        case Members(by_wire_name=members), dict():
            return {key: put_right(held, members[key].shape, key) for key, held in value.items() if key in members}
    return value


def _bytes(value: str, name: str) -> bytes:
    try:
        return binascii.a2b_base64(value, strict_mode=True)
    except ValueError:
        raise msgspec.ValidationError(f"{name} is not valid base64") from None


def _text(value: object) -> object:
    """An attribute's value is text on AWS; a number or a boolean is what a client without a model sends for it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value
