"""All there is: accounts, their regions, the queues by name, and the names that were deleted a moment ago.

An account is made by its first queue, so a key that only asks takes no memory. Each account has its own clock, which
everything that happens to its queues goes by, whoever calls.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from sqs_emulator.core import attributes as queue_attributes
from sqs_emulator.core.account import Account, Region
from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.attributes import QueueAttributes
from sqs_emulator.core.clock import AccountClock, Clock
from sqs_emulator.core.errors import (
    InvalidAttributeValue,
    InvalidParameterValue,
    QueueDeletedRecently,
    QueueDoesNotExist,
    QueueNameExists,
)
from sqs_emulator.core.events import Event, QueueCreated, QueueCreationRefused, QueueDeleted, Sink
from sqs_emulator.core.fifo import FifoQueue
from sqs_emulator.core.limits import RELAXED, Limits
from sqs_emulator.core.message import Message
from sqs_emulator.core.move_tasks import MessageMoveTask, MoveTasks
from sqs_emulator.core.outbox import Outbox
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.redrive import refused
from sqs_emulator.core.standard import StandardQueue
from sqs_emulator.core.timers import NoTimers, Timers


class AccountPlan(Protocol):
    """How accounts begin."""

    def begin_clock(self, account: str, clock: AccountClock) -> None:
        """Change the clock of an account that nothing has gone by yet."""
        ...

    def begin_queues(self, broker: Broker, account: str) -> None:
        """Create the queues that an account has from its start."""
        ...


class PlainAccounts:
    """They begin with the clock that there is, and without queues."""

    def begin_clock(self, account: str, clock: AccountClock) -> None:
        pass

    def begin_queues(self, broker: Broker, account: str) -> None:
        pass


class Broker:
    """The root of the state. `timers_of` gives a new account its timers, by its clock."""

    def __init__(
        self,
        clock: Clock,
        *,
        limits: Limits = RELAXED,
        timers_of: Callable[[AccountClock], Timers] | None = None,
        outbox: Outbox | None = None,
        plan: AccountPlan | None = None,
    ) -> None:
        self.clock = clock
        self.limits = limits
        self.accounts: dict[str, Account] = {}
        self._timers_of = timers_of or (lambda _clock: NoTimers())
        self.outbox = Outbox() if outbox is None else outbox  # what all queues owe to waiters
        self._sinks: tuple[Sink, ...] = ()
        self._plan = plan or PlainAccounts()
        self.gone: deque[Message] | None = None  # the messages that left last, if somebody wants them

    # Look-ups.

    def find(self, account: str, region: str, name: str) -> Queue:
        try:
            return self.accounts[account].regions[region].queues[name]
        except KeyError:
            raise QueueDoesNotExist from None

    def find_arn(self, arn: str) -> Queue | None:
        """Return the queue of an ARN; None, too, for a text that is none."""
        try:
            found = QueueArn.parse(arn)
            return self.accounts[found.account].regions[found.region].queues[found.name]
        except (KeyError, ValueError):
            return None

    def account(self, number: str) -> Account:
        """Return an account, made now if nothing was kept of it."""
        found = self.accounts.get(number)
        if found is None:
            clock = self._new_clock(number)
            found = self.accounts[number] = Account(
                clock, self._timers_of(clock), MoveTasks(self.find_arn, self.limits)
            )
        return found

    def _new_clock(self, account: str) -> AccountClock:
        clock = AccountClock(self.clock)
        self._plan.begin_clock(account, clock)
        return clock

    def drop_account(self, number: str) -> None:
        """Forget an account, its clock and its queues with everything in them; waiting receives are answered.

        The queues that it had from the start are there again, as empty as then.
        """
        account = self.accounts.pop(number, None)
        if account is not None:
            for queue in account.queues():
                self._end(account, queue, account.clock.now())
            self._plan.begin_queues(self, number)

    def clock_of(self, account: str) -> AccountClock:
        """Return an account's clock; of one that is not there, the clock that it would begin with now."""
        found = self.accounts.get(account)
        return self._new_clock(account) if found is None else found.clock

    def queues_named(self, account: str, region: str, prefix: str = "") -> list[Queue]:
        """Return an account's queues in one region whose names begin so, in the order of their names."""
        queues = self._region(account, region).queues
        return [queues[name] for name in sorted(queues) if name.startswith(prefix)]

    def queues(self) -> Iterator[Queue]:
        for account in self.accounts.values():
            yield from account.queues()

    def queues_of(self, account: str) -> Iterator[Queue]:
        found = self.accounts.get(account)
        if found is not None:
            yield from found.queues()

    def _region(self, account: str, region: str) -> Region:
        """Return a region to read; an empty one, kept by nobody, where there are no queues."""
        found = self.accounts.get(account)
        return (found and found.regions.get(region)) or Region()

    # Queues come and go.

    def create_queue(
        self, account: str, region: str, name: str, sent: Mapping[str, str | None], *, tags: dict[str, str], now: int
    ) -> Queue:
        """Create a queue, or return the one there is if each attribute that was sent has the value it has there."""
        arn = str(QueueArn.of(region, account, name))
        is_fifo = queue_attributes.asks_for_fifo(sent)
        default = QueueAttributes(fifo_queue=is_fifo, maximum_message_size=self.limits.message_bytes)
        wanted = self.checked_attributes(arn, default, sent)
        place = self._region(account, region)
        live = place.queues.get(name)
        if live is not None:
            difference = queue_attributes.first_difference(sent, wanted, live.attributes)
            if difference is not None:
                if live.emit is not None:
                    there = queue_attributes.shown(live.attributes).get(difference)
                    live.emit(QueueCreationRefused(now, arn, difference, sent[difference], there))
                raise QueueNameExists.differing_in(difference)
            return live
        if now < place.free_at.get(name, now):
            raise QueueDeletedRecently
        owner = self.account(account)
        queue: Queue = (FifoQueue if is_fifo else StandardQueue)(
            arn,
            now=now,
            attributes=wanted,
            limits=self.limits,
            clock=owner.clock,
            timers=owner.timers,
            outbox=self.outbox,
            emit=self._emit(),
            find=self.find_arn,
            gone=self.gone,
        )
        queue.set_tags(tags)
        owner.regions.setdefault(region, Region()).queues[name] = queue
        if queue.emit is not None:
            queue.emit(QueueCreated(now, arn))
        return queue

    def delete_queue(self, queue: Queue, *, now: int) -> None:
        """Delete a queue with everything in it; its waiting receives are answered with nothing."""
        arn = QueueArn.parse(queue.arn)
        owner = self.accounts[arn.account]
        place = owner.regions[arn.region]
        del place.queues[arn.name]
        place.free_at[arn.name] = now + self.limits.recreate_window_ms
        place.free_at = {name: at for name, at in place.free_at.items() if at > now}
        self._end(owner, queue, now)

    def _end(self, owner: Account, queue: Queue, now: int) -> None:
        if queue.emit is not None:
            queue.emit(QueueDeleted(now, queue.arn, len(queue.messages)))
        if queue.gone is not None:
            queue.gone.extend(queue.messages.values())
        owner.move_tasks.end(queue, now)
        queue.end_waits()

    def checked_attributes(self, arn: str, current: QueueAttributes, sent: Mapping[str, str | None]) -> QueueAttributes:
        """Return a queue's attributes with those that were sent, or raise the first refusal."""
        wanted = queue_attributes.changed(current, sent)
        if wanted.maximum_message_size > self.limits.message_bytes:
            raise InvalidAttributeValue.of("MaximumMessageSize")
        if wanted.redrive_policy is not None and (text := sent.get("RedrivePolicy")):
            self._check_dead_letter_target(arn, wanted, wanted.redrive_policy.dead_letter_target_arn, text)
        return wanted

    def _check_dead_letter_target(self, arn: str, wanted: QueueAttributes, target_arn: str, text: str) -> None:
        # A queue may name itself, which AWS accepts, even in the request that creates it.
        if target_arn == arn:
            return
        target = self.find_arn(target_arn)
        if target is not None and not _are_near(target.arn, arn):
            target = None
        if target is None:
            raise refused(text, "Dead letter target does not exist.")
        if target.attributes.fifo_queue != wanted.fifo_queue:
            raise refused(text, "Dead-letter queue must be same type of queue as the source.")
        allow = target.attributes.redrive_allow_policy
        if allow is not None and not allow.allows(arn):
            # Not settled: AWS refuses, its words are not known.
            reason = f"Queue {target_arn} does not allow the source queue to use it as a dead-letter queue."
            raise refused(text, reason)

    def dead_letter_sources(self, queue: Queue) -> list[Queue]:
        """Return the queues whose dead letters go to this one, in the order of their names."""
        arn = QueueArn.parse(queue.arn)
        found = []
        for source in self.queues_named(arn.account, arn.region):
            policy = source.attributes.redrive_policy
            if policy is not None and policy.dead_letter_target_arn == queue.arn:
                found.append(source)
        return found

    # Move tasks.

    def start_move_task(
        self, source: Queue, *, now: int, destination_arn: str | None = None, rate: int | None = None
    ) -> MessageMoveTask:
        """Begin to move the messages of a dead-letter queue, and move the first; raises in AWS's order of checks."""
        if not self.dead_letter_sources(source):
            raise InvalidParameterValue("Source queue must be configured as a Dead Letter Queue.")
        tasks = self.account(QueueArn.parse(source.arn).account).move_tasks
        return tasks.start(source, now=now, destination_arn=destination_arn, rate=rate)

    def move_tasks_of(self, source: Queue) -> Sequence[MessageMoveTask]:
        """Return a queue's move tasks, oldest first."""
        return self.accounts[QueueArn.parse(source.arn).account].move_tasks.of(source)

    # Watching.

    def watch(self, sink: Sink) -> None:
        """Tell `sink` of everything that happens from now on."""
        self._sinks = (*self._sinks, sink)
        for queue in self.queues():
            queue.emit = self._emit()

    @property
    def watchers(self) -> int:
        return len(self._sinks)

    def unwatch(self, sink: Sink) -> None:
        """Tell `sink` no more."""
        self._sinks = tuple(other for other in self._sinks if other != sink)
        for queue in self.queues():
            queue.emit = self._emit()

    def keep_gone(self, most: int) -> None:
        """Keep the last messages that leave for good: events name them, and what they said may be asked for then."""
        self.gone = deque(maxlen=most)
        for queue in self.queues():
            queue.gone = self.gone

    def _emit(self) -> Sink | None:
        """Return what a queue calls with its events: nothing, the one sink itself, or all in turn."""
        if len(self._sinks) < 2:
            return self._sinks[0] if self._sinks else None
        sinks = self._sinks

        def emit(event: Event) -> None:
            for sink in sinks:
                sink(event)

        return emit

    # The end.

    def end_waits(self) -> None:
        """Answer every waiting receive with nothing."""
        for queue in self.queues():
            queue.end_waits()


def _are_near(arn: str, other: str) -> bool:
    """Say whether two queues are in the same account and region."""
    return QueueArn.parse(arn).place == QueueArn.parse(other).place
