"""For those who have an event loop of their own: what blocks, in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

_Value = TypeVar("_Value")


def in_thread(act: Callable[[], _Value]) -> Awaitable[_Value]:
    """Return what to await while `act` runs in a thread."""
    return asyncio.to_thread(act)
