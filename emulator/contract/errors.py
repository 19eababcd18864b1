"""How each error is spelt on the wire: one row per error class, with its JSON and Query forms and its status.

Source: the Smithy model of SQS (statuses, Query codes) and recorded answers. The `com.amazon.coral.service` namespace
is AWS's own for errors that no service models.
"""

from __future__ import annotations

from typing import Final

import msgspec

from emulator.core import errors
from emulator.core.errors import SqsError

_SQS: Final = "com.amazonaws.sqs#"
_CORAL: Final = "com.amazon.coral.service#"
_SIMPLE: Final = "AWS.SimpleQueueService."


class WireError(msgspec.Struct, frozen=True):
    json: str  # `__type`
    query: str  # `Code`, and the first half of `x-amzn-query-error`
    status: int = 400
    fault: str = "Sender"
    query_message: str | None = None  # where the Query protocol has words of its own


class ProtocolError(SqsError):
    """A request that never becomes an action: the wire itself cannot make sense of it."""


class UnknownOperation(ProtocolError):
    """No such action, told in JSON; AWS sends no message with it."""

    words = ""


class InvalidAction(ProtocolError):
    @classmethod
    def of(cls, action: str) -> InvalidAction:
        return cls(f"The action {action} is not valid for this endpoint.")


class MissingAction(ProtocolError):
    words = "The request must contain the parameter Action."


class SerializationException(ProtocolError):
    pass


class AccessDenied(ProtocolError):
    pass


class RequestEntityTooLarge(ProtocolError):
    @classmethod
    def of(cls, limit: int) -> RequestEntityTooLarge:
        return cls(f"The request body is longer than {limit} bytes, the limit that this server is set to.")


class InternalError(ProtocolError):
    words = "An internal error occurred: it is the emulator's own, and its log shows where."


def _sqs(name: str, query: str | None = None, status: int = 400, query_message: str | None = None) -> WireError:
    return WireError(_SQS + name, query or name, status, query_message=query_message)


WIRE_ERRORS: Final[dict[type[SqsError], WireError]] = {
    errors.InvalidParameterValue: WireError(_CORAL + "InvalidParameterValueException", "InvalidParameterValue"),
    errors.MissingParameter: WireError(_CORAL + "MissingRequiredParameterException", "MissingParameter"),
    errors.InvalidAttributeName: _sqs("InvalidAttributeName"),
    errors.InvalidAttributeValue: _sqs("InvalidAttributeValue"),
    errors.QueueDoesNotExist: _sqs(
        "QueueDoesNotExist",
        _SIMPLE + "NonExistentQueue",
        query_message="The specified queue does not exist for this wsdl version.",
    ),
    errors.QueueNameExists: _sqs("QueueNameExists", "QueueAlreadyExists"),
    errors.QueueDeletedRecently: _sqs("QueueDeletedRecently", _SIMPLE + "QueueDeletedRecently"),
    errors.PurgeQueueInProgress: _sqs("PurgeQueueInProgress", _SIMPLE + "PurgeQueueInProgress", 403),
    errors.InvalidMessageContents: _sqs("InvalidMessageContents"),
    errors.ReceiptHandleIsInvalid: _sqs("ReceiptHandleIsInvalid", status=404),
    errors.ResourceNotFound: _sqs("ResourceNotFoundException", status=404),
    errors.OverLimit: _sqs("OverLimit", status=403),
    errors.UnsupportedOperation: _sqs("UnsupportedOperation", _SIMPLE + "UnsupportedOperation"),
    errors.EmptyBatchRequest: _sqs("EmptyBatchRequest", _SIMPLE + "EmptyBatchRequest"),
    errors.TooManyEntriesInBatchRequest: _sqs("TooManyEntriesInBatchRequest", _SIMPLE + "TooManyEntriesInBatchRequest"),
    errors.BatchEntryIdsNotDistinct: _sqs("BatchEntryIdsNotDistinct", _SIMPLE + "BatchEntryIdsNotDistinct"),
    errors.InvalidBatchEntryId: _sqs("InvalidBatchEntryId", _SIMPLE + "InvalidBatchEntryId"),
    errors.BatchRequestTooLong: _sqs("BatchRequestTooLong", _SIMPLE + "BatchRequestTooLong"),
    UnknownOperation: WireError(_CORAL + "UnknownOperationException", "InvalidAction"),
    InvalidAction: WireError(_CORAL + "UnknownOperationException", "InvalidAction"),
    MissingAction: WireError(_CORAL + "UnknownOperationException", "MissingAction"),
    SerializationException: WireError(_CORAL + "SerializationException", "SerializationException"),
    AccessDenied: WireError(_CORAL + "AccessDeniedException", "AccessDenied", 403),
    RequestEntityTooLarge: WireError(_CORAL + "RequestEntityTooLargeException", "RequestEntityTooLarge", 413),
    InternalError: WireError(_SQS + "InternalError", "InternalError", 500, "Receiver"),
}


def wire_error(shape: type[SqsError]) -> WireError:
    """Return the row of an error's class: its own, or that of the class it derives from."""
    return next(WIRE_ERRORS[each] for each in shape.__mro__ if each in WIRE_ERRORS)
