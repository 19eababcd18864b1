"""What is in the messages."""

from __future__ import annotations

from collections.abc import Iterator

from sqs_emulator.observe.evidence import Case, Evidence
from sqs_emulator.observe.findings import Change, Finding, Severity
from sqs_emulator.observe.history import seconds
from sqs_emulator.observe.symptoms.saying import count, finding


def foreign_message(evidence: Evidence) -> Iterator[Finding]:
    for queue, cases in evidence.by_queue(lambda case: case.message is not None):
        foreign = [case for case in cases if case.envelope is None]
        tasks = len(cases) - len(foreign)
        if not foreign or not tasks:
            continue
        text = (
            f"{count(foreign, 'message is', 'messages are')} no Celery task, in a queue of Celery tasks: a worker "
            "deletes what it cannot read, and only logs it."
        )
        yield finding(
            "foreign_message",
            Severity.ERROR,
            queue,
            text,
            seen={"foreign": len(foreign), "tasks": tasks},
            cases=foreign,
            changes=[Change(where="code", setting="the queue", text="Give what is not Celery's a queue of its own.")],
            tell=_told_body,
        )


def _told_body(case: Case) -> str | None:
    return None if case.message is None else f"{len(case.message.body)} characters: {case.message.body[:60]!r}"


def task_sent_twice(evidence: Evidence) -> Iterator[Finding]:
    for queue, cases in evidence.by_queue(lambda case: case.envelope is not None):
        copies: dict[object, list[Case]] = {}
        for case in cases:
            if case.envelope is not None:
                copies.setdefault((case.envelope.id, case.envelope.retries), []).append(case)
        several = [cases for cases in copies.values() if len(cases) > 1]
        if not several:
            continue
        twins = [case for cases in several for case in cases]
        tasks = "one task" if len(several) == 1 else f"{len(several)} tasks"
        yield finding(
            "task_sent_twice",
            Severity.WARNING,
            queue,
            f"{len(twins)} messages carry {tasks}: the producer sent more than once.",
            seen={"tasks": len(several), "messages": len(twins)},
            cases=twins,
            changes=[
                Change(
                    where="code",
                    setting="the producer",
                    text="It sends again when an answer is lost. A FIFO queue takes one MessageDeduplicationId once.",
                )
            ],
        )


def task_expired(evidence: Evidence) -> Iterator[Finding]:
    def late_by(case: Case) -> int:
        started_at = case.started_at(evidence.now)
        if case.envelope is None or case.envelope.expires_at is None or started_at is None:
            return 0
        return max(0, started_at - case.envelope.expires_at)

    for queue, cases in evidence.by_queue(late_by):
        latest = max(late_by(case) for case in cases)
        text = (
            f"{count(cases, 'task was', 'tasks were')} not received before `expires`, by up to {seconds(latest)}: a "
            "worker throws such a task away and does not run it."
        )
        yield finding(
            "task_expired",
            Severity.WARNING,
            queue,
            text,
            seen={"late_seconds": latest / 1_000},
            cases=cases,
            changes=[
                Change(where="code", setting="apply_async(expires=...)", text="Later, or none at all."),
                Change(
                    where="Celery", setting="worker --concurrency", text="More, or more workers: tasks wait too long."
                ),
            ],
            tell=lambda case: f"expires {case.envelope and case.envelope.expires}",
        )


def message_expired(evidence: Evidence) -> Iterator[Finding]:
    def has_expired(case: Case) -> bool:
        return case.life is not None and case.life.end == "expired"

    for queue, cases in evidence.by_queue(has_expired, by_location=True):
        retention = queue.attributes.message_retention_period
        text = (
            f"{count(cases, 'message was', 'messages were')} lost: nobody deleted it within the retention period of "
            f"{seconds(retention * 1_000)}."
        )
        is_for_dead_letters = bool(evidence.broker.dead_letter_sources(queue))
        yield finding(
            "message_expired",
            Severity.WARNING if is_for_dead_letters else Severity.ERROR,
            queue,
            text,
            seen={"retention_seconds": retention},
            cases=cases,
            changes=[
                Change(where="SQS", setting="MessageRetentionPeriod", value=1_209_600, text="14 days are the most.")
            ],
        )
