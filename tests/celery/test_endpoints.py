"""Where a Celery application looks for SQS, by its broker URL, options and environment; with which keys and region."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from kombu.utils.url import safequote

from tests.celery.conftest import MakeApp, StartEmulator
from tests.celery.emulators import ServedEmulator
from tests.certificates import make_certificate

pytestmark = pytest.mark.celery

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


# Endpoints that are the emulator: a worker and a producer reach it.


@pytest.mark.parametrize(
    ("broker_url", "environment"),
    [
        ("sqs://test:test@localhost:{port}//", {}),
        ("sqs://localhost:{port}//", KEYS),
        ("sqs://test:test@", {"AWS_ENDPOINT_URL_SQS": "http://localhost:{port}"}),
        ("sqs://", {"AWS_ENDPOINT_URL_SQS": "http://localhost:{port}", **KEYS}),
        ("sqs://", {"AWS_ENDPOINT_URL": "http://localhost:{port}", **KEYS}),
        (
            "sqs://",
            {"AWS_ENDPOINT_URL": "http://localhost:1", "AWS_ENDPOINT_URL_SQS": "http://localhost:{port}", **KEYS},
        ),
        ("sqs://test:test@localhost:{port}//", {"AWS_ENDPOINT_URL_SQS": "http://localhost:1"}),
    ],
    ids=[
        "host of the URL",
        "host of the URL, keys of the environment",
        "AWS_ENDPOINT_URL_SQS, keys of the URL",
        "AWS_ENDPOINT_URL_SQS",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_SQS wins over AWS_ENDPOINT_URL",
        "the URL wins over the environment",
    ],
)
def test_worker_and_producer_reach_the_emulator(
    make_app: MakeApp, emulator: ServedEmulator, broker_url: str, environment: dict[str, str]
) -> None:
    app = make_app(
        broker_url=broker_url.format(port=emulator.port),
        environment={name: value.format(port=emulator.port) for name, value in environment.items()},
    )

    app.send("shop.add", 1, 2)
    app.worker().wait_for_log("succeeded")

    history = emulator.wait_for(app.queue, "MessageDeleted")
    assert history.kinds == ["QueueCreated", "Sent", "Received", "Deleted"]
    hosts = {request.headers["host"] for request in emulator.requests(app.queue)}
    assert hosts == {f"localhost:{emulator.port}"}


@pytest.mark.parametrize("path", ["", "/", "//", "/anything"], ids=["none", "/", "//", "/anything"])
def test_the_path_of_the_broker_url_means_nothing(make_app: MakeApp, emulator: ServedEmulator, path: str) -> None:
    app = make_app(broker_url=f"sqs://test:test@localhost:{emulator.port}{path}")

    app.send("shop.add", 1, 2)

    assert app.history().kinds == ["QueueCreated", "Sent"]


def test_with_is_secure_the_emulator_is_reached_over_https(
    make_app: MakeApp, start_emulator: StartEmulator, tmp_path: Path
) -> None:
    """boto3 trusts AWS_CA_BUNDLE; a worker's polls trust certifi's authorities only, so boto3 receives here as well."""
    certificate, key = make_certificate(tmp_path)
    emulator = start_emulator("--tls-cert", str(certificate), "--tls-key", str(key), ca=certificate)
    app = make_app(emulator, environment={"AWS_CA_BUNDLE": str(certificate)}, transport={"is_secure": True})

    task_id = app.send("shop.add", 1, 2)
    received = app.python(
        "from shop import app\n"
        "with app.connection_for_read() as connection:\n"
        f"    message = connection.SimpleQueue({app.queue!r}).get(timeout=20)\n"
        "    message.ack()\n"
        "    print(message.headers['id'])\n"
    )

    assert received.text.split() == [task_id]
    assert app.history().kinds == ["QueueCreated", "Sent", "Received", "Deleted"]
    assert emulator.requests(app.queue, "CreateQueue")[0].headers["host"] == f"localhost:{emulator.port}"


# Endpoints that are not: what kombu would ask, without asking it.


@pytest.fixture
def endpoint_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return the URL that an application's clients would connect to; nothing is connected to."""

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was tried")

    def endpoint_of(broker_url: str, environment: dict[str, str], **options: Any) -> str:
        for name, value in {**KEYS, **environment}.items():
            monkeypatch.setenv(name, value)
        # With predefined queues a channel asks SQS for nothing when it is made.
        options.setdefault("predefined_queues", {"q": {"url": "http://localhost:1/000000000000/q"}})
        app = Celery("nobody", broker=broker_url, set_as_current=False)
        app.conf.broker_transport_options = options
        with app.connection_for_write() as connection:
            client = connection.channel().sqs("q")
            assert client._endpoint.host == client.meta.endpoint_url  # where kombu's own client polls
            return str(client.meta.endpoint_url)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return endpoint_of


