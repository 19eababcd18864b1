"""How each error is spelt on the wire: one row per error class, with its JSON and Query forms and its status.

Source: the Smithy model of SQS (statuses, Query codes) and recorded answers. The `com.amazon.coral.service` namespace
is AWS's own for errors that no service models.
"""

from __future__ import annotations

from typing import Final

import msgspec

from sqs_emulator.core import errors
from sqs_emulator.core.errors import SqsError

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


# What nothing here brings about by itself: answered where a fault rule says so. Where AWS's words are on no page and in
# no recording, they are those of the error's description in the Amazon SQS API Reference.


class RequestThrottled(ProtocolError):
    words = "Request is throttled."


class ThrottlingException(ProtocolError):
    words = "Rate exceeded"


class ServiceUnavailable(ProtocolError):
    words = "The request has failed due to a temporary failure of the server."


class ExpiredToken(ProtocolError):
    words = "The security token included in the request is expired"


class InvalidClientTokenId(ProtocolError):
    words = "The security token included in the request is invalid."


class SignatureDoesNotMatch(ProtocolError):
    words = (
        "The request signature we calculated does not match the signature you provided. "
        "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    )


class InvalidSecurity(ProtocolError):
    words = "The request was not made over HTTPS or did not use SigV4 for signing."


class InvalidAddress(ProtocolError):
    words = "The specified ID is invalid."


class MessageNotInflight(ProtocolError):
    words = "The specified message isn't in flight."


class KmsAccessDenied(ProtocolError):
    words = "The caller doesn't have the required KMS access."


class KmsDisabled(ProtocolError):
    words = "The request was denied because the specified KMS key is not enabled."


class KmsInvalidKeyUsage(ProtocolError):
    words = "The KeyUsage value of the KMS key is incompatible with the API operation."


class KmsInvalidState(ProtocolError):
    words = "The request was rejected because the state of the specified resource is not valid for this request."


class KmsNotFound(ProtocolError):
    words = "The request was rejected because the specified entity or resource could not be found."


class KmsOptInRequired(ProtocolError):
    words = "The request was rejected because the specified key policy isn't syntactically or semantically correct."


class KmsThrottled(ProtocolError):
    words = "Rate exceeded"


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
    RequestThrottled: _sqs("RequestThrottled", status=403),
    ThrottlingException: WireError(_CORAL + "ThrottlingException", "Throttling"),
    ServiceUnavailable: WireError(_CORAL + "ServiceUnavailableException", "ServiceUnavailable", 503, "Receiver"),
    ExpiredToken: WireError(_CORAL + "ExpiredTokenException", "ExpiredToken", 403),
    InvalidClientTokenId: WireError(_CORAL + "UnrecognizedClientException", "InvalidClientTokenId", 403),
    SignatureDoesNotMatch: WireError(_CORAL + "InvalidSignatureException", "SignatureDoesNotMatch", 403),
    InvalidSecurity: _sqs("InvalidSecurity", status=403),
    InvalidAddress: _sqs("InvalidAddress", status=404),
    MessageNotInflight: _sqs("MessageNotInflight", _SIMPLE + "MessageNotInflight"),
    KmsAccessDenied: _sqs("KmsAccessDenied", "KMS.AccessDeniedException"),
    KmsDisabled: _sqs("KmsDisabled", "KMS.DisabledException"),
    KmsInvalidKeyUsage: _sqs("KmsInvalidKeyUsage", "KMS.InvalidKeyUsageException"),
    KmsInvalidState: _sqs("KmsInvalidState", "KMS.InvalidStateException"),
    KmsNotFound: _sqs("KmsNotFound", "KMS.NotFoundException"),
    KmsOptInRequired: _sqs("KmsOptInRequired", "KMS.OptInRequired", 403),
    KmsThrottled: _sqs("KmsThrottled", "KMS.ThrottlingException"),
}


def wire_error(shape: type[SqsError]) -> WireError:
    """Return the row of an error's class: its own, or that of the class it derives from."""
    return next(WIRE_ERRORS[each] for each in shape.__mro__ if each in WIRE_ERRORS)
