"""dramatiq-sqs: actors, a retry after a delay, and dead letters, which this broker sends by itself."""

from __future__ import annotations

import base64
import uuid
from typing import Any

import boto3
import dramatiq
from botocore.exceptions import ClientError
from dramatiq_sqs import SQSBroker

# mypy: disallow-untyped-decorators=False

NAMESPACE = f"dramatiq-{uuid.uuid4().hex}"
DEADLINE_MS = 30_000

broker: Any = SQSBroker(namespace=NAMESPACE, dead_letter=True, visibility_timeout=60, tags={"app": "clients"})
dramatiq.set_broker(broker)

added: list[int] = []
attempts: list[str] = []


@dramatiq.actor
def add(a: int, b: int) -> None:
    added.append(a + b)


@dramatiq.actor(queue_name="unlucky", max_retries=1, min_backoff=1_000, max_backoff=1_000)
def fail_twice(word: str) -> None:
    attempts.append(word)
    raise RuntimeError(word)


def main() -> None:
    sqs = boto3.client("sqs")
    worker = dramatiq.Worker(broker, worker_threads=2)
    for number in range(12):
        add.send(number, 100)
    add.send_with_options(args=(1, 1), delay=1_000)
    fail_twice.send("no luck")

    worker.start()
    for queue in ("default", "unlucky"):
        broker.join(queue, timeout=DEADLINE_MS)
    worker.stop()

    assert sorted(added) == [2, *range(100, 112)], added
    assert attempts == ["no luck"] * 2, attempts
    dead = broker.dead_letter_queues["unlucky"]
    (message,) = dead.receive_messages(WaitTimeSeconds=5)
    assert dramatiq.Message.decode(base64.b64decode(message.body)).args == ("no luck",)
    names = [url.rpartition("/")[2] for url in sqs.list_queues(QueueNamePrefix=NAMESPACE)["QueueUrls"]]
    assert names == [f"{NAMESPACE}_{name}" for name in ("default", "default_dlq", "unlucky", "unlucky_dlq")]
    for queue in (*broker.queues.values(), *broker.dead_letter_queues.values()):
        assert sqs.list_queue_tags(QueueUrl=queue.url)["Tags"] == {"app": "clients"}
        queue.delete()
    try:
        broker.queues["default"].load()
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
    else:
        raise AssertionError("a deleted queue has attributes")


if __name__ == "__main__":
    main()
