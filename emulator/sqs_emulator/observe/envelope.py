"""What Celery put into a message, read without Celery.

A body is kombu's envelope, a JSON object, as a rule in base64. The envelope's own `body` is what the task's serializer
made of its arguments, as a rule in base64 again, compressed perhaps. Task protocol 2 tells everything worth showing in
the envelope's headers; protocol 1 has no such headers and tells it inside, so that of one in pickle, YAML or an unknown
compression only the task's id can be told. Nothing is ever unpickled.

Whatever it is given, `decode` raises nothing: bodies are anybody's. What is no Celery task is None, by the same marks
that make a worker run a message or throw it away.

Ground: kombu's SQS transport and `virtual.Channel`, Celery's `app/amqp.py` and `worker/consumer/consumer.py`.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import json
import zlib
from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec

_REPR_LENGTH: Final = 1_024  # characters of args or kwargs; Celery's own limit for argsrepr
_MOST_CONTENT: Final = 16 * 1_048_576  # bytes that a compressed body may become: a bomb stays packed
_MOST_MEMORY: Final = 128 * 1_048_576  # bytes that opening one may take; the strongest `xz` asks for half of it
_MOST_INTEGER: Final = 2**53  # what every reader of JSON takes


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A task as its sender put it into a message. What is None was not said, or cannot be read."""

    protocol: int  # Celery's task protocol, 1 or 2
    task: str | None = None  # its name; None: inside a body that is not opened
    id: str
    args: str | None = None  # as text, cut off where it is long
    kwargs: str | None = None
    eta: str | None = None  # as sent: ISO 8601
    eta_at: int | None = None  # ms since the epoch
    expires: str | None = None
    expires_at: int | None = None
    retries: int = 0
    root_id: str | None = None
    parent_id: str | None = None
    group: str | None = None
    origin: str | None = None
    shadow: str | None = None  # a name to show instead of the task's
    language: str | None = None
    time_limit: float | None = None  # seconds
    soft_time_limit: float | None = None
    reply_to: str | None = None
    priority: int | None = None
    exchange: str | None = None
    routing_key: str | None = None  # the queue's name before any prefix
    message_group_id: str | None = None  # what the sender asked for; None: kombu's own choice
    content_type: str | None = None
    content_encoding: str | None = None
    compression: str | None = None
    size: int  # bytes of the message's body
    decoded_size: int  # bytes of the arguments as their serializer made them


def decode(body: str) -> Envelope | None:
    """Return what a message's body says as a Celery task; None: it is none."""
    try:
        raw = body.encode()
        return _read(_json_object(_unwrapped(raw).decode()), len(raw))
    except (ValueError, RecursionError):  # not text, not JSON, or JSON made to exhaust whoever reads it
        return None


def _unwrapped(raw: bytes) -> bytes:
    """Take the outer base64 off, where it is there: by kombu's rule, only what is text inside and encodes to itself."""
    candidate = raw.strip()
    try:
        decoded = binascii.a2b_base64(candidate, strict_mode=True)
        decoded.decode()
    except ValueError:  # also binascii.Error
        return raw
    return decoded if base64.b64encode(decoded) == candidate else raw


def _json_object(text: str) -> dict[str, Any]:
    # Not by msgspec: Python's senders write NaN, and numbers of any length.
    value = json.loads(text)
    return value if isinstance(value, dict) else {}


def _read(envelope: dict[str, Any], size: int) -> Envelope | None:
    headers, properties = _dict(envelope.get("headers")), envelope.get("properties")
    if not isinstance(properties, dict) or not isinstance(envelope.get("body"), str):
        return None
    content = _Content(envelope, headers, properties)
    common = _common(envelope, headers, properties) | {"size": size, "decoded_size": len(content.data)}
    if isinstance(headers.get("task"), str) and isinstance(headers.get("id"), str):
        return _of_protocol_2(headers, content, common)
    return _of_protocol_1(properties, content, common)


# The two task protocols.


def _of_protocol_2(headers: dict[str, Any], content: _Content, common: dict[str, Any]) -> Envelope:
    args, kwargs = _text(headers.get("argsrepr")), _text(headers.get("kwargsrepr"))
    if args is None or kwargs is None:  # Celery sends both; clients in other languages may not
        inner = content.value()
        if isinstance(inner, list | tuple) and len(inner) > 1:
            args, kwargs = args or _args(inner[0]), kwargs or repr(inner[1])
    return Envelope(
        protocol=2,
        args=_cut(args),
        kwargs=_cut(kwargs),
        root_id=_text(headers.get("root_id")),
        parent_id=_text(headers.get("parent_id")),
        origin=_text(headers.get("origin")),
        shadow=_text(headers.get("shadow")),
        language=_text(headers.get("lang")),
        **common,
        **_fields(headers),
    )


