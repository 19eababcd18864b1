"""What parameters may be, in AWS's order and words. The numbers are the limits'; the words are recorded ones.

Not settled: the order of SendMessage's checks (AWS's is only partly known; this one is the specification's), and the
words for VisibilityTimeout, MaxResults and tags out of their limits.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec

from sqs_emulator.contract.sqs.messages import MessageFields
from sqs_emulator.core.deduplication import content_id
from sqs_emulator.core.digests import LEGAL_ASCII, attributes_size, is_legal_text, md5_of_attributes, md5_of_body
from sqs_emulator.core.errors import (
    InvalidMessageContents,
    InvalidParameter,
    InvalidParameterValue,
    MessageTooLong,
    MissingParameter,
    UnsupportedOperation,
)
from sqs_emulator.core.limits import Limits
from sqs_emulator.core.message import Draft, MessageAttributeValue
from sqs_emulator.core.queue import Queue

_QUEUE_NAME: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_IDENTIFIER: Final = re.compile(rf"[A-Za-z0-9{re.escape(string.punctuation)}]+", re.ASCII)
_NOT_FOR_THIS_QUEUE: Final = "The request include parameter that is not valid for this queue type."


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


# Messages.


def draft(fields: MessageFields, queue: Queue, sender_id: str, trace_header: str | None) -> Draft:
    """Check one message to send, and make the draft of it that the queue takes."""
    body = fields.message_body
    if not body:
        raise MissingParameter("MessageBody")
    encoded = body.encode()
    sent = fields.message_attributes
    size = len(encoded)
    attributes = None
    if sent:
        attributes = _given(sent)
        size += attributes_size(attributes)
    if size > queue.attributes.maximum_message_size:
        raise MessageTooLong(queue.attributes.maximum_message_size)
    if encoded.translate(None, LEGAL_ASCII) and not is_legal_text(body):
        raise InvalidMessageContents
    if attributes is not None:
        _message_attributes(attributes, queue.limits)
    if fields.message_system_attributes:
        trace_header = _system_attributes(_given(fields.message_system_attributes))
    if fields.message_group_id is not None:
        identifier(fields.message_group_id, "MessageGroupId", queue.limits)
    if fields.message_deduplication_id is not None:
        identifier(fields.message_deduplication_id, "MessageDeduplicationId", queue.limits)
    delay_seconds = fields.delay_seconds
    if delay_seconds is not None:
        delay(delay_seconds, queue.limits)
    deduplication_id = fields.message_deduplication_id
    if queue.attributes.fifo_queue:
        if fields.message_group_id is None:
            raise MissingParameter("MessageGroupId")
        if deduplication_id is None:
            content_or_id(fields, queue)
            deduplication_id = content_id(encoded)
        if delay_seconds:
            raise InvalidParameter(delay_seconds, "DelaySeconds", _NOT_FOR_THIS_QUEUE)
        delay_seconds = None  # 0 is taken, and the queue's delay counts all the same
    elif deduplication_id is not None:
        raise InvalidParameter(deduplication_id, "MessageDeduplicationId", _NOT_FOR_THIS_QUEUE)
    return Draft(
        body,
        md5_of_body(encoded),
        delay_seconds,
        attributes,
        None if attributes is None else md5_of_attributes(attributes),
        trace_header,
        fields.message_group_id,
        sender_id,
        deduplication_id,
    )


def content_or_id(fields: MessageFields, queue: Queue) -> None:
    """A FIFO queue must be able to tell duplicates."""
    if fields.message_deduplication_id is None and not queue.attributes.content_based_deduplication:
        raise InvalidParameterValue(
            "The queue should either have ContentBasedDeduplication enabled "
            "or MessageDeduplicationId provided explicitly"
        )


def fifo_batch(entries: Iterable[MessageFields], queue: Queue) -> None:
    """Refuse the whole of a SendMessageBatch for what fails one message; recorded, with SendMessage's words."""
    for entry in entries:
        if entry.message_group_id is None:
            raise InvalidParameterValue("The request must contain the parameter MessageGroupId.")
        content_or_id(entry, queue)


def message_size(fields: MessageFields) -> int:
    """Return what a message counts in a batch's total."""
    size = len((fields.message_body or "").encode())
    return size + attributes_size(_given(fields.message_attributes or {}))


def _given(attributes: Mapping[str, MessageAttributeValue | None]) -> dict[str, MessageAttributeValue]:
    return {name: _without_empty_lists(value or MessageAttributeValue()) for name, value in attributes.items()}


def _without_empty_lists(value: MessageAttributeValue) -> MessageAttributeValue:
    """Some SDKs send the lists of AWS's model that it never implemented, empty: they are not part of the message."""
    if value.string_list_values is None and value.binary_list_values is None:
        return value
    return msgspec.structs.replace(
        value,
        string_list_values=value.string_list_values or None,
        binary_list_values=value.binary_list_values or None,
    )


_ATTRIBUTE_NAME_CHARACTERS: Final = re.compile(r"[\w.-]+")  # letters with diacritics too, as AWS does
_RESERVED_NAME: Final = re.compile(r"aws\.|amazon\.|\.", re.IGNORECASE)
_TYPE: Final = re.compile(r"(String|Number|Binary)(\..*)?", re.DOTALL)
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?", re.ASCII)
_NUMBER_DIGITS: Final = 38
_NUMBER_EXPONENTS: Final = range(-128, 127)


