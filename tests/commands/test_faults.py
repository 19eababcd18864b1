"""`faults`: rules and scenarios, from the command line."""

from __future__ import annotations

from typing import Any

import pytest

from sqs_emulator.commands.faults import NUMBERS, SEVERAL, rule_of
from sqs_emulator.faults import parsing
from sqs_emulator.faults.scenarios import described
from sqs_emulator.testing import AccountClient, CallError
from tests.commands.shell import Clients, Shell, typed


def test_a_rule_is_added_counted_and_removed(account: AccountClient, shell: Shell) -> None:
    queue = account.create_queue("jobs")

    added = shell.lines("faults", "add", "error", "error=OverLimit", "action=ReceiveMessage", "times=2")
    for _ in range(2):
        with pytest.raises(CallError, match="OverLimit"):
            queue.receive()
    queue.receive()
    listed = shell.lines("faults")
    removed = shell.lines("faults", "remove", "1")

    headings = "id  effect           action          queue  when             matched  applied"
    rule = " 1  error OverLimit  ReceiveMessage  any    at most 2 times        "
    assert added == ["Added:", headings, f"{rule}0        0"]
    assert listed == [headings, f"{rule}3        2"]
    assert removed == ["Removed:", *listed]
    assert shell.lines("faults") == ["There are no faults in account 123456789012."]


def test_listing_can_be_said(account: AccountClient, shell: Shell) -> None:
    account.faults.add("drop")

    assert shell("faults", "list") == shell("faults")
    assert "drop" in shell("faults", "list")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("drop",), "drop any any always"),
        (("deny", "account=*"), "deny any any every always"),
        (("status", "status=503", "nth=3"), "status status=503 any any only the 3rd"),
        (("lose-answer", "every=2", "action=SendMessage"), "lose-answer SendMessage any every 2nd"),
        (
            ("latency", "seconds=2.5", "clock=virtual", "queue=orders-*", "probability=0.25", "seed=7"),
            "latency seconds=2.5 clock=virtual any orders-* 25 %, seed 7",
        ),
        (("fail-entries", "entries=0,b", "task=shop.*"), "fail-entries entries=0,b any any shop.* always"),
        (("drop", "action=SendMessage,DeleteMessage"), "drop SendMessage,DeleteMessage any always"),
        (("shuffle", "among=5", "seed=11", "every=11"), "shuffle among=5 any any every 11th, seed 11"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else None,
)
def test_a_rule_is_told_by_what_it_does_to_which_calls_and_when(
    account: AccountClient, shell: Shell, words: tuple[str, ...], told: str
) -> None:
    _, _, row = shell.lines("faults", "add", *words)

    assert " ".join(row.split()) == f"1 {told} 0 0"


def test_numbers_lists_and_texts_are_told_apart() -> None:
    words = (
        "fail-entries",
        "nth=2",
        "probability=0.5",
        "queue=17",
        "account=000000000001",
        "entries=1,b",
        "message=a=b",
    )

    assert rule_of(words) == {
        "effect": "fail-entries",
        "nth": 2,
        "probability": 0.5,
        "queue": "17",
        "account": "000000000001",
        "entries": [1, "b"],
        "message": "a=b",
    }


def test_each_key_of_a_rule_is_read_as_what_it_is() -> None:
    keys = {**parsing.RULE_KEYS, **parsing.EFFECT_KEYS}

    numbers = {name for name, key in keys.items() if any(takes(key, number) for number in (1, 2, 400, 0.5))}
    several = {name for name, key in keys.items() if any(takes(key, [item]) for item in (0, "ListQueues"))}

    assert numbers - {"entries"} == set(NUMBERS)
    assert several == set(SEVERAL)


