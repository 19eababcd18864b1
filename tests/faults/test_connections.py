"""Connections that are dropped, answers that are lost and calls that are late, seen from a socket."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sqs_emulator import Config, Emulator
from sqs_emulator.faults.effects import Drop, Latency
from sqs_emulator.faults.outcomes import ConnectionDropped
from sqs_emulator.faults.rules import FaultRule
from sqs_emulator.services.dispatch import Order
from sqs_emulator.web.http import Reply
from tests.certificates import make_certificate
from tests.conftest import serve
from tests.faults.conftest import BrokenAccount, FaultySqs
from tests.raw_http import Connection, Response, http, json_call, received, wait_until
from tests.spec.catalogue import told_by
from tests.spec.spelling import JSON
from tests.sqs_by_hand import request_of

# Dropped before it is done.


def test_a_dropped_connection_closes_without_a_byte(account: BrokenAccount, protocol: str) -> None:
    account.add(effect="drop", action="SendMessage")

    with Connection(account.emulator.url) as connection:
        connection.send(account.call("SendMessage", protocol, MessageBody="hello"))
        assert connection.rest() == b""

    assert account.counts() == (0, 0), "and nothing was done"
    assert account.counted() == [(1, 1)]


def test_what_was_answered_before_the_drop_arrives(account: BrokenAccount) -> None:
    account.add(effect="drop", action="PurgeQueue")
    before, dropped = account.call("SendMessage", MessageBody="hello"), account.call("PurgeQueue")

    with Connection(account.emulator.url) as connection:
        connection.send(before + dropped)
        assert connection.response().status == 200
        assert connection.rest() == b""

    assert account.counts() == (1, 0)


def test_what_waits_behind_a_dropped_call_is_not_done(emulators: dict[str, Emulator]) -> None:
    """On the fast coat; uvicorn's own begins with what waits when it comes to it, whoever is there."""
    account = BrokenAccount(emulators["fast coat"])
    account.add(effect="drop", action="SendMessage", times=1)

    with Connection(account.emulator.url) as connection:
        connection.send(account.call("SendMessage", MessageBody="1") + account.call("SendMessage", MessageBody="2"))
        assert connection.rest() == b""

    assert account.counts() == (0, 0)
    account.close()


def test_a_dropped_poll_takes_no_message(account: BrokenAccount, protocol: str) -> None:
    account.add(effect="drop", action="ReceiveMessage", times=1)

    with Connection(account.emulator.url) as connection:
        connection.send(account.call("ReceiveMessage", protocol, WaitTimeSeconds=20))
        assert connection.is_closed_by_server()
    account.send()

    assert account.counts() == (1, 0)
    assert [message["Body"] for message in account.receive()] == ["hello"]


