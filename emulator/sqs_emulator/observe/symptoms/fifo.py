"""What is not as it was meant in FIFO queues."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from sqs_emulator.core.events import Event, MessageReceived
from sqs_emulator.core.fifo import FifoQueue
from sqs_emulator.core.queue import Queue
from sqs_emulator.observe.evidence import Case, Evidence
from sqs_emulator.observe.findings import Change, Finding, Severity
from sqs_emulator.observe.symptoms.saying import finding

_KOMBUS_GROUP: Final = "default"


def one_message_group(evidence: Evidence) -> Iterator[Finding]:
    def has_kombus_group(case: Case) -> bool:
        if case.envelope is None or case.message is None or case.envelope.message_group_id is not None:
            return False
        return case.message.group_id == _KOMBUS_GROUP

    for queue, cases in evidence.by_queue(has_kombus_group):
        if not isinstance(queue, FifoQueue) or len(cases) < 2:
            continue
        text = (
            f"{len(cases)} tasks were sent without a MessageGroupId, so kombu put all into group `{_KOMBUS_GROUP}`: "
            "while one of them is in flight, none of the others can be received."
        )
        yield finding(
            "one_message_group",
            Severity.HINT,
            queue,
            text,
            seen={"tasks": len(cases)},
            cases=cases,
            changes=[
                Change(
                    where="code",
                    setting="apply_async(MessageGroupId=...)",
                    text="One group for each thing whose tasks have to stay in order.",
                )
            ],
        )


def message_group_in_parallel(evidence: Evidence) -> Iterator[Finding]:
    for queue, cases in evidence.by_queue(lambda case: case.envelope is not None):
        if not isinstance(queue, FifoQueue):
            continue
        together = _received_together(evidence, queue, cases)
        if not together:
            continue
        tasks = list(dict.fromkeys(case for group in together for case in group))
        text = (
            f"{len(tasks)} tasks came to a worker together with others of their message group: a pool of more than one "
            "process runs them at the same time, and not in their order."
        )
        yield finding(
            "message_group_in_parallel",
            Severity.HINT,
            queue,
            text,
            seen={"tasks": len(tasks), "most_together": max(map(len, together))},
            cases=tasks,
            changes=_IN_ORDER,
        )


def _received_together(evidence: Evidence, queue: Queue, cases: list[Case]) -> list[list[Case]]:
    """Return the tasks of one message group that one receive brought, where there are several."""
    by_id = {case.message_id: case for case in cases}
    received = [event for event in evidence.events if event.queue == queue.arn]
    found = []
    # While one of a group is in flight no second receive brings more of it: they stand in a row, or not together.
    for moment, events in itertools.groupby(received, _moment_of_receive):
        groups: dict[str | None, dict[Case, None]] = {}
        for event in events if moment is not None else ():
            case = by_id.get(event.message_id) if isinstance(event, MessageReceived) else None
            if case is not None and case.message is not None:
                groups.setdefault(case.message.group_id, {})[case] = None
        found.extend([list(cases) for cases in groups.values() if len(cases) > 1])
    return found


def _moment_of_receive(event: Event) -> object:
    return (event.at, event.consumer) if isinstance(event, MessageReceived) else None


_IN_ORDER: Final = (
    Change(where="Celery", setting="worker --concurrency", value=1, text="Order holds with one process,"),
    Change(where="Celery", setting="worker_prefetch_multiplier", value=1, text="that takes one message at a time,"),
    Change(where="Celery", setting="task_acks_late", value="True", text="and deletes it when its task is done."),
)
