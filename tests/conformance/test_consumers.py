"""Several consumers of one queue, at once."""

from __future__ import annotations

import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from tests.conformance.grounds import ground
from tests.conformance.sqs import Sqs

CONSUMERS: Final = 4
GROUPS: Final = 5
PER_GROUP: Final = 10


def send(sqs: Sqs, url: str) -> list[str]:
    """Send messages of several groups, in turn; return their bodies."""
    sent = []
    for place in range(PER_GROUP):
        entries = [
            {"Id": str(group), "MessageBody": f"{group} {place}", "MessageGroupId": str(group)}
            for group in range(GROUPS)
        ]
        assert "Failed" not in sqs.client.send_message_batch(QueueUrl=url, Entries=entries)
        sent += [entry["MessageBody"] for entry in entries]
    return sent


def consume(sqs: Sqs, url: str, total: int) -> list[str]:
    """Have several consumers receive and delete until nothing is left; return the bodies as they came."""
    received: list[str] = []
    deadline = time.monotonic() + sqs.patience

    def work() -> None:
        while len(set(received)) < total and time.monotonic() < deadline:
            for message in sqs.look(url, MaxNumberOfMessages=3, WaitTimeSeconds=1):
                received.append(message["Body"])
                sqs.delete(url, message)

    with ThreadPoolExecutor() as threads:
        for worker in [threads.submit(work) for _ in range(CONSUMERS)]:
            worker.result()
    return received


@ground("Developer Guide, FIFO queue delivery logic in Amazon SQS")
def test_several_consumers_keep_each_groups_order(sqs: Sqs, fifo: str) -> None:
    sent = send(sqs, fifo)

    received = consume(sqs, fifo, len(sent))

    by_group: dict[str, list[int]] = defaultdict(list)
    for group, place in map(str.split, received):
        by_group[group].append(int(place))
    assert by_group == {str(group): list(range(PER_GROUP)) for group in range(GROUPS)}


@ground("Developer Guide, Amazon SQS visibility timeout")
def test_several_consumers_share_a_standard_queue(sqs: Sqs, queue: str) -> None:
    sent = send(sqs, queue)

    received = consume(sqs, queue, len(sent))

    assert set(received) == set(sent)
    sqs.eventually(lambda: sqs.counts(queue), (0, 0, 0))
