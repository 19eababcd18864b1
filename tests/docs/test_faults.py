"""docs/faults.md is true: its tables are those of the code, its rules are taken, its suites pass."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from sqs_emulator import Config, Emulator
from sqs_emulator.config.load import load
from sqs_emulator.contract.sqs import ACTIONS
from sqs_emulator.contract.sqs.errors import WIRE_ERRORS
from sqs_emulator.faults import errors
from sqs_emulator.faults.effects import EFFECTS, Effect
from sqs_emulator.faults.parsing import parse_rule
from sqs_emulator.faults.rules import FaultError, FaultRule
from sqs_emulator.faults.scenarios import described, parse_rules, rules_of
from sqs_emulator.provisioning import plan
from sqs_emulator.testing import AccountClient
from tests.docs.document import Section, read
from tests.docs.suites import commands, run

DOCUMENT: Final = read("faults.md")
SUITES: Final = [part for part in DOCUMENT if commands(part)]
RULE_KEYS: Final = [name for name in FaultRule.__struct_fields__ if name not in ("effect", "scenario")]
DRAWN: Final = {"seed"}  # drawn for a rule that needs one


def section(title: str) -> Section:
    (found,) = [part for part in DOCUMENT if part.title == title]
    return found


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(Config(port=0)) as running:
        yield running


@pytest.fixture
def account(emulator: Emulator) -> Iterator[AccountClient]:
    with emulator.new_account() as account:
        yield account


@pytest.mark.parametrize("suite", SUITES, ids=str)
def test_a_suite_of_the_document_passes(suite: Section, tmp_path: Path) -> None:
    run(suite, tmp_path)


def test_each_effect_and_scenario_is_in_a_suite() -> None:
    code = "".join(text for suite in SUITES for text in suite.files().values())

    assert [name for name in (*EFFECTS, *described()) if f'"{name}"' not in code] == []


def rules(language: str) -> list[dict[str, Any]]:
    texts = [block.text for part in DOCUMENT for block in part.of(language)]
    if language == "json":
        return [json.loads(line) for text in texts for line in text.splitlines()]
    return [rule for text in texts for rule in tomllib.loads(text)["faults"]]


@pytest.mark.parametrize("rule", rules("json"), ids=lambda rule: str(rule.get("effect") or rule.get("scenario")))
def test_a_rule_of_the_document_is_taken(account: AccountClient, rule: dict[str, Any]) -> None:
    added = account.control.post("faults", rule)["faults"]

    written = {key: value for key, value in rule.items() if key != "seed" or "scenario" not in rule}
    assert [{**listed, **written} for listed in added] == added, "it is listed as it was written"


def test_each_effect_has_a_rule_in_json() -> None:
    assert [rule["effect"] for rule in rules("json") if "effect" in rule] == list(EFFECTS)


def test_the_rules_of_the_toml_file_are_taken(tmp_path: Path) -> None:
    (tmp_path / "emulator.toml").write_text("".join(block.text for part in DOCUMENT for block in part.of("toml")))

    loaded = load(str(tmp_path / "emulator.toml"), environment={})

    assert plan(loaded.config) is not None
    assert len(loaded.config.faults) == len(rules("toml"))


def test_nothing_in_the_document_is_left_out() -> None:
    languages = {block.language for part in DOCUMENT for block in part.blocks}

    assert languages == {"json", "toml", "python"}
    assert [block.line for part in DOCUMENT for block in part.of("python") if block.file not in part.own_tests()] == []


# The tables.


def allowed(key: str, effect: str) -> str:
    """Return what the program says is allowed, when it refuses a value."""
    with pytest.raises(FaultError) as refusal:
        parse_rule({"effect": effect, **_needed(EFFECTS[effect]), key: object()})
    words = re.fullmatch(r"\w+ is .*?; allowed is (.*)\.", str(refusal.value), re.DOTALL)
    assert words is not None
    actions, names = ", ".join(ACTIONS), ", ".join(errors.NAMES)
    return words[1].replace(actions, "the 23 actions").replace(f"one of {names}", "a name from the table of errors")


def _needed(effect: type[Effect]) -> dict[str, Any]:
    """Return values for the keys that an effect cannot do without."""
    values = {"error": "OverLimit", "status": 503, "seconds": 1, "at_most": 1}
    return {field.name: values[field.name] for field in msgspec.structs.fields(effect) if field.required}


def rules_table() -> list[list[str]]:
    return [[f"`{key}`", allowed(key, "shuffle" if key in DRAWN else "drop")] for key in RULE_KEYS]


def test_the_table_of_rules_is_that_of_the_code() -> None:
    assert [row[:2] for row in section("Rules").table()] == rules_table()


def effects_table() -> list[list[str]]:
    return [[f"`{name}`", _keys(kind), " ".join((kind.__doc__ or "").split())] for name, kind in EFFECTS.items()]


def _keys(effect: type[Effect]) -> str:
    fields = msgspec.structs.fields(effect)
    return ", ".join(f"`{field.name}`" if field.required else f"[`{field.name}`]" for field in fields)


def test_the_table_of_effects_is_that_of_the_code() -> None:
    assert section("Effects").table()[: len(EFFECTS)] == effects_table()


def keys_table() -> list[list[str]]:
    found: dict[tuple[str, str, str], list[str]] = {}
    for name, kind in EFFECTS.items():
        for field in msgspec.structs.fields(kind):
            default = "" if field.required or field.default in (None, "", ()) else f"`{field.default}`"
            found.setdefault((f"`{field.name}`", allowed(field.name, name), default), []).append(f"`{name}`")
    return [[key, ", ".join(effects), words, default] for (key, words, default), effects in found.items()]


def test_the_table_of_the_keys_of_effects_is_that_of_the_code() -> None:
    assert [row[:4] for row in section("Effects").table()[len(EFFECTS) :]] == keys_table()


def scenarios_table() -> list[list[str]]:
    return [[f"`{name}`", " ".join(text.split())] for name, text in described().items()]


def test_the_table_of_scenarios_is_that_of_the_code() -> None:
    assert section("Scenarios").table() == scenarios_table()


def test_the_rules_of_a_scenario_can_be_had_alone() -> None:
    (shown,) = [rule for rule in rules("json") if "scenario" in rule]

    assert parse_rules(shown) == rules_of(shown["scenario"], **{key: shown[key] for key in shown if key != "scenario"})


def errors_table() -> list[list[str]]:
    named = {shape.__name__: row for shape, row in WIRE_ERRORS.items()}
    return [
        [f"`{name}`", str(named[name].status), f"`{named[name].json.partition('#')[2]}`", f"`{named[name].query}`"]
        for name in errors.NAMES
    ]


def test_the_table_of_errors_is_that_of_the_code() -> None:
    assert section("Errors").table() == errors_table()


def as_lines(table: list[list[str]]) -> str:
    """Return a table as it stands in the document, for whoever writes it."""
    return "\n".join(f"| {' | '.join(row)} |" for row in table)
