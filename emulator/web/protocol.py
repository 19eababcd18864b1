"""The fast coat of the AWS calls: uvicorn's httptools protocol, which answers them without ASGI's task and messages.

A connection's requests are parsed by uvicorn's class. One that is an AWS call becomes an `Exchange`, which stands where
uvicorn keeps its RequestResponseCycle (`self.cycle`, `self.pipeline`), so that both kinds of request can share a
connection and are answered in their order; it is answered in `on_message_complete`, with one write. Everything else is
handed back: the emulator's own pages, and what the ASGI coat does as well and rarely (HTTP/1.0, `Expect`, upgrades).

While a long poll is out, reading goes on: a paused transport would not tell that its client has left. Requests that
arrive meanwhile wait in the pipeline, up to a bound; a client beyond it is cut off.

This leans on uvicorn's insides: see `NEEDED`, and the upper bound in `pyproject.toml`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from emulator.web import peer
from emulator.web.asgi import is_own
from emulator.web.aws import AwsApi
from emulator.web.http import HttpRequest, ParkedReply, Reply

if TYPE_CHECKING:
    from uvicorn.server import ServerState

# What this class uses of uvicorn's, beside the parser's callbacks: where one is missing, `serve` takes the ASGI coat.
NEEDED: Final = (
    "on_response_complete",
    "send_400_response",
    "shutdown",
    "timeout_keep_alive_handler",
    "_start_asgi_task",
    "_unset_keepalive_if_required",
)
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
    """One AWS call on a connection, with the attributes that uvicorn reads of its own cycles."""

    __slots__ = ("body", "disconnected", "headers", "keep_alive", "parked", "request", "response_complete", "size")

    message_event = _NoEvent()

    def __init__(self, headers: dict[bytes, bytes], *, keep_alive: bool) -> None:
        self.headers = headers
        self.keep_alive = keep_alive
        self.body: list[bytes] = []
        self.size = 0
        self.request: HttpRequest | None = None  # None: not read whole yet
        self.parked: ParkedReply | None = None
        self.response_complete = False
        self.disconnected = False


class AwsProtocol(HttpToolsProtocol):
    """uvicorn's protocol with AWS calls answered on the spot. A subclass per server sets `api`."""

    api: AwsApi
    cycle: Any  # an Exchange, or one of uvicorn's cycles
    pipeline: deque[tuple[Any, Any]]  # the cycles that wait, with the app for uvicorn's; newest on the left

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._busy = True  # since the idle timer last looked
        self._in_head = False
        self._head_bytes = 0
        self._deaf = False  # nothing more is read: the connection is on its way to its end
        self._waiting_bytes = 0
        self._running: Any = None  # the cycle or exchange that is being answered; the others wait in the pipeline
        self._peer = f"{self.client[0]}:{self.client[1]}" if self.client else ""
        self._local_address = f"{self.server[0]}:{self.server[1]}" if self.server else "localhost"
        self._idle_timer = self.loop.call_later(self.timeout_keep_alive, self._close_if_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        self._idle_timer.cancel()
        self.pipeline.clear()
        running, self._running = self._running, None
        if isinstance(running, Exchange) and running.parked is not None:
            running.parked.abandon()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End the connection when the server stops; a parked call is answered first, by whoever stops the server."""
        if isinstance(self._running, Exchange):
            self._running.keep_alive = False
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
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._unsupported_upgrade_warning()
        except httptools.HttpParserError:
            self._refuse(_plain_reply(400, b"The request is not valid HTTP.\n"))
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > _MAX_HEAD_BYTES:
                self._refuse(_plain_reply(431, b"The request line and headers are too long.\n"))

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []
        self._in_head = True
        self._head_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self._in_head = False
        headers = dict(self.headers)
        parser = self.parser
        if is_own(self.url) or b"expect" in headers or b"upgrade" in headers or parser.get_http_version() != "1.1":
            self._hand_back(headers)
            return
        self.cycle = Exchange(headers, keep_alive=parser.should_keep_alive())
        if b"content-length" in headers and int(headers[b"content-length"]) > self.api.max_body:
            self._refuse(self.api.refuse_body(headers))

    def _hand_back(self, headers: dict[bytes, bytes]) -> None:
        """Let uvicorn make one of its cycles of this request, as if this class were not there."""
        url, pairs = self.url, self.headers
        super().on_message_begin()
        self.url = url
        self.headers.extend(pairs)
        self.expect_100_continue = headers.get(b"expect", b"").lower() == b"100-continue"
        super().on_headers_complete()
        self.flow.resume_reading()  # uvicorn pauses before a pipelined request: see the head of this module

    def on_body(self, body: bytes) -> None:
        exchange = self.cycle
        if not isinstance(exchange, Exchange):
            super().on_body(body)
        elif not self._deaf:
            exchange.body.append(body)
            exchange.size += len(body)
            if exchange.size > self.api.max_body:
                self._refuse(self.api.refuse_body(exchange.headers))

    def on_message_complete(self) -> None:
        exchange = self.cycle
        if not isinstance(exchange, Exchange):
            super().on_message_complete()
            return
        if self._deaf:
            return
        exchange.request = HttpRequest(
            self.parser.get_method().decode("latin-1"),
            self.url,
            exchange.headers,
            exchange.body[0] if len(exchange.body) == 1 else b"".join(exchange.body),
            scheme=self.scheme or "http",
            peer=self._peer,
            local_address=self._local_address,
            is_gone=self._is_gone,
        )
        if self._running is None and not self.pipeline and not self.flow.write_paused:
            self._run(exchange)
        elif len(self.pipeline) < _MAX_WAITING_REQUESTS and self._waiting_bytes < _MAX_WAITING_BYTES:
            self._waiting_bytes += exchange.size
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
        if self._running is not None or self.pipeline:  # the reply would be taken for that of an earlier request
            self.transport.close()
            return
        self.transport.write(_head(reply, self.server_state, keep_alive=False) + reply.body)
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)

    # Answers go out.

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        """Begin to answer a request: uvicorn calls this with what it took from the pipeline, too."""
        if isinstance(cycle, Exchange):
            self._waiting_bytes -= cycle.size
            self._run(cycle)
        else:
            self._running = cycle
            super()._start_asgi_task(cycle, app)

    def _run(self, exchange: Exchange) -> None:
        assert exchange.request is not None  # noqa: S101
        outcome = self.api.answer(exchange.request)
        if isinstance(outcome, Reply):
            self._finish(exchange, outcome)
        else:
            self._running = exchange
            exchange.parked = outcome
            outcome.subscribe(self._finish_parked)

    def _finish_parked(self, reply: Reply) -> None:
        exchange, self._running = self._running, None
        self._finish(exchange, reply)
        if self.pipeline:  # not now: this is called from within the core
            self.loop.call_soon(self._run_waiting)

    def _finish(self, exchange: Exchange, reply: Reply) -> None:
        exchange.response_complete = True
        self.server_state.total_requests += 1
        if not self.transport.is_closing():
            self.transport.write(_head(reply, self.server_state, keep_alive=exchange.keep_alive) + reply.body)
            if not exchange.keep_alive:
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
        """Answer the requests that wait, until one of them makes the others wait again."""
        while self._running is None and self.pipeline and not self.flow.write_paused:
            if self.transport.is_closing():
                return
            self._start_asgi_task(*self.pipeline.pop())


def _plain_reply(status: int, text: bytes) -> Reply:
    return Reply(status, [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(text))], text)


def _head(reply: Reply, server: ServerState, *, keep_alive: bool) -> bytes:
    """Return a reply's head as uvicorn would write it."""
    parts = [STATUS_LINE[reply.status]]
    for name, value in server.default_headers:
        parts += (name, b": ", value, b"\r\n")
    for name, value in reply.headers:
        parts += (name, b": ", value, b"\r\n")
    parts.append(b"\r\n" if keep_alive else b"connection: close\r\n\r\n")
    return b"".join(parts)
