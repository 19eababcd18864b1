"""A worker's deadlines pass when the test says so; the worker's own clock does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sqs_emulator.testing import AccountClient
from tests.celery.conftest import MakeApp
from tests.celery.emulators import ServedEmulator

pytestmark = pytest.mark.celery


@pytest.fixture
def account(emulator: ServedEmulator) -> Iterator[AccountClient]:
    with AccountClient(emulator.url) as account:
        yield account


def test_a_killed_workers_task_comes_back_after_half_an_hour_in_no_time(
    make_app: MakeApp, account: AccountClient
) -> None:
    app = make_app(broker_url=account.broker_url, task_acks_late=True, transport={"visibility_timeout": 1_800})
    account.clock.freeze()
    first = app.worker()
    app.send("shop.nap", 0.5)
    first.wait_for_log("nap begins")
    first.kill()
    second = app.worker()

    account.clock.advance(1_799)
    (lost,) = app.emulator.wait_for(app.queue, "MessageReceived").received
    assert app.history().kinds[-1] == "Received"
    moved_on = account.clock.advance(1)

    second.wait_for_log("nap ends")
    history = app.emulator.wait_for(app.queue, "MessageDeleted")
    assert history.kinds == ["QueueCreated", "Sent", "Received", "VisibilityTimedOut", "Received", "Deleted"]
    assert history.receive_counts == [1, 2]
    assert history.received[1].at == moved_on.timestamp()
    assert history.received[1].at - lost.at == 1_800
    (again,) = second.times("nap begins")
    assert again < moved_on.timestamp() - 1_700, "the worker's own clock was not moved"


def test_a_countdown_is_the_workers_own_and_is_not_moved(make_app: MakeApp, account: AccountClient) -> None:
    app = make_app(broker_url=account.broker_url)
    worker = app.worker()
    app.send("shop.add", 1, 2, countdown=600)
    worker.wait_for_log("received$")

    account.clock.advance(601)

    app.emulator.wait_for(app.queue, "MessageReceived")
    assert "succeeded" not in worker.text
