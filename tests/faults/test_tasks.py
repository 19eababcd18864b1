"""Rules of a Celery task: they know the calls that bear or name its messages."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.faults.conftest import BrokenAccount, FaultySqs
from tests.observe.bodies import task_body
from tests.raw_http import Connection

PAY: Final = task_body("shop.pay")
SHIP: Final = task_body("shop.ship")
OTHER: Final = "no task"


@pytest.mark.parametrize(
    ("pattern", "body", "is_met"),
    [
        pytest.param("shop.pay", PAY, True, id="its name"),
        pytest.param("shop.*", SHIP, True, id="a pattern"),
        pytest.param("shop.pay", SHIP, False, id="another task"),
        pytest.param("*", OTHER, False, id="no task at all"),
    ],
)
def test_a_sent_task_is_known_by_its_name(
    account: BrokenAccount, protocol: str, pattern: str, body: str, is_met: bool
) -> None:
    account.add(effect="status", status=503, task=pattern)

    with Connection(account.emulator.url) as connection:
        response = connection.ask(account.call("SendMessage", protocol, MessageBody=body))

    assert response.status == (503 if is_met else 200)
    assert account.counted() == [(is_met, is_met)]


@pytest.mark.parametrize("action", ["DeleteMessage", "ChangeMessageVisibility"])
@pytest.mark.parametrize("is_batch", [False, True], ids=["single", "batch"])
def test_a_received_task_is_known_by_its_receipt_handle(faulty: FaultySqs, action: str, is_batch: bool) -> None:
    url = faulty.create()
    for body in (PAY, SHIP):
        faulty.send(url, body)
    more = {} if action == "DeleteMessage" else {"VisibilityTimeout": 0}
    handles = {message["Body"]: {"ReceiptHandle": message["ReceiptHandle"], **more} for message in faulty.receive(url)}
    faulty.add(effect="drop", task="shop.pay")

    def call(body: str) -> str | int:
        if is_batch:
            return faulty.outcome(f"{action}Batch", QueueUrl=url, Entries=[{"Id": "1", **handles[body]}])
        return faulty.outcome(action, QueueUrl=url, **handles[body])

    assert call(SHIP) == 200
    assert call(PAY) == "nothing"


def test_a_batch_is_met_by_any_of_its_entries(faulty: FaultySqs) -> None:
    url = faulty.create()
    faulty.add(effect="drop", task="shop.pay")

    def send(*bodies: str) -> str | int:
        entries = [{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)]
        return faulty.outcome("SendMessageBatch", QueueUrl=url, Entries=entries)

    assert send(SHIP, OTHER) == 200
    assert send(SHIP, PAY) == "nothing"


def test_the_entries_of_a_task_fail_and_no_others(account: BrokenAccount) -> None:
    account.add(effect="fail-entries", task="shop.pay")
    bodies = (PAY, SHIP, PAY, OTHER)

    answer = account.ask(
        "SendMessageBatch",
        Entries=[{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)],
    )

    assert [entry["Id"] for entry in answer["Failed"]] == ["0", "2"]


@pytest.mark.parametrize("wait", [0, 20], ids=["at once", "a poll"])
def test_a_receive_that_brings_the_task_is_lost(account: BrokenAccount, protocol: str, wait: int) -> None:
    account.add(effect="lose-answer", task="shop.pay", action="ReceiveMessage")

    said = []
    for body in (SHIP, PAY):
        with Connection(account.emulator.url) as connection:
            if not wait:
                account.send(body)
            connection.send(account.call("ReceiveMessage", protocol, WaitTimeSeconds=wait))
            if wait:
                account.wait_for_polls()
                account.send(body)
            said.append(connection.response().body if body == SHIP else connection.rest())

    assert SHIP.encode() in said[0]
    assert said[1] == b""
    assert account.counts() == (0, 2)
    assert account.counted() == [(1, 1)]


def test_other_effects_leave_receives_alone(faulty: FaultySqs) -> None:
    url = faulty.create()
    faulty.send(url, PAY)
    rule = faulty.add(effect="drop", task="shop.pay")

    assert faulty.outcome("ReceiveMessage", QueueUrl=url) == 200
    assert rule.matched == 0


def test_only_the_messages_of_the_task_are_delivered_twice(faulty: FaultySqs) -> None:
    url = faulty.create()
    rule = faulty.add(effect="deliver-twice", task="shop.pay")
    for body in (PAY, SHIP, OTHER):
        faulty.send(url, body)

    assert len(faulty.receive(url)) == 3
    assert [message["Body"] for message in faulty.receive(url)] == [PAY]
    assert (rule.matched, rule.applied) == (1, 1)


@pytest.mark.parametrize(
    ("action", "members"),
    [
        pytest.param("DeleteMessage", {"ReceiptHandle": "garbage"}, id="a bad handle"),
        pytest.param("DeleteMessage", {}, id="no handle"),
        pytest.param("SendMessage", {}, id="no body"),
        pytest.param("SendMessageBatch", {"Entries": []}, id="no entries"),
        pytest.param("PurgeQueue", {}, id="no message"),
        pytest.param("ListQueues", {}, id="no queue"),
    ],
)
def test_a_call_without_a_message_is_no_tasks(faulty: FaultySqs, action: str, members: dict[str, Any]) -> None:
    faulty.create()
    rule = faulty.add(effect="drop", task="*")

    about = {} if action == "ListQueues" else {"QueueUrl": "q"}
    assert faulty.outcome(action, **about, **members) in (200, 400, 404)
    assert rule.matched == 0
