"""The emulator's own pages, beside AWS's API: everything under `/_emulator`, as JSON."""

from __future__ import annotations

from sqs_emulator.web.control.app import make_control as make_control
