"""How a request is spelt, and wants its answer: in AWS JSON, or by the Query protocol with XML or JSON answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from sqs_emulator.contract.action import Action, Request, Result
from sqs_emulator.contract.catalogue import SERVICES
from sqs_emulator.contract.errors import UnknownOperation
from sqs_emulator.contract.service import Service
from sqs_emulator.core.errors import SqsError
from sqs_emulator.web.http import HttpRequest
from sqs_emulator.wire import aws_json, aws_query, credentials
from sqs_emulator.wire.credentials import CredentialScope


class NoSuchPage(Exception):
    """Not an AWS call at all: no action where one is needed."""


class Spelling(NamedTuple):
    """A protocol, with the service that is spoken to by it."""

    content_type: str
    encode: Callable[[Service, Action, Result | None, str], bytes]
    encode_error: Callable[[Service, SqsError, str], tuple[int, bytes]]
    service: Service = SERVICES.default  # until it is known which one is meant


JSON: Final = Spelling(aws_json.CONTENT_TYPE, aws_json.encode, aws_json.encode_error)
XML: Final = Spelling(aws_query.XML_CONTENT_TYPE, aws_query.encode, aws_query.encode_error)
QUERY_JSON: Final = Spelling(aws_query.JSON_CONTENT_TYPE, aws_query.encode_as_json, aws_query.encode_error_as_json)
_JSON_BODY: Final = aws_json.CONTENT_TYPE.encode()
_JSON_ANSWER: Final = aws_query.JSON_CONTENT_TYPE.encode()


def spelling_of(headers: Mapping[bytes, bytes]) -> Spelling:
    if b"x-amz-target" in headers or headers.get(b"content-type", b"").startswith(_JSON_BODY):
        return JSON
    return QUERY_JSON if headers.get(b"accept", b"").startswith(_JSON_ANSWER) else XML


def parameters_of(request: HttpRequest, spelling: Spelling) -> aws_query.Parameters:
    """Return what a Query request says; raises UnknownOperation for JSON, which has a good target or makes no sense."""
    if request.method != b"POST" and (request.method != b"GET" or spelling is JSON):
        raise NoSuchPage
    if spelling is JSON:
        raise UnknownOperation
    given = aws_query.parameters(request.query_string, request.body)
    if "Action" not in given and (request.method == b"GET" or request.path != b"/"):
        raise NoSuchPage
    return given


def scope_of(
    request: HttpRequest, given: aws_query.Parameters, accounts: Mapping[str, str]
) -> tuple[CredentialScope, Service]:
    """Return what the credentials of a Query request say, and which service it means."""
    authorization = request.headers.get(b"authorization")
    if authorization is None:
        scope = credentials.of_query(given, accounts)
    else:
        scope = credentials.of_header(authorization, accounts)
    return scope, SERVICES.meant_by(scope.service, given.get("Version"))


def read_query(service: Service, request: HttpRequest, given: aws_query.Parameters) -> tuple[Action, Request]:
    on_root = request.path == b"/"
    action = aws_query.action_of(service, given, on_queue_path=not on_root)
    arguments = aws_query.decode(action, given)
    if not on_root and getattr(arguments, "queue_url", "") is None:
        arguments.queue_url = request.path.decode("latin-1")  # type: ignore[attr-defined]
    return action, arguments
