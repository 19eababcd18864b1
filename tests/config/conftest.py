"""Configuration files to read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

WriteFile = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path) -> WriteFile:
    """Write a configuration file, and return its path."""

    def write(text: str) -> str:
        path = tmp_path / "emulator.toml"
        path.write_text(text, "utf-8")
        return str(path)

    return write
