from __future__ import annotations

from celery import Celery

app = Celery("demo", broker="sqs://test:test@localhost:9324//")
app.conf.broker_transport_options = {"wait_time_seconds": 1}
SEND = {"MessageGroupId": "tenant-7"}  # add.apply_async((1, 2), **SEND)
