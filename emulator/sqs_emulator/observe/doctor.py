"""The doctor: what goes wrong with Celery on SQS, told from what was seen.

Everything comes from the queues, from the events that the feed still has and from what messages said. The rules are in
`symptoms/`; a new one is a function in the table below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from sqs_emulator.core.broker import Broker
from sqs_emulator.core.events import Event
from sqs_emulator.observe.evidence import Evidence
from sqs_emulator.observe.findings import Finding, Severity
from sqs_emulator.observe.symptoms import contents, dead_letters, fifo, queues, redelivery

SYMPTOMS: Final[tuple[Callable[[Evidence], Iterator[Finding]], ...]] = (
    redelivery.eta_beyond_visibility_timeout,
    redelivery.task_ran_twice,
    redelivery.consumer_vanished,
    redelivery.redelivered,
    contents.foreign_message,
    contents.task_sent_twice,
    contents.task_expired,
    contents.message_expired,
    dead_letters.dead_letters,
    queues.nobody_polls,
    queues.queue_wanted_otherwise,
    queues.default_visibility_timeout,
    fifo.one_message_group,
    fifo.message_group_in_parallel,
)
_ORDER: Final = list(Severity)


def diagnose(
    broker: Broker, events: Iterable[Event], now: int, *, account: str | None = None, depth: int = 200
) -> list[Finding]:
    """Return what is wrong with the queues of an account, or of all, at a moment; the worst first.

    Of each queue's messages the oldest `depth` are looked at, and all that the events tell of. What was due by `now`
    happens first and is told in further events: so hand in `feed.events()` itself, not a list of what it had before.
    """
    theirs = list(broker.queues() if account is None else broker.queues_of(account))
    for queue in theirs:
        queue.catch_up(now)
    evidence = Evidence(broker, theirs, events, now=now, depth=depth)
    findings = [finding for symptom in SYMPTOMS for finding in symptom(evidence)]
    return sorted(findings, key=lambda finding: (_ORDER.index(finding.severity), finding.queue))
