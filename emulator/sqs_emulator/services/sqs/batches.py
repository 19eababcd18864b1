"""What the three batches have in common: entries with ids, of which some may fail while the others are done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, Protocol, TypeVar

from sqs_emulator.contract.sqs import SQS
from sqs_emulator.contract.sqs.messages import BatchResultErrorEntry
from sqs_emulator.core.errors import (
    BatchEntryIdsNotDistinct,
    EmptyBatchRequest,
    InvalidBatchEntryId,
    MissingParameter,
    SqsError,
    TooManyEntriesInBatchRequest,
)
from sqs_emulator.core.limits import Limits

_Value = TypeVar("_Value")


class _Entry(Protocol):
    id: str | None


_AnyEntry = TypeVar("_AnyEntry", bound=_Entry)

_ENTRY_ID: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def required(value: _Value | None, parameter: str) -> _Value:
    if value is None:
        raise MissingParameter(parameter)
    return value


def checked_entries(
    entries: list[_AnyEntry] | None, shape: type[_AnyEntry], limits: Limits
) -> list[tuple[str, _AnyEntry]]:
    """Return a batch's entries by their ids; raises what fails the whole request."""
    if not entries:
        raise EmptyBatchRequest.of(shape.__name__)
    if len(entries) > limits.batch_entries:
        raise TooManyEntriesInBatchRequest.of(len(entries), limits.batch_entries)
    checked: dict[str, _AnyEntry] = {}
    repeated = None
    for number, entry in enumerate(entries, start=1):
        entry_id = required(entry.id, f"{shape.__name__}.{number}.Id")
        if not _ENTRY_ID.fullmatch(entry_id) or len(entry_id) > limits.batch_entry_id_length:
            raise InvalidBatchEntryId
        if entry_id in checked and repeated is None:
            repeated = entry_id
        checked[entry_id] = entry
    if repeated is not None:
        raise BatchEntryIdsNotDistinct.of(repeated)
    return list(checked.items())


def act_on(
    entries: Iterable[tuple[str, _AnyEntry]], act: Callable[[_AnyEntry], _Value]
) -> tuple[list[tuple[str, _AnyEntry, _Value]], list[BatchResultErrorEntry] | None]:
    """Act on one entry after the other; return what succeeded, with its outcome, and what failed."""
    successful, failed = [], []
    for entry_id, entry in entries:
        try:
            successful.append((entry_id, entry, act(entry)))
        except SqsError as error:
            failed.append(failed_entry(entry_id, error.entry_shape or type(error), error.entry_message))
    return successful, failed or None


def failed_entry(entry_id: str, shape: type[SqsError], message: str) -> BatchResultErrorEntry:
    """Tell of an entry that failed with an error of this class."""
    row = SQS.wire_error(shape)
    return BatchResultErrorEntry(id=entry_id, sender_fault=row.fault == "Sender", code=row.query, message=message)
