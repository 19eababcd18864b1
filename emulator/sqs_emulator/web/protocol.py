"""The fast coat of the AWS calls: uvicorn's httptools protocol, which answers them without ASGI's task and messages.

A connection's requests are parsed by uvicorn's class. An AWS call is answered at the end of the loop's turn
(`turn.py`), with one write. Everything else is handed back, and uvicorn makes one of its cycles of it: the emulator's
own pages, and what the ASGI coat does as well and is rare (HTTP/1.0, `Expect`, upgrades). Both kinds share a connection
and are answered in their order.

A connection is two machines side by side. `READING_MOVES` and `ANSWERING_MOVES` say which state may follow which, and
why; tests drive each of these moves over a socket, and watch that no other is made.

**Reading** follows the newest request. The parser's own calls fill `_raw_headers`, `_url_parts` and `_body_parts`, and
empty `_in_head` at the end of a head, with no Python between: a request has a dozen of them. What they brought is
looked at when the request is complete or, where it comes in parts, after each read.

| state       | `_deaf` | `_in_head` | `_url_parts` | `cycle`   | what there is                                        |
| ----------- | ------- | ---------- | ------------ | --------- | ---------------------------------------------------- |
| HEAD        | False   | full       | either       | stale     | nothing of a request, or some of its head:           |
|             |         |            |              |           | `_head_bytes`, without a read it `_began_behind` in  |
| BODY        | False   | empty      | empty        | None      | an AWS call: `url`, `_headers`, `_keep_alive`; in    |
|             |         |            |              |           | `_body`, what earlier reads have brought of its body |
| HANDED_BACK | False   | empty      | empty        | uvicorn's | another request; its body goes to `cycle`            |
| DEAF        | True    | stale      | stale        | stale     | what comes is thrown away                            |

**Answering** follows the oldest request that has no answer yet. One is answered at a time; those behind it wait in
`pipeline`, the newest first. The type of `_running` is the state:

| state    | `_running`         | `pipeline`                                                                           |
| -------- | ------------------ | ------------------------------------------------------------------------------------ |
| FREE     | None               | empty; or the client does not read (`flow.write_paused`), or `_run_waiting` is next  |
| IN_TURN  | an HttpRequest     | whatever is read in this turn of the loop: it is over in a moment                    |
| PENDING  | a PendingCall      | as many as may wait; a client that sends more is cut off                             |
| UVICORNS | uvicorn's cycle    | the same                                                                             |

Where the two meet:

- What is no HTTP, or too long, is refused, and from then on reading is DEAF. The refusal is the connection's last
  answer: it waits in `_refusal` for those before it. Behind a PENDING call it is not said: a client that sends such a
  thing is not waited for.
- While an answer is pending, reading goes on: a paused transport would not tell that its client has left.
- What waits leaves with its client. A request of this turn is not answered, a pending answer is abandoned, and a cycle
  of uvicorn's is told.
- A client that does not read is answered no further; it, too, may have so many requests waiting and no more.
- A request whose answer fails ends its connection and no other (`fail`).
- When the server stops, the request that is being answered is its connection's last.

This leans on uvicorn's insides: see `fit.py`, and the upper bound in `pyproject.toml`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from enum import Enum
from typing import Any, Final, NamedTuple

import httptools
import msgspec
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from sqs_emulator.core.identifiers import uuid4_text
from sqs_emulator.services.pending import Pending
from sqs_emulator.web import peer
from sqs_emulator.web.asgi import is_own
from sqs_emulator.web.aws import AwsApi
from sqs_emulator.web.http import NO_ANSWER, Connection, HttpRequest, Reply, make_reply, split_target
from sqs_emulator.web.outbox import hand_over
from sqs_emulator.web.turn import Turn

_log = logging.getLogger("sqs_emulator")

_STATUS_LINE: Final = {status: line.decode("latin-1") for status, line in STATUS_LINE.items()}
_MAX_HEAD_BYTES: Final = 128 * 1024  # of a head whose end has not come; a signed GET has its message in the URL
_MAX_WAITING_REQUESTS: Final = 100  # pipelined on one connection
_MAX_WAITING_BYTES: Final = 16 * 1024 * 1024  # of their bodies
_LINGER_SECONDS: Final = 2.0  # how long the rest of a refused body is read and dropped, so that the reply arrives

Reading = Enum("Reading", "HEAD BODY HANDED_BACK DEAF")
Answering = Enum("Answering", "FREE IN_TURN PENDING UVICORNS")

READING_MOVES: Final = {
    (Reading.HEAD, Reading.BODY): "the head of an AWS call has ended, before its body",
    (Reading.HEAD, Reading.HANDED_BACK): "the head of another request has ended, before its body",
    (Reading.HEAD, Reading.DEAF): "no HTTP, too long, or more than may wait",
    (Reading.BODY, Reading.HEAD): "the request is complete",
    (Reading.BODY, Reading.DEAF): "a body that is no HTTP, or too long, or more than may wait",
    (Reading.HANDED_BACK, Reading.HEAD): "the request is complete",
    (Reading.HANDED_BACK, Reading.DEAF): "a body that is no HTTP",
}
# Nothing begins but from FREE: it would take the place of a request that is not answered.
ANSWERING_MOVES: Final = {
    (Answering.FREE, Answering.IN_TURN): "an AWS call is complete",
    (Answering.FREE, Answering.PENDING): "the answer to one that waited is not there yet",
    (Answering.FREE, Answering.UVICORNS): "the head of another request has ended, or it waited",
    (Answering.IN_TURN, Answering.FREE): "answered, or the connection is lost",
    (Answering.IN_TURN, Answering.PENDING): "its answer is not there yet",
    (Answering.PENDING, Answering.FREE): "answered, or the connection is lost",
    (Answering.UVICORNS, Answering.FREE): "answered, or the connection is lost",
}


class PendingCall(NamedTuple):
    """An AWS call whose answer is pending."""

    request: HttpRequest
    answer: Pending[Reply]


class _Earlier:
    """Stands for the requests before one of uvicorn's, which asks whether they are answered."""

    response_complete = False


