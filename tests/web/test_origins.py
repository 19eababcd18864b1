"""Web pages: none may drive a developer's broker but those that a setting names."""

from __future__ import annotations

from typing import Final

import pytest

from sqs_emulator import Config, ConfigError, Emulator
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
    words = b"Origin http://evil.test is not among the allowed origins. The setting allowed_origins allows it.\n"
    assert response.body == words
    assert response.headers["x-content-type-options"] == "nosniff"


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


WANTED: Final = "amz-sdk-invocation-id,amz-sdk-request,authorization,content-type,x-amz-target,x-amz-user-agent"
PREFLIGHT: Final = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": WANTED}


def test_an_allowed_page_may_ask_first(connection: Connection) -> None:
    response = connection.ask(http("OPTIONS", "/", {**PREFLIGHT, "Origin": ALLOWED}))

    assert response.status in (200, 204)
    assert response.headers["access-control-allow-origin"] == ALLOWED
    assert "POST" in response.headers["access-control-allow-methods"]
    assert response.headers["access-control-allow-headers"] == WANTED
    assert int(response.headers["access-control-max-age"]) > 0


@pytest.mark.parametrize("wanted", ["x" * 10_000, "x-ok;y", "<script>"])
def test_no_header_is_allowed_that_is_none(connection: Connection, wanted: str) -> None:
    asked = {**PREFLIGHT, "Origin": ALLOWED, "Access-Control-Request-Headers": wanted}

    response = connection.ask(http("OPTIONS", "/", asked))

    assert response.headers["access-control-allow-headers"] == ""


def test_another_page_may_not_even_ask(connection: Connection) -> None:
    response = connection.ask(http("OPTIONS", "/", {**PREFLIGHT, "Origin": "http://evil.test"}))

    assert response.status == 403
    assert not any(name.startswith("access-control") for name in response.headers)


def test_a_program_sends_no_origin_and_never_notices(connection: Connection) -> None:
    response = connection.ask(http("GET", "/?Action=ListQueues"))

    assert response.status == 200
    assert not any(name.startswith("access-control") for name in response.headers)


@pytest.mark.parametrize("path", ["/_emulator/events", "/health", "/_aws/sqs/messages"])
def test_the_emulators_own_pages_are_not_for_another_page(connection: Connection, path: str) -> None:
    response = connection.ask(http("GET", path, {"Origin": "http://evil.test"}))

    assert response.status == 403
    assert b"allowed_origins" in response.body
    assert "access-control-allow-origin" not in response.headers


def test_an_allowed_page_may_read_the_emulators_own_pages(connection: Connection) -> None:
    asked = connection.ask(http("OPTIONS", "/_emulator/queues", {**PREFLIGHT, "Origin": ALLOWED}))
    page = connection.ask(http("GET", "/_emulator/queues", {"Origin": ALLOWED}))

    assert (asked.status, page.status) == (200, 200)
    for response in (asked, page):
        assert response.headers["access-control-allow-origin"] == ALLOWED


@pytest.mark.parametrize("path", ["/_emulator/queues", "/health", "/_emulator/nonsense"])
def test_nobody_guesses_what_an_own_page_is(connection: Connection, path: str) -> None:
    assert connection.ask(http("GET", path)).headers["x-content-type-options"] == "nosniff"


# What a browser says without an Origin: of images, scripts, frames, links, and `fetch` without cors.

FOREIGN: Final = [
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Referer": "http://localhost:3000/"},
    {"Sec-Fetch-Site": "cross-site", "Referer": f"http://{HOST}.evil.test/"},
    {"Referer": "http://evil.test/page"},
    {"Referer": "nonsense"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "none", "Referer": "http://evil.test/"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("how", ["GET", "form", "JSON"])
def test_what_a_foreign_page_embeds_or_posts_is_not_done(
    calls: Calls, connection: Connection, headers: dict[str, str], how: str
) -> None:
    own = dict(calls.headers)
    calls.headers = {**own, **headers}
    request = {
        "GET": http("GET", "/000000000000/q?Action=SendMessage&MessageBody=x", calls.headers),
        "form": calls.query("Action=SendMessage&MessageBody=x"),
        "JSON": calls.send(),
    }[how]

    response = connection.ask(request)

    assert response.status == 403
    calls.headers = own
    assert calls.counts(connection) == (0, 0)


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/_emulator/queues", "/health"])
def test_no_foreign_page_embeds_an_own_page(connection: Connection, headers: dict[str, str], path: str) -> None:
    assert connection.ask(http("GET", path, headers)).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Referer": f"http://{HOST}/"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "cross-site", "Referer": f"{ALLOWED}/page"},
        {"Referer": f"http://{HOST}/_emulator/"},
        {"Sec-Fetch-Mode": "cors"},  # Node's fetch, a program
    ],
)
@pytest.mark.parametrize("path", ["/?Action=ListQueues", "/_emulator/queues"])
def test_the_user_own_pages_and_programs_are_served(connection: Connection, headers: dict[str, str], path: str) -> None:
    assert connection.ask(http("GET", path, headers)).status == 200


