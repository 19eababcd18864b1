"""What is in force, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
from typing import Final

from sqs_emulator.config.load import load
from sqs_emulator.config.report import as_json, as_table, table
from sqs_emulator.config.settings import LIMIT_NAMES, Config
from tests.config.conftest import WriteFile

FILE: Final = """
port = 0
allowed_origins = ["http://a.test", "http://b.test"]
[limits]
set = "strict"
tags = 5
[[queues]]
name = "jobs"
DelaySeconds = 5
[[queues]]
name = "dead"
[[auto_create]]
pattern = "celery-*"
[accounts.111122223333]
access_keys = ["AKIA"]
[[faults]]
scenario = "throttled"
[[faults]]
effect = "drop"
[clock]
frozen = true
start = 2026-01-01T00:00:00Z
"""


def test_every_setting_and_every_limit_is_a_row() -> None:
    names = {line.split()[0] for line in as_table(load(environment={})).splitlines()}

    assert names == {"setting", *Config.__struct_fields__, *(f"limits.{name}" for name in LIMIT_NAMES)} - {"limit"}


def test_the_table_says_what_is_in_force_and_where_it_comes_from(write: WriteFile) -> None:
    file = write(FILE)
    variables = {"SQS_EMULATOR_ACCESS_LOG": "1", "SQS_EMULATOR_LIMIT_IN_FLIGHT": "7"}

    lines = as_table(
        load(file, environment=variables, flags={"host": "::1", "limit": ("wait_seconds=3",)})
    ).splitlines()

    rows = {line.split()[0]: line.split()[1:] for line in lines}
    assert rows["setting"] == ["value", "from"]
    assert rows["host"] == ["::1", "--host"]
    assert rows["port"] == ["0", file]
    assert rows["region"] == ["us-east-1", "default"]
    assert rows["base_url"] == ["default"]
    assert rows["access_log"] == ["true", "SQS_EMULATOR_ACCESS_LOG"]
    assert rows["allowed_origins"] == ["http://a.test,", "http://b.test", file]
    assert rows["limits"] == ["strict", file]
    assert rows["limits.tags"] == ["5", file]
    assert rows["limits.in_flight"] == ["7", "SQS_EMULATOR_LIMIT_IN_FLIGHT"]
    assert rows["limits.wait_seconds"] == ["3", "--limit", "wait_seconds"]
    assert rows["limits.purge_window_ms"] == ["60000", file]
    assert rows["queues"] == ["jobs,", "dead", file]
    assert rows["auto_create"] == ["celery-*", file]
    assert rows["faults"] == ["throttled,", "drop", file]
    assert rows["accounts"] == ["111122223333", file]
    assert rows["clock"] == ["start=2026-01-01", "00:00:00+00:00", "frozen=true", "rate=1.0", file]


def test_columns_are_aligned() -> None:
    assert table([("a", "bb", ""), ("ccc", "", "d")]) == "a    bb\nccc      d"


def test_the_json_has_values_of_their_own_types(write: WriteFile) -> None:
    file = write(FILE)

    said = json.loads(as_json(load(file, environment={"SQS_EMULATOR_EVENTS": "9"})))

    assert said["port"] == {"value": 0, "source": "file", "name": file}
    assert said["events"] == {"value": 9, "source": "environment", "name": "SQS_EMULATOR_EVENTS"}
    assert said["region"] == {"value": "us-east-1", "source": "default", "name": ""}
    assert said["base_url"]["value"] is None
    assert said["access_log"]["value"] is False
    assert said["limits.tags"] == {"value": 5, "source": "file", "name": file}
    assert [queue["name"] for queue in said["queues"]["value"]] == ["jobs", "dead"]
    assert said["queues"]["value"][0]["attributes"] == {"DelaySeconds": 5}
    assert said["accounts"]["value"] == {"111122223333": {"access_keys": ["AKIA"], "clock": None}}
    assert said["faults"]["value"] == [{"scenario": "throttled"}, {"effect": "drop"}]
    assert said["clock"]["value"] == {"start": "2026-01-01T00:00:00Z", "frozen": True, "rate": 1.0}
