"""The emulator in a process of its own, and what it saw: events, requests, the attributes of queues."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

import boto3

from tests.celery.history import Event, History
from tests.celery.processes import DEADLINE, Process, clean_environment, wait_until
from tests.celery.wire_log import Request, WireLog

REGION: Final = "us-east-1"


@dataclass(frozen=True)
class Counts:
    visible: int
    in_flight: int
    delayed: int


EMPTY: Final = Counts(0, 0, 0)


class ServedEmulator(Process):
    """`sqs-emulator serve`, with its wire log; `ca` is the certificate authority of one that serves https."""

    def __init__(self, log: Path, *options: str, port: int = 0, ca: Path | None = None) -> None:
        arguments = ["-m", "sqs_emulator", "serve", "--port", str(port), "--log-wire", *options]
        super().__init__(arguments, log, clean_environment())
        self._ca = ca
        self._tls = HTTPSHandler(context=ssl.create_default_context(cafile=ca))
        self._wire_log = WireLog(log)
        try:
            self.url = self.wait_for_log(r"listens on (https?://127\.0\.0\.1:\d+)")[0]
        except AssertionError:
            self.kill()
            raise
        self.port = int(self.url.rpartition(":")[2])

    @property
    def broker_url(self) -> str:
        return f"sqs://test:test@localhost:{self.port}//"

    def client(self, region: str = REGION, access_key: str = "test") -> Any:
        """Return a boto3 client of one's own."""
        return boto3.client(
            "sqs",
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key="test",
            verify=str(self._ca) if self._ca else None,
        )

    def history(self, queue: str) -> History:
        opener = build_opener(ProxyHandler({}), self._tls)
        with opener.open(f"{self.url}/_emulator/events?queue={queue}", timeout=DEADLINE) as answer:
            return History(map(Event.parse, json.load(answer)["events"]))

    def wait_for(self, queue: str, kind: str, count: int = 1) -> History:
        """Wait until something happened so many times, and return the whole history."""

        def wanted() -> History:
            history = self.history(queue)
            return history if len(history.of(kind)) >= count else History()

        return wait_until(wanted, lambda: f"{count} times {kind} in {queue}; it has {self.history(queue).kinds}")

    def attributes(self, queue: str) -> dict[str, str]:
        sqs = self.client()
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        attributes: dict[str, str] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return attributes

    def counts(self, queue: str) -> Counts:
        attributes = self.attributes(queue)
        kinds = ("", "NotVisible", "Delayed")
        return Counts(*(int(attributes[f"ApproximateNumberOfMessages{kind}"]) for kind in kinds))

    def delete_queue(self, queue: str) -> None:
        sqs = self.client()
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"])

    def requests(self, queue: str | None = None, action: str | None = None) -> list[Request]:
        """Return the requests seen so far, oldest first; of one queue, of one action."""
        return [
            request
            for request in self._wire_log.requests()
            if queue in (None, request.queue) and action in (None, request.action)
        ]

    def wait_for_answers(self, queue: str, action: str, statuses: list[int]) -> None:
        """Wait until the queue's requests of an action have been answered so."""

        def answered() -> bool:
            return [request.status for request in self.requests(queue, action)] == statuses

        wait_until(answered, lambda: f"{statuses} for {action}; seen are {self.requests(queue, action)}")

    def polls(self, queue: str) -> list[Request]:
        return self.requests(queue, "ReceiveMessage")

    def wait_for_waiting_poll(self, queue: str, after: int = 0) -> None:
        """Wait until a poll of the queue is under way, behind so many others."""

        def is_waiting() -> bool:
            polls = self.polls(queue)
            return len(polls) > after and polls[-1].status is None

        wait_until(is_waiting, lambda: f"a waiting poll of {queue}; seen are {self.requests(queue)}")