def takes(key: parsing.Key, value: Any) -> bool:
    try:
        key.read(value)
    except (ValueError, TypeError):
        return False
    return True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("explode",), "effect is 'explode'; allowed is error, deny, "),
        (("drop", "times=x"), "times is 'x'; allowed is 1 or more."),
        (("drop", "tims=1"), "'tims' is not a key of a rule whose effect is drop; allowed are effect, action"),
        (("times=1",), "effect is missing; allowed is error, deny, "),
        (("drop", "deny"), "effect is given twice: drop and deny."),
        (("drop", "nth=1", "nth=2"), "nth is given twice: 1 and 2."),
    ],
    ids=" ".join,
)
def test_a_rule_that_cannot_be_is_one_clear_line(
    account: AccountClient, shell: Shell, words: tuple[str, ...] | str, said: str
) -> None:
    assert shell("faults", "add", *words, status=1).startswith(f"Error: {said}")
    assert account.faults.rules() == []


def test_a_scenario_is_begun_and_ended_by_its_name(account: AccountClient, shell: Shell) -> None:
    begun = shell.lines("faults", "scenario", "at-least-once", "--seed", "3", "--queue", "jobs*")
    ended = shell.lines("faults", "remove", "at-least-once")

    assert begun == [
        "Begun; `sqs-emulator faults remove at-least-once` ends it:",
        "id  effect         action  queue  when               matched  applied  scenario",
        " 1  deliver-twice  any     jobs*  20 %, seed 3000          0        0  at-least-once",
        " 2  shuffle        any     jobs*  always, seed 3001        0        0  at-least-once",
    ]
    assert ended == ["Removed:", *begun[1:]]
    assert account.faults.rules() == []


def test_without_a_name_the_scenarios_are_told(shell: Shell) -> None:
    lines = shell.lines("faults", "scenario", columns=80)

    assert [line for line in lines if line and not line.startswith(" ")] == list(described())
    assert lines[:3] == [
        "at-least-once",
        "    What AWS may do with a standard queue: deliver a message more than once, and",
        "    out of order.",
    ]
    assert max(map(len, lines)) <= 80
    assert shell.json("faults", "scenario") == {"scenarios": described()}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("scenario", "chaos"), "scenario is 'chaos'; allowed is one of at-least-once, "),
        (("remove", "17"), "There is no fault rule 17."),
        (("remove", "a b?c&d"), "There is no fault rule a b?c&d."),
    ],
    ids=["a scenario that is none", "a rule that is none", "odd characters"],
)
def test_what_is_not_there_is_one_clear_line(shell: Shell, words: tuple[str, ...], said: str) -> None:
    assert shell("faults", *words, status=1).startswith(f"Error: {said}")


def test_all_rules_of_an_account_are_cleared_but_not_those_of_every_account(
    account: AccountClient, clients: Clients, shell: Shell
) -> None:
    shell("faults", "add", "drop", "action=PurgeQueue")
    typed("faults", "add", "deny", "action=PurgeQueue", "--url", account.url, "--account", "*")

    cleared = shell.lines("faults", "clear")
    left = shell.lines("faults")

    assert [line.split()[1] for line in cleared[2:]] == ["drop"]
    assert [line.split()[1:5] for line in left[1:]] == [["deny", "PurgeQueue", "any", "every"]]
    assert shell.lines("faults", "clear") == ["There were no faults in account 123456789012."]


def test_faults_as_json_are_the_pages_own(account: AccountClient, shell: Shell) -> None:
    (added,) = shell.json("faults", "add", "drop", "times=1")["faults"]
    rule = {"id": 1, "matched": 0, "applied": 0, "account": account.number, "times": 1, "effect": "drop"}

    assert added == rule
    assert shell.json("faults") == shell.json("faults", "list") == {"faults": account.faults.rules()}
    assert shell.json("faults", "clear") == {"faults": [rule]}
    assert [rule["effect"] for rule in shell.json("faults", "scenario", "throttled")["faults"]] == ["error"]
    assert len(shell.json("faults", "remove", "throttled")["faults"]) == 1
