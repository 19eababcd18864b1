"""What a row of the error tables is: what is asked, in which situation, and how it is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from sqs_emulator.core.limits import RELAXED, Limits
from tests.spec.catalogue import Error
from tests.spec.scene import Given
from tests.spec.spelling import JSON, PROTOCOLS, QUERY

ONLY_JSON: Final = (JSON,)
ONLY_QUERY: Final = (QUERY,)


class Row(NamedTuple):
    """A request that is refused as a whole."""

    situation: str
    action: str
    members: Mapping[str, object]
    error: Error
    given: Given = ()
    protocols: tuple[str, ...] = PROTOCOLS  # where it can be asked at all
    limits: Limits = RELAXED


class EntryRow(NamedTuple):
    """An entry of a batch that fails, while the request succeeds; the codes are Query's in both protocols."""

    situation: str
    action: str
    queue_url: str
    entry: Mapping[str, object]
    code: str
    message: str
    given: Given = ()


class Taken(NamedTuple):
    """A request that looks wrong, and is accepted."""

    situation: str
    action: str
    members: Mapping[str, object]
    given: Given = ()
    limits: Limits = RELAXED


Sections = dict[str, tuple[Row, ...]]  # by the section of the specification


def each_protocol(sections: Sections) -> Iterator[tuple[str, Row, str]]:
    """Yield an id, a row and a protocol that it can be asked in."""
    for section, rows in sections.items():
        for row in rows:
            for protocol in row.protocols:
                yield f"{section} {row.action}: {row.situation} ({protocol})", row, protocol
