"""Dicts to XML as SQS writes it: xmltodict does the work; here is what it leaves to us.

SQS also escapes the double quote, and must write a carriage return as a character reference: a parser would turn a
literal one into a line feed, and the client's MD5 check would fail. Characters that XML cannot hold at all (they can
stand in a parameter that an error echoes) become U+FFFD.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from sqs_emulator.core.digests import ILLEGAL_CHARACTER

PROLOG: Final = b'<?xml version="1.0"?>'

# Control characters cannot stand in the text any more once it is made legal, so two of them can mark what xmltodict
# does not escape.
_QUOTE_MARK: Final = "\x01"
_RETURN_MARK: Final = "\x02"


def text(value: str) -> str:
    """Make a value ready to stand as an element's text in a tree for `render`."""
    legal = value if value.isprintable() else re.sub(ILLEGAL_CHARACTER, "\ufffd", value)
    return legal.replace('"', _QUOTE_MARK).replace("\r", _RETURN_MARK)


def render(tree: Mapping[str, object]) -> bytes:
    """Return the document with this root, in UTF-8, with no white space between elements."""
    import xmltodict  # with its parsers 20 ms to import, and only the Query protocol needs it

    document: str = xmltodict.unparse(tree, full_document=False, short_empty_elements=True)
    document = document.replace(_QUOTE_MARK, "&quot;").replace(_RETURN_MARK, "&#xD;")
    return PROLOG + document.encode()


def as_json(document: bytes) -> bytes:
    """Return a document as JSON in xmltodict's form: attributes with an `@`, and no list around a lone element."""
    import xmltodict

    return json.dumps(xmltodict.parse(document)).encode()
