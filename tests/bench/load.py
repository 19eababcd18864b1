"""A closed-loop load: connections that each send their next request when the last one is answered.

What a connection says is a *flow*: a generator that yields requests and is sent the answers' bodies. One that returns
ends its connection's part. An answer other than 200, a lost connection and silence raise LoadError: a benchmark whose
requests fail measures nothing.
"""

from __future__ import annotations

import re
import select
import socket
import struct
import time
from collections.abc import Generator, Iterable
from types import TracebackType
from typing import Final

Address = tuple[str, int]
Flow = Generator[bytes, bytes, None]

_SILENCE_SECONDS: Final = 60  # longer than any long poll
_find_length = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE).search


class LoadError(Exception):
    """The server did not do its part."""


class Connection:
    """A keep-alive connection with at most one request out."""

    def __init__(self, address: Address) -> None:
        self._socket = socket.create_connection(address)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Not settimeout(), which costs a system call at each read.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", _SILENCE_SECONDS, 0))
        self._received = b""
        self.fileno = self._socket.fileno
        self.close = self._socket.close
        self.send = self._socket.sendall

    def call(self, request: bytes) -> bytes:
        """Send a request and return its answer's body."""
        self.send(request)
        return self.answer()

    def answer(self) -> bytes:
        """Read the answer of the request that is out."""
        while (body := self.receive()) is None:
            pass
        return body

    def receive(self) -> bytes | None:
        """Read once. Return the answer's body, or None while it is not whole."""
        data = self._socket.recv(65_536)
        if not data:
            raise LoadError(f"the server closed a connection with a request out; it had said {self._received!r}")
        received = self._received + data if self._received else data
        head_end = received.find(b"\r\n\r\n") + 4
        length = _find_length(received, 0, head_end) if head_end > 4 else None
        if length is None or len(received) < head_end + int(length[1]):
            self._received = received
            return None
        self._received = b""
        if received[9:12] != b"200":
            raise LoadError(f"an answer was {received!r}")
        return received[head_end:]


class Load:
    """Flows, each on a connection of its own; they begin at once. Connections stay open until the `with` block ends."""

    def __init__(self, address: Address, flows: Iterable[Flow]) -> None:
        self._epoll = select.epoll()
        self._connections: list[Connection] = []
        self._running: dict[int, tuple[Connection, Flow]] = {}
        for flow in flows:
            if (request := next(flow, None)) is not None:
                self._begin(Connection(address), flow, request)

    def _begin(self, connection: Connection, flow: Flow, request: bytes) -> None:
        self._connections.append(connection)
        self._running[connection.fileno()] = connection, flow
        self._epoll.register(connection.fileno(), select.EPOLLIN)
        connection.send(request)

    def drive(self, seconds: float) -> int:
        """Go on for so long; return how many requests were answered."""
        answers = 0
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            answers += self.step(left)
        return answers

    def finish(self) -> None:
        """Go on until every flow has ended."""
        while self._running:
            self.step()

    def step(self, timeout: float | None = None) -> int:
        """Wait for answers, at most `timeout` seconds, and send what follows them; return how many came."""
        ready = self._epoll.poll(_SILENCE_SECONDS if timeout is None else timeout)
        if not ready and timeout is None:
            raise LoadError(f"the server said nothing for {_SILENCE_SECONDS} s")
        return sum(self._advance(fd) for fd, _ in ready)

    def _advance(self, fd: int) -> bool:
        connection, flow = self._running[fd]
        body = connection.receive()
        if body is None:
            return False
        try:
            connection.send(flow.send(body))
        except StopIteration:
            del self._running[fd]
            self._epoll.unregister(fd)
        return True

    def __enter__(self) -> Load:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._connections:
            connection.close()
        self._epoll.close()
