"""How an error is spelt on the wire, and the errors of the wire itself. Each service has its table: `contract/sqs/`."""

from __future__ import annotations

import msgspec

from sqs_emulator.core.errors import SqsError


class WireError(msgspec.Struct, frozen=True):
    """An error of one service: its JSON and Query forms and its status."""

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
