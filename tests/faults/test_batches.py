"""Batches of which some entries fail."""

from __future__ import annotations

from typing import Any, Final
from xml.etree import ElementTree

import pytest

from sqs_emulator.faults.errors import NAMES
from tests.faults.conftest import BrokenAccount, FaultySqs
from tests.raw_http import Connection
from tests.spec.catalogue import told_by
from tests.spec.spelling import JSON
from tests.sqs_by_hand import read_json, read_xml, texts

ENTRIES: Final = [{"Id": name, "MessageBody": name} for name in ("a", "b", "c")]
WORDS: Final = "We encountered an internal error. Please try again."


def outcome(account: BrokenAccount, protocol: str, action: str, entries: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the ids of the entries that a batch did and did not do, in the order of the answer."""
    with Connection(account.emulator.url) as connection:
        response = connection.ask(account.call(action, protocol, Entries=entries))
    if protocol == JSON:
        answer = read_json(response)
        return {part: [entry["Id"] for entry in answer.get(part, [])] for part in ("Successful", "Failed")}
    root: ElementTree.Element = read_xml(response)
    return {
        "Successful": texts(root, f"{action}Result/{action}ResultEntry/Id"),
        "Failed": texts(root, f"{action}Result/BatchResultErrorEntry/Id"),
    }


@pytest.mark.parametrize(
    ("entries", "failed"),
    [
        pytest.param("b", ["b"], id="by Id"),
        pytest.param(["c", "a"], ["a", "c"], id="by several Ids, told in the order of the request"),
        pytest.param(0, ["a"], id="by place"),
        pytest.param([2, "b"], ["b", "c"], id="by place and by Id"),
        pytest.param([], ["a", "b", "c"], id="all"),
        pytest.param("x", [], id="one that is not there"),
    ],
)
def test_chosen_entries_fail_and_the_others_are_done(
    account: BrokenAccount, protocol: str, entries: object, failed: list[str]
) -> None:
    account.add(effect="fail-entries", entries=entries)

    told = outcome(account, protocol, "SendMessageBatch", ENTRIES)

    done = [name for name in ("a", "b", "c") if name not in failed]
    assert told == {"Successful": done, "Failed": failed}
    assert [message["Body"] for message in account.receive()] == done


def test_a_failed_entry_is_told_as_the_emulators_own_fault_by_default(account: BrokenAccount) -> None:
    account.add(effect="fail-entries", entries="b")

    answer = account.ask("SendMessageBatch", Entries=ENTRIES)

    assert answer["Failed"] == [{"Id": "b", "SenderFault": False, "Code": "InternalError", "Message": WORDS}]


def test_a_failed_entry_bears_the_error_that_the_rule_says(account: BrokenAccount) -> None:
    account.add(effect="fail-entries", entries="b", error="AccessDenied", message="no")

    answer = account.ask("SendMessageBatch", Entries=ENTRIES)

    assert answer["Failed"] == [{"Id": "b", "SenderFault": True, "Code": "AccessDenied", "Message": "no"}]


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_can_fail_with_any_error(faulty: FaultySqs, name: str) -> None:
    url = faulty.create()
    faulty.add(effect="fail-entries", entries="b", error=name)

    answer = faulty.call("SendMessageBatch", QueueUrl=url, Entries=ENTRIES)

    assert [entry["Id"] for entry in answer["Failed"]] == ["b"]


@pytest.mark.parametrize(
    ("action", "more"),
    [
        pytest.param("DeleteMessageBatch", {}, id="DeleteMessageBatch"),
        pytest.param("ChangeMessageVisibilityBatch", {"VisibilityTimeout": 0}, id="ChangeMessageVisibilityBatch"),
    ],
)
@pytest.mark.parametrize("entries", ["b", []], ids=["one", "all"])
def test_entries_of_the_other_batches_fail_as_well(
    account: BrokenAccount, protocol: str, action: str, more: dict[str, int], entries: object
) -> None:
    for name in ("a", "b", "c"):
        account.send(name)
    got = account.receive()
    handles = [{"Id": message["Body"], "ReceiptHandle": message["ReceiptHandle"], **more} for message in got]
    account.add(effect="fail-entries", entries=entries)

    told = outcome(account, protocol, action, handles)

    failed = ["b"] if entries else ["a", "b", "c"]
    assert told == {"Successful": [name for name in ("a", "b", "c") if name not in failed], "Failed": failed}
    assert account.counts() == (0 if action == "DeleteMessageBatch" else 3 - len(failed), len(failed))


def test_entries_that_fail_by_themselves_are_told_among_the_others(account: BrokenAccount) -> None:
    account.add(effect="fail-entries", entries=["a", "d"])
    bad = {"Id": "c", "MessageBody": ""}

    answer = account.ask("SendMessageBatch", Entries=[*ENTRIES[:2], bad, {"Id": "d", "MessageBody": "d"}])

    assert [(entry["Id"], entry["Code"]) for entry in answer["Failed"]] == [
        ("a", "InternalError"),
        ("c", "MissingParameter"),
        ("d", "InternalError"),
    ]
    assert [entry["Id"] for entry in answer["Successful"]] == ["b"]


def test_two_rules_fail_their_own_entries(account: BrokenAccount) -> None:
    account.add(effect="fail-entries", entries="a", error="OverLimit")
    account.add(effect="fail-entries", entries=[0, "c"])

    answer = account.ask("SendMessageBatch", Entries=ENTRIES)

    assert [(entry["Id"], entry["Code"]) for entry in answer["Failed"]] == [("a", "OverLimit"), ("c", "InternalError")]


def test_a_late_batch_fails_in_part(account: BrokenAccount) -> None:
    account.add(effect="fail-entries", entries="b")
    account.add(effect="latency", seconds=0.01)

    answer = account.ask("SendMessageBatch", Entries=ENTRIES)

    assert [entry["Id"] for entry in answer["Failed"]] == ["b"]
    assert [entry["Id"] for entry in answer["Successful"]] == ["a", "c"]


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        pytest.param([], "AWS.SimpleQueueService.EmptyBatchRequest", id="none"),
        pytest.param(ENTRIES * 4, "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", id="too many"),
        pytest.param(ENTRIES + ENTRIES[:1], "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", id="one twice"),
        pytest.param([{"MessageBody": "a"}], "MissingParameter", id="one without an Id"),
    ],
)
def test_a_batch_that_is_refused_as_a_whole_is_refused(
    account: BrokenAccount, entries: list[dict[str, str]], code: str
) -> None:
    account.add(effect="fail-entries")

    with Connection(account.emulator.url) as connection:
        told = told_by(connection.ask(account.call("SendMessageBatch", Entries=entries)), JSON)

    assert told is not None
    assert told.code == code


def test_the_queue_of_a_batch_must_be_there(faulty: FaultySqs) -> None:
    faulty.add(effect="fail-entries")

    told = faulty.told("SendMessageBatch", QueueUrl="none", Entries=ENTRIES)

    assert told is not None
    assert told.code == "AWS.SimpleQueueService.NonExistentQueue"


def test_single_actions_are_left_alone(account: BrokenAccount) -> None:
    account.add(effect="fail-entries")

    account.send()

    assert account.counted() == [(0, 0)]
