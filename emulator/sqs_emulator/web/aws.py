"""The way of every AWS call: from a request to its reply, in one synchronous function that knows no transport.

Two coats call `AwsApi.answer`: `protocol.py`, a subclass of uvicorn's httptools protocol, which production uses; and
`asgi.py`, for what that one hands back (HTTP/1.0, `Expect`) and for other servers. Both write the same bytes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, NamedTuple

from sqs_emulator.contract.action import Action, Request, Result
from sqs_emulator.contract.errors import InternalError, RequestEntityTooLarge, UnknownOperation
from sqs_emulator.core.broker import Broker
from sqs_emulator.core.errors import SqsError
from sqs_emulator.core.identifiers import DEFAULT_ACCOUNT, uuid4_text
from sqs_emulator.faults.outcomes import BareStatus, Unanswered
from sqs_emulator.services.call import Call
from sqs_emulator.services.dispatch import dispatch
from sqs_emulator.services.pending import Answer, Outcome, Pending
from sqs_emulator.web.http import NO_ANSWER, HttpRequest, Reply, make_reply
from sqs_emulator.web.origins import Origins
from sqs_emulator.wire import aws_json, aws_query, credentials
from sqs_emulator.wire.aws_json import NOT_DECODED, TARGETS, encode_result
from sqs_emulator.wire.credentials import NO_KEYS, CredentialScope

_log = logging.getLogger("sqs_emulator")


class _NoSuchPage(Exception):
    """Not an AWS call at all: no action where one is needed."""


class Spelling(NamedTuple):
    """One of the ways a request can be spelt, and wants its answer."""

    content_type: str
    read: Callable[[HttpRequest, Mapping[str, str]], tuple[Action, Request, CredentialScope]]
    encode: Callable[[Action, Result | None, str], bytes]
    encode_error: Callable[[SqsError, str], tuple[int, bytes]]


def _read_json(request: HttpRequest, _accounts: Mapping[str, str]) -> tuple[Action, Request, CredentialScope]:
    """What is left for here: a POST with a good target is read by `AwsApi._answer` itself."""
    if request.method != b"POST":
        raise _NoSuchPage
    raise UnknownOperation


def _read_query(request: HttpRequest, accounts: Mapping[str, str]) -> tuple[Action, Request, CredentialScope]:
    if request.method not in (b"GET", b"POST"):
        raise _NoSuchPage
    given = aws_query.parameters(request.query_string, request.body)
    on_root = request.path == b"/"
    if "Action" not in given and (request.method == b"GET" or not on_root):
        raise _NoSuchPage
    action = aws_query.action_of(given, on_queue_path=not on_root)
    arguments = aws_query.decode(action, given)
    if not on_root and getattr(arguments, "queue_url", "") is None:
        arguments.queue_url = request.path.decode("latin-1")  # type: ignore[attr-defined]
    authorization = request.headers.get(b"authorization")
    if authorization is None:
        return action, arguments, credentials.of_query(given, accounts)
    return action, arguments, credentials.of_header(authorization, accounts)


_JSON: Final = Spelling(aws_json.CONTENT_TYPE, _read_json, aws_json.encode, aws_json.encode_error)
_XML: Final = Spelling(aws_query.XML_CONTENT_TYPE, _read_query, aws_query.encode, aws_query.encode_error)
_QUERY_JSON: Final = Spelling(
    aws_query.JSON_CONTENT_TYPE, _read_query, aws_query.encode_as_json, aws_query.encode_error_as_json
)
_JSON_HEAD: Final = f"content-type: {aws_json.CONTENT_TYPE}\r\nx-amzn-requestid: "  # as make_reply begins one
_JSON_BODY: Final = aws_json.CONTENT_TYPE.encode()
_JSON_ANSWER: Final = aws_query.JSON_CONTENT_TYPE.encode()


def _spelling(headers: dict[bytes, bytes]) -> Spelling:
    if b"x-amz-target" in headers or headers.get(b"content-type", b"").startswith(_JSON_BODY):
        return _JSON
    return _QUERY_JSON if headers.get(b"accept", b"").startswith(_JSON_ANSWER) else _XML


class AwsApi:
    """SQS over HTTP. `answer` and `dispatch` are attributes, so that a log or a fault can be wrapped around them.

    `max_body` is in bytes; `base_url` is what queue URLs begin with, instead of the request's own scheme and host;
    `accounts` are those that access keys mean which are no account's number.
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
        accounts: Mapping[str, str] = NO_KEYS,
    ) -> None:
        self.broker = broker
        self.max_body = max_body
        self.dispatch: Callable[[Action, Call, Request], Outcome] = dispatch
        self.answer: Callable[[HttpRequest], Reply | Pending[Reply]] = self._answer
        self._region = region
        self._base_url = None if base_url is None else base_url.rstrip("/")
        self._origins = origins or Origins()
        self._trust_forwarded = trust_forwarded
        self._accounts = accounts

    def _answer(self, request: HttpRequest) -> Reply | Pending[Reply]:
        """The hot path: long for its calls' sake, each of which every request would pay for."""
        headers = request.headers
        if b"origin" in headers:
            return self._origins.guard(request, self._answer)
        request_id = uuid4_text()
        connection = request.connection
        spelling = _JSON
        try:
            target = TARGETS.get(headers.get(b"x-amz-target"))
            if target is not None and request.method == b"POST":
                action, decode = target
                try:
                    arguments = decode(request.body)
                except NOT_DECODED as error:
                    arguments = aws_json.decode_again(action, request.body, error)
                authorization = headers.get(b"authorization", b"")
                if not connection.authorization or not authorization.startswith(connection.authorization):
                    self._identify(request, authorization)
                account, region = connection.account, connection.region
            else:
                spelling = _spelling(headers)
                action, arguments, scope = spelling.read(request, self._accounts)
                account, region = scope.account or DEFAULT_ACCOUNT, scope.region or self._region_of(request)
            user_agent = headers.get(b"user-agent", b"")
            if user_agent != connection.user_agent:
                connection.name_consumer(user_agent)
            call = Call(
                self.broker,
                account,
                region,
                connection.consumer,
                request.header(b"x-amzn-trace-id") if b"x-amzn-trace-id" in headers else None,
                self._base_url_of,
                request,
                connection.is_gone,
            )
            outcome = self.dispatch(action, call, arguments)
            if isinstance(outcome, Pending):
                return outcome.then(partial(_late_reply, action, spelling, request_id))
            if spelling is not _JSON:
                return make_reply(200, spelling.content_type, request_id, spelling.encode(action, outcome, request_id))
            body = b"" if outcome is None else encode_result(outcome)
            return Reply(200, f"{_JSON_HEAD}{request_id}\r\ncontent-length: {len(body)}\r\n", body)
        except SqsError as error:
            return _error_reply(error, spelling, request_id)
        except Unanswered as fault:
            return _bare_reply(fault)
        except _NoSuchPage:  # whatever it accepts
            return make_reply(404, _XML.content_type, request_id, b"<UnknownOperationException/>")
        except Exception as error:
            return _failure_reply(error, spelling, request_id)

    def _identify(self, request: HttpRequest, authorization: bytes) -> None:
        """Note on its connection who sends a request; for the next one, too, if its credentials name a region."""
        scope = credentials.of_header(authorization, self._accounts)
        connection = request.connection
        connection.account = scope.account or DEFAULT_ACCOUNT
        connection.region = scope.region or self._region_of(request)
        beginning = authorization[: authorization.find(b",") + 1]
        connection.authorization = beginning if scope.region and b"Credential=" in beginning else b""

    def refuse_body(self, headers: dict[bytes, bytes]) -> Reply:
        """Return the reply to a request whose body is over the limit, and was not read."""
        return _error_reply(RequestEntityTooLarge.of(self.max_body), _spelling(headers), uuid4_text())

    def _region_of(self, request: HttpRequest) -> str:
        """Return the region of a request whose credentials name none."""
        return credentials.region_of_host(request.host) or self._region

    def _base_url_of(self, request: HttpRequest) -> str:
        """Return how this client reaches us: what it asked for, or what a trusted proxy says it asked for."""
        if self._base_url is not None:
            return self._base_url
        scheme, host = request.connection.scheme, request.host
        if self._trust_forwarded:
            scheme = _first(request.header(b"x-forwarded-proto")) or scheme
            host = _first(request.header(b"x-forwarded-host")) or host
        return f"{scheme}://{host}"


