"""Connections to the emulator, over HTTP.

There are as many as there are calls at one time, so no call waits behind the long poll of another. A connection stays
open for the next call, and is looked at before it is used again: the server may have closed it. So no call is ever sent
twice, and a test that counts messages can trust its count.
"""

from __future__ import annotations

import http.client
import select
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from sqs_emulator.testing.address import read_url


class Connections:
    def __init__(self, url: str) -> None:
        self._idle: list[http.client.HTTPConnection] = []
        self.url = read_url(url)

    def ask(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str], timeout: float
    ) -> tuple[int, bytes]:
        """Send a request and return the status and the body of its answer; `timeout` is in seconds."""
        connection = self._connection(timeout)
        try:
            connection.request(method, target, body, {"User-Agent": "sqs-emulator-testing", **headers})
            response = connection.getresponse()
            answer = response.status, response.read()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return answer

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    __del__ = close  # whoever forgets to close leaves no open socket

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        """Return a connection that is still open, or a new one."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self._connect(timeout)
            if connection.sock is not None and _is_open(connection.sock):
                connection.sock.settimeout(timeout)
                return connection
            connection.close()

    def _connect(self, timeout: float) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        if parts.scheme == "https":  # mostly with a certificate that no authority has signed
            context = ssl._create_unverified_context()  # noqa: S323
            return http.client.HTTPSConnection(parts.netloc, timeout=timeout, context=context)
        return http.client.HTTPConnection(parts.netloc, timeout=timeout)


def _is_open(idle: socket.socket) -> bool:
    """Whether nothing has arrived on an idle connection: the only thing that arrives there is its end."""
    try:
        return not select.select([idle], [], [], 0)[0]
    except ValueError:  # select takes no numbers as high as this socket's
        return False
