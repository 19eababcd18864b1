"""PurgeQueue."""

from __future__ import annotations

from tests.conformance.grounds import ground, recorded, slow_on_aws
from tests.conformance.sqs import Sqs, bodies, refused

MEANWHILE = "a purge takes up to a minute, and may take what is sent meanwhile along"


@recorded("PurgeQueue of visible, delayed and in-flight messages: all are gone")
def test_a_purge_takes_all_messages(sqs: Sqs, queue: str) -> None:
    sqs.send(queue, "in flight")
    sqs.receive(queue)
    sqs.send(queue, "visible")
    sqs.send(queue, "delayed", DelaySeconds=900)
    sqs.eventually(lambda: sqs.counts(queue), (1, 1, 1))

    sqs.client.purge_queue(QueueUrl=queue)

    sqs.eventually(lambda: sqs.counts(queue), (0, 0, 0))
    assert sqs.look(queue) == []


@recorded("a message that was in flight when its queue was purged never comes back")
def test_a_purged_message_does_not_come_back(sqs: Sqs, queue: str) -> None:
    sqs.send(queue)
    sqs.receive(queue, VisibilityTimeout=1)

    sqs.client.purge_queue(QueueUrl=queue)
    sqs.let_pass(1)

    sqs.eventually(lambda: sqs.counts(queue), (0, 0, 0))
    assert sqs.look(queue) == []


@slow_on_aws(MEANWHILE)
@ground("API Reference, PurgeQueue")
def test_a_purged_queue_goes_on(sqs: Sqs, queue: str) -> None:
    sqs.send(queue, "before")
    sqs.client.purge_queue(QueueUrl=queue)
    sqs.eventually(lambda: sqs.counts(queue), (0, 0, 0))

    sqs.send(queue, "after")

    assert bodies(sqs.receive(queue)) == ["after"]


@slow_on_aws(MEANWHILE)
@ground("Developer Guide, FIFO queue delivery logic in Amazon SQS")
def test_a_purge_frees_the_groups(sqs: Sqs, fifo: str) -> None:
    sqs.send_in_groups(fifo, "g1a g1b")
    sqs.receive(fifo)
    sqs.client.purge_queue(QueueUrl=fifo)
    sqs.eventually(lambda: sqs.counts(fifo), (0, 0, 0))

    sqs.send_in_groups(fifo, "g1c")

    assert bodies(sqs.receive(fifo)) == ["g1c"]


@recorded("PurgeQueue within 60 s of another: PurgeQueueInProgress with status 403, in these words")
def test_a_queue_is_purged_once_in_60_seconds(strict_sqs: Sqs) -> None:
    name = strict_sqs.name()
    url = strict_sqs.create(name)
    strict_sqs.client.purge_queue(QueueUrl=url)

    words = f"Only one PurgeQueue operation on {name} is allowed every 60 seconds."
    with refused("AWS.SimpleQueueService.PurgeQueueInProgress", words, status=403):
        strict_sqs.client.purge_queue(QueueUrl=url)
