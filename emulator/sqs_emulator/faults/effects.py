"""What a fault does to a call. Each is a struct, tagged with the name that a rule gives as its `effect`."""

from __future__ import annotations

from typing import Final

import msgspec


class Effect(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="effect"):
    pass


class Error(Effect, frozen=True, tag="error"):
    """The call is not done; it is answered with an error of AWS's, by its name."""

    error: str
    message: str | None = None  # None: AWS's words


class Deny(Effect, frozen=True, tag="deny"):
    """The call is not done: AccessDenied, as if no policy allowed it."""


class ExpireCredentials(Effect, frozen=True, tag="expire-credentials"):
    """The call is not done: ExpiredToken, as if its security token had run out."""


class AnswerStatus(Effect, frozen=True, tag="status"):
    """The call is not done; it is answered with an HTTP status and no error of AWS's."""

    status: int
    body: str = ""
    content_type: str = "text/plain"


class Drop(Effect, frozen=True, tag="drop"):
    """The call is not done; its connection is closed without an answer."""


class LoseAnswer(Effect, frozen=True, tag="lose-answer"):
    """The call is done, and its answer lost: the connection is closed, or a bare status is all that arrives."""

    status: int | None = None
    body: str = ""
    content_type: str = "text/plain"


class Latency(Effect, frozen=True, tag="latency"):
    """The call reaches SQS later. Of a client that leaves before it does, nothing is done."""

    seconds: float
    clock: str = "real"  # or "virtual": by the account's clock, so that a frozen one holds the call


class FailEntries(Effect, frozen=True, tag="fail-entries"):
    """Entries of a batch fail, the others are done. None named: all of them, or those of the rule's task."""

    entries: tuple[int | str, ...] = ()  # by Id, or by place, from 0
    error: str = "InternalError"
    message: str | None = None


class Fewer(Effect, frozen=True, tag="fewer"):
    """A receive gets so many messages at most; 0: it is answered with none, at once."""

    at_most: int


class DeliverTwice(Effect, frozen=True, tag="deliver-twice"):
    """A message of a standard queue is handed out by two receives, though the first one hides or deletes it.

    It is visible again as soon as it was received; until it was received a second time, deleting it is answered with
    success and does not remove it. It is judged once, when it is received for the first time.
    """


class Shuffle(Effect, frozen=True, tag="shuffle"):
    """A receive of a standard queue draws its messages from the first ones in order."""

    among: int = 10


EFFECTS: Final[dict[str, type[Effect]]] = {
    str(each.__struct_config__.tag): each
    for each in (
        Error,
        Deny,
        ExpireCredentials,
        AnswerStatus,
        Drop,
        LoseAnswer,
        Latency,
        FailEntries,
        Fewer,
        DeliverTwice,
        Shuffle,
    )
}
