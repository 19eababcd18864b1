"""What becomes of a task's message while workers live and die, and what SQS and Celery 5.7.0 make of it on AWS."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from itertools import accumulate
from typing import Any

import pytest

from tests.celery.conftest import MakeApp
from tests.celery.emulators import EMPTY, Counts
from tests.celery.history import History
from tests.celery.processes import LATE
from tests.celery.wire_log import Request

pytestmark = pytest.mark.celery


MILLISECONDS = 0.002  # clocks are read, and moments written, to the millisecond


def envelope(send_message: Request) -> dict[str, Any]:
    """Return what kombu wraps around a task, of a SendMessage."""
    decoded: dict[str, Any] = json.loads(base64.b64decode(send_message.parameters["MessageBody"]))
    return decoded


def hidden_seconds(life: History) -> list[float]:
    """Return for how long each receive hid the message."""
    return [round(event.visible_at - event.at, 3) for event in life.received if event.visible_at is not None]


def test_a_late_acknowledged_message_is_in_flight_while_its_task_runs_and_deleted_after_it(make_app: MakeApp) -> None:
    app = make_app(task_acks_late=True)
    app.send("shop.nap", 3)
    waiting = app.counts()

    worker = app.worker()
    worker.wait_for_log("nap begins")
    running = app.counts()
    worker.wait_for_log("nap ends")

    history = app.emulator.wait_for(app.queue, "MessageDeleted")
    assert (waiting, running, app.counts()) == (Counts(1, 0, 0), Counts(0, 1, 0), EMPTY)
    assert history.kinds == ["QueueCreated", "Sent", "Received", "Deleted"]
    assert history.receive_counts == [1]
    assert history.deleted[0].at >= history.received[0].at + 3


def test_an_early_acknowledged_message_is_deleted_when_its_task_is_accepted(make_app: MakeApp) -> None:
    app = make_app(task_acks_late=False)
    worker = app.worker()

    app.send("shop.nap", 3)
    history = app.emulator.wait_for(app.queue, "MessageDeleted")

    assert history.kinds == ["QueueCreated", "Sent", "Received", "Deleted"]
    assert app.counts() == EMPTY
    worker.wait_for_log("nap ends")
    assert history.deleted[0].at < worker.times("nap ends")[0]


def test_a_killed_workers_message_comes_back_at_its_visibility_timeout(make_app: MakeApp) -> None:
    app = make_app(task_acks_late=True, transport={"visibility_timeout": 5})
    app.send("shop.nap", 1)
    first = app.worker()
    first.wait_for_log("nap begins")

    first.kill()
    second = app.worker()
    second.wait_for_log("nap ends")

    history = app.emulator.wait_for(app.queue, "MessageDeleted")
    assert history.kinds == ["QueueCreated", "Sent", "Received", "VisibilityTimedOut", "Received", "Deleted"]
    assert history.receive_counts == [1, 2]
    assert "nap ends" not in first.text
    lost, again = history.received
    (ready,) = second.times("ready")
    assert 5 <= again.at - lost.at <= max(5, ready - lost.at) + LATE
    assert again.consumer != lost.consumer
    assert app.counts() == EMPTY


def test_a_killed_worker_loses_the_task_it_acknowledged_early_and_gives_back_those_it_prefetched(
    make_app: MakeApp,
) -> None:
    """Early acknowledgement is Celery's default."""
    app = make_app(task_acks_late=False, transport={"visibility_timeout": 4})
    lost, *prefetched = (app.send("shop.nap", seconds) for seconds in (60, 0, 0))
    first = app.worker()
    first.wait_for_log("received$", count=3)
    app.emulator.wait_for(app.queue, "MessageDeleted")

    first.kill()
    second = app.worker()
    second.wait_for_log("succeeded", count=2)

    history = app.emulator.wait_for(app.queue, "MessageDeleted", 3)
    lives = [history.message(sent.message_id) for sent in history.sent]
    assert [life.receive_counts for life in lives] == [[1], [1, 2], [1, 2]]
    (ready,) = second.times("ready")
    for life in lives[1:]:
        before, after = life.received
        assert 4 <= after.at - before.at <= max(4, ready - before.at) + LATE
    assert sorted(second.find(r"Task shop\.nap\[(\S+)\] received")) == sorted(prefetched)
    assert lost not in second.text
    assert app.counts() == EMPTY


