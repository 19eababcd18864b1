"""How accounts begin by a configuration: with which clock, and with which queues.

First all queues are created without their redrive policies, then these are set. So their order does not matter, and two
may be each other's dead-letter queue.
"""

from __future__ import annotations

from typing import NamedTuple

from sqs_emulator.config.attributes import texts_of
from sqs_emulator.config.errors import ConfigError, bad_value, shown, unknown_name
from sqs_emulator.config.settings import Config
from sqs_emulator.config.tables import ClockConfig
from sqs_emulator.core.broker import Broker
from sqs_emulator.core.clock import AccountClock
from sqs_emulator.core.errors import QueueDoesNotExist
from sqs_emulator.core.identifiers import ACCOUNT_ID, REGION
from sqs_emulator.provisioning.auto_creation import AutoCreation
from sqs_emulator.provisioning.creating import Place, blaming, create, set_attributes
from sqs_emulator.services.dispatch import Dispatcher, Order


class Provisioner:
    """The plan of a broker's accounts (core.broker.AccountPlan). Raises ConfigError for what SQS would refuse."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._auto_creation = AutoCreation(config)

    def add_layers(self, dispatcher: Dispatcher) -> None:
        """Stand around the handlers, if the configuration says that there is something to do there."""
        if self._config.auto_create:
            dispatcher.add(self._auto_creation.answer, Order.AUTO_CREATION)

    def begin_clock(self, account: str, clock: AccountClock) -> None:
        own = self._config.accounts.get(account)
        wanted = (own and own.clock) or self._config.clock
        if wanted != ClockConfig():
            start = clock.now() if wanted.start_ms is None else wanted.start_ms
            clock.begin(start, 0 if wanted.frozen else wanted.rate)

    def begin_queues(self, broker: Broker, account: str | None = None) -> None:
        """Create the queues of the configuration, or those of one account; what is there already stays."""
        definitions = self._definitions(account)
        for definition in definitions:
            with blaming(f"queues {definition.place.name}", "queues"):
                without = {name: text for name, text in definition.attributes.items() if name != "RedrivePolicy"}
                create(broker, definition.place, without, definition.tags)
        for definition in definitions:
            if "RedrivePolicy" in definition.attributes:
                with blaming(f"queues {definition.place.name}", "queues"):
                    self._set_redrive_policy(broker, definition)

    def _definitions(self, account: str | None) -> list[Definition]:
        found: dict[Place, Definition] = {}
        for queue in self._config.queues:
            if account not in (None, queue.account):
                continue
            with blaming(f"queues {queue.name}", "queues"):
                if not ACCOUNT_ID.fullmatch(queue.account):
                    raise bad_value("account", queue.account, "a number of 12 digits")
                if queue.region is not None and not REGION.fullmatch(queue.region):
                    raise bad_value("region", queue.region, "a region's name, such as us-east-1")
                place = Place(queue.account, queue.region or self._config.region, queue.name)
                attributes = texts_of(queue, **place._asdict())
                definition = Definition(place, attributes, dict(queue.tags), queue.dead_letter_queue)
                definition.check_same(found.setdefault(place, definition))
        return list(found.values())

    def _set_redrive_policy(self, broker: Broker, definition: Definition) -> None:
        place, target = definition.place, definition.dead_letter_queue
        if target is not None:
            try:
                self._auto_creation.ensure(broker, place._replace(name=target))
            except QueueDoesNotExist:
                beside = [queue.name for queue in broker.queues_named(place.account, place.region)]
                raise unknown_name(target, beside, what="queue") from None
        set_attributes(broker, place, {"RedrivePolicy": definition.attributes["RedrivePolicy"]})


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
