"""MD5s and sizes of messages, and which characters they may hold.

Ground: Amazon SQS Developer Guide, "Calculating the MD5 message digest for message attributes".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

try:
    # For short texts a third faster than OpenSSL's, and there where OpenSSL is set to refuse MD5.
    from _md5 import md5  # type: ignore[import-not-found]
except ImportError:
    from hashlib import md5

from sqs_emulator.core.message import MessageAttributeValue

_STRING: Final = b"\x01"
_BINARY: Final = b"\x02"
LEGAL_ASCII: Final = b"\t\n\r" + bytes(range(0x20, 0x80))
# The characters of XML 1.0, as in the words of InvalidMessageContents.
# A pattern and not compiled: that takes 8 ms, and most text is ASCII, which needs it not.
ILLEGAL_CHARACTER: Final = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def md5_of_body(encoded: bytes) -> str:
    """Return the hex MD5 of a body's UTF-8 bytes."""
    return str(md5(encoded).hexdigest())


def md5_of_attributes(attributes: Mapping[str, MessageAttributeValue]) -> str:
    """Return the hex MD5 over the attributes, sorted by name; of a selection when only some are received."""
    hashed = b"".join(_hashed_form(name, value) for name, value in sorted(attributes.items()))
    return str(md5(hashed).hexdigest())


def _hashed_form(name: str, attribute: MessageAttributeValue) -> bytes:
    head = _sized(name.encode()) + _sized((attribute.data_type or "").encode())
    if attribute.binary_value is None:
        return head + _STRING + _sized((attribute.string_value or "").encode())
    return head + _BINARY + _sized(attribute.binary_value)


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
    """Say whether every character is one that SQS takes; `encoded.translate(None, LEGAL_ASCII)` is quicker for most."""
    return re.search(ILLEGAL_CHARACTER, text) is None
