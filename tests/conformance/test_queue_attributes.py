"""The attributes of a queue: defaults, ranges, what is listed, what is refused, when a change takes effect."""

from __future__ import annotations

import json
import time
from typing import Any, Final

import pytest

from tests.conformance.grounds import ground, recorded, slow_on_aws
from tests.conformance.sqs import Sqs, bodies, refused

# The time a queue was created and changed, and its ARN, come on top.
STANDARD: Final = {
    "VisibilityTimeout": "30",
    "DelaySeconds": "0",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "SqsManagedSseEnabled": "true",
    "ApproximateNumberOfMessages": "0",
    "ApproximateNumberOfMessagesNotVisible": "0",
    "ApproximateNumberOfMessagesDelayed": "0",
}
FIFO: Final = {
    **STANDARD,
    "FifoQueue": "true",
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "FifoThroughputLimit": "perQueue",
}
ITS_OWN: Final = {"QueueArn", "CreatedTimestamp", "LastModifiedTimestamp"}


def policy(sqs: Sqs, url: str) -> dict[str, Any]:
    arn = sqs.arn(url)
    partition, account = arn.split(":")[1], arn.split(":")[4]
    root = f"arn:{partition}:iam::{account}:root"
    statement = {"Sid": "one", "Effect": "Allow", "Principal": {"AWS": root}, "Action": "SQS:*", "Resource": arn}
    return {"Version": "2012-10-17", "Id": "mine", "Statement": [statement]}


# What is listed.


@recorded("GetQueueAttributes All of a new standard queue: these keys and values, and no others")
def test_a_standard_queue_has_these_attributes(sqs: Sqs, queue: str) -> None:
    attributes = sqs.attributes(queue)

    assert {name: value for name, value in attributes.items() if name not in ITS_OWN} == STANDARD
    assert attributes.keys() >= ITS_OWN


@recorded("GetQueueAttributes All of a new FIFO queue: these keys and values, and no others")
def test_a_fifo_queue_has_these_attributes(sqs: Sqs) -> None:
    attributes = sqs.attributes(sqs.create(sqs.name(".fifo"), FifoQueue="true"))

    assert {name: value for name, value in attributes.items() if name not in ITS_OWN} == FIFO
    assert attributes.keys() >= ITS_OWN


@ground("API Reference, GetQueueAttributes")
def test_times_are_seconds_since_the_epoch(sqs: Sqs, queue: str) -> None:
    shown = sqs.attributes(queue, "CreatedTimestamp", "LastModifiedTimestamp")

    for value in shown.values():
        assert value.isdecimal()
        assert abs(int(value) - time.time()) < 3_600


@ground("API Reference, GetQueueAttributes")
def test_only_what_is_asked_for_is_answered(sqs: Sqs, queue: str) -> None:
    assert sqs.attributes(queue, "DelaySeconds", "VisibilityTimeout") == {
        "DelaySeconds": "0",
        "VisibilityTimeout": "30",
    }


@ground("API Reference, GetQueueAttributes")
def test_who_asks_for_nothing_is_answered_nothing(sqs: Sqs, queue: str) -> None:
    assert "Attributes" not in sqs.client.get_queue_attributes(QueueUrl=queue)


@recorded("GetQueueAttributes of attributes that are not set, or not for this type: no Attributes in the answer")
@pytest.mark.parametrize(
    "name", ["Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId", "FifoQueue", "DeduplicationScope"]
)
def test_what_is_not_set_is_left_out(sqs: Sqs, queue: str, name: str) -> None:
    assert "Attributes" not in sqs.client.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])


@recorded("GetQueueAttributes with an unknown name: InvalidAttributeName, in these words")
def test_an_attribute_that_does_not_exist_cannot_be_asked_for(sqs: Sqs, queue: str) -> None:
    with refused("InvalidAttributeName", "Unknown Attribute Colour."):
        sqs.attributes(queue, "DelaySeconds", "Colour")


# Ranges.

RANGES: Final = {
    "VisibilityTimeout": (0, 43_200),
    "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1_024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
}


@ground("API Reference, CreateQueue")
@pytest.mark.parametrize("end", [0, 1], ids=["lowest", "highest"])
def test_the_ends_of_each_range_are_allowed(sqs: Sqs, end: int) -> None:
    attributes = {name: str(ends[end]) for name, ends in RANGES.items()}

    url = sqs.create(**attributes)

    assert sqs.attributes(url, *RANGES) == attributes


