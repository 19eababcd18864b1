"""The commands that talk to a running emulator: they read its pages, as `sqs_emulator.testing` does.

Each prints tables and sentences for people, and with `--json` what the page itself said, for programs. What people read
may change; scripts can rely on the pages' JSON.
"""

from __future__ import annotations

from typing import Final

import click

from sqs_emulator.commands import clock, doctor, faults, lives, peek, queues

COMMANDS: Final[dict[str, click.Command]] = {
    "queues": queues.queues,
    "peek": peek.peek,
    "history": lives.history,
    "wait": lives.wait,
    "doctor": doctor.doctor,
    "clock": clock.clock,
    "advance": clock.advance,
    "faults": faults.faults,
    "purge": queues.purge,
    "reset": queues.reset,
}
