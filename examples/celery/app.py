"""A Celery application on Amazon SQS. Copy it: what is set here is what SQS asks for.

On AWS the broker URL is `sqs://`: endpoint and credentials are those of the machine's role. On the emulator it is
`sqs://test:test@localhost:9324//`. Nothing else differs.
"""

from __future__ import annotations

import os
import time

from celery import Celery
from celery.utils.log import get_task_logger

# mypy: disallow-untyped-decorators=False

# Longer than the longest task, else SQS hands a task that still runs to a second worker. At most 43200, twelve hours.
# It is given to the queue when Celery creates it; to change it later, change it on the queue.
VISIBILITY_TIMEOUT = int(os.environ.get("VISIBILITY_TIMEOUT", "300"))

log = get_task_logger(__name__)
app = Celery("orders", broker=os.environ.get("CELERY_BROKER_URL", "sqs://"))
app.conf.update(
    task_default_queue="orders",
    # A message is deleted when its task has run, not when a worker takes it: a killed worker loses nothing, and a task
    # may run twice. Write tasks that bear it.
    task_acks_late=True,
    # The same when only the pool's process dies, say for want of memory.
    task_reject_on_worker_lost=True,
    # A task that hangs is stopped before SQS hands its message out again.
    task_time_limit=0.9 * VISIBILITY_TIMEOUT,
    # A worker takes no more messages than it runs: the visibility timeout of one that waits its turn runs as well.
    worker_prefetch_multiplier=1,
    # SQS carries tasks, and neither `celery inspect` nor results.
    worker_enable_remote_control=False,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "region": os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
        "visibility_timeout": VISIBILITY_TIMEOUT,
        "wait_time_seconds": 20,  # a poll waits this long for a message: the most SQS allows, and the fewest requests
        "polling_interval": 0,  # after an empty poll the next begins at once
    },
)


@app.task
def pack(order: int, seconds: float = 1.0) -> None:
    """Pack an order. It takes a while: time enough to kill the worker."""
    log.info("order %d: packing for %g s", order, seconds)
    time.sleep(seconds)
    log.info("order %d: packed", order)
