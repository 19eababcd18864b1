"""Names and numbers that SQS gives out: message and request ids, ARNs, and the queue URLs that clients send back."""

from __future__ import annotations

import functools
import itertools
import operator
import random
import re
from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from sqs_emulator.core.errors import QueueDoesNotExist

ACCOUNT_ID: Final = re.compile(r"[0-9]{12}", re.ASCII)
REGION: Final = re.compile(r"[A-Za-z0-9-]+", re.ASCII)  # whatever it is called
DEFAULT_ACCOUNT: Final = "000000000000"

_random_bits = random.Random().getrandbits


def _different(number: int) -> list[str]:
    """Return so many different groups of 4 hexadecimal digits: an odd step comes round to none of them twice."""
    start, step = _random_bits(16), _random_bits(16) | 1
    return [f"{(start + place * step) & 0xFFFF:04x}" for place in range(number)]


# UUIDs of version 4, joined by C alone, since every request takes one or two: each is the next of three lists of random
# parts, whose lengths have no common factor. The first two make up the first 8 digits, by which people know an id: they
# are different for four million ids, and the whole for two billion.
_FIRST: Final = _different(2_039)
_SECOND: Final = _different(2_029)
_REST: Final = [
    f"-{_random_bits(16):04x}-4{_random_bits(12):03x}-{0x8000 | _random_bits(14):04x}-{_random_bits(48):012x}"
    for _ in range(509)
]
uuid4_text: Final[Callable[[], str]] = map(
    operator.add, map(operator.add, itertools.cycle(_FIRST), itertools.cycle(_SECOND)), itertools.cycle(_REST)
).__next__


def random_64_bits() -> int:
    return _random_bits(64)


def sequence_number(sequence: int) -> str:
    """Return the SequenceNumber of a FIFO queue's message: 20 digits, rising, not consecutive."""
    return str(18_849_496_460_467_696_128 + 256 * sequence)


class QueueAddress(NamedTuple):
    """Which queue a client means. None: its own account, or its own region."""

    account: str | None
    region: str | None
    name: str


_LONGEST: Final = 1_000  # characters of a queue's URL


# A client uses few queues and sends their URLs with every request; bounded, since the text is the client's.
@functools.lru_cache(maxsize=4096)
def parse_queue_url(text: str) -> QueueAddress | None:
    """Read a QueueUrl, a queue URL's path or a bare queue name; None if no queue can be meant.

    Raises QueueDoesNotExist for a text that is longer than any queue's, and so keeps nothing of it.

    The host is never looked at (containers and port maps change it); of the path the last two segments count. The forms
    of other local emulators are read too: `/queue/<region>/<account>/<name>` and `/queue/<name>`.
    """
    if len(text) > _LONGEST:
        raise QueueDoesNotExist
    if "/" not in text:
        return QueueAddress(None, None, text) if text else None
    try:
        path = urlsplit(text).path
    except ValueError:
        return None
    segments = [unquote(segment) for segment in path.rstrip("/").split("/")]
    if len(segments) < 3:  # the first is what stands before the leading slash
        return None
    account, name = segments[-2:]
    if ACCOUNT_ID.fullmatch(account):
        region = segments[-3] if len(segments) == 5 and segments[-4] == "queue" else None
        return QueueAddress(account, region, name)
    return QueueAddress(None, None, name) if account == "queue" else None
