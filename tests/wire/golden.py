"""Golden exchanges: what is sent and what comes back, byte by byte, in both protocols.

A case is a little script. `given` runs first, in JSON; then the call is made once in each protocol, each on a queue of
its own. `$url` is the queue's URL, `$arn` its ARN, `$handle` the receipt handle of the last message received in
`given`, `$task` the handle of its move task.
"""

from __future__ import annotations

import http as http_names
import json
import string
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

from tests.raw_http import HOST, Response, credentials, json_call, normal, query_call
from tests.sqs_by_hand import queue_url

Ask = Callable[[bytes], Response]

XMLNS: Final = 'xmlns="http://queue.amazonaws.com/doc/2012-11-05/"'
METADATA: Final = "<ResponseMetadata><RequestId><uuid></RequestId></ResponseMetadata>"


class Step(NamedTuple):
    """A call that sets the scene."""

    action: str
    members: Mapping[str, object]


class Golden(NamedTuple):
    """One call: its JSON body and form, and the bodies of the answers (normalised: see `raw_http.normal`)."""

    action: str
    json: str
    json_answer: str
    query: str
    query_answer: str  # inside the `…Response` element, before ResponseMetadata
    given: tuple[Step, ...] = ()


class GoldenError(NamedTuple):
    """One refusal. `message` is told in JSON, and in Query too unless that has words of its own."""

    action: str
    json: str
    query: str
    type: str  # `__type`
    code: str
    message: str
    status: int = 400
    query_message: str | None = None
    given: tuple[Step, ...] = ()


class Scene:
    """A queue `q` in a region of its own, and whatever `given` made of it."""

    def __init__(self, ask: Ask, region: str, given: tuple[Step, ...]) -> None:
        self._ask = ask
        self._headers = credentials(region)
        self._region = region
        arn = f"arn:aws:sqs:{region}:000000000000:q"
        self._words = {"url": queue_url(), "arn": arn, "handle": "", "task": "", "host": HOST}
        for step in (Step("CreateQueue", {"QueueName": "q"}), *given):
            self._play(step)

    def _play(self, step: Step) -> None:
        body = self.fill(json.dumps(dict(step.members)))
        response = self._ask(json_call(step.action, body.encode(), headers=self._headers))
        assert response.status == 200, response
        if step.action == "ReceiveMessage":
            (message,) = json.loads(response.body)["Messages"]
            self._words["handle"] = message["ReceiptHandle"]
        elif step.action == "StartMessageMoveTask":
            self._words["task"] = json.loads(response.body)["TaskHandle"]

    def fill(self, template: str) -> str:
        return string.Template(template).substitute(self._words)

    def ask_json(self, action: str, body: str) -> str:
        """Make the call in JSON and return the whole answer, normalised."""
        raw = self._ask(json_call(action, self.fill(body).encode(), headers=self._headers)).raw
        return self._normal(raw)

    def ask_query(self, action: str, form: str) -> str:
        pairs = [(name, self.fill(value)) for name, value in parse_qsl(form, keep_blank_values=True)]
        raw = self._ask(query_call(urlencode([("Action", action), *pairs]).encode(), headers=self._headers)).raw
        return self._normal(raw)

    def _normal(self, raw: bytes) -> str:
        return normal(raw).decode().replace(self._region, "<region>")


def answer_of(status: int, content_type: str, body: str, more: str = "") -> str:
    """Return a whole answer as it is written, normalised."""
    return (
        f"HTTP/1.1 {status} {http_names.HTTPStatus(status).phrase}\r\ncontent-type: {content_type}\r\n"
        f"x-amzn-requestid: <uuid>\r\n{more}content-length: <n>\r\n\r\n{body}"
    )


def json_answer(body: str) -> str:
    return answer_of(200, "application/x-amz-json-1.0", body)


def query_answer(action: str, inside: str) -> str:
    return answer_of(
        200, "text/xml", f'<?xml version="1.0"?><{action}Response {XMLNS}>{inside}{METADATA}</{action}Response>'
    )


def json_error(case: GoldenError) -> str:
    body = json.dumps({"__type": case.type, "message": case.message}, separators=(",", ":"), ensure_ascii=False)
    return answer_of(case.status, "application/x-amz-json-1.0", body, f"x-amzn-query-error: {case.code};Sender\r\n")


def query_error(case: GoldenError) -> str:
    message = case.query_message or case.message
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        message = message.replace(character, entity)
    error = f"<Type>Sender</Type><Code>{case.code}</Code><Message>{message}</Message><Detail/>"
    body = f"<ErrorResponse {XMLNS}><Error>{error}</Error><RequestId><uuid></RequestId></ErrorResponse>"
    return answer_of(case.status, "text/xml", f'<?xml version="1.0"?>{body}')
