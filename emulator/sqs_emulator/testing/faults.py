"""What goes wrong on purpose in an account, as a test asks for it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sqs_emulator.testing.control import ControlClient


class FaultClient:
    """The fault rules of one account. The keywords of a rule are those of the documentation of faults."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def add(self, effect: str, **rule: Any) -> int:
        """Put a rule in force, such as `add("error", error="OverLimit", action="ReceiveMessage", times=2)`.

        Returns the number of the rule.
        """
        (added,) = self._control.post("faults", {"effect": effect, **rule})["faults"]
        number: int = added["id"]
        return number

    def scenario(self, name: str, seed: int | None = None) -> None:
        """Switch on a scenario: at-least-once, throttled, flaky-network or lost-permissions."""
        self._control.post("faults", {"scenario": name} if seed is None else {"scenario": name, "seed": seed})

    def rules(self) -> list[dict[str, Any]]:
        """Return the rules in force, each with how often it was `matched` and `applied`."""
        found: list[dict[str, Any]] = self._control.get("faults")["faults"]
        return found

    def applied(self, number: int) -> int:
        """Return how often a rule was applied."""
        return next(int(rule["applied"]) for rule in self.rules() if rule["id"] == number)

    def remove(self, rule: int | str) -> None:
        """End a rule, by its number, or a scenario, by its name."""
        self._control.delete(f"faults/{quote(str(rule), safe='')}")

    def clear(self) -> None:
        """End all rules and scenarios."""
        self._control.delete("faults")
