"""Every number that AWS documents for queues and messages (Amazon SQS Developer Guide, "Amazon SQS quotas").

What somebody may want to be another one is in `Limits`, of which an emulator has one. The rest are constants: what an
attribute, a policy, a tag or a message attribute may be. Where an attribute's range is a limit of calls too, it goes by
the documented number, whatever `Limits` says.
"""

from __future__ import annotations

from typing import Final

import msgspec

# Both ends of a range are allowed. Of queue attributes; what has no unit in its name is a count.
VISIBILITY_TIMEOUT_SECONDS: Final = (0, 43_200)
DELAY_SECONDS: Final = (0, 900)
WAIT_SECONDS: Final = (0, 20)
MESSAGE_BYTES: Final = (1_024, 1_048_576)
RETENTION_SECONDS: Final = (60, 1_209_600)
KMS_REUSE_SECONDS: Final = (60, 86_400)
MAX_RECEIVE_COUNT: Final = (1, 1_000)
ALLOWED_SOURCE_QUEUES: Final = (1, 10)  # of a RedriveAllowPolicy with byQueue
KMS_KEY_CHARACTERS: Final = 2_048
ATTRIBUTE_CHARACTERS: Final = 8_192  # of any attribute's text; the longest there is, a policy, has so many bytes

# Of requests. AWS documents none of the three: its largest legal call has fewer than 1,000 parameters.
REQUEST_PARAMETERS: Final = 1_000  # of the Query protocol
REQUEST_MEMBERS: Final = 1_000  # of one list or map
ERROR_CHARACTERS: Final = 2_000  # of an error's message, which may echo what a client sent

# Of fair queues: a message group is noisy with so many messages in flight, if they are more than one in so many of all.
# AWS calls both approximate.
NOISY_IN_FLIGHT: Final = 30
NOISY_SHARE: Final = 10

# Of policies, and of what AddPermission makes of one.
POLICY_BYTES: Final = 8_192
POLICY_STATEMENTS: Final = 20
POLICY_PRINCIPALS: Final = 50  # different ones, in the whole policy
STATEMENT_ACTIONS: Final = 7
LABEL_LENGTH: Final = 80

# Of tags.
TAG_KEY_LENGTH: Final = (1, 128)
TAG_VALUE_LENGTH: Final = (0, 256)

# Of message attributes of the type Number: significant digits, and the powers of ten of the first of them.
NUMBER_DIGITS: Final = 38
NUMBER_EXPONENTS: Final = (-128, 126)


class Limits(msgspec.Struct, frozen=True):
    """One set of limits. A number out of reach switches its rule off; 0 does so for the two windows."""

    message_bytes: int = MESSAGE_BYTES[1]  # body and attributes; a queue's MaximumMessageSize may be lower
    batch_bytes: int = 1_048_576  # the whole of a SendMessageBatch, whatever the queue's MaximumMessageSize
    batch_entries: int = 10
    message_attributes: int = 10
    in_flight: int = 120_000  # per queue
    receive_messages: int = 10
    visibility_timeout_seconds: int = VISIBILITY_TIMEOUT_SECONDS[1]  # per call, and in all since the receive
    delay_seconds: int = DELAY_SECONDS[1]
    wait_seconds: int = WAIT_SECONDS[1]
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