def _first(header: str) -> str:
    """The client's own value is the leftmost: each proxy adds its own behind it."""
    return header.split(",", 1)[0].strip()


def _late_reply(action: Action, spelling: Spelling, request_id: str, answer: Answer) -> Reply:
    """Write the answer of a call that was pending."""
    if isinstance(answer, Exception):
        return _failure_reply(answer, spelling, request_id)
    return make_reply(200, spelling.content_type, request_id, spelling.encode(action, answer, request_id))


def _failure_reply(error: Exception, spelling: Spelling, request_id: str) -> Reply:
    """Tell of what came instead of a result."""
    if isinstance(error, SqsError):
        return _error_reply(error, spelling, request_id)
    if isinstance(error, Unanswered):
        return _bare_reply(error)
    _log.error("request %s failed inside the emulator", request_id, exc_info=error)
    return _error_reply(InternalError(), spelling, request_id)


def _bare_reply(fault: Unanswered) -> Reply:
    if not isinstance(fault, BareStatus):
        return Reply(NO_ANSWER, "", b"")
    body = fault.body.encode()
    content_type = f"content-type: {fault.content_type}\r\n" if body else ""
    return Reply(fault.status, f"{content_type}content-length: {len(body)}\r\n", body)


def _error_reply(error: SqsError, spelling: Spelling, request_id: str) -> Reply:
    status, body = spelling.encode_error(error, request_id)
    more = f"x-amzn-query-error: {aws_json.query_error(error)}\r\n" if spelling is _JSON else ""
    return make_reply(status, spelling.content_type, request_id, body, more)
