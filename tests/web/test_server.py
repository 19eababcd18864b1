"""Serving: both address families, TLS, and stops that answer waiting polls first."""

from __future__ import annotations

import signal
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Final

import pytest

from sqs_emulator import Config, ConfigError, Emulator
from tests.certificates import make_certificate
from tests.conftest import COATS, serve
from tests.raw_http import (
    Calls,
    Connection,
    http,
    in_loop,
    json_call,
    protocol_of,
    query_call,
    received,
    wait_until,
)
from tests.served_process import serving

HEALTH: Final = http("GET", "/health")


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


# Address families.


@pytest.fixture
def _ipv6() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"this machine has no IPv6: {error}")


@pytest.mark.usefixtures("_ipv6")
def test_localhost_is_served_in_both_families(served: Emulator) -> None:
    for host in ("127.0.0.1", "[::1]"):
        with Connection(f"http://{host}:{port_of(served.url)}") as connection:
            assert connection.ask(HEALTH).status == 200


@pytest.mark.usefixtures("_ipv6")
@pytest.mark.parametrize("host", ["localhost", "0.0.0.0"])
def test_a_host_with_a_twin_is_served_in_both_families(host: str) -> None:
    with Emulator(Config(host=host, port=0)) as emulator:
        for address in ("127.0.0.1", "[::1]"):
            with Connection(f"http://{address}:{port_of(emulator.url)}") as connection:
                assert connection.ask(HEALTH).status == 200


@pytest.mark.usefixtures("_ipv6")
def test_an_address_of_ipv6_is_served() -> None:
    with Emulator(Config(host="::1", port=0)) as emulator, Connection(emulator.url) as connection:
        calls = Calls("us-east-1")
        request = calls("CreateQueue", QueueName="q").replace(b"localhost:9324", emulator.url[7:].encode())

        assert emulator.url.startswith("http://[::1]:")
        assert connection.ask(request).json == {"QueueUrl": f"{emulator.url}/000000000000/q"}


def test_two_emulators_take_two_free_ports() -> None:
    with Emulator(Config(port=0)) as one, Emulator(Config(port=0)) as other:
        assert one.url != other.url


def test_a_port_in_use_is_refused() -> None:
    with Emulator(Config(port=0)) as one, pytest.raises(ConfigError, match="Address already in use"):
        Emulator(Config(port=port_of(one.url))).start()


# Start and stop from Python.


def test_an_emulator_can_be_started_again_and_begins_empty_only_if_it_is_another() -> None:
    calls = Calls("us-east-1")
    emulator = Emulator(Config(port=0))
    with emulator, Connection(emulator.url) as connection:
        connection.ask(calls("CreateQueue", QueueName="q"))
    with emulator, Connection(emulator.url) as connection:
        assert connection.ask(calls("GetQueueUrl", QueueName="q")).status == 200


def test_an_emulator_that_does_not_run_has_no_url() -> None:
    emulator = Emulator(Config(port=0))

    with pytest.raises(RuntimeError, match="not running"):
        _ = emulator.url
    emulator.stop()
    emulator.start().stop()
    with pytest.raises(RuntimeError, match="not running"):
        _ = emulator.url


@pytest.mark.parametrize("coat", COATS)
def test_a_stop_answers_waiting_polls_with_an_empty_200_and_closes(coat: str) -> None:
    calls = Calls("us-east-1")
    emulator = serve(coat, Config(port=0)).start()
    idle = Connection(emulator.url)
    idle.ask(calls("CreateQueue", QueueName="q"))
    polling = [Connection(emulator.url) for _ in range(20)]
    for poller in polling:
        poller.send(calls.receive(20))
    calls.wait_for_polls(emulator, 20)

    emulator.stop()

    for poller in polling:
        response = poller.response()
        assert (response.status, response.json) == (200, {})
        if coat == "fast coat":  # the other's headers are uvicorn's, which says so in its newer versions only
            assert response.headers["connection"] == "close"
        assert poller.is_closed_by_server()
        poller.close()
    assert idle.is_closed_by_server()
    idle.close()