def _message_attributes(attributes: Mapping[str, MessageAttributeValue], limits: Limits) -> None:
    if len(attributes) > limits.message_attributes:
        raise InvalidParameterValue(
            f"Number of message attributes [{len(attributes)}] exceeds the allowed maximum "
            f"[{limits.message_attributes}]."
        )
    for name, value in attributes.items():
        _attribute_name(name, limits)
        _attribute_value(name, value, limits)


def _attribute_name(name: str, limits: Limits) -> None:
    if len(name.encode()) > limits.attribute_name_bytes:
        raise InvalidParameterValue(
            f"Message (user) attribute names must be shorter than {limits.attribute_name_bytes} Bytes"
        )
    if not _ATTRIBUTE_NAME_CHARACTERS.fullmatch(name):
        raise InvalidParameterValue(
            "Message (user) attributes name can only contain upper and lower score characters, digits, periods, "
            "hyphens and underscores. "
        )
    if _RESERVED_NAME.match(name) or name.endswith(".") or ".." in name:
        raise InvalidParameterValue(
            "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for "
            "internal use. Additionally, they cannot start or end with '.'."
        )


def _attribute_value(name: str, value: MessageAttributeValue, limits: Limits) -> None:
    if value.string_list_values or value.binary_list_values:
        raise UnsupportedOperation("Message attribute list values in SendMessage operation are not supported.")
    data_type = value.data_type
    if not data_type:
        raise InvalidParameterValue(f"Message (user) attribute '{name}' must contain a non-empty attribute type.")
    if len(data_type.encode()) > limits.attribute_name_bytes:
        raise InvalidParameterValue(
            f"Message (user) attribute types must be shorter than {limits.attribute_name_bytes} Bytes"
        )
    family = _TYPE.fullmatch(data_type)
    if family is None:
        raise InvalidParameterValue(
            f"The type of message (user) attribute '{name}' is invalid. "
            "You must use only the following supported type prefixes: Binary, Number, String."
        )
    binary = family[1] == "Binary"
    given = value.binary_value if binary else value.string_value
    other = value.string_value if binary else value.binary_value
    if not given or other is not None:
        raise InvalidParameterValue(
            f"Message (user) attribute '{name}' must contain a non-empty value of type '{family[1]}'."
        )
    if isinstance(given, str):
        if not is_legal_text(given):
            raise InvalidParameterValue(InvalidMessageContents.words)
        if family[1] == "Number" and not _is_number(given):
            raise InvalidParameterValue(f"Can't cast the value of message (user) attribute '{name}' to a number.")


def _is_number(text: str) -> bool:
    """Up to 38 significant digits, between 10^-128 and 10^126."""
    if not _NUMBER.fullmatch(text.strip()):
        return False
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return False
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    return not number or (len(digits) <= _NUMBER_DIGITS and number.adjusted() in _NUMBER_EXPONENTS)


def _system_attributes(attributes: Mapping[str, MessageAttributeValue]) -> str:
    """Return the trace header, the only system attribute there is to send."""
    for name, value in attributes.items():
        if name != "AWSTraceHeader":
            raise InvalidParameterValue(f"Message system attribute name '{name}' is invalid.")
        if value.data_type != "String" or not value.string_value:
            raise InvalidParameterValue(
                f"Message (system) attribute '{name}' must contain a non-empty value of type 'String'."
            )
        if not is_legal_text(value.string_value):
            raise InvalidParameterValue(InvalidMessageContents.words)
    return attributes["AWSTraceHeader"].string_value or ""


# Tags.

_TAG_KEY_LENGTH: Final = 128
_TAG_VALUE_LENGTH: Final = 256
_TAG_CHARACTERS: Final = re.compile(r"[^\W_]|[\s_.:/=+@-]")


def tags(given: Mapping[str, str | None]) -> dict[str, str]:
    """Check tags to set, and return them."""
    checked = {}
    for key, value in given.items():
        tag_key(key)
        if value is None:
            raise InvalidParameterValue(f"Value for tag {key} is invalid: the parameter 'value' may not be null")
        if len(value) > _TAG_VALUE_LENGTH:
            raise InvalidParameterValue(f"Tag values must be between 0 and {_TAG_VALUE_LENGTH} characters in length.")
        _tag_text(value)
        checked[key] = value
    return checked


def tag_key(key: str) -> None:
    if not 1 <= len(key) <= _TAG_KEY_LENGTH:
        raise InvalidParameterValue(f"Tag keys must be between 1 and {_TAG_KEY_LENGTH} characters in length.")
    if key.lower().startswith("aws:"):
        raise InvalidParameter(key, "TagKey", "Tag keys that begin with aws: are reserved.")
    _tag_text(key)


def _tag_text(text: str) -> None:
    if not all(_TAG_CHARACTERS.fullmatch(character) for character in text):
        reason = "Tags can only include Unicode letters, digits, whitespace, and _ . : / = + - @"
        raise InvalidParameter(text, "Tag", reason)
