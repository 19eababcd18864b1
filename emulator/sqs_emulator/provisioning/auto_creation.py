"""Queues that are made when they are asked for, by the patterns of a configuration.

It is a layer: a call that fails because its queue is not there is made once more, if a pattern fits the queue's name
and it could be created. Such a queue is made by one CreateQueue, after its dead-letter queue, or not at all.
"""

from __future__ import annotations

import logging
from fnmatch import fnmatchcase
from typing import Any, Final

from sqs_emulator.config.attributes import FIFO, texts_of
from sqs_emulator.config.errors import ConfigError, bad_value, unknown_name
from sqs_emulator.config.settings import Config
from sqs_emulator.config.tables import AutoCreate
from sqs_emulator.contract.action import Action
from sqs_emulator.core.broker import Broker
from sqs_emulator.core.clock import SystemClock
from sqs_emulator.core.errors import QueueDoesNotExist, SqsError
from sqs_emulator.core.identifiers import DEFAULT_ACCOUNT
from sqs_emulator.provisioning.creating import Place, blaming, create
from sqs_emulator.services.call import Call
from sqs_emulator.services.dispatch import Handler
from sqs_emulator.services.pending import Outcome
from sqs_emulator.services.subject import Subject

_log: Final = logging.getLogger("sqs_emulator")


class AutoCreation:
    """The patterns of a configuration. Raises ConfigError for one that no queue could be made by."""

    def __init__(self, config: Config) -> None:
        self._config = config
        for rule in config.auto_create:
            with blaming(f"auto_create {rule.pattern}", "auto_create"):
                self._check(rule)

    def answer(self, action: Action, call: Call, request: Any, proceed: Handler) -> Outcome:
        """Answer a call, having made its queue if that is wanted and was missing."""
        try:
            return proceed(call, request)
        except QueueDoesNotExist:
            subject = Subject(action, call, request)
            if not self.make(call.broker, Place(subject.account, subject.region, subject.queue_name or "")):
                raise
        return proceed(call, request)

    def make(self, broker: Broker, place: Place) -> bool:
        """Create a queue that is not there, and say whether it is now."""
        rule = self._rule(place.name)
        if rule is None:
            return False
        try:
            attributes = texts_of(rule, **place._asdict())
            if rule.dead_letter_queue == place.name:  # the pattern fits it as well: it has no other one
                del attributes["RedrivePolicy"]
            elif rule.dead_letter_queue is not None:
                self.ensure(broker, place._replace(name=rule.dead_letter_queue))
            create(broker, place, attributes, rule.tags)
        except SqsError as error:
            _log.warning("%s was asked for, and could not be created as %s: %s", place.name, rule.pattern, error)
            return False
        return True

    def ensure(self, broker: Broker, place: Place) -> None:
        """Create a queue unless it is there; raises QueueDoesNotExist if it is not one to make."""
        try:
            broker.find(*place)
        except QueueDoesNotExist:
            if not self.make(broker, place):
                raise

    def _rule(self, name: str) -> AutoCreate | None:
        """Return the first whose pattern fits a name. One that ends with .fifo is for FIFO queues, and no other is."""
        for rule in self._config.auto_create:
            if rule.pattern.endswith(FIFO) == name.endswith(FIFO) and fnmatchcase(name, rule.pattern):
                return rule
        return None

    def _check(self, rule: AutoCreate) -> None:
        """Create a queue of this kind elsewhere, so that what is wrong with it is known at the start."""
        is_fifo = rule.pattern.endswith(FIFO)
        place = Place(DEFAULT_ACCOUNT, self._config.region, "q" + FIFO if is_fifo else "q")
        if "RedrivePolicy" in rule.attributes:
            raise ConfigError("RedrivePolicy names one queue of one account; allowed is a dead_letter_queue.")
        attributes = texts_of(rule, **place._asdict())
        attributes.pop("RedrivePolicy", None)
        create(Broker(SystemClock(), limits=self._config.limit_set), place, attributes, rule.tags)
        if rule.dead_letter_queue is not None:
            if rule.dead_letter_queue.endswith(FIFO) != is_fifo:
                allowed = f"a queue of the same type, {'FIFO' if is_fifo else 'standard'}"
                raise bad_value("dead_letter_queue", rule.dead_letter_queue, allowed)
            self._check_chain(rule.dead_letter_queue)

    def _check_chain(self, target: str | None) -> None:
        """See that each dead-letter queue of a dead-letter queue can be made before the queue that needs it."""
        defined = [queue.name for queue in self._config.queues]
        seen: list[str] = []
        while target is not None and target not in defined:
            rule = self._rule(target)
            if rule is None:
                fitting = [*defined, *(rule.pattern for rule in self._config.auto_create)]
                raise unknown_name(target, fitting, what="queue")
            if target in seen:
                raise ConfigError(f"dead_letter_queue leads in a circle: {' to '.join([*seen, target])}.")
            seen.append(target)
            target = None if rule.dead_letter_queue == target else rule.dead_letter_queue
