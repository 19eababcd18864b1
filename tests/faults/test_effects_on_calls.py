"""What each effect makes of a call, in both protocols and behind both coats: told as AWS tells it, or not at all."""

from __future__ import annotations

from typing import Any, Final

import pytest

from sqs_emulator.contract.sqs.errors import WIRE_ERRORS
from sqs_emulator.core.errors import SqsError
from sqs_emulator.faults.errors import NAMES
from tests.faults.conftest import BrokenAccount, FaultySqs
from tests.raw_http import Connection
from tests.spec.catalogue import CATALOGUE, NEVER_ANSWERED, told_by
from tests.spec.spelling import JSON, PROTOCOLS

SHAPES: Final[dict[str, type[SqsError]]] = {shape.__name__: shape for shape in WIRE_ERRORS}
SEND: Final[dict[str, Any]] = {"MessageBody": "hello"}


def test_every_error_that_the_wire_can_spell_has_a_name() -> None:
    assert set(NAMES) == set(SHAPES)
    assert {"RequestThrottled", "KmsThrottled", "OverLimit", "AccessDenied", "ExpiredToken"} <= set(NAMES)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", NAMES)
def test_an_error_is_told_as_aws_tells_it(faulty: FaultySqs, protocol: str, name: str) -> None:
    url = faulty.create()
    faulty.add(effect="error", error=name, action="SendMessage")

    told = faulty.told("SendMessage", protocol, QueueUrl=url, **SEND)

    row = WIRE_ERRORS[SHAPES[name]]
    assert told is not None
    assert (told.status, told.code, told.fault) == (row.status, row.query, row.fault)
    assert told.type == (row.json if protocol == JSON else None)
    assert "{" not in told.message
    assert (told.message == "") == (name == "UnknownOperation")
    assert faulty.counts(url) == (0, 0, 0)


@pytest.mark.parametrize("shape", NEVER_ANSWERED)
def test_what_no_request_can_bring_about_a_rule_can(faulty: FaultySqs, shape: str) -> None:
    url = faulty.create()
    rule = faulty.add(effect="error", error=shape)

    told = faulty.told("SendMessage", QueueUrl=url, **SEND)

    assert told is not None
    assert (told.code, told.status) == CATALOGUE[shape][:2]
    assert (rule.matched, rule.applied) == (1, 1)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("NonExistentQueue", "AWS.SimpleQueueService.NonExistentQueue", id="the end of the Query code"),
        pytest.param("AWS.SimpleQueueService.NonExistentQueue", "AWS.SimpleQueueService.NonExistentQueue", id="Query"),
        pytest.param("KMS.ThrottlingException", "KMS.ThrottlingException", id="Query code of KMS"),
        pytest.param("ThrottlingException", "Throttling", id="a shape of its own, not KMS's"),
        pytest.param("AccessDeniedException", "AccessDenied", id="JSON shape"),
        pytest.param("ExpiredTokenException", "ExpiredToken", id="JSON shape of the framework"),
    ],
)
def test_an_error_goes_by_each_of_its_names(account: BrokenAccount, name: str, code: str) -> None:
    account.add(effect="error", error=name, action="SendMessage")

    with Connection(account.emulator.url) as connection:
        response = connection.ask(account.call("SendMessage", **SEND))

    assert response.headers["x-amzn-query-error"] == f"{code};Sender"


DENIED: Final = (
    "User: arn:aws:iam::{account}:user/local is not authorized to perform: sqs:{permission} "
    "on resource: arn:aws:sqs:us-east-1:{account}:{queue} "
    "because no identity-based policy allows the sqs:{permission} action"
)
TOLD: Final = {
    "error": (
        {"effect": "error", "error": "RequestThrottled"},
        (403, "RequestThrottled", "Request is throttled."),
    ),
    "error with words": (
        {"effect": "error", "error": "InternalError", "message": "<no>"},
        (500, "InternalError", "<no>"),
    ),
    "deny": ({"effect": "deny"}, (403, "AccessDenied", DENIED)),
    "expire-credentials": (
        {"effect": "expire-credentials"},
        (403, "ExpiredToken", "The security token included in the request is expired"),
    ),
}


