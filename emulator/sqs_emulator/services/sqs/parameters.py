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


def max_number_of_messages(value: int, limits: Limits) -> None:
    if not 1 <= value <= limits.receive_messages:
        reason = f"Must be between 1 and {limits.receive_messages}, if provided."
        raise InvalidParameter(value, "MaxNumberOfMessages", reason)


def wait_time(value: int, limits: Limits) -> None:
    if not 0 <= value <= limits.wait_seconds:
        raise InvalidParameter(value, "WaitTimeSeconds", f"Must be >= 0 and <= {limits.wait_seconds}, if provided.")


def visibility_timeout(value: int, limits: Limits) -> None:
    if not 0 <= value <= limits.visibility_timeout_seconds:
        reason = f"Must be >= 0 and <= {limits.visibility_timeout_seconds}, if provided."
        raise InvalidParameter(value, "VisibilityTimeout", reason)


def delay(value: int, limits: Limits) -> None:
    if not 0 <= value <= limits.delay_seconds:
        raise InvalidParameter(value, "DelaySeconds", f"DelaySeconds must be >= 0 and <= {limits.delay_seconds}.")


def max_results(value: int, limits: Limits) -> None:
    _results(value, limits.list_results)


def move_tasks_results(value: int, limits: Limits) -> None:
    _results(value, limits.move_tasks_remembered)


def _results(value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise InvalidParameter(value, "MaxResults", f"MaxResults must be between 1 and {most}.")


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
