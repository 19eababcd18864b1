"""`/health`, for container engines and scripts that wait: no Starlette, whose import would make them wait longer."""

from __future__ import annotations

from typing import Final

import msgspec

from sqs_emulator.version import __version__


class Health(msgspec.Struct):
    status: str
    version: str


_BODY: Final = msgspec.json.encode(Health("ok", __version__))


def answer(method: str) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Return status, headers and body; GET and HEAD are answered with 200."""
    if method not in ("GET", "HEAD"):
        return 405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0")], b""
    return 200, [(b"content-length", b"%d" % len(_BODY)), (b"content-type", b"application/json")], _BODY
