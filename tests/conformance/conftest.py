"""Where the conformance tests run, and the rule that each names its ground. README.md says how to run them."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.conformance.endpoint import Endpoint
from tests.conformance.grounds import MARKERS, grounds_of, why_not_on_aws, without_ground
from tests.conformance.sqs import Sqs


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance", "the conformance tests (tests/conformance)")
    group.addoption(
        "--endpoint-url", metavar="URL", help="run against this endpoint, instead of an emulator of our own"
    )
    group.addoption("--aws", action="store_true", help="run against AWS, with the credentials that boto3 finds")
    group.addoption("--patience", type=float, metavar="SECONDS", help="until what is only eventually so has to be so")
    group.addoption(
        "--strict-windows",
        action="store_true",
        help="the endpoint keeps AWS's 60 s between purges, and before a name is used again: test that too",
    )


def pytest_configure(config: pytest.Config) -> None:
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    if config.getoption("aws", default=False) and config.getoption("endpoint_url", default=None):
        raise pytest.UsageError("--aws and --endpoint-url are two places to run at; give one")


# Grounds, and what AWS is spared.


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem(collector: pytest.Module) -> Generator[None, Any, Any]:
    made = yield
    tests = [item for item in made if isinstance(item, pytest.Item)] if isinstance(made, list) else []
    if missing := list(without_ground(tests)):
        raise collector.CollectError("\n".join(missing))
    if collector.config.getoption("aws", default=False):
        for test in tests:
            if reason := why_not_on_aws(test):
                test.add_marker(pytest.mark.skip(reason=reason))
    return made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        report.sections.append(("ground", "\n".join(grounds_of(item))))
    return report


# Endpoints. Each process has its own, so that tests may run in several at once.


@pytest.fixture(scope="session")
def endpoint(pytestconfig: pytest.Config) -> Iterator[Endpoint]:
    yield from _open(pytestconfig, limits="relaxed")


@pytest.fixture(scope="session")
def strict_endpoint(pytestconfig: pytest.Config) -> Iterator[Endpoint]:
    """An endpoint that has one wait for 60 seconds, as AWS does."""
    if pytestconfig.getoption("endpoint_url", default=None) and not pytestconfig.getoption("strict_windows"):
        pytest.skip("not known to keep AWS's 60 s windows; if it does, say --strict-windows")
    yield from _open(pytestconfig, limits="strict")


def _open(config: pytest.Config, *, limits: str) -> Iterator[Endpoint]:
    url = config.getoption("endpoint_url", default=None)
    patience = config.getoption("patience", default=None)
    given = {} if patience is None else {"patience": patience}
    with contextlib.ExitStack() as stack:
        if url is None and not config.getoption("aws", default=False):
            from sqs_emulator import Config, Emulator  # only this way of running needs it

            url = stack.enter_context(Emulator(Config(port=0, limits=limits))).url
        try:
            endpoint = Endpoint.aws(**given) if url is None else Endpoint.local(url, **given)
        except (BotoCoreError, ClientError) as error:
            pytest.fail(f"there is no SQS to test: {error}", pytrace=False)
        stack.callback(endpoint.close)
        yield endpoint


@pytest.fixture
def sqs(endpoint: Endpoint) -> Iterator[Sqs]:
    """An SQS whose queues are deleted after the test."""
    yield Sqs(endpoint)
    endpoint.delete_queues()


@pytest.fixture
def strict_sqs(strict_endpoint: Endpoint) -> Iterator[Sqs]:
    yield Sqs(strict_endpoint)
    strict_endpoint.delete_queues()


@pytest.fixture
def queue(sqs: Sqs) -> str:
    """The URL of a new standard queue."""
    return sqs.create()


@pytest.fixture
def fifo(sqs: Sqs) -> str:
    """The URL of a new FIFO queue, with deduplication by content."""
    return sqs.create_fifo()
