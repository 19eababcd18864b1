"""docker-compose.yml: what it says, and its commands run together as `docker compose up` would run them."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
import yaml

from sqs_emulator.config import SETTINGS, Config
from tests.packaging.dockerfile import REPOSITORY, Image, outside_environment, read
from tests.packaging.processes import Process, wait_until

SERVICES: Final[dict[str, Any]] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text("utf-8"))["services"]
CELERY: Final = ("worker", "producer")


def context(service: str) -> Path:
    build: str = SERVICES[service]["build"]
    return REPOSITORY / build


def test_there_are_an_emulator_a_worker_and_a_producer() -> None:
    assert set(SERVICES) == {"sqs", *CELERY}


@pytest.mark.parametrize("service", ["sqs", *CELERY])
def test_what_a_service_is_built_from_exists(service: str) -> None:
    assert read(context(service) / "Dockerfile")


def test_the_port_is_published_to_this_machine_alone() -> None:
    port = Config().port

    assert SERVICES["sqs"]["ports"] == [f"127.0.0.1:{port}:{port}"]


def test_the_emulators_environment_names_settings_that_exist() -> None:
    assert set(SERVICES["sqs"]["environment"]) <= {setting.variable for setting in SETTINGS}


@pytest.mark.parametrize("service", CELERY)
def test_the_application_reads_each_variable_that_it_is_given(service: str) -> None:
    source = (context(service) / "app.py").read_text("utf-8")
    read_by_it = set(re.findall(r"os\.environ\S*[(\[]\"(\w+)\"", source))

    assert set(SERVICES[service]["environment"]) <= read_by_it


@pytest.mark.parametrize("service", CELERY)
def test_the_broker_is_the_emulators_service(service: str) -> None:
    broker = urlsplit(SERVICES[service]["environment"]["CELERY_BROKER_URL"])

    assert (broker.scheme, broker.hostname, broker.port) == ("sqs", "sqs", Config().port)
    assert "_" not in str(broker.hostname)  # botocore takes no such host


@pytest.mark.parametrize("service", CELERY)
def test_nobody_starts_before_the_emulator_is_healthy(service: str) -> None:
    assert SERVICES[service]["depends_on"] == {"sqs": {"condition": "service_healthy"}}
    assert read(context("sqs") / "Dockerfile")[-1].health_check()


@pytest.mark.parametrize("service", CELERY)
def test_a_process_that_loses_its_broker_is_started_again(service: str) -> None:
    assert SERVICES[service]["restart"] == "unless-stopped"


@pytest.mark.celery
def test_the_services_commands_work_together(image: Image, tmp_path: Path) -> None:
    emulator = image.environment(**SERVICES["sqs"]["environment"], SQS_EMULATOR_PORT="0")
    with Process(image.command(), log=tmp_path / "sqs.log", cwd=image.root, env=emulator) as sqs:
        port = sqs.wait_for(r"listens on \S+:(\d+)")[1]

        with _start("worker", port, tmp_path) as worker, _start("producer", port, tmp_path) as producer:
            producer.wait_for(r"^order 1 sent")
            worker.wait_for(r"order 1: packed")
            wait_until(lambda: "MessageDeleted" in _events(port), "the task's message is deleted")

        sqs.wait_for(r"SendMessage orders 200")  # the access log is asked for


def _start(service: str, port: str, logs: Path) -> Process:
    """Start a service's command where its files are, with the emulator's port in the place of its host's."""
    command = shlex.split(SERVICES[service]["command"])
    command[0] = str(Path(sys.executable).with_name(command[0]))
    settings = {name: value.replace("@sqs:9324", f"@localhost:{port}") for name, value in _environment(service).items()}
    environment = outside_environment() | {"PYTHONDONTWRITEBYTECODE": "1"} | settings
    return Process(command, log=logs / f"{service}.log", cwd=context(service), env=environment)


def _environment(service: str) -> dict[str, str]:
    settings: dict[str, str] = SERVICES[service]["environment"]
    return read(context(service) / "Dockerfile")[-1].environment() | settings


def _events(port: str) -> list[str]:
    with urlopen(f"http://127.0.0.1:{port}/_emulator/events?queue=orders", timeout=10) as answer:
        return [event["event"] for event in json.load(answer)["events"]]