def test_a_stop_answers_what_the_emulators_own_page_waits_for_and_no_call_behind_it() -> None:
    calls = Calls("us-east-1")
    emulator = Emulator(Config(port=0)).start()
    with Connection(emulator.url) as connection, Connection(emulator.url) as waiting:
        connection.ask(calls("CreateQueue", QueueName="q"))
        waiting.send(http("GET", "/_emulator/wait?event=deleted&queue=q&timeout=20"))
        waiting.send(calls.send())
        for _ in range(3):  # each time all that was sent before is read first
            connection.ask(http("GET", "/_emulator/queues"))

        emulator.stop()

        assert waiting.response().json == {"error": "The emulator stops."}
        assert waiting.is_closed_by_server()


def test_a_poll_in_query_is_answered_in_xml_at_the_end() -> None:
    calls = Calls("us-east-1")
    emulator = Emulator(Config(port=0)).start()
    with Connection(emulator.url) as polling:
        polling.ask(calls("CreateQueue", QueueName="q"))
        polling.send(calls.query("Action=ReceiveMessage&WaitTimeSeconds=20"))
        calls.wait_for_polls(emulator)

        emulator.stop()

        assert b"<ReceiveMessageResult/>" in polling.response().body


def test_a_stopped_emulator_takes_no_new_connections() -> None:
    emulator = Emulator(Config(port=0)).start()
    url = emulator.url
    emulator.stop()

    with pytest.raises(ConnectionRefusedError):
        Connection(url)


@pytest.mark.parametrize("coat", COATS)
def test_one_mib_fits_however_it_is_spelt(coat: str) -> None:
    calls = Calls("us-east-1")
    body = "x" * 1_048_576
    escaped = json_call("SendMessage", b'{"QueueUrl":"q","MessageBody":"' + b"\\u0078" * 1_048_576 + b'"}')
    percent = query_call(b"Action=SendMessage&QueueUrl=q&MessageBody=" + b"%78" * 1_048_576)
    emulator = serve(coat, Config(port=0)).start()
    with Connection(emulator.url) as connection:
        connection.ask(calls("CreateQueue", QueueName="q"))

        statuses = [connection.ask(request).status for request in (escaped, percent)]
        found = [received(connection.ask(calls.receive(MaxNumberOfMessages=1)))[0][0] for _ in range(2)]
    emulator.stop()

    assert statuses == [200, 200]
    assert found == [body, body]


# Signals.


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_answers_a_hundred_waiting_polls_and_ends_in_success(number: signal.Signals) -> None:
    calls = Calls("us-east-1")
    with serving() as served:
        polling = [Connection(served.url) for _ in range(100)]
        for poller in polling:
            poller.ask(calls("CreateQueue", QueueName="q"))
        for poller in polling:
            poller.send(calls.receive(20))
        with Connection(served.url) as connection:
            for _ in range(3):  # each time all that was sent before is read first
                connection.ask(HEALTH)

        code, said, complained = served.stop(number)
        answers = [poller.response() for poller in polling]
        closed = [poller.is_closed_by_server() for poller in polling]
        for poller in polling:
            poller.close()

    assert (code, said, complained) == (0, "", "")
    assert [(answer.status, answer.json) for answer in answers] == [(200, {})] * 100
    assert all(closed)


