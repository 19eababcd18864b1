"""HTTP/1.1 as clients speak it, behind either coat: the same bytes, whichever of the two answers."""

from __future__ import annotations

import contextlib
import socket
from typing import Final

import pytest

from sqs_emulator import Emulator
from tests.raw_http import (
    HOST,
    Calls,
    Connection,
    chunked,
    credentials,
    http,
    in_loop,
    json_call,
    normal,
    protocol_of,
    query_call,
    received,
)

LIST: Final = b"Action=ListQueues&QueueNamePrefix=none"
NO_PAGE: Final = b"<UnknownOperationException/>"
EMPTY_LIST: Final = b"<ListQueuesResult/>"
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
HEALTH: Final = http("GET", "/health")


def head_of(status: str, kind: str, more: str = "") -> bytes:
    return (
        f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nx-amzn-requestid: <uuid>\r\ncontent-length: <n>\r\n{more}\r\n"
    ).encode()


# The two coats write the same bytes.

CLOSE: Final = {"Connection": "close"}
SAME: Final = {
    "JSON": json_call("ListQueues", {"QueueNamePrefix": "none"}),
    "JSON that closes": json_call("ListQueues", {"QueueNamePrefix": "none"}, headers=CLOSE),
    "JSON that fails": json_call("PurgeQueue", {"QueueUrl": "none"}),
    "JSON that cannot be read": json_call("PurgeQueue", b"{"),
    "Query": query_call(LIST),
    "Query that closes": query_call(LIST, headers=CLOSE),
    "Query that fails": query_call(b"Action=PurgeQueue&QueueUrl=none"),
    "Query answered in JSON": query_call(LIST, headers={"Accept": "application/json"}),
    "no page": http("GET", "/robots.txt"),
    "HEAD": http("HEAD", "/"),
    "HEAD that closes": http("HEAD", "/", CLOSE),
    "OPTIONS": http("OPTIONS", "/"),
    "a void action of HTTP/1.0": http("POST", "/", FORM, LIST, version="1.0"),
    "HTTP/1.0 that is kept": http("POST", "/", {**FORM, "Connection": "keep-alive"}, LIST, version="1.0"),
    "another page's": query_call(LIST, headers={"Origin": "http://evil.test"}),
    "an allowed page's": query_call(LIST, headers={"Origin": "http://allowed.test"}),
    "a preflight": http("OPTIONS", "/", {"Origin": "http://allowed.test"}),
    "a body over the limit in JSON": http("POST", "/", {"X-Amz-Target": "x", "Content-Length": "9999999"}),
    "a body over the limit in Query": http("POST", "/", {**FORM, "Content-Length": "9999999"}),
    "health": HEALTH,
    "health that closes": http("GET", "/health", CLOSE),
}


@pytest.mark.parametrize("request_bytes", SAME.values(), ids=SAME)
def test_both_coats_write_the_same_bytes(emulators: dict[str, Emulator], request_bytes: bytes) -> None:
    answers = []
    for emulator in emulators.values():
        with Connection(emulator.url) as connection:
            answers.append(normal(connection.ask(request_bytes).raw, head=request_bytes.startswith(b"HEAD")))

    first, second = answers
    assert first == second


# The connection.


def test_a_connection_is_kept(calls: Calls, connection: Connection) -> None:
    for number in range(50):
        assert connection.ask(calls.send(str(number))).status == 200

    assert calls.counts(connection) == (50, 0)


@pytest.mark.parametrize("protocol", ["JSON", "Query"])
def test_connection_close_is_honoured_and_said(connection: Connection, protocol: str) -> None:
    close = {"Connection": "close"}
    request = json_call("ListQueues", headers=close) if protocol == "JSON" else query_call(LIST, headers=close)

    response = connection.ask(request)

    assert response.status == 200
    assert response.headers["connection"] == "close"
    assert connection.is_closed_by_server()


def test_a_kept_connection_says_nothing_of_it(connection: Connection) -> None:
    assert "connection" not in connection.ask(json_call("ListQueues")).headers


def test_what_comes_after_a_close_is_not_done(served: Emulator, calls: Calls, connection: Connection) -> None:
    connection.ask(calls.send())
    with Connection(served.url) as other:
        last = json_call("ListQueues", headers={"Connection": "close"})

        other.send(last + calls.receive())
        response = other.response()

        assert response.headers["connection"] == "close"
        assert other.is_closed_by_server()
    assert calls.counts(connection) == (1, 0), "nobody was left to receive it"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_http_1_0_is_answered_and_closed(connection: Connection, method: str) -> None:
    body = LIST if method == "POST" else None
    target = "/" if method == "POST" else f"/?{LIST.decode()}"

    response = connection.ask(http(method, target, FORM, body, version="1.0"))

    assert response.status == 200
    assert EMPTY_LIST in response.body
    assert connection.is_closed_by_server()


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("target", ["/", "/000000000000/q", f"/?{LIST.decode()}"])
def test_a_head_has_no_body(connection: Connection, target: str, version: str) -> None:
    response = connection.ask(http("HEAD", target, version=version))

    assert response.status == 404
    assert response.body == b""
    assert int(response.headers["content-length"]) == len(NO_PAGE)
    if version == "1.1":
        assert connection.ask(HEALTH).status == 200