@ground("API Reference, SetQueueAttributes")
@pytest.mark.parametrize("end", [0, 1], ids=["lowest", "highest"])
def test_each_can_be_set_to_the_ends_of_its_range(sqs: Sqs, queue: str, end: int) -> None:
    attributes = {name: str(ends[end]) for name, ends in RANGES.items()}

    sqs.client.set_queue_attributes(QueueUrl=queue, Attributes=attributes)

    sqs.eventually(lambda: sqs.attributes(queue, *RANGES), attributes)


@ground("API Reference, CreateQueue")
@pytest.mark.parametrize(("name", "ends"), RANGES.items(), ids=RANGES)
def test_a_value_outside_its_range_is_refused(sqs: Sqs, queue: str, name: str, ends: tuple[int, int]) -> None:
    for value in (ends[0] - 1, ends[1] + 1):
        with refused("InvalidAttributeValue"):
            sqs.create(**{name: str(value)})
        with refused("InvalidAttributeValue"):
            sqs.client.set_queue_attributes(QueueUrl=queue, Attributes={name: str(value)})

    assert sqs.attributes(queue, name) == {name: STANDARD[name]}


@recorded("a public report quotes SetQueueAttributes's words for a VisibilityTimeout that cannot be")
def test_a_value_that_cannot_be_is_refused_in_these_words(sqs: Sqs, queue: str) -> None:
    with refused("InvalidAttributeValue", "Invalid value for the parameter VisibilityTimeout."):
        sqs.client.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "43201"})


@recorded("booleans are taken as True and False too, and come back as true and false")
def test_booleans_come_back_in_lower_case(sqs: Sqs) -> None:
    url = sqs.create(sqs.name(".fifo"), FifoQueue="True", ContentBasedDeduplication="True")

    shown = sqs.attributes(url, "FifoQueue", "ContentBasedDeduplication")

    assert shown == {"FifoQueue": "true", "ContentBasedDeduplication": "true"}


# Names.


@recorded("CreateQueue and SetQueueAttributes with an unknown name: InvalidAttributeName, in these words")
def test_an_attribute_that_does_not_exist_cannot_be_set(sqs: Sqs, queue: str) -> None:
    with refused("InvalidAttributeName", "Unknown Attribute Colour."):
        sqs.create(Colour="red")
    with refused("InvalidAttributeName", "Unknown Attribute Colour."):
        sqs.client.set_queue_attributes(QueueUrl=queue, Attributes={"Colour": "red"})


ONLY_FIFO: Final = {
    ("FifoQueue", "false"): "Unknown Attribute FifoQueue.",
    ("ContentBasedDeduplication", "true"): "Unknown Attribute ContentBasedDeduplication.",
    ("ContentBasedDeduplication", "false"): "Unknown Attribute ContentBasedDeduplication.",
    ("DeduplicationScope", "queue"): "You can specify the DeduplicationScope only when FifoQueue is set to true.",
    ("FifoThroughputLimit", "perQueue"): "You can specify the FifoThroughputLimit only when FifoQueue is set to true.",
}


@recorded("CreateQueue of a standard queue with an attribute of FIFO queues: InvalidAttributeName, in these words")
@pytest.mark.parametrize(("sent", "words"), ONLY_FIFO.items(), ids=["=".join(sent) for sent in ONLY_FIFO])
def test_a_standard_queue_cannot_be_created_with_a_fifo_attribute(sqs: Sqs, sent: tuple[str, str], words: str) -> None:
    with refused("InvalidAttributeName", words):
        sqs.create(**dict([sent]))


@recorded("SetQueueAttributes of a standard queue with an attribute of FIFO queues: InvalidAttributeName, likewise")
@pytest.mark.parametrize(
    ("sent", "words"),
    [(("FifoQueue", "true"), "Unknown Attribute FifoQueue."), *ONLY_FIFO.items()],
    ids=["=".join(sent) for sent in [("FifoQueue", "true"), *ONLY_FIFO]],
)
def test_a_fifo_attribute_cannot_be_set_on_a_standard_queue(
    sqs: Sqs, queue: str, sent: tuple[str, str], words: str
) -> None:
    with refused("InvalidAttributeName", words):
        sqs.client.set_queue_attributes(QueueUrl=queue, Attributes=dict([sent]))


@recorded("SetQueueAttributes FifoQueue=false of a FIFO queue: InvalidAttributeValue, in these words")
def test_a_fifo_queue_stays_one(sqs: Sqs, fifo: str) -> None:
    words = "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported."

    with refused("InvalidAttributeValue", words):
        sqs.client.set_queue_attributes(QueueUrl=fifo, Attributes={"FifoQueue": "false"})


