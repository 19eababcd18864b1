"""The specification's error tables, row by row, in both protocols: each refusal, and that it changes nothing."""

from __future__ import annotations

import json
from typing import Final

import pytest

from sqs_emulator.contract.sqs import ACTIONS
from sqs_emulator.contract.sqs.errors import WIRE_ERRORS
from sqs_emulator.services.dispatch import Order
from tests.raw_http import http, json_call, query_call
from tests.spec.catalogue import CATALOGUE, NEVER_ANSWERED, UNKNOWN_WORDS, Told, told_by
from tests.spec.errors_of_messages import ERRORS_OF_ENTRIES, ERRORS_OF_MESSAGES
from tests.spec.errors_of_move_tasks import ERRORS_OF_MOVE_TASKS
from tests.spec.errors_of_protocols import (
    BROKEN_JSON,
    BROKEN_QUERY,
    INTEGERS,
    NO_PAGE,
    NOT_INTEGERS,
    IntegerParameter,
)
from tests.spec.errors_of_queues import ERRORS_OF_QUEUES, ON_A_QUEUE, REQUIRED
from tests.spec.handles import APPLIED, FIFO, FOREIGN, SETTINGS, STANDARD, Outcome, Situation, situations
from tests.spec.rows import EntryRow, Row, Taken, each_protocol
from tests.spec.scene import Scene, nothing_changes
from tests.spec.spelling import JSON, PROTOCOLS, QUERY
from tests.spec.taken import TAKEN
from tests.sqs_by_hand import read_json, read_xml

TABLES: Final = {**ERRORS_OF_QUEUES, **ERRORS_OF_MESSAGES, **ERRORS_OF_MOVE_TASKS}
REFUSED: Final = [pytest.param(row, protocol, id=name) for name, row, protocol in each_protocol(TABLES)]


@pytest.mark.parametrize(("row", "protocol"), REFUSED)
def test_a_refusal_is_as_specified_and_changes_nothing(row: Row, protocol: str) -> None:
    with nothing_changes(row.given, row.limits) as scene:
        told = scene.refusal(protocol, row.action, row.members)

    assert told is not None, "it was not refused"
    expected = row.error._replace(message=scene.fill(row.error.message)).told_in(protocol)
    assert told.with_words_of(expected) == expected
    assert told.message


# Entries of batches.

ENTRIES: Final = [
    pytest.param(row, protocol, id=f"{section} {row.action}: {row.situation} ({protocol})")
    for section, rows in ERRORS_OF_ENTRIES.items()
    for row in rows
    for protocol in PROTOCOLS
]


@pytest.mark.parametrize(("row", "protocol"), ENTRIES)
def test_an_entry_that_fails_is_told_of_and_changes_nothing(row: EntryRow, protocol: str) -> None:
    with nothing_changes(row.given) as scene:
        failed = failures(scene, protocol, row)

    expected = Told(200, None, row.code, "Sender", scene.fill(row.message))
    assert [entry.with_words_of(expected) for entry in failed] == [expected]
    assert failed[0].message


def failures(scene: Scene, protocol: str, row: EntryRow) -> list[Told]:
    """Make the call, which answers 200, and return what its `Failed` says; nothing succeeds."""
    response = scene.ask(protocol, row.action, {"QueueUrl": row.queue_url, "Entries": [row.entry]})
    if protocol == JSON:
        answer = read_json(response)
        assert answer.keys() == {"Failed"}
        told = [entry | {"SenderFault": str(entry["SenderFault"]).lower()} for entry in answer["Failed"]]
    else:
        (result,) = read_xml(response).findall(f"{row.action}Result")
        assert {element.tag for element in result} == {"BatchResultErrorEntry"}
        told = [{child.tag: child.text for child in element} for element in result]
    assert [(entry["Id"], entry["SenderFault"]) for entry in told] == [("1", "true")]
    return [Told(200, None, entry["Code"], "Sender", entry["Message"]) for entry in told]


# Receipt handles.

MATRIX: Final = [
    pytest.param(url, situation, change, protocol, id=f"{name}, {url}, {'Change' if change else 'Delete'} ({protocol})")
    for url in (STANDARD, FIFO)
    for name, situation in situations(url)
    for change in (False, True)
    for protocol in PROTOCOLS
]


