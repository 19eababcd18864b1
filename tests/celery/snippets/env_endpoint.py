from __future__ import annotations

import os

from celery import Celery

os.environ.update(
    AWS_ENDPOINT_URL="http://localhost:9324",
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_DEFAULT_REGION="us-east-1",
)
app = Celery("demo", broker="sqs://")
