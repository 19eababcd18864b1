"""An emulator that runs already, in another process or container."""

from __future__ import annotations

from http.client import HTTPException
from types import TracebackType
from typing import Final

from sqs_emulator.testing.account import AccountClient
from sqs_emulator.testing.address import told
from sqs_emulator.testing.connections import Connections
from sqs_emulator.testing.control import ControlClient
from sqs_emulator.testing.errors import EmulatorError

_PATIENCE: Final = 5.0  # s
_NO_ACCOUNT: Final = "000000000000"  # the page that is asked is not about one


class RunningEmulator:
    """An emulator that somebody else has started, at a URL; `localhost:9324` will do.

    The end of a `with` closes the connections to it.
    """

    def __init__(self, url: str) -> None:
        self._pages = Connections(url)
        self.url = self._pages.url

    def new_account(self, number: str | None = None) -> AccountClient:
        """Return a new account, or the one of a number of 12 digits."""
        return AccountClient(self.url, number, pages=self._pages)

    def check(self) -> None:
        """Raise EmulatorError, with words for people, if no emulator answers there."""
        try:
            known = ControlClient(self._pages, _NO_ACCOUNT).get("accounts", _PATIENCE)
        except (OSError, HTTPException, ValueError, EmulatorError) as error:  # EmulatorError: no such page there
            raise EmulatorError(told(self.url, error)) from None
        if not isinstance(known, list):
            raise EmulatorError(told(self.url, TypeError()))

    def close(self) -> None:
        self._pages.close()

    def __enter__(self) -> RunningEmulator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