@recorded("SetQueueAttributes FifoQueue=true of a FIFO queue: 200")
def test_a_fifo_queue_can_be_told_that_it_is_one(sqs: Sqs, fifo: str) -> None:
    sqs.client.set_queue_attributes(QueueUrl=fifo, Attributes={"FifoQueue": "true"})

    assert sqs.attributes(fifo, "FifoQueue") == {"FifoQueue": "true"}


@ground("Developer Guide, High throughput for FIFO queues in Amazon SQS")
def test_high_throughput_is_two_attributes(sqs: Sqs) -> None:
    high = {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}

    created = sqs.create_fifo(**high)
    changed = sqs.create_fifo()
    sqs.client.set_queue_attributes(QueueUrl=changed, Attributes=high)

    assert sqs.attributes(created, *high) == high
    sqs.eventually(lambda: sqs.attributes(changed, *high), high)


# Policies.


@ground("API Reference, SetQueueAttributes")
def test_a_policy_comes_back_as_it_was_sent(sqs: Sqs, queue: str) -> None:
    sent = policy(sqs, queue)

    sqs.client.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(sent)})

    sqs.eventually(lambda: json.loads(sqs.attributes(queue).get("Policy", "{}")), sent)


@recorded("SetQueueAttributes with an empty Policy or RedrivePolicy clears it, also where none is set")
@pytest.mark.parametrize("name", ["Policy", "RedrivePolicy"])
def test_an_empty_policy_clears_it(sqs: Sqs, queue: str, name: str) -> None:
    redrive = {"deadLetterTargetArn": sqs.arn(sqs.create()), "maxReceiveCount": 3}
    values = {"Policy": policy(sqs, queue), "RedrivePolicy": redrive}
    sqs.client.set_queue_attributes(QueueUrl=queue, Attributes={name: json.dumps(values[name])})
    sqs.eventually(lambda: name in sqs.attributes(queue), True)

    sqs.client.set_queue_attributes(QueueUrl=queue, Attributes={name: ""})
    sqs.eventually(lambda: name in sqs.attributes(queue), False)

    sqs.client.set_queue_attributes(QueueUrl=queue, Attributes={name: ""})
    assert name not in sqs.attributes(queue)


@recorded("a public report quotes SetQueueAttributes's words for a policy that is no JSON")
def test_a_policy_that_is_no_json_is_refused(sqs: Sqs, queue: str) -> None:
    with refused("InvalidAttributeValue", "Invalid value for the parameter Policy."):
        sqs.client.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": "{"})


# When a change takes effect.


@ground("API Reference, GetQueueAttributes")
def test_a_change_is_a_modification(sqs: Sqs, queue: str) -> None:
    def is_modified() -> bool:
        sqs.client.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "31"})
        shown = sqs.attributes(queue, "CreatedTimestamp", "LastModifiedTimestamp")
        return int(shown["LastModifiedTimestamp"]) > int(shown["CreatedTimestamp"])

    sqs.eventually(is_modified, True)


@slow_on_aws("a change takes up to a minute to get around")
@ground("Developer Guide, Amazon SQS visibility timeout")
def test_another_visibility_timeout_is_for_later_receives(sqs: Sqs, queue: str) -> None:
    sqs.send(queue)
    sqs.receive(queue)

    sqs.client.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "0"})

    assert sqs.look(queue) == []
    sqs.send(queue, "later")
    assert bodies(sqs.receive(queue)) == bodies(sqs.receive(queue)) == ["later"]


@slow_on_aws("a change takes up to a minute to get around")
@ground("Developer Guide, Amazon SQS delay queues")
def test_another_delay_of_a_standard_queue_is_for_later_sends(sqs: Sqs) -> None:
    url = sqs.create(DelaySeconds="900")
    sqs.send(url, "before")

    sqs.client.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "0"})
    sqs.send(url, "after")

    assert bodies(sqs.receive(url)) == ["after"]
    assert sqs.counts(url) == (0, 1, 1)


@slow_on_aws("a change takes up to a minute to get around")
@ground("Developer Guide, Amazon SQS delay queues")
def test_another_delay_of_a_fifo_queue_is_for_the_messages_in_it_too(sqs: Sqs) -> None:
    url = sqs.create_fifo(DelaySeconds="900")
    sqs.send_in_groups(url, "g1a g2a")
    assert sqs.counts(url) == (0, 0, 2)

    sqs.client.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "0"})

    assert bodies(sqs.receive(url, 2)) == ["g1a", "g2a"]
