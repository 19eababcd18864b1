"""Which web pages may talk to the emulator: none but its own, unless a setting names them.

A browser sends what a page tells it to any address on its user's machine, without asking first: an image, a script, a
link, a form, a `fetch`. Without this check any page that a developer happens to visit could drive the local broker.

A request is a page's when it has one of the headers that browsers add and pages cannot take away: `Origin`,
`Sec-Fetch-Site`, `Referer`. Programs send none of them and notice nothing. (`Sec-Fetch-Mode` alone is Node's `fetch`.)
Such a request is served

- under a name that can only be ours: an IP address, `localhost`, one below `localhost`, the base URL's, or one that
  `allowed_hosts` names. Any other name may be a foreign one that was pointed here (DNS rebinding), and its pages would
  look like our own;
- from our own pages, from the origins that `allowed_origins` names, and from the user, who typed the address or chose a
  bookmark.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from sqs_emulator.core.identifiers import uuid4_text
from sqs_emulator.services.pending import Pending
from sqs_emulator.web.http import HttpRequest, Reply, make_reply

_OWN_SITES: Final = ("same-origin", "none")  # `Sec-Fetch-Site` of our own pages, and of the user himself
_SHOWN: Final = 200  # characters of a name or origin that a refusal repeats
_PREFLIGHT_SECONDS: Final = 7_200  # the longest that browsers keep one
_HEADER_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-, ")
_LONGEST_HEADERS: Final = 2_000


class Origins:
    """`allowed` are origins such as `http://localhost:3000`, `hosts` names that are the emulator's beside its own."""

    def __init__(self, allowed: Iterable[str] = (), hosts: Iterable[str] = (), base_url: str | None = None) -> None:
        self._allowed = frozenset(allowed)
        own = [] if base_url is None else [urlsplit(base_url).hostname or ""]
        self._hosts = frozenset(name.lower() for name in (*hosts, *own))

    def refusal(self, headers: Mapping[bytes, bytes], scheme: str, host: str) -> str | None:
        """Return why a page's request is refused, in words; None: it is served, or is a program's."""
        origin, site, referer = (_text(headers, name) for name in (b"origin", b"sec-fetch-site", b"referer"))
        if origin is None and site is None and referer is None:
            return None
        if not self._is_ours(host):
            return (
                f"A web page reaches the emulator as {host[:_SHOWN]}, which may be anybody's name. "
                "The setting allowed_hosts allows it."
            )
        if origin is not None:
            sender = origin
        elif site in _OWN_SITES:
            return None
        else:
            sender = _origin_of(referer or "")
        if sender in self._allowed or sender == f"{scheme}://{host}":
            return None
        return f"Origin {sender[:_SHOWN]} is not among the allowed origins. The setting allowed_origins allows it."

    def guard(
        self, request: HttpRequest, answer: Callable[[HttpRequest], Reply | Pending[Reply]]
    ) -> Reply | Pending[Reply]:
        """Answer a page's request if it is served, and let the page read the answer."""
        refusal = self.refusal(request.headers, request.connection.scheme, request.host)
        if refusal is not None:
            return make_reply(403, "text/plain", uuid4_text(), f"{refusal}\n".encode(), NOT_GUESSED)
        more = readable_by(request.headers)
        if request.method == b"OPTIONS" and b"origin" in request.headers:
            return make_reply(200, "text/plain", uuid4_text(), b"", more + preflight(request.headers))
        for name in (b"origin", b"sec-fetch-site", b"referer"):
            request.headers.pop(name, None)  # seen to
        outcome = answer(request)
        return outcome.then(lambda reply: _with(reply, more)) if isinstance(outcome, Pending) else _with(outcome, more)

    def _is_ours(self, host: str) -> bool:
        name = (urlsplit(f"//{host}").hostname if host.count("[") == host.count("]") else None) or ""
        if name == "localhost" or name.endswith(".localhost") or name in self._hosts:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


NOT_GUESSED: Final = "x-content-type-options: nosniff\r\n"


def readable_by(headers: Mapping[bytes, bytes]) -> str:
    """Return the headers of an answer that let the page which asked read it, and nobody guess what it is."""
    origin = _text(headers, b"origin")
    if origin is None:
        return NOT_GUESSED
    exposed = "x-amzn-requestid,x-amzn-query-error,date"
    return (
        f"{NOT_GUESSED}access-control-allow-origin: {origin}\r\n"
        f"access-control-expose-headers: {exposed}\r\nvary: origin\r\n"
    )


def preflight(headers: Mapping[bytes, bytes]) -> str:
    """Return the headers by which a page that asks first is told that it may send what it wants to."""
    wanted = (_text(headers, b"access-control-request-headers") or "").lower()
    allowed = wanted if len(wanted) <= _LONGEST_HEADERS and _HEADER_CHARACTERS.issuperset(wanted) else ""
    lines = {
        "access-control-allow-methods": "GET,POST,DELETE",
        "access-control-allow-headers": allowed,
        "access-control-max-age": str(_PREFLIGHT_SECONDS),
    }
    if b"access-control-request-private-network" in headers:
        lines["access-control-allow-private-network"] = "true"
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items())


def _origin_of(url: str) -> str:
    """Return the origin of a URL; an empty text for what has none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc and "@" not in parts.netloc else ""


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def _with(reply: Reply, more: str) -> Reply:
    reply.head += more
    return reply
