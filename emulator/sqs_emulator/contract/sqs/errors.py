"""The errors of SQS: one row per error class.

Source: the Smithy model of SQS (statuses, Query codes) and recorded answers. The `com.amazon.coral.service` namespace
is AWS's own for errors that no service models.
"""

from __future__ import annotations

from typing import Final

from sqs_emulator.contract.errors import (
    AccessDenied,
    ExpiredToken,
    InternalError,
    InvalidAction,
    InvalidAddress,
    InvalidClientTokenId,
    InvalidSecurity,
    KmsAccessDenied,
    KmsDisabled,
    KmsInvalidKeyUsage,
    KmsInvalidState,
    KmsNotFound,
    KmsOptInRequired,
    KmsThrottled,
    MessageNotInflight,
    MissingAction,
    RequestEntityTooLarge,
    RequestThrottled,
    SerializationException,
    ServiceUnavailable,
    SignatureDoesNotMatch,
    ThrottlingException,
    UnknownOperation,
    WireError,
)
from sqs_emulator.core import errors
from sqs_emulator.core.errors import SqsError

_SQS: Final = "com.amazonaws.sqs#"
_CORAL: Final = "com.amazon.coral.service#"
_SIMPLE: Final = "AWS.SimpleQueueService."


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
