"""A rule in force: how often it matched, how often it was applied, and which calls it holds up."""

from __future__ import annotations

import random
from typing import Any, Protocol

from sqs_emulator.faults.rules import FaultRule

_SEED_BITS = 32


class Held(Protocol):
    """A call that waits."""

    account: str

    def release(self) -> None:
        """Go on now."""
        ...


class ActiveRule:
    """`seed` is the rule's, or one that was drawn for it, so that what happened can be repeated."""

    def __init__(self, number: int, rule: FaultRule) -> None:
        self.number = number
        self.rule = rule
        self.matched = 0
        self.applied = 0
        self.held: set[Held] = set()
        self.seed = random.getrandbits(_SEED_BITS) if rule.seed is None else rule.seed
        self._chances = random.Random(self.seed)
        self.order = random.Random(f"order {self.seed}")  # what `shuffle` draws from

    def applies(self) -> bool:
        """Count one more match, and say whether the rule applies to it.

        What is drawn for the nth match depends on the seed and on n alone, not on the rule's other conditions.
        """
        rule = self.rule
        self.matched += 1
        by_chance = rule.probability is None or self._chances.random() < rule.probability
        by_number = rule.nth in (None, self.matched) and (rule.every is None or self.matched % rule.every == 0)
        if not (by_chance and by_number) or (rule.times is not None and self.applied >= rule.times):
            return False
        self.applied += 1
        return True

    def release(self, account: str | None = None) -> None:
        """Let the calls go on that it holds up: all of them, or those on an account."""
        for call in [held for held in self.held if account in (None, held.account)]:
            call.release()

    def told(self) -> dict[str, Any]:
        """Return the rule as it is listed."""
        written = self.rule.written()
        if self.rule.seed is None and self.rule.draws:
            written["seed"] = self.seed
        return {"id": self.number, "matched": self.matched, "applied": self.applied, **written}
