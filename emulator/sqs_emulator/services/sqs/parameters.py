"""What numbers and names may be, in AWS's words. The numbers are the limits'; the words are recorded ones.

Not settled: the words for VisibilityTimeout and MaxResults out of their limits.
"""

from __future__ import annotations

import re
import string
from typing import Final

from sqs_emulator.core.errors import InvalidParameter, InvalidParameterValue
from sqs_emulator.core.limits import Limits

_QUEUE_NAME: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_IDENTIFIER: Final = re.compile(rf"[A-Za-z0-9{re.escape(string.punctuation)}]+", re.ASCII)


# Numbers.


def in_range(value: int, lowest: int, highest: int, parameter: str, reason: str) -> None:
    if not lowest <= value <= highest:
        raise InvalidParameter(value, parameter, reason.format(lowest=lowest, highest=highest))


def max_number_of_messages(value: int, limits: Limits) -> None:
    reason = "Must be between {lowest} and {highest}, if provided."
    in_range(value, 1, limits.receive_messages, "MaxNumberOfMessages", reason)


def wait_time(value: int, limits: Limits) -> None:
    reason = "Must be >= {lowest} and <= {highest}, if provided."
    in_range(value, 0, limits.wait_seconds, "WaitTimeSeconds", reason)


def visibility_timeout(value: int, limits: Limits) -> None:
    reason = "Must be >= {lowest} and <= {highest}, if provided."
    in_range(value, 0, limits.visibility_timeout_seconds, "VisibilityTimeout", reason)


def delay(value: int, limits: Limits) -> None:
    reason = "DelaySeconds must be >= {lowest} and <= {highest}."
    in_range(value, 0, limits.delay_seconds, "DelaySeconds", reason)


def max_results(value: int, limits: Limits) -> None:
    reason = "MaxResults must be between {lowest} and {highest}."
    in_range(value, 1, limits.list_results, "MaxResults", reason)


def move_tasks_results(value: int, limits: Limits) -> None:
    reason = "MaxResults must be between {lowest} and {highest}."
    in_range(value, 1, limits.move_tasks_remembered, "MaxResults", reason)


# Names.


def queue_name(name: str, limits: Limits, *, is_fifo: bool) -> None:
    if is_fifo:
        fits = name.endswith(".fifo") and _QUEUE_NAME.fullmatch(name.removesuffix(".fifo"))
        if not (fits and len(name) <= limits.queue_name_length):
            raise InvalidParameterValue(
                "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, "
                f"must end with .fifo suffix and be 1 to {limits.queue_name_length} in length."
            )
    elif not (_QUEUE_NAME.fullmatch(name) and len(name) <= limits.queue_name_length):
        raise InvalidParameterValue(
            "Can only include alphanumeric characters, hyphens, or underscores. "
            f"1 to {limits.queue_name_length} in length"
        )


def identifier(value: str, parameter: str, limits: Limits) -> None:
    """A message group, deduplication or receive attempt id."""
    if not (_IDENTIFIER.fullmatch(value) and len(value) <= limits.identifier_length):
        reason = (
            f"{parameter} can only include alphanumeric and punctuation characters. "
            f"1 to {limits.identifier_length} in length."
        )
        raise InvalidParameter(value, parameter, reason)
