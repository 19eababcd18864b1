"""Which function answers which action of SQS."""

from __future__ import annotations

from typing import Final

from sqs_emulator.contract.action import Action
from sqs_emulator.contract.sqs import ACTIONS
from sqs_emulator.services.dispatch import Handler
from sqs_emulator.services.sqs import handles, move_tasks, permissions, queues, receiving, sending, tags

HANDLERS: Final[dict[Action, Handler]] = {
    ACTIONS["CreateQueue"]: queues.create_queue,
    ACTIONS["GetQueueUrl"]: queues.get_queue_url,
    ACTIONS["ListQueues"]: queues.list_queues,
    ACTIONS["ListDeadLetterSourceQueues"]: queues.list_dead_letter_source_queues,
    ACTIONS["GetQueueAttributes"]: queues.get_queue_attributes,
    ACTIONS["SetQueueAttributes"]: queues.set_queue_attributes,
    ACTIONS["DeleteQueue"]: queues.delete_queue,
    ACTIONS["PurgeQueue"]: queues.purge_queue,
    ACTIONS["TagQueue"]: tags.tag_queue,
    ACTIONS["UntagQueue"]: tags.untag_queue,
    ACTIONS["ListQueueTags"]: tags.list_queue_tags,
    ACTIONS["SendMessage"]: sending.send_message,
    ACTIONS["SendMessageBatch"]: sending.send_message_batch,
    ACTIONS["ReceiveMessage"]: receiving.receive_message,
    ACTIONS["DeleteMessage"]: handles.delete_message,
    ACTIONS["DeleteMessageBatch"]: handles.delete_message_batch,
    ACTIONS["ChangeMessageVisibility"]: handles.change_message_visibility,
    ACTIONS["ChangeMessageVisibilityBatch"]: handles.change_message_visibility_batch,
    ACTIONS["AddPermission"]: permissions.add_permission,
    ACTIONS["RemovePermission"]: permissions.remove_permission,
    ACTIONS["StartMessageMoveTask"]: move_tasks.start_message_move_task,
    ACTIONS["ListMessageMoveTasks"]: move_tasks.list_message_move_tasks,
    ACTIONS["CancelMessageMoveTask"]: move_tasks.cancel_message_move_task,
}
