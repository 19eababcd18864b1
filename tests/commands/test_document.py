"""`docs/commands.md` is true: its commands are run one after the other, and print what stands below them."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from sqs_emulator import Config, Emulator
from sqs_emulator.commands import COMMANDS
from sqs_emulator.commands.running import DEFAULT_URL, KEY_VARIABLE, URL_VARIABLE
from sqs_emulator.core.identifiers import DEFAULT_ACCOUNT
from sqs_emulator.testing import AccountClient
from tests.commands.conftest import NOON
from tests.commands.shell import ID, Clients, typed
from tests.observe.bodies import task_body
from tests.packaging.dockerfile import REPOSITORY

TEXT: Final = (REPOSITORY / "docs" / "commands.md").read_text("utf-8")
_PROMPT: Final = "$ sqs-emulator "
_CHANGING: Final = (
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:50000"),
    (re.compile(r"\d+ d (ahead of|behind)"), "5152 d ahead of"),  # how far the clock is from this machine's
)


class Step(NamedTuple):
    words: list[str]
    printed: list[str]


def steps() -> Iterator[Step]:
    for block in re.findall(r"^```console\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE):
        for part in re.split(r"^(?=\$ )", block, flags=re.MULTILINE)[1:]:
            command, *printed = part.rstrip("\n").split("\n")
            assert command.startswith(_PROMPT), command
            yield Step(shlex.split(command.removeprefix(_PROMPT)), printed)


@pytest.fixture
def account() -> Iterator[AccountClient]:
    """The account of the document: an emulator that is nobody else's, a worker that has vanished."""
    with Emulator(Config(port=0)) as emulator, emulator.new_account(DEFAULT_ACCOUNT) as account:
        account.clock.freeze(at=NOON)
        clients = Clients(account)
        dead = account.create_queue("orders-dead")
        redrive = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 2})
        account.create_queue("orders", VisibilityTimeout=1800, RedrivePolicy=redrive)
        clients.send("orders", task_body("shop.reserve", args=[17, "blue"]))
        clients.send("orders", task_body("shop.remind", args=[17]), DelaySeconds=600)
        clients.send("orders", '{"hello": "from another program"}')
        account.clock.advance(12)
        clients.receive("orders")
        account.clock.advance(30)
        yield account


def test_each_command_of_the_document_prints_what_stands_below_it(account: AccountClient) -> None:
    real: dict[str, str] = {}  # the ids there are, by the beginnings of those in the document

    for step in steps():
        words = [real.get(word, word) for word in step.words]
        status = 1 if words[0] == "doctor" else 0
        variables = {"SQS_EMULATOR_URL": account.url, "COLUMNS": "80"}
        printed = typed(*words, status=status, variables=variables).splitlines()
        expected = "\n".join(step.printed)
        for told, found in zip(ID.findall(expected), ID.findall("\n".join(printed)), strict=True):
            assert real.setdefault(told[:8], found[:8]) == found[:8]
        for told, found in real.items():
            expected = re.sub(rf"\b{told}\b", found, expected)

        assert [_lasting(line) for line in printed] == [_lasting(line) for line in expected.split("\n")]


def _lasting(line: str) -> str:
    """Return a line without what differs from run to run; of a whole id only its beginning is compared."""
    for pattern, constant in _CHANGING:
        line = pattern.sub(constant, line)
    return ID.sub(lambda found: found[0][:8], line)


def test_the_document_names_every_command() -> None:
    first = TEXT.split("```text\n", 1)[1].split("```", 1)[0]

    assert re.findall(r"^sqs-emulator ([\w-]+)", first, re.MULTILINE) == list(COMMANDS)
    assert {step.words[0] for step in steps()} == COMMANDS.keys()


def test_the_document_names_the_defaults() -> None:
    rows = {row.split(" | ")[0]: row for row in TEXT.splitlines() if row.startswith("| `--")}

    assert f"`{URL_VARIABLE}` | `{DEFAULT_URL}`" in rows["| `--url`"]
    assert f"`{KEY_VARIABLE}`" in rows["| `--account`"]
    assert f"| `{DEFAULT_ACCOUNT}` |" in rows["| `--account`"]
