"""What can go wrong, one class per AWS error shape, each with AWS's words.

The codes and statuses that a client sees are the wire's business (`contract/errors.py`); here is only what happened.
Source of the words: Amazon SQS API Reference, "Common Errors" and each action's "Errors", and recorded answers.
"""

from __future__ import annotations

from typing import ClassVar

from sqs_emulator.core.limits import ERROR_CHARACTERS


class SqsError(Exception):
    """A request that SQS refuses. `str(error)` is the message the client gets."""

    words: ClassVar[str] = ""
    entry_shape: ClassVar[type[SqsError] | None] = None  # whose code one failed entry of a batch bears; None: its own

    def __init__(self, message: str | None = None) -> None:
        super().__init__(_shortened(self.words if message is None else message))

    @property
    def message(self) -> str:
        return str(self.args[0])

    @property
    def entry_message(self) -> str:
        """The message when one entry of a batch fails, not the whole request: AWS words some of them otherwise."""
        return self.message


class InvalidParameterValue(SqsError):
    """A parameter whose value is not allowed; the words stand alone."""


class MessageTooLong(InvalidParameterValue):
    def __init__(self, limit: int) -> None:
        self._limit = limit
        super().__init__(f"One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes.")

    @property
    def entry_message(self) -> str:
        return f"One or more parameters cannot be validated. Reason: Message must be shorter than {self._limit} bytes."


class InvalidParameter(InvalidParameterValue):
    """The same error in its usual form: which value, of which parameter, and why not."""

    def __init__(self, value: object, parameter: str, reason: str) -> None:
        super().__init__(f"Value {value} for parameter {parameter} is invalid. Reason: {reason}")
        self._reason = reason

    @property
    def entry_message(self) -> str:
        # Recorded for a batch: "The request include parameter that is not valid for this queue type", "The receipt
        # handle has expired": the reason alone, without its full stop.
        return self._reason.removesuffix(".")


class MissingParameter(SqsError):
    def __init__(self, parameter: str) -> None:
        super().__init__(f"The request must contain the parameter {parameter}.")


class InvalidAttributeName(SqsError):
    @classmethod
    def unknown(cls, name: str) -> InvalidAttributeName:
        return cls(f"Unknown Attribute {name}.")


class InvalidAttributeValue(SqsError):
    @classmethod
    def of(cls, name: str) -> InvalidAttributeValue:
        return cls(f"Invalid value for the parameter {name}.")


class QueueDoesNotExist(SqsError):
    words = "The specified queue does not exist."


class QueueNameExists(SqsError):
    @classmethod
    def differing_in(cls, attribute: str) -> QueueNameExists:
        return cls(f"A queue already exists with the same name and a different value for attribute {attribute}")


class QueueDeletedRecently(SqsError):
    words = "You must wait 60 seconds after deleting a queue before you can create another with the same name."


class PurgeQueueInProgress(SqsError):
    @classmethod
    def of(cls, queue_name: str) -> PurgeQueueInProgress:
        return cls(f"Only one PurgeQueue operation on {queue_name} is allowed every 60 seconds.")


class ResourceNotFound(SqsError):
    @classmethod
    def of(cls, parameter: str) -> ResourceNotFound:
        return cls(f"The resource that you specified for the {parameter} parameter doesn't exist.")


class InvalidMessageContents(SqsError):
    words = (
        "Invalid characters found. Valid unicode characters are "
        "#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
    )


class ReceiptHandleIsInvalid(SqsError):
    words = "The input receipt handle is invalid."

    @classmethod
    def malformed(cls, handle: str) -> ReceiptHandleIsInvalid:
        return cls(f'The input receipt handle "{handle}" is not a valid receipt handle.')

    @property
    def entry_message(self) -> str:
        return self.words


class ReceiptHandleExpired(InvalidParameter):
    """Of a FIFO queue: the visibility timeout of that receive is over."""

    entry_shape = ReceiptHandleIsInvalid  # recorded: in a batch it bears this code

    def __init__(self, handle: str) -> None:
        super().__init__(handle, "ReceiptHandle", "The receipt handle has expired.")


class OverLimit(SqsError):
    words = "Too many messages in flight."

    @classmethod
    def found(cls, number: int, what: str, limit: int) -> OverLimit:
        return cls(f"{number} {what} were found, maximum allowed is {limit}.")


class UnsupportedOperation(SqsError):
    pass


class EmptyBatchRequest(SqsError):
    @classmethod
    def of(cls, entry_shape: str) -> EmptyBatchRequest:
        return cls(f"There should be at least one {entry_shape} in the request.")


class TooManyEntriesInBatchRequest(SqsError):
    @classmethod
    def of(cls, entries: int, limit: int) -> TooManyEntriesInBatchRequest:
        return cls(f"Maximum number of entries per request are {limit}. You have sent {entries}.")


class BatchEntryIdsNotDistinct(SqsError):
    @classmethod
    def of(cls, entry_id: str) -> BatchEntryIdsNotDistinct:
        return cls(f"Id {entry_id} repeated.")


class InvalidBatchEntryId(SqsError):
    words = (
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
        "It can be at most 80 letters long."
    )


class BatchRequestTooLong(SqsError):
    @classmethod
    def of(cls, size: int, limit: int) -> BatchRequestTooLong:
        return cls(f"Batch requests cannot be longer than {limit} bytes. You have sent {size} bytes.")


def _shortened(message: str) -> str:
    """Leave out the middle of a message that echoes a long value: what it begins with, and the reason, stay."""
    if len(message) <= ERROR_CHARACTERS:
        return message
    half = (ERROR_CHARACTERS - 3) // 2
    return f"{message[:half]}...{message[-half:]}"
