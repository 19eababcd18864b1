"""What the core owes to waiters: the one way by which a step of the core answers somebody else's call.

The core never calls out in the middle of a step. It puts what a waiter gets in here, and whoever called the core (a
request, a timer) takes it afterwards and writes the answers. So a step is always whole before anybody hears of it, and
a failure while one client's answer is written is that client's alone.
"""

from __future__ import annotations

from sqs_emulator.core.receives import Delivery
from sqs_emulator.core.waiters import Waiter

Owed = tuple[Waiter, list[Delivery]]  # no deliveries: its wait is over


class Outbox:
    """One broker's; empty between two steps."""

    __slots__ = ("_owed", "put")

    def __init__(self) -> None:
        self._owed: list[Owed] = []
        self.put = self._owed.append

    def __bool__(self) -> bool:
        return bool(self._owed)

    def take(self) -> list[Owed]:
        """Return what is owed, in the order in which it came; it is the caller's to hand over."""
        owed = self._owed.copy()
        self._owed.clear()
        return owed
