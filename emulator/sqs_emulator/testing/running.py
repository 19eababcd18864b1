"""An emulator that runs already, in another process or container."""

from __future__ import annotations

from types import TracebackType

from sqs_emulator.testing.account import AccountClient
from sqs_emulator.testing.connections import Connections


class RunningEmulator:
    """An emulator that somebody else has started, at a URL. The end of a `with` closes the connections to it."""

    def __init__(self, url: str) -> None:
        self._pages = Connections(url)
        self.url = self._pages.url

    def new_account(self, number: str | None = None) -> AccountClient:
        """Return a new account, or the one of a number of 12 digits."""
        return AccountClient(self.url, number, pages=self._pages)

    def close(self) -> None:
        self._pages.close()

    def __enter__(self) -> RunningEmulator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
