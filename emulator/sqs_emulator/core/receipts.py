"""Receipt handles that say themselves what they are for.

A handle is the packed queue incarnation, message sequence and number of the receive, with a checksum, in base64. No
table of handles is kept: whether one is garbled, from another queue, outdated, or of a message that is gone can be
read off it, and a deleted message's handle stays recognisable for ever.
"""

from __future__ import annotations

import binascii
import struct
import zlib
from typing import Final

import msgspec

# Three leading bytes make the text begin with "AQEB", as AWS's handles do.
_LEAD: Final = b"\x01\x01\x01"
_FIELDS: Final = struct.Struct(">3sQQI")
_CHECKSUM: Final = struct.Struct(">I")
_WHOLE: Final = struct.Struct(">3sQQII")


class ReceiptHandle(msgspec.Struct, frozen=True, gc=False):
    incarnation: int  # of the queue: a queue deleted and created anew is another one
    sequence: int
    receive: int  # the message's receives_here at that receive


def make(incarnation: int, sequence: int, receive: int) -> str:
    fields = _FIELDS.pack(_LEAD, incarnation, sequence, receive)
    return binascii.b2a_base64(fields + _CHECKSUM.pack(zlib.crc32(fields)), newline=False).decode("ascii")


def parse(text: str) -> ReceiptHandle | None:
    """Read a handle; None for whatever no queue can have handed out."""
    try:
        packed = binascii.a2b_base64(text, strict_mode=True)
        lead, incarnation, sequence, receive, checksum = _WHOLE.unpack(packed)
    except (ValueError, struct.error):  # binascii.Error, text that is not ASCII, another length
        return None
    if lead != _LEAD or checksum != zlib.crc32(packed[: _FIELDS.size]):
        return None
    return ReceiptHandle(incarnation, sequence, receive)
