"""No text of a client's makes a pattern work longer than its length allows."""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

import sqs_emulator
from sqs_emulator.services.sqs.message_attributes import _is_number
from sqs_emulator.wire import credentials

SOURCE: Final = Path(sqs_emulator.__file__).parent
LENGTH: Final = 6_000
# What a text begins with, what it is made of, again and again, and what it ends with: nearly a match, for long.
BEGINNINGS: Final = ("", "1", ".", "arn:aws:sqs:", "Credential=", "sqs.", "String.")
REPEATED: Final = ("1", "a", ".", "-", ":", " ", "/", "*", "=", "1.", "a.", "a-")
ENDS: Final = ("", "x", "\x00")
TEXTS: Final = [(first, again, last) for first in BEGINNINGS for again in REPEATED for last in ENDS]


class Use(NamedTuple):
    pattern: str
    flags: int
    method: str


def uses() -> Iterator[tuple[str, Use]]:
    """Yield every pattern of the package with the method that it is used by, kept in a module or standing in a call."""
    for path in SOURCE.rglob("*.py"):
        place = str(path.relative_to(SOURCE))
        source = path.read_text("utf-8")
        module = importlib.import_module(f"sqs_emulator.{place.removesuffix('.py').replace('/', '.')}")
        for node in ast.walk(ast.parse(source)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            of, method = node.func.value, node.func.attr
            if method not in METHODS or not isinstance(of, ast.Name):
                continue
            kept = getattr(module, of.id, None)
            if isinstance(kept, re.Pattern) and isinstance(kept.pattern, str):
                yield f"{place}: {of.id}.{method}", Use(kept.pattern, kept.flags, method)
            elif of.id == "re":
                pattern = eval(compile(ast.Expression(node.args[0]), place, "eval"), vars(module))
                yield f"{place}: re.{method} in line {node.lineno}", Use(pattern, 0, method)
    for pattern in credentials._REGION_IN_HOST:
        yield f"the host's region by {pattern.pattern}", Use(pattern.pattern, pattern.flags, "match")


METHODS: Final = ("fullmatch", "match", "search", "sub", "split", "findall")
USES: Final = dict(uses())


def cost(act: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    act(text)
    return time.process_time() - began


def takes_the_square(act: Callable[[str], object], make: Callable[[int], str]) -> bool:
    """Say whether twice the text takes clearly more than twice the time. What is over at once takes no square."""
    if cost(act, make(LENGTH)) < 0.02:
        return False
    once, twice = (min(cost(act, make(length)) for _ in range(3)) for length in (LENGTH, 2 * LENGTH))
    return twice > 3 * once


@pytest.mark.parametrize("name", USES)
def test_no_pattern_takes_the_square_of_a_text(name: str) -> None:
    use = USES[name]
    pattern = re.compile(use.pattern, use.flags)

    def act(text: str) -> object:
        return pattern.sub("", text) if use.method == "sub" else getattr(pattern, use.method)(text)

    for first, again, last in TEXTS:

        def make(length: int, first: str = first, again: str = again, last: str = last) -> str:
            return first + again * (length // len(again)) + last

        assert not takes_the_square(act, make), (first, again, last)


def test_the_patterns_are_found() -> None:
    assert len(USES) > 15
    assert any("message_attributes" in name for name in USES)


def test_a_pattern_that_takes_the_square_is_seen() -> None:
    ambiguous = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")

    assert takes_the_square(ambiguous.fullmatch, lambda length: "1" * length + "x")


@pytest.mark.parametrize("text", ["{}x", "{}", "{}e5", "1.{}", "  {}", "-{}."])
def test_a_number_of_a_megabyte_is_looked_at_once(text: str) -> None:
    assert not takes_the_square(_is_number, lambda length: text.format("1" * length * 30))
