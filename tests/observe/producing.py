"""Messages as a real Celery sends them, through its real SQS transport."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from celery import Celery

from sqs_emulator import Emulator

REGION: Final = "us-east-1"
ACCOUNT: Final = "000000000000"


def app_of(emulator: Emulator, queue: str, **settings: Any) -> Celery:
    """Return an application whose producer talks to an emulator. `sqs_base64_encoding` is the transport's."""
    app = Celery("demo", broker=emulator.url.replace("http://", "sqs://test:test@") + "//", set_as_current=False)
    options = {"region": REGION, "sqs_base64_encoding": settings.pop("sqs_base64_encoding", True)}
    app.conf.update(task_default_queue=queue, broker_transport_options=options, **settings)
    return app


def sent(
    emulator: Emulator,
    queue: str,
    *,
    args: Sequence[Any] = (2, 3),
    kwargs: dict[str, Any] | None = None,
    settings: dict[str, Any] | None = None,
    **options: Any,
) -> str:
    """Send `demo.add`, with options of `apply_async`, and return the message's body."""
    app = app_of(emulator, queue, **settings or {})
    try:
        app.send_task("demo.add", args=args, kwargs=kwargs or {}, **options)
    finally:
        app.close()
    messages = emulator.broker.find(ACCOUNT, REGION, queue).messages
    return next(reversed(messages.values())).body
