"""Names and numbers that SQS gives out: message and request ids, ARNs, and the queue URLs that clients send back."""

from __future__ import annotations

import functools
import itertools
import operator
import random
import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

ACCOUNT_ID: Final = re.compile(r"[0-9]{12}", re.ASCII)
DEFAULT_ACCOUNT: Final = "000000000000"

_random = random.Random()
_FRESH_AT_ONCE: Final = 1_024


def _fresh() -> Iterator[str]:
    """Yield random groups of 8 hexadecimal digits without end."""
    while True:
        digits = _random.randbytes(4 * _FRESH_AT_ONCE).hex()
        for place in range(0, 8 * _FRESH_AT_ONCE, 8):
            yield digits[place : place + 8]


# Random UUIDs of version 4, mostly joined by C, since every request takes one or two. The first group, by which people
# know an id, is fresh for each. What follows it is the next of two lists of random parts, whose lengths have no common
# factor: it comes again after a quarter of a million ids, behind another first group.
_MIDDLES: Final = [
    f"-{_random.getrandbits(16):04x}-4{_random.getrandbits(12):03x}-{0x8000 | _random.getrandbits(14):04x}-"
    for _ in range(509)
]
_ENDS: Final = [f"{_random.getrandbits(48):012x}" for _ in range(503)]
uuid4_text: Final[Callable[[], str]] = map(
    operator.add, map(operator.add, _fresh(), itertools.cycle(_MIDDLES)), itertools.cycle(_ENDS)
).__next__


def random_64_bits() -> int:
    return _random.getrandbits(64)


def sequence_number(sequence: int) -> str:
    """Return the SequenceNumber of a FIFO queue's message: 20 digits, rising, not consecutive."""
    return str(18_849_496_460_467_696_128 + 256 * sequence)


class QueueAddress(NamedTuple):
    """Which queue a client means. None: its own account, or its own region."""

    account: str | None
    region: str | None
    name: str


# A client uses few queues and sends their URLs with every request; bounded, since the text is the client's.
@functools.lru_cache(maxsize=4096)
def parse_queue_url(text: str) -> QueueAddress | None:
    """Read a QueueUrl, a queue URL's path or a bare queue name; None if no queue can be meant.

    The host is never looked at (containers and port maps change it); of the path the last two segments count. The forms
    of other local emulators are read too: `/queue/<region>/<account>/<name>` and `/queue/<name>`.
    """
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
