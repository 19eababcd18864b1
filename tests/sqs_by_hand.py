"""The API without a socket and without passing time: calls go through the wire as bytes, the clock is moved by hand."""

from __future__ import annotations

import contextlib
import http as http_names
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from sqs_emulator.core.broker import AccountPlan, Broker
from sqs_emulator.core.limits import RELAXED, Limits
from sqs_emulator.core.outbox import Outbox
from sqs_emulator.core.queue import Queue
from sqs_emulator.services.pending import Pending
from sqs_emulator.web.aws import AwsApi
from sqs_emulator.web.http import Connection, HttpRequest, Reply, split_target
from sqs_emulator.web.outbox import hand_over
from tests.raw_http import HOST, Response, credentials, json_call, parse_response, query_call

NAMESPACE: Final = "{http://queue.amazonaws.com/doc/2012-11-05/}"
START: Final = 1_700_000_000_000


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: int = START) -> None:
        self._now = now

    def now(self) -> int:
        return self._now

    def real_seconds_until(self, at: int) -> float | None:
        return None

    def advance(self, seconds: float) -> None:
        self._now += round(seconds * 1000)


def request_of(raw: bytes, *, scheme: str = "http") -> HttpRequest:
    """Return the request that a coat would make of these bytes."""
    head, _, body = raw.partition(b"\r\n\r\n")
    line, *lines = head.split(b"\r\n")
    method, target, _ = line.split(b" ")
    headers = dict(field.split(b": ", 1) for field in lines)
    connection = Connection(scheme, "192.0.2.1:1234", "127.0.0.1:9324", lambda: False)
    lower = {name.lower(): value for name, value in headers.items()}
    return HttpRequest(connection, method, *split_target(target), lower, body)


def bytes_of(reply: Reply) -> bytes:
    """Return a reply as a coat would write it."""
    head = [f"HTTP/1.1 {reply.status} {http_names.HTTPStatus(reply.status).phrase}".encode()]
    return b"\r\n".join((*head, *(name + b": " + value for name, value in reply.headers()), b"", reply.body))