@pytest.mark.parametrize("path", ["/?Action=ListQueues", "/_emulator/queues"])
@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:9324", 200),
        ("[::1]:9324", 200),
        ("localhost", 200),
        ("sqs.localhost:9324", 200),
        ("evil.test:9324", 403),
        ("localhost.evil.test", 403),
        ("127.0.0.1.evil.test", 403),
        ("sqs:9324", 403),
        ("[", 403),
        ("[zz]", 403),
        ("][", 403),
        ("localhost:" + "9" * 1_000, 403),
        ("0.0.0.0:9324", 200),
    ],
)
def test_a_page_reaches_the_emulator_by_a_name_that_is_its_own(
    connection: Connection, host: str, status: int, path: str
) -> None:
    """Whoever points a name at this machine has pages whose Origin and Host are the same."""
    page = connection.ask(http("GET", path, {"Host": host, "Origin": f"http://{host}"}))
    program = connection.ask(http("GET", path, {"Host": host}))

    assert page.status == status
    assert program.status == 200


def test_a_name_can_be_allowed() -> None:
    with (
        Emulator(Config(port=0, allowed_hosts=("SQS",), base_url="http://queue.test:1")) as emulator,
        Connection(emulator.url) as connection,
    ):
        found = {
            host: connection.ask(http("GET", "/health", {"Host": host, "Origin": f"http://{host}"})).status
            for host in ("sqs:9324", "queue.test", "other")
        }

    assert found == {"sqs:9324": 200, "queue.test": 200, "other": 403}


@pytest.mark.parametrize(
    "origin",
    [
        *("http://localhost:3000/", "foo", "localhost:3000", "*", "null", "HTTP://A", "http://a:80", "http://u@a"),
        *("http://", "http://a:", "http://a:99999", "http://a:03000", "http://a b", "https://a:443", "http://a\n"),
        *("http://*.a", "http://ä", "//a", "http://a?", "http://a#", ""),
    ],
)
def test_what_cannot_be_an_origin_is_refused_at_the_start(origin: str) -> None:
    with pytest.raises(ConfigError, match=r"allowed_origins is .*; allowed is an origin such as http://localhost:3000"):
        Config(allowed_origins=(origin,))


@pytest.mark.parametrize("origin", ["https://a", "http://localhost:3000", "http://[::1]:3000", "tauri://localhost"])
def test_what_can_be_an_origin_is_taken(origin: str) -> None:
    assert Config(allowed_origins=(origin,)).allowed_origins == (origin,)


@pytest.mark.parametrize("name", ["http://sqs", "sqs:9324", "*", "*.a", "", "a/b", "a.", "a b"])
def test_what_cannot_be_a_host_name_is_refused_at_the_start(name: str) -> None:
    with pytest.raises(ConfigError, match=r"allowed_hosts is .*; allowed is a name such as sqs.example.test"):
        Config(allowed_hosts=(name,))


def test_the_base_url_is_the_emulators_own_origin() -> None:
    """A proxy that speaks https stands before it."""
    with (
        Emulator(Config(port=0, base_url="https://Queue.test/sqs")) as emulator,
        Connection(emulator.url) as connection,
    ):
        found = [
            connection.ask(http("GET", "/health", {"Host": "queue.test", "Origin": origin})).status
            for origin in ("https://queue.test", "https://other.test")
        ]

    assert found == [200, 403]


def test_a_base_url_without_an_origin_lets_nobody_in() -> None:
    with (
        Emulator(Config(port=0, base_url="http://user@queue.test")) as emulator,
        Connection(emulator.url) as connection,
    ):
        found = [
            connection.ask(http("GET", "/?Action=ListQueues", headers)).status
            for headers in ({"Origin": ""}, {"Referer": "nonsense"})
        ]

    assert found == [403, 403]


