"""Why messages are in a dead-letter queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from sqs_emulator.observe.evidence import Case, Evidence
from sqs_emulator.observe.findings import Change, Finding, Seen, Severity
from sqs_emulator.observe.history import ends_of, name_of, queue_name, times
from sqs_emulator.observe.lives import Flight
from sqs_emulator.observe.symptoms.saying import count, finding, told_receives

_FEW_RECEIVES: Final = 3  # a maxReceiveCount below this is used up by workers that merely stop


def dead_letters(evidence: Evidence) -> Iterator[Finding]:
    for queue, cases in evidence.by_queue(lambda case: _source(case) is not None, by_location=True):
        for source in dict.fromkeys(map(_source, cases)):
            if source is not None:
                yield _from(evidence, source, queue.arn, [case for case in cases if _source(case) == source])


def _source(case: Case) -> str | None:
    return case.message.dead_letter_source if case.message is not None and case.is_here else None


def _from(evidence: Evidence, source: str, target: str, cases: list[Case]) -> Finding:
    flights = [flight for case in cases for flight in _flights(case)]
    most, why = max(case.receive_count for case in cases), ends_of(flights)
    text = (
        f"{count(cases, 'message of', 'messages of')} {queue_name(source)} came to this dead-letter queue, received up "
        f"to {times(most)} and not deleted{': ' + why if why else ''}."
    )
    return finding(
        "dead_letters",
        Severity.WARNING,
        evidence.queues[target],
        text,
        seen={"from": queue_name(source), "most_receives": most, **_ends(flights)},
        cases=cases,
        changes=_changes(evidence, source),
        tell=_told,
    )


def _flights(case: Case) -> list[Flight]:
    """Return the receives that made it a dead letter."""
    return [flight for flight in case.flights if flight.queue == _source(case)]


def _ends(flights: Iterable[Flight]) -> Seen:
    ends = Counter(flight.end for flight in flights if flight.end is not None)
    return {f"receives_{end.replace(' ', '_')}": number for end, number in ends.items()}


def _told(case: Case) -> str:
    flights = _flights(case)
    names = ", ".join(dict.fromkeys(name_of(flight.consumer) for flight in flights))
    return f"{told_receives(case)} by {names}: {ends_of(flights)}" if flights else f"{told_receives(case)}"


def _changes(evidence: Evidence, source: str) -> Iterator[Change]:
    queue = evidence.broker.find_arn(source)
    policy = None if queue is None else queue.attributes.redrive_policy
    if policy is not None and policy.max_receive_count < _FEW_RECEIVES:
        yield Change(
            where="SQS",
            setting="RedrivePolicy maxReceiveCount",
            value=_FEW_RECEIVES,
            text="Each worker that stops with a message it has not begun uses up one receive of it.",
        )
    yield Change(
        where="code",
        setting="the task",
        text="See the messages' histories for when and by whom they were received, and the workers' logs of then.",
    )
    yield Change(where="SQS", setting="StartMessageMoveTask", text="Brings them back, when the cause is gone.")
