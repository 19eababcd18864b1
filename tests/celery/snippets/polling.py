from __future__ import annotations

from celery import Celery

app = Celery("demo", broker="sqs://test:test@localhost:9324//")
app.conf.broker_transport_options = {"wait_time_seconds": 2, "polling_interval": 0.3}
