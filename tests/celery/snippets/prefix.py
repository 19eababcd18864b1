from __future__ import annotations

from celery import Celery

app = Celery("demo", broker="sqs://test:test@localhost:9324//")
app.conf.task_default_queue = "orders.v1"  # SQS: dev-orders-v1
app.conf.broker_transport_options = {"queue_name_prefix": "dev-", "wait_time_seconds": 1}
