"""The meaning: one function per action, from its request through the core to its result. Nothing here waits."""

from __future__ import annotations
