"""What was seen: sinks of the core's events. Nothing here changes a queue."""

from __future__ import annotations