class Refused(Exception):
    """An answer that is an error, as a client reads it; of the Query protocol there is no `shape`."""

    def __init__(self, status: int, shape: str | None, code: str, fault: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.shape = shape  # `__type`, whole
        self.code = code
        self.fault = fault
        self.message = message


@contextlib.contextmanager
def refused(code: str, message: str | None = None, *, status: int = 400) -> Iterator[None]:
    """Expect an error: its Query code (which boto3 shows too), its words and its status."""
    with pytest.raises(Refused) as caught:
        yield
    assert (caught.value.code, caught.value.status) == (code, status), caught.value
    assert message is None or caught.value.message == message


class Poll:
    """A receive that is waiting, or was."""

    def __init__(self, pending: Pending[Reply], outbox: Outbox) -> None:
        self.abandon = pending.abandon
        self._replies: list[Reply] = []
        pending.subscribe(self._replies.append)
        hand_over(outbox)

    @property
    def is_waiting(self) -> bool:
        return not self._replies

    def messages(self) -> list[dict[str, Any]]:
        (reply,) = self._replies
        found: list[dict[str, Any]] = json.loads(reply.body).get("Messages", [])
        return found


class Sqs:
    """An SQS for one test. `call` speaks JSON and returns its answer, `query` the Query protocol and its XML."""

    def __init__(
        self, limits: Limits = RELAXED, *, region: str = "us-east-1", plan: AccountPlan | None = None, **settings: Any
    ) -> None:
        self.clock = HandClock()
        self.broker = Broker(self.clock, limits=limits, plan=plan)
        self.api = AwsApi(self.broker, region=region, **settings)

    # Calls.

    def ask(self, raw: bytes, *, scheme: str = "http") -> Response:
        """Send a whole request and return the whole response."""
        outcome = self.api.answer(request_of(raw, scheme=scheme))
        hand_over(self.broker.outbox)
        assert isinstance(outcome, Reply), "the call was waiting"
        return parse_response(bytes_of(outcome))

    def call(self, action: str, *, headers: Mapping[str, str] | None = None, **members: Any) -> Any:
        return self.ask_for(action, members, headers=headers)

    def ask_for(self, action: str, members: Mapping[str, Any], *, headers: Mapping[str, str] | None = None) -> Any:
        return read_json(self.ask(json_call(action, members, headers=headers)))

    def query(
        self, form: str | Mapping[str, str], *, headers: Mapping[str, str] | None = None, path: str = "/"
    ) -> ElementTree.Element:
        sent = form if isinstance(form, str) else urlencode(form)
        return read_xml(self.ask(query_call(sent.encode(), target=path, headers=headers)))

    def poll(self, **members: Any) -> Poll:
        """Begin a ReceiveMessage that finds nothing yet."""
        outcome = self.api.answer(request_of(json_call("ReceiveMessage", {"WaitTimeSeconds": 20, **members})))
        assert not isinstance(outcome, Reply), "the call was answered at once"
        return Poll(outcome, self.broker.outbox)

    # The commonest calls.

    def create(self, name: str = "q", *, region: str | None = None, key: str = "test", **attributes: str) -> str:
        headers = None if region is None and key == "test" else credentials(region or "us-east-1", key)
        url = self.call("CreateQueue", headers=headers, QueueName=name, Attributes=attributes)["QueueUrl"]
        assert isinstance(url, str)
        return url

    def send(self, url: str, body: str = "hello", **members: Any) -> Any:
        return self.call("SendMessage", QueueUrl=url, MessageBody=body, **members)

    def receive(self, url: str, **members: Any) -> list[dict[str, Any]]:
        """Receive up to ten messages at once."""
        answer = self.call("ReceiveMessage", **{"QueueUrl": url, "MaxNumberOfMessages": 10, **members})
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found

    def attributes(self, url: str, *names: str) -> dict[str, str]:
        answer = self.call("GetQueueAttributes", QueueUrl=url, AttributeNames=list(names or ("All",)))
        found: dict[str, str] = answer.get("Attributes", {})
        return found

    def counts(self, url: str) -> tuple[int, int, int]:
        """Return how many messages are visible, in flight and delayed."""
        shown = self.attributes(url)
        numbers = ("", "NotVisible", "Delayed")
        visible, in_flight, delayed = (int(shown["ApproximateNumberOfMessages" + number]) for number in numbers)
        return visible, in_flight, delayed

    def queue(self, name: str = "q", *, account: str = "000000000000", region: str = "us-east-1") -> Queue:
        return self.broker.find(account, region, name)

    def pass_time(self, seconds: float, *names: str) -> None:
        """Move the clock, and fire the timers of the queues named."""
        self.clock.advance(seconds)
        for name in names:
            self.queue(name).on_timer(self.clock.now())
        hand_over(self.broker.outbox)


def read_json(response: Response) -> Any:
    """Return a JSON answer; raises Refused. A void action's empty body is None."""
    answer: Any = json.loads(response.body) if response.body else None
    if response.status == 200:
        return answer
    code, fault = response.headers["x-amzn-query-error"].split(";")
    raise Refused(response.status, answer["__type"], code, fault, answer.get("message", ""))


def read_xml(response: Response) -> ElementTree.Element:
    """Return an XML answer's root, its names freed of their namespace; raises Refused."""
    root = ElementTree.fromstring(response.body)
    for element in root.iter():
        assert element.tag.startswith(NAMESPACE)
        element.tag = element.tag.removeprefix(NAMESPACE)
    if response.status == 200:
        return root
    texts = [root.findtext(f"Error/{name}") or "" for name in ("Code", "Type", "Message")]
    raise Refused(response.status, None, *texts)


def texts(root: ElementTree.Element, path: str) -> list[str]:
    """Return the texts of all elements on a path."""
    return [element.text or "" for element in root.findall(path)]


def queue_url(name: str = "q", account: str = "000000000000") -> str:
    return f"http://{HOST}/{account}/{name}"
