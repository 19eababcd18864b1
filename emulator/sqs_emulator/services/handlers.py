"""Which function answers which action, of all services."""

from __future__ import annotations

from typing import Final

from sqs_emulator.contract.action import Action
from sqs_emulator.services.dispatch import Handler
from sqs_emulator.services.sqs import handlers as sqs

HANDLERS: Final[dict[Action, Handler]] = {**sqs.HANDLERS}
