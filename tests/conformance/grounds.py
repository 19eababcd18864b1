"""What each test stands on, and why AWS itself is spared some of them.

A test, or a row of its table, is marked `@ground("API Reference, SendMessage")`, by the page of AWS's documentation, or
`@recorded("...")`, by what is known of AWS's own answers: from runs against it, or from public reports that quote them.
One without either is an error of collection. `conftest.py` puts the functions below to use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import pytest

MARKERS: Final = (
    "ground(page): the page of AWS's documentation that a conformance test stands on",
    "recorded(fact): the recorded answer of AWS that a conformance test stands on",
    "slow_on_aws(reason): not run against AWS, where it takes minutes",
    "dear_on_aws(reason): not run against AWS, where it takes many requests",
    "loose_on_aws(reason): not run against AWS, which promises less, or promises it in time only",
)
SKIPPED_ON_AWS: Final = ("slow_on_aws", "dear_on_aws", "loose_on_aws")
_PAGE: Final = re.compile(r"(API Reference|Developer Guide), \S.*|README of .+")


def ground(page: str) -> pytest.MarkDecorator:
    return pytest.mark.ground(page)


def recorded(fact: str) -> pytest.MarkDecorator:
    return pytest.mark.recorded(fact)


def slow_on_aws(reason: str) -> pytest.MarkDecorator:
    return pytest.mark.slow_on_aws(reason)


def dear_on_aws(reason: str) -> pytest.MarkDecorator:
    return pytest.mark.dear_on_aws(reason)


def loose_on_aws(reason: str) -> pytest.MarkDecorator:
    return pytest.mark.loose_on_aws(reason)


def grounds_of(item: pytest.Item) -> list[str]:
    """Return what a test stands on, the nearest first."""
    pages = [str(mark.args[0]) for mark in item.iter_markers("ground")]
    facts = [f"recorded of AWS: {mark.args[0]}" for mark in item.iter_markers("recorded")]
    return facts + pages


def without_ground(items: Iterable[pytest.Item]) -> Iterator[str]:
    """Yield a line for each test that names no ground, or none that could be looked up."""
    for item in items:
        pages = [str(mark.args[0]) for mark in item.iter_markers("ground")]
        if not grounds_of(item):
            yield f"{item.name} names no ground: mark it @ground(page) or @recorded(fact)"
        yield from (
            f"{item.name} stands on {page!r}, which names no book" for page in pages if not _PAGE.fullmatch(page)
        )


def why_not_on_aws(item: pytest.Item) -> str | None:
    """Return why AWS is spared a test; None if it is not."""
    for name in SKIPPED_ON_AWS:
        if (mark := item.get_closest_marker(name)) is not None:
            return f"{name}: {mark.args[0]}"
    return None
