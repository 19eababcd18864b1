"""Celery's broker, for an application under test. Celery itself is not imported, and pytest is not needed."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqs_emulator.testing.account import AccountClient

_SETTINGS: Final = ("broker_url", "broker_read_url", "broker_write_url", "broker_transport_options")
_VARIABLES: Final = ("CELERY_BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL")


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
        """URL and transport options as settings, for a new application or for Celery's own fixture `celery_config`.

        One that has been used keeps its connections, whatever its settings say: it needs `serve`.
        """
        return {"broker_url": self.url, "broker_transport_options": dict(self.transport_options)}

    @contextlib.contextmanager
    def serve(self, app: Any) -> Iterator[Any]:
        """Let an existing application use this broker; its own transport options stay in force beside ours."""
        own = {name: app.conf.get(name) for name in _SETTINGS}
        options = {**(own["broker_transport_options"] or {}), **self.transport_options}
        with _without(_VARIABLES):  # Celery reads them before its settings
            app.conf.update(
                broker_url=self.url, broker_read_url=None, broker_write_url=None, broker_transport_options=options
            )
            _let_go(app)
            try:
                yield app
            finally:
                app.conf.update(own)
                _close(app)
                _let_go(app)


def _let_go(app: Any) -> None:
    """Let an application forget its connections: they lead to where it was before.

    `app.close()` does so too. But it also makes Celery forget the application, and a shared task that is defined
    afterwards would never be added to it.
    """
    app._pool = None
    del app.amqp  # it holds a pool of producers
    forget_queue_urls()


def _close(app: Any) -> None:
    """Close an application's connections to an account, which kombu would keep: two sockets and 8 MB for each test."""
    pools = sys.modules.get("kombu.pools")
    if pools is None:
        return
    for group, own in ((pools.producers, app.amqp._producer_pool), (pools.connections, app._pool)):
        if own is not None:
            for key in [key for key, pool in group.items() if pool is own]:
                group.pop(key)
            own.force_close_all()


def forget_queue_urls() -> None:
    """kombu 5.6 and older keep queue URLs on a class, where the application of the next test would find them."""
    transport = sys.modules.get("kombu.transport.SQS")
    cache = getattr(getattr(transport, "Channel", None), "_queue_cache", None)
    if isinstance(cache, dict):
        cache.clear()


@contextlib.contextmanager
def _without(variables: Iterable[str]) -> Iterator[None]:
    """Take variables out of the environment, and put them back."""
    taken = {name: os.environ.pop(name) for name in variables if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(taken)
