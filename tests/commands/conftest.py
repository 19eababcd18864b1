"""An account whose clock stands still, on an emulator with no events but this test's, and a shell that is led to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import pytest

from sqs_emulator import Config, Emulator
from sqs_emulator.testing import AccountClient
from tests.commands.shell import Clients, Shell

NOON: Final = datetime(2040, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(Config(port=0)) as emulator:
        yield emulator


@pytest.fixture
def account(emulator: Emulator) -> Iterator[AccountClient]:
    with emulator.new_account() as account:
        account.clock.freeze(at=NOON)
        yield account


@pytest.fixture
def shell(account: AccountClient) -> Shell:
    return Shell(account)


@pytest.fixture
def clients(account: AccountClient) -> Clients:
    return Clients(account)
