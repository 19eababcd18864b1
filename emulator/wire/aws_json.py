"""AWS JSON 1.0, what current SDKs speak: `X-Amz-Target` names the action, the body is its request as a JSON object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from emulator.contract.action import Action, Request, Result
from emulator.contract.errors import SerializationException, UnknownOperation, wire_error
from emulator.contract.sqs import ACTIONS
from emulator.core.errors import SqsError
from emulator.wire import shapes

CONTENT_TYPE: Final = b"application/x-amz-json-1.0"

_SERVICE: Final = b"AmazonSQS."
_TARGETS: Final[dict[bytes, Action]] = {_SERVICE + name.encode(): action for name, action in ACTIONS.items()}
_DECODE: Final[dict[str, Callable[[bytes], Request]]] = {
    name: msgspec.json.Decoder(action.request).decode for name, action in ACTIONS.items()
}
_encode = msgspec.json.Encoder().encode


def action_of(target: bytes) -> Action:
    """Return the action that an X-Amz-Target header names."""
    action = _TARGETS.get(target)
    if action is None:
        raise UnknownOperation
    return action


def decode(action: Action, body: bytes) -> Request:
    """Read a request; raises SerializationException. An empty body is an empty object."""
    try:
        return _DECODE[action.name](body)
    except msgspec.ValidationError:
        return _decode_leniently(action, body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if not body:
            return action.request()
        raise SerializationException(f"The request body is not a JSON object in UTF-8: {error}") from None


def _decode_leniently(action: Action, body: bytes) -> Request:
    try:
        return shapes.convert(msgspec.json.decode(body), action.request)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise SerializationException(str(error)) from None


def encode(_action: Action, result: Result | None, _request_id: str) -> bytes:
    """Write a result. An action without one answers an empty body."""
    return b"" if result is None else _encode(result)


def encode_error(error: SqsError, _request_id: str) -> tuple[int, bytes]:
    """Return the status and the body of an error."""
    row = wire_error(error)
    body = {"__type": row.json}
    if error.message:
        body["message"] = error.message
    return row.status, _encode(body)


def query_error(error: SqsError) -> str:
    """Return an error's `x-amzn-query-error` header, which boto3 takes its `Error.Code` from."""
    row = wire_error(error)
    return f"{row.query};{row.fault}"
