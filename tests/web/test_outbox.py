"""Whoever is owed an answer gets it after the step; nobody's answer depends on another's."""

from __future__ import annotations

import logging

import pytest

from sqs_emulator.core.receives import Delivery
from sqs_emulator.web.http import Reply
from tests.raw_http import json_call
from tests.sqs_by_hand import Sqs, request_of


def break_the_answer_of_the_oldest_poll(sqs: Sqs) -> None:
    def broken(_deliveries: list[Delivery]) -> None:
        raise RuntimeError("its connection is in no state to be written to")

    waiter = sqs.queue().waiters.oldest()
    assert waiter is not None
    waiter.answer = broken


def test_a_send_is_answered_though_a_waiter_cannot_be(sqs: Sqs, caplog: pytest.LogCaptureFixture) -> None:
    url = sqs.create()
    sqs.poll(QueueUrl=url, MaxNumberOfMessages=1)
    healthy = sqs.poll(QueueUrl=url, MaxNumberOfMessages=1)
    break_the_answer_of_the_oldest_poll(sqs)
    entries = [{"Id": name, "MessageBody": name} for name in ("a", "b")]

    with caplog.at_level(logging.ERROR, logger="sqs_emulator"):
        answer = sqs.call("SendMessageBatch", QueueUrl=url, Entries=entries)

    assert [entry["Id"] for entry in answer["Successful"]] == ["a", "b"]
    assert [message["Body"] for message in healthy.messages()] == ["b"]
    assert [record.message for record in caplog.records] == ["a waiting receive could not be answered"]


def test_a_waiter_is_answered_after_the_step_that_serves_it(sqs: Sqs) -> None:
    url = sqs.create()
    poll = sqs.poll(QueueUrl=url)

    reply = sqs.api.answer(request_of(json_call("SendMessage", {"QueueUrl": url, "MessageBody": "hello"})))

    assert isinstance(reply, Reply)
    assert poll.is_waiting
    assert sqs.broker.outbox.owed