# Without an Origin anybody may have led the browser here: by a redirect, by a link in a mail.

LED: Final = [
    {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    {"Sec-Fetch-Site": "none", "Sec-Purpose": "prefetch;prerender"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image", "Referer": f"{ALLOWED}/"},
    {"Referer": f"{ALLOWED}/"},
    {"Accept-Language": "en-US,en;q=0.5"},  # to an address that is neither https nor this machine's
    {"Accept-Language": "*", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"},
    {"Accept-Language": ""},
]


@pytest.mark.parametrize("headers", LED)
def test_who_is_led_to_an_address_changes_nothing(
    calls: Calls, connection: Connection, headers: dict[str, str]
) -> None:
    own = dict(calls.headers)
    changing = ["SendMessage&MessageBody=x", "PurgeQueue", "ReceiveMessage", "ListQueues&Action=SendMessage"]
    asked = [http("GET", f"/000000000000/q?Action={action}", {**own, **headers}) for action in changing]
    asked.append(http("GET", "/000000000000/q?%41ction=SendMessage&MessageBody=x", {**own, **headers}))

    answers = [connection.ask(request) for request in asked]

    assert [answer.status for answer in answers] == [403] * 5
    assert all(b"allowed_origins" in answer.body for answer in answers)
    assert calls.counts(connection) == (0, 0)


@pytest.mark.parametrize("headers", LED)
@pytest.mark.parametrize("path", ["/?Action=ListQueues", "/_emulator/queues", "/health"])
def test_who_is_led_to_an_address_may_look(connection: Connection, headers: dict[str, str], path: str) -> None:
    response = connection.ask(http("GET", path, headers))

    assert response.status == 200
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_who_is_led_to_an_address_changes_no_own_page(connection: Connection, method: str) -> None:
    path = {"POST": "/_emulator/purge?queue=q", "DELETE": "/_emulator/faults"}[method]

    assert connection.ask(http(method, path, {"Sec-Fetch-Site": "none"})).status == 403


@pytest.mark.parametrize("path", ["/?Action=ListQueues", "/_emulator/queues"])
def test_a_foreign_name_gives_away_a_page_that_hides_all_else(connection: Connection, path: str) -> None:
    """A browser sends a GET of such a page without Origin, Referer and Sec-Fetch-Site."""
    response = connection.ask(http("GET", path, {"Host": "evil.test:9324", "Accept-Language": "en"}))

    assert response.status == 403
    assert b"allowed_hosts" in response.body


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Mode": "cors", "Accept-Language": "*", "User-Agent": "node"},
        {"Accept-Language": "*", "User-Agent": "Deno/2.5.0"},
        {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; en-US) PowerShell/7.5.0"},
    ],
    ids=["boto3", "Node", "Deno", "PowerShell"],
)
@pytest.mark.parametrize("how", ["GET", "form", "JSON"])
def test_programs_notice_nothing_whatever_they_call_the_emulator(
    calls: Calls, connection: Connection, headers: dict[str, str], how: str
) -> None:
    calls.headers = {**calls.headers, **headers, "Host": "sqs:9324"}
    request = {
        "GET": http("GET", "/000000000000/q?Action=SendMessage&MessageBody=x", calls.headers),
        "form": calls.query("Action=SendMessage&MessageBody=x"),
        "JSON": calls.send(),
    }[how]

    assert connection.ask(request).status == 200
    assert connection.ask(http("GET", "/_emulator/queues", calls.headers)).status == 200
    assert calls.counts(connection) == (1, 0)


@pytest.mark.parametrize("origin", [ALLOWED, "http://evil.test"])
def test_an_allowed_page_can_read_that_its_request_is_too_long(connection: Connection, origin: str) -> None:
    request = http("POST", "/", {"Origin": origin, "Content-Length": "2000001"})

    response = connection.ask(request)

    assert response.status == 413
    assert response.headers.get("access-control-allow-origin") == (origin if origin == ALLOWED else None)


def test_a_websocket_of_a_foreign_page_calls_nothing(calls: Calls, connection: Connection) -> None:
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": "http://evil.test"}
    path = "/000000000000/q?Action=SendMessage&MessageBody=x"

    response = connection.ask(http("GET", path, {**calls.headers, **upgrade}))

    assert response.status == 403
