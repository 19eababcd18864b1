"""The composition root: what is wired to what, and the one way to start and stop it from Python."""

from __future__ import annotations

import functools
import threading
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING

from sqs_emulator.config import Config
from sqs_emulator.core.broker import Broker
from sqs_emulator.core.clock import AccountClock, Clock, SystemClock
from sqs_emulator.core.identifiers import DEFAULT_ACCOUNT
from sqs_emulator.core.outbox import Outbox
from sqs_emulator.observe.feed import Feed
from sqs_emulator.provisioning import Provisioner, fault_rules
from sqs_emulator.web.asgi import App, AsgiApp
from sqs_emulator.web.aws import AwsApi
from sqs_emulator.web.origins import Origins
from sqs_emulator.web.outbox import hand_over
from sqs_emulator.web.server import Server, bind
from sqs_emulator.web.threads import in_thread
from sqs_emulator.web.timers import LoopTimers

if TYPE_CHECKING:
    from sqs_emulator.faults.injector import Injector
    from sqs_emulator.testing.account import AccountClient
    from sqs_emulator.testing.connections import Connections


class Emulator:
    """An SQS of one's own.

    `with Emulator(Config(port=0)) as emulator:`, or the same with `async with`, serves it from a thread of its own and
    stops it at the end; `emulator.url` is its endpoint. `app` is the ASGI app, for a server of one's own. Raises
    ConfigError or OSError when it cannot start.
    """

    def __init__(self, config: Config | None = None, *, clock: Clock | None = None) -> None:
        self.config = config or Config()
        self.feed = Feed(self.config.events)
        self.outbox = Outbox()
        provisioner = Provisioner(self.config)
        self.broker = Broker(
            clock or SystemClock(),
            limits=self.config.limit_set,
            timers_of=lambda clock: LoopTimers(clock, self.outbox),
            outbox=self.outbox,
            plan=provisioner,
        )
        if self.config.events:
            self.broker.watch(self.feed.record)
            # Sent, received, deleted: three events are one message. More of them would cost every call its cache.
            self.broker.keep_gone(self.config.events // 3 + 1)
        provisioner.begin_queues(self.broker)
        self._origins = Origins(self.config.allowed_origins, self.config.allowed_hosts, self.config.base_url)
        self.api = AwsApi(
            self.broker,
            region=self.config.region,
            base_url=self.config.base_url,
            max_body=self.config.max_body,
            origins=self._origins,
            trust_forwarded=self.config.trust_forwarded,
            accounts=self.config.accounts_by_key,
        )
        provisioner.add_layers(self.api.dispatcher)
        if self.config.log_wire or self.config.access_log:
            from sqs_emulator.web.logs import attach  # only who asks for logs pays for them

            attach(self.api, access=self.config.access_log, wire=self.config.log_wire)
        if self.config.faults:
            self.faults.add(*fault_rules(self.config))
        self.app = App(self.api, self._origins, self._make_control)
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._end_page_waits: Callable[[], None] = lambda: None
        self._pages: Connections | None = None  # what accounts of tests ask the emulator's pages by

    @functools.cached_property
    def faults(self) -> Injector:
        """The fault rules; while it is served, for its own loop's thread alone."""
        from sqs_emulator.faults.injector import Injector  # only who asks for them pays for it
        from sqs_emulator.faults.waits import Time

        clock = AccountClock(SystemClock())
        return Injector(self.api.dispatcher, self.broker, Time(clock, LoopTimers(clock, self.outbox)))

    def _make_control(self) -> AsgiApp:
        from sqs_emulator.web.control import make_control  # Starlette takes 60 ms to import, and nothing waits for it

        control = make_control(self.broker, self.feed, self.faults, self.config.accounts_by_key)
        self._end_page_waits = control.state.end_waits
        return control

    @property
    def url(self) -> str:
        """The endpoint, as `endpoint_url` of a client takes it."""
        if self._server is None:
            raise RuntimeError("the emulator is not running")
        return self._server.url

    @property
    def account(self) -> AccountClient:
        """The account of whoever does not choose one, with its clock, faults and messages."""
        return self.new_account(DEFAULT_ACCOUNT)

    def new_account(self, number: str | None = None) -> AccountClient:
        """Return an account of the running emulator, for a test: a new one, or that of a number of 12 digits."""
        from sqs_emulator.testing.account import AccountClient  # a server that serves nobody's tests needs no client
        from sqs_emulator.testing.connections import Connections

        if self._pages is None:
            self._pages = Connections(self.url)
        return AccountClient(self.url, number, region=self.config.region, pages=self._pages)

    def server(self) -> Server:
        """Bind the sockets and return the server that serves them; for whoever has an event loop."""
        sockets = bind(self.config.host, self.config.port)
        self._server = Server(self.config, self.app, self.api, sockets, on_stop=self._end_waits)
        return self._server

    def _end_waits(self) -> None:
        """Answer what is not answered yet."""
        if "faults" in vars(self):
            self.faults.release()
        self.broker.end_waits()
        hand_over(self.outbox)
        self._end_page_waits()

    def start(self) -> Emulator:
        """Serve from a thread, and return when requests are answered."""
        server = self.server()
        self._thread = threading.Thread(target=server.run, name="sqs-emulator", daemon=True)
        self._thread.start()
        server.wait_until_started()
        return self

    def stop(self) -> None:
        """Answer waiting polls, close the connections and end the thread."""
        if self._pages is not None:
            self._pages.close()
        if self._server is not None and self._thread is not None:
            self._server.stop()
            self._thread.join()
        self._server = self._thread = self._pages = None

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __aenter__(self) -> Awaitable[Emulator]:
        return in_thread(self.start)

    def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Awaitable[None]:
        return in_thread(self.stop)
