"""What the tables of a configuration hold: queues, queues made when they are asked for, accounts, clocks.

The words on a field are what is allowed there. What only SQS can judge of a queue is judged when it is created.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from sqs_emulator.config.errors import ConfigError, bad_value
from sqs_emulator.core.clock import ALLOWED_RATES, HIGHEST_RATE, LOWEST_RATE


def allowed(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one queue, or of all that a pattern fits. `attributes` go by AWS's names; in a file they stand in
    the table itself. Their values are what Python and TOML have for them: numbers, booleans, texts, and for policies
    tables, or the texts that AWS takes.
    """

    attributes: Annotated[Mapping[str, object], allowed("a table of attributes")] = {}
    tags: Annotated[Mapping[str, str], allowed("a table of texts")] = {}
    dead_letter_queue: Annotated[
        str | None, allowed("the name of a queue, which is in the same account and region")
    ] = None
    max_receive_count: Annotated[int | None, allowed("a whole number, 1 to 1000")] = None


class QueueConfig(Template, frozen=True, kw_only=True):
    """A queue to create at the start. A name that ends with .fifo makes it a FIFO queue."""

    name: Annotated[str, allowed("the name of a queue")]
    account: Annotated[str, allowed("a number of 12 digits")] = "000000000000"
    region: Annotated[str | None, allowed("a region's name, such as us-east-1")] = None  # None: that of the settings


class AutoCreate(Template, frozen=True, kw_only=True):
    """Queues to create when they are asked for. In `pattern` a * stands for any characters, a ? for one."""

    pattern: Annotated[str, allowed("a pattern of queue names, such as celery-*")]


class ClockConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How the clock of an account begins, when the account is first used: when (None: now), and how fast it goes."""

    start: Annotated[datetime | None, allowed("a date and time, such as 2026-01-01T00:00:00Z")] = None
    frozen: Annotated[bool, allowed("true or false")] = False
    rate: Annotated[float, allowed(f"how many seconds pass in a real one, {ALLOWED_RATES}")] = 1.0

    def __post_init__(self) -> None:
        if self.start_ms is not None and self.start_ms < 0:
            raise bad_value("start", self.start, "a moment of 1970 or later", setting="clock")
        if not LOWEST_RATE <= self.rate <= HIGHEST_RATE:
            raise bad_value("rate", self.rate, ALLOWED_RATES, setting="clock")
        if self.frozen and self.rate != 1:
            raise ConfigError("frozen and rate cannot both be set: a frozen clock stands still.", setting="clock")

    @property
    def start_ms(self) -> int | None:
        """The moment to begin at, in milliseconds since the epoch; one without a time zone is in UTC."""
        if self.start is None:
            return None
        moment = self.start if self.start.tzinfo else self.start.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1000)


class AccountConfig(msgspec.Struct, frozen=True, kw_only=True):
    """An account: the access keys that mean it, beside its number, and how its clock begins."""

    access_keys: Annotated[tuple[str, ...], allowed("a list of texts")] = ()
    clock: Annotated[ClockConfig | None, allowed("a table with start, frozen and rate")] = None
