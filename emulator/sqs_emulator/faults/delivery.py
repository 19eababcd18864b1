"""A standard queue that does what AWS reserves the right to do: deliver twice, and in another order.

While a rule says so, a queue has one of these as its hook (`core/flow.py: DeliveryHook`), and none when no rule does: a
queue without faults runs no line for their sake. Every message stays in the one state that it is in; a duplicate is the
message itself, visible again although somebody has it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from functools import partial

from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.flow import QueueFlow
from sqs_emulator.core.message import Message, State
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.receives import Delivery, Receive
from sqs_emulator.core.standard import StandardQueue
from sqs_emulator.faults.active import ActiveRule
from sqs_emulator.faults.effects import RECEIVE, DeliverTwice, Shuffle
from sqs_emulator.faults.tasks import task_of


def equip(queue: Queue, rules: Iterable[ActiveRule]) -> None:
    """Put these rules in force in a queue, and no others. FIFO queues deliver once and in order, whatever they say."""
    if not isinstance(queue, StandardQueue):
        return
    arn = QueueArn.parse(queue.arn)
    own = [rule for rule in rules if rule.rule.is_about(RECEIVE, arn.account, arn.name)]
    if not own:
        queue.hook = None
    elif isinstance(queue.hook, UnreliableDelivery):
        queue.hook.rules = own
    else:
        queue.hook = UnreliableDelivery(own)


class UnreliableDelivery:
    """The hook of one queue."""

    def __init__(self, rules: list[ActiveRule]) -> None:
        self.rules = rules
        # Sequences of the messages that will be received once more, whatever happens to them until then.
        self.owed: set[int] = set()

    def receive(self, queue: QueueFlow, receive: Receive, now: int) -> list[Delivery]:
        if len(self.owed) > len(queue.messages):
            self.owed &= queue.messages.keys()  # those that left otherwise are owed to nobody
        shuffle = self._shuffle_that_applies() if queue.has_ready() else None
        take = None if shuffle is None else partial(_take_shuffled, queue, *shuffle)
        deliveries = queue.deliver(receive, now=now, take=take)
        for delivery in deliveries:
            self._judge(queue, delivery.message, now)
        return deliveries

    def keeps(self, _queue: QueueFlow, message: Message) -> bool:
        """One that is owed stays, as on a server of AWS's that did not hear of the deletion."""
        return message.sequence in self.owed

    def _shuffle_that_applies(self) -> tuple[Shuffle, random.Random] | None:
        for rule in self.rules:
            if isinstance(rule.rule.effect, Shuffle) and rule.applies():
                return rule.rule.effect, rule.order
        return None

    def _judge(self, queue: QueueFlow, message: Message, now: int) -> None:
        """Decide on a message that is received for the first time whether it will be received twice."""
        if message.sequence in self.owed:
            self.owed.discard(message.sequence)
        elif message.receives_here == 1 and self._is_delivered_twice(message):
            self.owed.add(message.sequence)
            if message.state is State.IN_FLIGHT:  # otherwise it was received for no time at all, and is visible
                queue.set_visibility(message, now, now=now)

    def _is_delivered_twice(self, message: Message) -> bool:
        for rule in self.rules:
            if isinstance(rule.rule.effect, DeliverTwice):
                about = rule.rule.task is None or rule.rule.is_about_task(task_of(message.body))
                if about and rule.applies():
                    return True
        return False


def _take_shuffled(queue: QueueFlow, effect: Shuffle, chance: random.Random, at_most: int) -> list[Message]:
    first = queue.take_ready(max(effect.among, at_most))
    taken = chance.sample(first, min(at_most, len(first)))
    chosen = {message.sequence for message in taken}
    for message in first:
        if message.sequence not in chosen:
            queue.put_back(message)
    return taken