def test_a_connection_over_tls_is_dropped_as_well(coat: str, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    context = ssl.create_default_context(cafile=str(certificate))
    config = Config(port=0, tls_cert=str(certificate), tls_key=str(key))

    with serve(coat, config) as emulator, Connection(emulator.url, context=context) as connection:
        assert connection.ask(http("POST", "/_emulator/faults", body=b'{"effect": "drop"}')).status == 200
        connection.send(http("GET", "/?Action=ListQueues"))
        assert connection.rest() == b""


def test_a_server_that_cannot_close_connections_is_left_to_fail() -> None:
    """Another ASGI server's `send` has no transport that is known here."""
    emulator = Emulator(Config(port=0))
    emulator.faults.add(FaultRule(effect=Drop()))

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    async def send(message: object) -> None:
        raise AssertionError(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "raw_path": b"/", "path": "/",
        "query_string": b"Action=ListQueues", "headers": [],
    }  # fmt: skip
    with pytest.raises(ConnectionDropped):
        asyncio.run(emulator.app(scope, receive, send))


# Done, and the answer lost.


def test_a_call_whose_answer_is_lost_is_done(account: BrokenAccount, protocol: str) -> None:
    account.add(effect="lose-answer", action="SendMessage")

    with Connection(account.emulator.url) as connection:
        connection.send(account.call("SendMessage", protocol, MessageBody="hello"))
        assert connection.rest() == b""

    assert account.counts() == (1, 0)
    assert account.counted() == [(1, 1)]


def test_a_status_may_be_all_that_is_left_of_an_answer(account: BrokenAccount, protocol: str) -> None:
    account.add(effect="lose-answer", action="SendMessage", status=504, body="gone")

    with Connection(account.emulator.url) as connection:
        response = connection.ask(account.call("SendMessage", protocol, MessageBody="hello"))

    assert (response.status, response.body) == (504, b"gone")
    assert account.counts() == (1, 0)


def test_an_error_is_lost_like_any_answer(account: BrokenAccount, protocol: str) -> None:
    account.add(effect="lose-answer", action="SendMessage")

    with Connection(account.emulator.url) as connection:
        connection.send(account.call("SendMessage", protocol))
        assert connection.rest() == b""


def test_the_message_of_a_lost_receive_is_in_flight_until_its_timeout(account: BrokenAccount, protocol: str) -> None:
    account.post("clock/freeze")
    account.send()
    account.add(effect="lose-answer", action="ReceiveMessage", times=1)

    with Connection(account.emulator.url) as connection:
        connection.send(account.call("ReceiveMessage", protocol, VisibilityTimeout=30))
        assert connection.rest() == b""

    assert account.counts() == (0, 1)
    assert account.receive() == []
    account.post("clock/advance", seconds=30)
    (again,) = account.receive(AttributeNames=["ApproximateReceiveCount"])
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"


def test_the_message_of_a_lost_poll_is_in_flight(account: BrokenAccount, protocol: str) -> None:
    account.add(effect="lose-answer", action="ReceiveMessage", times=1)

    with Connection(account.emulator.url) as connection:
        connection.send(account.call("ReceiveMessage", protocol, WaitTimeSeconds=20))
        account.wait_for_polls()
        account.send()
        assert connection.rest() == b""

    assert account.counts() == (0, 1)


# Late.


def late(account: BrokenAccount, call: bytes, then: Callable[[], object]) -> Response:
    """Make a call that is held up; do something, and return the answer."""
    with Connection(account.emulator.url) as connection:
        connection.send(call)
        account.wait_until_held()
        then()
        response = connection.response()
        assert connection.ask(account.call("GetQueueUrl", QueueName="q")).status == 200, "the connection goes on"
    return response


def test_a_call_is_late_by_the_accounts_clock(account: BrokenAccount, protocol: str) -> None:
    account.post("clock/freeze")
    account.add(effect="latency", seconds=3_600, clock="virtual", action="SendMessage")
    counts: list[tuple[int, int]] = []

    def advance() -> None:
        account.post("clock/advance", seconds=3_599)
        counts.append(account.counts())
        account.post("clock/advance", seconds=1)
        counts.append(account.counts())

    response = late(account, account.call("SendMessage", protocol, MessageBody="hello"), advance)

    assert response.status == 200
    assert counts == [(0, 0), (1, 0)], "it is done when it arrives, and by then the advance is over"


def test_a_late_call_goes_by_the_time_at_which_it_arrives(account: BrokenAccount) -> None:
    account.post("clock/freeze", at="2030-01-01T00:00:00Z")
    account.add(effect="latency", seconds=60, clock="virtual", action="SendMessage")

    late(account, account.call("SendMessage", MessageBody="hello"), lambda: account.post("clock/advance", seconds=60))

    (message,) = account.receive(AttributeNames=["SentTimestamp"])
    assert message["Attributes"]["SentTimestamp"] == str(1_893_456_000_000 + 60_000)


def test_a_call_is_late_in_real_seconds(account: BrokenAccount, protocol: str) -> None:
    account.post("clock/freeze")  # which has no part in it
    account.add(effect="latency", seconds=0.1, action="SendMessage")
    began_at = time.monotonic()

    with Connection(account.emulator.url) as connection:
        response = connection.ask(account.call("SendMessage", protocol, MessageBody="hello"))

    assert response.status == 200
    assert time.monotonic() - began_at >= 0.099, "clocks count whole milliseconds"


def test_a_late_call_is_refused_as_it_would_have_been(account: BrokenAccount, protocol: str) -> None:
    account.add(effect="latency", seconds=0.01, action="SendMessage")

    with Connection(account.emulator.url) as connection:
        told = told_by(connection.ask(account.call("SendMessage", protocol)), protocol)

    assert told is not None
    assert (told.status, told.code) == (400, "MissingParameter")


def test_a_call_without_a_result_is_late(account: BrokenAccount, protocol: str) -> None:
    account.send()
    account.add(effect="latency", seconds=0.01, action="PurgeQueue")

    with Connection(account.emulator.url) as connection:
        response = connection.ask(account.call("PurgeQueue", protocol))

    assert response.status == 200
    assert account.counts() == (0, 0)


def test_a_late_poll_waits_when_it_arrives(account: BrokenAccount, protocol: str) -> None:
    account.add(effect="latency", seconds=0.01, action="ReceiveMessage")

    with Connection(account.emulator.url) as connection:
        connection.send(account.call("ReceiveMessage", protocol, WaitTimeSeconds=20))
        account.wait_for_polls()
        account.send()
        response = connection.response()

    assert b"hello" in response.body


def test_a_call_is_late_and_then_dropped(account: BrokenAccount) -> None:
    """A poll that dies while it waits: no message is given to it."""
    account.add(effect="latency", seconds=0.05, action="ReceiveMessage", times=1)
    account.add(effect="drop", action="ReceiveMessage", times=1)

    with Connection(account.emulator.url) as connection:
        connection.send(account.call("ReceiveMessage", WaitTimeSeconds=20))
        account.wait_until_held()
        account.send()
        assert connection.rest() == b""

    assert [message["Body"] for message in account.receive()] == ["hello"]
    assert account.counted() == [(2, 1), (2, 1)]


def test_latencies_add_up(account: BrokenAccount) -> None:
    account.post("clock/freeze")
    for _ in range(2):
        account.add(effect="latency", seconds=10, clock="virtual", action="SendMessage")

    def advance() -> None:
        account.post("clock/advance", seconds=19)
        assert account.counts() == (0, 0)
        account.post("clock/advance", seconds=1)

    assert late(account, account.call("SendMessage", MessageBody="hello"), advance).status == 200


@pytest.mark.parametrize("when", ["while it is held up", "after it waits"])
def test_nothing_is_done_for_a_client_that_left(account: BrokenAccount, when: str) -> None:
    seconds = 3_600 if when == "while it is held up" else 0.01
    account.add(effect="latency", seconds=seconds, action="ReceiveMessage", times=1)

    with Connection(account.emulator.url) as connection:
        connection.send(account.call("ReceiveMessage", WaitTimeSeconds=20))
        if when == "while it is held up":
            account.wait_until_held()
        else:
            account.wait_for_polls()
    account.wait_until_held(0)
    account.wait_for_polls(0)
    account.send()

    assert account.counts() == (1, 0)


def test_a_client_that_left_a_moment_ago_gets_nothing(faulty: FaultySqs) -> None:
    """Its close has reached the machine, and the loop not yet."""
    url = faulty.create()
    faulty.add(effect="latency", seconds=1, action="SendMessage")
    request = request_of(json_call("SendMessage", {"QueueUrl": url, "MessageBody": "x"}))
    request.connection.is_gone = lambda: True
    pending = faulty.api.answer(request)
    assert not isinstance(pending, Reply)
    written: list[Reply] = []
    pending.subscribe(written.append)

    faulty.timers.fire()

    assert written == []
    assert faulty.counts(url) == (0, 0, 0)


@pytest.mark.parametrize("end", ["the rule is removed", "the client leaves"])
def test_a_call_that_is_not_held_up_any_more_has_no_timer(faulty: FaultySqs, end: str) -> None:
    faulty.create()
    rule = faulty.add(effect="latency", seconds=1, action="ListQueues")
    pending = faulty.api.answer(request_of(json_call("ListQueues")))
    assert not isinstance(pending, Reply)
    written: list[Reply] = []
    pending.subscribe(written.append)
    assert len(faulty.timers.at) == len(rule.held) == 1

    if end == "the client leaves":
        pending.abandon()
    else:
        faulty.injector.remove(lambda active: active is rule)

    assert (faulty.timers.at, rule.held) == ({}, set())
    assert [reply.status for reply in written] == ([] if end == "the client leaves" else [200])


def test_a_removed_rule_lets_its_calls_go_on(account: BrokenAccount) -> None:
    added = account.add(effect="latency", seconds=3_600, action="SendMessage")

    response = late(
        account,
        account.call("SendMessage", MessageBody="hello"),
        lambda: account.page("DELETE", f"faults/{added['id']}"),
    )

    assert response.status == 200
    assert account.counts() == (1, 0)


@pytest.mark.parametrize("clock", ["real", "virtual"])
@pytest.mark.parametrize("whose", ["the account's", "every account's"])
def test_a_dropped_account_lets_its_calls_go_on(account: BrokenAccount, clock: str, whose: str) -> None:
    scope = "*" if whose == "every account's" else account.number
    rule = account.add(effect="latency", seconds=3_600, clock=clock, action="SendMessage", account=scope)

    with Connection(account.emulator.url) as connection:
        connection.send(account.call("SendMessage", MessageBody="hello"))
        account.wait_until_held()
        account.post("reset")
        told = told_by(connection.response(), JSON)

    assert told is not None
    assert told.code == "AWS.SimpleQueueService.NonExistentQueue"
    account.page("DELETE", f"faults/{rule['id']}")


@pytest.mark.parametrize("wait", [0, 20])
def test_a_server_that_stops_answers_what_is_held_up(coat: str, wait: int) -> None:
    with serve(coat, Config(port=0)) as emulator:
        account = BrokenAccount(emulator)
        account.add(effect="latency", seconds=3_600, action="ReceiveMessage")
        with Connection(emulator.url) as connection:
            connection.send(account.call("ReceiveMessage", WaitTimeSeconds=wait))
            account.wait_until_held()
            emulator.stop()
            response = connection.response()
        account.disconnect()

    assert (response.status, received(response)) == (200, [])


def test_late_calls_are_as_many_as_there_are_connections(account: BrokenAccount) -> None:
    account.add(effect="latency", seconds=0.05, action="SendMessage")
    connections = [Connection(account.emulator.url) for _ in range(20)]

    for connection in connections:
        connection.send(account.call("SendMessage", MessageBody="hello"))
    statuses = [connection.response().status for connection in connections]
    for connection in connections:
        connection.close()

    assert statuses == [200] * 20
    assert account.counts() == (20, 0)
    wait_until(lambda: account.counted() == [(20, 20)])


def test_a_bug_in_a_late_call_is_told_and_logged(coat: str, caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError

    with serve(coat, Config(port=0)) as emulator:
        account = BrokenAccount(emulator)
        emulator.faults.add(FaultRule(effect=Latency(0.01), account=account.number))
        emulator.api.dispatcher.add(broken, Order.FAULTS)
        with Connection(emulator.url) as connection:
            told = told_by(connection.ask(account.call("SendMessage", MessageBody="hello")), JSON)
        emulator.faults.remove(lambda _each: True)
        account.disconnect()

    assert told is not None
    assert (told.status, told.code) == (500, "InternalError")
    assert "ZeroDivisionError" in caplog.text