@pytest.mark.parametrize(("url", "situation", "change", "protocol"), MATRIX)
def test_a_receipt_handle_does_what_its_situation_says(
    url: str, situation: Situation, change: bool, protocol: str
) -> None:
    scene = Scene(situation.given, setting=SETTINGS[url])
    scene.words["<handle>"] = (scene.handles or ["nonsense"])[0 if situation.old else -1]
    outcome = situation.changes if change else situation.deletes
    asked = url.replace("q", "other") if outcome is FOREIGN else url
    members = {"QueueUrl": asked, "ReceiptHandle": "<handle>"} | ({"VisibilityTimeout": 60} if change else {})
    before = scene.snapshot()

    told = scene.refusal(protocol, "ChangeMessageVisibility" if change else "DeleteMessage", members)

    assert told == expected_error(scene, outcome, protocol)
    if outcome.counts is None:
        assert scene.snapshot() == before
    else:
        assert scene.sqs.counts(url) == outcome.counts
    if outcome is APPLIED:
        scene.play((59,))
        assert scene.sqs.counts(url) == (0, 1, 0)
        scene.play((1,))
        assert scene.sqs.counts(url) == (1, 0, 0)


def expected_error(scene: Scene, outcome: Outcome, protocol: str) -> Told | None:
    if outcome.error is None:
        return None
    return outcome.error._replace(message=scene.fill(outcome.error.message)).told_in(protocol)


# What never becomes an action.


@pytest.mark.parametrize(("request_bytes", "expected"), BROKEN_JSON.values(), ids=BROKEN_JSON)
def test_what_is_no_action_in_json_is_refused(request_bytes: bytes, expected: Told) -> None:
    assert_refused(request_bytes, expected, JSON)


@pytest.mark.parametrize(("request_bytes", "expected"), BROKEN_QUERY.values(), ids=BROKEN_QUERY)
def test_what_is_no_action_in_query_is_refused(request_bytes: bytes, expected: Told) -> None:
    assert_refused(request_bytes, expected, QUERY)


@pytest.mark.parametrize("value", NOT_INTEGERS, ids=lambda value: ascii(value[:6]))
@pytest.mark.parametrize("parameter", INTEGERS, ids=lambda parameter: f"{parameter.action} {parameter.name}")
def test_what_is_no_integer_is_refused_in_query(parameter: IntegerParameter, value: str) -> None:
    form = dict(pair.split("=") for pair in parameter.form.split("&") if pair)
    call = query_call({"Action": parameter.action, **form, parameter.name: value})

    assert_refused(call, Told(400, None, "InvalidParameterValue", "Sender", UNKNOWN_WORDS), QUERY)


def assert_refused(request_bytes: bytes, expected: Told, protocol: str) -> None:
    with nothing_changes() as scene:
        told = told_by(scene.sqs.ask(request_bytes), protocol)

    assert told is not None
    assert told.with_words_of(expected) == expected


