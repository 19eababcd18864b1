"""The matrix of receipt handles (semantics, section 5): what each handle does, on either kind of queue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tests.spec.catalogue import Error, bad_parameter
from tests.spec.scene import Given, arn_of, call, redrive_policy

# One message of one group, on a queue of either kind; `dead` is its dead-letter queue, where a situation needs one.
STANDARD: Final = "q"
FIFO: Final = "q.fifo"
SETTINGS: Final[dict[str, Given]] = {
    STANDARD: (
        call("CreateQueue", QueueName="other"),
        call("CreateQueue", QueueName="q"),
        call("SendMessage", QueueUrl="q", MessageBody="x"),
    ),
    FIFO: (
        call("CreateQueue", QueueName="other.fifo", Attributes={"FifoQueue": "true"}),
        call("CreateQueue", QueueName="q.fifo", Attributes={"FifoQueue": "true"}),
        call("SendMessage", QueueUrl="q.fifo", MessageBody="x", MessageGroupId="g", MessageDeduplicationId="1"),
    ),
}


class Outcome(NamedTuple):
    """What a call with the handle does: the error it gets, or what has become of the message."""

    error: Error | None = None
    counts: tuple[int, int, int] | None = None  # visible, in flight, delayed
    changes_nothing: bool = False


DELETED: Final = Outcome(counts=(0, 0, 0))
APPLIED: Final = Outcome(counts=(0, 1, 0))  # in flight, and visible when the new timeout is over
NO_EFFECT: Final = Outcome(changes_nothing=True)  # 200 all the same
EXPIRED: Final = Outcome(bad_parameter("<handle>", "ReceiptHandle", "The receipt handle has expired."))
NOT_CHANGEABLE: Final = Outcome(
    bad_parameter(
        "<handle>",
        "ReceiptHandle",
        "Message does not exist or is not available for visibility timeout change.",
    )
)
MALFORMED: Final = Outcome(
    Error("ReceiptHandleIsInvalid", 'The input receipt handle "<handle>" is not a valid receipt handle.')
)
FOREIGN: Final = Outcome(Error("ReceiptHandleIsInvalid", "The input receipt handle is invalid."))


def received(url: str, timeout: int = 10) -> Given:
    return (call("ReceiveMessage", QueueUrl=url, VisibilityTimeout=timeout),)


def changed(url: str, timeout: int) -> Given:
    return (call("ChangeMessageVisibility", QueueUrl=url, ReceiptHandle="<handle>", VisibilityTimeout=timeout),)


def with_dead_letter_queue(url: str) -> Given:
    suffix = url.removeprefix("q")
    kind = {"FifoQueue": "true"} if suffix else {}
    policy = {"RedrivePolicy": redrive_policy(f"dead{suffix}", 1)}
    return (
        call("CreateQueue", QueueName=f"dead{suffix}", Attributes=kind),
        call("SetQueueAttributes", QueueUrl=url, Attributes=policy),
    )


class Situation(NamedTuple):
    """A row: how the handle came about, and what it does. Receives are for 10 s. `old`: by the first handle."""

    given: Given
    deletes: Outcome
    changes: Outcome
    old: bool = False


def situations(url: str) -> Iterator[tuple[str, Situation]]:
    """Yield the rows of one kind of queue: its two columns are the outcomes of DeleteMessage and of Change…"""
    fifo = url == FIFO
    expired = EXPIRED if fifo else DELETED
    not_visible = NOT_CHANGEABLE if fifo else NO_EFFECT
    receive, again = received(url), (10, *received(url))
    delete = call("DeleteMessage", QueueUrl=url, ReceiptHandle="<handle>")
    retention = call("SetQueueAttributes", QueueUrl=url, Attributes={"MessageRetentionPeriod": "60"})
    suffix = url.removeprefix("q")
    to_dead = (*with_dead_letter_queue(url), *receive, 10, call("ReceiveMessage", QueueUrl=url))
    as_source = redrive_policy(url, 1)
    kind = {"FifoQueue": "true"} if fifo else {}
    by_task = (
        call("CreateQueue", QueueName=f"s{suffix}", Attributes={"RedrivePolicy": as_source, **kind}),
        *receive,
        10,
        call("StartMessageMoveTask", SourceArn=arn_of(url), DestinationArn=arn_of(f"other{suffix}")),
        1,
    )

    yield "latest, in flight", Situation(receive, DELETED, APPLIED)
    yield "latest, timeout extended, original time over", Situation((*receive, *changed(url, 60), 20), DELETED, APPLIED)
    yield "latest, timeout over, not received again", Situation((*receive, 10), expired, not_visible)
    yield "received with VT=0", Situation(received(url, 0), expired, not_visible)
    yield "latest, made visible by Change(0)", Situation((*receive, *changed(url, 0)), expired, not_visible)
    yield (
        "older, message now in flight under a newer one",
        Situation((*receive, *again), expired, NOT_CHANGEABLE if fifo else APPLIED, old=True),
    )
    yield "older, message visible again", Situation((*receive, *again, 10), expired, not_visible, old=True)
    yield "message already deleted", Situation((*receive, delete), NO_EFFECT, NOT_CHANGEABLE)
    yield "message deleted twice", Situation((*receive, delete, delete), NO_EFFECT, NOT_CHANGEABLE)
    yield "message expired", Situation((retention, *receive, 60), NO_EFFECT, NOT_CHANGEABLE)
    yield "message purged", Situation((*receive, call("PurgeQueue", QueueUrl=url)), NO_EFFECT, NOT_CHANGEABLE)
    yield "message moved to its dead-letter queue", Situation(to_dead, NO_EFFECT, NOT_CHANGEABLE)
    yield "message moved by a task", Situation(by_task, NO_EFFECT, NOT_CHANGEABLE)
    yield "malformed", Situation((), MALFORMED, MALFORMED)
    yield "another queue's", Situation(receive, FOREIGN, FOREIGN)
