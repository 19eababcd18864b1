"""SQS as a service (API version 2012-11-05)."""

from __future__ import annotations

from typing import Final

from sqs_emulator.contract.action import Action
from sqs_emulator.contract.service import Service
from sqs_emulator.contract.sqs import messages, move_tasks, permissions, queues
from sqs_emulator.contract.sqs.errors import WIRE_ERRORS
from sqs_emulator.contract.sqs.name import NAME

VERSION: Final = "2012-11-05"

ACTIONS: Final[dict[str, Action]] = {
    action.name: action for action in (*queues.ACTIONS, *messages.ACTIONS, *permissions.ACTIONS, *move_tasks.ACTIONS)
}
SQS: Final = Service(
    name=NAME,
    version=VERSION,
    namespace=f"http://queue.amazonaws.com/doc/{VERSION}/",
    target_prefix="AmazonSQS.",
    actions=ACTIONS,
    errors=WIRE_ERRORS,
)
