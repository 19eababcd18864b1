"""Every broker_transport_option that shows on a standard queue."""

from __future__ import annotations

import json
import uuid
from itertools import pairwise
from typing import Any

import pytest

from tests.celery.applications import CeleryApp, SendFailed
from tests.celery.conftest import MakeApp
from tests.celery.emulators import EMPTY, ServedEmulator
from tests.celery.processes import LATE, Process

pytestmark = pytest.mark.celery


def queue_url(emulator: ServedEmulator, queue: str, account: str = "000000000000") -> str:
    return f"{emulator.url}/{account}/{queue}"


def brought(worker: Process, task_id: str) -> dict[str, Any]:
    """Return what a receive brought beside the body, as the worker saw it."""
    (found,) = worker.wait_for_log(rf"{task_id} brought (.*)$")
    attributes: dict[str, Any] = json.loads(found)
    return attributes


def test_a_prefix_is_put_before_the_queue_name_and_dots_become_dashes(make_app: MakeApp) -> None:
    name = f"orders-{uuid.uuid4().hex[:8]}"
    app = make_app(queue=f"{name}.v1", transport={"queue_name_prefix": "dev-"})

    app.send("shop.add", 1, 2)
    app.worker().wait_for_log("succeeded")

    history = app.emulator.wait_for(f"dev-{name}-v1", "MessageDeleted")
    assert history.kinds == ["QueueCreated", "Sent", "Received", "Deleted"]
    looked_up = {request.parameters["QueueNamePrefix"] for request in app.emulator.requests(action="ListQueues")}
    assert {"dev-", f"dev-{name}-v1"} <= looked_up


@pytest.mark.parametrize("seconds", [0, 5, 43_200], ids=["0", "5", "the most"])
def test_a_queue_is_created_with_the_applications_visibility_timeout(make_app: MakeApp, seconds: int) -> None:
    app = make_app(transport={"visibility_timeout": seconds})

    app.send("shop.add", 1, 2)

    assert app.emulator.attributes(app.queue)["VisibilityTimeout"] == str(seconds)


def test_a_visibility_timeout_over_the_limit_is_refused_and_ends_the_worker(make_app: MakeApp) -> None:
    app = make_app(transport={"visibility_timeout": 43_201})

    with pytest.raises(SendFailed, match=r"InvalidAttributeValue.*VisibilityTimeout"):
        app.send("shop.add", 1, 2)
    worker = app.start_worker()
    status = worker.wait_for_exit()

    assert status == 1
    assert "InvalidAttributeValue) when calling the CreateQueue operation" in worker.text
    assert app.history() == []


def test_the_visibility_timeout_of_a_queue_that_exists_is_not_touched(make_app: MakeApp) -> None:
    app = make_app(transport={"visibility_timeout": 5})
    app.emulator.client().create_queue(QueueName=app.queue, Attributes={"VisibilityTimeout": "77"})

    app.send("shop.add", 1, 2)

    assert app.emulator.attributes(app.queue)["VisibilityTimeout"] == "77"
    assert app.emulator.requests(app.queue, "CreateQueue")[1:] == []


def test_an_idle_queue_is_asked_after_wait_time_and_polling_interval(make_app: MakeApp) -> None:
    app = make_app(transport={"wait_time_seconds": 1, "polling_interval": 0.7})

    app.worker()
    app.emulator.wait_for_waiting_poll(app.queue, after=3)

    polls = app.emulator.polls(app.queue)
    assert {poll.parameters["WaitTimeSeconds"] for poll in polls} == {1}
    assert {poll.status for poll in polls[:-1]} == {200}
    gaps = [later.at - earlier.at for earlier, later in pairwise(polls)]
    assert all(1.7 <= gap + 0.05 <= 1.7 + LATE for gap in gaps)


@pytest.mark.parametrize("account", ["000000000000", "555566667777"], ids=["default account", "own account"])
def test_predefined_queues_are_used_with_their_own_keys_and_region_and_never_created(
    make_app: MakeApp, emulator: ServedEmulator, account: str
) -> None:
    queue = f"predefined-{uuid.uuid4().hex[:8]}"
    key = account if account != "000000000000" else "AKIARAW"
    emulator.client(region="eu-central-1", access_key=key).create_queue(QueueName=queue)
    predefined = {
        "url": queue_url(emulator, queue, account),
        "region": "eu-central-1",
        "access_key_id": key,
        "secret_access_key": "raw/secret+2",
    }
    app = make_app(queue=queue, transport={"predefined_queues": {queue: predefined}})

    task_id = app.send("shop.add", 1, 2)
    worker = app.worker()
    worker.wait_for_log("succeeded")

    history = emulator.wait_for(queue, "MessageDeleted")
    assert {event.queue for event in history} == {f"arn:aws:sqs:eu-central-1:{account}:{queue}"}
    assert brought(worker, task_id)["Attributes"] == {"ApproximateReceiveCount": "1"}
    asked = [request for request in emulator.requests(queue) if "QueueUrl" in request.parameters]
    assert {request.action for request in asked} == {
        "GetQueueAttributes",
        "SendMessage",
        "ReceiveMessage",
        "DeleteMessage",
    }
    created = emulator.requests(queue, "CreateQueue")
    assert len(created) == 1  # ours


