"""Logs of what comes in and goes out, wrapped around `AwsApi.answer` when they are asked for; otherwise absent."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from urllib.parse import parse_qsl

import msgspec

from sqs_emulator.services.pending import Pending
from sqs_emulator.web.aws import AwsApi, Proceed
from sqs_emulator.web.http import HttpRequest, Reply

_access = logging.getLogger("sqs_emulator.access")
_wire = logging.getLogger("sqs_emulator.wire")


def attach(api: AwsApi, *, access: bool, wire: bool) -> None:
    """Log a line per request, or requests and answers whole, from now on."""
    if access:
        api.wrap(log_access)
    if wire:
        api.wrap(log_wire)


def log_access(request: HttpRequest, proceed: Proceed) -> Reply | Pending[Reply]:
    began = time.perf_counter_ns()

    def log(reply: Reply) -> Reply:
        microseconds = (time.perf_counter_ns() - began) // 1_000
        action, queue = _what(request)
        _access.info("%s %s %d %dus", _text(action.encode()), _text(queue.encode()), reply.status, microseconds)
        return reply

    return _logged(proceed(request), log)


def _logged(outcome: Reply | Pending[Reply], log: Callable[[Reply], Reply]) -> Reply | Pending[Reply]:
    """Log a reply, at once or when it comes."""
    return outcome.then(log) if isinstance(outcome, Pending) else log(outcome)


def _what(request: HttpRequest) -> tuple[str, str]:
    """Return a request's action and queue, as far as they can be read; "-" for what cannot."""
    target = request.header(b"x-amz-target")
    try:
        if target:
            given = msgspec.json.decode(request.body or b"{}")
            action = target.rpartition(".")[2]
        else:
            given = dict(parse_qsl((request.query_string + b"&" + request.body).decode("latin-1")))
            action = given.get("Action", "-")
        queue = given.get("QueueUrl") or given.get("QueueName") or request.path.decode("latin-1")
        return action, str(queue).rpartition("/")[2] or "-"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, AttributeError):
        return target.rpartition(".")[2] or "-", "-"


def log_wire(request: HttpRequest, proceed: Proceed) -> Reply | Pending[Reply]:
    target = request.path + (b"?" + request.query_string if request.query_string else b"")
    head = f"{_text(request.method)} {_text(target)}"
    _wire.info("> %s %s\n%s", request.connection.peer, head, _message(list(request.headers.items()), request.body))

    def log(reply: Reply) -> Reply:
        _wire.info("< %s %d\n%s", request.connection.peer, reply.status, _message(reply.headers(), reply.body))
        return reply

    return _logged(proceed(request), log)


def _message(headers: list[tuple[bytes, bytes]], body: bytes) -> str:
    lines = [f"  {_text(name)}: {_text(value)}" for name, value in headers]
    return "\n".join((*lines, "", f"  {_text(body)}"))


def _text(data: bytes) -> str:
    """Readable on one line whatever it holds: otherwise a client could write lines of its own into the log."""
    return data.decode("utf-8", "backslashreplace").encode("unicode_escape").decode("ascii")
