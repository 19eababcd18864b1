"""uvicorn, as this emulator needs it: its sockets, its settings, and a stop that answers waiting polls first."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from email.utils import formatdate
from types import FrameType
from typing import Any, Final

import uvicorn

from sqs_emulator.config import Config, ConfigError
from sqs_emulator.web import fit
from sqs_emulator.web.aws import AwsApi
from sqs_emulator.web.turn import Turn

_log = logging.getLogger("sqs_emulator")

# To listen on one of these means its IPv6 twin as well: `localhost` is both, and clients differ in which they try.
_TWINS: Final = {"127.0.0.1": "::1", "localhost": "::1", "0.0.0.0": "::"}  # noqa: S104
_BACKLOG: Final = 2_048
_FREE_PORT_TRIES: Final = 10
_STOP_SECONDS: Final = 5  # for what is still being answered, before it is cut off
_COLLECT_AFTER: Final = 50_000  # allocations; the default is made for programs that hold less


def bind(host: str, port: int) -> list[socket.socket]:
    """Return listening sockets for a host, with its IPv6 twin where there is one; raises ConfigError.

    A free port (0) is the same for both.
    """
    try:
        for attempt in range(_FREE_PORT_TRIES):
            first = _listen("127.0.0.1" if host == "localhost" else host, port)
            try:
                return [first, *_twin(host, first.getsockname()[1])]
            except OSError:
                first.close()
                if port or attempt == _FREE_PORT_TRIES - 1:
                    raise
    except OSError as error:
        raise ConfigError(f"cannot listen on {host} port {port}: {error.strerror or error}.") from None
    raise AssertionError


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _twin(host: str, port: int) -> list[socket.socket]:
    if host not in _TWINS:
        return []
    try:
        return [_listen(_TWINS[host], port)]
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise
        return []  # a machine without IPv6


class Server(uvicorn.Server):
    """Serves one emulator on sockets that are bound already.

    uvicorn looks ten times a second whether to stop, and waits a tenth of a second for connections to close; this one
    is told, and closes them itself.
    """

    def __init__(
        self,
        config: Config,
        app: Any,
        api: AwsApi,
        sockets: list[socket.socket],
        *,
        on_stop: Callable[[], None],
    ) -> None:
        try:
            super().__init__(_uvicorn_config(config, app, api))
        except ConfigError:
            for listener in sockets:
                listener.close()
            raise
        self.sockets = sockets
        self._on_stop = on_stop
        self._running_loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._is_started = threading.Event()
        scheme = "https" if config.tls_cert else "http"
        self.urls = [f"{scheme}://{_authority(listener)}" for listener in sockets]
        self.url = self.urls[0].replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        self.on_started: Callable[[], None] = lambda: None

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets or self.sockets)
        finally:
            self._is_started.set()

    def wait_until_started(self) -> None:
        """Block until requests are answered; raises RuntimeError if that will never be."""
        self._is_started.wait()
        if not self.started:
            raise RuntimeError("the server could not start")

    def stop(self) -> None:
        """Begin to stop; from any thread."""
        if self._running_loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended by itself
                self._running_loop.call_soon_threadsafe(self._stop.set)

    # What uvicorn's own run is made of.

    async def main_loop(self) -> None:
        self._running_loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._set_date()
        gc.collect()
        gc.freeze()  # what start-up made is never garbage
        gc.set_threshold(_COLLECT_AFTER, 20, 100)
        self._is_started.set()
        self.on_started()
        if not self.should_exit:
            await self._stop.wait()
        self.should_exit = True

    def _set_date(self) -> None:
        """Renew the `date` header of all answers, each second."""
        self.server_state.default_headers = [(b"date", formatdate(usegmt=True).encode())]
        assert self._running_loop is not None  # noqa: S101
        self._date_timer = self._running_loop.call_later(1, self._set_date)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()  # a waiting poll's closes when it is answered
        self._on_stop()
        self._date_timer.cancel()
        if self.server_state.tasks:
            _, late = await asyncio.wait(self.server_state.tasks, timeout=_STOP_SECONDS)
            for task in late:
                task.cancel()
        await self._close_connections()

    async def _close_connections(self) -> None:
        """Give what is written a moment to leave."""
        for _ in range(_STOP_SECONDS * 100):
            if not self.server_state.connections:
                return
            await asyncio.sleep(0.01)
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's, but a signal that was obeyed is not raised again: a stop that was asked for is a success."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.stop()


def _authority(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if listener.family == socket.AF_INET6 else f"{host}:{port}"


def _protocol(api: AwsApi) -> Any:
    """Return what uvicorn makes of each connection: the fast coat or, where it does not fit, uvicorn's own class.

    That is httptools' by name, since "auto" may fall back in silence.
    """
    missing = fit.missing()
    if missing:
        _log.warning(
            "uvicorn %s lacks %s, which the fast way of answering needs. Every call is answered the same, but takes"
            " about three times the CPU time. A uvicorn that sqs-emulator asks for has it: see `pip check`.",
            uvicorn.__version__,
            " and ".join(missing),
        )
        return "httptools"
    from sqs_emulator.web.protocol import AwsProtocol  # it may not even import where something is missing

    return type("BoundAwsProtocol", (AwsProtocol,), {"api": api, "turn": Turn(api)})


def _uvicorn_config(config: Config, app: Any, api: AwsApi) -> uvicorn.Config:
    """Everything that costs and is not needed is off."""
    settings = uvicorn.Config(
        app,
        http=_protocol(api),
        loop="auto",  # uvloop, where there is one
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=config.keep_alive,
        ssl_certfile=config.tls_cert,
        ssl_keyfile=config.tls_key,
    )
    if config.tls_cert:
        _load_certificate(settings)
    return settings


def _load_certificate(settings: uvicorn.Config) -> None:
    """Let uvicorn read the files now: later it would say what is wrong with them in a traceback."""
    try:
        settings.load()
    except OSError as error:  # ssl.SSLError is one
        files = f"tls_cert {settings.ssl_certfile} and tls_key {settings.ssl_keyfile}"
        raise ConfigError(f"cannot serve https with {files}: {error.strerror or error}.") from None