def test_a_task_that_runs_longer_than_the_visibility_timeout_runs_twice_at_once(make_app: MakeApp) -> None:
    """The first run deletes by a receipt handle that is no longer the newest; both deletes are answered 200."""
    app = make_app(task_acks_late=True, transport={"visibility_timeout": 4})
    worker = app.worker(concurrency=2)

    app.send("shop.nap", 6)
    worker.wait_for_log("succeeded", count=2)
    worker.wait_for_log("nap ends", count=2)

    first, second = worker.times("nap begins")
    ended, _ = worker.times("nap ends")
    assert 0 <= second - first - 4 + 0.05 <= LATE  # 0.05: the first may have begun later after its receive
    assert second < ended
    assert app.history().receive_counts == [1, 2]
    app.emulator.wait_for_answers(app.queue, "DeleteMessage", [200, 200])
    assert app.counts() == EMPTY


def test_a_countdown_longer_than_the_visibility_timeout_is_received_again_and_again_and_runs_as_often(
    make_app: MakeApp,
) -> None:
    """SQS doesn't know of the ETA: the worker holds the message in flight until then."""
    app = make_app(transport={"visibility_timeout": 4})
    worker = app.worker()

    app.send("shop.add", 1, 2, countdown=10)
    worker.wait_for_log("succeeded", count=3)

    history = app.emulator.wait_for(app.queue, "MessageDeleted")
    assert history.receive_counts == [1, 2, 3]
    assert hidden_seconds(history) == [4, 4, 4]
    (sent,) = app.emulator.requests(app.queue, "SendMessage")
    eta = datetime.fromisoformat(envelope(sent)["headers"]["eta"]).timestamp()
    assert all(0 <= ran - eta + MILLISECONDS <= LATE for ran in worker.times("succeeded"))
    app.emulator.wait_for_answers(app.queue, "DeleteMessage", [200, 200, 200])
    assert app.counts() == EMPTY


def test_a_worker_prefetches_ten_messages_a_poll_and_stops_polling_when_it_holds_four_per_process(
    make_app: MakeApp,
) -> None:
    app = make_app(task_acks_late=True)
    for seconds in (2, 2, 2, 2, *[0.2] * 26):
        app.send("shop.nap", seconds)
    worker = app.worker(concurrency=4)

    worker.wait_for_log("succeeded", count=30)

    history = app.emulator.wait_for(app.queue, "MessageDeleted", 30)
    assert set(history.receive_counts) == {1}
    changes = [+1 if event in history.received else -1 for event in history.of("MessageReceived", "MessageDeleted")]
    assert max(accumulate(changes)) == 16
    first, second, *_ = app.emulator.polls(app.queue)
    assert [first.parameters["MaxNumberOfMessages"], second.parameters["MaxNumberOfMessages"]] == [10, 6]
    assert len({(event.at, event.consumer) for event in history.received[:10]}) == 1
    full, next_delete = history.received[15].at, history.deleted[0].at
    assert not [poll for poll in app.emulator.polls(app.queue) if full + 0.01 < poll.at < next_delete - 0.01]


@pytest.mark.parametrize(
    ("multiplier", "asked"), [(4, 4), (1, 1), (0, 10)], ids=["multiplier 4", "multiplier 1", "multiplier 0"]
)
def test_a_worker_of_one_process_asks_for_as_many_messages_as_its_prefetch_multiplier(
    make_app: MakeApp, multiplier: int, asked: int
) -> None:
    """0 is without a limit, which is SQS's ten."""
    app = make_app(worker_prefetch_multiplier=multiplier)

    app.worker(concurrency=1)
    app.emulator.wait_for_waiting_poll(app.queue)

    assert app.emulator.polls(app.queue)[0].parameters == {
        "QueueUrl": f"http://localhost:{app.emulator.port}/000000000000/{app.queue}",
        "MaxNumberOfMessages": asked,
        "WaitTimeSeconds": 2,
        "MessageSystemAttributeNames": ["ApproximateReceiveCount"],
    }


