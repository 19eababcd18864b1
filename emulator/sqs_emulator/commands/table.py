"""Tables: aligned columns that fit into a terminal.

If a table is too wide, this happens until it fits, in this order: ids are cut to their beginnings, which `history`
takes too; extras are left out; texts are cut, the longest first, to the least that they keep; what can be spared is
left out, and a last line says so. If it is still too wide, the terminal breaks its lines.
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
    full = [_sized(column, cells) for column, *cells in zip(headings, *rows, strict=True) if any(cells)]
    fitted = full if most is None else _fit(full, most)
    lines = [_line(fitted, place) for place in range(len(rows) + 1)]
    there = {sized.column for sized in fitted}
    gone = [sized.column.heading for sized in full if sized.column.rank is Rank.SPARED and sized.column not in there]
    if gone:
        lines.append(f"(no room for: {', '.join(gone)})")
    return "\n".join(lines)


def _sized(column: Column, texts: Sequence[str]) -> _Sized:
    cells = [column.heading, *map(plain, texts)]
    return _Sized(column, cells, max(map(columns, cells)))


def _line(fitted: Sequence[_Sized], place: int) -> str:
    return _GAP.join(_cell(sized, sized.cells[place]) for sized in fitted).rstrip()


def _cell(sized: _Sized, text: str) -> str:
    shown = cut(text, sized.width, "" if sized.column.is_id else "...")
    padding = " " * (sized.width - columns(shown))
    return padding + shown if sized.column.right else shown + padding


def _fit(full: list[_Sized], most: int) -> list[_Sized]:
    fitted = _with_short_ids(full, most)
    if _excess(fitted, most) > 0:
        fitted = [sized for sized in fitted if sized.column.rank is not Rank.EXTRA]
    while _excess(fitted, most) > sum(sized.width - sized.narrowest for sized in fitted):
        spared = next((sized for sized in reversed(fitted) if sized.column.rank is Rank.SPARED), None)
        if spared is None:
            return [sized._replace(width=sized.narrowest) for sized in fitted]
        fitted.remove(spared)
    return _with_cut_texts(fitted, most)


def _excess(fitted: Sequence[_Sized], most: int) -> int:
    return sum(sized.width for sized in fitted) + len(_GAP) * (len(fitted) - 1) - most


def _with_short_ids(full: Sequence[_Sized], most: int) -> list[_Sized]:
    """Cut whole columns of ids, from the right, as far as that is needed: ids of some odd length would look wrong."""
    fitted = list(full)
    for place, sized in reversed(list(enumerate(full))):
        if sized.column.is_id and _excess(fitted, most) > 0:
            fitted[place] = sized._replace(width=min(sized.width, max(_SHORT_ID, len(sized.column.heading))))
    return fitted


def _with_cut_texts(full: Sequence[_Sized], most: int) -> list[_Sized]:
    fitted = list(full)
    for _ in range(_excess(full, most)):
        widest = max((sized for sized in fitted if sized.width > sized.narrowest), key=lambda sized: sized.width)
        fitted[fitted.index(widest)] = widest._replace(width=widest.width - 1)
    return fitted
