"""What an action's function is told beside the request: who calls, where from, and at what moment."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from emulator.contract.action import Result
from emulator.core.broker import Broker
from emulator.core.errors import MissingParameter, QueueDoesNotExist
from emulator.core.events import Consumer
from emulator.core.identifiers import parse_queue_url
from emulator.core.queue import Queue


class Call:
    """One request's surroundings. `now` (ms) is read once, from the clock of the account that owns the queue."""

    __slots__ = ("_base_url", "account", "broker", "consumer", "now", "region", "trace_header")

    def __init__(
        self,
        broker: Broker,
        account: str,
        region: str,
        *,
        base_url: Callable[[], str],
        consumer: Consumer | None = None,
        trace_header: str | None = None,
    ) -> None:
        self.broker = broker
        self.account = account
        self.region = region
        self.consumer = consumer
        self.trace_header = trace_header  # X-Amzn-Trace-Id
        self.now = 0
        self._base_url = base_url

    def queue(self, url: str | None) -> Queue:
        """Return the queue of a QueueUrl, in the account of the URL if it names one, and read that account's clock."""
        if not url:
            raise MissingParameter("QueueUrl")
        address = parse_queue_url(url)
        if address is None:
            raise QueueDoesNotExist
        account = address.account or self.account
        queue = self.broker.find(account, address.region or self.region, address.name)
        self.now = self.broker.clock_of(account).now()
        return queue

    def read_own_clock(self) -> int:
        """Set and return `now` by the caller's own account, where no queue is meant."""
        self.now = self.broker.clock_of(self.account).now()
        return self.now

    def url_of(self, queue: Queue) -> str:
        """Return a queue's URL as this client can reach it."""
        account, name = queue.arn.rsplit(":", 2)[1:]
        return f"{self._base_url()}/{account}/{name}"


class Pending(ABC):
    """An answer that is not there yet: a parked ReceiveMessage."""

    @abstractmethod
    def subscribe(self, answer: Callable[[Result], None], *, is_gone: Callable[[], bool]) -> None:
        """Wait from now on; `answer` is called once, at once perhaps, unless `is_gone` says that nobody would hear."""

    @abstractmethod
    def abandon(self) -> None:
        """Stop waiting: the client has left. `answer` is not called any more."""
