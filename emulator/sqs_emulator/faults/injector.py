"""Puts fault rules in force.

While there are rules, the injector's `answer` is a layer of the dispatcher's, and the queues that a rule of delivery is
about are unreliable ones (`delivery.py`); while there are none, both are what they were before the first.

A call is put to the rules in the order in which they were added. One that matches counts it, and if it applies
(`ActiveRule.applies`), its effect is done. An effect that answers the call ends the matter: the rules behind it never
see it. The others (latency, lose-answer, fail-entries, fewer) let it go on to the next rule, and all take part in what
becomes of it. A call on a queue meets the rules of the account that owns the queue, any other those of its caller.

For the event loop's thread, or before anything is served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final, TypeAlias

from sqs_emulator.contract.action import Action
from sqs_emulator.core.broker import Broker
from sqs_emulator.faults.active import ActiveRule
from sqs_emulator.faults.delivery import equip
from sqs_emulator.faults.doing import DOING, Doing, Hit, lose_answer_with_task
from sqs_emulator.faults.effects import RECEIVE, LoseAnswer
from sqs_emulator.faults.rules import ANY, FaultError, FaultRule
from sqs_emulator.faults.tasks import TaskSubject
from sqs_emulator.faults.waits import Time
from sqs_emulator.services.call import Call
from sqs_emulator.services.dispatch import Dispatcher, Handler, Order
from sqs_emulator.services.pending import Outcome

Proceed: TypeAlias = Callable[[Any], Outcome]  # does the call by a request, as far as the rules behind let it
Step: TypeAlias = Callable[[Proceed, Any], Outcome]


MOST_RULES: Final = 1_000  # in force at one time


class Injector:
    """The rules of one emulator. `real_time` is that of a clock that nobody moves."""

    def __init__(self, dispatcher: Dispatcher, broker: Broker, real_time: Time) -> None:
        self._dispatcher = dispatcher
        self._broker = broker
        self._real_time = real_time
        self._rules: tuple[ActiveRule, ...] = ()
        self._of_delivery: tuple[ActiveRule, ...] = ()
        self._of_calls: dict[str, list[ActiveRule]] = {}  # by the action that they can be done to, in their order
        self._last_number = 0

    # The rules.

    def rules(self, account: str = ANY) -> list[ActiveRule]:
        """Return those in force for an account, in their order; `*`: all."""
        return [active for active in self._rules if account == ANY or active.rule.account in (ANY, account)]

    def add(self, *rules: FaultRule) -> list[ActiveRule]:
        """Put rules in force, behind those that are; raises FaultError for too many.

        Those of a scenario begin anew if it is on for the account.
        """
        if len(self._rules) + len(rules) > MOST_RULES:
            raise FaultError(f"{len(self._rules)} rules are in force; allowed are {MOST_RULES} at one time.")
        begun = {(rule.scenario, rule.account) for rule in rules if rule.scenario is not None}
        again = [active for active in self._rules if (active.rule.scenario, active.rule.account) in begun]
        added = []
        for rule in rules:
            self._last_number += 1
            added.append(ActiveRule(self._last_number, rule))
        self._put([*(active for active in self._rules if active not in again), *added])
        _release(again)
        return added

    def remove(self, which: Callable[[ActiveRule], bool]) -> list[ActiveRule]:
        """End rules and return them. The calls that they hold up go on now."""
        removed = [active for active in self._rules if which(active)]
        self._put([active for active in self._rules if active not in removed])
        _release(removed)
        return removed

    def drop_account(self, number: str) -> None:
        """End an account's rules, and let its calls go on that others hold up by its clock, which is no more."""
        self.remove(lambda active: active.rule.account == number)
        for active in self._rules:
            active.release(number)

    def release(self) -> None:
        """Let all calls go on that are held up: the emulator stops."""
        _release(self._rules)

    def _put(self, rules: Iterable[ActiveRule]) -> None:
        had_some, self._rules = bool(self._rules), tuple(rules)
        if self._rules and not had_some:
            self._dispatcher.add(self.answer, Order.FAULTS)
        elif had_some and not self._rules:
            self._dispatcher.remove(self.answer)
        self._of_delivery = tuple(active for active in self._rules if active.rule.is_on_delivery)
        self._of_calls = {}
        for queue in self._broker.queues():
            equip(queue, self._of_delivery)

    # Calls.

    def answer(self, action: Action, call: Call, request: Any, proceed: Handler) -> Outcome:
        """Answer a call, if its rules let it by `proceed`; raises SqsError and Unanswered."""
        subject = TaskSubject(action, call, request)
        if self._of_delivery and (queue := subject.queue) is not None:
            equip(queue, self._of_delivery)  # one that was created since
        go_on: Proceed = partial(proceed, call)
        for step in reversed(self._steps(subject)):
            go_on = partial(step, go_on)
        return go_on(request)

    def _steps(self, subject: TaskSubject) -> list[Step]:
        """Ask the rules in their order, and return what those that apply do, the first one's outermost."""
        steps: list[Step] = []
        for active in self._on(subject.action.name):
            rule = active.rule
            if not rule.is_about(subject.action.name, subject.account, subject.queue_name):
                continue
            doing = DOING[type(rule.effect)]
            if rule.task is not None and subject.action.name == RECEIVE:  # what it brings is known afterwards
                if isinstance(rule.effect, LoseAnswer):
                    steps.append(partial(self._do, lose_answer_with_task, active, subject))
                continue
            if rule.task is not None and not any(map(rule.is_about_task, subject.tasks)):
                continue
            if active.applies():
                steps.append(partial(self._do, doing, active, subject))
                if rule.effect.answers_call:
                    break
        return steps

    def _on(self, action: str) -> list[ActiveRule]:
        """Return the rules that can be about calls of an action: each call pays for those alone."""
        found = self._of_calls.get(action)
        if found is None:
            found = self._of_calls[action] = [
                active
                for active in self._rules
                if not active.rule.is_on_delivery and (not active.rule.action or action in active.rule.action)
            ]
        return found

    def _do(self, doing: Doing, active: ActiveRule, subject: TaskSubject, proceed: Proceed, request: Any) -> Outcome:
        return doing(active.rule.effect, Hit(active, subject, request, proceed, self._real_time))


def _release(rules: Iterable[ActiveRule]) -> None:
    for active in rules:
        active.release()
