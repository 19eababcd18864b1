"""What the doctor says of real workers in real trouble, and that it has nothing to say of a healthy one."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import ProxyHandler, build_opener

import pytest

from tests.celery.applications import CeleryApp
from tests.celery.conftest import MakeApp
from tests.celery.processes import DEADLINE, wait_until

pytestmark = pytest.mark.celery


def findings(app: CeleryApp, queue: str | None = None) -> dict[str, dict[str, Any]]:
    """Return what the doctor finds in an application's queue, or in another one, by code."""
    with build_opener(ProxyHandler({})).open(f"{app.emulator.url}/_emulator/doctor", timeout=DEADLINE) as answer:
        found = json.load(answer)["findings"]
    return {finding["code"]: finding for finding in found if finding["queue"].endswith(f":{queue or app.queue}")}


def wait_for_finding(app: CeleryApp, code: str) -> dict[str, Any]:
    return wait_until(lambda: findings(app).get(code, {}), lambda: f"{code}; found are {findings(app)}")


def tasks_of(finding: dict[str, Any]) -> list[tuple[str, str]]:
    return [(message["task"], message["task_id"]) for message in finding["messages"]]


def test_of_a_healthy_worker_the_doctor_says_nothing(make_app: MakeApp) -> None:
    app = make_app(transport={"visibility_timeout": 60})
    for number in range(5):
        app.send("shop.add", number, number)
    app.send("shop.succeed_at_the_second_try", 1)
    worker = app.worker()

    worker.wait_for_log("succeeded", count=6)
    app.emulator.wait_for(app.queue, "MessageDeleted", 7)

    assert findings(app) == {}


def test_a_countdown_beyond_the_visibility_timeout_is_found(make_app: MakeApp) -> None:
    app = make_app(transport={"visibility_timeout": 3})
    task_id = app.send("shop.add", 1, 2, countdown=8)
    worker = app.worker()
    worker.wait_for_log("succeeded", count=2)

    finding = wait_for_finding(app, "eta_beyond_visibility_timeout")

    assert tasks_of(finding) == [("shop.add", task_id)]
    assert finding["seen"]["visibility_timeout_seconds"] == 3
    assert finding["seen"]["most_receives"] >= 2
    assert findings(app).keys() == {"eta_beyond_visibility_timeout"}


def test_a_task_that_ran_twice_is_found(make_app: MakeApp) -> None:
    app = make_app(task_acks_late=True, transport={"visibility_timeout": 3})
    task_id = app.send("shop.nap", 5)
    worker = app.worker(concurrency=2)
    worker.wait_for_log("nap ends", count=2)

    finding = wait_for_finding(app, "task_ran_twice")

    assert tasks_of(finding) == [("shop.nap", task_id)]
    assert finding["seen"]["longest_run_seconds"] >= 5
    assert finding["changes"][0]["setting"] == 'broker_transport_options["visibility_timeout"]'


def test_a_killed_worker_is_found(make_app: MakeApp) -> None:
    app = make_app(task_acks_late=True, transport={"visibility_timeout": 3})
    task_id = app.send("shop.nap", 60)
    worker = app.worker()
    worker.wait_for_log("nap begins")
    (received,) = app.emulator.wait_for(app.queue, "MessageReceived").received

    worker.kill()

    finding = wait_for_finding(app, "consumer_vanished")
    assert tasks_of(finding) == [("shop.nap", task_id)]
    assert finding["seen"]["consumers"] == f"kombu at {received.consumer}"


def test_a_foreign_message_that_a_worker_deleted_is_found(make_app: MakeApp) -> None:
    app = make_app(transport={"visibility_timeout": 60})
    app.send("shop.add", 1, 2)
    worker = app.worker()
    sqs = app.emulator.client()
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=app.queue)["QueueUrl"], MessageBody="hello")
    worker.wait_for_log("succeeded")
    app.emulator.wait_for(app.queue, "MessageDeleted", 2)

    finding = findings(app)["foreign_message"]

    assert [message["seen"] for message in finding["messages"]] == ["5 characters: 'hello'"]


def test_a_rejected_task_is_found_in_the_dead_letter_queue_with_the_reason(make_app: MakeApp) -> None:
    app = make_app(transport={"visibility_timeout": 2})
    sqs = app.emulator.client()
    dead_url = sqs.create_queue(QueueName=f"{app.queue}-dead")["QueueUrl"]
    dead_arn = sqs.get_queue_attributes(QueueUrl=dead_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})
    sqs.create_queue(QueueName=app.queue, Attributes={"VisibilityTimeout": "2", "RedrivePolicy": policy})
    task_id = app.send("shop.reject")
    app.worker()
    app.emulator.wait_for(app.queue, "MessageDeadLettered")

    finding = findings(app, f"{app.queue}-dead")["dead_letters"]

    assert tasks_of(finding) == [("shop.reject", task_id)]
    assert finding["seen"] == {"from": app.queue, "most_receives": 2, "receives_timed_out": 2}
