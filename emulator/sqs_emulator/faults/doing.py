"""What each effect does to a call: a function that goes on with it, or does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, NoReturn

from msgspec.structs import replace

from sqs_emulator.contract.action import Result
from sqs_emulator.contract.sqs.messages import BatchResultErrorEntry, ReceiveMessageResult
from sqs_emulator.core.errors import EmptyBatchRequest
from sqs_emulator.faults import errors
from sqs_emulator.faults.active import ActiveRule
from sqs_emulator.faults.effects import (
    AnswerStatus,
    Deny,
    Drop,
    Effect,
    Error,
    ExpireCredentials,
    FailEntries,
    Fewer,
    Latency,
    LoseAnswer,
)
from sqs_emulator.faults.errors import Circumstances
from sqs_emulator.faults.outcomes import BareStatus, ConnectionDropped, Unanswered
from sqs_emulator.faults.tasks import TaskSubject, task_of
from sqs_emulator.faults.waits import LateCall, Time, changed
from sqs_emulator.services.pending import Answer, Outcome
from sqs_emulator.services.sqs.batches import failed_entry


class Hit(NamedTuple):
    """A rule that applies to a call, which the rules before it have left this request of.

    `proceed` does the call by a request, as far as the rules behind this one let it.
    """

    rule: ActiveRule
    subject: TaskSubject
    request: Any
    proceed: Callable[[Any], Outcome]
    real_time: Time

    def go_on(self) -> Outcome:
        return self.proceed(self.request)

    def circumstances(self) -> Circumstances:
        action, call, arn = self.subject.action, self.subject.call, self.subject.arn
        return Circumstances(
            action=action.name,
            queue=arn.name,
            user=f"arn:{arn.partition}:iam::{call.account}:user/local",
            permission=f"{action.service}:{(action.batch_of or action.name).lower()}",
            resource=str(arn),
        )


# Each takes the struct of its own effect, which no common type can say.
Doing = Callable[[Any, Hit], Outcome]


def _error(effect: Error, hit: Hit) -> NoReturn:
    raise errors.make(effect.error, effect.message, hit.circumstances())


def _deny(_effect: Deny, hit: Hit) -> NoReturn:
    raise errors.make("AccessDenied", None, hit.circumstances())


def _expire_credentials(_effect: ExpireCredentials, hit: Hit) -> NoReturn:
    raise errors.make("ExpiredToken", None, hit.circumstances())


def _status(effect: AnswerStatus, _hit: Hit) -> NoReturn:
    raise BareStatus(effect.status, effect.body, effect.content_type)


def _drop(_effect: Drop, _hit: Hit) -> NoReturn:
    raise ConnectionDropped


def _lose_answer(effect: LoseAnswer, hit: Hit) -> Outcome:
    return changed(hit.go_on, lambda _answer: _lost(effect))


def lose_answer_with_task(effect: LoseAnswer, hit: Hit) -> Outcome:
    """Do a receive; lose its answer if it brings the rule's task, and only then count it."""
    rule = hit.rule

    def lose(answer: Answer) -> Answer:
        brought = (isinstance(answer, ReceiveMessageResult) and answer.messages) or ()
        is_met = any(rule.rule.is_about_task(task_of(message.body)) for message in brought)
        return _lost(effect) if is_met and rule.applies() else answer

    return changed(hit.go_on, lose)


def _lost(effect: LoseAnswer) -> Unanswered:
    return ConnectionDropped() if effect.status is None else BareStatus(effect.status, effect.body, effect.content_type)


def _latency(effect: Latency, hit: Hit) -> Outcome:
    number, call = hit.subject.account, hit.subject.call
    account = call.broker.accounts.get(number) if effect.clock == "virtual" else None
    # An account that is not there yet has no clock that anybody has moved.
    time = hit.real_time if account is None else Time(account.clock, account.timers)
    return LateCall(number, hit.go_on, time, effect.seconds, hit.rule, call.is_gone).pending()


def _fewer(effect: Fewer, hit: Hit) -> Outcome:
    subject, request = hit.subject, hit.request
    if effect.at_most == 0:
        # Whoever answers for a queue that is not there has nothing to hand out, and need not wait for more.
        return hit.proceed(replace(request, wait_time_seconds=0)) if subject.queue is None else ReceiveMessageResult()
    asked = request.max_number_of_messages
    if asked is not None and effect.at_most < asked <= subject.call.broker.limits.receive_messages:
        request = replace(request, max_number_of_messages=effect.at_most)
    return hit.proceed(request)


def _fail_entries(effect: FailEntries, hit: Hit) -> Outcome:
    """Do the other entries alone, and tell of these beside them, in the order of the request."""
    subject = hit.subject
    places = {entry.id: place for place, entry in enumerate(subject.entries)}
    is_whole = None not in places and len(places) == len(subject.entries)
    if not is_whole or not 1 <= len(places) <= subject.call.broker.limits.batch_entries:
        return hit.go_on()  # which refuses the batch
    chosen = [place for place in places.values() if _is_chosen(place, effect, hit)]
    failed = [_failed(subject.entries[place].id, effect, hit) for place in chosen]
    left = [entry for entry in hit.request.entries if places[entry.id] not in chosen]

    def tell(answer: Answer) -> Answer:
        if chosen and isinstance(answer, EmptyBatchRequest) and subject.action.result is not None:
            answer = subject.action.result()
        if chosen and isinstance(answer, Result):
            both: Any = answer  # the results of all batches have this member
            both.failed = sorted([*(both.failed or ()), *failed], key=lambda entry: places[entry.id])
        return answer

    return changed(lambda: hit.proceed(replace(hit.request, entries=left)), tell)


def _is_chosen(place: int, effect: FailEntries, hit: Hit) -> bool:
    subject, rule = hit.subject, hit.rule.rule
    entry = subject.entries[place]
    if all(entry is not left for left in hit.request.entries):
        return False  # another rule has failed it
    is_named = not effect.entries or entry.id in effect.entries or place in effect.entries
    return is_named and (rule.task is None or rule.is_about_task(subject.tasks[place]))


def _failed(entry_id: str, effect: FailEntries, hit: Hit) -> BatchResultErrorEntry:
    error = errors.make(effect.error, effect.message, hit.circumstances())
    return failed_entry(entry_id, type(error), error.message)


DOING: Final[dict[type[Effect], Doing]] = {
    Error: _error,
    Deny: _deny,
    ExpireCredentials: _expire_credentials,
    AnswerStatus: _status,
    Drop: _drop,
    LoseAnswer: _lose_answer,
    Latency: _latency,
    FailEntries: _fail_entries,
    Fewer: _fewer,
}
