"""Web pages: none may drive a developer's broker but those that a setting names."""

from __future__ import annotations

from typing import Final

import pytest

from sqs_emulator import Emulator
from tests.raw_http import HOST, Calls, Connection, http, received

ALLOWED: Final = "http://allowed.test"  # the `allowed_origins` of the fixture's emulators


@pytest.mark.parametrize(
    "origin", ["http://evil.test", "null", "https://allowed.test", "http://allowed.test:80", "", "*"]
)
@pytest.mark.parametrize("protocol", ["JSON", "Query", "GET"])
def test_another_pages_request_is_refused_and_not_done(
    calls: Calls, connection: Connection, origin: str, protocol: str
) -> None:
    calls.headers = {**calls.headers, "Origin": origin}
    request = {
        "JSON": calls.send(),
        "Query": calls.query("Action=SendMessage&MessageBody=x"),
        "GET": http("GET", "/000000000000/q?Action=SendMessage&MessageBody=x", calls.headers),
    }[protocol]

    response = connection.ask(request)

    assert response.status == 403
    assert "access-control-allow-origin" not in response.headers
    del calls.headers["Origin"]
    assert calls.counts(connection) == (0, 0)


def test_the_refusal_says_why(connection: Connection) -> None:
    response = connection.ask(http("GET", "/?Action=ListQueues", {"Origin": "http://evil.test"}))

    assert response.headers["content-type"] == "text/plain"
    assert response.body == b"Origin http://evil.test is not among the allowed origins.\n"


@pytest.mark.parametrize("origin", [ALLOWED, f"http://{HOST}"], ids=["named", "the emulator's own"])
def test_an_allowed_page_may_call_and_read_the_answer(calls: Calls, connection: Connection, origin: str) -> None:
    calls.headers = {**calls.headers, "Origin": origin}

    sent = connection.ask(calls.send())
    bad = connection.ask(calls("Nonsense"))

    assert (sent.status, bad.status) == (200, 400)
    for response in (sent, bad):
        assert response.headers["access-control-allow-origin"] == origin
        assert response.headers["vary"] == "origin"


def test_an_allowed_pages_long_poll_can_be_read_too(served: Emulator, calls: Calls, connection: Connection) -> None:
    poll = calls.receive(20).replace(b"\r\n", f"\r\nOrigin: {ALLOWED}\r\n".encode(), 1)
    with Connection(served.url) as polling:
        polling.send(poll)
        calls.wait_for_polls(served)
        connection.ask(calls.send())
        response = polling.response()

    assert received(response) == [("hello", 1)]
    assert response.headers["access-control-allow-origin"] == ALLOWED


PREFLIGHT: Final = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-amz-target"}


def test_an_allowed_page_may_ask_first(connection: Connection) -> None:
    response = connection.ask(http("OPTIONS", "/", {**PREFLIGHT, "Origin": ALLOWED}))

    assert response.status in (200, 204)
    assert response.headers["access-control-allow-origin"] == ALLOWED
    assert "POST" in response.headers["access-control-allow-methods"]
    assert {"x-amz-target", "content-type", "authorization"} <= set(
        response.headers["access-control-allow-headers"].split(",")
    )


def test_another_page_may_not_even_ask(connection: Connection) -> None:
    response = connection.ask(http("OPTIONS", "/", {**PREFLIGHT, "Origin": "http://evil.test"}))

    assert response.status == 403
    assert not any(name.startswith("access-control") for name in response.headers)


def test_a_program_sends_no_origin_and_never_notices(connection: Connection) -> None:
    response = connection.ask(http("GET", "/?Action=ListQueues"))

    assert response.status == 200
    assert not any(name.startswith("access-control") for name in response.headers)


@pytest.mark.parametrize("path", ["/_emulator/events", "/health"])
def test_the_emulators_own_pages_cannot_be_read_by_another_page(connection: Connection, path: str) -> None:
    response = connection.ask(http("GET", path, {"Origin": "http://evil.test"}))

    assert "access-control-allow-origin" not in response.headers
