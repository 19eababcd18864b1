"""Fault rules as people write them: what is allowed for each key, and the words for what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from sqs_emulator.contract.sqs import ACTIONS
from sqs_emulator.core.identifiers import ACCOUNT_ID
from sqs_emulator.faults import errors
from sqs_emulator.faults.effects import EFFECTS, ON_MESSAGES, RECEIVE
from sqs_emulator.faults.rules import ANY, FaultError, FaultRule


def parse_rule(given: Mapping[str, Any]) -> FaultRule:
    """Make a rule of what somebody wrote; raises FaultError."""
    if "effect" not in given:
        raise FaultError(f"effect is missing; allowed is {_either(list(EFFECTS))}.")
    name = given["effect"]
    if not isinstance(name, str) or name not in EFFECTS:
        raise FaultError(_refusal("effect", name, _either(list(EFFECTS))))
    kind = EFFECTS[name]
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for key in given:
        if key != "effect" and key not in RULE_KEYS and key not in fields:
            allowed = ", ".join(("effect", *fields, *RULE_KEYS))
            raise FaultError(f"{key!r} is not a key of a rule whose effect is {name}; allowed are {allowed}.")
    missing = next((field for field in fields.values() if field.required and field.name not in given), None)
    if missing is not None:
        raise FaultError(f"{missing.name} is missing; the effect {name} needs it: {EFFECT_KEYS[missing.name][1]}.")
    effect = kind(**{key: read(key, given[key], EFFECT_KEYS) for key in fields if key in given})
    rule = FaultRule(effect=effect, **{key: read(key, given[key], RULE_KEYS) for key in RULE_KEYS if key in given})
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
    effect = rule.effect
    name = effect.name()
    if not all(map(effect.can_be_done_to, rule.action)):
        allowed = f"{_either(effect.done_to)} with the effect {name}"
        raise FaultError(_refusal("action", _one_or_all(rule.action), allowed))
    if rule.task is not None:
        _check_task(rule, rule.task)
    if effect.in_delivery and rule.queue is not None and rule.queue.endswith(".fifo"):
        raise FaultError(_refusal("queue", rule.queue, f"a standard queue with the effect {name}"))
    if rule.nth is not None and rule.every is not None:
        raise FaultError(f"nth is {rule.nth} and every is {rule.every}; allowed is one of the two.")
    if rule.seed is not None and not rule.draws:
        drawing = _either([name for name, kind in EFFECTS.items() if kind.draws])
        raise FaultError(_refusal("seed", rule.seed, f"none without a probability, except with the effect {drawing}"))


def _check_task(rule: FaultRule, task: str) -> None:
    effect = rule.effect
    if rule.action and not set(rule.action) & set(ON_MESSAGES):
        raise FaultError(_refusal("action", _one_or_all(rule.action), f"{_either(ON_MESSAGES)} with a task"))
    if effect.can_wait_for_tasks:
        return
    if rule.action == (RECEIVE,):
        waiting = _either([name for name, kind in EFFECTS.items() if kind.can_wait_for_tasks])
        allowed = f"{waiting} with a task and ReceiveMessage: it is not known before what a receive brings"
        raise FaultError(_refusal("effect", effect.name(), allowed))
    if effect.done_to == (RECEIVE,):
        raise FaultError(_refusal("task", task, f"none with the effect {effect.name()}"))


def _one_or_all(actions: tuple[str, ...]) -> str | list[str]:
    return actions[0] if len(actions) == 1 else list(actions)


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


# The keys: each has what makes a value of what was written, and words for what is allowed.


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
    for entry in listed:
        if isinstance(entry, bool) or not isinstance(entry, int | str) or (isinstance(entry, int) and entry < 0):
            raise ValueError
    return tuple(listed)


RULE_KEYS: Final[dict[str, Key]] = {
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
EFFECT_KEYS: Final[dict[str, Key]] = {
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
SCENARIO_KEYS: Final = {key: RULE_KEYS[key] for key in ("queue", "account", "seed")}
