"""The attributes of a queue: what they are, what is allowed, how their text is read and shown.

On the wire all are strings; inside they are numbers, booleans and structs of one frozen `QueueAttributes`, which a
change replaces as a whole, so that a refused change changes nothing.

Ground: Amazon SQS API Reference, "SetQueueAttributes"; the words of the refusals are recorded ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final, Protocol

import msgspec

from sqs_emulator.core.errors import InvalidAttributeName, InvalidAttributeValue, MissingParameter
from sqs_emulator.core.limits import (
    ATTRIBUTE_CHARACTERS,
    DELAY_SECONDS,
    KMS_KEY_CHARACTERS,
    KMS_REUSE_SECONDS,
    MESSAGE_BYTES,
    RETENTION_SECONDS,
    VISIBILITY_TIMEOUT_SECONDS,
    WAIT_SECONDS,
)
from sqs_emulator.core.policy import PolicyDocument
from sqs_emulator.core.redrive import RedriveAllowPolicy, RedrivePolicy

_DEFAULT_KMS_REUSE_SECONDS: Final = 300


class QueueAttributes(msgspec.Struct, frozen=True):
    """The attributes that a user can set, with AWS's defaults. Durations are seconds, sizes bytes."""

    visibility_timeout: int = 30
    delay_seconds: int = 0
    maximum_message_size: int = MESSAGE_BYTES[1]
    message_retention_period: int = 345_600
    receive_message_wait_time_seconds: int = 0
    sqs_managed_sse_enabled: bool = True
    policy: str | None = None
    redrive_policy: RedrivePolicy | None = None
    redrive_allow_policy: RedriveAllowPolicy | None = None
    kms_master_key_id: str | None = None
    kms_data_key_reuse_period_seconds: int = _DEFAULT_KMS_REUSE_SECONDS
    fifo_queue: bool = False
    content_based_deduplication: bool = False
    deduplication_scope: str = "queue"
    fifo_throughput_limit: str = "perQueue"


class Kind(Protocol):
    """How an attribute's text becomes a value (or InvalidAttributeValue), and the value its text (or nothing)."""

    def read(self, name: str, text: str) -> object: ...
    def show(self, value: object) -> str | None: ...


class Integer(msgspec.Struct, frozen=True):
    lowest: int
    highest: int

    def read(self, name: str, text: str) -> int:
        if re.fullmatch(r"[0-9]{1,18}", text, re.ASCII) and self.lowest <= int(text) <= self.highest:
            return int(text)
        raise InvalidAttributeValue.of(name)

    def show(self, value: object) -> str:
        return str(value)


class Boolean(msgspec.Struct, frozen=True):
    def read(self, name: str, text: str) -> bool:
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise InvalidAttributeValue.of(name)

    def show(self, value: object) -> str:
        return "true" if value else "false"


class Choice(msgspec.Struct, frozen=True):
    values: tuple[str, ...]

    def read(self, name: str, text: str) -> str:
        if text in self.values:
            return text
        raise InvalidAttributeValue.of(name)

    def show(self, value: object) -> str:
        return str(value)


class QueueType(Boolean, frozen=True):
    """FifoQueue, which a queue keeps for life."""

    def read(self, name: str, text: str) -> bool:
        if super().read(name, text):
            return True
        raise InvalidAttributeValue(
            f"Invalid value for the parameter {name}. Reason: Modifying queue type is not supported."
        )


class Text(msgspec.Struct, frozen=True):
    """Any text of so many characters at the most; an empty one clears the attribute."""

    longest: int = ATTRIBUTE_CHARACTERS

    def read(self, name: str, text: str) -> str | None:
        if len(text) > self.longest:
            raise InvalidAttributeValue.of(name)
        return text or None

    def show(self, value: object) -> str | None:
        return None if value is None else str(value)


class Policy(Text, frozen=True):
    """A JSON policy document, which comes back exactly as it was sent."""

    def read(self, name: str, text: str) -> str | None:
        if text:
            PolicyDocument.parse(text)
        return text or None


class Redrive(msgspec.Struct, frozen=True):
    """A JSON map with a type of its own, which comes back in its normal form."""

    type: type[RedrivePolicy] | type[RedriveAllowPolicy]

    def read(self, name: str, text: str) -> RedrivePolicy | RedriveAllowPolicy | None:
        return self.type.parse(text) if text else None

    def show(self, value: object) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


