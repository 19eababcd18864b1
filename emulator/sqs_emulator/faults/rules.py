"""A fault rule: which calls it is about, when it applies to them, and what happens then.

A rule is written flat (`parsing.py` reads it), as JSON or in a `[[faults]]` table of a TOML file:

    {"action": "SendMessage", "queue": "orders*", "times": 2, "effect": "error", "error": "RequestThrottled"}

Which calls: `action` (a name, several, or `*`), `queue` (a name, or a glob pattern), `account` (or `*` for all), `task`
(a Celery task's name or a pattern: calls that carry or name a message of that task). When: `nth` (the nth matching call
alone), `every` (each nth), `probability` (with a `seed`), `times` (so often at most); all that are given must hold, and
none means always. What: `effect`, with keys of its own (`effects.py`).

A rule of `deliver-twice` counts messages, each when it is received for the first time. One of `shuffle` counts receives
that find something. All others count calls.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, Final

import msgspec

from sqs_emulator.faults.effects import Effect

ANY: Final = "*"


class FaultError(Exception):
    """A rule that cannot be: which key, which value, and what is allowed."""


class FaultRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. Made by hand it is taken as it is; `parse_rule` checks what it makes one of."""

    effect: Effect
    action: tuple[str, ...] = ()  # none: every one that the effect can be done to
    queue: str | None = None
    account: str = ANY
    task: str | None = None
    nth: int | None = None
    every: int | None = None
    times: int | None = None
    probability: float | None = None
    seed: int | None = None
    scenario: str | None = None  # the one it belongs to

    def is_about(self, action: str, account: str, queue: str | None) -> bool:
        if self.account not in (ANY, account):
            return False
        if self.action and action not in self.action:
            return False
        if not self.effect.can_be_done_to(action):
            return False
        return self.queue is None or (queue is not None and fnmatchcase(queue, self.queue))

    def is_about_task(self, task: str | None) -> bool:
        return self.task is None or (task is not None and fnmatchcase(task, self.task))

    @property
    def is_on_delivery(self) -> bool:
        """Whether it is done in the queue, not to a call."""
        return self.effect.in_delivery

    @property
    def draws(self) -> bool:
        """Whether chance has a part in it."""
        return self.probability is not None or self.effect.draws

    def written(self) -> dict[str, Any]:
        """Return the rule as it is written, without what is left to the defaults."""
        conditions = {name: getattr(self, name) for name in _CONDITIONS}
        conditions["action"] = self.action[0] if len(self.action) == 1 else list(self.action) or None
        given = {name: value for name, value in conditions.items() if value is not None}
        effect: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self.effect))
        return {"account": self.account, **given, **effect}


_CONDITIONS: Final = [name for name in FaultRule.__struct_fields__ if name not in ("effect", "account")]
