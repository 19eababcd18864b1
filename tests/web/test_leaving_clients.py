"""Clients that leave: no message is given to a connection that nobody reads any more."""

from __future__ import annotations

import socket
from typing import Final

import pytest

from sqs_emulator import Config, Emulator
from tests.raw_http import Calls, Connection, Pause, credentials, http, received

RESET: Final = b"\1\0\0\0\0\0\0\0"  # l_onoff, l_linger: close sends a reset


def leave(connection: Connection, how: str) -> None:
    if how == "resets":
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    if how == "stops writing":
        connection.stop_writing()
    else:
        connection.close()


@pytest.mark.parametrize("how", ["closes", "resets", "stops writing"])
def test_a_poll_whose_client_has_left_is_dropped(
    served: Emulator, calls: Calls, connection: Connection, how: str
) -> None:
    with Connection(served.url) as polling:
        polling.send(calls.receive(20))
        calls.wait_for_polls(served)

        leave(polling, how)
        calls.wait_for_polls(served, 0)
        connection.ask(calls.send())

    assert received(connection.ask(calls.receive())) == [("hello", 1)]


def test_a_message_goes_to_the_next_poll_where_the_first_has_left(
    served: Emulator, calls: Calls, connection: Connection
) -> None:
    with Connection(served.url) as first, Connection(served.url) as second:
        first.send(calls.receive(20))
        calls.wait_for_polls(served)
        second.send(calls.receive(20))
        calls.wait_for_polls(served, 2)

        first.close()
        calls.wait_for_polls(served, 1)
        connection.ask(calls.send())

        assert received(second.response()) == [("hello", 1)]


# The same moment: the close has reached the machine, but the loop comes to the send first.


@pytest.mark.parametrize("how", ["closes", "resets", "stops writing"])
@pytest.mark.parametrize("polls", [1, 5])
def test_a_client_that_closes_just_before_a_send_gets_nothing(how: str, polls: int) -> None:
    calls = Calls("us-east-1")
    with Emulator(Config(port=0)) as emulator, Connection(emulator.url) as connection:
        connection.ask(calls("CreateQueue", QueueName="q"))
        leaving = [Connection(emulator.url) for _ in range(polls)]
        for polling in leaving:
            polling.send(calls.receive(20))
        calls.wait_for_polls(emulator, polls)

        with Pause(emulator):
            connection.send(calls.send() + calls.receive())
            for polling in leaving:
                leave(polling, how)
        sent, found = connection.response(), connection.response()
        for polling in leaving:
            polling.close()

        assert sent.status == 200
        assert received(found) == [("hello", 1)]


def test_a_poll_that_stays_is_served_though_others_left_just_before() -> None:
    calls = Calls("us-east-1")
    with (
        Emulator(Config(port=0)) as emulator,
        Connection(emulator.url) as connection,
        Connection(emulator.url) as staying,
    ):
        connection.ask(calls("CreateQueue", QueueName="q"))
        leaving = [Connection(emulator.url) for _ in range(3)]
        for number, polling in enumerate((*leaving, staying), start=1):
            polling.send(calls.receive(20))
            calls.wait_for_polls(emulator, number)

        with Pause(emulator):
            connection.send(calls.send())
            for polling in leaving:
                polling.close()
        sent = connection.response()
        connection.ask(http("GET", "/health"))  # when it is answered, all that the send has caused has been written

        assert sent.status == 200
        assert received(staying.response_by_now()) == [("hello", 1)]


@pytest.fixture
def fast(emulators: dict[str, Emulator]) -> Emulator:
    """The coat that goes on reading while a poll is waiting; uvicorn's own does not, where requests wait behind it."""
    return emulators["fast coat"]


@pytest.mark.parametrize("first", ["a page of the emulator's own", "calls"])
def test_a_client_that_leaves_while_its_requests_wait_has_none_of_them_done(
    fast: Emulator, region: str, first: str
) -> None:
    calls = Calls(region)
    behind = calls("PurgeQueue") + calls.receive() + calls("DeleteQueue")
    with Connection(fast.url) as connection, Connection(fast.url) as leaving:
        connection.ask(calls("CreateQueue", QueueName="q"))
        leaving.send(calls.receive(20) + (behind if first == "calls" else http("GET", "/health") + behind))
        calls.wait_for_polls(fast)

        leaving.close()
        calls.wait_for_polls(fast, 0)
        connection.ask(calls.send())

        assert received(connection.ask(calls.receive())) == [("hello", 1)]


def test_a_poll_that_came_by_uvicorns_way_is_dropped_though_a_call_waits_behind_it(fast: Emulator, region: str) -> None:
    calls = Calls(region)
    with Connection(fast.url) as connection, Connection(fast.url) as leaving:
        connection.ask(calls("CreateQueue", QueueName="q"))
        head, end, body = calls.receive(20).partition(b"\r\n\r\n")
        leaving.send(head + b"\r\nExpect: 100-continue" + end + body + calls.receive())
        calls.wait_for_polls(fast)

        leaving.close()
        calls.wait_for_polls(fast, 0)
        connection.ask(calls.send())

        assert received(connection.ask(calls.receive())) == [("hello", 1)]


def test_a_hundred_polls_come_and_go(served: Emulator, calls: Calls, connection: Connection) -> None:
    polling = [Connection(served.url) for _ in range(100)]
    for poller in polling:
        poller.send(calls.receive(20))
    calls.wait_for_polls(served, 100)

    for poller in polling[::2]:
        poller.close()
    calls.wait_for_polls(served, 50)
    for number in range(50):
        connection.ask(calls.send(str(number)))
    found = [received(poller.response()) for poller in polling[1::2]]
    for poller in polling[1::2]:
        poller.close()

    assert sorted(int(body) for ((body, count),) in found if count == 1) == list(range(50))
    assert calls.counts(connection) == (0, 50)


def test_a_deleted_queue_answers_its_polls_at_once(served: Emulator, calls: Calls, connection: Connection) -> None:
    with Connection(served.url) as polling:
        polling.send(calls.receive(20))
        calls.wait_for_polls(served)

        connection.ask(calls("DeleteQueue"))

        assert polling.response().json == {}


def test_the_emulator_goes_on_after_all_of_it(served: Emulator) -> None:
    for _ in range(50):
        Connection(served.url).close()
    with Connection(served.url) as connection:
        assert connection.ask(http("GET", "/?Action=ListQueues", credentials("nowhere"))).status == 200
