"""Which mutants are made at all: none where a break could say nothing."""

from __future__ import annotations

import pytest

from tests.mutants.places import silent

SOURCE = """
FindQueue = Callable[[str], Queue | None]
LIMIT = 3 * 4

class Queue:
    size: int | None = 1 + 2

    def send(self, body: str | None) -> int | None:
        assert body is not None
        return len(body) + 1

    def check(self) -> None:
        raise ValueError
"""


@pytest.mark.parametrize(
    ("text", "is_silent"),
    [
        ("Callable[[str]", True),
        ("3 * 4", False),
        ("int | None = 1", True),
        ("1 + 2", False),
        ("str | None) ->", True),
        ("int | None:", True),
        ("body is not None", True),
        ("len(body) + 1", False),
        ("raise ValueError", True),
    ],
)
def test_types_checks_and_assertions_are_left_alone(text: str, is_silent: bool) -> None:
    before = SOURCE[: SOURCE.index(text)]
    place = (before.count("\n") + 1, len(before.rpartition("\n")[2]))

    assert any(span.holds(place) for span in silent(SOURCE)) is is_silent