@pytest.mark.parametrize("request_bytes", NO_PAGE.values(), ids=NO_PAGE)
def test_a_request_without_an_action_finds_no_page(request_bytes: bytes) -> None:
    with nothing_changes() as scene:
        response = scene.sqs.ask(request_bytes)

    assert (response.status, response.body) == (404, b"<UnknownOperationException/>")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_failure_inside_is_the_receivers_fault(protocol: str, caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    scene.sqs.api.dispatcher.add(fail, Order.FAULTS)
    told = scene.refusal(protocol, "ListQueues", {})

    assert told is not None
    assert told[:4] == (
        500,
        "com.amazonaws.sqs#InternalError" if protocol == JSON else None,
        "InternalError",
        "Receiver",
    )
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("accept", [False, True], ids=["XML", "JSON"])
def test_a_refusal_in_query_is_as_clients_parse_it(accept: bool) -> None:
    scene = Scene()
    headers = {"Accept": "application/json"} if accept else {}

    response = scene.sqs.ask(http("GET", "/000000000000/missing?Action=PurgeQueue", headers))

    assert response.status == 400
    request_id = response.headers["x-amzn-requestid"]
    code = "AWS.SimpleQueueService.NonExistentQueue"
    message = "The specified queue does not exist for this wsdl version."
    if accept:
        error = {"Code": code, "Message": message, "Type": "Sender"}
        assert json.loads(response.body) == {"Error": error, "RequestId": request_id}
    else:
        assert response.body.decode() == (
            '<?xml version="1.0"?><ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error>'
            f"<Type>Sender</Type><Code>{code}</Code><Message>{message}</Message><Detail/></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )


# What looks wrong, and is taken.


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("row", TAKEN, ids=lambda row: f"{row.action}: {row.situation}")
def test_what_the_tables_do_not_refuse_is_taken(row: Taken, protocol: str) -> None:
    scene = Scene(row.given, limits=row.limits)

    response = scene.ask(protocol, row.action, row.members)

    assert told_by(response, protocol) is None
    assert b'"Failed":' not in response.body
    assert b"<BatchResultErrorEntry>" not in response.body


# That the tables are whole, and the means to compare states good.


def test_every_error_of_the_catalogue_is_in_a_row_or_never_answered() -> None:
    in_rows = {row.error.shape for rows in TABLES.values() for row in rows}

    assert in_rows | NEVER_ANSWERED.keys() == CATALOGUE.keys()
    assert in_rows.isdisjoint(NEVER_ANSWERED)


def test_the_emulator_spells_errors_as_the_catalogue_does() -> None:
    spelt = {wire.json.partition("#")[2]: wire for wire in WIRE_ERRORS.values()}

    for shape in spelt.keys() & CATALOGUE.keys():
        expected, wire = CATALOGUE[shape], spelt[shape]
        assert (wire.json, wire.query, wire.status) == (expected.namespace + shape, *expected[:2])
    assert CATALOGUE.keys() - spelt.keys() <= NEVER_ANSWERED.keys()


def test_every_action_is_refused_somewhere() -> None:
    assert {row.action for rows in TABLES.values() for row in rows} == ACTIONS.keys()
    assert ON_A_QUEUE.keys() | REQUIRED.keys() | {"ListQueues"} == ACTIONS.keys()


SEEN: Final = {
    "a message": ("SendMessage", {"QueueUrl": "standard", "MessageBody": "x"}),
    "a deduplication": ("SendMessage", {"QueueUrl": "orders.fifo", "MessageBody": "x", "MessageGroupId": "g",
                                        "MessageDeduplicationId": "new"}),
    "a receive": ("ReceiveMessage", {"QueueUrl": "standard"}),
    "a receive for no time": ("ReceiveMessage", {"QueueUrl": "standard", "VisibilityTimeout": 0}),
    "a timeout": ("ChangeMessageVisibility", {"QueueUrl": "standard", "ReceiptHandle": "<handle>",
                                              "VisibilityTimeout": 31}),
    "a deletion": ("DeleteMessage", {"QueueUrl": "standard", "ReceiptHandle": "<handle>"}),
    "a purge": ("PurgeQueue", {"QueueUrl": "standard"}),
    "an empty queue's purge": ("PurgeQueue", {"QueueUrl": "guarded"}),
    "a queue": ("CreateQueue", {"QueueName": "new"}),
    "a queue's end": ("DeleteQueue", {"QueueUrl": "guarded"}),
    "an attribute": ("SetQueueAttributes", {"QueueUrl": "standard", "Attributes": {"DelaySeconds": "1"}}),
    "a tag": ("TagQueue", {"QueueUrl": "standard", "Tags": {"team": "red"}}),
    "a tag's end": ("UntagQueue", {"QueueUrl": "standard", "TagKeys": ["team"]}),
    "a permission": ("AddPermission", {"QueueUrl": "dead", "Label": "new", "AWSAccountIds": ["111111111111"],
                                       "Actions": ["*"]}),
    "a permission's end": ("RemovePermission", {"QueueUrl": "standard", "Label": "known"}),
    "a move task": ("StartMessageMoveTask", {"SourceArn": "arn:aws:sqs:us-east-1:000000000000:dead"}),
}  # fmt: skip


@pytest.mark.parametrize(("action", "members"), SEEN.values(), ids=SEEN)
def test_a_change_is_seen(action: str, members: dict[str, object]) -> None:
    scene = Scene()
    before = scene.snapshot()

    scene.call(action, **members)

    assert scene.snapshot() != before


@pytest.mark.parametrize("action", ["ListQueues", "GetQueueAttributes", "ListQueueTags", "GetQueueUrl"])
def test_to_look_is_no_change(action: str) -> None:
    members = {"QueueUrl": "standard", "QueueName": "standard", "AttributeNames": ["All"]}

    with nothing_changes() as scene:
        response = scene.sqs.ask(json_call(action, members))

    assert response.status == 200
