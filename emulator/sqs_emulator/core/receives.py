"""A receive: what a ReceiveMessage asks a queue for, and what it is handed."""

from __future__ import annotations

import msgspec

from sqs_emulator.core.events import Consumer
from sqs_emulator.core.message import Message


class Receive(msgspec.Struct, frozen=True, gc=False):
    """What one ReceiveMessage wants; checked by the caller."""

    max_messages: int
    visibility_timeout: int | None = None  # ms; None: the queue's at the moment of delivery; 0: not hidden at all
    consumer: Consumer | None = None
    attempt_id: str | None = None  # ReceiveRequestAttemptId


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """A message as one receive hands it out.

    Who waited is answered when the step is over, and by then others may have received the message too: what each
    receive changes of it stands here.
    """

    message: Message
    receipt_handle: str
    receive_count: int  # ApproximateReceiveCount