def test_health_answers_get_and_head(connection: Connection) -> None:
    whole = connection.ask(HEALTH)
    head = connection.ask(http("HEAD", "/health"))

    assert (whole.status, whole.json["status"]) == (200, "ok")
    assert (head.status, head.body) == (200, b"")


def test_every_answer_has_a_date_and_a_request_id_of_its_own(connection: Connection) -> None:
    answers = [connection.ask(request) for request in (json_call("ListQueues"), http("GET", "/"), query_call(LIST))]

    assert all(answer.headers["date"].endswith(" GMT") for answer in answers)
    assert len({answer.headers["x-amzn-requestid"] for answer in answers}) == 3


def test_nothing_tells_of_the_server_that_is_under_it(connection: Connection) -> None:
    assert "server" not in connection.ask(json_call("ListQueues")).headers
    assert "server" not in connection.ask(HEALTH).headers


# Bodies.


def test_a_body_may_come_in_chunks(calls: Calls, connection: Connection) -> None:
    whole = calls.send("in chunks")
    head, _, body = whole.partition(b"\r\n\r\n")
    head = b"\r\n".join(line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length"))

    for parts in ([body], [body[:5], body[5:]], [bytes([byte]) for byte in body]):
        connection.send(head + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(*parts))
        assert connection.response().status == 200

    assert calls.counts(connection) == (3, 0)


@pytest.mark.parametrize("parts", ["at once", "in parts"])
def test_trailers_are_no_headers_of_the_next_request(served: Emulator, connection: Connection, parts: str) -> None:
    head = http("POST", "/", {**FORM, "Transfer-Encoding": "chunked"})
    trailers = b"X-Amz-Target: AmazonSQS.PurgeQueue\r\nAccept: application/json\r\n"
    body = chunked(LIST).removesuffix(b"\r\n") + trailers + b"\r\n"

    if parts == "at once":
        connection.send(head + body)
    else:
        connection.send(head)
        with Connection(served.url) as other:  # when it is answered, the head has been read
            other.ask(HEALTH)
        connection.send(body)
    first = connection.response()
    second = connection.ask(query_call(LIST))

    assert first.status in (200, 400), "uvicorn takes them for headers of this request"
    assert second.headers["content-type"] == "text/xml"
    assert EMPTY_LIST in second.body


def test_a_request_may_come_in_many_packets(served: Emulator, calls: Calls) -> None:
    with Connection(served.url) as connection:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in calls.send("byte by byte"):
            connection.send(bytes([byte]))
        response = connection.response()

        assert response.status == 200
        assert received(connection.ask(calls.receive())) == [("byte by byte", 1)]


def test_a_large_body_comes_in_many_packets(calls: Calls, connection: Connection) -> None:
    body = "x" * 1_048_576

    assert connection.ask(calls.send(body)).status == 200
    ((found, _),) = received(connection.ask(calls.receive()))

    assert found == body


def test_expect_100_continue_is_answered_before_the_body_comes(calls: Calls, connection: Connection) -> None:
    head, end, body = calls.send("expected").partition(b"\r\n\r\n")

    connection.send(head + b"\r\nExpect: 100-continue" + end)
    interim = connection.response()
    connection.send(body)
    response = connection.response()

    assert (interim.status, interim.body) == (100, b"")
    assert response.status == 200
    assert received(connection.ask(calls.receive())) == [("expected", 1)]


def test_a_body_over_the_limit_is_not_asked_for(connection: Connection) -> None:
    connection.send(http("POST", "/", {"Content-Length": "2000001", "Expect": "100-continue"}))

    assert connection.response().status == 413


@pytest.mark.parametrize("expect", ["100-Continue", "something-else"])
def test_any_expectation_leads_to_an_answer(connection: Connection, expect: str) -> None:
    connection.send(query_call(LIST, headers={"Expect": expect}))

    response = connection.response()
    while response.status == 100:
        response = connection.response()

    assert EMPTY_LIST in response.body


def test_a_page_that_is_answered_before_its_body_is_read_keeps_its_connection(emulators: dict[str, Emulator]) -> None:
    emulator = emulators["fast coat"]
    with Connection(emulator.url) as connection:
        connection.ask(HEALTH)
        data = http("POST", "/health", {}, b"x" * 100_000)  # in one read: more of it than uvicorn keeps
        in_loop(emulator, lambda: protocol_of(emulator, connection).data_received(data))

        assert connection.response().status == 405
        assert connection.ask(HEALTH).status == 200


# Pipelining.


def test_pipelined_requests_are_answered_in_their_order(calls: Calls, connection: Connection) -> None:
    connection.send(b"".join(calls.send(str(number)) for number in range(20)) + calls.receive() + calls.receive())

    sent = [connection.response().json["MessageId"] for _ in range(20)]
    first = received(connection.response())
    second = received(connection.response())

    assert len(set(sent)) == 20
    assert [body for body, _ in first + second] == [str(number) for number in range(20)]


def test_five_hundred_requests_can_be_pipelined(calls: Calls, connection: Connection) -> None:
    connection.send(b"".join(calls.send(str(number)) for number in range(500)))

    statuses = [connection.response().status for _ in range(500)]

    assert statuses == [200] * 500
    assert calls.counts(connection) == (500, 0)


def test_requests_behind_a_waiting_poll_wait_for_it(served: Emulator, calls: Calls, connection: Connection) -> None:
    with Connection(served.url) as polling:
        polling.send(calls.receive(20) + HEALTH + query_call(LIST) + HEALTH + calls.receive())
        calls.wait_for_polls(served)

        connection.ask(calls.send("wakes it"))
        answers = [polling.response() for _ in range(5)]

    assert received(answers[0]) == [("wakes it", 1)]
    assert [answer.status for answer in answers] == [200] * 5
    assert answers[1].json["status"] == answers[3].json["status"] == "ok"
    assert EMPTY_LIST in answers[2].body
    assert answers[4].json == {}


def test_polls_can_be_pipelined(served: Emulator, calls: Calls, connection: Connection) -> None:
    with Connection(served.url) as polling:
        polling.send(calls.receive(20) + HEALTH + calls.receive(20) + calls.receive(20))
        for body in ("a", "b", "c"):
            calls.wait_for_polls(served)
            connection.ask(calls.send(body))
            assert received(polling.response()) == [(body, 1)]
            if body == "a":
                assert polling.response().json["status"] == "ok"


def test_a_request_after_the_emulators_own_page_is_answered(calls: Calls, connection: Connection) -> None:
    for _ in range(3):
        connection.send(HEALTH + calls.send() + HEALTH + HEALTH + calls.receive())
        answers = [connection.response() for _ in range(5)]

        assert [answer.status for answer in answers] == [200] * 5
        assert received(answers[4]) == [("hello", 1)]


GREEDY: Final = {
    "calls": query_call(LIST) * 150,
    "pages": HEALTH * 150,
    "long bodies": query_call(LIST + b"&Filling=" + b"x" * 1_900_000) * 10,
}


@pytest.mark.parametrize("stream", GREEDY.values(), ids=GREEDY)
def test_a_client_that_never_stops_asking_behind_a_poll_is_cut_off(
    emulators: dict[str, Emulator], region: str, stream: bytes
) -> None:
    calls = Calls(region)
    emulator = emulators["fast coat"]  # uvicorn's own protocol stops reading instead
    with Connection(emulator.url) as connection, Connection(emulator.url) as greedy:
        connection.ask(calls("CreateQueue", QueueName="q"))
        greedy.send(calls.receive(20))
        calls.wait_for_polls(emulator)

        with contextlib.suppress(OSError):  # it may be cut off before all is sent
            greedy.send(stream)
        cut_off = greedy.is_closed_by_server()
        connection.ask(calls.send())

        assert cut_off
        assert received(connection.ask(calls.receive())) == [("hello", 1)]


@pytest.mark.parametrize("packets", [1, 30])
def test_a_client_that_does_not_read_gets_no_further_and_holds_nobody_up(
    served: Emulator, calls: Calls, connection: Connection, packets: int
) -> None:
    for _ in range(10):
        connection.ask(calls.send("x" * 200_000))

    with Connection(served.url) as slow:
        slow.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(packets):
            slow.send(calls.receive(VisibilityTimeout=0) * (30 // packets))
            connection.ask(HEALTH)
        answered = [received(connection.ask(calls.receive(VisibilityTimeout=0)))[0][1] for _ in range(3)]
        found = [received(slow.response())[0][1] for _ in range(30)]

    assert max(answered) < 20, "60 MB were made for nobody to read"
    assert sorted(found + answered) == list(range(1, 34))


# Targets and headers.


@pytest.mark.parametrize(
    "target",
    [
        f"/?{LIST.decode()}",
        f"http://{HOST}/?{LIST.decode()}",
        f"https://elsewhere.test/?{LIST.decode()}",
        f"/?{LIST.decode()}#fragment",
    ],
)
def test_a_target_may_be_whole(connection: Connection, target: str) -> None:
    assert connection.ask(http("GET", target)).status == 200


IDENTITIES: Final = [
    credentials("eu-west-1")["Authorization"],
    credentials("eu-west-1", "123456789012")["Authorization"],
    credentials("eu-west-2", "123456789012")["Authorization"],
    "",
    "Bearer x",
    "AWS4-HMAC-SHA256 SignedHeaders=host, Credential=210987654321/20260101/eu-west-1/sqs/aws4_request, Signature=0",
    "AWS4-HMAC-SHA256 SignedHeaders=host, Credential=123456789012/20260101/eu-west-3/sqs/aws4_request, Signature=0",
    "AWS4-HMAC-SHA256 Credential=123456789012/20260101/sqs/aws4_request, Signature=0",
    "AWS4-HMAC-SHA256 Credential=1234567890123/20260101/eu-west-1/sqs/aws4_request, Signature=0",
    "AWS4-HMAC-SHA256 Credential=123456789012/20260101/eu-west-1/sqs/aws4_request",
]


def test_each_request_of_a_connection_is_its_own_senders(served: Emulator, connection: Connection) -> None:
    def arn(connection: Connection, authorization: str) -> object:
        headers = {"Authorization": authorization} if authorization else {}
        created = connection.ask(json_call("CreateQueue", {"QueueName": "whose"}, headers=headers))
        url = created.json["QueueUrl"]
        asked = {"QueueUrl": url, "AttributeNames": ["QueueArn"]}
        return connection.ask(json_call("GetQueueAttributes", asked, headers=headers)).json["Attributes"]

    alone = []
    for identity in IDENTITIES:
        with Connection(served.url) as other:
            alone.append(arn(other, identity))
    pairs = [(first, second) for first in range(len(IDENTITIES)) for second in range(len(IDENTITIES))]
    together = [(arn(connection, IDENTITIES[first]), arn(connection, IDENTITIES[second])) for first, second in pairs]

    assert together == [(alone[first], alone[second]) for first, second in pairs]


def test_header_names_are_not_case_sensitive(connection: Connection) -> None:
    request = (
        json_call("ListQueues").replace(b"X-Amz-Target", b"x-aMZ-tARGET").replace(b"Content-Length", b"CONTENT-length")
    )

    assert connection.ask(request).json == {} or "QueueUrls" in connection.ask(request).json


def test_a_request_without_a_host_is_answered(served: Emulator, calls: Calls, connection: Connection) -> None:
    request = calls("GetQueueUrl", QueueName="q").replace(f"Host: {HOST}\r\n".encode(), b"")

    assert connection.ask(request).json == {"QueueUrl": f"{served.url}/000000000000/q"}


def test_of_two_headers_the_last_one_counts(connection: Connection) -> None:
    request = json_call("ListQueues").replace(b"X-Amz-Target", b"X-Amz-Target: AmazonSQS.Nonsense\r\nX-Amz-Target")

    assert connection.ask(request).status == 200


PAGES: Final = {
    "an unknown page": (http("GET", "/robots.txt"), 404),
    "a queue without an action": (http("GET", "/000000000000/q"), 404),
    "an unknown method": (http("PATCH", "/"), 404),
    "a method of WebDAV": (http("PROPFIND", "/", {}, b"<x/>"), 404),
    "OPTIONS of everything": (http("OPTIONS", "*"), 404),
}


@pytest.mark.parametrize(("request_bytes", "status"), PAGES.values(), ids=PAGES)
def test_a_page_that_is_not_there(connection: Connection, request_bytes: bytes, status: int) -> None:
    response = connection.ask(request_bytes)

    assert normal(response.raw) == head_of("404 Not Found", "text/xml") + NO_PAGE
    assert connection.ask(HEALTH).status == 200


@pytest.mark.parametrize("path", ["/_emulator", "/_emulator/nonsense", "/healthy"])
def test_an_unknown_page_of_the_emulators_own(connection: Connection, path: str) -> None:
    assert connection.ask(http("GET", path)).status == 404


def test_an_upgrade_that_cannot_be_made_is_answered_as_if_it_were_not_asked_for(connection: Connection) -> None:
    upgrade = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__"}

    response = connection.ask(json_call("ListQueues", headers=upgrade))

    assert response.status == 200
