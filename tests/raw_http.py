"""HTTP as bytes: requests to send as they stand, responses to compare as they come, and a socket between the two."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, NamedTuple
from urllib.parse import urlencode

from sqs_emulator import Emulator
from sqs_emulator.web.protocol import AwsProtocol

HOST: Final = "localhost:9324"  # what requests claim to be for; queue URLs follow it, whatever the port really is
DEADLINE_SECONDS: Final = 30.0


def http(
    method: str = "POST",
    target: str | bytes = "/",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    *,
    version: str = "1.1",
) -> bytes:
    """Return a request; a body brings its Content-Length along."""
    lines = {"Host": HOST, **(headers or {})}
    if body is not None and not {"Content-Length", "Transfer-Encoding"} & lines.keys():
        lines["Content-Length"] = str(len(body))
    path = target if isinstance(target, bytes) else target.encode()
    head = [method.encode() + b" " + path + b" HTTP/" + version.encode()]
    head += [f"{name}: {value}".encode("latin-1") for name, value in lines.items()]
    return b"\r\n".join(head) + b"\r\n\r\n" + (body or b"")


def credentials(region: str = "us-east-1", key: str = "test") -> dict[str, str]:
    """Return an Authorization header as SigV4 writes it; nobody checks the signature."""
    scope = f"{key}/20260101/{region}/sqs/aws4_request"
    signed = "SignedHeaders=host;x-amz-date, Signature=0123456789abcdef"
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, {signed}"}


def json_call(
    action: str,
    body: bytes | Mapping[str, object] = b"{}",
    *,
    target: str = "/",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return a call in AWS JSON 1.0."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AmazonSQS.{action}"}
    return http("POST", target, {**named, **(headers or {})}, sent)


def query_call(
    form: bytes | Mapping[str, str], *, target: str = "/", headers: Mapping[str, str] | None = None
) -> bytes:
    """Return a call in the Query protocol, with its parameters in a form."""
    sent = form if isinstance(form, bytes) else urlencode(form).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    return http("POST", target, {**kind, **(headers or {})}, sent)


def chunked(*parts: bytes) -> bytes:
    """Return a body in chunks, for a request with `Transfer-Encoding: chunked`."""
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


class Response(NamedTuple):
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes
    raw: bytes

    @property
    def json(self) -> dict[str, object]:
        answer = json.loads(self.body)
        assert isinstance(answer, dict)
        return answer


def parse_response(raw: bytes) -> Response:
    """Take a whole response apart."""
    head, _, body = raw.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(header.split(": ", 1) for header in lines)
    return Response(int(line.split(" ")[1]), {name.lower(): value for name, value in headers.items()}, body, raw)


# What differs from one answer to the next. Content-Length is checked against the body before it is replaced.
_VARYING: Final = (
    (re.compile(rb"eyJ0YXNrSWQi[A-Za-z0-9+/]+=*"), b"<task>"),
    (re.compile(rb"^date: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT\r\n", re.MULTILINE), b""),
    (re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"), b"<uuid>"),
    (re.compile(rb"AQEB[A-Za-z0-9+/]{20,}={0,2}"), b"[receipt handle]"),
    (re.compile(rb"\b1[0-9]{12}\b"), b"<ms>"),
    (re.compile(rb"\b1[0-9]{9}\b"), b"<s>"),
)


def normal(raw: bytes, *, head: bool = False) -> bytes:
    """Return a response with its ids, receipt handles and moments replaced: what golden bytes are compared with."""
    response = parse_response(raw)
    if (length := response.headers.get("content-length")) is not None:
        assert head or int(length) == len(response.body)
        raw = raw.replace(f"content-length: {length}".encode(), b"content-length: <n>", 1)
    for pattern, name in _VARYING:
        raw = pattern.sub(name, raw)
    return raw


class Connection:
    """A client's connection, byte by byte."""

    def __init__(self, url: str, *, context: ssl.SSLContext | None = None) -> None:
        host, _, port = url.partition("://")[2].rpartition(":")
        self.socket = socket.create_connection((host.strip("[]"), int(port)), timeout=DEADLINE_SECONDS)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self._unread = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def ask(self, request: bytes) -> Response:
        """Send a request and return its response."""
        self.send(request)
        return self.response(head=request.startswith(b"HEAD "))

    def response(self, *, head: bool = False) -> Response:
        """Read one response, an interim one too; `head`: the answer to a HEAD request has no body."""
        while b"\r\n\r\n" not in self._unread:
            self._read()
        start, end, _ = self._unread.partition(b"\r\n\r\n")
        told = parse_response(start + end)
        empty = head or told.status < 200 or told.status == 204
        whole = len(start + end) + (0 if empty else int(told.headers["content-length"]))
        while len(self._unread) < whole:
            self._read()
        raw, self._unread = self._unread[:whole], self._unread[whole:]
        return parse_response(raw)

    def _read(self) -> None:
        data = self.socket.recv(65_536)
        if not data:
            raise EOFError(f"the server closed the connection after {self._unread[:500]!r}")
        self._unread += data

    def response_by_now(self) -> Response:
        """Return the response that has come; raises BlockingIOError where it has not come whole."""
        self.socket.setblocking(False)
        try:
            return self.response()
        finally:
            self.socket.settimeout(DEADLINE_SECONDS)

    def is_closed_by_server(self) -> bool:
        """Wait for the server to close; False if it says something instead."""
        try:
            return not self._unread and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def rest(self) -> bytes:
        """Return whatever comes until the server closes."""
        with contextlib.suppress(EOFError, ConnectionResetError):
            while True:
                self._read()
        return self._unread

    def stop_writing(self) -> None:
        """Close this end's half, if the other has not closed it all by now."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def loop_of(emulator: Emulator) -> asyncio.AbstractEventLoop:
    """Return the event loop of a served emulator."""
    assert emulator._server is not None
    loop = emulator._server._running_loop
    assert loop is not None
    return loop


def in_loop(emulator: Emulator, act: Callable[[], object]) -> None:
    """Have something done in the loop's thread, and return when it is done."""
    done = threading.Event()
    loop_of(emulator).call_soon_threadsafe(act)
    loop_of(emulator).call_soon_threadsafe(done.set)
    assert done.wait(DEADLINE_SECONDS)


