"""A fault rule: which calls it is about, when it applies to them, and what happens then.

A rule is written flat, as JSON or in a `[[faults]]` table of a TOML file:

    {"action": "SendMessage", "queue": "orders*", "times": 2, "effect": "error", "error": "RequestThrottled"}

Which calls: `action` (a name, several, or `*`), `queue` (a name, or a glob pattern), `account` (or `*` for all), `task`
(a Celery task's name or a pattern: calls that bear or name a message of that task). When: `nth` (the nth matching call
alone), `every` (each nth), `probability` (with a `seed`), `times` (so often at most); all that are given must hold, and
none given means always. What: `effect`, with keys of its own (`effects.py`).

A rule of `deliver-twice` counts messages as they are received for the first time, one of `shuffle` receives that find
something; all others count calls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple

import msgspec

from sqs_emulator.contract.sqs import ACTIONS
from sqs_emulator.core.identifiers import ACCOUNT_ID
from sqs_emulator.faults import errors
from sqs_emulator.faults.effects import EFFECTS, DeliverTwice, Effect, FailEntries, Fewer, LoseAnswer, Shuffle

ANY: Final = "*"
RECEIVE: Final = "ReceiveMessage"
BATCHES: Final = ("SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch")
# The actions that bear or name messages, by which a rule of a task knows them.
ON_MESSAGES: Final = ("SendMessage", "DeleteMessage", "ChangeMessageVisibility", *BATCHES, RECEIVE)
# What an effect can be done to, where that is not every action.
_DONE_TO: Final[dict[type[Effect], tuple[str, ...]]] = {
    DeliverTwice: (RECEIVE,),
    Shuffle: (RECEIVE,),
    Fewer: (RECEIVE,),
    FailEntries: BATCHES,
}
# What a receive will bring is known afterwards: a rule of a task can do only these to one.
_KNOWN_AFTERWARDS: Final = (DeliverTwice, LoseAnswer)
ON_DELIVERY: Final = (DeliverTwice, Shuffle)


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
        done_to = _DONE_TO.get(type(self.effect))
        if done_to is not None and action not in done_to:
            return False
        return self.queue is None or (queue is not None and fnmatchcase(queue, self.queue))

    def is_about_task(self, task: str | None) -> bool:
        return self.task is None or (task is not None and fnmatchcase(task, self.task))

    @property
    def is_on_delivery(self) -> bool:
        """Whether it is done in the queue, not to a call."""
        return isinstance(self.effect, ON_DELIVERY)

    @property
    def draws(self) -> bool:
        """Whether chance has a part in it."""
        return self.probability is not None or isinstance(self.effect, Shuffle)

    def written(self) -> dict[str, Any]:
        """Return the rule as it is written, without what is left to the defaults."""
        own = {name: getattr(self, name) for name in _RULE_KEYS if name != "account"}
        own["scenario"] = self.scenario
        own["action"] = self.action[0] if len(self.action) == 1 else list(self.action) or None
        effect: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self.effect))
        return {"account": self.account, **{name: value for name, value in own.items() if value is not None}, **effect}


def parse_rule(given: Mapping[str, Any]) -> FaultRule:
    """Make a rule of what somebody wrote; raises FaultError."""
    if "effect" not in given:
        raise FaultError(f"effect is missing; allowed is {_either(tuple(EFFECTS))}.")
    name = given["effect"]
    if not isinstance(name, str) or name not in EFFECTS:
        raise FaultError(_refusal("effect", name, _either(tuple(EFFECTS))))
    kind = EFFECTS[name]
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for key in given:
        if key != "effect" and key not in _RULE_KEYS and key not in fields:
            allowed = ", ".join(("effect", *fields, *_RULE_KEYS))
            raise FaultError(f"{key!r} is no key of a rule whose effect is {name}; allowed are {allowed}.")
    missing = next((each for each in fields.values() if each.required and each.name not in given), None)
    if missing is not None:
        raise FaultError(f"{missing.name} is missing, which the effect {name} needs: {_EFFECT_KEYS[missing.name][1]}.")
    effect = kind(**{key: read(key, given[key], _EFFECT_KEYS) for key in fields if key in given})
    rule = FaultRule(effect=effect, **{key: read(key, given[key], _RULE_KEYS) for key in _RULE_KEYS if key in given})
    check(rule)
    return rule


def read(key: str, value: object, keys: Mapping[str, Key]) -> Any:
    """Return a key's value, parsed; raises FaultError."""
    reader, allowed = keys[key]
    try:
        return reader(value)
    except (ValueError, TypeError):
        raise FaultError(_refusal(key, value, allowed)) from None


def _refusal(key: str, value: object, allowed: str) -> str:
    shown = repr(value)
    return f"{key} is {shown if len(shown) <= 100 else shown[:97] + '...'}; allowed is {allowed}."


