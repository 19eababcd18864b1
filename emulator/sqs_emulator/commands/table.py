"""Tables: aligned columns that fit into a terminal.

When a table is too wide, columns give way until it fits, in this order: ids are cut to their beginnings, by which
`history` knows them too; extras are left out; texts are cut, the longest first, to the least that they keep; what can
be spared is left out, and a last line says so. What is left may be wider still: then the terminal breaks its lines.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Final, NamedTuple

from sqs_emulator.commands.terminal import columns, cut, plain

_GAP: Final = "  "
_SHORT_ID: Final = 8  # characters: enough for any two messages that are looked at together


class Rank(enum.Enum):
    NEEDED = "needed"
    SPARED = "spared"  # left out when nothing else helps
    EXTRA = "extra"  # shown where there is room


class Column(NamedTuple):
    heading: str
    right: bool = False  # as numbers stand
    is_id: bool = False
    least: int | None = None  # columns of the terminal that a text keeps; None: it is not cut
    rank: Rank = Rank.NEEDED


class _Sized(NamedTuple):
    column: Column
    cells: list[str]  # the heading first
    width: int

    @property
    def narrowest(self) -> int:
        least = self.column.least
        return self.width if least is None else min(self.width, max(least, len(self.column.heading)))


def table(headings: Sequence[Column], rows: Sequence[Sequence[str]], most: int | None) -> str:
    """Return rows under their headings, in `most` columns of a terminal (None: any). Empty columns are left out."""
    sized = [_sized(column, cells) for column, *cells in zip(headings, *rows, strict=True) if any(cells)]
    fitted = sized if most is None else _fit(sized, most)
    lines = [_line(fitted, place) for place in range(len(rows) + 1)]
    there = {each.column for each in fitted}
    gone = [each.column.heading for each in sized if each.column.rank is Rank.SPARED and each.column not in there]
    if gone:
        lines.append(f"(no room for: {', '.join(gone)})")
    return "\n".join(lines)


def _sized(column: Column, texts: Sequence[str]) -> _Sized:
    cells = [column.heading, *map(plain, texts)]
    return _Sized(column, cells, max(map(columns, cells)))


def _line(fitted: Sequence[_Sized], place: int) -> str:
    return _GAP.join(_cell(each, each.cells[place]) for each in fitted).rstrip()


def _cell(sized: _Sized, text: str) -> str:
    shown = cut(text, sized.width, "" if sized.column.is_id else "...")
    padding = " " * (sized.width - columns(shown))
    return padding + shown if sized.column.right else shown + padding


def _fit(sized: list[_Sized], most: int) -> list[_Sized]:
    fitted = _with_short_ids(sized, most)
    if _excess(fitted, most) > 0:
        fitted = [each for each in fitted if each.column.rank is not Rank.EXTRA]
    while _excess(fitted, most) > sum(each.width - each.narrowest for each in fitted):
        spared = next((each for each in reversed(fitted) if each.column.rank is Rank.SPARED), None)
        if spared is None:
            return [each._replace(width=each.narrowest) for each in fitted]
        fitted.remove(spared)
    return _with_cut_texts(fitted, most)


def _excess(fitted: Sequence[_Sized], most: int) -> int:
    return sum(each.width for each in fitted) + len(_GAP) * (len(fitted) - 1) - most


def _with_short_ids(sized: Sequence[_Sized], most: int) -> list[_Sized]:
    """Cut whole columns of ids, from the right, as far as that is needed: ids of some odd length would look wrong."""
    fitted = list(sized)
    for place, each in reversed(list(enumerate(sized))):
        if each.column.is_id and _excess(fitted, most) > 0:
            fitted[place] = each._replace(width=min(each.width, max(_SHORT_ID, len(each.column.heading))))
    return fitted


def _with_cut_texts(sized: Sequence[_Sized], most: int) -> list[_Sized]:
    fitted = list(sized)
    for _ in range(_excess(sized, most)):
        widest = max((each for each in fitted if each.width > each.narrowest), key=lambda each: each.width)
        fitted[fitted.index(widest)] = widest._replace(width=widest.width - 1)
    return fitted
