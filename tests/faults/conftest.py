"""An account of a served emulator that a test may break, and an SQS without a socket with rules of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from sqs_emulator import Emulator
from sqs_emulator.core.clock import AccountClock
from sqs_emulator.faults.active import ActiveRule
from sqs_emulator.faults.injector import Injector
from sqs_emulator.faults.parsing import parse_rule
from sqs_emulator.faults.scenarios import parse_rules
from sqs_emulator.faults.waits import Time
from sqs_emulator.web.http import Reply
from tests.core.by_hand import TimersByHand
from tests.raw_http import Connection, Response, credentials, http, json_call, parse_response, wait_until
from tests.spec.catalogue import Told, told_by
from tests.spec.spelling import JSON, PROTOCOLS, spelt
from tests.sqs_by_hand import Sqs, bytes_of, read_json, request_of


class FaultySqs(Sqs):
    """An SQS without a socket, whose latency passes when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.timers = TimersByHand()
        self.injector = Injector(self.api.dispatcher, self.broker, Time(AccountClock(self.clock), self.timers))

    def add(self, **rule: Any) -> ActiveRule:
        (active,) = self.injector.add(parse_rule(rule))
        return active

    def begin(self, scenario: str, **settings: Any) -> list[ActiveRule]:
        return self.injector.add(*parse_rules({"scenario": scenario, **settings}))

    def told(self, action: str, protocol: str = JSON, **members: Any) -> Told | None:
        """Make a call, and return the error that it is answered with."""
        reply = self.api.answer(request_of(spelt(protocol, action, members)))
        assert isinstance(reply, Reply)
        return told_by(parse_response(bytes_of(reply)), protocol)

    def outcome(self, action: str, **members: Any) -> str | int:
        """Make a call and say what came of it: its status, `nothing` for no answer, or `later`."""
        return self.outcome_of(action, "test", **members)

    def outcome_of(self, action: str, key: str, **members: Any) -> str | int:
        """The same, by an access key."""
        answered = self.api.answer(request_of(json_call(action, members, headers=credentials(key=key))))
        status = getattr(answered, "status", None)
        return "later" if status is None else status or "nothing"


@pytest.fixture
def faulty() -> Iterator[FaultySqs]:
    """After the test its rules are removed, and there is no trace of them."""
    sqs = FaultySqs()
    yield sqs
    for queue in sqs.broker.queues():
        queue.check()
    sqs.injector.remove(lambda _each: True)
    assert sqs.api.dispatcher.layers == []
    assert all(queue.hook is None for queue in sqs.broker.queues())


class BrokenAccount:
    """An account of its own on a served emulator, with one queue `q`, and its fault rules."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.number = f"{secrets.randbelow(9 * 10**11) + 10**11}"
        self._headers = credentials("us-east-1", self.number)
        self._connection = Connection(emulator.url)
        self.ask("CreateQueue", QueueName="q")

    # Calls.

    def call(self, action: str, protocol: str = JSON, **members: Any) -> bytes:
        """Return a call as bytes, on the queue `q` where it is on one."""
        about = {} if "QueueName" in members or action == "ListQueues" else {"QueueUrl": "q"}
        return spelt(protocol, action, {**about, **members}, headers=self._headers)

    def ask(self, action: str, **members: Any) -> Any:
        """Make a call that succeeds, in JSON, and return its answer."""
        return read_json(self._connection.ask(self.call(action, **members)))

    def send(self, body: str = "hello", **members: Any) -> Any:
        return self.ask("SendMessage", MessageBody=body, **members)

    def receive(self, **members: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("ReceiveMessage", **{"MaxNumberOfMessages": 10, **members}).get(
            "Messages", []
        )
        return found

    def counts(self) -> tuple[int, int]:
        """Return how many messages are visible and in flight; a call that no rule of a test is about."""
        shown = self.ask("GetQueueAttributes", AttributeNames=["All"])["Attributes"]
        return int(shown["ApproximateNumberOfMessages"]), int(shown["ApproximateNumberOfMessagesNotVisible"])

    def is_empty(self) -> bool:
        """Say whether the queue is, without a call that rules could be about."""
        return not self.emulator.broker.find(self.number, "us-east-1", "q").messages

    def wait_for_polls(self, polls: int = 1) -> None:
        queue = self.emulator.broker.find(self.number, "us-east-1", "q")
        wait_until(lambda: len(queue.waiters) == polls)

    def wait_until_held(self, calls: int = 1) -> None:
        """Wait until so many calls are held up by rules of this account."""
        rules = self.emulator.faults.rules
        wait_until(lambda: sum(len(rule.held) for rule in rules(self.number)) == calls)

    # The emulator's own pages.

    def page(self, method: str, page: str, body: bytes | None = None, *, account: str | None = None) -> Response:
        target = f"/_emulator/{page}?account={account or self.number}"
        return self._connection.ask(http(method, target, body=body))

    def post(self, page: str, **members: Any) -> Any:
        _, _, body = json_call("", members).partition(b"\r\n\r\n")
        response = self.page("POST", page, body)
        assert response.status == 200, response.body
        return response.json

    def add(self, **rule: Any) -> dict[str, Any]:
        """Add a rule, and return it as it is listed."""
        (added,) = self.post("faults", **rule)["faults"]
        return dict(added)

    def faults(self) -> list[dict[str, Any]]:
        listed: Any = self.page("GET", "faults").json["faults"]
        return list(listed)

    def counted(self) -> list[tuple[int, int]]:
        """Return how often each rule was matched and applied."""
        return [(rule["matched"], rule["applied"]) for rule in self.faults()]

    def close(self) -> None:
        self.page("POST", "reset", b"{}")
        self.disconnect()

    def disconnect(self) -> None:
        self._connection.close()


@pytest.fixture
def account(served: Emulator) -> Iterator[BrokenAccount]:
    """After the test it is dropped with its rules, and there is no trace of them."""
    account = BrokenAccount(served)
    yield account
    account.close()
    assert served.faults.rules() == []
    assert served.api.dispatcher.layers == []


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> str:
    """Either protocol, in turn."""
    name: str = request.param
    return name
