"""Messages that were received more than once. Each is told of by the one rule that knows best why."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from sqs_emulator.core.events import MessageDeletedAgain
from sqs_emulator.core.queue import Queue
from sqs_emulator.observe.evidence import Case, Evidence
from sqs_emulator.observe.findings import Change, Finding, Seen, Severity
from sqs_emulator.observe.history import ends_of, name_of, seconds, times
from sqs_emulator.observe.symptoms.saying import LONGEST_TIMEOUT, count, finding, longer_timeout, told_receives

_LONGEST_DELAY: Final = 900  # s: SQS's limit of a delay
_POISONED: Final = 3  # receives of one message after which a dead-letter queue is worth advising
_BEFORE_ETA: Final = 1_000  # ms: a worker's timer may be that early

ETA, TWICE, VANISHED, OTHER = "eta", "twice", "vanished", "other"


def cause(evidence: Evidence, case: Case) -> str | None:
    """Say why a message was received more than once, or will be; None: it was not, or its consumers gave it back."""
    if wait_for_eta(case, evidence.queues[case.queue], evidence.now):
        return ETA
    if ran_twice(case):
        return TWICE
    if case.message is not None and case.message.dead_letter_source is not None:
        return None  # told of among the dead letters
    lost = [flight for flight in case.flights if flight.end == "timed out"]
    if lost and all(evidence.has_vanished(flight.consumer, flight.until) for flight in lost):
        return VANISHED
    if lost or (case.receive_count > 1 and len(case.flights) < case.receive_count):
        return OTHER
    return None


def wait_for_eta(case: Case, queue: Queue, now: int) -> int:
    """Return for how long (ms) a worker holds a task until its ETA, if that is longer than SQS lets it; otherwise 0."""
    started_at = case.started_at(now)
    if case.envelope is None or case.envelope.eta_at is None or started_at is None:
        return 0
    flight = case.flights[0] if case.flights else None
    if flight is not None and flight.end == "deleted" and (flight.ended_at or 0) < case.envelope.eta_at - _BEFORE_ETA:
        return 0  # whoever had it did not wait
    wait = case.envelope.eta_at - started_at
    return wait if wait > _timeout(case, queue) else 0


def _timeout(case: Case, queue: Queue) -> int:
    """Return for how long (ms) its first receive hides it."""
    if not case.flights:
        return queue.attributes.visibility_timeout * 1_000
    return max(case.flights[0].timeout, case.flights[0].until - case.flights[0].received_at)


def ran_twice(case: Case) -> bool:
    """Say whether somebody finished it after its visibility timeout had let another one begin."""
    if case.life is None:
        return False
    if any(flight.is_late for flight in case.flights[:-1]):
        return True
    again = [event for event in case.life.events if isinstance(event, MessageDeletedAgain)]
    here = [flight for flight in case.flights if flight.queue == case.location]
    deleted_by = next((number for number, flight in enumerate(here, 1) if flight.end == "deleted"), None)
    return len(here) > 1 and any(event.receive != deleted_by for event in again)


def eta_beyond_visibility_timeout(evidence: Evidence) -> Iterator[Finding]:
    for queue, cases in evidence.by_queue(lambda case: cause(evidence, case) == ETA):
        longest = max(wait_for_eta(case, queue, evidence.now) for case in cases)
        timeout = min(_timeout(case, queue) for case in cases)
        text = (
            f"{count(cases, 'task waits', 'tasks wait')} in a worker for an ETA up to {seconds(longest)} away, longer "
            f"than the visibility timeout of {seconds(timeout)}: SQS hands each out again whenever that "
            "ends, and every copy runs at the ETA."
        )
        yield finding(
            "eta_beyond_visibility_timeout",
            Severity.ERROR,
            queue,
            text,
            seen={
                "longest_wait_seconds": longest / 1_000,
                "visibility_timeout_seconds": timeout / 1_000,
                "most_receives": max(case.receive_count for case in cases),
            },
            cases=cases,
            changes=_for_eta(longest),
            tell=lambda case: f"eta {case.envelope and case.envelope.eta}, {told_receives(case)}",
        )


def _for_eta(wait: int) -> Iterator[Change]:
    if wait < LONGEST_TIMEOUT * 1_000:
        yield from longer_timeout(wait)
    else:
        yield Change(
            where="code",
            setting="countdown, eta",
            value=LONGEST_TIMEOUT,
            text="No visibility timeout is longer: let celery beat, or a table of one's own, send it when it is due.",
        )
    if wait <= _LONGEST_DELAY * 1_000:
        yield Change(
            where="code",
            setting="apply_async(delay_seconds=...)",
            value=math.ceil(wait / 1_000),
            text="Instead of a countdown (kombu 5.7 or newer, standard queues): SQS hides it, and no worker holds it.",
        )


def task_ran_twice(evidence: Evidence) -> Iterator[Finding]:
    for queue, cases in evidence.by_queue(lambda case: cause(evidence, case) == TWICE):
        flights = [flight for case in cases for flight in case.flights]
        took = [(flight.ended_at or 0) - flight.received_at for flight in flights if flight.is_late]
        timeout = min(flight.timeout for flight in flights)
        text = (
            f"{count(cases, 'message was', 'messages were')} still being worked on when the visibility timeout of "
            f"{seconds(timeout)} ended, and handed out once more: the work was done twice."
        )
        seen: Seen = {
            "visibility_timeout_seconds": timeout / 1_000,
            "most_receives": max(case.receive_count for case in cases),
        }
        if took:
            seen["longest_run_seconds"] = max(took) / 1_000
        harmless = "Let it do no harm when it runs twice: SQS promises no less."
        yield finding(
            "task_ran_twice",
            Severity.ERROR,
            queue,
            text,
            seen=seen,
            cases=cases,
            changes=[
                *longer_timeout(max([*took, timeout])),
                Change(where="code", setting="the task", text=harmless),
            ],
        )


def consumer_vanished(evidence: Evidence) -> Iterator[Finding]:
    for queue, cases in evidence.by_queue(lambda case: cause(evidence, case) == VANISHED):
        lost = [flight for case in cases for flight in case.flights if flight.end == "timed out"]
        text = (
            f"{count(cases, 'message was', 'messages were')} given to a consumer that nothing more was heard of when "
            "the visibility timeout had ended: it was killed, lost its connection, or is busy for longer than that."
        )
        yield finding(
            "consumer_vanished",
            Severity.WARNING,
            queue,
            text,
            seen={
                "consumers": ", ".join(sorted({name_of(flight.consumer) for flight in lost})),
                "receives_lost": len(lost),
                "hidden_seconds": max(flight.until - flight.received_at for flight in lost) / 1_000,
            },
            cases=cases,
            changes=_FOR_VANISHED,
            tell=_told_consumers,
        )


def _told_consumers(case: Case) -> str:
    names = dict.fromkeys(name_of(flight.consumer) for flight in case.flights)
    return f"received {times(case.receive_count)} by {', '.join(names)}"


_FOR_VANISHED: Final = (
    Change(
        where="Celery",
        setting="worker_prefetch_multiplier",
        value=1,
        text="A worker that dies holds back fewer messages that it has not begun.",
    ),
    Change(
        where="Celery",
        setting="task_acks_late",
        value="True",
        text="Else a task that has begun is lost with its worker, and only those that have not come back.",
    ),
    Change(
        where="SQS",
        setting="VisibilityTimeout",
        text="A shorter one brings lost messages back sooner; but it has to be longer than the longest task.",
    ),
)


def redelivered(evidence: Evidence) -> Iterator[Finding]:
    for queue, cases in evidence.by_queue(lambda case: cause(evidence, case) == OTHER):
        most = max(case.receive_count for case in cases)
        timeouts = [flight.timeout for case in cases for flight in case.flights]
        timeout = max(timeouts, default=queue.attributes.visibility_timeout * 1_000)
        text = (
            f"{count(cases, 'message was', 'messages were')} received up to {times(most)}, since nobody deleted it "
            "within its visibility timeout. That is SQS's redelivery, not Celery's retry, which sends a new message."
        )
        yield finding(
            "redelivered",
            Severity.WARNING,
            queue,
            text,
            seen={"most_receives": most, "visibility_timeout_seconds": timeout / 1_000},
            cases=cases,
            changes=[*longer_timeout(timeout), *_against_poison(queue, most)],
            tell=_told_redelivery,
        )


def _told_redelivery(case: Case) -> str:
    retries = "" if case.envelope is None else f"retries {case.envelope.retries}"
    return "; ".join(part for part in (told_receives(case), ends_of(case.flights), retries) if part)


def _against_poison(queue: Queue, receives: int) -> Iterator[Change]:
    if receives >= _POISONED and queue.attributes.redrive_policy is None:
        yield Change(
            where="SQS",
            setting="RedrivePolicy",
            text="Without a dead-letter queue, what fails each time comes back until its retention period is over.",
        )
