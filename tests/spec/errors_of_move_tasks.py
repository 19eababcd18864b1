"""Error table of sqs-api, section 5.16: message move tasks."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Final

from tests.spec.catalogue import Error, bad_value, not_found
from tests.spec.rows import Row, Sections
from tests.spec.scene import Given, arn_of, call

FORMAT: Final = bad_value(
    "You must use this format to specify the SourceArn: arn:<partition>:<service>:<region>:<account-id>:<resource-id>"
)
NO_DEAD_LETTER_QUEUE: Final = bad_value("Source queue must be configured as a Dead Letter Queue.")
ALREADY_RUNNING: Final = bad_value(
    "There is already a task running. Only one active task is allowed for a source queue arn at a given time."
)
NO_TASK: Final = Error("ResourceNotFoundException", "Task does not exist.")
RUNNING: Final[Given] = (call("StartMessageMoveTask", SourceArn=arn_of("dead"), MaxNumberOfMessagesPerSecond=1),)
COMPLETED: Final[Given] = (call("StartMessageMoveTask", SourceArn=arn_of("dead")), 1)


def task_handle(source: str, task: str = "f47ac10b-58cc-4372-a567-0e02b2c3d479") -> str:
    return base64.b64encode(json.dumps({"taskId": task, "sourceArn": arn_of(source)}).encode()).decode()


def start() -> Iterator[Row]:
    def row(situation: str, error: Error, given: Given = (), source: str = "dead", **members: object) -> Row:
        return Row(situation, "StartMessageMoveTask", {"SourceArn": arn_of(source), **members}, error, given)

    for arn in ("nonsense", "arn:aws:sqs:us-east-1", "dead", "http://localhost:9324/000000000000/dead"):
        yield row(f"SourceArn {arn!r}", FORMAT, SourceArn=arn)
    yield row("source queue missing", not_found("SourceArn"), source="missing")
    yield row(
        "source queue of another region", not_found("SourceArn"), SourceArn=arn_of("dead").replace("east", "west")
    )
    yield row("no queue has it as its dead-letter queue", NO_DEAD_LETTER_QUEUE, source="standard")
    yield row("no queue has it any more", NO_DEAD_LETTER_QUEUE, (call("DeleteQueue", QueueUrl="source"),))
    yield row("destination missing", not_found("DestinationArn"), DestinationArn=arn_of("missing"))
    yield row("a task is running", ALREADY_RUNNING, RUNNING)
    for rate in (0, -1, 501):
        yield row(f"rate {rate}", bad_value("…"), MaxNumberOfMessagesPerSecond=rate)
    # The checks in their order: each row is wrong in two ways.
    yield row("format, then the rate", FORMAT, SourceArn="nonsense", MaxNumberOfMessagesPerSecond=501)
    yield row("source, then destination", not_found("SourceArn"), source="missing", DestinationArn=arn_of("missing"))
    yield row("dead-letter queue, then destination", NO_DEAD_LETTER_QUEUE, source="standard",
              DestinationArn=arn_of("missing"))  # fmt: skip
    yield row("destination, then running", not_found("DestinationArn"), RUNNING, DestinationArn=arn_of("missing"))
    yield row("running, then the rate", ALREADY_RUNNING, RUNNING, MaxNumberOfMessagesPerSecond=501)


def cancel() -> Iterator[Row]:
    def row(situation: str, handle: str, error: Error, given: Given = ()) -> Row:
        return Row(situation, "CancelMessageMoveTask", {"TaskHandle": handle}, error, given)

    bad_handle = bad_value("Value for parameter TaskHandle is invalid.")
    garbled = ("nonsense", "", "bm9uc2Vuc2U=", "e30=", "W10=", task_handle("dead")[:-8])
    for handle in garbled:
        yield row(f"handle {handle[:12]!r}", handle, bad_handle)
    yield row("source queue of the handle missing", task_handle("missing"), not_found("SourceArn"))
    yield row("task unknown", task_handle("dead"), NO_TASK)
    yield row("task of another queue", task_handle("standard"), NO_TASK, RUNNING)
    yield row("task completed", "<task handle>", NO_TASK, COMPLETED)
    yield row(
        "task cancelled",
        "<task handle>",
        NO_TASK,
        (*RUNNING, call("CancelMessageMoveTask", TaskHandle="<task handle>"), 1),
    )


def listing() -> Iterator[Row]:
    missing = {"SourceArn": arn_of("missing")}
    yield Row("queue missing", "ListMessageMoveTasks", missing, not_found("SourceArn"))
    for number in (0, 11, -1):
        members = {"SourceArn": arn_of("dead"), "MaxResults": number}
        yield Row(f"MaxResults {number}", "ListMessageMoveTasks", members, bad_value("…"))


ERRORS_OF_MOVE_TASKS: Final[Sections] = {"5.16": (*start(), *cancel(), *listing())}