def check(rule: FaultRule) -> None:
    """Refuse what no call could ever meet, and what contradicts itself; raises FaultError."""
    effect = str(rule.effect.__struct_config__.tag)
    done_to = _DONE_TO.get(type(rule.effect))
    if done_to is not None and not set(rule.action) <= set(done_to):
        raise FaultError(_refusal("action", _one_or_all(rule.action), f"{_either(done_to)} with the effect {effect}"))
    if rule.task is not None:
        if rule.action and not set(rule.action) & set(ON_MESSAGES):
            reason = f"{_either(ON_MESSAGES)} with a task"
            raise FaultError(_refusal("action", _one_or_all(rule.action), reason))
        if rule.action == (RECEIVE,) and not isinstance(rule.effect, _KNOWN_AFTERWARDS):
            reason = "lose-answer or deliver-twice with a task and ReceiveMessage: what it brings is not known before"
            raise FaultError(_refusal("effect", effect, reason))
        if isinstance(rule.effect, Shuffle | Fewer):
            raise FaultError(_refusal("task", rule.task, f"none with the effect {effect}"))
    if rule.is_on_delivery and rule.queue is not None and rule.queue.endswith(".fifo"):
        raise FaultError(_refusal("queue", rule.queue, f"a standard queue with the effect {effect}"))
    if rule.nth is not None and rule.every is not None:
        raise FaultError(f"nth is {rule.nth} and every is {rule.every}; allowed is one of the two.")
    if rule.seed is not None and rule.probability is None and not isinstance(rule.effect, Shuffle):
        raise FaultError(_refusal("seed", rule.seed, "none without a probability, but for the effect shuffle"))


def _one_or_all(actions: tuple[str, ...]) -> str | list[str]:
    return actions[0] if len(actions) == 1 else list(actions)


def _either(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


# The keys: what makes a value of what was written, and what is allowed.


class Key(NamedTuple):
    read: Callable[[Any], Any]
    allowed: str


def _integer(lowest: int, highest: int | None = None) -> Key:
    def reader(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < lowest:
            raise ValueError
        if highest is not None and value > highest:
            raise ValueError
        return value

    return Key(reader, f"{lowest} or more" if highest is None else f"{lowest} to {highest}")


def _number(lowest: float, highest: float) -> Key:
    def reader(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not lowest <= value <= highest:
            raise ValueError
        if not math.isfinite(value):
            raise ValueError
        return value

    return Key(reader, f"{lowest:g} to {highest:g}")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _some_text(value: object) -> str:
    if not _text(value):
        raise ValueError
    return _text(value)


def _actions(value: object) -> tuple[str, ...]:
    names = tuple(map(_text, value)) if isinstance(value, list | tuple) else (_text(value),)
    if names == (ANY,):
        return ()
    if not names or not all(name in ACTIONS for name in names):
        raise ValueError
    return tuple(dict.fromkeys(names))


def _account(value: object) -> str:
    text = _text(value)
    if text != ANY and not ACCOUNT_ID.fullmatch(text):
        raise ValueError
    return text


def _error(value: object) -> str:
    if not errors.is_known(_text(value)):
        raise ValueError
    return _text(value)


def _clock(value: object) -> str:
    if value not in ("real", "virtual"):
        raise ValueError
    return _text(value)


def _content_type(value: object) -> str:
    text = _some_text(value)
    if not (text.isascii() and text.isprintable()):
        raise ValueError
    return text


def _entries(value: object) -> tuple[int | str, ...]:
    listed = value if isinstance(value, list | tuple) else [value]
    for each in listed:
        if isinstance(each, bool) or not isinstance(each, int | str) or (isinstance(each, int) and each < 0):
            raise ValueError
    return tuple(listed)


_RULE_KEYS: Final[dict[str, Key]] = {
    "action": Key(_actions, f"one or several of {', '.join(ACTIONS)}, or *"),
    "queue": Key(_some_text, "a queue's name, or a pattern such as orders-*"),
    "account": Key(_account, "a number of 12 digits, or * for all accounts"),
    "task": Key(_some_text, "a Celery task's name, or a pattern such as shop.*"),
    "nth": _integer(1),
    "every": _integer(1),
    "times": _integer(1),
    "probability": _number(0, 1),
    "seed": _integer(0),
}
_STATUS: Final = _integer(400, 599)
_EFFECT_KEYS: Final[dict[str, Key]] = {
    "error": Key(_error, f"one of {', '.join(errors.NAMES)}"),
    "message": Key(_text, "a text"),
    "status": _STATUS,
    "body": Key(_text, "a text"),
    "content_type": Key(_content_type, "a media type, such as text/html"),
    "seconds": _number(0, 86_400),
    "clock": Key(_clock, "real or virtual"),
    "entries": Key(_entries, "a batch entry's Id, its place from 0, or several of those"),
    "at_most": _integer(0, 10),
    "among": _integer(2, 1_000),
}
SCENARIO_KEYS: Final = {key: _RULE_KEYS[key] for key in ("queue", "account", "seed")}
