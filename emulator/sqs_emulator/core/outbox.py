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

    __slots__ = ("owed", "put")

    def __init__(self) -> None:
        self.owed: list[Owed] = []  # in the order in which it came
        self.put = self.owed.append

    def take(self) -> list[Owed]:
        """Return what is owed, which is the caller's to hand over now."""
        owed = self.owed.copy()
        self.owed.clear()
        return owed
