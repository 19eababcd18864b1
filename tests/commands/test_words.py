"""Times, sizes and lists in words."""

from __future__ import annotations

import pytest

from sqs_emulator.commands import words

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("milliseconds", "age", "left"),
    [
        (-5, "0 s", "0 s"),
        (0, "0 s", "0 s"),
        (1, "0 s", "1 s"),
        (12 * SECOND, "12 s", "12 s"),
        (12 * SECOND + 1, "12 s", "13 s"),
        (2 * MINUTE - 1, "119 s", "120 s"),
        (2 * MINUTE, "2 min", "2 min"),
        (30 * MINUTE - 1, "29 min", "30 min"),
        (2 * HOUR - 1, "119 min", "120 min"),
        (12 * HOUR, "12 h", "12 h"),
        (4 * DAY, "4 d", "4 d"),
    ],
)
def test_an_age_is_what_has_passed_and_a_deadline_what_is_not_over(milliseconds: int, age: str, left: str) -> None:
    assert words.age(milliseconds) == age
    assert words.left(milliseconds) == left


@pytest.mark.parametrize(("milliseconds", "gap"), [(0, ""), (7, "+7 ms"), (999, "+999 ms"), (1_000, "+1 s")])
def test_a_gap_is_told_where_there_is_one(milliseconds: int, gap: str) -> None:
    assert words.gap(milliseconds) == gap


@pytest.mark.parametrize(
    ("size", "told"), [(0, "0 B"), (9_999, "9999 B"), (10_240, "10 KiB"), (262_144, "256 KiB"), (1_048_576, "1.0 MiB")]
)
def test_a_size_is_in_bytes_while_that_is_short(size: int, told: str) -> None:
    assert words.size(size) == told


@pytest.mark.parametrize(
    ("items", "told"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_a_list_ends_with_and(items: list[str], told: str) -> None:
    assert words.listed(items) == told


@pytest.mark.parametrize(
    ("number", "told"), [(0, "no messages"), (1, "1 message"), (2, "2 messages")], ids=["none", "one", "some"]
)
def test_things_are_counted(number: int, told: str) -> None:
    assert words.count(number, "message") == told


@pytest.mark.parametrize(
    ("celery", "told"),
    [
        ({"task": "demo.add", "args": "(2, 3)", "kwargs": "{}"}, "demo.add(2, 3)"),
        ({"task": "demo.add", "args": "()", "kwargs": "{'x': 1}"}, "demo.add() {'x': 1}"),
        ({"task": "demo.add"}, "demo.add"),
        ({"id": "of a body that is not opened"}, "a task"),
    ],
    ids=["args", "kwargs", "neither", "unknown"],
)
def test_a_task_is_told_as_it_is_called(celery: dict[str, str], told: str) -> None:
    assert words.call(celery) == told
