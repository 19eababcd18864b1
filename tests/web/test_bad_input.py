"""What no client should send: each gets a clear 4xx, behind either coat, and nothing is changed by it."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from typing import Final

import pytest

from sqs_emulator import Config, Emulator
from sqs_emulator.web.protocol import Reading
from tests.conftest import COATS
from tests.raw_http import (
    DEADLINE_SECONDS,
    Calls,
    Connection,
    Response,
    chunked,
    http,
    in_loop,
    json_call,
    protocol_of,
    query_call,
    received,
    wait_until,
)

FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
LIST: Final = b"Action=ListQueues&QueueNamePrefix=none"
SEND_FORM: Final = b"Action=SendMessage&MessageBody=hello"
LIMIT: Final = 2_000_000  # the `max_body` of the fixture's emulators


def last_words(connection: Connection) -> Response | None:
    """Return what the server says before it closes, None if it says nothing."""
    try:
        return connection.response()
    except (EOFError, ConnectionResetError):
        return None


# Malformed HTTP.

NO_HTTP: Final = {
    "words": b"hello\r\n\r\n",
    "an unknown method": b"NONSENSE / HTTP/1.1\r\nHost: h\r\n\r\n",
    "a small method": b"get / HTTP/1.1\r\nHost: h\r\n\r\n",
    "no target": b"GET HTTP/1.1\r\nHost: h\r\n\r\n",
    "a target with a space": b"GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
    "a target that is no path": b"GET nonsense HTTP/1.1\r\nHost: h\r\n\r\n",
    "a version that is none": b"GET / HTTP/x\r\nHost: h\r\n\r\n",
    "version 2": b"GET / HTTP/2.0\r\nHost: h\r\n\r\n",
    "a greeting of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a TLS greeting": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "NUL bytes": bytes(1_000),
    "bytes of all kinds": bytes(range(256)) * 4,
    "a header without a colon": b"GET / HTTP/1.1\r\nHost h\r\n\r\n",
    "a header with a space in its name": b"GET / HTTP/1.1\r\nA b: c\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\n: c\r\n\r\n",
    "a NUL in a header": b"GET / HTTP/1.1\r\nA: b\0c\r\n\r\n",
    "a length that is no number": http("POST", "/", {"Content-Length": "many"}, b""),
    "a negative length": http("POST", "/", {"Content-Length": "-1"}, b""),
    "a length beyond all numbers": http("POST", "/", {"Content-Length": "9" * 40}, b""),
    "two lengths": b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length and chunks": (http("POST", "/", {"Content-Length": "5", "Transfer-Encoding": "chunked"}) + b"0\r\n\r\n"),
    "a chunk size that is none": http("POST", "/", {"Transfer-Encoding": "chunked"}) + b"xyz\r\n",
    "a chunk size beyond all numbers": http("POST", "/", {"Transfer-Encoding": "chunked"}) + b"f" * 40 + b"\r\n",
    "a chunk longer than it says": http("POST", "/", {"Transfer-Encoding": "chunked"}) + b"1\r\nabc\r\n0\r\n\r\n",
    "an unknown transfer encoding": http("POST", "/", {"Transfer-Encoding": "gzip"}, b""),
    "an extra line before the headers": b"GET / HTTP/1.1\r\n folded: x\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_refused_and_the_connection_ended(connection: Connection, request_bytes: bytes) -> None:
    connection.send(request_bytes)

    response = last_words(connection)

    if response is not None:
        assert 400 <= response.status < 500
        assert b"Traceback" not in response.body
        assert response.headers["connection"] == "close"
    connection.stop_writing()
    assert connection.is_closed_by_server()


def test_what_is_no_http_is_told_in_words(emulators: dict[str, Emulator]) -> None:
    for coat in COATS:
        with Connection(emulators[coat].url) as connection:
            response = connection.ask(b"hello\r\n\r\n")

        assert response.status == 400
        assert response.headers["content-type"].startswith("text/plain")
        assert b"HTTP" in response.body


@pytest.mark.parametrize("good", [1, 3])
def test_good_requests_before_a_bad_one_are_answered(emulators: dict[str, Emulator], good: int) -> None:
    with Connection(emulators["fast coat"].url) as connection:  # uvicorn's own protocol answers the bad one only
        connection.send(query_call(b"Action=ListQueues&QueueNamePrefix=x") * good + b"nonsense\r\n\r\n")

        assert [connection.response().status for _ in range(good + 1)] == [200] * good + [400]


CHUNKED: Final = {"Transfer-Encoding": "chunked"}


@pytest.mark.parametrize(
    ("stream", "status"),
    [
        (http("GET", "/health", CHUNKED) + b"no chunk\r\n", 400),
        (http("POST", "/", FORM, b"x" * 1_025) + http("GET", "/health"), 413),
    ],
    ids=["itself", "behind it"],
)
def test_a_page_is_not_answered_after_a_refusal(stream: bytes, status: int) -> None:
    with Emulator(Config(port=0, max_body=1_024)) as emulator, Connection(emulator.url) as connection:
        connection.send(stream)
        connection.stop_writing()
        said = connection.rest()

    assert re.findall(rb"HTTP/1.1 ([0-9]{3})", said) == [b"%d" % status]


def test_a_bad_request_behind_a_waiting_poll_ends_it_without_a_message(
    served: Emulator, calls: Calls, connection: Connection
) -> None:
    with Connection(served.url) as polling:
        polling.send(calls.receive(20))
        calls.wait_for_polls(served)
        polling.send(b"nonsense\r\n\r\n")
        said = last_words(polling)
        calls.wait_for_polls(served, 0)

    connection.ask(calls.send())

    assert said is None or said.status == 400, "the poll was waited for"
    assert received(connection.ask(calls.receive())) == [("hello", 1)]


def test_a_bad_request_together_with_a_poll_ends_it_without_a_message(
    emulators: dict[str, Emulator], region: str
) -> None:
    calls = Calls(region)
    with Connection(emulators["fast coat"].url) as connection, Connection(emulators["fast coat"].url) as polling:
        connection.ask(calls("CreateQueue", QueueName="q"))
        polling.send(calls.receive(20) + b"nonsense\r\n\r\n")
        said = last_words(polling)
        connection.ask(calls.send())

        assert said is None, "the poll was waited for"
        assert received(connection.ask(calls.receive())) == [("hello", 1)]


# Headers.


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: h\r\nX-Long: " + b"x" * 200_000,
        b"GET / HTTP/1.1\r\nHost: h\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(20_000)),
        b"GET /?" + b"x" * 200_000,
    ],
    ids=["one long", "many", "a long target"],
)
def test_headers_without_an_end_are_refused(emulators: dict[str, Emulator], head: bytes) -> None:
    with Connection(emulators["fast coat"].url) as connection:  # uvicorn's own protocol would read on for ever
        connection.send(head)
        response = connection.response()

        assert response.status == 431
        assert response.headers["connection"] == "close"
        assert response.body == b"The request line and headers are too long.\n"


HEAD_LIMIT: Final = 128 * 1024  # bytes of a head whose end has not come


def in_two_parts(calls: Calls, first: int) -> tuple[bytes, bytes]:
    """Return a request with a head so long that its first part, of so many bytes, does not reach the end."""
    request = calls.send().replace(b"\r\n\r\n", b"\r\nX-Long: " + b"x" * first + b"\r\n\r\n", 1)
    return request[:first], request[first:]


def test_long_headers_that_end_are_read(served: Emulator, calls: Calls, connection: Connection) -> None:
    first, second = in_two_parts(calls, HEAD_LIMIT)

    connection.send(first)
    with Connection(served.url) as other:  # when it is answered, the first part has been read
        other.ask(http("GET", "/health"))
    connection.send(second)

    assert connection.response().status == 200


def test_headers_that_are_one_byte_longer_are_refused(emulators: dict[str, Emulator]) -> None:
    first, _ = in_two_parts(Calls("us-east-1"), HEAD_LIMIT + 1)
    with Connection(emulators["fast coat"].url) as connection:  # uvicorn's own protocol would read on for ever
        connection.send(first)

        assert connection.response().status == 431


def test_each_head_of_a_connection_may_be_long(served: Emulator, calls: Calls, connection: Connection) -> None:
    first, second = in_two_parts(calls, HEAD_LIMIT // 2 + 1)

    for _ in range(3):
        connection.send(first)
        with Connection(served.url) as other:  # when it is answered, the first part has been read
            other.ask(http("GET", "/health"))
        connection.send(second)
        assert connection.response().status == 200


def test_a_head_that_begins_behind_a_long_body_is_not_taken_for_long(emulators: dict[str, Emulator]) -> None:
    emulator = emulators["fast coat"]
    first, second = query_call(LIST + b"&Filling=" + b"x" * HEAD_LIMIT), query_call(LIST)
    with Connection(emulator.url) as connection:
        connection.ask(http("GET", "/health"))
        in_loop(emulator, lambda: protocol_of(emulator, connection).data_received(first + second[:50]))
        connection.send(second[50:])

        assert [connection.response().status for _ in range(2)] == [200, 200]


def test_a_message_fits_into_the_url_of_a_get(calls: Calls, connection: Connection) -> None:
    body = "x" * 50_000
    target = f"/000000000000/q?Action=SendMessage&MessageBody={body}"

    assert connection.ask(http("GET", target, calls.headers)).status == 200
    assert received(connection.ask(calls.receive())) == [(body, 1)]


# Bodies over the limit.


@pytest.mark.parametrize(
    ("kind", "content_type"), [("JSON", "application/x-amz-json-1.0"), ("Query", "text/xml")], ids=["JSON", "Query"]
)
def test_a_body_over_the_limit_is_refused_by_its_headers_alone(
    connection: Connection, kind: str, content_type: str
) -> None:
    headers = {
        "Content-Length": str(LIMIT + 1),
        **({"X-Amz-Target": "AmazonSQS.SendMessage"} if kind == "JSON" else FORM),
    }

    connection.send(http("POST", "/", headers))
    response = connection.response()

    assert response.status == 413
    assert response.headers["connection"] == "close"
    assert response.headers["content-type"] == content_type
    assert f"The request body is longer than {LIMIT} bytes".encode() in response.body
    assert ("x-amzn-query-error" in response.headers) == (kind == "JSON")


@pytest.mark.parametrize("coat", COATS)
def test_a_client_that_is_busy_writing_can_read_the_refusal(emulators: dict[str, Emulator], coat: str) -> None:
    with Connection(emulators[coat].url) as connection:
        refusals: list[Response] = []
        reader = threading.Thread(target=lambda: refusals.append(connection.response()))
        reader.start()
        try:
            connection.send(http("POST", "/", {**FORM, "Content-Length": str(10 * LIMIT)}))
            for _ in range(100):
                connection.send(b"x" * (LIMIT // 10))
        except OSError:  # it may be closed by then
            pass
        reader.join(DEADLINE_SECONDS)

    assert [refusal.status for refusal in refusals] == [413]


def test_a_client_that_writes_on_after_the_refusal_can_still_read_it(emulators: dict[str, Emulator]) -> None:
    emulator = emulators["fast coat"]  # uvicorn's own protocol closes at once
    with Connection(emulator.url) as connection:
        connection.ask(http("GET", "/health"))
        connection.send(http("POST", "/", {**FORM, "Content-Length": str(10 * LIMIT)}))
        wait_until(lambda: protocol_of(emulator, connection).reading is Reading.DEAF)
        for _ in range(2):  # the first would be answered with a reset, which takes along what was not read
            connection.send(b"x" * 1_000)

        assert connection.response().status == 413


def test_a_body_in_chunks_is_refused_as_soon_as_it_is_over_the_limit(
    served: Emulator, calls: Calls, connection: Connection
) -> None:
    with Connection(served.url) as endless:
        refusals: list[Response] = []
        reader = threading.Thread(target=lambda: refusals.append(endless.response()))
        reader.start()
        head = http("POST", "/000000000000/q", {**FORM, **calls.headers, "Transfer-Encoding": "chunked"})
        chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
        try:
            endless.send(head + chunked(SEND_FORM).removesuffix(b"0\r\n\r\n"))
            for _ in range(10 * LIMIT // 65_536):
                endless.send(chunk)
        except OSError:
            pass
        reader.join(DEADLINE_SECONDS)

    assert [refusal.status for refusal in refusals] == [413]
    assert calls.counts(connection) == (0, 0)


@pytest.mark.parametrize("kind", ["length", "chunks"])
def test_a_body_of_just_the_limit_is_read_wherever_its_packets_end(
    served: Emulator, connection: Connection, kind: str
) -> None:
    body = b"Action=ListQueues&Filling="
    body += b"x" * (LIMIT - len(body))
    chunks = chunked(*(body[start : start + 50_000] for start in range(0, LIMIT, 50_000)))
    whole = {
        "length": http("POST", "/", FORM, body),
        "chunks": http("POST", "/", {**FORM, "Transfer-Encoding": "chunked"}) + chunks,
    }[kind]

    connection.send(whole[:-1])
    with Connection(served.url) as other:  # when it is answered, all but the last byte has been read
        other.ask(http("GET", "/health"))
    connection.send(whole[-1:])

    assert connection.response().status == 200


@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT + 100_000])
def test_a_body_in_chunks_that_turns_out_too_long_is_refused(calls: Calls, connection: Connection, size: int) -> None:
    body = SEND_FORM + b"&Filling="
    body += b"x" * (size - len(body))
    head = http("POST", "/000000000000/q", {**FORM, **calls.headers, "Transfer-Encoding": "chunked"})

    with contextlib.suppress(OSError):  # it may be refused before all is sent
        connection.send(head + chunked(body[:1_000_000], body[1_000_000:]))

    assert connection.response().status == 413


# Half requests.


def halves(calls: Calls) -> dict[str, bytes]:
    whole = calls.query("Action=SendMessage&MessageBody=cut+off+here")
    in_json = calls.send("cut off here")
    chunks = http("POST", "/000000000000/q", {**FORM, **calls.headers, "Transfer-Encoding": "chunked"})
    return {
        "in the request line": whole[:8],
        "in the headers": whole[:80],
        "before the body": whole[: whole.index(b"\r\n\r\n") + 4],
        "in the body": whole[:-5],
        "in a JSON body": in_json[:-1],
        "in a chunk": chunks + b"ff\r\nAction=SendMessage&MessageBody=cut",
        "between chunks": chunks + chunked(SEND_FORM).removesuffix(b"0\r\n\r\n"),
        "before the last chunk's end": chunks + chunked(SEND_FORM).removesuffix(b"\r\n"),
    }


@pytest.mark.parametrize("where", halves(Calls("x")))
@pytest.mark.parametrize("how", ["closes", "resets", "stops writing"])
def test_half_a_request_is_no_request(
    served: Emulator, calls: Calls, connection: Connection, where: str, how: str
) -> None:
    with Connection(served.url) as leaving:
        leaving.send(halves(calls)[where])
        if how == "resets":
            leaving.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        if how == "stops writing":
            leaving.stop_writing()
            assert last_words(leaving) is None

    assert connection.ask(http("GET", "/health")).status == 200
    assert calls.counts(connection) == (0, 0)


def test_half_a_request_waits_for_its_other_half(served: Emulator, calls: Calls, connection: Connection) -> None:
    request = calls.send("patience")
    with Connection(served.url) as slow:
        slow.send(request[:100])
        for _ in range(10):
            assert connection.ask(http("GET", "/health")).status == 200
        slow.send(request[100:])

        assert slow.response().status == 200


# Bad requests of good HTTP: each gets AWS's error, and the connection goes on.

BAD: Final = {
    "no JSON": (json_call("SendMessage", b"hello"), "SerializationException"),
    "cut JSON": (json_call("SendMessage", b'{"QueueUrl":"q"'), "SerializationException"),
    "wrong types": (json_call("SendMessage", b'{"QueueUrl":"q","MessageBody":1}'), "SerializationException"),
    "bad base64": (
        json_call(
            "SendMessage",
            b'{"QueueUrl":"q","MessageBody":"x","MessageAttributes":{"a":{"DataType":"Binary","BinaryValue":"%"}}}',
        ),
        "SerializationException",
    ),
    "bad UTF-8": (json_call("SendMessage", b'{"QueueUrl":"q","MessageBody":"\xff"}'), "SerializationException"),
    "deep nesting": (json_call("SendMessage", b'{"A":' + b"[" * 500_000), "SerializationException"),
    "a lone surrogate": (
        json_call("SendMessage", b'{"QueueUrl":"q","MessageBody":"\\ud800"}'),
        "SerializationException",
    ),
    "a huge integer": (
        json_call("ReceiveMessage", b'{"QueueUrl":"q","WaitTimeSeconds":' + b"9" * 4_000 + b"}"),
        None,
    ),
    "an unknown action in JSON": (json_call("Nonsense"), "InvalidAction"),
    "an unknown action in Query": (query_call(b"Action=Nonsense"), "InvalidAction"),
    "an unknown service": (
        http("POST", "/", {"X-Amz-Target": "DynamoDB_20120810.ListTables"}, b"{}"),
        "InvalidAction",
    ),
    "no action": (query_call(b"Version=2012-11-05"), "MissingAction"),
    "bad percent signs": (query_call(b"Action=ListQueues&QueueNamePrefix=%ff"), "InvalidParameterValue"),
    "bytes in a form": (query_call(b"Action=ListQueues&QueueNamePrefix=\xff\xfe"), "InvalidParameterValue"),
    "a list number of 5,000 digits": (
        query_call(b"Action=ReceiveMessage&QueueUrl=none&AttributeName." + b"9" * 5_000 + b"=All"),
        "AWS.SimpleQueueService.NonExistentQueue",
    ),
    "no number for a number": (
        query_call(b"Action=ReceiveMessage&QueueUrl=none&WaitTimeSeconds=null"),
        "InvalidParameterValue",
    ),
    "a wrong queue": (query_call(b"Action=SendMessage&QueueUrl=http://[&MessageBody=x"), None),
}


@pytest.mark.parametrize(("request_bytes", "code"), BAD.values(), ids=BAD)
def test_a_bad_request_gets_its_error_and_the_connection_goes_on(
    connection: Connection, request_bytes: bytes, code: str | None
) -> None:
    response = connection.ask(request_bytes)
    again = connection.ask(request_bytes)

    assert response.status == again.status == 400
    assert b"Traceback" not in response.body
    assert len(response.body) < 10_000
    if code is not None:
        in_header = response.headers.get("x-amzn-query-error", "").startswith(f"{code};")
        assert in_header or f"<Code>{code}</Code>".encode() in response.body


def test_json_is_taken_on_a_queues_path(calls: Calls, connection: Connection) -> None:
    request = calls.send().replace(b"POST / ", b"POST /000000000000/q ")

    assert connection.ask(request).status == 200
    assert calls.counts(connection) == (1, 0)


@pytest.mark.parametrize(("number", "status"), [(999, 200), (1_000, 400), (100_000, 400)])
def test_a_thousand_parameters_are_read_and_no_more(connection: Connection, number: int, status: int) -> None:
    form = b"Action=ListQueues&" + b"&".join(b"a.%d=b" % place for place in range(number))

    assert connection.ask(query_call(form)).status == status
