"""A request and a reply, as plain values that both coats (`protocol.py` and `aws.py`'s ASGI one) make and take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit


class HttpRequest:
    """One request, read whole. Header names are lower case; of a header sent twice the last one counts."""

    __slots__ = ("body", "headers", "is_gone", "local_address", "method", "path", "peer", "query_string", "scheme")

    def __init__(
        self,
        method: str,
        target: bytes,
        headers: dict[bytes, bytes],
        body: bytes,
        *,
        scheme: str,
        peer: str,
        local_address: str,
        is_gone: Callable[[], bool],
    ) -> None:
        self.method = method
        self.path, self.query_string = (target, b"") if target == b"/" else _split(target)
        self.headers = headers
        self.body = body
        self.scheme = scheme
        self.peer = peer
        self.local_address = local_address  # stands in where a client sends no Host header
        self.is_gone = is_gone  # whether the client has closed its end, as far as the machine knows

    def header(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def host(self) -> str:
        return self.header(b"host") or self.local_address


def _split(target: bytes) -> tuple[bytes, bytes]:
    if target.startswith(b"/"):
        path, _, query_string = target.partition(b"?")
        return path, query_string
    try:
        parts = urlsplit(target)  # the form with scheme and host that proxies get
    except ValueError:
        return target, b""
    return parts.path or b"/", parts.query


class Reply:
    """One answer, complete; `headers` in the order in which they are written, without `date` and `connection`."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body


class ParkedReply(Protocol):
    """An answer that is not there yet."""

    def subscribe(self, write: Callable[[Reply], None], /) -> None:
        """Wait from now on; `write` is called once, at once perhaps."""
        ...

    def abandon(self) -> None:
        """Stop waiting: the client has left."""
        ...


Answer = Callable[[HttpRequest], "Reply | ParkedReply"]
