"""When hidden messages become visible: deadlines in order, with true removal.

Most deadlines are later than all that went before, since one queue's visibility timeouts are mostly alike: those wait
in `_lane`, a dict in order, and are added and removed without any search. The others are sorted into `_sorted`. Both
are kept by `(at, sequence)`: with a clock that stands still all deadlines are equal, and finding one among them by its
moment alone would be a walk past all the others.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from sortedcontainers import SortedList


class Deadlines:
    __slots__ = ("_lane", "_last", "_sorted")

    def __init__(self) -> None:
        self._lane: dict[int, int] = {}  # sequence: at
        self._last = (0, 0)  # of the lane, when it was added
        self._sorted: SortedList[tuple[int, int]] = SortedList()

    def __len__(self) -> int:
        return len(self._lane) + len(self._sorted)

    def __contains__(self, deadline: tuple[int, int]) -> bool:
        at, sequence = deadline
        return self._lane.get(sequence) == at or deadline in self._sorted

    def add(self, at: int, sequence: int) -> None:
        if not self._lane or (at, sequence) > self._last:
            self._lane[sequence] = at
            self._last = (at, sequence)
        else:
            self._sorted.add((at, sequence))

    def remove(self, at: int, sequence: int) -> None:
        if self._lane.pop(sequence, None) is None:
            self._sorted.remove((at, sequence))
        elif not self._lane:
            self._lane.clear()  # otherwise the places of all that were ever in it are walked over to find the first

    def sequences(self) -> Iterator[int]:
        """Yield all in the order of their deadlines; whoever wants the first few pays for no more."""
        lane = ((at, sequence) for sequence, at in self._lane.items())
        return (sequence for _, sequence in heapq.merge(lane, self._sorted))

    def first(self) -> int | None:
        """Return the next deadline."""
        lane = next(iter(self._lane.values()), None)
        if not self._sorted:
            return lane
        at: int = self._sorted[0][0]
        return at if lane is None or at < lane else lane

    def take_due(self, moment: int) -> list[int]:
        """Remove all that are due by then; return their sequences in the order of their deadlines."""
        due = []
        for sequence, at in self._lane.items():
            if at > moment:
                break
            due.append((at, sequence))
        for _, sequence in due:
            del self._lane[sequence]
        count = self._sorted.bisect_left((moment + 1, 0))
        if count:
            due.extend(self._sorted[:count])
            del self._sorted[:count]
            due.sort()
        return [sequence for _, sequence in due]
