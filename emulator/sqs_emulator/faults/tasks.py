"""The Celery tasks that calls are about: those in the messages which they bear, or name by a receipt handle."""

from __future__ import annotations

import functools
from typing import Any

from sqs_emulator.services.subject import Subject


def task_of(body: str) -> str | None:
    """Return the name of the Celery task in a message's body."""
    from sqs_emulator.observe.envelope import decode  # only a rule that names a task needs it

    envelope = decode(body)
    return None if envelope is None else envelope.task


class TaskSubject(Subject):
    """What a call is about, its tasks among it."""

    @functools.cached_property
    def tasks(self) -> list[str | None]:
        """The tasks of the messages that the call bears or names: one for each entry of a batch, or for the request."""
        return [self._task(fields) for fields in (self.entries or (self.request,))]

    def _task(self, fields: Any) -> str | None:
        body = getattr(fields, "message_body", None)
        if body is None:
            message = self.message(getattr(fields, "receipt_handle", None) or "")
            body = None if message is None else message.body
        return None if body is None else task_of(body)
