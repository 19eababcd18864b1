"""Which function answers which action, and the one place that calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from sqs_emulator.contract.action import Action, Request
from sqs_emulator.core.errors import MissingParameter
from sqs_emulator.services.call import Call
from sqs_emulator.services.pending import Outcome
from sqs_emulator.services.sqs import messages, move_tasks, permissions, queues

# Each takes the request struct of its own action, which no common type can say.
Handler = Callable[[Call, Any], Outcome]

HANDLERS: Final[dict[str, Handler]] = {
    "CreateQueue": queues.create_queue,
    "GetQueueUrl": queues.get_queue_url,
    "ListQueues": queues.list_queues,
    "ListDeadLetterSourceQueues": queues.list_dead_letter_source_queues,
    "GetQueueAttributes": queues.get_queue_attributes,
    "SetQueueAttributes": queues.set_queue_attributes,
    "DeleteQueue": queues.delete_queue,
    "PurgeQueue": queues.purge_queue,
    "TagQueue": queues.tag_queue,
    "UntagQueue": queues.untag_queue,
    "ListQueueTags": queues.list_queue_tags,
    "SendMessage": messages.send_message,
    "SendMessageBatch": messages.send_message_batch,
    "ReceiveMessage": messages.receive_message,
    "DeleteMessage": messages.delete_message,
    "DeleteMessageBatch": messages.delete_message_batch,
    "ChangeMessageVisibility": messages.change_message_visibility,
    "ChangeMessageVisibilityBatch": messages.change_message_visibility_batch,
    "AddPermission": permissions.add_permission,
    "RemovePermission": permissions.remove_permission,
    "StartMessageMoveTask": move_tasks.start_message_move_task,
    "ListMessageMoveTasks": move_tasks.list_message_move_tasks,
    "CancelMessageMoveTask": move_tasks.cancel_message_move_task,
}


def dispatch(action: Action, call: Call, request: Request) -> Outcome:
    """Answer a request, at once or pending; raises SqsError. Whoever needs to stand in between wraps this."""
    for field in action.required:
        if getattr(request, field) is None:
            raise MissingParameter(_wire_name(action, field))
    return HANDLERS[action.name](call, request)


def _wire_name(action: Action, field: str) -> str:
    return next(each.encode_name for each in msgspec.structs.fields(action.request) if each.name == field)
