"""Configurations that people copy: each sends a task, runs it and acknowledges it, as it stands but for the port."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.celery.applications import CeleryApp
from tests.celery.conftest import MakeApp, StartEmulator
from tests.celery.emulators import REGION, ServedEmulator
from tests.celery.processes import LATE

pytestmark = pytest.mark.celery

SNIPPETS: Final = Path(__file__).parent / "snippets"
TASK: Final = "\n\n@app.task\ndef add(x, y):\n    return x + y\n"


@pytest.fixture
def own_emulator(start_emulator: StartEmulator) -> ServedEmulator:
    """The snippets' queues have names like everybody's: each snippet has an emulator of its own."""
    return start_emulator()


def application(make_app: MakeApp, emulator: ServedEmulator, snippet: str, queue: str) -> CeleryApp:
    """Make a snippet's application, with the task `demo.add`."""
    app = make_app(emulator, queue=queue, broker_url="", module="demo")
    text = (SNIPPETS / f"{snippet}.py").read_text().replace("9324", str(emulator.port))
    (app.directory / "demo.py").write_text(text + TASK)
    return app


@pytest.mark.parametrize(
    ("snippet", "queue", "region"),
    [
        ("url_host", "celery", "eu-west-1"),
        ("env_endpoint", "celery", REGION),
        ("quoted_secret", "celery", REGION),
        ("visibility", "celery", REGION),
        ("polling", "celery", REGION),
        ("prefix", "dev-orders-v1", REGION),
        ("predefined", "my-q", REGION),
        ("backoff", "my-q", REGION),
        ("fair", "celery", REGION),
        ("extras", "celery", REGION),
    ],
)
def test_a_task_is_sent_and_run_and_its_message_deleted(
    make_app: MakeApp, own_emulator: ServedEmulator, snippet: str, queue: str, region: str
) -> None:
    if queue == "my-q":
        own_emulator.client().create_queue(QueueName=queue)
    app = application(make_app, own_emulator, snippet, queue)

    app.send("demo.add", 1, 2)
    worker = app.worker()
    ran = worker.wait_for_log(r"Task demo\.add\[\S+\] succeeded in \S+: 3")

    history = own_emulator.wait_for(queue, "MessageDeleted")
    assert len(ran) == 1
    assert history.receive_counts == [1]
    assert {event.queue for event in history} == {f"arn:aws:sqs:{region}:000000000000:{queue}"}
    assert {request.status for request in own_emulator.requests(action="SendMessage")} == {200}


def test_a_backoff_policy_is_the_visibility_timeout_of_a_failed_tasks_message(
    make_app: MakeApp, own_emulator: ServedEmulator
) -> None:
    """Its keys are receive counts: the second attempt waits for the first one's value."""
    own_emulator.client().create_queue(QueueName="my-q")
    app = application(make_app, own_emulator, "backoff", "my-q")

    app.send("demo.add", 1, None)
    app.worker()
    history = own_emulator.wait_for("my-q", "MessageReceived", 3)

    assert history.receive_counts == [1, 2, 3]
    changes = history.of("MessageVisibilityChanged")
    waits = [round((event.visible_at or 0) - event.at, 3) for event in changes[:2]]
    assert waits == [1, 2]
    late = [again.at - (changed.visible_at or 0) for changed, again in zip(changes, history.received[1:], strict=False)]
    assert all(0 <= seconds <= LATE for seconds in late)
