"""Rules: what is refused and why, which calls they are about, and when they apply."""

from __future__ import annotations

import tomllib
from typing import Any, Final

import pytest

from sqs_emulator.faults.active import ActiveRule
from sqs_emulator.faults.doing import DOING
from sqs_emulator.faults.effects import EFFECTS, Error, Latency, Shuffle
from sqs_emulator.faults.errors import NAMES
from sqs_emulator.faults.parsing import parse_rule
from sqs_emulator.faults.rules import FaultError, FaultRule
from sqs_emulator.faults.scenarios import parse_rules
from tests.faults.conftest import FaultySqs
from tests.sqs_by_hand import refused

DROP: Final = {"effect": "drop"}
KEYS: Final = "action, queue, account, task, nth, every, times, probability, seed"
EFFECT_NAMES: Final = (
    "error, deny, expire-credentials, status, drop, lose-answer, latency, fail-entries, fewer, deliver-twice or shuffle"
)
BATCHES: Final = "SendMessageBatch, DeleteMessageBatch or ChangeMessageVisibilityBatch"
ON_MESSAGES: Final = (
    "SendMessage, DeleteMessage, ChangeMessageVisibility, SendMessageBatch, DeleteMessageBatch, "
    "ChangeMessageVisibilityBatch or ReceiveMessage"
)
AFTERWARDS: Final = (
    "lose-answer or deliver-twice with a task and ReceiveMessage: it is not known before what a receive brings"
)

REFUSED: Final[list[tuple[dict[str, Any], str]]] = [
    ({}, f"effect is missing; allowed is {EFFECT_NAMES}."),
    ({"effect": "explode"}, f"effect is 'explode'; allowed is {EFFECT_NAMES}."),
    ({"effect": 1}, f"effect is 1; allowed is {EFFECT_NAMES}."),
    ({**DROP, "when": 1}, f"'when' is not a key of a rule whose effect is drop; allowed are effect, {KEYS}."),
    ({**DROP, "error": "OverLimit"},
     f"'error' is not a key of a rule whose effect is drop; allowed are effect, {KEYS}."),
    ({"effect": "error"}, f"error is missing; the effect error needs it: one of {', '.join(NAMES)}."),
    ({"effect": "error", "error": "Oops"}, f"error is 'Oops'; allowed is one of {', '.join(NAMES)}."),
    ({"effect": "error", "error": "OverLimit", "message": 1}, "message is 1; allowed is a text."),
    ({"effect": "status"}, "status is missing; the effect status needs it: 400 to 599."),
    ({"effect": "status", "status": 200}, "status is 200; allowed is 400 to 599."),
    ({"effect": "status", "status": "503"}, "status is '503'; allowed is 400 to 599."),
    ({"effect": "status", "status": 503, "content_type": "a\r\nb: c"},
     "content_type is 'a\\r\\nb: c'; allowed is a media type, such as text/html."),
    ({"effect": "latency", "seconds": -1}, "seconds is -1; allowed is 0 to 86400."),
    ({"effect": "latency", "seconds": float("nan")}, "seconds is nan; allowed is 0 to 86400."),
    ({"effect": "latency", "seconds": True}, "seconds is True; allowed is 0 to 86400."),
    ({"effect": "latency", "seconds": 1, "clock": "slow"}, "clock is 'slow'; allowed is real or virtual."),
    ({"effect": "fewer", "at_most": 11}, "at_most is 11; allowed is 0 to 10."),
    ({"effect": "shuffle", "among": 1}, "among is 1; allowed is 2 to 1000."),
    ({"effect": "fail-entries", "entries": [-1]},
     "entries is [-1]; allowed is a batch entry's Id, its place from 0, or several of those."),
    ({**DROP, "queue": ""}, "queue is ''; allowed is a queue's name, or a pattern such as orders-*."),
    ({**DROP, "account": "1234"}, "account is '1234'; allowed is a number of 12 digits, or * for all accounts."),
    ({**DROP, "nth": 0}, "nth is 0; allowed is 1 or more."),
    ({**DROP, "every": 1.5}, "every is 1.5; allowed is 1 or more."),
    ({**DROP, "times": None}, "times is None; allowed is 1 or more."),
    ({**DROP, "probability": 1.1}, "probability is 1.1; allowed is 0 to 1."),
    ({**DROP, "probability": 0.5, "seed": -1}, "seed is -1; allowed is 0 or more."),
    ({**DROP, "nth": 2, "every": 3}, "nth is 2 and every is 3; allowed is one of the two."),
    ({**DROP, "seed": 3}, "seed is 3; allowed is none without a probability, except with the effect shuffle."),
    ({"effect": "deliver-twice", "action": "SendMessage"},
     "action is 'SendMessage'; allowed is ReceiveMessage with the effect deliver-twice."),
    ({"effect": "shuffle", "action": ["ReceiveMessage", "SendMessage"]},
     "action is ['ReceiveMessage', 'SendMessage']; allowed is ReceiveMessage with the effect shuffle."),
    ({"effect": "fail-entries", "action": ["SendMessageBatch", "SendMessage"]},
     f"action is ['SendMessageBatch', 'SendMessage']; allowed is {BATCHES} with the effect fail-entries."),
    ({"effect": "shuffle", "queue": "orders.fifo"},
     "queue is 'orders.fifo'; allowed is a standard queue with the effect shuffle."),
    ({"effect": "fewer", "at_most": 1, "task": "a.b"}, "task is 'a.b'; allowed is none with the effect fewer."),
    ({**DROP, "action": "PurgeQueue", "task": "a.b"},
     f"action is 'PurgeQueue'; allowed is {ON_MESSAGES} with a task."),
    ({**DROP, "action": "ReceiveMessage", "task": "a.b"},
     f"effect is 'drop'; allowed is {AFTERWARDS}."),
    ({"scenario": "chaos"},
     "scenario is 'chaos'; allowed is one of at-least-once, throttled, flaky-network, lost-permissions."),
    ({"scenario": "throttled", "effect": "drop"},
     "'effect' is not a key of a scenario; allowed are scenario, queue, account, seed."),
    ({"scenario": "throttled", "seed": "x"}, "seed is 'x'; allowed is 0 or more."),
]  # fmt: skip


