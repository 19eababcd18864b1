"""Celery over kombu: a worker as a process of its own, which gets tasks from a standard and from a FIFO queue.

The module is the application too: the worker imports it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from celery import Celery
from kombu.entity import Queue

# mypy: disallow-untyped-decorators=False
# mypy: disallow-untyped-calls=False

DEADLINE_SECONDS = 45.0
NAME = os.environ.setdefault("CLIENT_QUEUE", f"celery-{uuid.uuid4().hex}")
FIFO = f"{NAME}.fifo"

app = Celery("with_celery", broker="sqs://")  # by AWS_ENDPOINT_URL
app.conf.update(
    broker_transport_options={"visibility_timeout": 60, "wait_time_seconds": 1, "polling_interval": 0.1},
    task_default_queue=NAME,
    task_queues=(Queue(NAME), Queue(FIFO)),
    task_create_missing_queues=False,
    worker_prefetch_multiplier=1,
    task_acks_late=True,
)


@app.task(bind=True)
def add(self: Any, a: int, b: int, *, retries: int = 0) -> None:
    """Add, after as many retries as wished, and write down the sum."""
    if self.request.retries < retries:
        raise self.retry(countdown=0)
    with Path(os.environ["CLIENT_RESULTS"]).open("a") as results:
        results.write(f"{a + b}\n")


def wait_until(condition: Callable[[], bool], worker: subprocess.Popen[bytes], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert worker.poll() is None, f"the worker ended with status {worker.returncode}"
        assert time.monotonic() < deadline, f"waited {DEADLINE_SECONDS:g} s for {what}"
        time.sleep(0.05)


def is_empty(sqs: Any, name: str) -> bool:
    """Tell whether all of a queue's messages were deleted."""
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    counts = [value for key, value in shown.items() if key.startswith("ApproximateNumberOfMessages")]
    return counts == ["0", "0", "0"]


def main() -> None:
    sqs = boto3.client("sqs")
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results"
        results.touch()
        add.delay(1, 2)
        add.apply_async((30, 4), {"retries": 1})
        for number in (500, 600, 700):
            add.apply_async((number, 0), queue=FIFO, MessageGroupId="g", MessageDeduplicationId=str(number))
        add.apply_async((999, 0), queue=FIFO, MessageGroupId="g", MessageDeduplicationId="700")  # a duplicate
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "with_celery", "worker", "--pool", "solo", "--loglevel", "INFO"],
            cwd=Path(__file__).parent,
            env={**os.environ, "CLIENT_RESULTS": str(results)},
        )
        try:
            wait_until(lambda: is_empty(sqs, NAME) and is_empty(sqs, FIFO), worker, "empty queues")
            add.delay(8000, 0)  # while it polls
            wait_until(lambda: "8000" in results.read_text(), worker, "a task sent while the worker polls")
            wait_until(lambda: is_empty(sqs, NAME), worker, "the end of that task")
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(DEADLINE_SECONDS) == 0
        finally:
            worker.kill()
            worker.wait()
        sums = [int(line) for line in results.read_text().split()]
    assert sorted(sums) == [3, 34, 500, 600, 700, 8000], sums
    assert [number for number in sums if 500 <= number < 8000] == [500, 600, 700], sums
    for name in (NAME, FIFO):
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])


if __name__ == "__main__":
    main()
