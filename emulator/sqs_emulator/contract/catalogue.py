"""The services that there are."""

from __future__ import annotations

from typing import Final

from sqs_emulator.contract.service import Services
from sqs_emulator.contract.sqs import SQS

SERVICES: Final = Services(SQS)
