"""What all rules say alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from sqs_emulator.core.queue import Queue
from sqs_emulator.observe.evidence import Case
from sqs_emulator.observe.findings import Change, Finding, Seen, Severity
from sqs_emulator.observe.history import times

LONGEST_TIMEOUT: Final = 43_200  # s: SQS's limit of a visibility timeout
_SUBJECTS: Final = 10  # messages that a finding names

TIMEOUT_OF_KOMBU: Final = 'broker_transport_options["visibility_timeout"]'


def told_receives(case: Case) -> str | None:
    return f"received {times(case.receive_count)}" if case.receive_count else "never received"


def finding(
    code: str,
    severity: Severity,
    queue: Queue,
    text: str,
    *,
    seen: Seen,
    changes: Iterable[Change],
    cases: Sequence[Case] = (),
    tell: Callable[[Case], str | None] = told_receives,
) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        queue=queue.arn,
        text=text,
        seen=seen,
        count=len(cases),
        messages=[case.subject(tell(case)) for case in cases[:_SUBJECTS]],
        changes=list(changes),
    )


def count(cases: Sequence[Case], one: str, many: str) -> str:
    return f"1 {one}" if len(cases) == 1 else f"{len(cases)} {many}"


def longer_timeout(needed: int) -> list[Change]:
    """Advise a visibility timeout of more than `needed` ms, in whole minutes."""
    value = min(LONGEST_TIMEOUT, (math.ceil(needed / 60_000) + 1) * 60)
    return [
        Change(
            where="kombu",
            setting=TIMEOUT_OF_KOMBU,
            value=value,
            text="Celery gives it to the queues that it creates; one that is there already keeps its own.",
        ),
        Change(
            where="SQS",
            setting="VisibilityTimeout",
            value=value,
            text="SetQueueAttributes changes the queue that is there, for the next receives.",
        ),
    ]
