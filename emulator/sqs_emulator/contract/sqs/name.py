"""What SQS is called in credentials and in policies; its actions bear it."""

from __future__ import annotations

from typing import Final

NAME: Final = "sqs"
