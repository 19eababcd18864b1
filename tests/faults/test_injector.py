"""The one seam: there while there are rules, and gone without a trace with the last of them."""

from __future__ import annotations

from sqs_emulator.contract.action import Action, Request
from sqs_emulator.faults.effects import DeliverTwice, Fewer
from sqs_emulator.faults.rules import FaultRule
from sqs_emulator.services.call import Call
from sqs_emulator.services.dispatch import dispatch
from sqs_emulator.services.pending import Outcome
from tests.faults.conftest import FaultySqs


def test_the_dispatcher_is_exchanged_while_there_are_rules(faulty: FaultySqs) -> None:
    assert faulty.api.dispatch is dispatch

    first = faulty.add(effect="drop", action="PurgeQueue")
    exchanged = faulty.api.dispatch
    second = faulty.add(effect="drop", action="PurgeQueue")
    faulty.injector.remove(lambda active: active is first)

    assert exchanged is not dispatch
    assert faulty.api.dispatch is exchanged, "once, however many rules there are"
    faulty.injector.remove(lambda active: active is second)
    assert faulty.api.dispatch is dispatch


def test_rules_come_and_go_as_often_as_one_likes(faulty: FaultySqs) -> None:
    for _ in range(3):
        rule = faulty.add(effect="drop", action="ListQueues")
        assert faulty.outcome("ListQueues") == "nothing"
        faulty.injector.remove(lambda active, rule=rule: active is rule)  # type: ignore[misc]
        assert faulty.outcome("ListQueues") == 200


def test_what_somebody_else_wrapped_around_it_stays(faulty: FaultySqs) -> None:
    rule = faulty.add(effect="drop", action="ListQueues")
    inner, seen = faulty.api.dispatch, []

    def wrapped(action: Action, call: Call, request: Request) -> Outcome:
        seen.append(action.name)
        return inner(action, call, request)

    faulty.api.dispatch = wrapped
    faulty.injector.remove(lambda active: active is rule)
    assert faulty.outcome("ListQueues") == 200
    faulty.add(effect="drop", action="ListQueues")
    assert faulty.outcome("ListQueues") == "nothing"

    assert seen == ["ListQueues", "ListQueues"]
    faulty.api.dispatch = inner


def test_calls_that_no_rule_is_about_go_their_way(faulty: FaultySqs) -> None:
    url = faulty.create()
    rules = faulty.injector.add(
        FaultRule(effect=Fewer(1), queue="others"), FaultRule(effect=DeliverTwice(), queue="others")
    )

    faulty.send(url, "a")
    faulty.send(url, "b")
    poll_is_answered = [message["Body"] for message in faulty.receive(url)]
    poll = faulty.poll(QueueUrl=url)
    faulty.send(url, "c")

    assert poll_is_answered == ["a", "b"]
    assert [message["Body"] for message in poll.messages()] == ["c"]
    assert [(rule.matched, rule.applied) for rule in rules] == [(0, 0), (0, 0)]
