"""The pytest plugin: an SQS for each test, whose time the test moves.

One emulator for the whole run, in a thread; for each test a new account on it, with a clock and faults of its own, so
that tests which run at the same time never meet. Nothing of ours is imported until a test asks for a fixture.

The ini option `sqs_emulator_url`, or the variable SQS_EMULATOR_URL, names a running emulator to use instead.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sqs_emulator.emulator import Emulator
    from sqs_emulator.testing import Account, Clock, Faults, Messages, Queue, RunningEmulator


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("sqs_emulator_url", "A running sqs-emulator for the tests to use; none: one is started for them.")


def _url(config: pytest.Config) -> str:
    return os.environ.get("SQS_EMULATOR_URL") or str(config.getini("sqs_emulator_url") or "")


@pytest.fixture(scope="session")
def sqs_emulator(pytestconfig: pytest.Config) -> Iterator[Emulator | RunningEmulator]:
    """The emulator of the run: `url` is its endpoint, `new_account()` makes an account on it."""
    if url := _url(pytestconfig):
        from sqs_emulator.testing import RunningEmulator

        running = RunningEmulator(url)
        yield running
        running.close()
        return
    from sqs_emulator import Config, Emulator

    with Emulator(Config(port=0)) as emulator:
        yield emulator


@pytest.fixture
def sqs_account(sqs_emulator: Emulator | RunningEmulator) -> Iterator[Account]:
    """A new account for this test, with queues, time and faults of its own; it is dropped at the end."""
    with sqs_emulator.new_account() as account:
        _forget_queue_urls()
        yield account
        _forget_queue_urls()


def _forget_queue_urls() -> None:
    """kombu 5.6 and older keep queue URLs on the class, where the next test's application would find them."""
    transport = sys.modules.get("kombu.transport.SQS")
    cache = getattr(getattr(transport, "Channel", None), "_queue_cache", None)
    if isinstance(cache, dict):
        cache.clear()


@pytest.fixture
def sqs_client(sqs_account: Account) -> Iterator[Any]:
    """A boto3 client of this test's account."""
    boto3 = pytest.importorskip("boto3", reason="sqs_client needs boto3")
    client = boto3.client("sqs", endpoint_url=sqs_account.url, **sqs_account.credentials)
    yield client
    client.close()


@pytest.fixture
def sqs_queue(sqs_account: Account) -> Callable[..., Queue]:
    """A factory of queues: `sqs_queue("jobs", VisibilityTimeout=60)`, `sqs_queue("jobs", fifo=True)`."""
    return sqs_account.create_queue


@pytest.fixture
def sqs_clock(sqs_account: Account) -> Clock:
    """The clock of this test's account: `advance`, `freeze`, `resume`."""
    return sqs_account.clock


@pytest.fixture
def sqs_faults(sqs_account: Account) -> Faults:
    """What goes wrong on purpose in this test: `add`, `scenario`, `applied`, `clear`."""
    return sqs_account.faults


@pytest.fixture
def sqs_messages(sqs_account: Account) -> Messages:
    """This test's messages: `peek` at them, their `history`, `wait_for` something to happen to one, the `doctor`."""
    return sqs_account.messages


class CeleryBroker:
    """What an application under test is told of its broker."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.url = account.broker_url
        self.transport_options = {**account.broker_transport_options, "polling_interval": 0.1, "wait_time_seconds": 1}
        self.environment = account.environment

    @property
    def config(self) -> dict[str, Any]:
        """The settings as a whole, for `app.conf.update` or celery's own `celery_config` fixture."""
        return {"broker_url": self.url, "broker_transport_options": dict(self.transport_options)}

    @contextlib.contextmanager
    def serve(self, app: Any) -> Iterator[Any]:
        """Let an application that is there already use this broker, with its own transport options beside ours."""
        own = app.conf.broker_transport_options
        app.conf.broker_url = self.url
        app.conf.broker_transport_options = {**own, **self.transport_options}
        try:
            yield app
        finally:
            app.conf.broker_transport_options = own
            app.close()
            del app.amqp  # with its connections to this test's account


@pytest.fixture
def celery_broker(sqs_account: Account) -> CeleryBroker:
    """The broker URL and transport options for a Celery application in this test, or an environment for a worker."""
    return CeleryBroker(sqs_account)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the queues, messages and history of a test that failed."""
    report = yield
    account = getattr(item, "funcargs", {}).get("sqs_account")
    if report.when == "call" and report.failed and account is not None:
        report.sections.append((f"SQS account {account.number}", _story(account)))
    return report


def _story(account: Account) -> str:
    from sqs_emulator.testing import EmulatorError

    try:
        return account.story()
    except (EmulatorError, OSError) as error:
        return f"The emulator could not be asked: {error}"
