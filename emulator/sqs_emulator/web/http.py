"""A request and a reply, as plain values that both coats (`protocol.py` and `asgi.py`) make and take.

They are made once per request and say no more than needed: what they cost, every call costs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import msgspec

from sqs_emulator.core.events import Consumer


class Connection:
    """What a connection's requests have in common, and what the last of them said of its sender."""

    __slots__ = (
        "account",
        "authorization",
        "consumer",
        "is_gone",
        "local_address",
        "peer",
        "region",
        "scheme",
        "user_agent",
    )

    def __init__(self, scheme: str, peer: str, local_address: str, is_gone: Callable[[], bool]) -> None:
        self.scheme = scheme
        self.peer = peer
        self.local_address = local_address  # stands in where a client sends no Host header
        self.is_gone = is_gone  # whether the client has closed its end, as far as the machine knows
        # Most connections serve one client, whose requests begin their credentials alike; empty: not known.
        self.authorization = b""
        self.account = ""
        self.region = ""
        self.user_agent = b""
        self.consumer = Consumer(peer, "")

    def name_consumer(self, user_agent: bytes) -> None:
        """Note what the client calls itself."""
        self.user_agent = user_agent
        self.consumer = Consumer(self.peer, user_agent.decode("latin-1"))


class HttpRequest(msgspec.Struct, eq=False, gc=False):
    """One request, read whole. Header names are lower case; of a header sent twice the last one counts."""

    connection: Connection
    method: bytes
    path: bytes
    query_string: bytes
    headers: dict[bytes, bytes]
    body: bytes
    keep_alive: bool = True

    def header(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def host(self) -> str:
        return self.header(b"host") or self.connection.local_address


def split_target(target: bytes) -> tuple[bytes, bytes]:
    """Return a request line's path and query string."""
    if target.startswith(b"/"):
        path, _, query_string = target.partition(b"?")
        return path, query_string
    try:
        parts = urlsplit(target)  # the form with scheme and host that proxies get
    except ValueError:
        return target, b""
    return parts.path or b"/", parts.query


class Reply(msgspec.Struct, eq=False, gc=False):
    """One answer, complete, its headers as they are written but for `date` and `connection`, the server's own."""

    status: int
    head: str
    body: bytes

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers as pairs, as ASGI wants them."""
        lines = self.head.encode("latin-1").split(b"\r\n")[:-1]
        return [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]


# The status of a reply that is none: its connection is to be closed without a word.
NO_ANSWER: Final = 0


def make_reply(status: int, content_type: str, request_id: str, body: bytes, more: str = "") -> Reply:
    head = f"content-type: {content_type}\r\nx-amzn-requestid: {request_id}\r\n{more}content-length: {len(body)}\r\n"
    return Reply(status, head, body)
