"""Actions on the tags of queues, and which tags AWS takes. Not settled: its words for those out of their limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sqs_emulator.contract.sqs.queues import (
    ListQueueTagsRequest,
    ListQueueTagsResult,
    TagQueueRequest,
    UntagQueueRequest,
)
from sqs_emulator.core.errors import InvalidParameter, InvalidParameterValue, MissingParameter
from sqs_emulator.core.limits import TAG_KEY_LENGTH, TAG_VALUE_LENGTH, Limits
from sqs_emulator.services.call import Call
from sqs_emulator.services.subject import queue_of

_CHARACTERS: Final = re.compile(r"[^\W_]|[\s_.:/=+@-]")
_KEY_LENGTH: Final = "Tag keys must be between {} and {} characters in length.".format(*TAG_KEY_LENGTH)
_VALUE_LENGTH: Final = "Tag values must be between {} and {} characters in length.".format(*TAG_VALUE_LENGTH)


def tag_queue(call: Call, request: TagQueueRequest) -> None:
    queue, _ = queue_of(call, request.queue_url)
    if not request.tags:
        raise MissingParameter("Tags")
    merged = {**queue.tags, **checked(request.tags)}
    check_number(merged, queue.name, queue.limits)
    queue.set_tags(merged)


def untag_queue(call: Call, request: UntagQueueRequest) -> None:
    queue, _ = queue_of(call, request.queue_url)
    if not request.tag_keys:
        raise InvalidParameterValue(_KEY_LENGTH)
    for key in request.tag_keys:
        _check_key(key)
    queue.set_tags({key: value for key, value in queue.tags.items() if key not in request.tag_keys})


def list_queue_tags(call: Call, request: ListQueueTagsRequest) -> ListQueueTagsResult:
    queue, _ = queue_of(call, request.queue_url)
    return ListQueueTagsResult(tags=dict(queue.tags) or None)


def checked(given: Mapping[str, str | None]) -> dict[str, str]:
    """Check tags to set, and return them."""
    tags = {}
    for key, value in given.items():
        _check_key(key)
        if value is None:
            raise InvalidParameterValue(f"Value for tag {key} is invalid: the parameter 'value' may not be null")
        if not _is_within(TAG_VALUE_LENGTH, value):
            raise InvalidParameterValue(_VALUE_LENGTH)
        _check_characters(value)
        tags[key] = value
    return tags


def check_number(tags: Mapping[str, str], queue_name: str, limits: Limits) -> None:
    if len(tags) > limits.tags:
        raise InvalidParameterValue(f"Too many tags added for queue {queue_name}.")


def _check_key(key: str) -> None:
    if not _is_within(TAG_KEY_LENGTH, key):
        raise InvalidParameterValue(_KEY_LENGTH)
    if key.lower().startswith("aws:"):
        raise InvalidParameter(key, "TagKey", "Tag keys that begin with aws: are reserved.")
    _check_characters(key)


def _is_within(length: tuple[int, int], text: str) -> bool:
    lowest, highest = length
    return lowest <= len(text) <= highest


def _check_characters(text: str) -> None:
    if not all(_CHARACTERS.fullmatch(character) for character in text):
        reason = "Tags can only include Unicode letters, digits, whitespace, and _ . : / = + - @"
        raise InvalidParameter(text, "Tag", reason)
