"""What the tables of a file may hold, and what they say when they cannot be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

import pytest

from sqs_emulator import Config, ConfigError
from sqs_emulator.config.load import load
from sqs_emulator.config.tables import AccountConfig, AutoCreate, ClockConfig, QueueConfig
from tests.config.conftest import WriteFile

EVERYTHING: Final = """
[[queues]]
name = "jobs"
VisibilityTimeout = 60
SqsManagedSseEnabled = false
dead_letter_queue = "dead"
max_receive_count = 3
tags = { team = "billing" }
account = "111122223333"
region = "eu-west-1"

[[queues]]
name = "dead"
RedriveAllowPolicy = { redrivePermission = "denyAll" }

[[auto_create]]
pattern = "celery-*"
DelaySeconds = 5
tags.made = "for you"

[accounts.111122223333]
access_keys = ["AKIAEXAMPLE", "other"]
clock = { frozen = true }

[accounts.444455556666]

[clock]
start = 2026-01-01T00:00:00+02:00
rate = 60

[[faults]]
action = "SendMessage"
effect = "drop"
"""


def read(file: str) -> Config:
    return load(file, environment={}).config


def test_the_tables_are_what_the_structs_of_python_are(write: WriteFile) -> None:
    config = read(write(EVERYTHING))

    assert config == Config(
        queues=(
            QueueConfig(
                name="jobs",
                attributes={"VisibilityTimeout": 60, "SqsManagedSseEnabled": False},
                dead_letter_queue="dead",
                max_receive_count=3,
                tags={"team": "billing"},
                account="111122223333",
                region="eu-west-1",
            ),
            QueueConfig(name="dead", attributes={"RedriveAllowPolicy": {"redrivePermission": "denyAll"}}),
        ),
        auto_create=(AutoCreate(pattern="celery-*", attributes={"DelaySeconds": 5}, tags={"made": "for you"}),),
        accounts={
            "111122223333": AccountConfig(access_keys=("AKIAEXAMPLE", "other"), clock=ClockConfig(frozen=True)),
            "444455556666": AccountConfig(),
        },
        clock=ClockConfig(start=datetime(2025, 12, 31, 22, tzinfo=UTC), rate=60),
        faults=({"action": "SendMessage", "effect": "drop"},),
    )


def test_every_table_has_the_file_as_its_source(write: WriteFile) -> None:
    file = write(EVERYTHING)

    sources = load(file, environment={}).sources

    assert {name: source.name for name, source in sources.items()} == dict.fromkeys(
        ("queues", "auto_create", "accounts", "clock", "faults"), file
    )


BAD: Final = {
    "a queue without a name": ("[[queues]]\nDelaySeconds = 1", "queues number 1: name is missing; it is the name of a"),
    "queues that are no array": ('[queues]\nname = "a"', 'queues is {"name": "a"}; allowed are tables, each headed'),
    "queues that are names": ('queues = ["a"]', 'queues is ["a"]; allowed are tables, each headed [[queues]].'),
    "a key that is none": (
        '[[queues]]\nname = "a"\nnonsense = 1',
        "queues a: there is no key 'nonsense'. Allowed are: tags, dead_letter_queue, max_receive_count, name,",
    ),
    "an attribute that is nearly one": (
        '[[queues]]\nname = "a"\nvisibility_timeout = 1',
        "queues a: there is no key 'visibility_timeout'. Did you mean VisibilityTimeout? Allowed are: ",
    ),
    "a key that is nearly one": (
        '[[queues]]\nname = "a"\ndead_letter = "b"',
        "queues a: there is no key 'dead_letter'. Did you mean dead_letter_queue? Allowed are: ",
    ),
    "attributes in a table of their own": (
        '[[queues]]\nname = "a"\n[queues.attributes]\nDelaySeconds = 1',
        "queues a: there is no key 'attributes'. Allowed are: ",
    ),
    "an attribute that cannot be set": (
        '[[queues]]\nname = "a"\nQueueArn = "arn"',
        "queues a: there is no key 'QueueArn'.",
    ),
    "a name that is a number": ("[[queues]]\nname = 1", "queues 1: name is 1; allowed is the name of a queue."),
    "a count that is a text": (
        '[[queues]]\nname = "a"\nmax_receive_count = "3"',
        "queues a: max_receive_count is '3'; allowed is a whole number, 1 to 1000.",
    ),
    "tags that are numbers": (
        '[[queues]]\nname = "a"\ntags = { a = 1 }',
        'queues a: tags is {"a": 1}; allowed is a table of texts.',
    ),
    "a pattern that is missing": ("[[auto_create]]\n", "auto_create number 1: pattern is missing; it is a pattern of"),
    "an account that is none": (
        "[accounts.default]\n",
        "the name of one of accounts is 'default'; allowed is a number",
    ),
    "accounts that are none": ("accounts = 5", "accounts is 5; allowed are tables, such as [accounts.111122223333]."),
    "an account that is no table": (
        'accounts.111122223333 = "AKIA"',
        "accounts 111122223333: it is 'AKIA'; allowed is a table with access_keys, clock.",
    ),
    "a key of an account that is nearly one": (
        "[accounts.111122223333]\naccess_key = 5",
        "accounts 111122223333: there is no key 'access_key'. Did you mean access_keys? Allowed are: access_key",
    ),
    "a clock of an account that cannot be": (
        "[accounts.111122223333]\nclock.rate = 0",
        "accounts 111122223333: clock: rate is 0.0; allowed is 0.001 to 1000000.",
    ),
    "an access key of two accounts": (
        '[accounts.111122223333]\naccess_keys = ["a"]\n[accounts.444455556666]\naccess_keys = ["a"]',
        "access key 'a' cannot mean account 444455556666: it means 111122223333.",
    ),
    "the number of another account": (
        '[accounts.111122223333]\naccess_keys = ["444455556666"]',
        "access key '444455556666' cannot mean account 111122223333: it means 444455556666.",
    ),
    "faults that are no array": ('faults = "drop"', "faults is 'drop'; allowed are tables, each headed [[faults]]."),
    "a clock that is none": ("clock = 5", "clock: it is 5; allowed is a table with start, frozen, rate."),
    "a key of the clock that is nearly one": (
        "clock.freeze = true",
        "clock: there is no key 'freeze'. Did you mean fro",
    ),
    "a start that is a date": (
        "clock.start = 2026-01-01",
        "clock: start is 2026-01-01; allowed is a date and time, such as 2026-01-01T00:00:00Z.",
    ),
    "a start before the epoch": (
        "clock.start = 1969-12-31T23:59:59Z",
        "clock: start is 1969-12-31 23:59:59+00:00; allowed is a moment of 1970 or later.",
    ),
    "a rate of nothing": ("clock.rate = 0", "clock: rate is 0.0; allowed is 0.001 to 1000000."),
    "a rate beyond all": ("clock.rate = 1e7", "clock: rate is 10000000.0; allowed is 0.001 to 1000000."),
    "a rate that is none": ("clock.rate = nan", "clock: rate is nan; allowed is 0.001 to 1000000."),
    "a rate that is a text": ('clock.rate = "2"', "clock: rate is '2'; allowed is how many seconds pass in a real one"),
    "a frozen clock that runs": ("clock = { frozen = true, rate = 2 }", "clock: frozen and rate cannot both be set"),
}


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=BAD)
def test_a_table_that_cannot_be_is_refused_with_its_place(text: str, message: str, write: WriteFile) -> None:
    file = write(text)

    with pytest.raises(ConfigError) as caught:
        read(file)

    assert str(caught.value).startswith(f"{file}: {message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("start", "milliseconds"),
    [
        (None, None),
        (datetime(2026, 1, 1, tzinfo=UTC), 1_767_225_600_000),
        (datetime(2026, 1, 1), 1_767_225_600_000),  # noqa: DTZ001
        (datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))), 1_767_222_000_000),
        (datetime(1970, 1, 1, microsecond=1000, tzinfo=UTC), 1),
    ],
    ids=str,
)
def test_a_start_is_a_moment_in_utc_unless_it_says_otherwise(start: datetime | None, milliseconds: int | None) -> None:
    assert ClockConfig(start=start).start_ms == milliseconds


@pytest.mark.parametrize(
    "settings", [{"accounts": {"1": AccountConfig()}}, {"accounts": {"": AccountConfig()}}], ids=str
)
def test_python_is_refused_as_a_file_is(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="allowed is a number of 12 digits"):
        Config(**settings)
