"""The emulator's own pages, asked for one account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from sqs_emulator.testing.connections import Connections
from sqs_emulator.testing.errors import EmulatorError


class ControlClient:
    """Asks the pages under `/_emulator`. Raises EmulatorError, with the page's words, when a page refuses."""

    def __init__(self, connections: Connections, account: str) -> None:
        self.account = account
        self.url = connections.url
        self._connections = connections

    def get(self, page: str, patience: float = 60.0, /, **query: Any) -> Any:
        """Ask a page; `patience` is how many seconds its answer may take."""
        return self._ask("GET", page, query, None, patience)

    def post(self, page: str, body: Mapping[str, Any] | None = None, **query: Any) -> Any:
        return self._ask("POST", page, query, body or {}, 60.0)

    def delete(self, page: str, **query: Any) -> Any:
        return self._ask("DELETE", page, query, None, 60.0)

    def _ask(
        self, method: str, page: str, query: Mapping[str, Any], body: Mapping[str, Any] | None, timeout: float
    ) -> Any:
        given = {name: value for name, value in query.items() if value is not None}
        target = f"/_emulator/{page}?{urlencode({'account': self.account, **given})}"
        sent = None if body is None else json.dumps(body).encode()
        status, answer = self._connections.ask(method, target, sent, {}, timeout)
        if status >= 400:
            raise EmulatorError(_problem(answer) or f"{method} {target} was answered with {status}.")
        return json.loads(answer) if answer else None


def _problem(answer: bytes) -> str | None:
    try:
        said = json.loads(answer)
    except ValueError:
        return None
    return said.get("error") if isinstance(said, dict) else None
