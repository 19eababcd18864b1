"""The pytest plugin: an SQS for each test, whose time the test moves.

There is one emulator for the whole run, in a thread. Each test gets a new account on it, with its own clock and faults,
so tests that run at the same time never meet. Nothing of ours is imported until a test asks for a fixture. The names of
all fixtures begin with `sqs_`, because pytest-celery and Celery itself have fixtures whose names begin with `celery_`.

The ini option `sqs_emulator_url`, or the variable SQS_EMULATOR_URL, names a running emulator to use instead. If a test
needs it and it is not there, no test is begun. A run whose tests do not need it does not ask for it: the variable may
be set for the commands.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sqs_emulator.emulator import Emulator
    from sqs_emulator.testing import (
        AccountClient,
        CeleryBroker,
        ClockClient,
        FaultClient,
        MessageClient,
        QueueClient,
        RunningEmulator,
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "sqs_emulator_url", "URL of a running sqs-emulator for the tests; without it, one is started for them."
    )


def _url(config: pytest.Config) -> str:
    return os.environ.get("SQS_EMULATOR_URL") or str(config.getini("sqs_emulator_url") or "")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """End a run whose emulator is not there before it begins, with one line for all of its tests."""
    config = session.config
    url = _url(config)
    if not url or config.option.collectonly or not any("sqs_emulator" in _fixtures(item) for item in session.items):
        return None
    problem = _problem(url)
    if problem is None:
        return None
    if hasattr(config, "workerinput"):  # a process of pytest-xdist: the first process prints it once for all
        session.shouldfail = problem
        return True
    raise pytest.UsageError(problem)


def _fixtures(item: pytest.Item) -> list[str]:
    names: list[str] = getattr(item, "fixturenames", [])
    return names


def _problem(url: str) -> str | None:
    from sqs_emulator.testing import EmulatorError, RunningEmulator

    try:
        with RunningEmulator(url) as running:
            running.check()
    except (EmulatorError, ValueError) as error:
        return (
            f"sqs_emulator: {error} SQS_EMULATOR_URL, or the option sqs_emulator_url, says where it is; without both, "
            "the tests start their own."
        )
    return None


@pytest.fixture(scope="session")
def sqs_emulator(pytestconfig: pytest.Config) -> Iterator[Emulator | RunningEmulator]:
    """The emulator of the run: `url` is its endpoint, `new_account()` makes an account on it."""
    if url := _url(pytestconfig):
        if problem := _problem(url):  # for a test that asks by `getfixturevalue`, which is not known before
            pytest.fail(problem, pytrace=False)
        from sqs_emulator.testing import RunningEmulator

        with RunningEmulator(url) as running:
            yield running
        return
    from sqs_emulator import Config, Emulator

    with Emulator(Config(port=0)) as emulator:
        yield emulator


@pytest.fixture
def sqs_account(sqs_emulator: Emulator | RunningEmulator) -> Iterator[AccountClient]:
    """A new account for this test, with its own queues, time and faults; it is dropped at the end."""
    from sqs_emulator.testing.celery import forget_queue_urls

    with sqs_emulator.new_account() as account:
        forget_queue_urls()
        yield account
        forget_queue_urls()


@pytest.fixture
def sqs_client(sqs_account: AccountClient) -> Iterator[Any]:
    """A boto3 client of this test's account."""
    try:
        boto3 = importlib.import_module("boto3")
    except ModuleNotFoundError as error:
        if error.name != "boto3":
            raise
        pytest.fail("The fixture sqs_client needs boto3, which is not installed: pip install boto3", pytrace=False)
    client = boto3.client("sqs", endpoint_url=sqs_account.url, **sqs_account.credentials)
    yield client
    client.close()


@pytest.fixture
def sqs_queue(sqs_account: AccountClient) -> Callable[..., QueueClient]:
    """A factory of queues: `sqs_queue("jobs", VisibilityTimeout=60)`, `sqs_queue("jobs", fifo=True)`."""
    return sqs_account.create_queue


@pytest.fixture
def sqs_clock(sqs_account: AccountClient) -> ClockClient:
    """The clock of this test's account: `advance`, `freeze`, `resume`."""
    return sqs_account.clock


@pytest.fixture
def sqs_faults(sqs_account: AccountClient) -> FaultClient:
    """What goes wrong on purpose in this test: `add`, `scenario`, `applied`, `clear`."""
    return sqs_account.faults


@pytest.fixture
def sqs_messages(sqs_account: AccountClient) -> MessageClient:
    """This test's messages: `peek` at them, their `history`, `wait_for` something to happen to one, the `doctor`."""
    return sqs_account.messages


@pytest.fixture
def sqs_celery(sqs_account: AccountClient) -> CeleryBroker:
    """The broker URL and transport options for a Celery application in this test, or an environment for a worker."""
    from sqs_emulator.testing import CeleryBroker

    return CeleryBroker(sqs_account)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the queues, messages and history of a test that failed."""
    report = yield
    account = getattr(item, "funcargs", {}).get("sqs_account")
    if report.when == "call" and report.failed and account is not None:
        report.sections.append((f"SQS account {account.number}", _story(account)))
    return report


def _story(account: AccountClient) -> str:
    from sqs_emulator.testing import EmulatorError

    try:
        return account.story()
    except (EmulatorError, OSError) as error:
        return f"The emulator could not be asked: {error}"
