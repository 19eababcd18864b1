"""AWS JSON 1.0, what current SDKs speak: `X-Amz-Target` names the action, the body is its request as a JSON object."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

import msgspec

from sqs_emulator.contract.action import Action, Request, Result
from sqs_emulator.contract.catalogue import SERVICES
from sqs_emulator.contract.errors import SerializationException
from sqs_emulator.contract.service import Service
from sqs_emulator.core.errors import SqsError
from sqs_emulator.core.limits import REQUEST_MEMBERS
from sqs_emulator.wire import shapes

CONTENT_TYPE: Final = "application/x-amz-json-1.0"

Targets: TypeAlias = dict[bytes | None, tuple[Action, Callable[[bytes], Request]]]


def targets_of(services: Iterable[Service]) -> Targets:
    """Return what an X-Amz-Target header names: the action, and what makes its request of a body."""
    return {
        f"{service.target_prefix}{action.name}".encode(): (action, msgspec.json.Decoder(action.request).decode)
        for service in services
        if service.target_prefix is not None
        for action in service.actions.values()
    }


TARGETS: Final = targets_of(SERVICES)
encode_result: Final = msgspec.json.Encoder().encode
_TOO_LONG: Final = f"length <= {REQUEST_MEMBERS}"  # in msgspec's words; no other bound of the contract is one
NOT_DECODED: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # what those raise


def decode_again(action: Action, body: bytes, error: Exception) -> Request:
    """Make what can be made of a body that was not decoded; raises SerializationException.

    An empty body is an empty object, and loosely spelt scalars are put right.
    """
    if not body:
        return action.request()
    if isinstance(error, msgspec.ValidationError):
        if _TOO_LONG in str(error):
            raise SerializationException(f"A list or map of the request has more than {REQUEST_MEMBERS} members.")
        return _decode_leniently(action, body)
    raise SerializationException(f"The request body is not a JSON object in UTF-8: {error}") from None


def _decode_leniently(action: Action, body: bytes) -> Request:
    try:
        return shapes.convert(msgspec.json.decode(body), action.request)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise SerializationException(str(error)) from None


def encode(_service: Service, _action: Action, result: Result | None, _request_id: str) -> bytes:
    """Write a result. An action without one answers an empty body."""
    return b"" if result is None else encode_result(result)


def encode_error(service: Service, error: SqsError, _request_id: str) -> tuple[int, bytes]:
    """Return the status and the body of an error."""
    row = service.wire_error(type(error))
    body = {"__type": row.json}
    if error.message:
        body["message"] = error.message.encode(errors="replace").decode()  # it may echo half a character
    return row.status, encode_result(body)


def query_error(service: Service, error: SqsError) -> str:
    """Return an error's `x-amzn-query-error` header, which boto3 takes its `Error.Code` from."""
    row = service.wire_error(type(error))
    return f"{row.query};{row.fault}"
