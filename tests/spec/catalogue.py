"""The error catalogue (sqs-api, section 2): what each error is called in JSON and in Query, and its HTTP status."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tests.raw_http import Response
from tests.spec.spelling import JSON
from tests.sqs_by_hand import Refused, read_json, read_xml

SQS: Final = "com.amazonaws.sqs#"
CORAL: Final = "com.amazon.coral.service#"
UNKNOWN_WORDS: Final = "…"  # in a message: any text


class Spelling(NamedTuple):
    """A row of the catalogue: of a JSON shape, its namespace; its Query code; its status."""

    query_code: str
    status: int = 400
    namespace: str = SQS


CATALOGUE: Final = {
    "BatchEntryIdsNotDistinct": Spelling("AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
    "BatchRequestTooLong": Spelling("AWS.SimpleQueueService.BatchRequestTooLong"),
    "EmptyBatchRequest": Spelling("AWS.SimpleQueueService.EmptyBatchRequest"),
    "InvalidBatchEntryId": Spelling("AWS.SimpleQueueService.InvalidBatchEntryId"),
    "TooManyEntriesInBatchRequest": Spelling("AWS.SimpleQueueService.TooManyEntriesInBatchRequest"),
    "MessageNotInflight": Spelling("AWS.SimpleQueueService.MessageNotInflight"),
    "PurgeQueueInProgress": Spelling("AWS.SimpleQueueService.PurgeQueueInProgress", 403),
    "QueueDeletedRecently": Spelling("AWS.SimpleQueueService.QueueDeletedRecently"),
    "QueueDoesNotExist": Spelling("AWS.SimpleQueueService.NonExistentQueue"),
    "QueueNameExists": Spelling("QueueAlreadyExists"),
    "UnsupportedOperation": Spelling("AWS.SimpleQueueService.UnsupportedOperation"),
    "OverLimit": Spelling("OverLimit", 403),
    "ReceiptHandleIsInvalid": Spelling("ReceiptHandleIsInvalid", 404),
    "ResourceNotFoundException": Spelling("ResourceNotFoundException", 404),
    "InvalidAttributeName": Spelling("InvalidAttributeName"),
    "InvalidAttributeValue": Spelling("InvalidAttributeValue"),
    "InvalidMessageContents": Spelling("InvalidMessageContents"),
    "InvalidAddress": Spelling("InvalidAddress", 404),
    "InvalidSecurity": Spelling("InvalidSecurity", 403),
    "RequestThrottled": Spelling("RequestThrottled", 403),
    "KmsAccessDenied": Spelling("KMS.AccessDeniedException"),
    "KmsDisabled": Spelling("KMS.DisabledException"),
    "KmsInvalidKeyUsage": Spelling("KMS.InvalidKeyUsageException"),
    "KmsInvalidState": Spelling("KMS.InvalidStateException"),
    "KmsNotFound": Spelling("KMS.NotFoundException"),
    "KmsThrottled": Spelling("KMS.ThrottlingException"),
    "KmsOptInRequired": Spelling("KMS.OptInRequired", 403),
    "InvalidParameterValueException": Spelling("InvalidParameterValue", namespace=CORAL),
    "MissingRequiredParameterException": Spelling("MissingParameter", namespace=CORAL),
    "AccessDeniedException": Spelling("AccessDenied", 403, namespace=CORAL),
}
# What no request brings about by itself. A fault rule can have it answered: that is why its spelling is checked, too.
NEVER_ANSWERED: Final = {
    "MessageNotInflight": "in AWS's model, never observed",
    "InvalidAddress": "in AWS's model, never observed: a silly queue URL is a queue that does not exist",
    "InvalidSecurity": "requests are not authenticated",
    "RequestThrottled": "requests are not throttled",
    "KmsAccessDenied": "nothing is encrypted",
    "KmsDisabled": "nothing is encrypted",
    "KmsInvalidKeyUsage": "nothing is encrypted",
    "KmsInvalidState": "nothing is encrypted",
    "KmsNotFound": "nothing is encrypted",
    "KmsThrottled": "nothing is encrypted",
    "KmsOptInRequired": "nothing is encrypted",
    "AccessDeniedException": "policies are stored, not enforced",
}


class Error(NamedTuple):
    """An error that is expected: its JSON shape, and its words, where `…` is text that nobody has recorded."""

    shape: str
    message: str

    @property
    def query_message(self) -> str:
        if self.shape == "QueueDoesNotExist":
            return "The specified queue does not exist for this wsdl version."
        return self.message

    def told_in(self, protocol: str) -> Told:
        spelling = CATALOGUE[self.shape]
        if protocol == JSON:
            return Told(spelling.status, spelling.namespace + self.shape, spelling.query_code, "Sender", self.message)
        return Told(spelling.status, None, spelling.query_code, "Sender", self.query_message)


class Told(NamedTuple):
    """An error as an answer tells it; of the Query protocol there is no `type`."""

    status: int
    type: str | None
    code: str
    fault: str
    message: str

    def with_words_of(self, expected: Told) -> Told:
        """Return the same with the expected message, if it is worded like that as far as words are known."""
        pattern = ".*".join(re.escape(part) for part in expected.message.split(UNKNOWN_WORDS))
        return self._replace(message=expected.message) if re.fullmatch(pattern, self.message, re.DOTALL) else self


def told_by(response: Response, protocol: str) -> Told | None:
    """Read an answer; None if it is no error. Whatever the spelling demands of every answer is asserted."""
    assert "x-amzn-requestid" in response.headers
    try:
        if protocol == JSON:
            assert response.headers["content-type"] == "application/x-amz-json-1.0"
            read_json(response)
        else:
            assert response.headers["content-type"] == "text/xml"
            read_xml(response)
    except Refused as error:
        return Told(error.status, error.shape, error.code, error.fault, error.message)
    return None


def bad_value(message: str) -> Error:
    """IPV: InvalidParameterValueException/InvalidParameterValue 400."""
    return Error("InvalidParameterValueException", message)


def bad_parameter(value: object, parameter: str, reason: str) -> Error:
    """IPV in its usual form."""
    return bad_value(f"Value {value} for parameter {parameter} is invalid. Reason: {reason}")


def missing(parameter: str) -> Error:
    """MRP: MissingRequiredParameterException/MissingParameter 400."""
    return Error("MissingRequiredParameterException", f"The request must contain the parameter {parameter}.")


def unknown_attribute(name: str) -> Error:
    return Error("InvalidAttributeName", f"Unknown Attribute {name}.")


def bad_attribute(name: str) -> Error:
    return Error("InvalidAttributeValue", f"Invalid value for the parameter {name}.")


def not_found(parameter: str) -> Error:
    return Error(
        "ResourceNotFoundException", f"The resource that you specified for the {parameter} parameter doesn't exist."
    )


NO_QUEUE: Final = Error("QueueDoesNotExist", "The specified queue does not exist.")
