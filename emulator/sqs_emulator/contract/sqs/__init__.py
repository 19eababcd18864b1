"""The actions of SQS (API version 2012-11-05), by name."""

from __future__ import annotations

from typing import Final

from sqs_emulator.contract.action import Action
from sqs_emulator.contract.sqs import messages, move_tasks, permissions, queues

VERSION: Final = "2012-11-05"
NAMESPACE: Final = f"http://queue.amazonaws.com/doc/{VERSION}/"

ACTIONS: Final[dict[str, Action]] = {
    action.name: action for action in (*queues.ACTIONS, *messages.ACTIONS, *permissions.ACTIONS, *move_tasks.ACTIONS)
}
