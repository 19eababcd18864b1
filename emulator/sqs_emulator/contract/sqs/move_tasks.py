"""Actions on message move tasks: start, list, cancel."""

from __future__ import annotations

from typing import Annotated, Final

from sqs_emulator.contract.action import Action, Request, Result, query
from sqs_emulator.contract.sqs.name import NAME


class StartMessageMoveTaskRequest(Request):
    source_arn: str | None = None
    destination_arn: str | None = None
    max_number_of_messages_per_second: int | None = None


class StartMessageMoveTaskResult(Result):
    task_handle: str


class ListMessageMoveTasksRequest(Request):
    source_arn: str | None = None
    max_results: int | None = None


class ListMessageMoveTasksResultEntry(Result, kw_only=True):
    task_handle: str | None = None  # only while it is running
    status: str
    source_arn: str
    destination_arn: str | None = None
    max_number_of_messages_per_second: int | None = None
    approximate_number_of_messages_moved: int
    approximate_number_of_messages_to_move: int
    failure_reason: str | None = None
    started_timestamp: int


class ListMessageMoveTasksResult(Result, kw_only=True):
    results: Annotated[list[ListMessageMoveTasksResultEntry], query("ListMessageMoveTasksResultEntry")]


class CancelMessageMoveTaskRequest(Request):
    task_handle: str | None = None


class CancelMessageMoveTaskResult(Result, kw_only=True):
    approximate_number_of_messages_moved: int


ACTIONS: Final = (
    Action(
        NAME,
        "StartMessageMoveTask",
        StartMessageMoveTaskRequest,
        ("source_arn",),
        StartMessageMoveTaskResult,
        on_queue_path=False,
        owner_only=True,
    ),
    Action(
        NAME,
        "ListMessageMoveTasks",
        ListMessageMoveTasksRequest,
        ("source_arn",),
        ListMessageMoveTasksResult,
        on_queue_path=False,
        owner_only=True,
    ),
    Action(
        NAME,
        "CancelMessageMoveTask",
        CancelMessageMoveTaskRequest,
        ("task_handle",),
        CancelMessageMoveTaskResult,
        on_queue_path=False,
        owner_only=True,
    ),
)
