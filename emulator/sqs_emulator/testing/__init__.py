"""For tests: your own account on a running emulator, with its clock, its faults and its messages.

    with Emulator(Config(port=0)) as emulator, emulator.new_account() as account:
        account.clock.advance(1801)

Everything is asked of the pages under `/_emulator`, so the server may be in another process or in a container:
`AccountClient("http://localhost:9324", "123456789012")`. Nothing here imports the server, or anything that is not in
the standard library.
"""

from __future__ import annotations

from sqs_emulator.testing.account import AccountClient
from sqs_emulator.testing.celery import CeleryBroker
from sqs_emulator.testing.clock import ClockClient
from sqs_emulator.testing.errors import CallError, EmulatorError
from sqs_emulator.testing.faults import FaultClient
from sqs_emulator.testing.messages import MessageClient
from sqs_emulator.testing.queue import QueueClient
from sqs_emulator.testing.running import RunningEmulator

__all__ = [
    "AccountClient",
    "CallError",
    "CeleryBroker",
    "ClockClient",
    "EmulatorError",
    "FaultClient",
    "MessageClient",
    "QueueClient",
    "RunningEmulator",
]
