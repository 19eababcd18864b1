"""Which rows of an "Easy to get wrong" list the tests of a module stand for: their docstrings begin with `Row 7:`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_ROW: Final = re.compile(r"Row ([0-9]+): \S")


def rows_in(module: Mapping[str, object]) -> set[int]:
    """Return the numbers in the docstrings of a module's tests, given as its `globals()`."""
    texts = [str(value.__doc__) for name, value in module.items() if name.startswith("test_") and callable(value)]
    return {int(found[1]) for text in texts if (found := _ROW.match(text))}
