"""The one seam: there while there are rules, and gone without a trace with the last of them."""

from __future__ import annotations

import pytest

from sqs_emulator.contract.action import Action, Request
from sqs_emulator.faults.effects import DeliverTwice, Fewer
from sqs_emulator.faults.injector import MOST_RULES
from sqs_emulator.faults.rules import FaultError, FaultRule
from sqs_emulator.services.call import Call
from sqs_emulator.services.dispatch import Handler, Order
from sqs_emulator.services.pending import Outcome
from tests.faults.conftest import FaultySqs


def test_there_is_a_layer_while_there_are_rules(faulty: FaultySqs) -> None:
    layers = faulty.api.dispatcher.layers
    assert layers == []

    first = faulty.add(effect="drop", action="PurgeQueue")
    with_one = faulty.api.dispatcher.layers
    second = faulty.add(effect="drop", action="PurgeQueue")
    faulty.injector.remove(lambda active: active is first)

    assert len(with_one) == 1
    assert faulty.api.dispatcher.layers == with_one, "once, however many rules there are"
    faulty.injector.remove(lambda active: active is second)
    assert faulty.api.dispatcher.layers == []


def test_rules_come_and_go_as_often_as_one_likes(faulty: FaultySqs) -> None:
    for _ in range(3):
        rule = faulty.add(effect="drop", action="ListQueues")
        assert faulty.outcome("ListQueues") == "nothing"
        faulty.injector.remove(lambda active, rule=rule: active is rule)  # type: ignore[misc]
        assert faulty.outcome("ListQueues") == 200


def test_a_layer_of_somebody_elses_stays(faulty: FaultySqs) -> None:
    rule = faulty.add(effect="latency", seconds=0, action="ListQueues")
    seen = []

    def layer(action: Action, call: Call, request: Request, proceed: Handler) -> Outcome:
        seen.append(action.name)
        return proceed(call, request)

    faulty.api.dispatcher.add(layer, Order.FAULTS)
    faulty.injector.remove(lambda active: active is rule)
    assert faulty.outcome("ListQueues") == 200
    faulty.add(effect="drop", action="ListQueues")
    assert faulty.outcome("ListQueues") == "nothing"

    assert seen == ["ListQueues", "ListQueues"]
    faulty.api.dispatcher.remove(layer)


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


def test_a_call_asks_the_rules_of_its_own_action_alone(faulty: FaultySqs, monkeypatch: pytest.MonkeyPatch) -> None:
    url = faulty.create()
    for _ in range(900):
        faulty.add(effect="drop", action="PurgeQueue", queue="another")
    asked: list[str] = []
    is_about = FaultRule.is_about

    def counted(rule: FaultRule, action: str, account: str, queue: str | None) -> bool:
        asked.append(action)
        return is_about(rule, action, account, queue)

    monkeypatch.setattr(FaultRule, "is_about", counted)

    faulty.send(url)

    assert asked == []


def test_so_many_rules_can_be_in_force_and_no_more(faulty: FaultySqs) -> None:
    for _ in range(MOST_RULES):
        faulty.add(effect="drop", action="PurgeQueue", queue="another")

    with pytest.raises(FaultError, match="1000 rules are in force; allowed are 1000 at one time"):
        faulty.add(effect="drop", action="PurgeQueue")
