"""Requests of one turn of the event loop."""

from __future__ import annotations

import asyncio

from sqs_emulator.core.broker import Broker
from sqs_emulator.core.clock import SystemClock
from sqs_emulator.services.pending import Pending
from sqs_emulator.web.aws import AwsApi
from sqs_emulator.web.http import Connection, HttpRequest, Reply
from sqs_emulator.web.turn import Turn


class Asker:
    """A connection that notes what becomes of its requests."""

    def __init__(self, log: list[str], name: str) -> None:
        self.log = log
        self.name = name
        self.is_here = True

    def still_asks(self, request: HttpRequest) -> bool:
        return self.is_here

    def write_reply(self, request: HttpRequest, reply: Reply) -> None:
        self.log.append(f"{self.name} {reply.status} {reply.body.decode()[:20]}")

    def park(self, request: HttpRequest, parked: Pending[Reply]) -> None:
        self.log.append(f"{self.name} parked")


def request(action: str, body: bytes) -> HttpRequest:
    connection = Connection("http", "127.0.0.1:1", "127.0.0.1:2", lambda: False)
    return HttpRequest(
        connection, b"POST", b"/", b"", {b"x-amz-target": b"AmazonSQS." + action.encode(), b"host": b"h"}, body
    )


CREATE = b'{"QueueName":"q"}'
SEND = b'{"QueueUrl":"q","MessageBody":"hello"}'
POLL = b'{"QueueUrl":"q","WaitTimeSeconds":20}'


def answered(*asked: tuple[Asker, HttpRequest]) -> AwsApi:
    """Answer all in one turn of a loop."""
    api = AwsApi(Broker(SystemClock()))

    async def one_turn() -> None:
        loop = asyncio.get_running_loop()
        turn = Turn(api)
        for asker, each in asked:
            turn.add(asker, each, loop)
        assert not asked[0][0].log
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(one_turn())
    return api


def test_requests_of_a_turn_are_answered_in_their_order_at_its_end() -> None:
    log: list[str] = []

    answered(
        (Asker(log, "a"), request("CreateQueue", CREATE)),
        (Asker(log, "b"), request("ReceiveMessage", POLL)),
        (Asker(log, "c"), request("ReceiveMessage", b'{"QueueUrl":"none"}')),
    )

    assert [line.split()[:2] for line in log] == [["b", "parked"], ["a", "200"], ["c", "400"]]


def test_a_request_whose_connection_was_lost_within_its_turn_does_nothing() -> None:
    log: list[str] = []
    gone = Asker(log, "gone")
    gone.is_here = False

    api = answered((Asker(log, "a"), request("CreateQueue", CREATE)), (gone, request("SendMessage", SEND)))

    assert [line.split()[0] for line in log] == ["a"]
    queue = api.broker.find("000000000000", "us-east-1", "q")
    assert queue.counts(now=queue.clock.now()).visible == 0
