"""The way of every AWS call: from a request to its reply, in one synchronous function that knows no transport.

Two coats call `AwsApi.answer`: `protocol.py`, a subclass of uvicorn's httptools protocol, which production uses; and
`asgi.py`, for what that one hands back (HTTP/1.0, `Expect`) and for other servers. Both write the same bytes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeAlias

from sqs_emulator.contract.action import Action, Result
from sqs_emulator.contract.errors import InternalError, RequestEntityTooLarge
from sqs_emulator.core.broker import Broker
from sqs_emulator.core.errors import SqsError
from sqs_emulator.core.identifiers import DEFAULT_ACCOUNT, uuid4_text
from sqs_emulator.faults.outcomes import BareStatus, Unanswered
from sqs_emulator.services.call import Call
from sqs_emulator.services.dispatch import Dispatcher
from sqs_emulator.services.handlers import HANDLERS
from sqs_emulator.services.pending import Answer, Pending
from sqs_emulator.web.http import NO_ANSWER, HttpRequest, Reply, make_reply
from sqs_emulator.web.origins import Origins, is_browsers
from sqs_emulator.web.spelling import JSON, XML, NoSuchPage, Spelling, parameters_of, read_query, scope_of, spelling_of
from sqs_emulator.wire import aws_json, credentials
from sqs_emulator.wire.aws_json import NOT_DECODED, TARGETS, encode_result
from sqs_emulator.wire.credentials import NO_KEYS

_log = logging.getLogger("sqs_emulator")

_JSON_HEAD: Final = f"content-type: {JSON.content_type}\r\nx-amzn-requestid: "  # as make_reply begins one

Proceed: TypeAlias = Callable[[HttpRequest], Reply | Pending[Reply]]
Wrapper: TypeAlias = Callable[[HttpRequest, Proceed], Reply | Pending[Reply]]


class AwsApi:
    """SQS over HTTP. `answer` is an attribute: what there is, with all that was wrapped around it.

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
        self.dispatcher = Dispatcher(HANDLERS)
        self.answer: Proceed = self._answer
        self._wrappers: list[Wrapper] = []
        self._region = region
        self._base_url = None if base_url is None else base_url.rstrip("/")
        self._origins = origins or Origins()
        self._trust_forwarded = trust_forwarded
        self._accounts = accounts

    def wrap(self, wrapper: Wrapper) -> None:
        """Let `wrapper` stand between the transport and all there is; one that comes later stands outside."""
        self._wrappers.append(wrapper)
        self._compose()

    def unwrap(self, wrapper: Wrapper) -> None:
        self._wrappers.remove(wrapper)
        self._compose()

    def _compose(self) -> None:
        self.answer = self._answer
        for wrapper in self._wrappers:
            self.answer = partial(_wrapped, wrapper, self.answer)

    def _answer(self, request: HttpRequest) -> Reply | Pending[Reply]:
        """The hot path: long for its calls' sake, each of which every request would pay for."""
        headers = request.headers
        if b"origin" in headers or b"sec-fetch-site" in headers or b"referer" in headers:
            return self._origins.guard(request, self._answer)
        request_id = uuid4_text()
        connection = request.connection
        spelling = JSON
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
                if is_browsers(request.method, headers):  # by other signs: a page's JSON call has one of those above
                    return self._origins.guard(request, self._answer)
                spelling = spelling_of(headers)
                given = parameters_of(request, spelling)
                scope, service = scope_of(request, given, self._accounts)
                spelling = spelling._replace(service=service)
                action, arguments = read_query(service, request, given)
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
            outcome = self.dispatcher.answers[action](call, arguments)
            if isinstance(outcome, Pending):
                return outcome.then(partial(_late_reply, action, spelling, request_id))
            if spelling is not JSON:
                return _reply(action, spelling, request_id, outcome)
            body = b"" if outcome is None else encode_result(outcome)
            return Reply(200, f"{_JSON_HEAD}{request_id}\r\ncontent-length: {len(body)}\r\n", body)
        except SqsError as error:
            return _error_reply(error, spelling, request_id)
        except Unanswered as fault:
            return _bare_reply(fault)
        except NoSuchPage:  # whatever it accepts
            return make_reply(404, XML.content_type, request_id, b"<UnknownOperationException/>")
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
        reply = _error_reply(RequestEntityTooLarge.of(self.max_body), spelling_of(headers), uuid4_text())
        reply.head += self._origins.readable(headers)
        return reply

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


def _wrapped(wrapper: Wrapper, proceed: Proceed, request: HttpRequest) -> Reply | Pending[Reply]:
    return wrapper(request, proceed)


def _first(header: str) -> str:
    """The client's own value is the leftmost: each proxy adds its own behind it."""
    return header.split(",", 1)[0].strip()


def _late_reply(action: Action, spelling: Spelling, request_id: str, answer: Answer) -> Reply:
    """Write the answer of a call that was pending."""
    if isinstance(answer, Exception):
        return _failure_reply(answer, spelling, request_id)
    try:
        return _reply(action, spelling, request_id, answer)
    except Exception as error:  # this client's alone, whoever made its answer come
        return _failure_reply(error, spelling, request_id)


def _reply(action: Action, spelling: Spelling, request_id: str, result: Result | None) -> Reply:
    body = spelling.encode(spelling.service, action, result, request_id)
    return make_reply(200, spelling.content_type, request_id, body)


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
    service = spelling.service
    status, body = spelling.encode_error(service, error, request_id)
    more = f"x-amzn-query-error: {aws_json.query_error(service, error)}\r\n" if spelling is JSON else ""
    return make_reply(status, spelling.content_type, request_id, body, more)
