"""Dead-letter queues: which queue takes the messages that were received too often, and who may use it.

Ground: Amazon SQS Developer Guide, "Using dead-letter queues in Amazon SQS".
"""

from __future__ import annotations

import json
import re

import msgspec

from sqs_emulator.core.errors import InvalidParameter
from sqs_emulator.core.limits import ALLOWED_SOURCE_QUEUES, MAX_RECEIVE_COUNT


class RedrivePolicy(msgspec.Struct, frozen=True, rename="camel"):
    """Of a source queue: after `max_receive_count` receives a message goes to the queue with this ARN."""

    dead_letter_target_arn: str
    max_receive_count: int

    @classmethod
    def parse(cls, text: str) -> RedrivePolicy:
        policy = _json_map(text, "RedrivePolicy", "Redrive policy is not a valid JSON map.")
        for key in ("deadLetterTargetArn", "maxReceiveCount"):
            if key not in policy:
                raise refused(text, f"Redrive policy does not contain mandatory attribute: {key}.")
        arn, count = policy["deadLetterTargetArn"], policy["maxReceiveCount"]
        # Not settled: AWS's words for an unknown key and for an ARN that is none.
        for key in policy.keys() - {"deadLetterTargetArn", "maxReceiveCount"}:
            raise refused(text, f"Redrive policy contains unknown attribute: {key}.")
        if not isinstance(arn, str) or not re.fullmatch(r"arn:[^:]*:sqs:[^:]*:[^:]*:[^:]+", arn):
            raise refused(text, f"Invalid value for deadLetterTargetArn: {arn}.")
        lowest, highest = MAX_RECEIVE_COUNT
        if not re.fullmatch(r"[0-9]{1,9}", str(count), re.ASCII) or not lowest <= int(str(count)) <= highest:
            shown = count if isinstance(count, str) else json.dumps(count)
            allowed = f"valid values are from {lowest} to {highest} both inclusive."
            reason = f"Invalid value for maxReceiveCount: {shown}, {allowed}"
            raise refused(text, reason)
        return cls(arn, int(str(count)))


class RedriveAllowPolicy(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Of a dead-letter queue: which queues may name it in their redrive policy."""

    redrive_permission: str
    source_queue_arns: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> RedriveAllowPolicy:
        policy = _json_map(text, "RedriveAllowPolicy", "Redrive allow policy is not a valid JSON map.")
        permission, arns = policy.get("redrivePermission"), policy.get("sourceQueueArns", [])
        # Not settled: AWS's words for all of these.
        if permission not in ("allowAll", "denyAll", "byQueue"):
            raise _refused_allow(text, f"Invalid value for redrivePermission: {permission}.")
        if not isinstance(arns, list) or not all(isinstance(arn, str) for arn in arns):
            raise _refused_allow(text, "Invalid value for sourceQueueArns.")
        fewest, most = ALLOWED_SOURCE_QUEUES
        if (permission == "byQueue") != bool(arns) or len(arns) > most:
            reason = f"sourceQueueArns takes {fewest} to {most} ARNs, and only when redrivePermission is byQueue."
            raise _refused_allow(text, reason)
        return cls(str(permission), tuple(arns))

    def allows(self, source_arn: str) -> bool:
        return self.redrive_permission == "allowAll" or source_arn in self.source_queue_arns


def refused(text: str, reason: str) -> InvalidParameter:
    return InvalidParameter(text, "RedrivePolicy", reason)


def _refused_allow(text: str, reason: str) -> InvalidParameter:
    return InvalidParameter(text, "RedriveAllowPolicy", reason)


def _json_map(text: str, parameter: str, reason: str) -> dict[str, object]:
    try:
        policy: object = json.loads(text)
        json.dumps(policy, ensure_ascii=False).encode()  # escapes can spell half a character, which no answer can hold
    except (ValueError, RecursionError):
        policy = None
    if not isinstance(policy, dict):
        raise InvalidParameter(text, parameter, reason)
    return policy
