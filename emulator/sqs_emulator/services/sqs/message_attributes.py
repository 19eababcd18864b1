"""Message attributes, those of users and those of the system: which AWS takes, and its words for the others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec

from sqs_emulator.core.digests import is_legal_text
from sqs_emulator.core.errors import InvalidMessageContents, InvalidParameterValue, UnsupportedOperation
from sqs_emulator.core.limits import NUMBER_DIGITS, NUMBER_EXPONENTS, Limits
from sqs_emulator.core.message import MessageAttributeValue

_ATTRIBUTE_NAME_CHARACTERS: Final = re.compile(r"[\w.-]+")  # letters with diacritics too, as AWS does
_RESERVED_NAME: Final = re.compile(r"aws\.|amazon\.|\.", re.IGNORECASE)
_TYPE: Final = re.compile(r"(String|Number|Binary)(\..*)?", re.DOTALL)
# No digit can be read in two ways: otherwise a long text that is no number takes the square of its length.
_NUMBER: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?", re.ASCII)


def given(attributes: Mapping[str, MessageAttributeValue | None]) -> dict[str, MessageAttributeValue]:
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


def check(attributes: Mapping[str, MessageAttributeValue], limits: Limits) -> None:
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
    """Say whether it is a number, and within the limits of one."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return False
    mantissa = re.split("[eE]", text, maxsplit=1)[0]
    digits = mantissa.lstrip("+-").replace(".", "", 1).strip("0")
    if len(digits) > NUMBER_DIGITS:
        return False
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    lowest, highest = NUMBER_EXPONENTS
    return not number or lowest <= number.adjusted() <= highest


def trace_header_of(attributes: Mapping[str, MessageAttributeValue]) -> str:
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
