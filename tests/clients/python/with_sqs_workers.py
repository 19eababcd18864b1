"""sqs-workers: jobs in batches, backoff by changed visibility, dead letters pushed back, and a FIFO queue."""

from __future__ import annotations

import uuid
from typing import Any

import boto3
from sqs_workers import (
    ConstantBackoff,
    SQSEnv,
    create_fifo_queue,
    create_standard_queue,
    delete_queue,
)
from sqs_workers.deadletter_queue import DeadLetterQueue
from sqs_workers.shutdown_policies import IdleShutdown, MaxTasksShutdown

# mypy: disallow-untyped-decorators=False

env: Any = SQSEnv(
    session=boto3.Session(), queue_prefix=f"workers-{uuid.uuid4().hex}-", backoff_policy=ConstantBackoff()
)


def batches() -> None:
    create_standard_queue(env, "emails", message_retention_period=3600, visibility_timeout=60)
    emails = env.queue("emails")
    sent: list[str] = []

    @emails.processor("send_email")
    def send_email(to: str) -> None:
        sent.append(to)

    send_email.delay(to="first")
    with send_email.batch():
        for number in range(12):
            send_email.delay(to=f"user {number}")
    emails.process_queue(MaxTasksShutdown(13), wait_second=5)

    assert sorted(sent) == sorted(["first", *(f"user {number}" for number in range(12))]), sent
    assert emails.process_batch().total_count() == 0
    assert env.get_all_known_queues() == ["emails"]
    delete_queue(env, "emails")


def dead_letters() -> None:
    create_standard_queue(env, "jobs_dead")
    create_standard_queue(env, "jobs", redrive_policy=env.redrive_policy("jobs_dead", 2))
    jobs = env.queue("jobs")
    dead = env.queue("jobs_dead", DeadLetterQueue.maker(jobs))
    attempts: list[str] = []

    @jobs.processor("work")
    def work(name: str) -> None:
        attempts.append(name)
        if len(attempts) <= 2:
            raise RuntimeError(name)

    work.delay(name="poison")
    jobs.process_queue(MaxTasksShutdown(2), wait_second=5)
    assert jobs.process_batch().total_count() == 0  # the third receive moves it
    dead.process_queue(MaxTasksShutdown(1), wait_second=5)
    jobs.process_queue(MaxTasksShutdown(1), wait_second=5)

    assert attempts == ["poison"] * 3
    jobs.process_queue(IdleShutdown(0), wait_second=0)
    for name in ("jobs", "jobs_dead"):
        delete_queue(env, name)


def fifo_queues() -> None:
    create_fifo_queue(env, "steps.fifo", content_based_deduplication=True)
    steps = env.queue("steps.fifo")
    done: list[int] = []

    @steps.processor("step")
    def step(number: int) -> None:
        done.append(number)

    for number in (1, 2, 3):
        steps.add_job("step", number=number, _group_id="g")
    steps.add_job("step", number=1, _group_id="g")  # its body is that of another
    steps.process_queue(MaxTasksShutdown(3), wait_second=5)

    assert done == [1, 2, 3]
    assert steps.process_batch().total_count() == 0
    delete_queue(env, "steps.fifo")


def errors() -> None:
    try:
        delete_queue(env, "never-made")
    except env.sqs_client.exceptions.QueueDoesNotExist:
        pass
    else:
        raise AssertionError("a queue that was never made was deleted")


if __name__ == "__main__":
    for error in (batches, dead_letters, fifo_queues, errors):
        error()
        print(error.__name__, "ok", flush=True)
