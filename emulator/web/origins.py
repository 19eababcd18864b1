"""Which web pages may talk to the emulator: none but its own, unless a setting names them.

A browser sends a form to any address on its user's machine, without asking first: without this check any page that a
developer happens to visit could drive the local broker. Programs send no `Origin` header and never notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from emulator.web.http import HttpRequest, ParkedReply, Reply

_REQUEST_HEADERS: Final = (
    b"authorization,content-type,x-amz-target,x-amz-date,x-amz-security-token,x-amz-user-agent,x-amzn-query-mode"
)


class Origins:
    def __init__(self, allowed: Iterable[str] = ()) -> None:
        """Allow pages of these origins, such as `http://localhost:3000`."""
        self._allowed = frozenset(allowed)

    def guard(self, request: HttpRequest, answer: Callable[[HttpRequest], Reply | ParkedReply]) -> Reply | ParkedReply:
        """Answer a page's request if its origin is allowed, and let the page read the answer."""
        origin = request.header(b"origin")
        if origin not in self._allowed and origin != f"{request.scheme}://{request.host}":
            text = f"Origin {origin} is not among the allowed origins.\n".encode("latin-1")
            return Reply(403, [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(text))], text)
        if request.method == "OPTIONS":
            asked = [
                (b"access-control-allow-methods", b"GET,POST"),
                (b"access-control-allow-headers", _REQUEST_HEADERS),
            ]
            return _readable(Reply(204, asked, b""), origin)
        outcome = answer(request)
        return _readable(outcome, origin) if isinstance(outcome, Reply) else _Readable(outcome, origin)


def _readable(reply: Reply, origin: str) -> Reply:
    reply.headers += [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"origin")]
    return reply


class _Readable:
    """A parked reply to a page."""

    def __init__(self, parked: ParkedReply, origin: str) -> None:
        self._parked = parked
        self._origin = origin
        self.abandon = parked.abandon

    def subscribe(self, write: Callable[[Reply], None]) -> None:
        self._parked.subscribe(lambda reply: write(_readable(reply, self._origin)))
