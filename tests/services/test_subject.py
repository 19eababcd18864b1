"""What a request is about, as whoever stands around the handlers asks for it."""

from __future__ import annotations

from typing import Any

import pytest

from sqs_emulator.contract.sqs import ACTIONS
from sqs_emulator.core.errors import MissingParameter, QueueDoesNotExist
from sqs_emulator.services.call import Call
from sqs_emulator.services.subject import Subject, queue_of
from tests.sqs_by_hand import START, Sqs, queue_url

OWN, OTHER = "000000000000", "111122223333"


@pytest.fixture
def call(sqs: Sqs) -> Call:
    return Call(sqs.broker, OWN, "us-east-1", None, None, lambda _request: "")


def subject(call: Call, action: str, **fields: Any) -> Subject:
    return Subject(ACTIONS[action], call, ACTIONS[action].request(**fields))


@pytest.mark.parametrize(
    ("action", "fields", "place"),
    [
        ("SendMessage", {"queue_url": queue_url("q")}, (OWN, "us-east-1", "q")),
        ("SendMessage", {"queue_url": "q"}, (OWN, "us-east-1", "q")),
        ("SendMessage", {"queue_url": queue_url("q", OTHER)}, (OTHER, "us-east-1", "q")),
        ("SendMessage", {"queue_url": f"http://h/queue/eu-west-1/{OTHER}/q"}, (OTHER, "eu-west-1", "q")),
        ("SendMessage", {"queue_url": "http://h/x"}, (OWN, "us-east-1", None)),
        ("SendMessage", {}, (OWN, "us-east-1", None)),
        ("CreateQueue", {"queue_name": "q"}, (OWN, "us-east-1", "q")),
        ("GetQueueUrl", {"queue_name": "q", "queue_owner_account_id": OTHER}, (OTHER, "us-east-1", "q")),
        ("StartMessageMoveTask", {"source_arn": f"arn:aws:sqs:eu-west-1:{OTHER}:q"}, (OTHER, "eu-west-1", "q")),
        ("StartMessageMoveTask", {"source_arn": f"arn:aws:sns:eu-west-1:{OTHER}:q"}, (OWN, "us-east-1", None)),
        ("ListQueues", {}, (OWN, "us-east-1", None)),
    ],
)
def test_a_request_names_a_queue_by_url_name_or_arn_or_none(
    call: Call, action: str, fields: dict[str, str], place: tuple[str, str, str | None]
) -> None:
    found = subject(call, action, **fields)

    assert (found.account, found.region, found.queue_name) == place


def test_its_queue_is_the_one_that_is_there_when_it_is_asked(sqs: Sqs, call: Call) -> None:
    found = subject(call, "SendMessage", queue_url="q")

    before = found.queue
    sqs.create()

    assert before is None
    assert found.queue is sqs.queue()
    assert str(found.arn) == sqs.queue().arn


def test_a_message_is_found_by_any_receipt_handle_of_its_queue_while_it_is_there(sqs: Sqs, call: Call) -> None:
    url = sqs.create()
    sqs.send(sqs.create("other"), "y")
    sqs.send(url, "x")
    (received,) = sqs.receive(url, VisibilityTimeout=0)
    handle = received["ReceiptHandle"]
    about, elsewhere = subject(call, "DeleteMessage", queue_url="q"), subject(call, "DeleteMessage", queue_url="other")

    found = about.message(handle)
    of_another_queue = elsewhere.message(handle)
    sqs.call("DeleteMessage", QueueUrl=url, ReceiptHandle=handle)

    assert found is not None
    assert found.body == "x"
    assert of_another_queue is about.message("none") is None
    assert about.message(handle) is None


def test_a_handler_gets_the_queue_and_the_moment_by_its_own_clock(sqs: Sqs, call: Call) -> None:
    sqs.create(key=OTHER)
    sqs.broker.account(OTHER).clock.move_to(START + 5_000)

    queue, now = queue_of(call, queue_url("q", OTHER))

    assert queue is sqs.queue(account=OTHER)
    assert now == START + 5_000


@pytest.mark.parametrize(("url", "error"), [(None, MissingParameter), ("", MissingParameter), ("q", QueueDoesNotExist),
                                            ("http://h/x", QueueDoesNotExist)])  # fmt: skip
def test_a_handler_is_refused_what_is_not_there(call: Call, url: str | None, error: type[Exception]) -> None:
    with pytest.raises(error):
        queue_of(call, url)
