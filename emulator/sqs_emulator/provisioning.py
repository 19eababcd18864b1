"""What a configuration makes of a broker: its queues, how clocks begin, and queues made when they are asked for.

Queues are created as CreateQueue and SetQueueAttributes do it, with all their checks and words: first all of them
without their redrive policies, then these. So their order does not matter, and two may be each other's dead-letter
queue. A queue that is made when it is asked for is made by one CreateQueue, after its dead-letter queue, or not at all.

A ConfigError says which queue, which of its keys and what is allowed; where it was set is the caller's to add.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, NamedTuple

from sqs_emulator.config.attributes import FIFO, texts_of
from sqs_emulator.config.errors import ConfigError, bad_value, shown, unknown_name
from sqs_emulator.config.settings import Config
from sqs_emulator.config.tables import AutoCreate, ClockConfig
from sqs_emulator.contract.sqs.queues import CreateQueueRequest, SetQueueAttributesRequest
from sqs_emulator.core.broker import Broker
from sqs_emulator.core.clock import AccountClock, SystemClock
from sqs_emulator.core.errors import QueueDoesNotExist, SqsError
from sqs_emulator.core.identifiers import ACCOUNT_ID, DEFAULT_ACCOUNT, REGION
from sqs_emulator.core.queue import Queue
from sqs_emulator.services.call import Call
from sqs_emulator.services.sqs import queues

if TYPE_CHECKING:
    from sqs_emulator.faults.rules import FaultRule

_log: Final = logging.getLogger("sqs_emulator")


class Provisioner:
    """Applies a configuration to a broker. Raises ConfigError for what SQS would refuse."""

    def __init__(self, config: Config, broker: Broker) -> None:
        self._config = config
        self._broker = broker
        for rule in config.auto_create:
            with _blaming(f"auto_create {rule.pattern}", "auto_create"):
                self._check_rule(rule)
        broker.begin_clock = self._begin_clock
        broker.begin_anew = self.create_queues
        if config.auto_create:
            broker.make_missing = self._make_missing

    def _begin_clock(self, account: str, clock: AccountClock) -> None:
        own = self._config.accounts.get(account)
        wanted = (own and own.clock) or self._config.clock
        if wanted != ClockConfig():
            start = clock.now() if wanted.start_ms is None else wanted.start_ms
            clock.begin(start, 0 if wanted.frozen else wanted.rate)

    # Queues to create at the start.

    def create_queues(self, account: str | None = None) -> None:
        """Create the queues of the configuration, or those of one account; what is there already stays."""
        definitions = self._definitions(account)
        for each in definitions:
            with _blaming(f"queues {each.place.name}", "queues"):
                without = {name: text for name, text in each.attributes.items() if name != "RedrivePolicy"}
                _create(self._broker, each.place, without, each.tags)
        for each in definitions:
            if "RedrivePolicy" in each.attributes:
                with _blaming(f"queues {each.place.name}", "queues"):
                    self._set_redrive_policy(each)

    def _definitions(self, account: str | None) -> list[Definition]:
        found: dict[Place, Definition] = {}
        for queue in self._config.queues:
            if account not in (None, queue.account):
                continue
            with _blaming(f"queues {queue.name}", "queues"):
                if not ACCOUNT_ID.fullmatch(queue.account):
                    raise bad_value("account", queue.account, "a number of 12 digits")
                if queue.region is not None and not REGION.fullmatch(queue.region):
                    raise bad_value("region", queue.region, "a region's name, such as us-east-1")
                place = Place(queue.account, queue.region or self._config.region, queue.name)
                attributes = texts_of(queue, **place._asdict())
                definition = Definition(place, attributes, dict(queue.tags), queue.dead_letter_queue)
                definition.check_same(found.setdefault(place, definition))
        return list(found.values())

    def _set_redrive_policy(self, each: Definition) -> None:
        account, region, _ = each.place
        target = each.dead_letter_queue
        if target is not None:
            try:
                self._broker.find(account, region, target)  # which makes it, if it is one to make
            except QueueDoesNotExist:
                beside = [queue.name for queue in self._broker.queues_named(account, region)]
                raise unknown_name(target, beside, what="queue") from None
        policy: dict[str, str | None] = {"RedrivePolicy": each.attributes["RedrivePolicy"]}
        queues.set_queue_attributes(_call(self._broker, each.place), SetQueueAttributesRequest(each.place.name, policy))

    # Queues to create when they are asked for.

    def _rule(self, name: str) -> AutoCreate | None:
        """Return the first whose pattern fits a name. One that ends with .fifo is for FIFO queues, and no other is."""
        for rule in self._config.auto_create:
            if rule.pattern.endswith(FIFO) == name.endswith(FIFO) and fnmatchcase(name, rule.pattern):
                return rule
        return None

    def _make_missing(self, account: str, region: str, name: str) -> Queue | None:
        rule = self._rule(name)
        if rule is None:
            return None
        place = Place(account, region, name)
        try:
            attributes = texts_of(rule, **place._asdict())
            if rule.dead_letter_queue == name:  # the pattern fits it as well: it has no other one
                del attributes["RedrivePolicy"]
            elif rule.dead_letter_queue is not None:
                self._broker.find(account, region, rule.dead_letter_queue)
            return _create(self._broker, place, attributes, rule.tags)
        except SqsError as error:
            _log.warning("%s was asked for, and could not be created as %s: %s", name, rule.pattern, error)
            return None

    def _check_rule(self, rule: AutoCreate) -> None:
        """Create a queue of this kind elsewhere, so that what is wrong with it is known at the start."""
        is_fifo = rule.pattern.endswith(FIFO)
        place = Place(DEFAULT_ACCOUNT, self._config.region, "q" + FIFO if is_fifo else "q")
        if "RedrivePolicy" in rule.attributes:
            raise ConfigError("RedrivePolicy names one queue of one account; allowed is a dead_letter_queue.")
        attributes = texts_of(rule, **place._asdict())
        attributes.pop("RedrivePolicy", None)
        _create(Broker(SystemClock(), limits=self._config.limit_set), place, attributes, rule.tags)
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
                fitting = [*defined, *(each.pattern for each in self._config.auto_create)]
                raise unknown_name(target, fitting, what="queue")
            if target in seen:
                raise ConfigError(f"dead_letter_queue leads in a circle: {' to '.join([*seen, target])}.")
            seen.append(target)
            target = None if rule.dead_letter_queue == target else rule.dead_letter_queue


def fault_rules(config: Config) -> list[FaultRule]:
    """Return the fault rules of a configuration."""
    if not config.faults:
        return []
    from sqs_emulator.faults.rules import FaultError  # only who has faults pays for them
    from sqs_emulator.faults.scenarios import parse_rules

    rules: list[FaultRule] = []
    for number, given in enumerate(config.faults, 1):
        try:
            rules += parse_rules(given)
        except FaultError as error:
            raise ConfigError(f"faults number {number}: {error}", setting="faults") from None
    return rules


def plan(config: Config) -> list[tuple[str, ...]]:
    """Return what a configuration creates, a row for each queue and pattern, without starting anything."""
    broker = Broker(SystemClock(), limits=config.limit_set)
    Provisioner(config, broker).create_queues()
    rows: list[tuple[str, ...]] = []
    for queue in broker.queues():
        region, account, name = queue.arn.split(":")[3:]
        policy = queue.attributes.redrive_policy
        target = (policy.dead_letter_target_arn.rpartition(":")[2], policy.max_receive_count) if policy else None
        rows.append(("queue", name, _type(name), f"{account} {region}", _dead_letters(target)))
    for rule in config.auto_create:
        target = (rule.dead_letter_queue, rule.max_receive_count or 0) if rule.dead_letter_queue else None
        rows.append(("when asked for", rule.pattern, _type(rule.pattern), "any account", _dead_letters(target)))
    rows += [("fault", *_what_goes_wrong(rule), "") for rule in fault_rules(config)]
    return rows


def _what_goes_wrong(rule: FaultRule) -> tuple[str, str, str]:
    written = rule.written()
    place = "any account" if written["account"] == "*" else written["account"]
    return written["effect"], " ".join(rule.action) or "any action", f"{place}, {rule.queue or 'any queue'}"


def _type(name: str) -> str:
    return "FIFO" if name.endswith(FIFO) else "standard"


def _dead_letters(target: tuple[str, int] | None) -> str:
    return "" if target is None else f"dead letters to {target[0]} after {target[1]} receives"


class Place(NamedTuple):
    """Where a queue is."""

    account: str
    region: str
    name: str


class Definition(NamedTuple):
    """A queue as CreateQueue is told of it; and its dead-letter queue, if that goes by its name."""

    place: Place
    attributes: dict[str, str]
    tags: dict[str, str]
    dead_letter_queue: str | None

    def check_same(self, other: Definition) -> None:
        for what, mine, its in (("", self.attributes, other.attributes), ("tags.", self.tags, other.tags)):
            for name in {**its, **mine}:
                if mine.get(name) != its.get(name):
                    values = f"{shown(its.get(name))} and {shown(mine.get(name))}"
                    raise ConfigError(f"it is defined twice, and {what}{name} is {values}; allowed is one value.")


@contextmanager
def _blaming(place: str, setting: str) -> Iterator[None]:
    """Say of an error whose it is."""
    try:
        yield
    except SqsError as error:
        raise ConfigError(f"{place}: {error.message}", setting=setting) from None
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}", setting=setting) from None


def _call(broker: Broker, place: Place) -> Call:
    return Call(broker, place.account, place.region, None, None, lambda _request: "")


def _create(broker: Broker, place: Place, attributes: Mapping[str, str], tags: Mapping[str, str]) -> Queue:
    queues.create_queue(_call(broker, place), CreateQueueRequest(place.name, dict(attributes), dict(tags)))
    return broker.find(*place)
