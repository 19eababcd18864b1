"""Messages that were received too often: when they move to the dead-letter queue, and what they are there."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import pytest

from tests.conformance.grounds import ground, recorded, slow_on_aws
from tests.conformance.sqs import Message, Sqs, bodies

ALL: Final = {"MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"]}
TRACE: Final = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


class Pair(NamedTuple):
    """The URLs of a queue and of its dead-letter queue."""

    source: str
    dead: str


def pair(sqs: Sqs, receives: int = 1, *, fifo: bool = False) -> Pair:
    dead = sqs.create_fifo() if fifo else sqs.create()
    policy = json.dumps({"deadLetterTargetArn": sqs.arn(dead), "maxReceiveCount": receives})
    source = sqs.create_fifo(RedrivePolicy=policy) if fifo else sqs.create(RedrivePolicy=policy)
    return Pair(source, dead)


def fail(sqs: Sqs, url: str, **members: int) -> Message:
    """Receive a message, and give it back at once."""
    return sqs.receive_one(url, VisibilityTimeout=0, **ALL, **members)


def bury(sqs: Sqs, pair: Pair) -> Message:
    """Let the receive come that moves a message, and return it from the dead-letter queue."""
    sqs.look(pair.source)
    return sqs.receive_one(pair.dead, **ALL)


# When.


@recorded("a message is received maxReceiveCount times; the next receive moves it")
@pytest.mark.parametrize("receives", [1, 3])
def test_a_message_is_received_as_often_as_the_policy_says(sqs: Sqs, receives: int) -> None:
    source, dead = pair(sqs, receives)
    sqs.send(source)

    counted = [fail(sqs, source)["Attributes"]["ApproximateReceiveCount"] for _ in range(receives)]

    assert counted == [str(number + 1) for number in range(receives)]
    assert sqs.look(source) == []
    assert bodies(sqs.receive(dead)) == ["hello"]
    sqs.eventually(lambda: sqs.counts(source), (0, 0, 0))


@recorded("a message that has been received often enough stays until a receive would bring it again")
def test_it_is_the_next_receive_that_moves_it(sqs: Sqs) -> None:
    source, dead = pair(sqs)
    sqs.send(source)
    fail(sqs, source)

    sqs.eventually(lambda: sqs.counts(source), (1, 0, 0))
    assert sqs.look(dead) == []

    sqs.look(source)

    assert bodies(sqs.receive(dead)) == ["hello"]


@recorded("the receive that moves a message brings others instead")
def test_the_receive_that_moves_a_message_brings_the_next(sqs: Sqs) -> None:
    source, dead = pair(sqs)
    sqs.send(source, "bad")
    fail(sqs, source)
    sqs.send(source, "good")

    assert bodies(sqs.receive(source)) == ["good"]
    assert bodies(sqs.receive(dead)) == ["bad"]


@ground("Developer Guide, Using dead-letter queues in Amazon SQS")
def test_a_message_that_is_deleted_in_time_does_not_move(sqs: Sqs) -> None:
    source, dead = pair(sqs)
    sqs.send(source)

    sqs.delete(source, sqs.receive_one(source))

    assert sqs.look(source) == []
    assert sqs.look(dead) == []


@ground("Developer Guide, Using dead-letter queues in Amazon SQS")
def test_a_message_whose_timeout_is_over_too_often_moves(sqs: Sqs) -> None:
    source, dead = pair(sqs)
    sqs.send(source)
    sqs.receive(source, VisibilityTimeout=1)
    sqs.let_pass(1)

    assert sqs.look(source) == []

    assert bodies(sqs.receive(dead)) == ["hello"]


@slow_on_aws("a change takes up to a minute to get around")
@ground("Developer Guide, Using dead-letter queues in Amazon SQS")
def test_receives_before_the_policy_was_set_count(sqs: Sqs, queue: str) -> None:
    dead = sqs.create()
    sqs.send(queue)
    for _ in range(3):
        fail(sqs, queue)

    policy = json.dumps({"deadLetterTargetArn": sqs.arn(dead), "maxReceiveCount": 2})
    sqs.client.set_queue_attributes(QueueUrl=queue, Attributes={"RedrivePolicy": policy})

    assert sqs.look(queue) == []
    assert bodies(sqs.receive(dead)) == ["hello"]


# What it is then.


@recorded(
    "after the move: the same MessageId, body, attributes and trace header; DeadLetterQueueSourceArn comes on top"
)
def test_a_dead_letter_is_the_same_message(sqs: Sqs) -> None:
    queues = pair(sqs)
    attributes = {"k": {"DataType": "String", "StringValue": "x"}}
    system = {"AWSTraceHeader": {"DataType": "String", "StringValue": TRACE}}
    sent = sqs.send(queues.source, "bad", MessageAttributes=attributes, MessageSystemAttributes=system)
    fail(sqs, queues.source)

    dead = bury(sqs, queues)

    assert (dead["MessageId"], dead["Body"], dead["MessageAttributes"]) == (sent["MessageId"], "bad", attributes)
    assert dead["Attributes"]["AWSTraceHeader"] == TRACE
    assert dead["Attributes"]["DeadLetterQueueSourceArn"] == sqs.arn(queues.source)


@recorded("after one receive in its queue a dead letter's first receive has ApproximateReceiveCount 2")
@pytest.mark.parametrize("fifo", [False, True], ids=["standard", "FIFO"])
def test_a_dead_letter_goes_on_counting(sqs: Sqs, fifo: bool) -> None:
    queues = pair(sqs, fifo=fifo)
    sqs.send(queues.source, **({"MessageGroupId": "g1"} if fifo else {}))
    fail(sqs, queues.source)

    assert bury(sqs, queues)["Attributes"]["ApproximateReceiveCount"] == "2"


@ground("Developer Guide, Using dead-letter queues in Amazon SQS")
def test_a_dead_letter_of_a_standard_queue_keeps_its_time(sqs: Sqs) -> None:
    queues = pair(sqs)
    sqs.send(queues.source)
    first = fail(sqs, queues.source)

    dead = bury(sqs, queues)

    assert dead["Attributes"]["SentTimestamp"] == first["Attributes"]["SentTimestamp"]


@ground("API Reference, GetQueueAttributes")
def test_dead_letters_are_counted_where_they_are(sqs: Sqs) -> None:
    source, dead = pair(sqs)
    for body in "abc":
        sqs.send(source, body)
    assert {fail(sqs, source, MaxNumberOfMessages=1)["Body"]} <= {"a", "b", "c"}
    sqs.receive(source, 2)

    sqs.look(source)

    sqs.eventually(lambda: sqs.counts(source), (0, 2, 0))
    sqs.eventually(lambda: sqs.counts(dead), (1, 0, 0))


@ground("API Reference, DeleteMessage")
def test_a_dead_letter_is_deleted_by_its_new_handle(sqs: Sqs) -> None:
    queues = pair(sqs)
    sqs.send(queues.source)
    fail(sqs, queues.source)

    sqs.delete(queues.dead, bury(sqs, queues))

    sqs.eventually(lambda: sqs.counts(queues.dead), (0, 0, 0))


@ground("Developer Guide, Amazon SQS short and long polling")
def test_a_poll_of_the_dead_letter_queue_is_answered_by_a_dead_letter(sqs: Sqs) -> None:
    source, dead = pair(sqs)
    sqs.send(source)
    fail(sqs, source)

    with ThreadPoolExecutor() as threads:
        polled = threads.submit(sqs.look, dead, WaitTimeSeconds=20)
        sqs.let_pass(0)
        sqs.look(source)

        assert bodies(polled.result()) == ["hello"]


# FIFO queues.


@recorded("a FIFO queue's group goes on with its next message when the first has moved")
def test_a_group_goes_on_without_its_dead_letter(sqs: Sqs) -> None:
    source, dead = pair(sqs, fifo=True)
    sqs.send_in_groups(source, "g1a g1b")
    assert bodies([fail(sqs, source, MaxNumberOfMessages=1)]) == ["g1a"]

    assert bodies(sqs.receive(source)) == ["g1b"]

    assert bodies(sqs.receive(dead)) == ["g1a"]


@recorded("a dead letter of a FIFO queue keeps its MessageId and body")
def test_a_dead_letter_of_a_fifo_queue_is_the_same_message(sqs: Sqs) -> None:
    queues = pair(sqs, fifo=True)
    sent = sqs.send(queues.source, MessageGroupId="g1")
    fail(sqs, queues.source)

    dead = bury(sqs, queues)

    assert (dead["MessageId"], dead["Body"]) == (sent["MessageId"], "hello")
    assert dead["Attributes"]["MessageGroupId"] == "g1"
    assert dead["Attributes"]["DeadLetterQueueSourceArn"] == sqs.arn(queues.source)


@ground("Developer Guide, Using dead-letter queues in Amazon SQS")
def test_the_deduplication_id_of_a_dead_letter_is_its_message_id(sqs: Sqs) -> None:
    queues = pair(sqs, fifo=True)
    sent = sqs.send(queues.source, MessageGroupId="g1", MessageDeduplicationId="d1")
    fail(sqs, queues.source)

    assert bury(sqs, queues)["Attributes"]["MessageDeduplicationId"] == sent["MessageId"]
