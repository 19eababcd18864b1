"""Tables: what gives way, and in which order, when a terminal is narrow."""

from __future__ import annotations

import pytest

from sqs_emulator.commands import terminal
from sqs_emulator.commands.table import Column, Rank, table

MESSAGE = "0a1b2c3d-0000-4000-8000-000000000000"
COLUMNS = (
    Column("message", is_id=True),
    Column("state"),
    Column("receives", right=True),
    Column("size", right=True, rank=Rank.SPARED),
    Column("task", least=8),
    Column("expires", rank=Rank.EXTRA),
)
ROWS = [
    [MESSAGE, "visible", "0", "12 B", "shop.orders.reserve", "in 4 d"],
    [MESSAGE.replace("0a1b", "ffff"), "in flight", "12", "900 B", "shop.x", "in 4 d"],
]


def lines(most: int | None) -> list[str]:
    return table(COLUMNS, ROWS, most).splitlines()


def test_columns_are_aligned_and_numbers_stand_to_the_right() -> None:
    assert table((Column("queue"), Column("visible", right=True)), [["jobs", "1"], ["a", "12"]], None) == (
        "queue  visible\n"  #
        "jobs         1\n"
        "a           12"
    )


def test_a_column_without_anything_in_it_is_left_out() -> None:
    assert table((Column("queue"), Column("region"), Column("polls")), [["jobs", "", "0"]], None) == (
        "queue  polls\n"  #
        "jobs   0"
    )


def test_where_there_is_room_nothing_is_cut() -> None:
    whole = lines(None)

    assert whole[1] == f"{MESSAGE}  visible           0   12 B  shop.orders.reserve  in 4 d"
    assert lines(max(map(len, whole))) == whole


def test_ids_are_the_first_to_be_cut_and_all_of_a_column_alike() -> None:
    assert lines(80) == [
        "message   state      receives   size  task                 expires",
        "0a1b2c3d  visible           0   12 B  shop.orders.reserve  in 4 d",
        "ffff2c3d  in flight        12  900 B  shop.x               in 4 d",
    ]


def test_extras_go_before_texts_are_cut() -> None:
    assert lines(60) == [
        "message   state      receives   size  task",
        "0a1b2c3d  visible           0   12 B  shop.orders.reserve",
        "ffff2c3d  in flight        12  900 B  shop.x",
    ]


def test_texts_are_cut_to_the_width_and_dots_say_so() -> None:
    assert lines(50) == [
        "message   state      receives   size  task",
        "0a1b2c3d  visible           0   12 B  shop.orde...",
        "ffff2c3d  in flight        12  900 B  shop.x",
    ]


def test_what_can_be_spared_goes_when_texts_have_given_what_they_can() -> None:
    assert lines(45) == [
        "message   state      receives  task",
        "0a1b2c3d  visible           0  shop.orders...",
        "ffff2c3d  in flight        12  shop.x",
        "(no room for: size)",
    ]


def test_what_is_needed_stays_however_narrow_it_is() -> None:
    assert lines(10)[:2] == [
        "message   state      receives  task",
        "0a1b2c3d  visible           0  shop....",
    ]


@pytest.mark.parametrize("most", range(39, 100))
def test_a_table_is_never_wider_than_it_may_be(most: int) -> None:
    assert max(map(len, lines(most))) <= most


def test_the_longest_text_is_cut_first() -> None:
    columns = (Column("group", least=4), Column("body", least=4))

    assert table(columns, [["g" * 10, "b" * 30]], 32).splitlines()[1] == "gggggggggg  bbbbbbbbbbbbbbbbb..."
    assert table(columns, [["g" * 10, "b" * 30]], 14).splitlines()[1] == "ggg...  bbb..."


def test_characters_count_by_the_columns_that_a_terminal_gives_them() -> None:
    columns = (Column("body", least=6), Column("size"))

    assert table(columns, [["日本語", "9 B"], ["cafe\u0301", "6 B"]], None).splitlines() == [
        "body    size",
        "日本語  9 B",
        "cafe\u0301    6 B",
    ]
    assert table(columns, [["日本語日本語", "18 B"]], 14).splitlines()[1] == "日本...   18 B"


def test_what_a_terminal_would_obey_is_shown_instead() -> None:
    assert table((Column("body"),), [["a\nb\x9b31m\tc\u202e"]], None) == "body\na\\nb\\x9b31m\\tc\\u202e"


@pytest.mark.parametrize(
    ("most", "shown"),
    [
        (None, "  - one two three four five six seven"),
        (30, "  - one two three four five\n    six seven"),
        (20, "  - one two three four five six seven"),
    ],
    ids=["no terminal", "a narrow terminal", "one too narrow for prose"],
)
def test_prose_is_wrapped_behind_what_it_begins_with(most: int | None, shown: str) -> None:
    assert terminal.wrapped("one two three four five six seven", first="  - ", indent="    ", most=most) == shown


@pytest.mark.parametrize(
    ("columns", "width"), [("80", 80), ("0", None), ("", None), ("wide", None), ("-1", None), ("²", None)]
)
def test_the_width_is_what_columns_says(monkeypatch: pytest.MonkeyPatch, columns: str, width: int | None) -> None:
    monkeypatch.setenv("COLUMNS", columns)

    assert terminal.width() == width
