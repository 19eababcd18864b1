"""The command line, typed by hand, and what it printed made comparable."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from typing import Any, Final

import click.testing

from sqs_emulator.cli import main
from sqs_emulator.testing import AccountClient
from tests.raw_http import Connection, credentials, json_call
from tests.served_process import command, environment

WORKER: Final = "Mozilla/5.0 (compatible; pycurl)"  # how kombu's polls introduce themselves
PRODUCER: Final = "Boto3/1.44.0 md/Botocore#1.44.0"
ID: Final = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{8}\b")
_FAKE_ID: Final = "{0}1111111-1111-4111-8111-111111111111"

# Variables of this machine that choose an emulator, an account or a width.
CHOOSING: Final = ("AWS_ACCESS_KEY_ID", "COLUMNS")


def typed(*words: str, status: int = 0, variables: Mapping[str, str] | None = None) -> str:
    """Return what a command line prints, on stdout or stderr, to where nothing is cut; it must end with this status."""
    others = {name: None for name in os.environ if name.startswith("SQS_EMULATOR_") or name in CHOOSING}
    result = click.testing.CliRunner().invoke(main, words, env={**others, **(variables or {})})
    assert result.exit_code == status, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output


class Shell:
    """A shell in which SQS_EMULATOR_URL and the access key lead to an account, in a terminal of so many columns."""

    def __init__(self, account: AccountClient) -> None:
        self.account = account
        self._ids: dict[str, str] = {}

    def __call__(self, *words: str, columns: int | None = None, status: int = 0) -> str:
        variables = {"SQS_EMULATOR_URL": self.account.url, "AWS_ACCESS_KEY_ID": self.account.number}
        if columns is not None:
            variables["COLUMNS"] = str(columns)
        return typed(*words, status=status, variables=variables)

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start a command in a process of its own."""
        own = environment(SQS_EMULATOR_URL=self.account.url, AWS_ACCESS_KEY_ID=self.account.number)
        return subprocess.Popen(command(*words), env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def json(self, *words: str, status: int = 0) -> Any:
        return json.loads(self(*words, "--json", status=status))

    def lines(self, *words: str, columns: int | None = None, status: int = 0) -> list[str]:
        """Return what is printed, with ids in the place of those that are random: 11111111-1111-..., 21111111-..."""
        text = self(*words, columns=columns, status=status)
        for found in ID.findall(text):
            text = text.replace(found, self._fake(found))
        text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:50000", text)
        return text.replace(self.account.number, "123456789012").splitlines()

    def _fake(self, found: str) -> str:
        """The same id has always the same fake, by its beginning too."""
        number = self._ids.setdefault(found[:8], str(len(self._ids) + 1))
        return _FAKE_ID.format(number)[: len(found)]


class Clients:
    """Producers and workers of an account, which introduce themselves as real ones do."""

    def __init__(self, account: AccountClient) -> None:
        self._account = account

    def call(self, agent: str, action: str, **members: Any) -> dict[str, Any]:
        headers = {**credentials(key=self._account.number), "User-Agent": agent}
        with Connection(self._account.url) as connection:
            response = connection.ask(json_call(action, members, headers=headers))
        assert response.status == 200, response.body
        return dict(response.json) if response.body else {}

    def send(self, queue: str, body: str, **members: Any) -> str:
        return str(self.call(PRODUCER, "SendMessage", QueueUrl=queue, MessageBody=body, **members)["MessageId"])

    def receive(self, queue: str, most: int = 1) -> list[dict[str, Any]]:
        return list(self.call(WORKER, "ReceiveMessage", QueueUrl=queue, MaxNumberOfMessages=most).get("Messages", []))

    def delete(self, queue: str, message: Mapping[str, Any]) -> None:
        self.call(WORKER, "DeleteMessage", QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
