from __future__ import annotations

from celery import Celery

app = Celery("demo", broker="sqs://test:test@localhost:9324//")  # its host still decides the endpoint
app.conf.task_default_queue = "my-q"
app.conf.broker_transport_options = {
    "wait_time_seconds": 1,
    "predefined_queues": {
        "my-q": {
            "url": "http://localhost:9324/000000000000/my-q",
            "access_key_id": "AKIARAW",
            "secret_access_key": "raw/secret+2",
        }
    },
}