def test_a_predefined_queue_that_does_not_exist_ends_the_worker(make_app: MakeApp, emulator: ServedEmulator) -> None:
    queue = f"missing-{uuid.uuid4().hex[:8]}"
    predefined = {queue: {"url": queue_url(emulator, queue)}}
    app = make_app(queue=queue, transport={"predefined_queues": predefined})

    worker = app.start_worker()
    status = worker.wait_for_exit()

    assert status == 1
    assert "(AWS.SimpleQueueService.NonExistentQueue) when calling the GetQueueAttributes operation" in worker.text


def test_without_base64_a_message_body_is_plain_json(make_app: MakeApp) -> None:
    app = make_app(transport={"sqs_base64_encoding": False})

    task_id = app.send("shop.add", 1, 2)
    app.worker().wait_for_log("succeeded")

    (sent,) = app.emulator.requests(app.queue, "SendMessage")
    assert json.loads(sent.parameters["MessageBody"])["headers"]["id"] == task_id
    assert app.emulator.wait_for(app.queue, "MessageDeleted").receive_counts == [1]


def test_a_queue_is_created_with_tags_and_further_attributes(make_app: MakeApp) -> None:
    attributes = {"KmsMasterKeyId": "alias/aws/sqs", "ReceiveMessageWaitTimeSeconds": "3", "DelaySeconds": "1"}
    app = make_app(transport={"queue_tags": {"team": "web"}, "sqs-creation-attributes": attributes})

    app.send("shop.add", 1, 2)

    url = queue_url(app.emulator, app.queue)
    assert app.emulator.client().list_queue_tags(QueueUrl=url)["Tags"] == {"team": "web"}
    assert attributes.items() <= app.emulator.attributes(app.queue).items()


@pytest.mark.parametrize(
    ("fetch", "system", "custom"),
    [
        (None, {"ApproximateReceiveCount"}, set()),
        (["SenderId"], {"ApproximateReceiveCount", "SenderId"}, set()),
        (
            {"MessageSystemAttributeNames": ["SentTimestamp", "MessageGroupId"], "MessageAttributeNames": ["tenant"]},
            {"ApproximateReceiveCount", "SentTimestamp", "MessageGroupId"},
            {"tenant"},
        ),
        (
            {"MessageSystemAttributeNames": ["all"], "MessageAttributeNames": [".*"]},
            {
                "ApproximateReceiveCount",
                "ApproximateFirstReceiveTimestamp",
                "SenderId",
                "SentTimestamp",
                "MessageGroupId",
            },
            {"tenant", "trace"},
        ),
    ],
    ids=["default", "list", "names", "all"],
)
def test_a_receive_brings_the_attributes_that_were_asked_for(
    make_app: MakeApp, fetch: object, system: set[str], custom: set[str]
) -> None:
    app = make_app(transport={"fetch_message_attributes": fetch})
    given = {
        "tenant": {"DataType": "String", "StringValue": "acme"},
        "trace": {"DataType": "Number", "StringValue": "7"},
    }

    task_id = app.send("shop.add", 1, 2, message_attributes=given, MessageGroupId="tenant-7")
    attributes = brought(app.worker(), task_id)

    assert set(attributes["Attributes"]) == system
    assert attributes["Attributes"].get("MessageGroupId", "tenant-7") == "tenant-7"
    assert attributes["MessageAttributes"] == {name: given[name] for name in custom}


def test_a_message_group_of_a_standard_queue_blocks_nothing(make_app: MakeApp) -> None:
    """Fair queues: kombu 5.7 sends the group, and SQS takes it for a tenant's name."""
    app = make_app(task_acks_late=True)
    for _ in range(2):
        app.send("shop.nap", 2, MessageGroupId="tenant-7")

    worker = app.worker(concurrency=2)
    worker.wait_for_log("nap ends", count=2)

    began, ended = worker.times("nap begins"), worker.times("nap ends")
    assert max(began) < min(ended)
    sent = app.emulator.requests(app.queue, "SendMessage")
    assert [request.parameters["MessageGroupId"] for request in sent] == ["tenant-7", "tenant-7"]


def test_botocores_own_settings_are_taken(make_app: MakeApp) -> None:
    app: CeleryApp = make_app(transport={"client-config": {"connect_timeout": 5, "user_agent_extra": "shop/1"}})

    app.send("shop.add", 1, 2)
    app.worker().wait_for_log("succeeded")

    app.wait_for_counts(EMPTY)
    agents = [request.headers.get("user-agent", "") for request in app.emulator.requests(app.queue, "SendMessage")]
    assert all("shop/1" in agent for agent in agents)