@pytest.mark.parametrize(
    ("broker_url", "environment", "options", "endpoint"),
    [
        ("sqs://k:s@", {}, {}, "https://sqs.us-east-1.amazonaws.com"),
        ("sqs://", {"AWS_DEFAULT_REGION": "eu-west-1"}, {}, "https://sqs.eu-west-1.amazonaws.com"),
        (
            "sqs://k:s@",
            {"AWS_ENDPOINT_URL": "http://emu:9324", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
            {},
            "https://sqs.us-east-1.amazonaws.com",
        ),
        (
            "sqs://k:s@",
            {},
            {"predefined_queues": {"q": {"url": "http://localhost:9324/000000000000/q"}}},
            "https://sqs.us-east-1.amazonaws.com",
        ),
        ("sqs://k:s@", {}, {"is_secure": False}, "http://sqs.us-east-1.amazonaws.com"),
        ("sqs://k:s@localhost:9324//", {}, {"is_secure": True}, "https://localhost:9324"),
        ("sqs://http://localhost:9324", {}, {}, "http://http"),
        ("sqs://k:s@", {}, {"endpoint_url": "http://emu:9324", "port": 9324}, "https://sqs.us-east-1.amazonaws.com"),
    ],
    ids=[
        "no host: AWS",
        "no host: AWS, in the region",
        "configured endpoints ignored: AWS",
        "predefined queues' URLs are no endpoints: AWS",
        "not secure: AWS over http",
        "secure: https",
        "a scheme too many: a host called http",
        "options that don't exist: AWS",
    ],
)
def test_an_endpoint_is_taken_from_url_options_and_environment(
    endpoint_of: Callable[..., str],
    broker_url: str,
    environment: dict[str, str],
    options: dict[str, Any],
    endpoint: str,
) -> None:
    assert endpoint_of(broker_url, environment, **options) == endpoint


@pytest.mark.parametrize(
    ("broker_url", "error"),
    [
        ("sqs://k:s@my_emu:9324//", "Invalid endpoint"),
        ("sqs://k:s@[::1]:9324//", "Invalid endpoint"),
        ("sqs://KEY:abc/def@", "Port could not be cast"),
    ],
    ids=["underscore", "IPv6 literal", "unquoted secret"],
)
def test_a_broker_url_that_cannot_be_is_refused(endpoint_of: Callable[..., str], broker_url: str, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        endpoint_of(broker_url, {})


def test_an_endpoint_in_client_config_is_a_type_error(endpoint_of: Callable[..., str]) -> None:
    with pytest.raises(TypeError, match="endpoint_url"):
        endpoint_of("sqs://k:s@", {}, **{"client-config": {"endpoint_url": "http://emu:9324"}})


# Keys and regions.


@pytest.mark.parametrize(
    ("option", "environment", "region"),
    [
        ({"region": "eu-west-1"}, {"AWS_DEFAULT_REGION": "us-west-2"}, "eu-west-1"),
        ({}, {"AWS_DEFAULT_REGION": "us-west-2"}, "us-west-2"),
        ({}, {"AWS_REGION": "us-west-2"}, "us-east-1"),
        ({}, {}, "us-east-1"),
    ],
    ids=["option", "AWS_DEFAULT_REGION", "AWS_REGION is ignored", "default"],
)
def test_queues_are_in_the_region_of_the_application(
    make_app: MakeApp, option: dict[str, str], environment: dict[str, str], region: str
) -> None:
    app = make_app(environment=environment, transport=option)

    app.send("shop.add", 1, 2)

    assert app.history()[0].queue == f"arn:aws:sqs:{region}:000000000000:{app.queue}"


@pytest.mark.parametrize("source", ["URL", "environment"])
def test_an_access_key_of_twelve_digits_is_the_account(
    make_app: MakeApp, emulator: ServedEmulator, source: str
) -> None:
    secret = "a/secret+with:signs@"
    keys = {"AWS_ACCESS_KEY_ID": "111122223333", "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": "a token"}
    app = make_app(
        broker_url=f"sqs://111122223333:{safequote(secret)}@localhost:{emulator.port}//"
        if source == "URL"
        else f"sqs://localhost:{emulator.port}//",
        environment={} if source == "URL" else keys,
    )

    app.send("shop.add", 1, 2)
    app.worker().wait_for_log("succeeded")

    history = emulator.wait_for(app.queue, "MessageDeleted")
    assert history[0].queue == f"arn:aws:sqs:us-east-1:111122223333:{app.queue}"
    tokens = {request.headers.get("x-amz-security-token") for request in emulator.requests(app.queue)}
    assert tokens == ({None} if source == "URL" else {"a token"})


def test_an_access_key_may_hold_slashes(make_app: MakeApp, emulator: ServedEmulator) -> None:
    app = make_app(
        broker_url=f"sqs://{safequote('my/key')}:s@localhost:{emulator.port}//", transport={"region": "eu-west-1"}
    )

    app.send("shop.add", 1, 2)

    assert app.history()[0].queue == f"arn:aws:sqs:eu-west-1:000000000000:{app.queue}"
