"""What the doctor says: what is wrong, how it shows, and what to change."""

from __future__ import annotations

import enum
from typing import TypeAlias

import msgspec

Seen: TypeAlias = dict[str, int | float | str]


class Severity(enum.StrEnum):
    ERROR = "error"  # work is lost, done twice, or not done
    WARNING = "warning"  # it may be, or it went well by luck
    HINT = "hint"  # probably not as it was meant


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One way to do better. `setting` is as it is spelt where it belongs."""

    where: str  # Celery, kombu, SQS or code
    setting: str
    value: int | str | None = None
    text: str  # why, or what it does not do


class AffectedMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message that a finding is about."""

    message_id: str
    task: str | None = None
    task_id: str | None = None
    seen: str | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    severity: Severity
    queue: str  # ARN
    text: str
    seen: Seen  # numbers, each with its unit in its name
    count: int = 0  # messages
    messages: list[AffectedMessage] = []  # the first of them
    changes: list[Change]
