"""The Celery application of the tests. What differs from test to test is in the environment."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from celery import Celery, Task
from celery.exceptions import Reject
from celery.signals import task_received
from celery.utils.log import get_task_logger

# mypy: disallow-untyped-decorators=False

log = get_task_logger(__name__)
app = Celery("shop")
app.conf.update(json.loads(os.environ["CELERY_SETTINGS"]))


@app.task
def add(x: int, y: int) -> int:
    return x + y


@app.task
def nap(seconds: float) -> None:
    log.info("nap begins")
    time.sleep(seconds)
    log.info("nap ends")


@app.task(bind=True)
def succeed_at_the_second_try(self: Task, countdown: float) -> None:
    if self.request.retries == 0:
        raise self.retry(countdown=countdown)


@app.task(acks_late=True)
def reject() -> None:
    raise Reject("not for us", requeue=False)


@task_received.connect
def log_what_the_receive_brought(request: Any, **_: Any) -> None:
    message = request.message.delivery_info["sqs_message"]
    brought = {key: message.get(key, {}) for key in ("Attributes", "MessageAttributes")}
    log.info("%s brought %s", request.id, json.dumps(brought, sort_keys=True))
