"""Hands over what the core owes to waiters, after the step in which it came to owe it."""

from __future__ import annotations

import logging

from sqs_emulator.core.outbox import Outbox

_log = logging.getLogger("sqs_emulator")


def hand_over(outbox: Outbox) -> None:
    """Answer the waiters that are owed something. A failure while one of them is answered is that one's alone."""
    while outbox.owed:
        for waiter, deliveries in outbox.take():
            try:
                waiter.answer(deliveries)
            except Exception:
                _log.exception("a waiting receive could not be answered")