@pytest.mark.parametrize(("rule", "expected"), TOLD.values(), ids=TOLD.keys())
def test_a_refusal_is_answered_and_nothing_is_done(
    account: BrokenAccount, protocol: str, rule: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    account.add(**rule, action="SendMessage")
    status, code, words = expected

    with Connection(account.emulator.url) as connection:
        told = told_by(connection.ask(account.call("SendMessage", protocol, **SEND)), protocol)
        after = connection.ask(account.call("GetQueueUrl", protocol, QueueName="q"))

    assert told is not None
    assert (told.status, told.code) == (status, code)
    assert told.message == words.format(account=account.number, permission="sendmessage", queue="q")
    assert after.status == 200, "the connection goes on"
    assert account.counts() == (0, 0)
    assert account.counted() == [(1, 1)]


@pytest.mark.parametrize(
    ("action", "members", "permission", "queue"),
    [
        pytest.param("ListQueues", {}, "listqueues", "", id="ListQueues"),
        pytest.param("CreateQueue", {"QueueName": "new"}, "createqueue", "new", id="CreateQueue"),
        pytest.param("GetQueueUrl", {"QueueName": "q"}, "getqueueurl", "q", id="GetQueueUrl"),
        pytest.param("SendMessageBatch", {"Entries": []}, "sendmessage", "q", id="a batch"),
        pytest.param(
            "StartMessageMoveTask", {"SourceArn": "arn:aws:sqs:us-east-1:{account}:dead"}, "startmessagemovetask",
            "dead", id="a move task",
        ),
    ],
)  # fmt: skip
def test_a_denial_names_permission_and_resource(
    account: BrokenAccount, action: str, members: dict[str, Any], permission: str, queue: str
) -> None:
    account.add(effect="deny", action=action)
    filled = {name: member.format(account=account.number) if isinstance(member, str) else member
              for name, member in members.items()}  # fmt: skip

    with Connection(account.emulator.url) as connection:
        told = told_by(connection.ask(account.call(action, **filled)), JSON)

    assert told is not None
    assert told.message == DENIED.format(account=account.number, permission=permission, queue=queue)


@pytest.mark.parametrize(
    ("status", "more", "body", "content_type"),
    [
        pytest.param(503, {}, b"", None, id="no body"),
        pytest.param(500, {"body": "é"}, "é".encode(), "text/plain", id="a text"),
        pytest.param(502, {"body": "<html>", "content_type": "text/html"}, b"<html>", "text/html", id="a page"),
        pytest.param(429, {}, b"", None, id="429"),
        pytest.param(599, {}, b"", None, id="a status without a name"),
    ],
)
def test_a_bare_status_is_all_that_is_answered(
    account: BrokenAccount, protocol: str, status: int, more: dict[str, str], body: bytes, content_type: str | None
) -> None:
    account.add(effect="status", status=status, action="SendMessage", **more)

    with Connection(account.emulator.url) as connection:
        response = connection.ask(account.call("SendMessage", protocol, **SEND))
        after = connection.ask(account.call("GetQueueUrl", protocol, QueueName="q"))

    assert (response.status, response.body, response.headers.get("content-type")) == (status, body, content_type)
    assert "x-amzn-requestid" not in response.headers
    assert after.status == 200, "the connection goes on"
    assert account.counts() == (0, 0)


def test_both_coats_say_the_same_of_a_bare_status(emulators: dict[str, Any]) -> None:
    said = []
    for emulator in emulators.values():
        account = BrokenAccount(emulator)
        account.add(effect="status", status=503, body="no", action="SendMessage")
        with Connection(emulator.url) as connection:
            raw = connection.ask(account.call("SendMessage", **SEND)).raw
        said.append([line for line in raw.split(b"\r\n") if not line.startswith(b"date:")])
        account.close()

    assert said[0] == said[1]
    assert said[0][0] == b"HTTP/1.1 503 Service Unavailable"


@pytest.mark.parametrize("asked", [None, 1, 5, 10])
def test_a_receive_gets_fewer(account: BrokenAccount, protocol: str, asked: int | None) -> None:
    for number in range(10):
        account.send(str(number))
    account.add(effect="fewer", at_most=3)

    with Connection(account.emulator.url) as connection:
        members = {} if asked is None else {"MaxNumberOfMessages": asked}
        assert connection.ask(account.call("ReceiveMessage", protocol, **members)).status == 200

    visible, in_flight = account.counts()
    assert (visible + in_flight, in_flight) == (10, min(asked or 1, 3))


def test_a_receive_gets_nothing_though_there_are_messages(account: BrokenAccount, protocol: str) -> None:
    account.send()
    account.add(effect="fewer", at_most=0, times=1)

    with Connection(account.emulator.url) as connection:
        empty = connection.ask(account.call("ReceiveMessage", protocol, WaitTimeSeconds=20))

    assert empty.status == 200
    assert b"hello" not in empty.body
    assert [message["Body"] for message in account.receive()] == ["hello"]


@pytest.mark.parametrize("number", [11, 0])
def test_a_receive_that_asks_for_too_much_is_refused_all_the_same(account: BrokenAccount, number: int) -> None:
    account.add(effect="fewer", at_most=3)

    with Connection(account.emulator.url) as connection:
        response = connection.ask(account.call("ReceiveMessage", MaxNumberOfMessages=number))

    assert response.status == 400


def test_a_fifo_queue_gives_fewer_too(faulty: FaultySqs) -> None:
    url = faulty.create("q.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    for number in range(4):
        faulty.send(url, str(number), MessageGroupId="g")
    faulty.add(effect="fewer", at_most=2)

    assert [message["Body"] for message in faulty.receive(url)] == ["0", "1"]
