"""The emulator without `web/turn.py`: `python -m tests.bench.at_once serve ...` answers a request once it is read."""

from __future__ import annotations

import asyncio

from sqs_emulator import cli
from sqs_emulator.web import server
from sqs_emulator.web.http import HttpRequest, Reply
from sqs_emulator.web.outbox import hand_over
from sqs_emulator.web.turn import Asker, Turn


class AtOnce(Turn):
    """A turn that is over as soon as there is a request in it."""

    def add(self, asker: Asker, request: HttpRequest, loop: asyncio.AbstractEventLoop) -> None:
        outcome = self._api.answer(request)
        if isinstance(outcome, Reply):
            asker.write_reply(request, outcome)
        else:
            asker.wait_for(request, outcome)
        hand_over(self._api.broker.outbox)


if __name__ == "__main__":
    server.Turn = AtOnce  # type: ignore[attr-defined]
    cli.main()
