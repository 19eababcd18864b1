"""Which web pages may talk to the emulator: none but its own, unless a setting names them.

A browser sends a form to any address on its user's machine, without asking first: without this check any page that a
developer happens to visit could drive the local broker. Programs send no `Origin` header and never notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from sqs_emulator.core.identifiers import uuid4_text
from sqs_emulator.services.pending import Pending
from sqs_emulator.web.http import HttpRequest, Reply, make_reply

_PREFLIGHT: Final = (
    "access-control-allow-methods: GET,POST\r\naccess-control-allow-headers: authorization,content-type,"
    "x-amz-target,x-amz-date,x-amz-security-token,x-amz-user-agent,x-amzn-query-mode\r\n"
)


class Origins:
    def __init__(self, allowed: Iterable[str] = ()) -> None:
        """Allow pages of these origins, such as `http://localhost:3000`."""
        self._allowed = frozenset(allowed)

    def allows(self, origin: str, scheme: str, host: str) -> bool:
        """Say whether a page of this origin may talk to the emulator, which it reached by `scheme` and `host`."""
        return origin in self._allowed or origin == f"{scheme}://{host}"

    def guard(
        self, request: HttpRequest, answer: Callable[[HttpRequest], Reply | Pending[Reply]]
    ) -> Reply | Pending[Reply]:
        """Answer a page's request if its origin is allowed, and let the page read the answer."""
        origin = request.header(b"origin")
        if not self.allows(origin, request.connection.scheme, request.host):
            text = f"Origin {origin} is not among the allowed origins.\n"
            return make_reply(403, "text/plain", uuid4_text(), text.encode("latin-1"))
        if request.method == b"OPTIONS":
            return _readable(make_reply(200, "text/plain", uuid4_text(), b"", _PREFLIGHT), origin)
        del request.headers[b"origin"]  # seen to
        outcome = answer(request)
        if isinstance(outcome, Pending):
            return outcome.then(lambda reply: _readable(reply, origin))
        return _readable(outcome, origin)


def _readable(reply: Reply, origin: str) -> Reply:
    reply.head += f"access-control-allow-origin: {origin}\r\nvary: origin\r\n"
    return reply
