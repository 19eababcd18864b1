"""The two machines of a connection behind the fast coat: every legal move is made, and no other, whatever is sent."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sqs_emulator import Config, Emulator
from sqs_emulator.web import protocol
from sqs_emulator.web.protocol import ANSWERING_MOVES, READING_MOVES, Answering, AwsProtocol, Reading
from tests.raw_http import Calls, Connection, chunked, http, wait_until

Move = tuple[Enum, Enum]

MOVES: Final[list[Move]] = [*READING_MOVES, *ANSWERING_MOVES]
CALLS: Final = Calls("states-1")
HEALTH: Final = http("GET", "/health")
POLL: Final = CALLS.receive(20)
CHUNKED: Final = {"Transfer-Encoding": "chunked"}
HEAD, END, BODY = CALLS.send().partition(b"\r\n\r\n")


class Watched(AwsProtocol):
    """The fast coat, and the moves that it makes: each one of what it answers, and what a piece of a read leads to."""

    moves: defaultdict[int, set[Move]] = defaultdict(set)  # by the client's port
    ended: set[int] = set()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        assert self.client is not None
        self.port = self.client[1]
        self.was_reading = self.reading

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.ended.add(self.port)

    def __setattr__(self, name: str, value: object) -> None:
        is_move = name == "_running" and "_running" in vars(self)
        before = self.answering if is_move else None
        super().__setattr__(name, value)
        if before is not None:
            self.note(before, self.answering)

    def note(self, before: Enum, after: Enum) -> None:
        if before is not after:
            self.moves[self.port].add((before, after))

    def look(self) -> None:
        before, self.was_reading = self.was_reading, self.reading
        self.note(before, self.was_reading)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.look()

    def _open(self) -> None:
        super()._open()
        self.look()

    def on_message_complete(self) -> None:
        self.look()
        super().on_message_complete()
        self.look()


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocol, "AwsProtocol", Watched)
        emulator = Emulator(Config(port=0, max_body=1_024)).start()
    with Connection(emulator.url) as connection:
        connection.ask(CALLS("CreateQueue", QueueName="q"))
    yield emulator
    emulator.stop()


def parts(*packets: bytes) -> Callable[[Emulator, Connection], None]:
    """Return what sends packets, each when the one before it has been read."""

    def send(emulator: Emulator, connection: Connection) -> None:
        for packet in packets:
            connection.send(packet)
            for _ in range(2):  # a new connection is accepted, and then answered, after what was sent before
                with Connection(emulator.url) as other:
                    other.ask(HEALTH)

    return send


def poll_that_is_answered(emulator: Emulator, connection: Connection) -> None:
    connection.send(POLL)
    CALLS.wait_for_polls(emulator)
    with Connection(emulator.url) as other:
        other.ask(CALLS.send())


SCRIPTS: Final[dict[Move, Callable[[Emulator, Connection], None]]] = {
    (Reading.HEAD, Reading.BODY): parts(HEAD + END),
    (Reading.HEAD, Reading.HANDED_BACK): parts(http("POST", "/health", CHUNKED)),
    (Reading.HEAD, Reading.DEAF): parts(b"nonsense\r\n\r\n"),
    (Reading.BODY, Reading.HEAD): parts(HEAD + END, BODY),
    (Reading.BODY, Reading.DEAF): parts(http("POST", "/", CHUNKED), b"no chunk\r\n"),
    (Reading.HANDED_BACK, Reading.HEAD): parts(http("POST", "/health", CHUNKED), chunked(b"body")),
    (Reading.HANDED_BACK, Reading.DEAF): parts(http("POST", "/health", CHUNKED), b"no chunk\r\n"),
    (Answering.FREE, Answering.IN_TURN): parts(CALLS.receive()),
    (Answering.FREE, Answering.PENDING): parts(CALLS("PurgeQueue") + POLL),
    (Answering.FREE, Answering.UVICORNS): parts(HEALTH),
    (Answering.IN_TURN, Answering.FREE): parts(CALLS.receive()),
    (Answering.IN_TURN, Answering.PENDING): parts(POLL),
    (Answering.PENDING, Answering.FREE): poll_that_is_answered,
    (Answering.UVICORNS, Answering.FREE): parts(HEALTH),
}


@pytest.mark.parametrize("move", MOVES, ids=lambda move: f"{move[0].name} to {move[1].name}")
def test_each_legal_move_is_made(emulator: Emulator, move: Move) -> None:
    with Connection(emulator.url) as connection:
        connection.ask(CALLS("PurgeQueue"))
        CALLS.wait_for_polls(emulator, 0)
        port = connection.socket.getsockname()[1]
        Watched.moves[port].clear()

        SCRIPTS[move](emulator, connection)
        wait_until(lambda: move in Watched.moves[port])

    assert Watched.moves[port].copy() <= set(MOVES)


def test_a_client_may_leave_in_any_state(emulator: Emulator) -> None:
    ports = []
    for script in SCRIPTS.values():
        with Connection(emulator.url) as connection:
            ports.append(connection.socket.getsockname()[1])
            connection.ask(CALLS("PurgeQueue"))
            script(emulator, connection)

    wait_until(lambda: Watched.ended.issuperset(ports))
    CALLS.wait_for_polls(emulator, 0)

    assert set().union(*(Watched.moves[port] for port in ports)) <= set(MOVES)


PIECES: Final = (
    CALLS.send(),
    CALLS.receive(),
    POLL,
    HEALTH,
    http("POST", "/health", CHUNKED),
    http("POST", "/", CHUNKED),
    chunked(b"Action=ListQueues"),
    http("POST", "/", {"Connection": "close"}, b"Action=ListQueues"),
    http("POST", "/", {"Expect": "100-continue"}, b"Action=ListQueues"),
    http("POST", "/", {}, b"x" * 2_000),
    b"nonsense\r\n\r\n",
)


@st.composite
def packets(draw: st.DrawFn) -> list[bytes]:
    """Return requests and pieces of them, in packets that end anywhere."""
    stream = b"".join(draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6)))
    ends = sorted({0, len(stream), *draw(st.lists(st.integers(0, len(stream)), max_size=4))})
    return [stream[begin:end] for begin, end in itertools.pairwise(ends)]


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(packets=packets())
def test_no_other_move_is_made_whatever_comes(emulator: Emulator, packets: list[bytes]) -> None:
    with Connection(emulator.url) as connection:
        port = connection.socket.getsockname()[1]
        try:
            for packet in packets:
                connection.send(packet)
                with Connection(emulator.url) as other:  # another packet is another read
                    other.ask(HEALTH)
        except OSError:  # it has been refused
            pass
    wait_until(lambda: port in Watched.ended)

    assert Watched.moves.pop(port, set()) <= set(MOVES)
    Watched.ended.discard(port)