@pytest.mark.parametrize(("written", "reason"), REFUSED, ids=lambda value: str(value)[:60])
def test_a_bad_rule_is_refused_with_its_key_its_value_and_what_is_allowed(written: dict[str, Any], reason: str) -> None:
    with pytest.raises(FaultError) as caught:
        parse_rules(written)

    assert str(caught.value) == reason


@pytest.mark.parametrize("action", ["FlyAway", ["SendMessage", "FlyAway"], [], "", 1, ["*", "SendMessage"]], ids=str)
def test_an_action_that_is_none_is_refused_with_all_there_are(action: object) -> None:
    with pytest.raises(FaultError, match=r"^action is .*; allowed is one or several of CreateQueue, .*, or \*\.$"):
        parse_rule({**DROP, "action": action})


WRITTEN: Final[dict[str, dict[str, Any]]] = {
    "error": {"effect": "error", "error": "OverLimit", "message": "no"},
    "deny": {"effect": "deny"},
    "expire-credentials": {"effect": "expire-credentials"},
    "status": {"effect": "status", "status": 503, "body": "no"},
    "drop": {"effect": "drop"},
    "lose-answer": {"effect": "lose-answer", "status": 502},
    "latency": {"effect": "latency", "seconds": 0.5, "clock": "virtual"},
    "fail-entries": {"effect": "fail-entries", "entries": ["a", 1], "error": "OverLimit"},
    "fewer": {"effect": "fewer", "at_most": 0},
    "deliver-twice": {"effect": "deliver-twice"},
    "shuffle": {"effect": "shuffle", "among": 50},
}


def test_every_effect_can_be_written() -> None:
    assert WRITTEN.keys() == EFFECTS.keys()


def test_every_effect_is_done_to_calls_or_in_delivery() -> None:
    assert {kind for kind in EFFECTS.values() if not kind.in_delivery} == DOING.keys()