SETTABLE: Final[dict[str, tuple[str, Kind]]] = {
    "VisibilityTimeout": ("visibility_timeout", Integer(*VISIBILITY_TIMEOUT_SECONDS)),
    "DelaySeconds": ("delay_seconds", Integer(*DELAY_SECONDS)),
    "MaximumMessageSize": ("maximum_message_size", Integer(*MESSAGE_BYTES)),
    "MessageRetentionPeriod": ("message_retention_period", Integer(*RETENTION_SECONDS)),
    "ReceiveMessageWaitTimeSeconds": ("receive_message_wait_time_seconds", Integer(*WAIT_SECONDS)),
    "SqsManagedSseEnabled": ("sqs_managed_sse_enabled", Boolean()),
    "Policy": ("policy", Policy()),
    "RedrivePolicy": ("redrive_policy", Redrive(RedrivePolicy)),
    "RedriveAllowPolicy": ("redrive_allow_policy", Redrive(RedriveAllowPolicy)),
    "KmsMasterKeyId": ("kms_master_key_id", Text(KMS_KEY_CHARACTERS)),
    "KmsDataKeyReusePeriodSeconds": ("kms_data_key_reuse_period_seconds", Integer(*KMS_REUSE_SECONDS)),
    "FifoQueue": ("fifo_queue", QueueType()),
    "ContentBasedDeduplication": ("content_based_deduplication", Boolean()),
    "DeduplicationScope": ("deduplication_scope", Choice(("queue", "messageGroup"))),
    "FifoThroughputLimit": ("fifo_throughput_limit", Choice(("perQueue", "perMessageGroupId"))),
}
READ_ONLY: Final = (
    "QueueArn",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
FIFO_ONLY: Final = ("FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit")
ALL_NAMES: Final = frozenset((*SETTABLE, *READ_ONLY, "All"))


def asks_for_fifo(sent: Mapping[str, str | None]) -> bool:
    """Say whether attributes are those of a FIFO queue to be."""
    return (sent.get("FifoQueue") or "").lower() == "true"


def changed(current: QueueAttributes, sent: Mapping[str, str | None]) -> QueueAttributes:
    """Return `current` with the attributes that were sent, or raise the first refusal and change nothing."""
    values: dict[str, object] = {}
    for name, text in sent.items():
        if name not in SETTABLE:
            raise InvalidAttributeName.unknown(name)
        if name in FIFO_ONLY and not current.fifo_queue:
            raise _for_fifo_only(name)
        if text is None:
            raise MissingParameter(f"Attribute.{name}.Value")
        if len(text) > ATTRIBUTE_CHARACTERS:
            raise InvalidAttributeValue.of(name)
        field, kind = SETTABLE[name]
        values[field] = kind.read(name, text)
    wanted = msgspec.structs.replace(current, **_with_encryption_coupled(values))
    if wanted.fifo_throughput_limit == "perMessageGroupId" and wanted.deduplication_scope != "messageGroup":
        # Not settled: AWS's words.
        raise InvalidAttributeValue(
            "Invalid value for the parameter FifoThroughputLimit. "
            "Reason: perMessageGroupId is allowed only when DeduplicationScope is messageGroup."
        )
    return wanted


def _for_fifo_only(name: str) -> InvalidAttributeName:
    if name in ("DeduplicationScope", "FifoThroughputLimit"):
        return InvalidAttributeName(f"You can specify the {name} only when FifoQueue is set to true.")
    return InvalidAttributeName.unknown(name)


def _with_encryption_coupled(values: dict[str, object]) -> dict[str, object]:
    """A KMS key switches SQS-managed encryption off and the other way round; clearing the key switches nothing on."""
    if values.get("kms_master_key_id") is not None:
        if values.get("sqs_managed_sse_enabled"):
            raise InvalidAttributeName(
                "You can use one type of server-side encryption (SSE) at one time. "
                "You can either enable KMS SSE or SQS SSE."
            )
        return {**values, "sqs_managed_sse_enabled": False}
    if values.get("sqs_managed_sse_enabled"):
        return {**values, "kms_master_key_id": None, "kms_data_key_reuse_period_seconds": _DEFAULT_KMS_REUSE_SECONDS}
    return values


def first_difference(sent: Mapping[str, str | None], wanted: QueueAttributes, live: QueueAttributes) -> str | None:
    """Return the first attribute sent whose value is not the live one.

    Policies are compared as JSON, and an empty one counts as not sent.
    """
    for name, text in sent.items():
        if name == "Policy" and not text:
            continue
        field = SETTABLE[name][0]
        new, old = getattr(wanted, field), getattr(live, field)
        if new != old and not (name == "Policy" and new and old and _json(new) == _json(old)):
            return name
    return None


def shown(attributes: QueueAttributes) -> dict[str, str]:
    """Return the settable attributes that are set, as text."""
    texts = {name: kind.show(getattr(attributes, field)) for name, (field, kind) in SETTABLE.items()}
    if attributes.kms_master_key_id is None:
        del texts["KmsDataKeyReusePeriodSeconds"]
    if not attributes.fifo_queue:
        for name in FIFO_ONLY:
            del texts[name]
    return {name: text for name, text in texts.items() if text is not None}
