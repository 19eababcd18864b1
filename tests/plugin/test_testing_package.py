"""`sqs_emulator.testing` by itself: what it takes to import it, and what it does for tests without pytest."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from sqs_emulator import Config, Emulator, testing
from sqs_emulator.testing import CeleryBroker, RunningEmulator


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(Config(port=0)) as emulator:
        yield emulator


def test_it_imports_the_standard_library_alone() -> None:
    """Somebody who talks to a server in a container needs neither pytest nor what the server needs."""
    program = """
        import sys
        before = set(sys.modules)
        import sqs_emulator.testing
        loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
        print(*sorted(loaded - sys.stdlib_module_names))
        print(*sorted(name for name in sys.modules if name.startswith("sqs_emulator.") and ".testing" not in name))
    """
    words = [sys.executable, "-c", "\n".join(line.strip() for line in program.splitlines())]

    ran = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)

    assert ran.stdout.splitlines() == ["sqs_emulator", "sqs_emulator.version"]


def test_its_public_names_are_its_own() -> None:
    places = {name: getattr(testing, name).__module__ for name in testing.__all__}

    assert {name: place for name, place in places.items() if not place.startswith("sqs_emulator.testing.")} == {}
    assert {"AccountClient", "CallError", "CeleryBroker", "EmulatorError", "RunningEmulator"} <= places.keys()


def test_a_running_emulator_gives_accounts_that_lead_celery_there(emulator: Emulator) -> None:
    with RunningEmulator(emulator.url) as running, running.new_account() as account:
        broker = CeleryBroker(account)
        account.create_queue("jobs").send("pack order 7")

        assert set(emulator.broker.accounts) == {account.number}
        assert broker.config["broker_url"] == f"sqs://{account.number}:test@{emulator.url.partition('//')[2]}//"
        assert broker.config["broker_transport_options"]["region"] == account.region
        assert broker.environment["AWS_ENDPOINT_URL_SQS"] == emulator.url

    assert emulator.broker.accounts == {}, "the account is dropped at the end"