def test_a_signal_while_a_request_is_half_sent_ends_the_process() -> None:
    with serving() as served, Connection(served.url) as half:
        half.ask(HEALTH)
        half.send(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nAction=")

        code, _, complained = served.stop(signal.SIGTERM)

    assert (code, complained) == (0, "")


# TLS.


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost, signed by itself, and its key."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("coat", COATS)
def test_https_is_served_and_its_urls_say_so(certificate: tuple[Path, Path], coat: str) -> None:
    cert, key = certificate
    context = ssl.create_default_context(cafile=cert)
    calls = Calls("us-east-1")
    emulator = serve(coat, Config(port=0, tls_cert=str(cert), tls_key=str(key))).start()
    try:
        with Connection(emulator.url, context=context) as connection:
            created = connection.ask(calls("CreateQueue", QueueName="q"))
            with Connection(emulator.url, context=context) as polling:
                polling.send(calls.receive(20))
                calls.wait_for_polls(emulator)
                connection.ask(calls.send())
                found = polling.response()
            with Connection(emulator.url, context=context) as leaving:
                leaving.send(calls.receive(20))
                calls.wait_for_polls(emulator)
            wait_until(lambda: not emulator.broker.find("000000000000", "us-east-1", "q").waiters)
            connection.ask(calls.send("second"))
            last = connection.ask(calls.receive())
    finally:
        emulator.stop()

    assert created.json == {"QueueUrl": "https://localhost:9324/000000000000/q"}
    assert received(found) == [("hello", 1)]
    assert received(last) == [("second", 1)]


def test_plain_http_on_a_port_of_https_is_no_harm(certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    with Emulator(Config(port=0, tls_cert=str(cert), tls_key=str(key))) as emulator:
        with Connection(emulator.url) as plain:
            plain.send(HEALTH)
            assert not plain.rest().startswith(b"HTTP")
        with Connection(emulator.url, context=ssl.create_default_context(cafile=cert)) as connection:
            assert connection.ask(HEALTH).status == 200


@pytest.mark.parametrize("bad", ["missing", "swapped", "not PEM"])
def test_bad_tls_files_are_refused_at_the_start(certificate: tuple[Path, Path], tmp_path: Path, bad: str) -> None:
    cert, key = certificate
    text = tmp_path / "text"
    text.write_text("text")
    files = {"missing": (tmp_path / "none", key), "swapped": (key, cert), "not PEM": (text, text)}[bad]

    with pytest.raises(ConfigError, match="tls_cert"):
        Emulator(Config(port=0, tls_cert=str(files[0]), tls_key=str(files[1]))).start()


# Idle connections.


@pytest.mark.parametrize("coat", COATS)
def test_an_idle_connection_is_closed_after_its_time_and_one_in_use_is_not(coat: str) -> None:
    calls = Calls("us-east-1")
    emulator = serve(coat, Config(port=0, keep_alive=1)).start()
    with Connection(emulator.url) as idle, Connection(emulator.url) as polling, Connection(emulator.url) as busy:
        idle.ask(calls("CreateQueue", QueueName="q"))
        polling.send(calls.receive(20))
        calls.wait_for_polls(emulator)
        idle.socket.setblocking(False)

        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            assert busy.ask(calls.receive()).status == 200
        idle_has_ended = idle.socket.recv(1) == b""
        busy.ask(calls.send())
        found = received(polling.response())
    emulator.stop()

    assert idle_has_ended
    assert found == [("hello", 1)], "a waiting poll is not idle"


def test_a_connection_is_idle_from_its_last_answer_on() -> None:
    calls = Calls("us-east-1")
    with Emulator(Config(port=0)) as emulator, Connection(emulator.url) as polling:
        polling.ask(calls("CreateQueue", QueueName="q"))
        protocol = protocol_of(emulator, polling)

        def a_period_passes() -> None:
            in_loop(emulator, protocol._close_if_idle)

        polling.send(calls.receive(20))
        calls.wait_for_polls(emulator)
        a_period_passes()
        with Connection(emulator.url) as other:
            other.ask(calls.send())
        answered = received(polling.response())
        a_period_passes()
        still_there = polling.ask(calls.receive()).status
        a_period_passes()
        a_period_passes()

        assert (answered, still_there) == ([("hello", 1)], 200)
        assert polling.is_closed_by_server()


def test_an_emulators_thread_ends_with_it() -> None:
    before = threading.active_count()

    with Emulator(Config(port=0)):
        pass

    wait_until(lambda: threading.active_count() <= before)