@pytest.mark.parametrize("effect", WRITTEN)
def test_a_rule_is_listed_as_it_was_written(effect: str) -> None:
    conditions = {"account": "123456789012", "queue": "orders*", "every": 2, "times": 3, "probability": 0.5, "seed": 7}
    written = {**conditions, **WRITTEN[effect]}

    rule = parse_rule(written)

    assert rule.written() == written
    assert parse_rule(rule.written()) == rule


def test_a_rule_can_be_written_in_a_table_of_a_file() -> None:
    table = tomllib.loads('[[faults]]\naction = ["SendMessage", "ReceiveMessage"]\neffect = "latency"\nseconds = 2\n')

    rule = parse_rule(table["faults"][0])

    assert rule == FaultRule(action=("SendMessage", "ReceiveMessage"), effect=Latency(2))


# When.

DECISIONS: Final = [
    pytest.param({}, [1, 2, 3, 4, 5, 6, 7, 8, 9], id="always"),
    pytest.param({"nth": 3}, [3], id="the third"),
    pytest.param({"every": 3}, [3, 6, 9], id="every third"),
    pytest.param({"times": 2}, [1, 2], id="the first two"),
    pytest.param({"every": 2, "times": 3}, [2, 4, 6], id="every second, three times"),
    pytest.param({"probability": 1.0}, [1, 2, 3, 4, 5, 6, 7, 8, 9], id="surely"),
    pytest.param({"probability": 0.0}, [], id="never"),
    pytest.param({"nth": 3, "times": 1}, [3], id="the third, once"),
]


def decisions(matches: int = 9, **conditions: Any) -> list[int]:
    """Return which of so many matches a rule applies to."""
    rule = ActiveRule(1, parse_rule({**DROP, **conditions}))
    return [number for number in range(1, matches + 1) if rule.applies()]


@pytest.mark.parametrize(("conditions", "expected"), DECISIONS)
def test_a_rule_applies_when_all_its_conditions_hold(conditions: dict[str, Any], expected: list[int]) -> None:
    assert decisions(**conditions) == expected


def test_chance_keeps_its_rate() -> None:
    assert 2_800 < len(decisions(10_000, probability=0.3, seed=1)) < 3_200


def test_the_same_seed_decides_alike_and_another_one_otherwise() -> None:
    assert decisions(100, probability=0.5, seed=1) == decisions(100, probability=0.5, seed=1)
    assert decisions(100, probability=0.5, seed=1) != decisions(100, probability=0.5, seed=2)


def test_what_chance_says_of_a_call_does_not_hang_on_the_other_conditions() -> None:
    by_chance = decisions(100, probability=0.5, seed=1)

    assert decisions(100, probability=0.5, seed=1, every=2) == [number for number in by_chance if number % 2 == 0]
    assert decisions(100, probability=0.5, seed=1, times=5) == by_chance[:5]


def test_a_rule_without_a_seed_tells_the_one_it_drew() -> None:
    first = ActiveRule(1, parse_rule({**DROP, "probability": 0.5}))
    second = ActiveRule(2, parse_rule({**DROP, "probability": 0.5}))

    again = decisions(50, probability=0.5, seed=first.told()["seed"])

    assert again == [number for number in range(1, 51) if first.applies()]
    assert first.seed != second.seed
    assert "seed" not in ActiveRule(3, parse_rule(DROP)).told(), "it draws nothing"


def test_a_rule_counts_what_it_matched_and_what_it_applied_to() -> None:
    rule = ActiveRule(4, parse_rule({**DROP, "every": 2}))

    for _ in range(5):
        rule.applies()

    assert rule.told() == {"id": 4, "matched": 5, "applied": 2, "account": "*", "every": 2, "effect": "drop"}


# Which calls.


