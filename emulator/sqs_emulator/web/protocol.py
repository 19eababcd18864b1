"""The fast coat of the AWS calls: uvicorn's httptools protocol, which answers them without ASGI's task and messages.

A connection's requests are parsed by uvicorn's class. One that is an AWS call becomes an `Exchange`, which stands where
uvicorn keeps its RequestResponseCycle (`self.cycle`, `self.pipeline`), so that both kinds of request can share a
connection and are answered in their order; it is answered at the end of the loop's turn (`turn.py`), with one write.
Everything else is handed back: the emulator's own pages, and what the ASGI coat does as well and is rare (HTTP/1.0,
`Expect`, upgrades).

While a long poll is out, reading goes on: a paused transport would not tell that its client has left. Requests that
arrive meanwhile wait in the pipeline, up to a bound; a client beyond it is cut off.

This leans on uvicorn's insides: see `NEEDED`, and the upper bound in `pyproject.toml`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Final

import httptools
import msgspec
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from sqs_emulator.core.identifiers import uuid4_text
from sqs_emulator.services.pending import Pending
from sqs_emulator.web import peer
from sqs_emulator.web.asgi import is_own
from sqs_emulator.web.aws import AwsApi
from sqs_emulator.web.http import NO_ANSWER, Connection, HttpRequest, Reply, make_reply, split_target
from sqs_emulator.web.outbox import hand_over
from sqs_emulator.web.turn import Turn

# What this class uses of uvicorn's, beside the parser's callbacks: where one is missing, `serve` takes the ASGI coat.
NEEDED: Final = (
    "on_response_complete",
    "send_400_response",
    "shutdown",
    "timeout_keep_alive_handler",
    "_start_asgi_task",
    "_unset_keepalive_if_required",
)
_STATUS_LINE: Final = {status: line.decode("latin-1") for status, line in STATUS_LINE.items()}
_MAX_HEAD_BYTES: Final = 128 * 1024  # request line and headers; a signed GET has its message in the URL
_MAX_WAITING_REQUESTS: Final = 100  # pipelined on one connection
_MAX_WAITING_BYTES: Final = 16 * 1024 * 1024
_LINGER_SECONDS: Final = 2.0  # how long the rest of a refused body is read and dropped, so that the reply arrives


def fits_uvicorn() -> bool:
    """Say whether the installed uvicorn has what this class needs."""
    return all(hasattr(HttpToolsProtocol, name) for name in NEEDED)


class _NoEvent:
    """What uvicorn sets when a connection is lost, for a task; an exchange has none."""

    def set(self) -> None:
        pass


class Exchange:
    """An AWS call that is not answered yet, with the attributes that uvicorn reads of its own cycles."""

    __slots__ = ("disconnected", "parked", "request", "response_complete")

    message_event = _NoEvent()

    def __init__(self, request: HttpRequest | None) -> None:
        self.request = request  # None: not read whole yet
        self.parked: Pending[Reply] | None = None
        self.response_complete = False
        self.disconnected = False


# Stand for every call that is still being read, that is in this turn of the loop, and that was answered.
_UNREAD: Final = Exchange(None)
_IN_TURN: Final = Exchange(None)
_ANSWERED: Final = Exchange(None)
_ANSWERED.response_complete = True


class AwsProtocol(HttpToolsProtocol):
    """uvicorn's protocol with AWS calls answered without ASGI. A subclass per server sets `api` and `turn`.

    The parser's calls for each header, each piece of URL and body and the end of the head go straight to a dict's or
    list's own method, no Python between: a request has a dozen of them. What they brought is looked at when the request
    is complete or, where it comes in parts, after each part.
    """

    api: AwsApi
    turn: Turn
    cycle: Any  # of the newest request: an Exchange, or one of uvicorn's cycles
    pipeline: deque[tuple[Any, Any]]  # what waits for the one before it, with the app for uvicorn's; newest first

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._raw_headers: dict[bytes, bytes] = {}
        self._url_parts: list[bytes] = []
        self._body_parts: list[bytes] = []
        self._in_head = [True]  # empty once a request's head is read
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
        self._busy = True  # since the idle timer last looked
        self._is_new = False  # the request under way began in what is being read, behind the end of another
        self._head_bytes = 0
        self._body_bytes = 0  # of the parts that are counted already
        self._parts_counted = 0
        self._defaults: object = None  # uvicorn's headers for every answer, and how they are written
        self._default_head = self._ok_head = ""
        self._deaf = False  # nothing more is read: the connection is on its way to its end
        self._refusal: Reply | None = None  # of what came behind requests that are not answered yet
        self._waiting_bytes = 0
        # What is being answered: a request of this turn, a waiting exchange or a cycle of uvicorn's. Others wait in the
        # pipeline.
        self._running: Any = None
        self._connection = Connection(
            self.scheme or "http",
            f"{self.client[0]}:{self.client[1]}" if self.client else "",
            f"{self.server[0]}:{self.server[1]}" if self.server else "localhost",
            self._is_gone,
        )
        self._idle_timer = self.loop.call_later(self.timeout_keep_alive, self._close_if_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        self._idle_timer.cancel()
        self.pipeline.clear()
        running, self._running = self._running, None
        if isinstance(running, Exchange) and running.parked is not None:
            running.parked.abandon()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End the connection when the server stops; a waiting call is answered first, by whoever stops the server."""
        if isinstance(self._running, HttpRequest):
            self._running.keep_alive = False
        elif isinstance(self._running, Exchange) and self._running.request is not None:
            self._running.request.keep_alive = False
        elif self._running is not None:
            super().shutdown()
        else:
            self.transport.close()

    def _close_if_idle(self) -> None:
        """Close a connection that was idle for a whole period: one timer, with nothing to cancel at each request."""
        if self._busy or self._running is not None:
            self._busy = False
            self._idle_timer = self.loop.call_later(self.timeout_keep_alive, self._close_if_idle)
        else:
            self.timeout_keep_alive_handler()

    def _is_gone(self) -> bool:
        return self.transport.is_closing() or peer.has_closed(self.transport)

    # Requests come in.

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        if self.timeout_keep_alive_task is not None:  # after one of uvicorn's own cycles
            self._unset_keepalive_if_required()
        self._busy = True
        self._is_new = False
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._unsupported_upgrade_warning()
        except httptools.HttpParserError:
            self._refuse(_plain_reply(400, "The request is not valid HTTP.\n"))
        if self._url_parts or self._body_parts:
            self._read_part(len(data))

    def _read_part(self, size: int) -> None:
        """Look at a request that is not here whole."""
        if self._in_head:
            self._head_bytes += 0 if self._is_new else size
            if self._head_bytes > _MAX_HEAD_BYTES:
                self._refuse(_plain_reply(431, "The request line and headers are too long.\n"))
        else:
            if self._url_parts:
                self._open()
            if self.cycle is not _UNREAD:
                self._pass_body()
            else:
                self._body_bytes += sum(map(len, self._body_parts[self._parts_counted :]))
                self._parts_counted = len(self._body_parts)
                if self._body_bytes > self.api.max_body:
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
        self.cycle = _UNREAD
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
        super().on_headers_complete()
        self.flow.resume_reading()  # uvicorn pauses before a pipelined request: see the head of this module

    def _pass_body(self) -> None:
        HttpToolsProtocol.on_body(self, b"".join(self._body_parts))
        self._body_parts.clear()

    def on_message_complete(self) -> None:
        self._in_head.append(True)
        self._is_new = True
        self._head_bytes = self._body_bytes = self._parts_counted = 0
        if self._url_parts:  # the whole request came at once
            self._open()
        else:  # trailers, if any: they must not become the next request's headers
            self._raw_headers.clear()
        if self.cycle is not _UNREAD:
            self._pass_body()
            super().on_message_complete()
            return
        parts = self._body_parts
        body = parts[0] if len(parts) == 1 else b"".join(parts)
        parts.clear()
        if self._deaf:
            return
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
            self._let_wait(Exchange(request), len(body))
        else:
            self._running = request
            self.cycle = _IN_TURN
            self.turn.add(self, request, self.loop)

    def _let_wait(self, exchange: Exchange, size: int) -> None:
        self.cycle = exchange
        self._waiting_bytes += size
        # Behind a request of this turn any number may wait, as many as were read in it: it is over in a moment.
        is_brief = isinstance(self._running, HttpRequest)
        if is_brief or (len(self.pipeline) < _MAX_WAITING_REQUESTS and self._waiting_bytes < _MAX_WAITING_BYTES):
            self.pipeline.appendleft((exchange, self.app))
        else:
            self._deaf = True
            self.transport.close()

    def _refuse(self, reply: Reply) -> None:
        """Answer what cannot be read as a request, and end the connection.

        What still comes in is thrown away for a moment: closing at once would reset the connection, and the client,
        busy writing, would never see the reply.
        """
        if self._deaf:
            return
        self._deaf = True
        if isinstance(self._running, Exchange):  # a client that sends this behind a long poll is not waited for
            self.transport.close()
        elif self._running is not None or self.pipeline:
            self._refusal = reply  # those before it are answered first
        else:
            self._write(reply, None)

    # Answers go out.

    def still_asks(self, request: HttpRequest) -> bool:
        return self._running is request

    def write_reply(self, request: HttpRequest, reply: Reply) -> None:
        self._running = None
        if self.cycle is _IN_TURN:
            self.cycle = _ANSWERED
        self._write(reply, request)
        if self.pipeline or self._refusal is not None:
            self._run_waiting()

    def park(self, request: HttpRequest, parked: Pending[Reply]) -> None:
        exchange = Exchange(request)
        if self.cycle is _IN_TURN:
            self.cycle = exchange
        self._await(exchange, parked)

    def _await(self, exchange: Exchange, parked: Pending[Reply]) -> None:
        self._running = exchange
        exchange.parked = parked
        parked.subscribe(self._finish_parked)
        if self._refusal is not None:
            self.transport.close()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        """Begin to answer a request that waited: uvicorn calls this with what it takes from the pipeline, too."""
        if isinstance(cycle, Exchange) and cycle.request is not None:
            self._waiting_bytes -= len(cycle.request.body)
            outcome = self.api.answer(cycle.request)
            if isinstance(outcome, Reply):
                cycle.response_complete = True
                self._write(outcome, cycle.request)
            else:
                self._await(cycle, outcome)
            hand_over(self.api.broker.outbox)
        else:
            self._running = cycle
            super()._start_asgi_task(cycle, app)

    def _finish_parked(self, reply: Reply) -> None:
        exchange, self._running = self._running, None
        exchange.response_complete = True
        self._write(reply, exchange.request)
        if self.pipeline:  # not now: others are owed their answers first, and theirs may come of these requests
            self.loop.call_soon(self._run_waiting)

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
        if not keep_alive:
            self._close()

    def _close(self) -> None:
        if self._deaf:
            self.loop.call_later(_LINGER_SECONDS, self.transport.close)
        else:
            self.transport.close()

    def on_response_complete(self) -> None:
        """What uvicorn's cycles call at their end."""
        self._running = None
        super().on_response_complete()  # starts one waiting request
        self._run_waiting()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._run_waiting()

    def _run_waiting(self) -> None:
        """Answer the requests that wait, until one of them makes the others wait again; then what was no request."""
        while self._running is None and self.pipeline and not self.flow.write_paused:
            if self.transport.is_closing():
                return
            self._start_asgi_task(*self.pipeline.pop())
        if self._refusal is not None and self._running is None and not self.pipeline:
            refusal, self._refusal = self._refusal, None
            self._write(refusal, None)


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
