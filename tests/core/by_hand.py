"""Short forms for tests of the core."""

from __future__ import annotations

from emulator.core.digests import md5_of_body
from emulator.core.queue import Delivery, Draft, Queue
from emulator.core.waiters import Waiter


def draft(body: str = "order", *, delay_seconds: int | None = None) -> Draft:
    return Draft(body, md5_of_body(body.encode()), delay_seconds)


def receive(queue: Queue, *, now: int, max_messages: int = 10, timeout: int | None = None) -> list[str]:
    """Receive, and return the bodies."""
    deliveries = queue.receive(max_messages=max_messages, visibility_timeout=timeout, now=now)
    return [each.message.body for each in deliveries]


class RingableAlarm:
    """An alarm that rings when the test says so."""

    def __init__(self) -> None:
        self.at: dict[Queue, int] = {}

    def set(self, queue: Queue, at: int | None) -> None:
        if at is None:
            self.at.pop(queue, None)
        else:
            self.at[queue] = at

    def ring(self) -> int:
        """Wake the queue whose moment is next, at that moment, and return it."""
        queue, at = min(self.at.items(), key=lambda each: each[1])
        del self.at[queue]
        queue.wake(at)
        return at


class Parked:
    """A parked receive and what became of it: `bodies` is None while it waits."""

    def __init__(
        self, queue: Queue, *, now: int, wait: int, max_messages: int = 10, timeout: int | None = None
    ) -> None:
        self.bodies: list[str] | None = None
        self.is_gone = False
        self.waiter = Waiter(max_messages=max_messages, visibility_timeout=timeout, until=now + wait, consumer=None)
        self.waiter.deliver = self._deliver
        self.waiter.is_gone = lambda: self.is_gone
        queue.park(self.waiter, now=now)

    def _deliver(self, deliveries: list[Delivery]) -> None:
        assert self.bodies is None, "answered twice"
        self.bodies = [each.message.body for each in deliveries]
