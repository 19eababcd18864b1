"""Prints the runtime's dependencies pinned to their lower bounds, as a constraints file for pip."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

PYPROJECT: Final = Path(__file__).parents[2] / "pyproject.toml"
_REQUIREMENT: Final = re.compile(r"(?P<name>[\w.-]+)>=(?P<lowest>[\w.]+)(?P<rest>[^;]*)(?P<marker>;.*)?")


def lowest() -> list[str]:
    """Return `name==version` for each dependency; raises ValueError for one that has no lower bound."""
    dependencies = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["dependencies"]
    return [_pin(dependency) for dependency in dependencies]


def _pin(requirement: str) -> str:
    found = _REQUIREMENT.fullmatch(requirement.strip())
    if found is None:
        raise ValueError(f"{requirement!r} has no lower bound that comes first, as in name>=1.2,<2.")
    return f"{found['name']}=={found['lowest']}{found['marker'] or ''}"


if __name__ == "__main__":
    print("\n".join(lowest()))
