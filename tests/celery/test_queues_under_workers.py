"""Queues that are created, deleted and purged while workers use them, and Celery's own commands."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.celery.conftest import MakeApp, StartEmulator
from tests.celery.distance import Distance
from tests.celery.emulators import EMPTY, Counts, ServedEmulator

pytestmark = pytest.mark.celery


def test_two_workers_that_start_at_once_get_the_same_queue(make_app: MakeApp) -> None:
    app = make_app()

    workers = [app.start_worker(f"--hostname=worker{number}@%h") for number in (1, 2)]
    for worker in workers:
        worker.wait_for_log(r"ready\.$")
    sent = [app.send("shop.add", number, 1) for number in range(4)]
    app.emulator.wait_for(app.queue, "MessageDeleted", 4)

    created = app.emulator.requests(app.queue, "CreateQueue")
    assert created
    assert {request.status for request in created} == {200}
    assert len(app.history().of("QueueCreated")) == 1
    ran = [task for worker in workers for task in worker.find(r"Task shop\.add\[(\S+)\] received")]
    assert sorted(ran) == sorted(sent)


def test_a_queue_that_another_worker_has_created_meanwhile_is_taken_as_it_is(make_app: MakeApp) -> None:
    app = make_app(transport={"visibility_timeout": 77})
    app.send("shop.add", 1, 2)

    url = app.emulator.client().create_queue(QueueName=app.queue, Attributes={"VisibilityTimeout": "77"})["QueueUrl"]

    assert url == f"{app.emulator.url}/000000000000/{app.queue}"
    assert app.history().kinds == ["QueueCreated", "Sent"]


def test_deleting_a_queue_ends_the_worker_that_polls_it(make_app: MakeApp, emulator: ServedEmulator) -> None:
    with Distance(emulator.port) as distance:
        app = make_app(broker_url=f"sqs://test:test@127.0.0.1:{distance.port}//")
        worker = app.worker()
        emulator.wait_for_waiting_poll(app.queue)

        emulator.delete_queue(app.queue)
        status = worker.wait_for_exit()

    assert status == 1
    assert "Unrecoverable error: Exception('Request HTTP Error  HTTP 400" in worker.text
    assert "QueueDoesNotExist" in worker.text


def test_a_purge_takes_messages_in_flight_too_and_running_tasks_end_as_usual(make_app: MakeApp) -> None:
    app = make_app(task_acks_late=True, worker_prefetch_multiplier=1)
    for _ in range(4):
        app.send("shop.nap", 7)
    worker = app.worker()
    worker.wait_for_log("nap begins")
    before = app.counts()

    purge = app.run("purge", "--force")

    after = app.counts()
    assert "Purged 30 messages" in purge.text  # kombu adds up ten counts of three
    assert (before, after) == (Counts(3, 1, 0), EMPTY)
    assert "nap ends" not in worker.text
    worker.wait_for_log("succeeded")
    app.emulator.wait_for_answers(app.queue, "DeleteMessage", [200])
    assert app.history().kinds[-2:] == ["QueuePurged", "DeletedAgain"]


def test_celery_inspect_finds_no_nodes_and_leaves_no_queue(make_app: MakeApp) -> None:
    app = make_app(transport={"wait_time_seconds": 1})
    app.worker()

    inspect = app.run("inspect", "ping")

    assert "No nodes replied within time constraint" in inspect.text
    assert inspect.process.returncode == 69
    reply_queues = {
        request.queue for request in app.emulator.requests() if request.queue.endswith("-reply-celery-pidbox")
    }
    assert reply_queues
    for queue in reply_queues:
        assert app.emulator.history(queue).kinds == ["QueueCreated", "QueueDeleted"]


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port that nobody else gets, and that only refuses connections until somebody listens."""
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


def test_a_worker_that_starts_before_the_emulator_connects_by_itself(
    make_app: MakeApp, start_emulator: StartEmulator, free_port: int
) -> None:
    app = make_app(broker_url=f"sqs://test:test@localhost:{free_port}//")
    worker = app.start_worker()
    worker.wait_for_log(r"Cannot connect to sqs://\S+ .*\n?.*Trying again in 2\.00 seconds\.\.\. \(1/100\)")

    emulator = start_emulator(port=free_port)
    worker.wait_for_log(r"ready\.$")
    app.send("shop.add", 1, 2)
    worker.wait_for_log("succeeded")

    assert emulator.wait_for(app.queue, "MessageDeleted").receive_counts == [1]
    assert emulator.counts(app.queue) == EMPTY