class AwsProtocol(HttpToolsProtocol):
    """uvicorn's protocol with AWS calls answered without ASGI. A subclass per server sets `api` and `turn`."""

    api: AwsApi
    turn: Turn
    cycle: Any  # uvicorn's, of the newest request; None where that is an AWS call
    pipeline: deque[tuple[Any, Any]]  # AWS calls and uvicorn's cycles, these with the app that answers them

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._raw_headers: dict[bytes, bytes] = {}
        self._url_parts: list[bytes] = []
        self._body_parts: list[bytes] = []
        self._in_head = [True]
        direct = {
            "on_message_begin": None,
            "on_url": self._url_parts.append,
            "on_header": self._raw_headers.__setitem__,
            "on_headers_complete": self._in_head.clear,
            "on_body": self._body_parts.append,
        }
        self.__dict__.update(direct)  # before the parser is made, which looks for its callbacks then
        super().__init__(*args, **kwargs)
        self.access_log = False  # uvicorn's own, which comes back where somebody has given its logger a handler

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._began_behind = False  # another's end, in what is being read
        self._head_bytes = 0
        self._body = bytearray()  # of the reads before this one
        self._deaf = False
        self._refusal: Reply | None = None
        self._running: HttpRequest | PendingCall | RequestResponseCycle | None = None
        self._defaults: object = None  # uvicorn's headers for every answer, and how they are written
        self._default_head = self._ok_head = ""
        self._connection = Connection(
            self.scheme or "http",
            f"{self.client[0]}:{self.client[1]}" if self.client else "",
            f"{self.server[0]}:{self.server[1]}" if self.server else "localhost",
            self._is_gone,
        )
        self._busy = True  # since the idle timer last looked
        self._idle_timer = self.loop.call_later(self.timeout_keep_alive, self._close_if_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        self._idle_timer.cancel()
        running, self._running = self._running, None
        self.cycle = running if isinstance(running, RequestResponseCycle) else None
        super().connection_lost(exc)  # tells `cycle`
        if isinstance(running, PendingCall):
            running.answer.abandon()

    @property
    def reading(self) -> Reading:
        if self._deaf:
            return Reading.DEAF
        if self._in_head or self._url_parts:
            return Reading.HEAD
        return Reading.BODY if self.cycle is None else Reading.HANDED_BACK

    @property
    def answering(self) -> Answering:
        if self._running is None:
            return Answering.FREE
        if isinstance(self._running, HttpRequest):
            return Answering.IN_TURN
        return Answering.PENDING if isinstance(self._running, PendingCall) else Answering.UVICORNS

    def shutdown(self) -> None:
        """End the connection when the server stops; a pending call is answered first, by whoever stops the server."""
        asked = self._running.request if isinstance(self._running, PendingCall) else self._running
        if asked is None:
            self.transport.close()
        else:
            asked.keep_alive = False

    def _close_if_idle(self) -> None:
        """Close a connection that was idle for a whole period: one timer, with nothing to cancel at each request."""
        is_running = self._running is not None
        if self._busy or is_running:
            self._busy = is_running
            self._idle_timer = self.loop.call_later(self.timeout_keep_alive, self._close_if_idle)
        else:
            self.transport.close()

    def _is_gone(self) -> bool:
        return self.transport.is_closing() or peer.has_closed(self.transport)

    # Requests come in.

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        self._busy = True
        self._began_behind = False
        try:
            self.parser.feed_data(data)
            if self._url_parts or self._body_parts:
                self._read_part(len(data))
        except httptools.HttpParserUpgrade:
            self._unsupported_upgrade_warning()
        except httptools.HttpParserError:
            self._refuse(_plain_reply(400, "The request is not valid HTTP.\n"))

    def _read_part(self, size: int) -> None:
        """Look at a request that is not here whole."""
        if self._deaf:
            return
        if self._in_head:
            self._head_bytes += 0 if self._began_behind else size
            if self._head_bytes > _MAX_HEAD_BYTES:
                self._refuse(_plain_reply(431, "The request line and headers are too long.\n"))
            return
        if self._url_parts:
            self._open()
        if self.reading is Reading.HANDED_BACK:
            self._pass_body()
        elif self.reading is Reading.BODY:
            self._body += b"".join(self._body_parts)
            self._body_parts.clear()
            if len(self._body) > self.api.max_body:
                self._refuse(self.api.refuse_body(self._headers))

    def _open(self) -> None:
        """Begin with a request whose head is read: it is ours, or handed back to uvicorn, or refused."""
        raw, parts = self._raw_headers, self._url_parts
        names = _NAMES.get(tuple(raw)) or _remember_names(tuple(raw))
        self._headers = headers = dict(zip(names.lower, raw.values(), strict=True))
        self.url = url = parts[0] if len(parts) == 1 else b"".join(parts)
        raw.clear()
        parts.clear()
        self._keep_alive = keep_alive = self.parser.should_keep_alive()
        if (
            (url != b"/" and is_own(url))
            or names.expect_or_upgrade
            # HTTP/1.0 says no word of the connection and does not keep it, or does say one.
            or ((not keep_alive or names.connection) and self.parser.get_http_version() != "1.1")
        ):
            self._hand_back(headers)
            return
        self.cycle = None
        if self._in_head:  # the body is here, too
            return
        if b"content-length" in headers and int(headers[b"content-length"]) > self.api.max_body:
            self._refuse(self.api.refuse_body(headers))

    def _hand_back(self, headers: dict[bytes, bytes]) -> None:
        """Let uvicorn make one of its cycles of this request, as if this class were not there."""
        url = self.url
        HttpToolsProtocol.on_message_begin(self)
        self.url = url
        self.headers.extend(headers.items())
        self.expect_100_continue = headers.get(b"expect", b"").lower() == b"100-continue"
        must_wait = self._running is not None or self.pipeline
        self.cycle = _Earlier if must_wait else None
        super().on_headers_complete()
        self.flow.resume_reading()  # uvicorn pauses before a pipelined request
        if must_wait:
            self._bound_waiting()

    def _pass_body(self) -> None:
        HttpToolsProtocol.on_body(self, b"".join(self._body_parts))
        self._body_parts.clear()

    def on_message_complete(self) -> None:
        if self._deaf:
            return
        self._in_head.append(True)
        self._began_behind = True
        self._head_bytes = 0
        if self._url_parts:  # the whole request came at once
            self._open()
        else:  # trailers, if any: they must not become the next request's headers
            self._raw_headers.clear()
        if self.cycle is not None:
            self._pass_body()
            super().on_message_complete()
            return
        parts = self._body_parts
        body = parts[0] if len(parts) == 1 else b"".join(parts)
        parts.clear()
        if self._body:
            body = bytes(self._body + body)
            self._body.clear()
        if len(body) > self.api.max_body:
            self._refuse(self.api.refuse_body(self._headers))
            return
        path, query_string = (self.url, b"") if self.url == b"/" else split_target(self.url)
        request = HttpRequest(
            self._connection,
            self.parser.get_method(),
            path,
            query_string,
            self._headers,
            body,
            self._keep_alive,
        )
        if self._running is not None or self.pipeline or self.flow.write_paused:
            self.pipeline.appendleft((request, None))
            self._bound_waiting()
        else:
            self._running = request
            self.turn.add(self, request, self.loop)

    def _bound_waiting(self) -> None:
        """Cut off a client with more requests than may wait."""
        if self.answering is Answering.IN_TURN:
            return
        waiting = len(self.pipeline)
        if waiting > _MAX_WAITING_REQUESTS or sum(len(one.body) for one, _ in self.pipeline) > _MAX_WAITING_BYTES:
            self._deaf = True
            self.transport.close()

    def _refuse(self, reply: Reply) -> None:
        """Answer what cannot be read as a request, and end the connection."""
        if self._deaf:
            return
        self._deaf = True
        if self.answering is Answering.PENDING:
            self.transport.close()
        elif self.answering is not Answering.FREE or self.pipeline:
            self._refusal = reply
        else:
            self._write(reply, None)

    # Answers go out.

    def still_asks(self, request: HttpRequest) -> bool:
        return self._running is request

    def write_reply(self, request: HttpRequest, reply: Reply) -> None:
        self._running = None
        self._write(reply, request)
        if self.pipeline or self._refusal is not None:
            self._run_waiting()

    def wait_for(self, request: HttpRequest, answer: Pending[Reply]) -> None:
        self._running = PendingCall(request, answer)
        answer.subscribe(lambda reply: self._finish(request, reply))
        if self._refusal is not None:
            self.transport.close()

    def fail(self, error: Exception) -> None:
        _log.error("a connection is closed, since its request failed inside the emulator", exc_info=error)
        self.transport.close()

    def _finish(self, request: HttpRequest, reply: Reply) -> None:
        """Write the answer that was pending."""
        self._running = None
        try:
            self._write(reply, request)
        except Exception as error:
            self.fail(error)
        if self.pipeline:  # not now: others are owed their answers first, and theirs may come of these requests
            self.loop.call_soon(self._run_waiting)

    def on_response_complete(self) -> None:
        """What uvicorn's cycles call at their end. There is one idle timer, and no second one of uvicorn's."""
        self._running = None
        if not self.transport.is_closing():
            self.flow.resume_reading()
            self._run_waiting()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._run_waiting()

    def _run_waiting(self) -> None:
        """Answer the requests that wait, until one of them makes the others wait again; then what was no request."""
        while self._running is None and self.pipeline and not self.flow.write_paused:
            if self.transport.is_closing():
                return
            waiting, app = self.pipeline.pop()
            if isinstance(waiting, HttpRequest):
                self._answer(waiting)
            else:
                self._start_asgi_task(waiting, app)
        if self._refusal is not None and self._running is None and not self.pipeline:
            refusal, self._refusal = self._refusal, None
            self._write(refusal, None)

    def _answer(self, request: HttpRequest) -> None:
        try:
            outcome = self.api.answer(request)
            if isinstance(outcome, Reply):
                self._write(outcome, request)
            else:
                self.wait_for(request, outcome)
        except Exception as error:
            self.fail(error)
        hand_over(self.api.broker.outbox)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _write(self, reply: Reply, request: HttpRequest | None) -> None:
        """Write the reply to a request, or to what was none, and end the connection where that is due."""
        transport = self.transport
        if transport.is_closing():
            return
        defaults = self.server_state.default_headers
        if defaults is not self._defaults:  # renewed each second, with the date in them
            self._defaults = defaults
            self._default_head = b"".join(b"%s: %s\r\n" % pair for pair in defaults).decode("latin-1")
            self._ok_head = _STATUS_LINE[200] + self._default_head
        if reply.status == 200 and request is not None and request.keep_alive:
            transport.write(f"{self._ok_head}{reply.head}\r\n".encode("latin-1") + reply.body)
            return
        if reply.status == NO_ANSWER:
            transport.close()
            return
        head = f"{_STATUS_LINE[reply.status]}{self._default_head}{reply.head}".encode("latin-1")
        keep_alive = request is not None and request.keep_alive
        body = b"" if request is not None and request.method == b"HEAD" else reply.body
        transport.write(head + (b"\r\n" if keep_alive else b"connection: close\r\n\r\n") + body)
        if request is None:
            # Closing at once would reset the connection, and the client, busy writing, would never see the reply.
            self.loop.call_later(_LINGER_SECONDS, transport.close)
        elif not keep_alive:
            transport.close()


class _Names(msgspec.Struct, frozen=True):
    """The names of a request's headers, and what they say before any value is read."""

    lower: tuple[bytes, ...]
    expect_or_upgrade: bool
    connection: bool


# Which headers a client sends hardly changes: by their names as they were sent.
_NAMES: Final[dict[tuple[bytes, ...], _Names]] = {}
_MAX_NAMES: Final = 1_000


def _remember_names(sent: tuple[bytes, ...]) -> _Names:
    if len(_NAMES) >= _MAX_NAMES:
        _NAMES.clear()
    lower = tuple(name.lower() for name in sent)
    _NAMES[sent] = names = _Names(lower, b"expect" in lower or b"upgrade" in lower, b"connection" in lower)
    return names


def _plain_reply(status: int, text: str) -> Reply:
    return make_reply(status, "text/plain", uuid4_text(), text.encode())
