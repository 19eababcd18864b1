"""The way of every AWS call: from a request to its reply, in one synchronous function that knows no transport.

Two coats call `AwsApi.answer`: `protocol.py`, a subclass of uvicorn's httptools protocol, which production uses; and
`asgi.py`, for what that one hands back (HTTP/1.0, `Expect`) and for other servers. Both write the same bytes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, NamedTuple

from emulator.contract.action import Action, Request, Result
from emulator.contract.errors import InternalError, RequestEntityTooLarge
from emulator.core.broker import Broker
from emulator.core.errors import SqsError
from emulator.core.events import Consumer
from emulator.core.identifiers import DEFAULT_ACCOUNT, uuid4_text
from emulator.services.call import Call, Pending
from emulator.services.dispatch import dispatch
from emulator.web.http import HttpRequest, ParkedReply, Reply
from emulator.web.origins import Origins
from emulator.wire import aws_json, aws_query, credentials
from emulator.wire.credentials import NO_SCOPE, Scope

_log = logging.getLogger("emulator")


class _NoSuchPage(Exception):
    """Not an AWS call at all: no action where one is needed."""


class Spelling(NamedTuple):
    """One of the ways a request can be spelt, and wants its answer."""

    content_type: bytes
    read: Callable[[HttpRequest], tuple[Action, Request, Scope]]
    encode: Callable[[Action, Result | None, str], bytes]
    encode_error: Callable[[SqsError, str], tuple[int, bytes]]


def _read_json(request: HttpRequest) -> tuple[Action, Request, Scope]:
    if request.method != "POST":
        raise _NoSuchPage
    headers = request.headers
    action = aws_json.action_of(headers.get(b"x-amz-target", b""))
    authorization = headers.get(b"authorization")
    scope = NO_SCOPE if authorization is None else credentials.of_header(authorization)
    return action, aws_json.decode(action, request.body), scope


def _read_query(request: HttpRequest) -> tuple[Action, Request, Scope]:
    if request.method not in ("GET", "POST"):
        raise _NoSuchPage
    given = aws_query.parameters(request.query_string, request.body)
    on_root = request.path == b"/"
    if "Action" not in given and (request.method == "GET" or not on_root):
        raise _NoSuchPage
    action = aws_query.action_of(given, on_queue_path=not on_root)
    arguments = aws_query.decode(action, given)
    if not on_root and getattr(arguments, "queue_url", "") is None:
        arguments.queue_url = request.path.decode("latin-1")  # type: ignore[attr-defined]
    authorization = request.headers.get(b"authorization")
    scope = credentials.of_query(given) if authorization is None else credentials.of_header(authorization)
    return action, arguments, scope


_JSON: Final = Spelling(aws_json.CONTENT_TYPE, _read_json, aws_json.encode, aws_json.encode_error)
_XML: Final = Spelling(aws_query.XML_CONTENT_TYPE, _read_query, aws_query.encode, aws_query.encode_error)
_QUERY_JSON: Final = Spelling(
    aws_query.JSON_CONTENT_TYPE, _read_query, aws_query.encode_as_json, aws_query.encode_error_as_json
)


def _spelling(headers: dict[bytes, bytes]) -> Spelling:
    if b"x-amz-target" in headers or headers.get(b"content-type", b"").startswith(aws_json.CONTENT_TYPE):
        return _JSON
    return _QUERY_JSON if headers.get(b"accept", b"").startswith(aws_query.JSON_CONTENT_TYPE) else _XML


class AwsApi:
    """SQS over HTTP. `answer` and `dispatch` are attributes, so that a log or a fault can be wrapped around them.

    `max_body` is in bytes; `base_url` is what queue URLs begin with, instead of the request's own scheme and host.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        region: str = "us-east-1",
        base_url: str | None = None,
        max_body: int = 8 * 1024 * 1024,
        origins: Origins | None = None,
        trust_forwarded: bool = False,
    ) -> None:
        self.broker = broker
        self.max_body = max_body
        self.dispatch: Callable[[Action, Call, Request], Result | Pending | None] = dispatch
        self.answer: Callable[[HttpRequest], Reply | ParkedReply] = self._answer
        self._region = region
        self._base_url = base_url
        self._origins = origins or Origins()
        self._trust_forwarded = trust_forwarded

    def _answer(self, request: HttpRequest) -> Reply | ParkedReply:
        if b"origin" in request.headers:
            return self._origins.guard(request, self._answer_call)
        return self._answer_call(request)

    def _answer_call(self, request: HttpRequest) -> Reply | ParkedReply:
        request_id = uuid4_text()
        spelling = _spelling(request.headers)
        try:
            action, arguments, scope = spelling.read(request)
            outcome = self.dispatch(action, self._call(request, scope), arguments)
            if isinstance(outcome, Pending):
                return _Parked(outcome, action, spelling, request_id, request.is_gone)
            return _reply(200, spelling, spelling.encode(action, outcome, request_id), request_id)
        except SqsError as error:
            return _error_reply(error, spelling, request_id)
        except _NoSuchPage:
            return _no_such_page(request_id)
        except Exception:
            _log.exception("request %s failed inside the emulator", request_id)
            return _error_reply(InternalError(), spelling, request_id)

    def refuse_body(self, headers: dict[bytes, bytes]) -> Reply:
        """Return the reply to a request whose body is over the limit, and was not read."""
        return _error_reply(RequestEntityTooLarge.of(self.max_body), _spelling(headers), uuid4_text())

    def _call(self, request: HttpRequest, scope: Scope) -> Call:
        headers = request.headers
        trace_header = headers.get(b"x-amzn-trace-id")
        return Call(
            self.broker,
            scope.account or DEFAULT_ACCOUNT,
            scope.region or credentials.region_of_host(request.host) or self._region,
            base_url=lambda: self._base_url or self._own_url(request),
            consumer=Consumer(request.peer, headers.get(b"user-agent", b"").decode("latin-1")),
            trace_header=None if trace_header is None else trace_header.decode("latin-1"),
        )

    def _own_url(self, request: HttpRequest) -> str:
        """Return how this client reaches us: what it asked for, or what a trusted proxy says it asked for."""
        scheme, host = request.scheme, request.host
        if self._trust_forwarded:
            scheme = _first(request.header(b"x-forwarded-proto")) or scheme
            host = _first(request.header(b"x-forwarded-host")) or host
        return f"{scheme}://{host}"


