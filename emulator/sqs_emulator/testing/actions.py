"""SQS's actions, called as one account, without an SDK."""

from __future__ import annotations

import json
from typing import Any

from sqs_emulator.testing.connections import Connections
from sqs_emulator.testing.errors import CallError


class ActionClient:
    """Calls actions over JSON 1.0. The signature names the account and the region; the emulator reads no more of it."""

    def __init__(self, url: str, account: str, region: str) -> None:
        self.account = account
        self.region = region
        self._connections = Connections(url)
        self._authorization = f"AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/sqs/aws4_request, "

    def call(self, action: str, /, **members: Any) -> dict[str, Any]:
        """Call an action and return its answer. Raises CallError."""
        headers = {
            "Authorization": self._authorization,
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"AmazonSQS.{action}",
        }
        status, answer = self._connections.ask("POST", "/", json.dumps(members).encode(), headers, 60.0)
        said: dict[str, Any] = json.loads(answer) if answer else {}
        if status >= 400:
            raise CallError(status, said["__type"].rpartition("#")[2], said.get("message", ""))
        return said

    def close(self) -> None:
        self._connections.close()
