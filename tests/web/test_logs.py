"""The access log and the log of whole requests: readable whatever a client sends, and off unless asked for."""

from __future__ import annotations

import logging
import re
from typing import Final

import pytest

from sqs_emulator.web.logs import attach, log_access, log_wire
from tests.raw_http import http, json_call, query_call
from tests.sqs_by_hand import Sqs

ACCESS: Final = "sqs_emulator.access"
WIRE: Final = "sqs_emulator.wire"


@pytest.fixture(autouse=True)
def _at_info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="sqs_emulator")


def lines(caplog: pytest.LogCaptureFixture, name: str) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == name]


LINES: Final = {
    "JSON": (json_call("SendMessage", {"QueueUrl": "q", "MessageBody": "x"}), "SendMessage q 200"),
    "a whole URL": (
        json_call("PurgeQueue", {"QueueUrl": "http://localhost:9324/000000000000/q"}),
        "PurgeQueue q 200",
    ),
    "a queue's name": (json_call("GetQueueUrl", {"QueueName": "q"}), "GetQueueUrl q 200"),
    "Query": (query_call(b"Action=SendMessage&QueueUrl=q&MessageBody=x"), "SendMessage q 200"),
    "a path": (http("GET", "/000000000000/q?Action=PurgeQueue"), "PurgeQueue q 200"),
    "no queue": (json_call("ListQueues"), "ListQueues - 200"),
    "a refusal": (json_call("PurgeQueue", {"QueueUrl": "none"}), "PurgeQueue none 400"),
    "no action": (http("GET", "/"), "- - 404"),
    "no JSON": (json_call("SendMessage", b"{"), "SendMessage - 400"),
    "a list": (json_call("SendMessage", b"[]"), "SendMessage - 400"),
    "bad UTF-8": (json_call("SendMessage", b'{"QueueUrl":"\xff"}'), "SendMessage - 400"),
    "deep": (json_call("SendMessage", b"[" * 100_000), "SendMessage - 400"),
    "a number": (json_call("SendMessage", b'{"QueueUrl":5}'), "SendMessage 5 400"),
}


@pytest.mark.parametrize(("request_bytes", "line"), LINES.values(), ids=LINES)
def test_a_request_is_a_line(sqs: Sqs, caplog: pytest.LogCaptureFixture, request_bytes: bytes, line: str) -> None:
    sqs.create()
    attach(sqs.api, access=True, wire=False)

    sqs.ask(request_bytes)

    (logged,) = lines(caplog, ACCESS)
    assert re.fullmatch(re.escape(line) + r" \d+us", logged)


@pytest.mark.parametrize(
    "request_bytes",
    [
        json_call("PurgeQueue", {"QueueUrl": "q\nSendMessage forged 200 1us"}),
        query_call(b"Action=A%0ASendMessage+forged+200+1us"),
        http("GET", "/?Action=A%0D%0AB&QueueUrl=%1b[31mred"),
    ],
    ids=["queue", "action", "escape"],
)
def test_a_client_cannot_write_lines_of_its_own(
    sqs: Sqs, caplog: pytest.LogCaptureFixture, request_bytes: bytes
) -> None:
    attach(sqs.api, access=True, wire=False)

    sqs.ask(request_bytes)

    (logged,) = lines(caplog, ACCESS)
    assert logged.isprintable()


def test_a_waiting_poll_is_logged_when_it_is_answered(sqs: Sqs, caplog: pytest.LogCaptureFixture) -> None:
    url = sqs.create()
    attach(sqs.api, access=True, wire=True)

    sqs.poll(QueueUrl=url)
    before = len(lines(caplog, ACCESS))
    sqs.send(url)

    assert before == 0
    assert [line.partition(" ")[0] for line in lines(caplog, ACCESS)] == ["SendMessage", "ReceiveMessage"]
    assert len([line for line in lines(caplog, WIRE) if line.startswith("<")]) == 2


def test_an_abandoned_poll_is_abandoned_through_the_log(sqs: Sqs) -> None:
    url = sqs.create()
    attach(sqs.api, access=True, wire=True)

    sqs.poll(QueueUrl=url).abandon()
    sqs.send(url)

    assert len(sqs.receive(url)) == 1


def test_the_wire_is_logged_whole(sqs: Sqs, caplog: pytest.LogCaptureFixture) -> None:
    sqs.create()
    attach(sqs.api, access=False, wire=True)

    sqs.ask(json_call("SendMessage", {"QueueUrl": "q", "MessageBody": "sésame\n"}))

    request, answer = lines(caplog, WIRE)
    assert request.startswith("> 192.0.2.1:1234 POST /\n")
    assert "x-amz-target: AmazonSQS.SendMessage" in request
    assert "MessageBody" in request
    assert answer.startswith("< 192.0.2.1:1234 200\n")
    assert "MD5OfMessageBody" in answer
    assert lines(caplog, ACCESS) == []


def test_bytes_of_all_kinds_are_logged_as_text(sqs: Sqs, caplog: pytest.LogCaptureFixture) -> None:
    attach(sqs.api, access=False, wire=True)

    sqs.ask(http("POST", "/", {"User-Agent": "\xff\xfe"}, bytes(range(256))))

    request, _ = lines(caplog, WIRE)
    assert all(line.isprintable() for line in request.split("\n"))
    assert request.isascii()


def test_without_being_asked_for_nothing_is_logged(sqs: Sqs, caplog: pytest.LogCaptureFixture) -> None:
    sqs.create()
    sqs.ask(json_call("Nonsense"))

    assert caplog.records == []


def test_a_log_that_was_taken_off_leaves_no_trace(sqs: Sqs, caplog: pytest.LogCaptureFixture) -> None:
    before = sqs.api.answer
    attach(sqs.api, access=True, wire=True)
    sqs.api.unwrap(log_access)
    sqs.ask(json_call("ListQueues"))
    sqs.api.unwrap(log_wire)

    assert sqs.api.answer == before
    assert lines(caplog, ACCESS) == []
    assert len(lines(caplog, WIRE)) == 2
