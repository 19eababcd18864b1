"""What a page is asked for, and how it answers: JSON in, JSON out, and words for what it refuses."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sqs_emulator.core.broker import Broker
from sqs_emulator.core.errors import SqsError
from sqs_emulator.core.identifiers import ACCOUNT_ID, DEFAULT_ACCOUNT
from sqs_emulator.web.outbox import hand_over
from sqs_emulator.wire import credentials

_Shape = TypeVar("_Shape")


class PageRefused(Exception):
    """A request that a page refuses: the status, and why, with what is allowed."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Problem(msgspec.Struct):
    error: str


class Asked:
    """One request to a page."""

    def __init__(self, broker: Broker, accounts: Mapping[str, str], request: Request, body: bytes) -> None:
        self.broker = broker
        self._accounts = accounts
        self.query: Mapping[str, str] = dict(request.query_params)
        self.path: Mapping[str, str] = request.path_params
        self.accept = request.headers.get("accept", "")
        self.content_type = request.headers.get("content-type", "")
        self._body = body
        self._authorization = request.headers.get("authorization", "").encode("latin-1")

    @functools.cached_property
    def account(self) -> str:
        """The account that is meant: `?account=`, or that of the credentials, or the default one."""
        scope = credentials.of_header(self._authorization, self._accounts)
        number = self.query.get("account") or scope.account or DEFAULT_ACCOUNT
        if not ACCOUNT_ID.fullmatch(number):
            raise PageRefused(f"account is {number!r}; allowed is a number of 12 digits.")
        return number

    @functools.cached_property
    def now(self) -> int:
        """The moment of this request, by the clock of the account that is meant."""
        return self.broker.clock_of(self.account).now()

    def only(self, *names: str) -> None:
        """Refuse a parameter that the page does not know: a misspelt one would be left out without a word."""
        unknown = self.query.keys() - {"account", *names}
        if unknown:
            raise PageRefused(
                f"{', '.join(sorted(unknown))}: no such parameter; allowed are account, {', '.join(names)}."
            )

    def sent(self, name: str) -> str:
        """Return a text from the body, a form or JSON; empty if it is not there."""
        if "json" in self.content_type:
            members = self.body(dict[str, object])
            return str(members.get(name, ""))
        return dict(parse_qsl(self._body.decode("latin-1"))).get(name, "")

    def body(self, shape: type[_Shape]) -> _Shape:
        """Read the body, which may be left out where all of it is optional."""
        try:
            return msgspec.json.decode(self._body or b"{}", type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise PageRefused(f"The body is not as it must be: {error}") from None

    def number(self, name: str, default: int, *, lowest: int = 0, highest: int = 10_000_000) -> int:
        text = self.query.get(name)
        if text is None:
            return default
        if text.isascii() and text.isdigit() and lowest <= int(text[:12]) <= highest:
            return int(text[:12])
        raise PageRefused(f"{name} is {text!r}; allowed is {lowest} to {highest}.")

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() in ("1", "true", "yes")


Page = Callable[[Asked], Any]


class Pages:
    """Makes routes of plain functions, which return what their page says."""

    def __init__(self, broker: Broker, accounts: Mapping[str, str]) -> None:
        self._broker = broker
        self._accounts = accounts  # those that access keys mean which are no account's number

    def get(self, path: str, page: Page) -> Route:
        return self._route(path, "GET", page)

    def post(self, path: str, page: Page) -> Route:
        return self._route(path, "POST", page)

    def delete(self, path: str, page: Page) -> Route:
        return self._route(path, "DELETE", page)

    def _route(self, path: str, method: str, page: Page) -> Route:
        async def answer(request: Request) -> Response:
            asked = Asked(self._broker, self._accounts, request, await request.body())
            try:
                try:
                    said = page(asked)
                finally:
                    hand_over(self._broker.outbox)  # whom it served before it failed, too
                if inspect.iscoroutine(said):
                    said = await _unless_left(said, request)
            except PageRefused as refusal:
                return json(Problem(str(refusal)), refusal.status)
            except SqsError as error:
                return json(Problem(error.message), 400)
            return said if isinstance(said, Response) else json(said)

        return Route(path, answer, methods=[method])


def json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


async def _unless_left(page: Coroutine[Any, Any, object], request: Request) -> object:
    """Return what a page says that waits for something; it ends when its client leaves, and says nothing to nobody."""
    said = asyncio.ensure_future(page)
    left = asyncio.ensure_future(_until_left(request))
    try:
        await asyncio.wait((said, left), return_when=asyncio.FIRST_COMPLETED)
        return await said if said.done() else Response(status_code=408)
    finally:
        left.cancel()
        said.cancel()


async def _until_left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