def protocol_of(emulator: Emulator, connection: Connection) -> AwsProtocol:
    """Return the fast coat's end of a connection that has been answered once."""
    assert emulator._server is not None
    port = connection.socket.getsockname()[1]
    protocols = [one for one in list(emulator._server.server_state.connections) if isinstance(one, AwsProtocol)]
    (found,) = [one for one in protocols if one.client is not None and one.client[1] == port]
    return found


class Pause:
    """Holds a served emulator's loop still, so that what is sent meanwhile is all there at once when it goes on."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._is_held = threading.Event()
        self._is_over = threading.Event()

    def _hold(self) -> None:
        self._is_held.set()
        self._is_over.wait(DEADLINE_SECONDS)

    def __enter__(self) -> None:
        loop_of(self._emulator).call_soon_threadsafe(self._hold)
        assert self._is_held.wait(DEADLINE_SECONDS)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()


def wait_until(condition: Callable[[], bool]) -> None:
    """Return when a condition holds; fail if that takes longer than the 20 seconds of a long poll could explain."""
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


class Calls:
    """Calls on a queue `q` in a region of its own, as bytes."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.headers = credentials(region)

    def __call__(self, action: str, **members: object) -> bytes:
        return json_call(action, {"QueueUrl": "q", **members}, headers=self.headers)

    def query(self, form: str, target: str = "/000000000000/q") -> bytes:
        return query_call(form.encode(), target=target, headers=self.headers)

    def send(self, body: str = "hello", **members: object) -> bytes:
        return self("SendMessage", MessageBody=body, **members)

    def receive(self, wait: int = 0, **members: object) -> bytes:
        names = {"AttributeNames": ["ApproximateReceiveCount"], "MaxNumberOfMessages": 10}
        return self("ReceiveMessage", WaitTimeSeconds=wait, **{**names, **members})

    def wait_for_polls(self, emulator: Emulator, polls: int = 1) -> None:
        """Wait until so many receives are waiting on the queue."""
        queue = emulator.broker.find("000000000000", self.region, "q")
        wait_until(lambda: len(queue.waiters) == polls)

    def counts(self, connection: Connection) -> tuple[int, int]:
        """Return how many messages are visible and in flight."""
        shown = connection.ask(self("GetQueueAttributes", AttributeNames=["All"])).json["Attributes"]
        assert isinstance(shown, dict)
        return int(shown["ApproximateNumberOfMessages"]), int(shown["ApproximateNumberOfMessagesNotVisible"])


def received(response: Response) -> list[tuple[str, int]]:
    """Return the bodies of the messages received, with their receive counts."""
    messages = response.json.get("Messages", [])
    assert isinstance(messages, list)
    return [(message["Body"], int(message["Attributes"]["ApproximateReceiveCount"])) for message in messages]
