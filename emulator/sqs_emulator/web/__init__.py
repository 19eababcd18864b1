"""The shell: everything that awaits, writes to a socket or looks at the machine."""

from __future__ import annotations
