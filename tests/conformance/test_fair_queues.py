"""Fair queues: MessageGroupId on a standard queue."""

from __future__ import annotations

from typing import Final

from tests.conformance.grounds import ground, loose_on_aws, recorded
from tests.conformance.sqs import Sqs, bodies

PAGE: Final = "Developer Guide, Amazon SQS fair queues"
NOISY_IN_FLIGHT: Final = 30
BACKLOG: Final = 1_000


@recorded("SendMessage with MessageGroupId to a standard queue: taken and given back; no sequence number, no other id")
def test_a_standard_queue_takes_a_group_and_gives_it_back(sqs: Sqs, queue: str) -> None:
    sent = sqs.send(queue, MessageGroupId="tenant-1")

    attributes = sqs.receive_one(queue, MessageSystemAttributeNames=["All"])["Attributes"]

    assert "SequenceNumber" not in sent
    assert attributes["MessageGroupId"] == "tenant-1"
    assert not {"SequenceNumber", "MessageDeduplicationId"} & attributes.keys()


@ground(PAGE)
def test_a_group_of_a_standard_queue_is_received_in_parallel(sqs: Sqs, queue: str) -> None:
    for body in "abc":
        sqs.send(queue, body, MessageGroupId="tenant-1")

    received = [sqs.receive_one(queue)["Body"] for _ in range(3)]

    assert sorted(received) == ["a", "b", "c"]


@ground(PAGE)
def test_a_group_of_a_standard_queue_is_not_deduplicated(sqs: Sqs, queue: str) -> None:
    for _ in range(2):
        sqs.send(queue, "same", MessageGroupId="tenant-1")

    assert bodies(sqs.receive(queue, 2)) == ["same", "same"]


@loose_on_aws("when a tenant is noisy is approximate there")
@ground(PAGE)
def test_a_quiet_tenant_goes_before_a_noisy_one(sqs: Sqs, queue: str) -> None:
    for _ in range(BACKLOG // 10):
        entries = [{"Id": str(number), "MessageBody": "noise", "MessageGroupId": "noisy"} for number in range(10)]
        sqs.client.send_message_batch(QueueUrl=queue, Entries=entries)
    assert len(sqs.receive(queue, NOISY_IN_FLIGHT)) == NOISY_IN_FLIGHT

    sqs.send(queue, "at last", MessageGroupId="quiet")

    assert "at last" in bodies(sqs.receive(queue, MaxNumberOfMessages=10))
