"""What is wrong with a queue itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqs_emulator.core import attributes as queue_attributes
from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.events import QueueCreationRefused
from sqs_emulator.core.message import State
from sqs_emulator.core.queue import Queue
from sqs_emulator.observe.evidence import Evidence
from sqs_emulator.observe.findings import Change, Finding, Seen, Severity
from sqs_emulator.observe.history import name_of, seconds
from sqs_emulator.observe.symptoms.saying import TIMEOUT_OF_KOMBU, finding

_CELERYS_TIMEOUT: Final = 1_800  # s: what kombu creates a queue with, if it is not told otherwise
_SQSS_TIMEOUT: Final = 30  # s: what SQS does
_UNPOLLED: Final = 30_000  # ms that a message waits before nobody seems to poll; a long poll takes 20 s at most


def nobody_polls(evidence: Evidence) -> Iterator[Finding]:
    for queue in evidence.queues.values():
        waits, last = _oldest_waits(evidence, queue), evidence.last_receive.get(queue.arn)
        if waits < _UNPOLLED or (last is not None and evidence.now - last.at < _UNPOLLED):
            continue
        visible = queue.counts(now=evidence.now).visible
        seen: Seen = {"visible": visible, "oldest_waits_seconds": waits / 1_000}
        if last is not None:
            seen["last_receive_seconds_ago"] = (evidence.now - last.at) / 1_000
            seen["last_receive_by"] = name_of(last.consumer)
        twins = _polled_twins(evidence, queue)
        if twins:
            seen["polled_elsewhere"] = ", ".join(twins)
        yield finding(
            "nobody_polls",
            Severity.ERROR if last is None else Severity.WARNING,
            queue,
            f"{visible} visible, the oldest for {seconds(waits)}, and nobody polls the queue.",
            seen=seen,
            changes=_for_unpolled(queue, bool(twins)),
        )


def _oldest_waits(evidence: Evidence, queue: Queue) -> int:
    """Return for how long (ms) a message has been visible that somebody should have received; 0: there is none."""
    counts = queue.counts(now=evidence.now)
    # With some in flight, a worker may have all it wants; it does not poll either then.
    if not counts.visible or counts.in_flight or queue.waiters.by_number or evidence.broker.dead_letter_sources(queue):
        return 0
    oldest = next(queue.in_state(State.READY))
    return evidence.now - max(oldest.enqueued_at, oldest.visible_at)


def _polled_twins(evidence: Evidence, queue: Queue) -> list[str]:
    """Return where a queue of the same name is polled: in another region or account."""
    return [
        "region {}, account {}".format(*QueueArn.parse(other.arn)[1:3])
        for other in evidence.broker.queues()
        if other.name == queue.name and other is not queue
        if other.waiters.by_number or other.arn in evidence.last_receive
    ]


def _for_unpolled(queue: Queue, has_twins: bool) -> Iterator[Change]:
    if has_twins:
        yield Change(
            where="kombu",
            setting='broker_transport_options["region"]',
            value=QueueArn.parse(queue.arn).region,
            text="Producer and worker use queues of one name in two places: the region, or the access key, differs.",
        )
    yield Change(where="Celery", setting="worker --queues", value=queue.name, text="Let a worker consume this queue.")
    yield Change(
        where="kombu",
        setting='broker_transport_options["queue_name_prefix"]',
        text="It has to be the same for producers and workers.",
    )


def queue_wanted_otherwise(evidence: Evidence) -> Iterator[Finding]:
    refused = [event for event in evidence.events if isinstance(event, QueueCreationRefused)]
    for event in {(refusal.queue, refusal.attribute): refusal for refusal in refused}.values():
        queue, attribute = evidence.queues[event.queue], event.attribute
        there = queue_attributes.shown(queue.attributes).get(attribute)
        if there == event.wanted:
            continue
        is_timeout = attribute == "VisibilityTimeout"
        yield finding(
            "visibility_timeout_differs" if is_timeout else "queue_differs",
            Severity.ERROR,
            queue,
            f"Somebody wanted to create this queue with {attribute} {event.wanted}, and was refused: it has {there}.",
            seen={"wanted": str(event.wanted), "there": str(there)},
            changes=[
                Change(where="SQS", setting=attribute, value=event.wanted, text="SetQueueAttributes, or a new queue."),
                *([_SAME_TIMEOUT] if is_timeout else []),
            ],
        )


_SAME_TIMEOUT: Final = Change(
    where="kombu",
    setting=TIMEOUT_OF_KOMBU,
    text="Has to be the same in all applications that share the queue: whoever creates it first decides.",
)


def default_visibility_timeout(evidence: Evidence) -> Iterator[Finding]:
    for queue, cases in evidence.by_queue(lambda case: case.envelope is not None):
        if queue.attributes.visibility_timeout != _SQSS_TIMEOUT:
            continue
        text = (
            f"A queue of Celery tasks has SQS's own visibility timeout of {_SQSS_TIMEOUT} s. Celery creates queues "
            f"with {_CELERYS_TIMEOUT} s, or what it is told to: so somebody else made this one, and tasks that take "
            "longer, or wait longer in a worker, run twice."
        )
        yield finding(
            "default_visibility_timeout",
            Severity.HINT,
            queue,
            text,
            seen={"visibility_timeout_seconds": _SQSS_TIMEOUT, "tasks": len(cases)},
            changes=[
                Change(
                    where="SQS",
                    setting="VisibilityTimeout",
                    value=_CELERYS_TIMEOUT,
                    text="Celery's own option has no effect on a queue that is there already.",
                )
            ],
        )
