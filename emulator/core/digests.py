"""MD5s and sizes of messages, and which characters they may hold.

Ground: Amazon SQS Developer Guide, "Calculating the MD5 message digest for message attributes".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Final

from emulator.core.message import MessageAttributeValue

_STRING: Final = b"\x01"
_BINARY: Final = b"\x02"
# The characters of XML 1.0, as in the words of InvalidMessageContents.
_find_illegal_character = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]").search


def md5_of_body(encoded: bytes) -> str:
    """Return the hex MD5 of a body's UTF-8 bytes."""
    return hashlib.md5(encoded).hexdigest()


def md5_of_attributes(attributes: Mapping[str, MessageAttributeValue]) -> str:
    """Return the hex MD5 over the attributes, sorted by name; of a selection when only some are received."""
    digest = hashlib.md5()
    for name, attribute in sorted(attributes.items()):
        data_type = attribute.data_type or ""
        digest.update(_sized(name.encode()) + _sized(data_type.encode()))
        if attribute.binary_value is None:
            digest.update(_STRING + _sized((attribute.string_value or "").encode()))
        else:
            digest.update(_BINARY + _sized(attribute.binary_value))
    return digest.hexdigest()


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def attributes_size(attributes: Mapping[str, MessageAttributeValue]) -> int:
    """Return the bytes that message attributes add to a message: names, types and values."""
    return sum(
        len(name.encode())
        + len((value.data_type or "").encode())
        + len((value.string_value or "").encode())
        + len(value.binary_value or b"")
        for name, value in attributes.items()
    )


def is_legal_text(text: str) -> bool:
    """Say whether every character is one that SQS takes. Printable is the cheap test and nearly always the answer."""
    return text.isprintable() or _find_illegal_character(text) is None
