"""Bytes that nobody would send, over real connections: the server lives on, and never says 5xx."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sqs_emulator import Emulator
from tests.conftest import COATS
from tests.raw_http import Calls, Connection, chunked, http

some: Final = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
CALLS: Final = Calls("fuzz-1")
REQUESTS: Final = (
    CALLS.send(),
    CALLS.receive(),
    CALLS.query("Action=SendMessage&MessageBody=x"),
    CALLS.query("Action=ListQueues", "/"),
    http("GET", "/?Action=ListQueues"),
    http("GET", "/health"),
    http("HEAD", "/"),
    http("POST", "/", {"Transfer-Encoding": "chunked"}) + chunked(b"Action=List", b"Queues"),
    http("POST", "/", {"Expect": "100-continue"}, b"Action=ListQueues"),
    http("POST", "/", {}, b"Action=ListQueues", version="1.0"),
    http("POST", "/", {"Content-Length": "99999999"}),
    http("GET", "/", {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "x"}),
    http("OPTIONS", "/", {"Origin": "http://allowed.test"}),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Return a request with some bytes exchanged, cut out or put in."""
    data = bytearray(draw(st.sampled_from(REQUESTS)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        end = min(len(data), at + draw(st.integers(0, 8)))
        data[at:end] = draw(st.binary(max_size=8) | st.sampled_from([b"\r\n", b"\r\n\r\n", b": ", b"0", b"\0", b"%"]))
    return bytes(data)


streams: Final = st.lists(damaged() | st.binary(max_size=100), min_size=1, max_size=4)


def answers_to(url: str, packets: list[bytes]) -> Iterator[bytes]:
    """Send packets, stop writing, and yield what comes back until the server closes."""
    with Connection(url) as connection:
        try:
            for packet in packets:
                connection.send(packet)
            connection.stop_writing()
            while data := connection.socket.recv(65_536):
                yield data
        except OSError:  # the server has closed already
            return


@some
@given(packets=streams)
@pytest.mark.parametrize("coat", COATS)
def test_any_bytes_leave_the_server_alive(emulators: dict[str, Emulator], coat: str, packets: list[bytes]) -> None:
    url = emulators[coat].url

    said = b"".join(answers_to(url, packets))

    assert b"HTTP/1.1 5" not in said
    assert b"Traceback" not in said
    with Connection(url) as connection:
        assert connection.ask(http("GET", "/health")).status == 200


@some
@given(cut=st.lists(st.integers(0, 400), max_size=6))
@pytest.mark.parametrize("coat", COATS)
def test_requests_are_the_same_wherever_packets_end(emulators: dict[str, Emulator], coat: str, cut: list[int]) -> None:
    stream = CALLS.query("Action=ListQueues&QueueNamePrefix=none", "/") + http("GET", "/health") + CALLS("Nonsense")
    ends = sorted({min(place * 3, len(stream)) for place in cut} | {0, len(stream)})

    with Connection(emulators[coat].url) as connection:
        for begin, end in itertools.pairwise(ends):
            connection.send(stream[begin:end])
        answers = [connection.response() for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 400]
    assert b"<ListQueuesResult/>" in answers[0].body
    assert answers[1].json["status"] == "ok"
    assert answers[2].headers["x-amzn-query-error"] == "InvalidAction;Sender"
