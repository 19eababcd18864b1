"""Poison tasks and FIFO queues, as Celery 5.7.0 meets them on AWS."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.celery.conftest import MakeApp
from tests.celery.emulators import EMPTY, Counts, ServedEmulator

pytestmark = pytest.mark.celery


def create_with_dead_letter_queue(emulator: ServedEmulator, queue: str, *, visibility_timeout: int, after: int) -> str:
    """Create a queue and its dead-letter queue, and return the latter's name."""
    sqs = emulator.client()
    url = sqs.create_queue(QueueName=f"{queue}-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": after})
    sqs.create_queue(
        QueueName=queue, Attributes={"VisibilityTimeout": str(visibility_timeout), "RedrivePolicy": policy}
    )
    return f"{queue}-dead"


def test_a_rejected_task_is_tried_as_often_as_the_policy_says_and_then_kept_in_the_dead_letter_queue(
    make_app: MakeApp, emulator: ServedEmulator
) -> None:
    app = make_app()
    dead = create_with_dead_letter_queue(emulator, app.queue, visibility_timeout=1, after=3)
    worker = app.worker()

    task = app.send("shop.reject")
    history = emulator.wait_for(app.queue, "MessageDeadLettered")

    tries = [kind for _ in range(3) for kind in ("Received", "VisibilityTimedOut")]
    assert history.kinds == ["QueueCreated", "Sent", *tries, "DeadLettered"]
    assert history.receive_counts == [1, 2, 3]
    assert worker.find(r"Task shop\.reject\[(\S+)\] received") == [task] * 3
    assert (app.counts(), emulator.counts(dead)) == (EMPTY, Counts(1, 0, 0))
    sqs = emulator.client()
    url = sqs.get_queue_url(QueueName=dead)["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["All"])["Messages"]
    (sent,) = emulator.requests(app.queue, "SendMessage")
    assert message["Body"] == sent.parameters["MessageBody"]
    assert message["MessageId"] == history.sent[0].message_id
    assert message["Attributes"]["ApproximateReceiveCount"] == "4"
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == history[0].queue


@pytest.fixture
def fifo_queue() -> str:
    return f"jobs-{uuid.uuid4().hex[:8]}.fifo"


def test_tasks_of_one_group_run_side_by_side_when_one_receive_brings_them(make_app: MakeApp, fifo_queue: str) -> None:
    """The group holds back only what no receive has brought yet: celery#8352."""
    app = make_app(queue=fifo_queue, task_acks_late=True)
    for _ in range(3):
        app.send("shop.nap", 4, MessageGroupId="a")

    worker = app.worker(concurrency=2)
    worker.wait_for_log("nap ends", count=3)

    assert app.emulator.attributes(fifo_queue)["FifoQueue"] == "true"
    begins, ends = worker.times("nap begins"), worker.times("nap ends")
    assert begins[1] < ends[0] <= begins[2] + 0.05, "two at first; 0.05: the log is written by several processes"
    history = app.emulator.wait_for(fifo_queue, "MessageDeleted", 3)
    assert len({event.at for event in history.received}) == 1
    assert [event.message_id for event in history.received] == [event.message_id for event in history.sent]


def test_tasks_of_one_group_run_in_order_on_one_process_that_prefetches_nothing_and_acknowledges_late(
    make_app: MakeApp, fifo_queue: str
) -> None:
    app = make_app(queue=fifo_queue, task_acks_late=True, worker_prefetch_multiplier=1)
    sent = [app.send("shop.add", number, 1, MessageGroupId="a") for number in range(4)]

    worker = app.worker(concurrency=1)
    history = app.emulator.wait_for(fifo_queue, "MessageDeleted", 4)

    assert worker.find(r"Task shop\.add\[(\S+)\] received") == sent
    assert history.kinds == ["QueueCreated", *["Sent"] * 4, *["Received", "Deleted"] * 4]
    assert [event.message_id for event in history.deleted] == [event.message_id for event in history.sent]


def test_another_group_is_received_while_one_has_a_task_unacknowledged(make_app: MakeApp, fifo_queue: str) -> None:
    app = make_app(queue=fifo_queue, task_acks_late=True)
    worker = app.worker(concurrency=2)
    first = app.send("shop.nap", 4, MessageGroupId="a")
    worker.wait_for_log("nap begins")

    blocked = app.send("shop.add", 1, 2, MessageGroupId="a")
    other = app.send("shop.add", 3, 4, MessageGroupId="b")
    worker.wait_for_log("succeeded", count=3)

    assert worker.find(r"Task shop\.\w+\[(\S+)\] received") == [first, other, blocked]
    app.emulator.wait_for(fifo_queue, "MessageDeleted", 3)
    assert app.counts() == EMPTY


def test_of_two_tasks_with_one_deduplication_id_one_runs(make_app: MakeApp, fifo_queue: str) -> None:
    app = make_app(queue=fifo_queue)
    first = app.send("shop.add", 1, 2, MessageDeduplicationId="order-1")
    app.send("shop.add", 1, 2, MessageDeduplicationId="order-1")
    last = app.send("shop.add", 1, 2, MessageDeduplicationId="order-2")

    worker = app.worker()
    history = app.emulator.wait_for(fifo_queue, "MessageDeleted", 2)

    assert worker.find(r"Task shop\.add\[(\S+)\] received") == [first, last]
    assert history.kinds[:4] == ["QueueCreated", "Sent", "Deduplicated", "Sent"]
    assert history.receive_counts == [1, 1]
    assert app.counts() == EMPTY
    answers = app.emulator.requests(fifo_queue, "SendMessage")
    assert [answer.status for answer in answers] == [200, 200, 200]
