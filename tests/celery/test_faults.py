"""Real workers under fault rules: what makes a task run twice, fail to be acknowledged, or never be sent."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.celery.applications import CeleryApp, SendFailed
from tests.celery.conftest import MakeApp, StartEmulator
from tests.celery.emulators import EMPTY, Counts
from tests.celery.processes import DEADLINE

pytestmark = pytest.mark.celery


def add_fault(app: CeleryApp, **rule: Any) -> int:
    """Add a rule for this application's queue, and return its id."""
    body = json.dumps({"queue": app.queue, **rule}).encode()
    with urlopen(Request(f"{app.emulator.url}/_emulator/faults", body), timeout=DEADLINE) as answer:
        return int(json.load(answer)["faults"][0]["id"])


def remove_fault(app: CeleryApp, number: int) -> dict[str, int]:
    """Remove a rule, and return it with its counts."""
    request = Request(f"{app.emulator.url}/_emulator/faults/{number}", method="DELETE")
    with urlopen(request, timeout=DEADLINE) as answer:
        removed: dict[str, int] = json.load(answer)["faults"][0]
        return removed


@pytest.mark.parametrize("acks_late", [False, True], ids=["acks early", "acks late"])
def test_a_task_that_is_delivered_twice_runs_twice(make_app: MakeApp, acks_late: bool) -> None:
    app = make_app(task_acks_late=acks_late)
    fault = add_fault(app, effect="deliver-twice", task="shop.add", every=2)
    worker = app.worker()

    ids = [app.send("shop.add", 1, number) for number in range(4)]
    worker.wait_for_log("shop.add.* succeeded", 6)

    app.wait_for_counts(EMPTY)
    runs = [len(worker.find(rf"{task_id}\] succeeded")) for task_id in ids]
    assert sorted(runs) == [1, 1, 2, 2]
    removed = remove_fault(app, fault)
    assert (removed["matched"], removed["applied"]) == (4, 2)


def test_a_worker_that_may_not_delete_ends_and_its_message_stays(
    make_app: MakeApp, start_emulator: StartEmulator
) -> None:
    app = make_app(start_emulator(), task_acks_late=True)
    add_fault(app, effect="deny", action="DeleteMessage", task="shop.add")
    worker = app.worker()

    app.send("shop.add", 1, 1)
    status = worker.wait_for_exit()

    assert status != 0
    assert "sqs:deletemessage" in worker.text
    assert app.counts() in (Counts(0, 1, 0), Counts(1, 0, 0))


def test_a_producer_that_is_throttled_tries_again(make_app: MakeApp) -> None:
    app = make_app()
    worker = app.worker()
    fault = add_fault(app, effect="error", error="RequestThrottled", action="SendMessage", times=1)

    app.send("shop.add", 1, 1)

    worker.wait_for_log("shop.add.* succeeded")
    assert remove_fault(app, fault)["matched"] == 2


def test_a_producer_that_may_not_send_is_told_so(make_app: MakeApp) -> None:
    app = make_app()
    app.send("shop.add", 1, 1)
    fault = add_fault(app, effect="deny", action="SendMessage")

    with pytest.raises(SendFailed, match=r"AccessDenied.*sqs:sendmessage"):
        app.send("shop.add", 1, 2)

    remove_fault(app, fault)
    app.send("shop.add", 1, 3)
    assert app.counts() == Counts(2, 0, 0)
