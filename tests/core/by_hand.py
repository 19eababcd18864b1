"""Short forms for tests of the core."""

from __future__ import annotations

import itertools
import json

from sqs_emulator.core.broker import Broker
from sqs_emulator.core.clock import SystemClock
from sqs_emulator.core.digests import md5_of_body
from sqs_emulator.core.events import Consumer, Event
from sqs_emulator.core.limits import RELAXED, Limits
from sqs_emulator.core.message import Draft
from sqs_emulator.core.outbox import Outbox
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.receives import Delivery, Receive
from sqs_emulator.core.timers import Timed
from sqs_emulator.core.waiters import Waiter

_numbers = itertools.count(1)


def draft(body: str = "order", *, delay_seconds: int | None = None, group_id: str | None = None) -> Draft:
    return Draft(body, md5_of_body(body.encode()), delay_seconds, group_id=group_id)


def fifo_draft(body: str = "order", *, group_id: str = "g", deduplication_id: str | None = None) -> Draft:
    """Return a draft for a FIFO queue; like no other, unless it is given a deduplication id."""
    made = draft(body, group_id=group_id)
    made.deduplication_id = f"unique-{next(_numbers)}" if deduplication_id is None else deduplication_id
    return made


def receive(queue: Queue, *, now: int, max_messages: int = 10, timeout: int | None = None) -> list[str]:
    """Receive, and return the bodies."""
    deliveries = queue.receive(Receive(max_messages, visibility_timeout=timeout), now=now)
    return [delivery.message.body for delivery in deliveries]


class TimersByHand:
    """Timers that fire when the test says so."""

    def __init__(self) -> None:
        self.at: dict[Timed, int] = {}

    def set(self, timed: Timed, at: int | None) -> None:
        if at is None:
            self.at.pop(timed, None)
        else:
            self.at[timed] = at

    def next(self) -> tuple[int, Timed] | None:
        return min(((at, timed) for timed, at in self.at.items()), key=lambda timer: timer[0], default=None)

    def clock_changed(self) -> None:
        """Nothing: the test has the clock."""

    def fire(self, *, now: int | None = None) -> int:
        """Fire the timer whose moment is next, at that moment or `now`, and return the moment."""
        timed, at = min(self.at.items(), key=lambda timer: timer[1])
        del self.at[timed]
        timed.on_timer(at if now is None else now)
        return at


class Poll:
    """A waiting receive and what became of it: `bodies` is None while it waits.

    Whoever asks takes the outbox first, for all polls of its queue, as the shell does at the end of each step.
    """

    def __init__(
        self,
        queue: Queue,
        *,
        now: int,
        wait: int,
        max_messages: int = 10,
        timeout: int | None = None,
        attempt_id: str | None = None,
        consumer: Consumer | None = None,
    ) -> None:
        self._deliveries: list[Delivery] | None = None
        self.queue = queue
        self.is_gone = False
        receive = Receive(max_messages, timeout, consumer, attempt_id)
        self.waiter = Waiter(receive, until=now + wait, is_gone=lambda: self.is_gone)
        self.waiter.answer = self._take
        queue.add_waiter(self.waiter, now=now)

    @property
    def deliveries(self) -> list[Delivery]:
        hand_over(self.queue.outbox)
        return self._deliveries or []

    @property
    def bodies(self) -> list[str] | None:
        hand_over(self.queue.outbox)
        return None if self._deliveries is None else [delivery.message.body for delivery in self._deliveries]

    def _take(self, deliveries: list[Delivery]) -> None:
        assert self._deliveries is None, "answered twice"
        self._deliveries = deliveries


def hand_over(outbox: Outbox) -> None:
    """Give the waiters what they are owed."""
    for waiter, deliveries in outbox.take():
        waiter.answer(deliveries)


class Queues:
    """Queues that know each other: each may be another one's dead-letter queue. All share one set of timers."""

    def __init__(self, limits: Limits = RELAXED, *, outbox: Outbox | None = None) -> None:
        self.timers = TimersByHand()
        self.events: list[Event] = []
        self.broker = Broker(SystemClock(), limits=limits, timers_of=lambda _clock: self.timers, outbox=outbox)
        self.broker.watch(self.events.append)

    def create(self, name: str = "orders", *, now: int = 0, **attributes: str) -> Queue:
        """Create a queue; one named so is a FIFO queue."""
        kind = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        sent = {**kind, **attributes}
        return self.broker.create_queue("000000000000", "us-east-1", name, sent, tags={}, now=now)

    def change(self, queue: Queue, *, now: int, **attributes: str) -> None:
        changed = self.broker.checked_attributes(queue.arn, queue.attributes, attributes)
        queue.set_attributes(changed, now=now, changes=attributes)

    def redrive(self, source: Queue, target: Queue, *, after: int, now: int = 0) -> None:
        """Let `target` take what was received from `source` so many times."""
        self.change(source, now=now, RedrivePolicy=redrive_policy(target, after))

    def check(self) -> None:
        for queue in self.broker.queues():
            queue.check()


def redrive_policy(target: Queue, max_receive_count: int) -> str:
    return json.dumps({"deadLetterTargetArn": target.arn, "maxReceiveCount": max_receive_count})
