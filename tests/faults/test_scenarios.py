"""The named scenarios: what each does, at which rates, and the same for the same seed."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import pytest

from sqs_emulator.faults.active import ActiveRule
from sqs_emulator.faults.rules import FaultError
from sqs_emulator.faults.scenarios import described, parse_rules
from tests.faults.conftest import FaultySqs

SCENARIOS: Final = ("at-least-once", "throttled", "flaky-network", "lost-permissions")
CALLS: Final = 2_000


def sent(faulty: FaultySqs, scenario: str, seed: int, calls: int = CALLS) -> list[str | int]:
    """Send so many messages under a scenario; return what came of each."""
    faulty.create()
    faulty.begin(scenario, seed=seed)
    return [faulty.outcome("SendMessage", QueueUrl="q", MessageBody="x") for _ in range(calls)]


def test_each_scenario_says_what_it_does() -> None:
    texts = described()

    assert tuple(texts) == SCENARIOS
    assert all(len(text) > 60 for text in texts.values())


def test_throttled_refuses_three_calls_of_ten(faulty: FaultySqs) -> None:
    outcomes = Counter(sent(faulty, "throttled", seed=1))

    assert outcomes.keys() == {200, 403}
    assert 0.26 < outcomes[403] / CALLS < 0.34
    assert faulty.queue().counts(now=faulty.clock.now()).visible == outcomes[200]


def test_a_flaky_network_delays_drops_loses_and_fails(faulty: FaultySqs) -> None:
    outcomes = Counter(sent(faulty, "flaky-network", seed=1))

    assert outcomes.keys() == {200, 503, "nothing", "later"}
    assert 0.08 < outcomes["later"] / CALLS < 0.12
    assert 0.06 < outcomes["nothing"] / CALLS < 0.12
    assert 0.03 < outcomes[503] / CALLS < 0.07
    held, dropped, lost, _ = (rule.applied for rule in faulty.injector.rules())
    done = faulty.queue().counts(now=faulty.clock.now()).visible
    assert held == outcomes["later"]
    assert outcomes[200] < done <= outcomes[200] + lost, "some whose answer was lost, and no other"
    assert dropped + lost > outcomes["nothing"] - 1


def test_lost_permissions_deny_every_call(faulty: FaultySqs) -> None:
    faulty.create()
    faulty.begin("lost-permissions")

    outcomes = {faulty.outcome(action, QueueUrl="q") for action in ("SendMessage", "ReceiveMessage", "DeleteQueue")}

    assert outcomes == {403}
    assert faulty.outcome("ListQueues") == 403


def test_at_least_once_delivers_more_than_once_and_out_of_order(faulty: FaultySqs) -> None:
    url = faulty.create()
    faulty.begin("at-least-once", seed=1)
    for number in range(200):
        faulty.send(url, str(number))

    got = []
    while messages := faulty.receive(url, MaxNumberOfMessages=1):
        got += [int(message["Body"]) for message in messages]
        faulty.call("DeleteMessage", QueueUrl=url, ReceiptHandle=messages[0]["ReceiptHandle"])

    times = Counter(got)
    assert times.keys() == set(range(200)), "nothing is lost"
    assert set(times.values()) == {1, 2}
    assert 20 < sum(number == 2 for number in times.values()) < 60
    assert got != sorted(got)
    assert faulty.counts(url) == (0, 0, 0)


def test_at_least_once_leaves_fifo_queues_alone(faulty: FaultySqs) -> None:
    url = faulty.create("q.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    faulty.begin("at-least-once", seed=1)
    for number in range(50):
        faulty.send(url, str(number), MessageGroupId="g")

    got = []
    while messages := faulty.receive(url, MaxNumberOfMessages=3):
        for message in messages:
            got.append(message["Body"])
            faulty.call("DeleteMessage", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    assert got == [str(number) for number in range(50)]


@pytest.mark.parametrize("scenario", ["throttled", "flaky-network"])
def test_the_same_seed_gives_the_same_faults(scenario: str) -> None:
    first, again, other = (sent(FaultySqs(), scenario, seed, calls=200) for seed in (7, 7, 8))

    assert first == again
    assert first != other


def test_the_rules_of_a_scenario_draw_apart_from_each_other() -> None:
    rules = [
        ActiveRule(number, rule) for number, rule in enumerate(parse_rules({"scenario": "flaky-network", "seed": 7}))
    ]

    drawn = [[rule.applies() for _ in range(500)] for rule in rules]

    assert len({tuple(draws) for draws in drawn}) == len(drawn)


def test_a_scenario_without_a_seed_differs_from_run_to_run() -> None:
    seeds = {
        ActiveRule(number, rule).seed
        for number, rule in enumerate(
            parse_rules({"scenario": "flaky-network"}) + parse_rules({"scenario": "throttled"})
        )
    }

    assert len(seeds) == 5


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_is_for_the_queues_and_the_account_that_are_named(scenario: str) -> None:
    rules = parse_rules({"scenario": scenario, "queue": "orders*", "account": "123456789012"})

    assert {(rule.scenario, rule.queue, rule.account) for rule in rules} == {(scenario, "orders*", "123456789012")}


def test_a_scenario_that_is_switched_on_again_begins_anew(faulty: FaultySqs) -> None:
    first = faulty.begin("flaky-network", seed=1)
    other = faulty.begin("flaky-network", account="123456789012")
    second = faulty.begin("flaky-network", seed=2)

    assert faulty.injector.rules() == [*other, *second]
    assert [rule.seed for rule in first] != [rule.seed for rule in second]


def test_at_least_once_is_refused_for_a_fifo_queue() -> None:
    with pytest.raises(FaultError, match=r"queue is 'q\.fifo'; allowed is a standard queue"):
        parse_rules({"scenario": "at-least-once", "queue": "q.fifo"})


def test_a_rule_beside_a_scenario_is_a_rule() -> None:
    written: dict[str, Any] = {"effect": "deny"}

    (rule,) = parse_rules(written)

    assert rule.scenario is None
