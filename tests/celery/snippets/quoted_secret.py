from __future__ import annotations

from celery import Celery
from kombu.utils.url import safequote

secret = "ZYXK7NiynG/TogH8Nj+P9nlE73sq3"
app = Celery("demo", broker=f"sqs://{safequote('AKIAEXAMPLE')}:{safequote(secret)}@localhost:9324//")
