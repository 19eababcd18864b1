"""The errors of AWS by their names, made with AWS's words for a call that did nothing wrong."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqs_emulator.contract import errors as contract
from sqs_emulator.contract.sqs.errors import WIRE_ERRORS
from sqs_emulator.core import errors
from sqs_emulator.core.errors import SqsError


class Circumstances(NamedTuple):
    """What AWS's words tell of a call."""

    action: str
    queue: str  # its name
    user: str  # the caller's ARN
    permission: str  # sqs:sendmessage
    resource: str  # the queue's ARN


# Errors whose words depend on a request that is wrong: as AWS describes them, or an example.
_WORDS: Final[dict[type[SqsError], str]] = {
    errors.InvalidParameterValue: "One or more parameters are invalid.",
    errors.MissingParameter: "The request must contain the parameter QueueUrl.",
    errors.InvalidAttributeName: "The specified attribute doesn't exist.",
    errors.InvalidAttributeValue: "A queue attribute value is invalid.",
    errors.QueueNameExists: "A queue already exists with the same name and a different value.",
    errors.PurgeQueueInProgress: "Only one PurgeQueue operation on {queue} is allowed every 60 seconds.",
    errors.ResourceNotFound: "One or more specified resources don't exist.",
    errors.UnsupportedOperation: "Unsupported operation.",
    errors.EmptyBatchRequest: "The batch request doesn't contain any entries.",
    errors.TooManyEntriesInBatchRequest: "The batch request contains more entries than permissible.",
    errors.BatchEntryIdsNotDistinct: "Two or more batch entries in the request have the same Id.",
    errors.BatchRequestTooLong: "The length of all the messages put together is more than the limit.",
    contract.InvalidAction: "The action {action} is not valid for this endpoint.",
    contract.SerializationException: "The request could not be read.",
    contract.AccessDenied: (
        "User: {user} is not authorized to perform: {permission} on resource: {resource} "
        "because no identity-based policy allows the {permission} action"
    ),
    contract.RequestEntityTooLarge: "The request body is too long.",
    contract.InternalError: "We encountered an internal error. Please try again.",
}


def _spellings(shape: type[SqsError]) -> tuple[str, ...]:
    """Return what an error goes by: our class, the JSON shape, the Query code, and that without its service."""
    row = WIRE_ERRORS[shape]
    return shape.__name__, row.json.partition("#")[2], row.query, row.query.rpartition(".")[2]


def _named() -> dict[str, type[SqsError]]:
    found: dict[str, type[SqsError]] = {}
    for place in range(4):  # an error's own name goes before what another one is called in some protocol
        for shape in WIRE_ERRORS:
            found.setdefault(_spellings(shape)[place], shape)
    return found


_BY_NAME: Final = _named()
NAMES: Final = tuple(sorted(shape.__name__ for shape in WIRE_ERRORS))


def is_known(name: str) -> bool:
    return name in _BY_NAME


def make(name: str, message: str | None, call: Circumstances) -> SqsError:
    """Return the error of that name, with AWS's words if none are given."""
    shape = _BY_NAME[name]
    if message is None:
        message = _WORDS[shape].format(**call._asdict()) if shape in _WORDS else shape.words
    error = shape.__new__(shape)  # not by its own constructor: some make their words of what was wrong
    SqsError.__init__(error, message)
    return error
