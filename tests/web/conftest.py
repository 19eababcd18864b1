"""Fixtures of the tests that look at the emulator as a user of its pages does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sqs_emulator import Emulator
from sqs_emulator.testing import AccountClient


@pytest.fixture
def emulator(emulators: dict[str, Emulator]) -> Emulator:
    return emulators["fast coat"]


@pytest.fixture
def account(emulator: Emulator) -> Iterator[AccountClient]:
    """A new account whose clock stands still."""
    with emulator.new_account() as account:
        account.clock.freeze()
        yield account
