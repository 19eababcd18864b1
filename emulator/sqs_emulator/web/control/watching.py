"""A watch on what happens in an account, for a page that waits for it.

A visibility timeout that runs out is told when somebody looks at the queue. A watch is such a somebody: it sets a timer
for the next deadline in the account's queues, and looks at them then. Whenever events are taken from it, it sets the
timer anew, since they may have brought an earlier deadline.
"""

from __future__ import annotations

import asyncio
from typing import Final

from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.broker import Broker
from sqs_emulator.core.events import Event
from sqs_emulator.core.store import NEVER
from sqs_emulator.web.outbox import hand_over

LONGEST_WAIT: Final = 3_600  # s
_SHORTEST_WAIT: Final = 0.001  # s: a shorter one could be none, and turn the loop until the moment has come


class WatchEnded(Exception):
    """Nothing more will be told: the emulator stops."""


class Watch:
    def __init__(self, broker: Broker, account: str) -> None:
        self._broker = broker
        self._account = account
        self._events: list[Event] = []
        self._happened = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._is_stopped = False
        broker.watch(self._see)

    async def events(self) -> list[Event]:
        """Return what happened since this was asked last; wait until something does. Raises WatchEnded."""
        self._set_timer()
        await self._happened.wait()
        if self._is_stopped:
            raise WatchEnded
        self._happened.clear()
        events, self._events = self._events, []
        return events

    def stop(self) -> None:
        """Tell who waits that the emulator stops."""
        self._is_stopped = True
        self._happened.set()

    def end(self) -> None:
        self._broker.unwatch(self._see)
        if self._timer is not None:
            self._timer.cancel()

    def _see(self, event: Event) -> None:
        if QueueArn.parse(event.queue).account == self._account:
            self._events.append(event)
            self._happened.set()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        at = min((queue.next_deadline() for queue in self._broker.queues_of(self._account)), default=NEVER)
        seconds = None if at == NEVER else self._broker.clock_of(self._account).real_seconds_until(at)
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(min(max(seconds, _SHORTEST_WAIT), LONGEST_WAIT), self._on_timer)

    def _on_timer(self) -> None:
        catch_up(self._broker, self._account, self._broker.clock_of(self._account).now())
        self._set_timer()


def catch_up(broker: Broker, account: str, now: int) -> None:
    """Let what is due in an account's queues have happened, whether or not anybody touched them."""
    for queue in list(broker.queues_of(account)):
        queue.catch_up(now)
    hand_over(broker.outbox)
