"""Which web pages may talk to the emulator: none but its own, unless a setting names them.

A browser sends what a page tells it to any address on its user's machine, without asking first: an image, a script, a
link, a form, a `fetch`. Without this check any page that a developer happens to visit could drive the local broker.

A request is a browser's when it has one of the headers that browsers add and pages cannot take away: `Origin`,
`Referer`, those of `Sec-Fetch-`. Programs send none of them and notice nothing. (`Sec-Fetch-Mode: cors` alone is Node's
`fetch`.) To an address that is neither https nor this machine's, such as http://0.0.0.0, a browser sends a GET with
none of them, if the page hides its own address: there it is known by its `Accept-Language`. (With `*`, that is Deno's
`fetch`.)

A browser's request is served under a name that can only be ours: an IP address, `localhost`, one below `localhost`, the
base URL's, or one that `allowed_hosts` names. Any other name may be a foreign one that was pointed here (DNS
rebinding), and its pages would look like our own. What it may do there depends on who sends it:

| who                                                                            | may                          |
| ------------------------------------------------------------------------------ | ---------------------------- |
| an origin that is allowed, by `Origin`; our own pages, by any of the headers   | do all                       |
| an allowed origin, by its `Referer` alone                                      | look; all, if it is no GET   |
| the user, who typed an address (`Sec-Fetch-Site: none`), or nobody knows       | look                         |
| another page                                                                   | nothing                      |

To look is to GET an own page, or to make an AWS call that begins with Get or List. It is all that the second and third
row may, because of redirects: an image from elsewhere in an allowed page, and an address that the user opens, may be
redirected to the emulator, and what arrives looks the same.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from sqs_emulator.core.errors import SqsError
from sqs_emulator.core.identifiers import uuid4_text
from sqs_emulator.services.pending import Pending
from sqs_emulator.web.http import HttpRequest, Reply, make_reply
from sqs_emulator.wire import aws_query

_SIGNS: Final = (b"origin", b"sec-fetch-site", b"referer", b"sec-fetch-dest", b"sec-fetch-user")
_SAFE: Final = (b"GET", b"HEAD")  # what browsers send without an Origin
_LOOKS: Final = ("Get", "List")  # how the AWS calls begin that change nothing
_SHOWN: Final = 200  # characters of a name or origin that a refusal repeats
_LONGEST_HOST: Final = 300  # DNS allows 253, and there is a port
_PREFLIGHT_SECONDS: Final = 7_200  # the longest that browsers keep one
_HEADER_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_, ")
_LONGEST_HEADERS: Final = 2_000


def is_browsers(method: bytes, headers: Mapping[bytes, bytes]) -> bool:
    """Say whether a request is a browser's."""
    if any(sign in headers for sign in _SIGNS):
        return True
    mode = headers.get(b"sec-fetch-mode")
    if mode is not None:
        return mode != b"cors"
    language = headers.get(b"accept-language")
    is_program = language is None or (language == b"*" and not headers.get(b"user-agent", b"").startswith(b"Mozilla/"))
    return not is_program and method in _SAFE


class Origins:
    """`allowed` are origins such as `http://localhost:3000`, `hosts` names that are the emulator's beside its own."""

    def __init__(self, allowed: Iterable[str] = (), hosts: Iterable[str] = (), base_url: str | None = None) -> None:
        self._allowed = frozenset(allowed)
        base = _origin_of((base_url or "").lower())
        self._own = {base} - {""}
        self._hosts = {name.lower() for name in (*hosts, urlsplit(base).hostname or "")} - {""}

    def refusal(
        self, method: bytes, headers: Mapping[bytes, bytes], scheme: str, host: str, *, looks: bool
    ) -> str | None:
        """Return why a browser's request is refused, in words; None: it is served, or is a program's.

        `looks` says whether it changes nothing.
        """
        if not is_browsers(method, headers):
            return None
        if not self._is_ours(host):
            return (
                f"A web page reaches the emulator as {host[:_SHOWN]}, which may be anybody's name. "
                "The setting allowed_hosts allows it."
            )
        own = {*self._own, f"{scheme}://{host}"}
        origin, site, referer = (_text(headers, name) for name in (b"origin", b"sec-fetch-site", b"referer"))
        if origin is not None:
            return None if origin in own or origin in self._allowed else _not_among(f"Origin {origin[:_SHOWN]}")
        if site == "same-origin":
            return None
        if referer:
            sender = _origin_of(referer)
            if sender in own or (sender in self._allowed and method not in _SAFE):
                return None
            if sender not in self._allowed:
                return _not_among(f"Origin {sender[:_SHOWN]}" if sender else "A page without an origin")
        elif site != "none" and not (site is None and _says_nothing(headers)):
            return _not_among("A web page that does not say its origin")
        if looks:
            return None
        return (
            "From a browser, this needs the header Origin, as fetch sends it. Anybody can lead a browser here. "
            "The setting allowed_origins says which origins are allowed."
        )

    def guard(
        self, request: HttpRequest, answer: Callable[[HttpRequest], Reply | Pending[Reply]]
    ) -> Reply | Pending[Reply]:
        """Answer a browser's AWS call if it is served, and let the page read the answer."""
        headers = request.headers
        scheme = request.connection.scheme
        refusal = self.refusal(request.method, headers, scheme, request.host, looks=_only_looks(request))
        if refusal is not None:
            return make_reply(403, "text/plain", uuid4_text(), f"{refusal}\n".encode(), NOT_GUESSED)
        more = readable_by(headers)
        if request.method == b"OPTIONS" and b"origin" in headers:
            return make_reply(200, "text/plain", uuid4_text(), b"", more + preflight(headers))
        for name in (*_SIGNS, b"sec-fetch-mode", b"accept-language"):
            headers.pop(name, None)  # seen to
        outcome = answer(request)
        return outcome.then(lambda reply: _with(reply, more)) if isinstance(outcome, Pending) else _with(outcome, more)

    def readable(self, headers: Mapping[bytes, bytes]) -> str:
        """Return what lets an allowed page read the refusal of a request that nobody has looked at; empty otherwise."""
        return readable_by(headers) if _text(headers, b"origin") in self._allowed else ""

    def _is_ours(self, host: str) -> bool:
        if len(host) > _LONGEST_HOST:
            return False
        try:
            name = urlsplit(f"//{host}").hostname or ""
            if name == "localhost" or name.endswith(".localhost") or name in self._hosts:
                return True
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def _not_among(sender: str) -> str:
    return f"{sender} is not among the allowed origins. The setting allowed_origins allows it."


def _says_nothing(headers: Mapping[bytes, bytes]) -> bool:
    """Say whether a request has no word of whose it is, as to an address that browsers do not trust."""
    return not any(name in headers for name in (b"sec-fetch-dest", b"sec-fetch-user", b"sec-fetch-mode"))


def _only_looks(request: HttpRequest) -> bool:
    """Say whether an AWS call changes nothing, whatever it is answered."""
    if request.method not in _SAFE:
        return False
    try:
        given = aws_query.parameters(request.query_string, request.body)
    except (SqsError, ValueError):  # refused in any case
        return True
    return given.get("Action", "Get").startswith(_LOOKS)


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
