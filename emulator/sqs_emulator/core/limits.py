"""Every number that AWS documents for queues and messages (Amazon SQS Developer Guide, "Amazon SQS quotas")."""

from __future__ import annotations

from typing import Final

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """One set of limits. A number out of reach switches its rule off; 0 does so for the two windows."""

    message_bytes: int = 1_048_576  # body and attributes; a queue's MaximumMessageSize may be lower
    batch_bytes: int = 1_048_576  # the whole of a SendMessageBatch, whatever the queue's MaximumMessageSize
    batch_entries: int = 10
    message_attributes: int = 10
    in_flight: int = 120_000  # per queue
    receive_messages: int = 10
    visibility_timeout_seconds: int = 43_200  # per call, and in all since the receive
    delay_seconds: int = 900
    wait_seconds: int = 20
    tags: int = 50  # per queue
    list_results: int = 1_000  # ListQueues, and one of its pages
    queue_name_length: int = 80
    batch_entry_id_length: int = 80
    identifier_length: int = 128  # MessageGroupId, MessageDeduplicationId, ReceiveRequestAttemptId
    attribute_name_bytes: int = 256  # of a message attribute; its type has the same limit
    deduplication_window_ms: int = 300_000  # FIFO: how long a MessageDeduplicationId is remembered
    attempt_window_ms: int = 300_000  # FIFO: how long a ReceiveRequestAttemptId can be retried
    move_tasks: int = 100  # running at once in one account
    move_tasks_remembered: int = 10  # per source queue
    move_task_rate: int = 500  # messages a second, if a rate is asked for
    purge_window_ms: int = 0  # how long a second PurgeQueue is refused
    recreate_window_ms: int = 0  # how long a deleted queue's name is refused


RELAXED: Final = Limits()
# AWS has a test wait a minute between two purges and before it re-creates a queue; a local one need not.
STRICT: Final = Limits(purge_window_ms=60_000, recreate_window_ms=60_000)
LIMIT_SETS: Final = {"relaxed": RELAXED, "strict": STRICT}
