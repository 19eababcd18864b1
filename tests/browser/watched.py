"""An emulator with a queue, and what reaches it."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqs_emulator import Emulator
from sqs_emulator.core.identifiers import DEFAULT_ACCOUNT
from sqs_emulator.services.pending import Pending
from sqs_emulator.web.aws import Proceed
from sqs_emulator.web.http import HttpRequest, Reply
from tests.raw_http import Calls, Connection, wait_until


class Seen(NamedTuple):
    method: str
    headers: dict[str, str]
    text: str  # its query string and its body
    status: int | None  # None: it was answered later


class Watched:
    """`seen` are the requests for AWS calls that came, with what they were answered."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.port: Final = int(emulator.url.rpartition(":")[2])
        self._calls = Calls("us-east-1")
        self.seen: list[Seen] = []
        emulator.api.wrap(self._note)

    def begin(self) -> None:
        """Make the queue anew, with one message, and forget what has come."""
        self.emulator.broker.drop_account(DEFAULT_ACCOUNT)
        with Connection(self.emulator.url) as connection:
            for call in (self._calls("CreateQueue", QueueName="q"), self._calls.send("kept")):
                assert connection.ask(call).status == 200
        self.seen.clear()

    def _note(self, request: HttpRequest, proceed: Proceed) -> Reply | Pending[Reply]:
        if request.path == b"/favicon.ico":  # which a browser asks for by itself, for what it shows
            return proceed(request)
        method = request.method.decode()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers.items()}
        text = (request.query_string + request.body).decode("latin-1")
        outcome = proceed(request)
        self.seen.append(Seen(method, headers, text, outcome.status if isinstance(outcome, Reply) else None))
        return outcome

    def answers(self, text: str) -> set[int | None]:
        """Wait for a request that has a text in it, and return the statuses of the answers to all such requests."""
        wait_until(lambda: any(text in request.text for request in self.seen))
        return {request.status for request in self.seen if text in request.text}

    def is_untouched(self) -> bool:
        """Say whether the queue has its one message, and that one visible."""
        with Connection(self.emulator.url) as connection:
            return self._calls.counts(connection) == (1, 0)
