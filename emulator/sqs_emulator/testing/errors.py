"""What goes wrong between a test and the emulator."""

from __future__ import annotations


class EmulatorError(Exception):
    """The emulator refused to do it; the text says why."""


class CallError(EmulatorError):
    """SQS refused a call: `code` is the code that boto3 shows too, `message` says why."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
