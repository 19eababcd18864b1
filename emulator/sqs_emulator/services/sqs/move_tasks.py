"""Actions on message move tasks. AWS's pages: "Actions", each under its name, in the Amazon SQS API Reference."""

from __future__ import annotations

import base64
import binascii
import json

from sqs_emulator.contract.sqs.move_tasks import (
    CancelMessageMoveTaskRequest,
    CancelMessageMoveTaskResult,
    ListMessageMoveTasksRequest,
    ListMessageMoveTasksResult,
    ListMessageMoveTasksResultEntry,
    StartMessageMoveTaskRequest,
    StartMessageMoveTaskResult,
)
from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.errors import InvalidParameterValue, ResourceNotFound
from sqs_emulator.core.move_tasks import MessageMoveTask, MoveTaskStatus
from sqs_emulator.core.queue import Queue
from sqs_emulator.services.call import Call
from sqs_emulator.services.sqs import parameters


def start_message_move_task(call: Call, request: StartMessageMoveTaskRequest) -> StartMessageMoveTaskResult:
    source_arn = request.source_arn or ""
    _check_arn(source_arn, "SourceArn")
    if request.destination_arn is not None:
        _check_arn(request.destination_arn, "DestinationArn")
    source, now = _source(call, source_arn)
    task = call.broker.start_move_task(
        source,
        now=now,
        destination_arn=request.destination_arn,
        rate=request.max_number_of_messages_per_second,
    )
    return StartMessageMoveTaskResult(task_handle=_handle(task))


def list_message_move_tasks(call: Call, request: ListMessageMoveTasksRequest) -> ListMessageMoveTasksResult:
    source_arn = request.source_arn or ""
    _check_arn(source_arn, "SourceArn")
    results = 1 if request.max_results is None else request.max_results
    parameters.move_tasks_results(results, call.broker.limits)
    source, now = _source(call, source_arn)
    tasks = call.broker.move_tasks_of(source)
    for task in tasks:
        task.catch_up(now)
    return ListMessageMoveTasksResult(results=[_entry(task) for task in tasks[::-1][:results]])


def cancel_message_move_task(call: Call, request: CancelMessageMoveTaskRequest) -> CancelMessageMoveTaskResult:
    task_id, source_arn = _read_handle(request.task_handle or "")
    source, now = _source(call, source_arn)
    task = next((task for task in call.broker.move_tasks_of(source) if task.id == task_id), None)
    # Not settled: a task that has ended already; here it is as unknown as one that never was.
    if task is None or not task.is_running(now):
        raise ResourceNotFound("Task does not exist.")
    task.cancel(now)
    return CancelMessageMoveTaskResult(approximate_number_of_messages_moved=task.moved)


def _check_arn(arn: str, parameter: str) -> None:
    if not _is_queue_arn(arn):
        raise InvalidParameterValue(
            f"You must use this format to specify the {parameter}: "
            "arn:<partition>:<service>:<region>:<account-id>:<resource-id>"
        )


def _is_queue_arn(text: str) -> bool:
    try:
        return bool(QueueArn.parse(text).partition)
    except ValueError:
        return False


def _source(call: Call, source_arn: str) -> tuple[Queue, int]:
    """Return the queue whose messages are moved, and the moment that it is there."""
    source = call.broker.find_arn(source_arn)
    if source is None:
        raise ResourceNotFound.of("SourceArn")
    return source, source.clock.now()


def _entry(task: MessageMoveTask) -> ListMessageMoveTasksResultEntry:
    return ListMessageMoveTasksResultEntry(
        task_handle=_handle(task) if task.status is MoveTaskStatus.RUNNING else None,
        status=task.status.value,
        source_arn=task.source.arn,
        destination_arn=task.destination_arn,
        max_number_of_messages_per_second=task.rate,
        approximate_number_of_messages_moved=task.moved,
        approximate_number_of_messages_to_move=task.to_move,
        failure_reason=task.failure_reason,
        started_timestamp=task.started_at,
    )


def _handle(task: MessageMoveTask) -> str:
    content = json.dumps({"taskId": task.id, "sourceArn": task.source.arn}, separators=(",", ":"))
    return base64.b64encode(content.encode()).decode()


def _read_handle(text: str) -> tuple[str, str]:
    """Return the task's id and its source's ARN."""
    try:
        content = json.loads(base64.b64decode(text, validate=True))
        task_id, source_arn = content["taskId"], content["sourceArn"]
    except (binascii.Error, ValueError, TypeError, KeyError, RecursionError):
        task_id = source_arn = None
    if not isinstance(task_id, str) or not isinstance(source_arn, str) or not _is_queue_arn(source_arn):
        raise InvalidParameterValue("Value for parameter TaskHandle is invalid.")
    return task_id, source_arn
