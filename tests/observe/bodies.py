"""Message bodies as Celery makes them, made by hand: for tests that run where no Celery is."""

from __future__ import annotations

import base64
import datetime
import json
import uuid
from collections.abc import Sequence
from typing import Any


def iso(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    return datetime.datetime.fromtimestamp(milliseconds / 1_000, datetime.UTC).isoformat()


def task_body(
    task: str = "demo.add",
    *,
    task_id: str | None = None,
    args: Sequence[Any] = (),
    eta_at: int | None = None,
    expires_at: int | None = None,
    retries: int = 0,
    message_group_id: str | None = None,
) -> str:
    """Return a task of protocol 2 as kombu puts it into a message's body. Moments are ms since the epoch."""
    task_id = task_id or str(uuid.uuid4())
    headers: dict[str, Any] = {
        "lang": "py",
        "task": task,
        "id": task_id,
        "shadow": None,
        "eta": iso(eta_at),
        "expires": iso(expires_at),
        "group": None,
        "group_index": None,
        "retries": retries,
        "timelimit": [None, None],
        "root_id": task_id,
        "parent_id": None,
        "argsrepr": repr(tuple(args)),
        "kwargsrepr": "{}",
        "origin": "gen1@host",
        "ignore_result": False,
        "replaced_task_nesting": 0,
        "stamped_headers": None,
        "stamps": {},
    }
    properties = {
        "correlation_id": task_id,
        "reply_to": "",
        "delivery_mode": 2,
        "delivery_info": {"exchange": "", "routing_key": "q"},
        "priority": 0,
        "body_encoding": "base64",
        "delivery_tag": str(uuid.uuid4()),
        **({"MessageGroupId": message_group_id} if message_group_id else {}),
    }
    embed = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    return enveloped(json.dumps([list(args), {}, embed]).encode(), headers=headers, properties=properties)


def enveloped(
    content: bytes,
    *,
    headers: dict[str, Any] | None = None,
    properties: dict[str, Any] | None = None,
    content_type: str = "application/json",
    in_base64: bool = True,
) -> str:
    """Return a kombu message around serialized arguments."""
    envelope = {
        "body": base64.b64encode(content).decode(),
        "content-encoding": "utf-8",
        "content-type": content_type,
        "headers": headers or {},
        "properties": {"body_encoding": "base64", **(properties or {})},
    }
    text = json.dumps(envelope)
    return base64.b64encode(text.encode()).decode() if in_base64 else text
