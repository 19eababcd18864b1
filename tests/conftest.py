"""Fixtures of all tests. Each test has an SQS of its own, or a region of its own on a served one."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

from sqs_emulator import Config, Emulator
from sqs_emulator.web.server import Server
from tests.raw_http import Calls, Connection
from tests.sqs_by_hand import Sqs

COATS: Final = ("fast coat", "ASGI coat")

# How many examples Hypothesis tries where a test does not say so itself: `--hypothesis-profile=thorough`, or the
# variable HYPOTHESIS_PROFILE, for many. In CI they are the same ones in every run.
_ANY_SPEED: Final = (HealthCheck.too_slow,)  # other tests may keep the machine busy
settings.register_profile(
    "quick",
    max_examples=500,
    deadline=None,
    derandomize="CI" in os.environ,
    print_blob=True,
    suppress_health_check=_ANY_SPEED,
)
settings.register_profile(
    "thorough", max_examples=10_000, deadline=None, print_blob=True, suppress_health_check=_ANY_SPEED
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


class AsgiEmulator(Emulator):
    """An emulator behind uvicorn's own httptools protocol: what a server without our fast coat makes of `app`."""

    def server(self) -> Server:
        server = super().server()
        server.config.http = "httptools"
        server.config.loaded = False
        return server


def serve(coat: str, config: Config) -> Emulator:
    return (Emulator if coat == "fast coat" else AsgiEmulator)(config)


@pytest.fixture
def sqs() -> Sqs:
    """An SQS without a socket, its clock moved by hand."""
    return Sqs()


@pytest.fixture(params=COATS)
def coat(request: pytest.FixtureRequest) -> str:
    """Either coat, in turn."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def emulators() -> Iterator[dict[str, Emulator]]:
    """An emulator behind either coat, for the whole run."""
    config = Config(port=0, max_body=2_000_000, allowed_origins=("http://allowed.test",))
    running = {coat: serve(coat, config).start() for coat in COATS}
    yield running
    for emulator in running.values():
        emulator.stop()


@pytest.fixture
def served(coat: str, emulators: dict[str, Emulator], caplog: pytest.LogCaptureFixture) -> Iterator[Emulator]:
    """A served emulator, behind either coat in turn; after the test it is alive, and has logged no error."""
    emulator = emulators[coat]
    yield emulator
    with Connection(emulator.url) as connection:
        assert connection.ask(b"GET /health HTTP/1.1\r\nHost: h\r\n\r\n").status == 200
    assert [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR] == []


@pytest.fixture
def connection(served: Emulator) -> Iterator[Connection]:
    with Connection(served.url) as connected:
        yield connected


@pytest.fixture
def calls(connection: Connection, region: str) -> Calls:
    """Calls on a queue `q` of the served emulator, empty and the test's own."""
    calls = Calls(region)
    assert connection.ask(calls("CreateQueue", QueueName="q")).status == 200
    return calls


@pytest.fixture
def region() -> str:
    """A region that no other test uses, so that a shared emulator is as good as an empty one."""
    return f"test-{uuid.uuid4().hex[:12]}-1"
