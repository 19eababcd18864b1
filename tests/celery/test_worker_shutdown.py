"""What a worker that stops, or dies, leaves behind in the queue; and a worker whose emulator stops."""

from __future__ import annotations

import signal

import pytest

from tests.celery.conftest import MakeApp, StartEmulator
from tests.celery.emulators import Counts
from tests.celery.history import History
from tests.celery.processes import LATE

pytestmark = pytest.mark.celery

WARM, COLD = signal.SIGTERM, signal.SIGQUIT


def changes(history: History) -> list[float]:
    """Return the new visibility timeouts that messages were given after their receive, in seconds."""
    changed = history.of("MessageVisibilityChanged")
    return [round(event.visible_at - event.at, 3) for event in changed if event.visible_at is not None]


def test_a_warm_shutdown_makes_prefetched_messages_visible_after_the_wait_time(make_app: MakeApp) -> None:
    app = make_app(transport={"wait_time_seconds": 2, "visibility_timeout": 60})
    for _ in range(8):
        app.send("shop.nap", 2)
    worker = app.worker(concurrency=1)
    worker.wait_for_log("received$", count=5)  # the one that runs is acknowledged: four more are held
    worker.wait_for_log("nap begins")

    worker.send_signal(WARM)
    status = worker.wait_for_exit()

    history = app.history()
    assert status == 0
    assert worker.find("nap ends") == ["nap ends"]
    assert worker.find(r"Restoring \d+ unacknowledged message") == ["Restoring 4 unacknowledged message"]
    assert changes(history) == [2, 2, 2, 2]
    assert len(history.received) == 5
    app.wait_for_counts(Counts(7, 0, 0))


def test_a_message_that_reaches_a_stopping_worker_is_released_at_once(make_app: MakeApp) -> None:
    app = make_app(task_acks_late=True, transport={"wait_time_seconds": 20, "visibility_timeout": 60})
    app.send("shop.nap", 5)
    worker = app.worker("--loglevel", "DEBUG")
    worker.wait_for_log("nap begins")
    app.emulator.wait_for_waiting_poll(app.queue)

    worker.send_signal(WARM)
    worker.wait_for_log("Canceling task consumer")  # while a task runs, the poll stays open
    app.send("shop.add", 1, 2)
    worker.wait_for_exit()

    assert f"Consumer for queue {app.queue} is gone, releasing 1 received message(s)" in worker.text
    history = app.history()
    ran, released = (history.message(sent.message_id) for sent in history.sent)
    assert ran.kinds == ["Sent", "Received", "Deleted"]
    assert released.kinds[:3] == ["Sent", "Received", "VisibilityChanged"]
    assert changes(released) == [0]
    assert app.counts() == Counts(1, 0, 0)


def test_a_cold_shutdown_makes_the_running_tasks_message_visible_after_the_wait_time(make_app: MakeApp) -> None:
    app = make_app(task_acks_late=True, transport={"wait_time_seconds": 3, "visibility_timeout": 60})
    for _ in range(2):
        app.send("shop.nap", 60)
    worker = app.worker()
    worker.wait_for_log("received$", count=2)
    worker.wait_for_log("nap begins")

    worker.send_signal(COLD)
    worker.wait_for_exit()

    assert "Cold shutdown" in worker.text
    assert "nap ends" not in worker.text
    assert changes(app.history()) == [3, 3]
    app.wait_for_counts(Counts(2, 0, 0))
    assert app.history().receive_counts == [1, 1]


def test_a_soft_shutdown_gives_running_tasks_time_before_their_messages_are_restored(make_app: MakeApp) -> None:
    app = make_app(task_acks_late=True, worker_soft_shutdown_timeout=4, transport={"visibility_timeout": 60})
    short, long = (app.send("shop.nap", seconds) for seconds in (1.5, 60))
    worker = app.worker(concurrency=2)
    worker.wait_for_log("nap begins", count=2)

    worker.send_signal(COLD)
    worker.wait_for_exit()

    history = app.history()
    finished, restored = (history.message(sent.message_id) for sent in history.sent)
    assert f"Task shop.nap[{short}] succeeded" in worker.text
    assert finished.kinds == ["Sent", "Received", "Deleted"]
    assert f"Task shop.nap[{long}] succeeded" not in worker.text
    assert restored.kinds[:3] == ["Sent", "Received", "VisibilityChanged"]
    (asked,) = worker.times("Initiating Soft Shutdown, terminating in 4 seconds")
    assert 0 <= restored[2].at - asked - 4 + 0.05 <= LATE


def test_a_message_is_never_handed_to_a_killed_workers_poll(make_app: MakeApp) -> None:
    app = make_app(transport={"wait_time_seconds": 20})
    worker = app.worker()
    app.emulator.wait_for_waiting_poll(app.queue)

    worker.kill()
    app.send("shop.add", 1, 2)

    assert app.history().kinds == ["QueueCreated", "Sent"]
    assert app.counts() == Counts(1, 0, 0)


def test_a_stopping_emulator_answers_a_waiting_poll_before_it_ends(
    make_app: MakeApp, start_emulator: StartEmulator
) -> None:
    """A poll that breaks ends a worker of kombu 5.7.0; one that is answered leaves it its polling interval."""
    first = start_emulator()
    app = make_app(first, transport={"wait_time_seconds": 20, "polling_interval": 6})
    worker = app.worker()
    first.wait_for_waiting_poll(app.queue)

    first.send_signal(signal.SIGTERM)
    status = first.wait_for_exit()

    (poll,) = first.polls(app.queue)
    assert (status, poll.status) == (0, 200)
    second = start_emulator(port=first.port)
    second.client().create_queue(QueueName=app.queue)
    app.send("shop.add", 1, 2)
    worker.wait_for_log("succeeded")
    assert second.history(app.queue).receive_counts == [1]