def test_a_retry_is_a_new_message_of_the_same_task(make_app: MakeApp) -> None:
    app = make_app()
    worker = app.worker()

    task_id = app.send("shop.succeed_at_the_second_try", 1)
    worker.wait_for_log("succeeded")

    history = app.emulator.wait_for(app.queue, "MessageDeleted", 2)
    first, second = (history.message(sent.message_id) for sent in history.sent)
    assert first[0].message_id != second[0].message_id
    assert first.kinds == second.kinds == ["Sent", "Received", "Deleted"]
    headers = [envelope(request)["headers"] for request in app.emulator.requests(app.queue, "SendMessage")]
    assert [header["id"] for header in headers] == [task_id, task_id]
    assert [header["retries"] for header in headers] == [0, 1]
    assert [header["eta"] is not None for header in headers] == [False, True]
    assert app.counts() == EMPTY


def test_a_rejected_message_is_deleted_where_the_queue_has_no_dead_letter_queue(make_app: MakeApp) -> None:
    """kombu 5.7 asks for the RedrivePolicy, and takes its absence for a leave to delete."""
    app = make_app(transport={"visibility_timeout": 1})
    worker = app.worker()

    app.send("shop.reject")
    worker.wait_for_log("reject requeue=False")

    history = app.emulator.wait_for(app.queue, "MessageDeleted")
    assert history.kinds == ["QueueCreated", "Sent", "Received", "Deleted"]
    assert history.receive_counts == [1]
    asked = [request.parameters.get("AttributeNames") for request in app.emulator.requests(app.queue)]
    assert ["RedrivePolicy"] in asked
    assert app.counts() == EMPTY


def test_a_delayed_message_is_received_when_its_delay_is_over(make_app: MakeApp) -> None:
    app = make_app()
    worker = app.worker()

    app.send("shop.add", 1, 2, delay_seconds=2)
    counted = app.counts()
    worker.wait_for_log("succeeded")

    history = app.emulator.wait_for(app.queue, "MessageDeleted")
    assert counted == Counts(0, 0, 1)
    assert history.kinds == ["QueueCreated", "Sent", "DelayEnded", "Received", "Deleted"]
    assert 2 <= history.received[0].at - history.sent[0].at <= 2 + LATE


@pytest.mark.parametrize(
    ("option", "seconds"),
    [
        ({"delay_seconds": 900}, 900),
        ({"DelaySeconds": 7}, 7),
        ({"delay_seconds": 901}, 900),
        ({"delay_seconds": -1}, 0),
    ],
    ids=["the most", "SQS's spelling", "too long: clamped", "negative: ignored"],
)
def test_a_delay_is_what_apply_async_was_given(make_app: MakeApp, option: dict[str, int], seconds: int) -> None:
    app = make_app()

    app.send("shop.add", 1, 2, **option)

    (sent,) = app.history().sent
    assert sent.visible_at is not None
    assert sent.visible_at - sent.at == pytest.approx(seconds)


def test_a_changed_visibility_timeout_holds_for_the_next_receives_only(make_app: MakeApp) -> None:
    app = make_app(task_acks_late=True, transport={"visibility_timeout": 60})
    worker = app.worker(concurrency=3)
    app.send("shop.nap", 5)
    worker.wait_for_log("nap begins")

    sqs = app.emulator.client()
    url = sqs.get_queue_url(QueueName=app.queue)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "4"})
    app.send("shop.nap", 6)
    worker.wait_for_log("succeeded", count=3)

    history = app.emulator.wait_for(app.queue, "MessageDeleted", 2)
    before, after = (history.message(sent.message_id) for sent in history.sent)
    assert hidden_seconds(before) == [60]
    assert hidden_seconds(after) == [4, 4]
    assert after.receive_counts == [1, 2]
