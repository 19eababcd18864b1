"""Fixtures of the Celery tests: an emulator for the whole run, and applications with a queue of their own."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.celery.applications import CeleryApp
from tests.celery.emulators import ServedEmulator
from tests.celery.processes import NO_AWS, leads_elsewhere

MakeApp = Callable[..., CeleryApp]
StartEmulator = Callable[..., ServedEmulator]


@pytest.fixture(autouse=True)
def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep boto3 in this process away from the settings of whoever runs the tests."""
    for name in filter(leads_elsewhere, list(os.environ)):
        monkeypatch.delenv(name)
    for name, value in NO_AWS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedEmulator]:
    """An emulator in a process of its own, for all tests of this run that do not stop it."""
    served = ServedEmulator(tmp_path_factory.mktemp("emulator") / "emulator.log")
    yield served
    served.kill()


@pytest.fixture
def start_emulator(tmp_path: Path) -> Iterator[StartEmulator]:
    """Start emulators of one's own, with options of `serve`; they are killed after the test."""
    started: list[ServedEmulator] = []

    def start(*options: str, **settings: Any) -> ServedEmulator:
        started.append(ServedEmulator(tmp_path / f"emulator-{len(started)}.log", *options, **settings))
        return started[-1]

    yield start
    for served in started:
        served.kill()


@pytest.fixture
def make_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeApp]:
    """Make Celery applications; what they start is killed after the test.

    Each has a new queue as its default, and the emulator's broker URL; an empty one leaves that to the module.
    `transport` are broker_transport_options, other keywords are Celery's settings.
    """
    apps: list[CeleryApp] = []

    def make(
        emulator: ServedEmulator | None = None,
        *,
        queue: str | None = None,
        broker_url: str | None = None,
        module: str = "shop",
        environment: Mapping[str, str] | None = None,
        transport: Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> CeleryApp:
        served: ServedEmulator = emulator or request.getfixturevalue("emulator")
        name = queue or f"{re.sub('[^a-z]+', '-', request.node.name)[:60].strip('-')}-{uuid.uuid4().hex[:8]}"
        directory = tmp_path / f"app-{len(apps)}"
        directory.mkdir()
        app = CeleryApp(
            served,
            name,
            directory,
            broker_url=served.broker_url if broker_url is None else broker_url,
            module=module,
            environment=environment,
            settings={
                "task_default_queue": name,
                "broker_transport_options": {"wait_time_seconds": 2, "polling_interval": 0.1, **(transport or {})},
                "broker_connection_retry_on_startup": True,
                **settings,
            },
        )
        apps.append(app)
        return app

    yield make
    for app in apps:
        app.stop()
