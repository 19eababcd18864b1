from __future__ import annotations

from celery import Celery

app = Celery("demo", broker="sqs://test:test@localhost:9324//")
app.conf.update(task_default_queue="my-q", task_acks_late=True, task_acks_on_failure_or_timeout=False)
app.conf.broker_transport_options = {
    "wait_time_seconds": 1,
    "predefined_queues": {
        "my-q": {
            "url": "http://localhost:9324/000000000000/my-q",
            "backoff_policy": {1: 1, 2: 2, 3: 4},
            "backoff_tasks": ["demo.add"],
        }
    },
}
