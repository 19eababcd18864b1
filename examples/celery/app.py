"""A Celery application on Amazon SQS. Copy it: it has the settings that SQS needs.

On AWS, the broker URL is `sqs://`: endpoint and credentials come from the role of the machine. On the emulator, it is
`sqs://test:test@localhost:9324//`. There is no other difference.
"""

from __future__ import annotations

import os
import time

from celery import Celery
from celery.utils.log import get_task_logger

# mypy: disallow-untyped-decorators=False

# Longer than the longest task; otherwise SQS gives a task that still runs to a second worker. At most 43200: 12 hours.
# Celery gives it to the queue when it creates the queue. To change it later, change it on the queue.
VISIBILITY_TIMEOUT = int(os.environ.get("VISIBILITY_TIMEOUT", "300"))

log = get_task_logger(__name__)
app = Celery("orders", broker=os.environ.get("CELERY_BROKER_URL", "sqs://"))
app.conf.update(
    task_default_queue="orders",
    # A message is deleted when its task has run, not when a worker takes it. So a killed worker loses nothing, but a
    # task may run twice. Write tasks that can.
    task_acks_late=True,
    # The same when only a process of the pool dies, perhaps because there is no memory left.
    task_reject_on_worker_lost=True,
    # A task that hangs is stopped before SQS hands out its message again.
    task_time_limit=0.9 * VISIBILITY_TIMEOUT,
    # A worker takes no more messages than it runs: while a message waits in a worker, its visibility timeout runs too.
    worker_prefetch_multiplier=1,
    # SQS carries tasks. It carries neither `celery inspect` nor results.
    worker_enable_remote_control=False,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "region": os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
        "visibility_timeout": VISIBILITY_TIMEOUT,
        "wait_time_seconds": 20,  # how long a poll waits for a message: the most that SQS allows, for fewest requests
        "polling_interval": 0,  # after an empty poll, the next one begins at once
    },
)


@app.task
def pack(order: int, seconds: float = 1.0) -> None:
    """Pack an order. It takes a while: enough time to kill the worker."""
    log.info("order %d: packing for %g s", order, seconds)
    time.sleep(seconds)
    log.info("order %d: packed", order)
