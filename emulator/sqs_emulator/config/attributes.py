"""The attributes of a queue as the API has them, texts, from what a configuration says: numbers, booleans, tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from sqs_emulator.config.errors import ConfigError, bad_value, shown, unknown_name
from sqs_emulator.config.tables import Template
from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.attributes import FIFO_ONLY, SETTABLE, Boolean, Choice, Integer, Kind, Text
from sqs_emulator.core.errors import SqsError

FIFO: Final = ".fifo"  # how the name of a FIFO queue ends, and of no other


def texts_of(template: Template, *, account: str, region: str, name: str) -> dict[str, str]:
    """Return what CreateQueue is told of a queue; raises ConfigError for an attribute that cannot be."""
    is_fifo = name.endswith(FIFO)
    texts = {"FifoQueue": "true"} if is_fifo else {}
    for attribute, value in template.attributes.items():
        if attribute not in SETTABLE:
            raise unknown_name(attribute, SETTABLE, what="attribute")
        if attribute in FIFO_ONLY and not is_fifo:
            raise bad_value(attribute, value, "a FIFO queue's, whose name ends with .fifo")
        texts[attribute] = _text(attribute, value)
    if (target := _dead_letter_queue(template)) is not None:
        policy = {
            "deadLetterTargetArn": str(QueueArn.of(region, account, target)),
            "maxReceiveCount": template.max_receive_count,
        }
        texts["RedrivePolicy"] = _text("RedrivePolicy", policy)
    return texts


def _text(name: str, value: object) -> str:
    kind = SETTABLE[name][1]
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, int | str):
        text = str(value)
    elif isinstance(value, Mapping):
        text = json.dumps(value)
    else:
        raise bad_value(name, value, _allowed(kind))
    try:
        kind.read(name, text)
    except SqsError as error:
        raise ConfigError(f"{name} is {shown(value)}; allowed is {_allowed(kind)}. ({error.message})") from None
    return text


def _allowed(kind: Kind) -> str:
    if isinstance(kind, Integer):
        return f"{kind.lowest} to {kind.highest}"
    if isinstance(kind, Choice):
        return " or ".join(kind.values)
    if isinstance(kind, Boolean):
        return "true or false"
    return "a text" if type(kind) is Text else "a table, or its JSON"


def _dead_letter_queue(template: Template) -> str | None:
    target, count = template.dead_letter_queue, template.max_receive_count
    if (target is None) != (count is None):
        raise ConfigError("dead_letter_queue and max_receive_count go together: one is set and the other is not.")
    if target is not None and "RedrivePolicy" in template.attributes:
        raise ConfigError("RedrivePolicy and dead_letter_queue cannot both be set: they say the same.")
    return target