def _of_protocol_1(properties: dict[str, Any], content: _Content, common: dict[str, Any]) -> Envelope | None:
    inner = content.value()
    if inner is _CLOSED:
        # Celery sends its task's id here and a `reply_to`, an empty one perhaps; kombu by itself sends neither.
        task_id = _text(properties.get("correlation_id"))
        is_task = task_id is not None and isinstance(properties.get("reply_to"), str)
        return Envelope(protocol=1, id=task_id or "", **common) if is_task else None
    if not isinstance(inner, dict) or not isinstance(inner.get("task"), str) or not isinstance(inner.get("id"), str):
        return None
    args, kwargs = _args(inner.get("args") or ()), repr(inner.get("kwargs") or {})
    return Envelope(protocol=1, args=_cut(args), kwargs=_cut(kwargs), **common, **_fields(inner))


def _fields(source: dict[str, Any]) -> dict[str, Any]:
    """Read what both protocols tell under the same names."""
    eta, expires = _text(source.get("eta")), _text(source.get("expires"))
    limits = source.get("timelimit")
    hard, soft = limits if isinstance(limits, list | tuple) and len(limits) == 2 else (None, None)
    return {
        "task": _text(source.get("task")),
        "id": _text(source.get("id")),
        "eta": eta,
        "eta_at": _moment(eta),
        "expires": expires,
        "expires_at": _moment(expires),
        "retries": _integer(source.get("retries")) or 0,
        "group": _text(source.get("group")),
        "time_limit": _seconds(hard),
        "soft_time_limit": _seconds(soft),
    }


def _common(envelope: dict[str, Any], headers: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """Read what the envelope says whatever the protocol."""
    delivery = _dict(properties.get("delivery_info"))
    return {
        "reply_to": _text(properties.get("reply_to")) or None,
        "priority": _integer(properties.get("priority")),
        "exchange": _text(delivery.get("exchange")),
        "routing_key": _text(delivery.get("routing_key")),
        "message_group_id": _text(properties.get("MessageGroupId")),
        "content_type": _text(envelope.get("content-type")),
        "content_encoding": _text(envelope.get("content-encoding")),
        "compression": _text(headers.get("compression")),
    }


# The arguments, as they were serialized.

_CLOSED: Final = object()  # what cannot be read, or must not


class _Content:
    """The innermost bytes: without their base64, and without their compression if we know it."""

    def __init__(self, envelope: dict[str, Any], headers: dict[str, Any], properties: dict[str, Any]) -> None:
        body, compression = envelope["body"], headers.get("compression")
        self.data: bytes = base64.b64decode(body) if properties.get("body_encoding") == "base64" else body.encode()
        self._reader = _READERS.get(str(envelope.get("content-type")))
        if compression is not None:
            opened = _decompressed(self.data, str(compression))
            if opened is None:
                self._reader = None
            else:
                self.data = opened

    def value(self) -> object:
        if self._reader is None:
            return _CLOSED
        try:
            return self._reader(self.data)
        except (ValueError, TypeError, RecursionError, msgspec.MsgspecError):
            return None


_READERS: Final[dict[str, Callable[[bytes], object]]] = {
    "application/json": json.loads,
    "application/x-msgpack": msgspec.msgpack.decode,
}


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, /, max_length: int) -> bytes: ...


def _bz2() -> _Decompressor:
    import bz2  # some builds of Python lack it, and lzma

    return bz2.BZ2Decompressor()


def _lzma() -> _Decompressor:
    import lzma

    return lzma.LZMADecompressor(memlimit=_MOST_MEMORY)


# Those of kombu's that are in the standard library, under all the names that kombu knows them by.
_DECOMPRESSORS: Final[dict[str, Callable[[], _Decompressor]]] = {
    **dict.fromkeys(("application/x-gzip", "gzip", "zlib"), zlib.decompressobj),
    **dict.fromkeys(("application/x-bz2", "bzip2", "bzip"), _bz2),
    **dict.fromkeys(("application/x-lzma", "lzma", "xz"), _lzma),
}


def _decompressed(data: bytes, compression: str) -> bytes | None:
    """Return what was compressed; None where that is not known, or is too much."""
    make = _DECOMPRESSORS.get(compression)
    if make is None:
        return None
    try:
        decompressor = make()
        opened = decompressor.decompress(data, _MOST_CONTENT)
    except Exception:  # each of them has errors of its own
        return None
    return opened if decompressor.eof else None


# Values of whatever type, made fit to be shown.


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    # JSON can spell half a character, which nothing can write.
    return value if value.isascii() else value.encode(errors="replace").decode()


def _integer(value: object) -> int | None:
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return value if is_integer and abs(value) <= _MOST_INTEGER else None  # type: ignore[return-value,arg-type]


def _seconds(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) <= _MOST_INTEGER else None  # type: ignore[arg-type]


def _moment(text: str | None) -> int | None:
    """Read ISO 8601; without an offset it is UTC, as Celery writes it by default."""
    if text is None:
        return None
    try:
        moment = datetime.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.UTC)
        return round(moment.timestamp() * 1_000)
    except (ValueError, OverflowError):
        return None


def _args(value: object) -> str:
    return repr(tuple(value) if isinstance(value, list) else value)  # as Celery shows them in protocol 2


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= _REPR_LENGTH else text[: _REPR_LENGTH - 3] + "..."
