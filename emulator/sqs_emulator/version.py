"""The version. It stands apart from `__init__.py`, which knows all the others, so that anybody can ask for it."""

from __future__ import annotations

__version__ = "0.1.0"
