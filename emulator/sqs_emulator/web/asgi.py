"""The ASGI coat of the AWS calls, and the app around it: AWS calls and health here, everything else to Starlette."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import msgspec

from sqs_emulator.core.identifiers import uuid4_text
from sqs_emulator.faults.outcomes import ConnectionDropped
from sqs_emulator.services.pending import Pending
from sqs_emulator.web import health
from sqs_emulator.web.aws import AwsApi
from sqs_emulator.web.http import NO_ANSWER, Connection, HttpRequest, Reply, make_reply
from sqs_emulator.web.origins import NOT_GUESSED, Origins, preflight, readable_by
from sqs_emulator.web.outbox import hand_over

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

# What is not an AWS call. A queue's path begins with an account, and no account is called so.
OWN_PATHS: Final = (b"/health", b"/_emulator", b"/_aws/")


def is_own(path: bytes) -> bool:
    """Say whether a path is the emulator's own, not an AWS call's."""
    return path.startswith(OWN_PATHS)


class App:
    """The root: what uvicorn's own protocols, or another ASGI server, are given."""

    def __init__(self, api: AwsApi, origins: Origins, make_control: Callable[[], AsgiApp]) -> None:
        self._api = api
        self._origins = origins
        self._make_control = make_control
        self._control: AsgiApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["http_version"] not in ("1.0", "1.1"):  # from 0.53 on, uvicorn refuses them itself
            await _write(make_reply(400, "text/plain", uuid4_text(), b"This is not HTTP/1.1.\n"), send, close=True)
            return
        if is_own(scope["raw_path"]):
            await self._page(scope, receive, send)
            return
        await answer(self._api, scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one of the emulator's own pages, if no foreign web page asks for it."""
        headers = dict(scope["headers"])
        local = scope.get("server")
        host = headers.get(b"host", b"").decode("latin-1") or (f"{local[0]}:{local[1]}" if local else "localhost")
        method = scope["method"].encode("latin-1")
        looks = method in (b"GET", b"HEAD")
        refusal = self._origins.refusal(method, headers, scope["scheme"], host, looks=looks)
        if refusal is not None:
            body = msgspec.json.encode({"error": refusal})
            await _write(make_reply(403, "application/json", uuid4_text(), body, NOT_GUESSED), send)
            return
        more = readable_by(headers)
        if scope["method"] == "OPTIONS" and b"origin" in headers:
            await _write(make_reply(200, "text/plain", uuid4_text(), b"", more + preflight(headers)), send)
            return
        lines = more.encode("latin-1").split(b"\r\n")[:-1]
        added = [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]

        async def send_readably(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        await self._answer_page(scope, receive, send_readably)

    async def _answer_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["raw_path"] == b"/health":
            status, headers, body = health.answer(scope["method"])
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        if self._control is None:  # Starlette takes 60 ms to import: most runs never need it before they serve
            self._control = self._make_control()
        await self._control(scope, receive, send)


class _ClientLeft(Exception):
    """Before its request was whole."""


async def answer(api: AwsApi, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one AWS call."""
    headers = dict(scope["headers"])
    try:
        body = await _read_body(headers, receive, api.max_body)
    except _ClientLeft:
        return
    if body is None:
        await _write(api.refuse_body(headers), send, close=True)
        return
    outcome = api.answer(_request(scope, headers, body))
    hand_over(api.broker.outbox)
    reply = outcome if isinstance(outcome, Reply) else await _await_reply(api, outcome, receive)
    if reply is not None and reply.status == NO_ANSWER:
        await _drop(receive, send)
    elif reply is not None:
        await _write(reply, send)


def _request(scope: Scope, headers: dict[bytes, bytes], body: bytes) -> HttpRequest:
    peer, local = scope.get("client"), scope.get("server")
    connection = Connection(
        scope["scheme"],
        f"{peer[0]}:{peer[1]}" if peer else "",
        f"{local[0]}:{local[1]}" if local else "localhost",
        lambda: False,
    )
    method = scope["method"].encode("latin-1")
    return HttpRequest(connection, method, scope["raw_path"], scope["query_string"], headers, body)


async def _read_body(headers: dict[bytes, bytes], receive: Receive, limit: int) -> bytes | None:
    """Return the body; None where it is over the limit, before it is read as far as its length is told.

    Raises _ClientLeft: half a body could pass for a whole one.
    """
    if int(headers.get(b"content-length", b"0")) > limit:
        return None
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _ClientLeft
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _await_reply(api: AwsApi, pending: Pending[Reply], receive: Receive) -> Reply | None:
    """Return the reply when it is there, None if the client left before."""
    reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
    pending.subscribe(reply.set_result)
    hand_over(api.broker.outbox)
    left = asyncio.ensure_future(_until_disconnect(receive))
    try:
        await asyncio.wait((reply, left), return_when=asyncio.FIRST_COMPLETED)
        return reply.result() if reply.done() else None
    finally:
        left.cancel()
        if not reply.done():
            pending.abandon()


async def _until_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _drop(receive: Receive, send: Send) -> None:
    """Close the connection without a word. ASGI has no way to say that: it is uvicorn's `send` that knows how.

    Another server will make of an exception what it makes of any: an answer of its own, or none.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionDropped
    transport.close()
    await _until_disconnect(receive)  # otherwise uvicorn answers for an app that did not


async def _write(reply: Reply, send: Send, *, close: bool = False) -> None:
    headers = [*reply.headers(), (b"connection", b"close")] if close else reply.headers()
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