@pytest.mark.parametrize(
    ("rule", "is_met"),
    [
        pytest.param({}, True, id="anything"),
        pytest.param({"action": "*"}, True, id="any action"),
        pytest.param({"action": "SendMessage"}, True, id="its action"),
        pytest.param({"action": ["PurgeQueue", "SendMessage"]}, True, id="one of several"),
        pytest.param({"action": "SendMessageBatch"}, False, id="another action"),
        pytest.param({"queue": "orders"}, True, id="its queue"),
        pytest.param({"queue": "ord*"}, True, id="a pattern"),
        pytest.param({"queue": "*-dead"}, False, id="another pattern"),
        pytest.param({"queue": "Orders"}, False, id="another case"),
        pytest.param({"account": "111111111111"}, True, id="its account"),
        pytest.param({"account": "222222222222"}, False, id="another account"),
        pytest.param({"account": "*"}, True, id="any account"),
        pytest.param({"action": "SendMessage", "queue": "orders", "account": "222222222222"}, False, id="all but one"),
    ],
)
@pytest.mark.parametrize("url", ["orders", "http://localhost:9324/111111111111/orders", "/queue/orders"])
def test_a_rule_is_about_action_queue_and_account(
    faulty: FaultySqs, rule: dict[str, Any], is_met: bool, url: str
) -> None:
    faulty.create("orders", key="111111111111")
    active = faulty.add(**DROP, **rule)

    # By its URL the queue is reached from another account, too: whose queue it is counts.
    caller = "333333333333" if url.startswith("http") else "111111111111"
    outcome = faulty.outcome_of("SendMessage", caller, QueueUrl=url, MessageBody="x")

    assert outcome == ("nothing" if is_met else 200)
    assert active.matched == is_met


@pytest.mark.parametrize(
    ("action", "members", "is_met"),
    [
        pytest.param("CreateQueue", {"QueueName": "orders"}, True, id="CreateQueue"),
        pytest.param("GetQueueUrl", {"QueueName": "orders"}, True, id="GetQueueUrl"),
        pytest.param("GetQueueUrl", {"QueueName": "others"}, False, id="GetQueueUrl of another"),
        pytest.param("ListQueues", {}, False, id="ListQueues, which is about none"),
        pytest.param("ListMessageMoveTasks", {"SourceArn": "arn:aws:sqs:us-east-1:000000000000:orders"}, True,
                     id="ListMessageMoveTasks"),
        pytest.param("ListMessageMoveTasks", {"SourceArn": "orders"}, False, id="an ARN that is none"),
        pytest.param("SendMessage", {"MessageBody": "x"}, False, id="a call that forgets its queue"),
    ],
)  # fmt: skip
def test_a_rule_of_a_queue_is_about_calls_that_name_it(
    faulty: FaultySqs, action: str, members: dict[str, Any], is_met: bool
) -> None:
    active = faulty.add(**DROP, queue="orders")

    assert (faulty.outcome(action, **members) == "nothing") == is_met
    assert active.matched == is_met


def test_rules_are_asked_in_their_order_until_one_answers(faulty: FaultySqs) -> None:
    url = faulty.create()
    first = faulty.add(effect="error", error="OverLimit", action="SendMessage", every=2)
    second = faulty.add(effect="deny", action="SendMessage")

    with refused("AccessDenied", status=403):
        faulty.send(url)
    with refused("OverLimit", status=403):
        faulty.send(url)

    assert (first.matched, first.applied) == (2, 1)
    assert (second.matched, second.applied) == (1, 1), "the second call never came to it"


@pytest.mark.parametrize(
    ("effect", "ends_it"),
    [
        ("error", True),
        ("deny", True),
        ("expire-credentials", True),
        ("status", True),
        ("drop", True),
        ("lose-answer", False),
    ],
)
def test_the_rules_behind_an_effect_that_answers_the_call_are_not_asked(
    faulty: FaultySqs, effect: str, ends_it: bool
) -> None:
    url = faulty.create()
    faulty.add(**WRITTEN[effect])
    behind = faulty.add(effect="deny", nth=99)

    faulty.outcome("SendMessage", QueueUrl=url, MessageBody="x")

    assert behind.matched == (0 if ends_it else 1)


def test_rules_can_be_made_in_python(faulty: FaultySqs) -> None:
    url = faulty.create()
    (active,) = faulty.injector.add(FaultRule(effect=Error("OverLimit"), action=("SendMessage",), times=1))
    faulty.injector.add(FaultRule(effect=Shuffle()))

    with refused("OverLimit", status=403):
        faulty.send(url)
    faulty.send(url)

    assert (active.matched, active.applied) == (2, 1)