def _first(header: str) -> str:
    """The client's own value is the leftmost: each proxy adds its own behind it."""
    return header.split(",", 1)[0].strip()


class _Parked:
    """A parked receive, on its way to a reply."""

    def __init__(
        self, pending: Pending, action: Action, spelling: Spelling, request_id: str, is_gone: Callable[[], bool]
    ) -> None:
        self._pending = pending
        self._action = action
        self._spelling = spelling
        self._request_id = request_id
        self._is_gone = is_gone
        self.abandon = pending.abandon

    def subscribe(self, write: Callable[[Reply], None]) -> None:
        def answer(result: Result) -> None:
            body = self._spelling.encode(self._action, result, self._request_id)
            write(_reply(200, self._spelling, body, self._request_id))

        self._pending.subscribe(answer, is_gone=self._is_gone)


def _reply(status: int, spelling: Spelling, body: bytes, request_id: str) -> Reply:
    headers = [
        (b"content-type", spelling.content_type),
        (b"x-amzn-requestid", request_id.encode()),
        (b"content-length", b"%d" % len(body)),
    ]
    return Reply(status, headers, body)


def _error_reply(error: SqsError, spelling: Spelling, request_id: str) -> Reply:
    status, body = spelling.encode_error(error, request_id)
    reply = _reply(status, spelling, body, request_id)
    if spelling is _JSON:
        reply.headers.append((b"x-amzn-query-error", aws_json.query_error(error).encode()))
    return reply


def _no_such_page(request_id: str) -> Reply:
    """What AWS answers to a request without an action, whatever it accepts."""
    return _reply(404, _XML, b"<UnknownOperationException/>", request_id)
