"""A standard queue that does what AWS reserves the right to do: deliver twice, and in another order.

A queue becomes one of these while a rule says so, and a plain one again when none does: the class of the object is
exchanged, so that a queue without faults runs no line for their sake. Every message stays in the one state that it is
in; a duplicate is the message itself, visible again although somebody has it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqs_emulator.core.events import Consumer, MessageVisibilityChanged
from sqs_emulator.core.message import Message, State
from sqs_emulator.core.queue import Delivery, Queue
from sqs_emulator.core.standard import StandardQueue
from sqs_emulator.faults.active import ActiveRule
from sqs_emulator.faults.effects import DeliverTwice, Shuffle
from sqs_emulator.faults.rules import RECEIVE
from sqs_emulator.faults.subject import task_of


def equip(queue: Queue, rules: Iterable[ActiveRule]) -> None:
    """Put these rules in force in a queue, and no others. FIFO queues deliver once and in order, whatever they say."""
    if not isinstance(queue, StandardQueue):
        return
    account, name = queue.arn.split(":")[4:]
    own = [each for each in rules if each.rule.is_about(RECEIVE, account, name)]
    if isinstance(queue, UnreliableQueue):
        queue.rules = own
        if not own:
            _become(StandardQueue, queue)
            del queue.rules, queue.owed, queue.shuffle
    elif own:
        vars(queue).update(rules=own, owed=set(), shuffle=None)
        _become(UnreliableQueue, queue)


def _become(kind: type[StandardQueue], queue: StandardQueue) -> None:
    queue.__class__ = kind


class UnreliableQueue(StandardQueue):
    rules: list[ActiveRule]
    owed: set[int]  # sequences of the messages that will be received once more, whatever happens to them till then
    shuffle: ActiveRule | None  # that applies to the receive which is being answered

    def _receive(
        self,
        max_messages: int,
        visibility_timeout: int | None,
        now: int,
        consumer: Consumer | None,
        attempt_id: str | None,
    ) -> list[Delivery]:
        self.shuffle = self._shuffle_that_applies() if self._has_ready() else None
        deliveries = super()._receive(max_messages, visibility_timeout, now, consumer, attempt_id)
        self.shuffle = None
        for delivery in deliveries:
            self._judge(delivery.message, now)
        return deliveries

    def _shuffle_that_applies(self) -> ActiveRule | None:
        return next((each for each in self.rules if isinstance(each.rule.effect, Shuffle) and each.applies()), None)

    def _take_ready(self, at_most: int) -> list[Message]:
        if self.shuffle is None or not isinstance(effect := self.shuffle.rule.effect, Shuffle):
            return super()._take_ready(at_most)
        first = super()._take_ready(max(effect.among, at_most))
        taken = self.shuffle.order.sample(first, min(at_most, len(first)))
        chosen = {each.sequence for each in taken}
        for message in first:
            if message.sequence not in chosen:
                self._add_ready(message)
        return taken

    def _judge(self, message: Message, now: int) -> None:
        """Decide on a message that is received for the first time whether it will be received twice."""
        if message.sequence in self.owed:
            self.owed.discard(message.sequence)
        elif message.receives_here == 1 and self._is_delivered_twice(message):
            self.owed.add(message.sequence)
            self._show_again(message, now)

    def _is_delivered_twice(self, message: Message) -> bool:
        for each in self.rules:
            if isinstance(each.rule.effect, DeliverTwice):
                about = each.rule.task is None or each.rule.is_about_task(task_of(message.body))
                if about and each.applies():
                    return True
        return False

    def _show_again(self, message: Message, now: int) -> None:
        if message.state is not State.IN_FLIGHT:  # it was received for no time at all
            return
        self.hidden.remove(message.visible_at, message.sequence)
        message.visible_at = now
        self._reveal(message)
        if self.emit is not None:
            self.emit(MessageVisibilityChanged(now, self.arn, message.id, now))

    def delete(self, receipt_handle: str, *, now: int, consumer: Consumer | None = None) -> None:
        """Delete a message; one that is owed stays, as on a server of AWS's that did not hear of the deletion."""
        self.catch_up(now)
        if self._parse(receipt_handle).sequence not in self.owed:
            super().delete(receipt_handle, now=now, consumer=consumer)

    def _forget(self, message: Message) -> None:
        super()._forget(message)
        self.owed.discard(message.sequence)

    def _clear_ready(self) -> None:
        super()._clear_ready()
        self.owed = set()
