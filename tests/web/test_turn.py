"""Requests of one turn of the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

import pytest

from sqs_emulator import Config, Emulator
from sqs_emulator.core.broker import Broker
from sqs_emulator.core.clock import SystemClock
from sqs_emulator.services.pending import Pending
from sqs_emulator.web import http
from sqs_emulator.web.aws import AwsApi, Proceed
from sqs_emulator.web.http import HttpRequest, Reply
from sqs_emulator.web.turn import Turn
from tests.raw_http import Calls, Connection, Pause


class Asker:
    """A connection that notes what becomes of its requests."""

    def __init__(self, log: list[str], name: str) -> None:
        self.log = log
        self.name = name
        self.is_here = True

    def still_asks(self, request: HttpRequest) -> bool:
        return self.is_here

    def write_reply(self, request: HttpRequest, reply: Reply) -> None:
        self.log.append(f"{self.name} {reply.status} {reply.body.decode()[:20]}")

    def wait_for(self, request: HttpRequest, answer: Pending[Reply]) -> None:
        self.log.append(f"{self.name} waits")

    def fail(self, error: Exception) -> None:
        self.log.append(f"{self.name} failed: {error}")


class Unwritable(Asker):
    """A connection that nothing can be said to."""

    def write_reply(self, request: HttpRequest, reply: Reply) -> None:
        raise RuntimeError("not written")

    def wait_for(self, request: HttpRequest, answer: Pending[Reply]) -> None:
        raise RuntimeError("not waited for")


def request(action: str, body: bytes) -> HttpRequest:
    connection = http.Connection("http", "127.0.0.1:1", "127.0.0.1:2", lambda: False)
    return HttpRequest(
        connection, b"POST", b"/", b"", {b"x-amz-target": b"AmazonSQS." + action.encode(), b"host": b"h"}, body
    )


CREATE = b'{"QueueName":"q"}'
SEND = b'{"QueueUrl":"q","MessageBody":"hello"}'
POLL = b'{"QueueUrl":"q","WaitTimeSeconds":20}'


def answered(*asked: tuple[Asker, HttpRequest], api: AwsApi | None = None) -> AwsApi:
    """Answer all in one turn of a loop."""
    api = api or AwsApi(Broker(SystemClock()))

    async def one_turn() -> None:
        loop = asyncio.get_running_loop()
        turn = Turn(api)
        for asker, its_request in asked:
            turn.add(asker, its_request, loop)
        assert not asked[0][0].log
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(one_turn())
    return api


def test_requests_of_a_turn_are_answered_in_their_order_at_its_end() -> None:
    log: list[str] = []

    answered(
        (Asker(log, "a"), request("CreateQueue", CREATE)),
        (Asker(log, "b"), request("ReceiveMessage", POLL)),
        (Asker(log, "c"), request("ReceiveMessage", b'{"QueueUrl":"none"}')),
    )

    assert [line.split()[:2] for line in log] == [["b", "waits"], ["a", "200"], ["c", "400"]]


def test_a_request_whose_connection_was_lost_within_its_turn_does_nothing() -> None:
    log: list[str] = []
    gone = Asker(log, "gone")
    gone.is_here = False

    api = answered((Asker(log, "a"), request("CreateQueue", CREATE)), (gone, request("SendMessage", SEND)))

    assert [line.split()[0] for line in log] == ["a"]
    queue = api.broker.find("000000000000", "us-east-1", "q")
    assert queue.counts(now=queue.clock.now()).visible == 0


def failing_api(action: bytes) -> AwsApi:
    """Return one around whose `answer` there is something that fails at an action, as a log could."""
    api = AwsApi(Broker(SystemClock()))

    def fail(request: HttpRequest, proceed: Proceed) -> Reply | Pending[Reply]:
        if request.headers[b"x-amz-target"].endswith(action):
            raise RuntimeError("no answer")
        return proceed(request)

    api.wrap(fail)
    return api


def test_a_request_whose_answer_fails_leaves_the_others_of_its_turn_answered() -> None:
    log: list[str] = []

    answered(
        (Asker(log, "a"), request("CreateQueue", CREATE)),
        (Asker(log, "b"), request("SendMessage", SEND)),
        (Asker(log, "c"), request("GetQueueUrl", CREATE)),
        api=failing_api(b"SendMessage"),
    )

    assert [line[:9] for line in log] == ["b failed:", 'a 200 {"Q', 'c 200 {"Q']


def test_a_reply_that_cannot_be_written_leaves_the_others_of_its_turn_answered() -> None:
    log: list[str] = []

    answered(
        (Unwritable(log, "a"), request("CreateQueue", CREATE)),
        (Unwritable(log, "b"), request("ReceiveMessage", POLL)),
        (Asker(log, "c"), request("GetQueueUrl", CREATE)),
    )

    assert log[:2] == ["b failed: not waited for", "a failed: not written"]
    assert log[2].startswith("c 200")


# The same over sockets.

FAILED: Final = "a connection is closed, since its request failed inside the emulator"


@pytest.fixture
def failing() -> Iterator[Emulator]:
    """An emulator that fails around the answer of a ListQueueTags, and while it writes that of a ListQueues."""
    with Emulator(Config(port=0)) as emulator:

        def fail(request: HttpRequest, proceed: Proceed) -> Reply | Pending[Reply]:
            target = request.header(b"x-amz-target")
            if target.endswith("ListQueueTags"):
                raise RuntimeError("no answer")
            if target.endswith("ListQueues"):
                return Reply(99, "", b"")  # a status that HTTP does not have
            return proceed(request)

        emulator.api.wrap(fail)
        yield emulator


@pytest.mark.parametrize("action", ["ListQueueTags", "ListQueues"])
def test_a_failure_ends_its_own_connection_and_no_other(
    failing: Emulator, caplog: pytest.LogCaptureFixture, action: str
) -> None:
    calls = Calls("us-east-1")
    connections = [Connection(failing.url) for _ in range(5)]
    connections[0].ask(calls("CreateQueue", QueueName="q"))
    with Pause(failing):
        for number, connection in enumerate(connections):
            connection.send(calls(action) if number == 2 else calls.send())

    answered = [connection.response().status for number, connection in enumerate(connections) if number != 2]
    is_closed = connections[2].is_closed_by_server()
    for connection in connections:
        connection.close()

    assert answered == [200] * 4
    assert is_closed
    assert [record.getMessage() for record in caplog.records] == [FAILED]


@pytest.mark.parametrize("action", ["ListQueueTags", "ListQueues"])
def test_a_failure_behind_another_request_ends_the_connection_after_that_ones_answer(
    failing: Emulator, caplog: pytest.LogCaptureFixture, action: str
) -> None:
    calls = Calls("us-east-1")
    with Connection(failing.url) as connection:
        connection.send(calls("CreateQueue", QueueName="q") + calls(action) + calls.send())

        assert connection.response().status == 200
        assert connection.is_closed_by_server()
    with Connection(failing.url) as connection:
        assert connection.ask(calls.receive()).json == {}
    assert [record.getMessage() for record in caplog.records] == [FAILED]


def test_a_poll_whose_answer_cannot_be_written_does_the_sender_no_harm(caplog: pytest.LogCaptureFixture) -> None:
    calls = Calls("us-east-1")
    with Emulator(Config(port=0)) as emulator:

        def spoil(request: HttpRequest, proceed: Proceed) -> Reply | Pending[Reply]:
            outcome = proceed(request)
            return outcome if isinstance(outcome, Reply) else outcome.then(lambda _reply: Reply(99, "", b""))

        emulator.api.wrap(spoil)
        with Connection(emulator.url) as connection, Connection(emulator.url) as polling:
            connection.ask(calls("CreateQueue", QueueName="q"))
            polling.send(calls.receive(20))
            calls.wait_for_polls(emulator)

            sent = connection.ask(calls.send())

            assert sent.status == 200
            assert polling.is_closed_by_server()
    assert [record.getMessage() for record in caplog.records] == [FAILED]
