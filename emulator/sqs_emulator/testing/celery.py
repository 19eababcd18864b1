"""Celery's broker, for an application under test. Celery itself is not imported, and pytest is not needed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from sqs_emulator.testing.account import AccountClient


class CeleryBroker:
    """What a Celery application needs to know to use an account as its broker."""

    def __init__(self, account: AccountClient) -> None:
        self.account = account
        self.url = account.broker_url
        # Short polls: a worker in the test's own process ends at the end of a poll, and tests should not wait for it.
        self.transport_options = {**account.broker_transport_options, "polling_interval": 0.1, "wait_time_seconds": 1}
        self.environment = account.environment

    @property
    def config(self) -> dict[str, Any]:
        """URL and transport options as settings, for `app.conf.update` or for Celery's own fixture `celery_config`."""
        return {"broker_url": self.url, "broker_transport_options": dict(self.transport_options)}

    @contextlib.contextmanager
    def serve(self, app: Any) -> Iterator[Any]:
        """Let an existing application use this broker; its own transport options stay in force beside ours."""
        own = app.conf.broker_transport_options
        app.conf.broker_url = self.url
        app.conf.broker_transport_options = {**own, **self.transport_options}
        try:
            yield app
        finally:
            app.conf.broker_transport_options = own
            app.close()
            del app.amqp  # it holds connections to this account
