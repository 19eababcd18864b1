"""One request in both protocols: its members as JSON has them, and the same flattened as the Query protocol wants them.

The names of the Query protocol are written out here (sqs-protocols, section 3), not taken from the emulator's contract.
A tree of any form can be spelt, so that requests can be wrong in all ways.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlencode

from tests.raw_http import json_call, query_call

JSON: Final = "JSON"
QUERY: Final = "Query"
PROTOCOLS: Final = (JSON, QUERY)

Pairs = Iterator[tuple[str, str]]

LISTS: Final = {
    "AttributeNames": "AttributeName",
    "MessageSystemAttributeNames": "AttributeName",  # the same parameter as the member before
    "MessageAttributeNames": "MessageAttributeName",
    "TagKeys": "TagKey",
    "AWSAccountIds": "AWSAccountId",
    "Actions": "ActionName",
    "StringListValues": "StringListValue",
    "BinaryListValues": "BinaryListValue",
}
MAPS: Final = {
    "Attributes": ("Attribute", "Name", "Value"),
    "MessageAttributes": ("MessageAttribute", "Name", "Value"),
    "MessageSystemAttributes": ("MessageSystemAttribute", "Name", "Value"),
    "Tags": ("Tag", "Key", "Value"),
    "tags": ("Tag", "Key", "Value"),
}


def spelt(
    protocol: str, action: str, members: Mapping[str, object], *, headers: Mapping[str, str] | None = None
) -> bytes:
    """Return a call as bytes."""
    if protocol == JSON:
        return json_call(action, json.dumps(members, default=_base64).encode(), headers=headers)
    return query_call(form_of(action, members), headers=headers)


def form_of(action: str, members: Mapping[str, object]) -> bytes:
    """Return a call's form. A lone surrogate becomes bytes that are no UTF-8: there is no other way to write it."""
    return urlencode([("Action", action), *pairs_of(action, members)], errors="surrogatepass").encode()


def pairs_of(action: str, members: Mapping[str, object]) -> list[tuple[str, str]]:
    return list(_members(members, "", f"{action}RequestEntry", Counter()))


def _members(members: Mapping[str, object], prefix: str, entry: str, numbers: Counter[str]) -> Pairs:
    for name, value in members.items():
        if isinstance(value, list):
            yield from _list(value, prefix + (entry if name == "Entries" else LISTS.get(name, name)), entry, numbers)
        elif isinstance(value, dict) and name in MAPS:
            yield from _map(value, prefix, name, entry, numbers)
        elif isinstance(value, dict):
            yield from _members(value, f"{prefix}{name}.", entry, numbers)
        elif value is not None:
            yield prefix + name, _text(value)


def _list(values: list[object], name: str, entry: str, numbers: Counter[str]) -> Pairs:
    if not values:
        yield name, ""
    for value in values:
        numbers[name] += 1
        yield from _item(value, f"{name}.{numbers[name]}", entry, numbers)


def _map(values: Mapping[str, object], prefix: str, member: str, entry: str, numbers: Counter[str]) -> Pairs:
    query_name, key_name, value_name = MAPS[member]
    name = prefix + query_name
    for key, value in values.items():
        numbers[name] += 1
        yield f"{name}.{numbers[name]}.{key_name}", key
        yield from _item(value, f"{name}.{numbers[name]}.{value_name}", entry, numbers)


def _item(value: object, name: str, entry: str, numbers: Counter[str]) -> Pairs:
    if isinstance(value, dict):
        yield from _members(value, f"{name}.", entry, numbers)
    elif isinstance(value, list):
        yield from _list(value, name, entry, numbers)
    elif value is not None:
        yield name, _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _base64(value) if isinstance(value, bytes) else str(value)


def _base64(value: object) -> str:
    assert isinstance(value, bytes)
    return base64.b64encode(value).decode()
