"""The ARN of a queue, read and written in one place: `arn:<partition>:sqs:<region>:<account>:<name>`."""

from __future__ import annotations

import functools
from typing import Final, NamedTuple


class QueueArn(NamedTuple):
    partition: str
    region: str
    account: str
    name: str

    @classmethod
    def of(cls, region: str, account: str, name: str) -> QueueArn:
        """Return the ARN of a queue, in the partition of its region."""
        return cls(_partition(region), region, account, name)

    @classmethod
    def parse(cls, text: str) -> QueueArn:
        """Read an ARN; raises ValueError for a text that is none of a queue."""
        return _parse(text)

    def __str__(self) -> str:
        return f"arn:{self.partition}:sqs:{self.region}:{self.account}:{self.name}"

    @property
    def place(self) -> tuple[str, str]:
        """The account and region: queues can be each other's dead-letter queues only where it is the same."""
        return self.account, self.region


_LONGEST: Final = 1_000  # characters of an ARN


# A server has few queues, and their ARNs are in every event; bounded, since the text can be a client's: what is refused
# is not kept.
@functools.lru_cache(maxsize=4096)
def _parse(text: str) -> QueueArn:
    if len(text) > _LONGEST:
        raise ValueError(f"{text[:_LONGEST]!r}... is not the ARN of a queue")
    fields = text.split(":")
    if len(fields) != 6 or fields[0] != "arn" or fields[2] != "sqs" or not fields[5]:
        raise ValueError(f"{text!r} is not the ARN of a queue")
    return QueueArn(fields[1], fields[3], fields[4], fields[5])


def is_called(arn: str, name: str) -> bool:
    """Say whether a queue is meant by a name or an ARN, as people give it."""
    return name in (arn, QueueArn.parse(arn).name)


def _partition(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
