"""The pages under /_emulator/faults: add, list, count, remove."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from sqs_emulator import Config, Emulator
from tests.faults.conftest import BrokenAccount
from tests.raw_http import Connection, credentials, http


def rules_of(response: Any) -> list[tuple[int, str]]:
    return [(rule["id"], rule["effect"]) for rule in response.json["faults"]]


def test_a_rule_is_added_listed_counted_and_removed(account: BrokenAccount) -> None:
    added = account.add(effect="fewer", at_most=1, queue="q")
    account.receive()
    account.receive()

    (listed,) = account.faults()
    removed = account.page("DELETE", f"faults/{added['id']}").json["faults"]

    written = {"effect": "fewer", "at_most": 1, "queue": "q", "account": account.number}
    assert added == {"id": added["id"], "matched": 0, "applied": 0, **written}
    assert listed == {"id": added["id"], "matched": 2, "applied": 2, **written}
    assert removed == [listed]
    assert account.faults() == []


def test_rules_are_listed_in_the_order_in_which_they_are_asked(account: BrokenAccount) -> None:
    ids = [account.add(effect=effect)["id"] for effect in ("deny", "drop", "deliver-twice")]

    assert [rule["id"] for rule in account.faults()] == ids == sorted(ids)


def test_all_rules_of_an_account_are_removed_at_once(account: BrokenAccount, served: Emulator) -> None:
    other = BrokenAccount(served)
    kept = other.add(effect="deny", action="ListQueues")
    for effect in ("deny", "drop"):
        account.add(effect=effect)

    removed = account.page("DELETE", "faults")

    assert [effect for _, effect in rules_of(removed)] == ["deny", "drop"]
    assert account.faults() == []
    assert other.faults() == [kept]
    other.close()


def test_an_account_is_not_met_by_anothers_rules(account: BrokenAccount, served: Emulator) -> None:
    other = BrokenAccount(served)
    other.add(effect="deny")

    account.send()

    assert other.counted() == [(0, 0)]
    other.close()


def test_a_rule_of_every_account_is_listed_with_each_and_removed_by_itself(account: BrokenAccount) -> None:
    everywhere = account.add(effect="fewer", at_most=5, account="*")
    own = account.add(effect="fewer", at_most=1)

    assert [rule["id"] for rule in account.faults()] == [everywhere["id"], own["id"]]
    assert rules_of(account.page("GET", "faults", account="123456789012")) == [(everywhere["id"], "fewer")]
    account.page("DELETE", "faults")
    assert [rule["id"] for rule in account.faults()] == [everywhere["id"]]
    assert rules_of(account.page("DELETE", "faults", account="*")) == [(everywhere["id"], "fewer")]


def test_a_rule_is_of_every_account_where_that_is_asked_for(account: BrokenAccount) -> None:
    body = b'{"effect": "fewer", "at_most": 5}'

    response = account.page("POST", "faults", body, account="*")
    account.page("DELETE", "faults", account="*")

    assert response.json["faults"][0]["account"] == "*"  # type: ignore[index]


def test_the_account_is_that_of_the_credentials(account: BrokenAccount) -> None:
    headers = credentials(key=account.number)

    with Connection(account.emulator.url) as connection:
        connection.ask(http("POST", "/_emulator/faults", headers, b'{"effect": "deny"}'))

    assert [rule["effect"] for rule in account.faults()] == ["deny"]


def test_a_scenario_is_switched_on_and_off_as_a_whole(account: BrokenAccount) -> None:
    own = account.add(effect="fewer", at_most=1)

    begun = account.post("faults", scenario="flaky-network", seed=3)["faults"]
    ended = account.page("DELETE", "faults/flaky-network").json["faults"]

    assert [rule["effect"] for rule in begun] == ["latency", "drop", "lose-answer", "status"]
    assert {rule["scenario"] for rule in begun} == {"flaky-network"}
    assert ended == begun
    assert account.faults() == [own]


def test_the_scenarios_say_what_they_do(account: BrokenAccount) -> None:
    told = account.page("GET", "faults/scenarios").json["scenarios"]

    assert isinstance(told, dict)
    assert list(told) == ["at-least-once", "throttled", "flaky-network", "lost-permissions"]
    assert "RequestThrottled" in told["throttled"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b'{"effect": "drop", "nth": "x"}', "nth is 'x'; allowed is 1 or more.", id="a bad value"),
        pytest.param(b"[]", "The body is not as it must be", id="no object"),
        pytest.param(b"{", "The body is not as it must be", id="no JSON"),
        pytest.param(b"", "effect is missing; allowed is error, deny", id="nothing"),
        pytest.param(b'{"scenario": "x"}', "scenario is 'x'; allowed is one of at-least-once", id="a bad scenario"),
    ],
)
def test_a_bad_rule_is_refused_and_not_added(account: BrokenAccount, body: bytes, words: str) -> None:
    response = account.page("POST", "faults", body)

    assert response.status == 400
    assert str(response.json["error"]).startswith(words)
    assert account.faults() == []


@pytest.mark.parametrize("which", ["999999", "throttled", "x", "²"], ids=["a number", "a scenario", "no rule", "odd"])
def test_what_is_not_there_cannot_be_removed(account: BrokenAccount, which: str) -> None:
    with Connection(account.emulator.url) as connection:
        response = connection.ask(http("DELETE", f"/_emulator/faults/{quote(which)}"))

    assert response.status == 404
    assert response.json == {"error": f"There is no fault rule {which}."}


def test_a_bad_account_is_refused(account: BrokenAccount) -> None:
    assert account.page("GET", "faults", account="12").status == 400


def test_a_reset_account_has_no_rules(account: BrokenAccount) -> None:
    account.add(effect="deny")

    account.post("reset")

    assert account.faults() == []
    account.ask("ListQueues")


def test_other_pages_meet_no_rules(account: BrokenAccount) -> None:
    account.add(effect="drop")

    assert account.page("GET", "clock").status == 200


def test_an_emulator_without_rules_has_nothing_of_them() -> None:
    with Emulator(Config(port=0)) as emulator, Connection(emulator.url) as connection:
        connection.ask(http("GET", "/?Action=ListQueues"))
        assert "faults" not in vars(emulator)

        listed = connection.ask(http("GET", "/_emulator/faults")).json
        assert emulator.api.dispatcher.layers == []

    assert listed == {"faults": []}


def test_rules_that_are_there_before_the_start_are_met() -> None:
    from sqs_emulator.faults.parsing import parse_rule

    emulator = Emulator(Config(port=0))
    emulator.faults.add(parse_rule({"effect": "deny", "action": "ListQueues"}))
    with emulator, Connection(emulator.url) as connection:
        response = connection.ask(http("GET", "/?Action=ListQueues"))

    assert response.status == 403
    assert json.dumps([rule.told() for rule in emulator.faults.rules()])
