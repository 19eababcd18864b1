"""`clock` and `advance`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sqs_emulator.testing import AccountClient
from tests.commands.conftest import NOON
from tests.commands.shell import Clients, Shell


def test_advancing_lets_a_visibility_timeout_of_half_an_hour_run_out(
    account: AccountClient, clients: Clients, shell: Shell
) -> None:
    queue = account.create_queue("orders", VisibilityTimeout=1800)
    for _ in range(3):
        clients.send("orders", "hello")
    clients.send("orders", "later", DelaySeconds=900)
    clients.receive("orders", 2)

    lines = shell.lines("advance", "1801")

    assert lines == [
        "Moved on by 1801 s: it is 2040-01-01T12:30:01.000Z in account 123456789012.",
        "On the way: 1 delay ended and 2 timed out.",
    ]
    assert queue.counts() == (4, 0, 0)


def test_what_happened_before_is_not_told(account: AccountClient, clients: Clients, shell: Shell) -> None:
    account.create_queue("orders")
    clients.send("orders", "hello")
    clients.receive("orders")

    assert len(shell.lines("advance", "29.999")) == 1
    assert shell.lines("advance", "0.001")[1:] == ["On the way: 1 timed out."]
    assert len(shell.lines("advance", "0")) == 1


@pytest.mark.parametrize(
    "until",
    ["2040-01-02T00:00:00Z", "2040-01-02T01:00:00+01:00", "2040-01-02", "2208988800000"],
    ids=["ISO 8601", "with an offset", "a day", "milliseconds"],
)
def test_a_clock_can_be_moved_to_a_moment(account: AccountClient, shell: Shell, until: str) -> None:
    moment = datetime(2040, 1, 2, tzinfo=UTC)
    if until.isdigit():
        until = str(round(moment.timestamp() * 1_000))

    lines = shell.lines("advance", "--until", until)

    assert lines == ["Moved on: it is 2040-01-02T00:00:00.000Z in account 123456789012."]
    assert account.clock.now() == moment


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ((), 2, "Give either SECONDS or --until."),
        (("5", "--until", "2041-01-01"), 2, "Give either SECONDS or --until."),
        (("soon",), 2, "'soon' is not a valid float."),
        (("nan",), 2, "nan is not a finite number."),
        (("inf",), 2, "inf is not a finite number."),
        (("--", "-5"), 1, "seconds is -5.0; allowed is 0 or more."),
        (("1e15",), 1, " is after the year 9999."),
        (("--until", "soon"), 1, "'soon' is not a moment; allowed are milliseconds since the epoch, or ISO 8601"),
        (("--until", "2039-01-01"), 1, "and the clock never goes back."),
    ],
    ids=str,
)
def test_an_advance_that_cannot_be_is_refused(
    account: AccountClient, shell: Shell, words: tuple[str, ...], status: int, said: str
) -> None:
    assert said in shell("advance", *words, status=status)
    assert account.clock.now() == NOON


def test_the_clock_as_json_is_the_pages_own(account: AccountClient, shell: Shell) -> None:
    state = {"account": account.number, "now": 2209032000000, "time": "2040-01-01T12:00:00.000Z", "frozen": True}

    assert shell.json("clock") == {**state, "rate": 0}
    assert shell.json("advance", "60")["now"] == state["now"] + 60_000  # type: ignore[operator]
    assert shell.json("clock", "resume")["frozen"] is False
    assert shell.json("clock", "rate", "60")["rate"] == 60
    assert shell.json("clock", "freeze")["frozen"] is True


def test_the_clock_is_told_in_words(account: AccountClient, shell: Shell) -> None:
    ahead = NOON - datetime.now(UTC)
    where = f"{abs(ahead).days} d {'ahead of' if ahead > timedelta(0) else 'behind'} this machine"

    assert shell.lines("clock") == [
        f"It is 2040-01-01T12:00:00.000Z in account 123456789012, {where}. The clock is frozen."
    ]


def test_a_clock_that_nobody_touched_is_that_of_the_machine(account: AccountClient, shell: Shell) -> None:
    account.reset()

    (line,) = shell.lines("clock")

    assert line.endswith("Z in account 123456789012. The clock runs.")


def test_a_clock_is_frozen_made_faster_and_resumed(account: AccountClient, shell: Shell) -> None:
    account.clock.resume()

    frozen = shell("clock", "freeze", "--at", "2041-01-01T00:00:00Z")
    faster = shell("clock", "rate", "1000")
    resumed = shell("clock", "resume")

    assert frozen.startswith("It is 2041-01-01T00:00:00.000Z ")
    assert frozen.endswith(" The clock is frozen.\n")
    assert faster.endswith(" The clock runs 1000 times as fast as the real time.\n")
    assert resumed.endswith(" The clock runs.\n")
    assert not account.clock.is_frozen


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("rate", "0"), 1, "rate is 0.0; allowed is 0.001 to 1000000 (freeze stops the clock)."),
        (("rate", "nan"), 2, "nan is not a finite number."),
        (("rate",), 2, "Missing argument 'X'."),
        (("freeze", "--at", "2039-01-01"), 1, "and the clock never goes back."),
        (("stop",), 2, "No such command 'stop'."),
    ],
    ids=str,
)
def test_a_clock_that_cannot_be_is_refused(shell: Shell, words: tuple[str, ...], status: int, said: str) -> None:
    assert said in shell("clock", *words, status=status)
