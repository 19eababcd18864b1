"""The rows of the result, and how they are printed and kept."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Final

import msgspec

_HEADINGS: Final = ("what", "median", "lowest to highest", "reach", "")
_FORMATS: Final = {"s": ".3f", "ms": ".3f", "µs": ".1f", "x": ".2f", "%": ".2f", "KB": ".3f", "MB": ".1f"}


class Row(msgspec.Struct, frozen=True):
    """A figure: the median of its samples. `limit` is what it is to reach; None: for information."""

    what: str
    samples: Sequence[float]
    unit: str
    limit: float | None = None
    remark: str = ""

    @property
    def value(self) -> float:
        return statistics.median(self.samples)

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return ""
        return "met" if self.value <= self.limit else "missed"

    def cells(self) -> tuple[str, ...]:
        spread = f"{self._plain(min(self.samples))} to {self._plain(max(self.samples))}"
        reach = "" if self.limit is None else f"at most {self.limit:g} {self.unit}"
        what = f"{self.what} ({self.remark})" if self.remark else self.what
        return what, f"{self._plain(self.value)} {self.unit}", spread, reach, self.verdict

    def _plain(self, value: float) -> str:
        return format(value, _FORMATS[self.unit])


def markdown(rows: Sequence[Row]) -> str:
    """Return the table, its columns aligned so that it can be read as it is."""
    lines = [_HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    texts = [_line(line, widths) for line in lines]
    texts.insert(1, _line(["-" * width for width in widths], widths))
    return "\n".join(texts) + "\n"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
