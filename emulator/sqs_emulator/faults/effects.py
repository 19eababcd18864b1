"""What a fault does to a call. Each is a struct, tagged with the name that a rule gives as its `effect`.

What the rules and the injector must know of an effect stands on its class. To add one: a class here, the readers of its
keys in `parsing.py`, and what it does in `doing.py`, or in `delivery.py` if it is done to a queue's messages.
"""

from __future__ import annotations

from typing import ClassVar, Final

import msgspec

from sqs_emulator.contract.sqs import ACTIONS

RECEIVE: Final = "ReceiveMessage"
_SINGLES: Final = tuple(action.batch_of for action in ACTIONS.values() if action.batch_of is not None)
BATCHES: Final = tuple(action.name for action in ACTIONS.values() if action.batch_of is not None)
# The actions that bear or name messages, by which a rule of a task knows them.
ON_MESSAGES: Final = (*_SINGLES, *BATCHES, RECEIVE)


class Effect(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="effect"):
    done_to: ClassVar[tuple[str, ...]] = ()  # the actions that it can be done to; none named: every one
    answers_call: ClassVar[bool] = False  # in place of SQS: the rules behind it are not asked
    in_delivery: ClassVar[bool] = False  # it is done to the messages in a queue, not to a call
    can_wait_for_tasks: ClassVar[bool] = (
        False  # of a receive: it can be decided when the tasks that it brings are known
    )
    draws: ClassVar[bool] = False  # by chance, whatever the rule's probability

    @classmethod
    def name(cls) -> str:
        return str(cls.__struct_config__.tag)

    @classmethod
    def can_be_done_to(cls, action: str) -> bool:
        return not cls.done_to or action in cls.done_to


class Error(Effect, frozen=True, tag="error"):
    """The call is not done; it is answered with an error of AWS's, by its name."""

    answers_call = True
    error: str
    message: str | None = None  # None: AWS's words


class Deny(Effect, frozen=True, tag="deny"):
    """The call is not done: AccessDenied, as if no policy allowed it."""

    answers_call = True


class ExpireCredentials(Effect, frozen=True, tag="expire-credentials"):
    """The call is not done: ExpiredToken, as if its security token had run out."""

    answers_call = True


class AnswerStatus(Effect, frozen=True, tag="status"):
    """The call is not done; it is answered with an HTTP status and no error of AWS's."""

    answers_call = True
    status: int
    body: str = ""
    content_type: str = "text/plain"


class Drop(Effect, frozen=True, tag="drop"):
    """The call is not done; its connection is closed without an answer."""

    answers_call = True


class LoseAnswer(Effect, frozen=True, tag="lose-answer"):
    """The call is done, but its answer is lost: the connection is closed, or only a bare status arrives."""

    can_wait_for_tasks = True
    status: int | None = None
    body: str = ""
    content_type: str = "text/plain"


class Latency(Effect, frozen=True, tag="latency"):
    """The call reaches SQS later. If its client leaves before that, nothing is done."""

    seconds: float
    clock: str = "real"  # or "virtual": by the account's clock, so that a frozen one holds the call


class FailEntries(Effect, frozen=True, tag="fail-entries"):
    """Some entries of a batch fail, the others are done. If none are named: all, or those of the rule's task."""

    done_to = BATCHES
    entries: tuple[int | str, ...] = ()  # by Id, or by place, from 0
    error: str = "InternalError"
    message: str | None = None


class Fewer(Effect, frozen=True, tag="fewer"):
    """A receive gets so many messages at most. With 0, it is answered at once, with none."""

    done_to = (RECEIVE,)
    at_most: int


class DeliverTwice(Effect, frozen=True, tag="deliver-twice"):
    """A message of a standard queue is given to two receives, even if the first one hides or deletes it.

    It is visible again as soon as it is received. Until it is received a second time, a delete is answered with
    success, but does not remove it. Whether this happens to a message is decided once, when it is received for the
    first time.
    """

    done_to = (RECEIVE,)
    in_delivery = True
    can_wait_for_tasks = True


class Shuffle(Effect, frozen=True, tag="shuffle"):
    """A receive from a standard queue draws its messages, by chance, from the first ones in order."""

    done_to = (RECEIVE,)
    in_delivery = True
    draws = True
    among: int = 10


# In the order in which they stand above.
EFFECTS: Final[dict[str, type[Effect]]] = {effect.name(): effect for effect in Effect.__subclasses__()}
