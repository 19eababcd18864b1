"""The scene in which every row of the error tables is asked: some queues of either kind, none of them empty.

    standard     one message visible, one in flight, one delayed; a tag, a permission called `known`
    orders.fifo  of group `g` one message in flight and one visible, of group `h` one visible; no content deduplication
    dead         the dead-letter queue of `source`, with three messages that came from there
    dead.fifo    empty
    guarded      denies all who would name it as their dead-letter queue

In members and messages `<handle>` is the receipt handle of the last message received in `given`; before any it is that
of the message in flight on `standard`. `<task handle>` is that of the last move task started.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqs_emulator.core.limits import RELAXED, Limits
from tests.raw_http import Response
from tests.spec.catalogue import Told, told_by
from tests.spec.snapshot import settle, snapshot
from tests.spec.spelling import spelt
from tests.sqs_by_hand import Sqs, queue_url


def arn_of(name: str) -> str:
    return f"arn:aws:sqs:us-east-1:000000000000:{name}"


def redrive_policy(target: str, receives: object = 2) -> str:
    return json.dumps({"deadLetterTargetArn": arn_of(target), "maxReceiveCount": receives}, separators=(",", ":"))


STANDARD: Final = queue_url("standard")
FIFO: Final = queue_url("orders.fifo")
DEAD: Final = queue_url("dead")
SOURCE: Final = queue_url("source")
MISSING: Final = queue_url("missing")


class Call(NamedTuple):
    """A call that sets the scene, and must succeed."""

    action: str
    members: Mapping[str, object]


Given = Sequence[Call | int]  # calls, and seconds that pass between them


def call(action: str, **members: object) -> Call:
    return Call(action, members)


SCENE: Final[Given] = (
    call("CreateQueue", QueueName="standard", tags={"team": "blue"}),
    call("AddPermission", QueueUrl=STANDARD, Label="known", AWSAccountIds=["111111111111"], Actions=["SendMessage"]),
    call("CreateQueue", QueueName="orders.fifo", Attributes={"FifoQueue": "true"}),
    call("CreateQueue", QueueName="dead"),
    call("CreateQueue", QueueName="dead.fifo", Attributes={"FifoQueue": "true"}),
    call("CreateQueue", QueueName="guarded", Attributes={"RedriveAllowPolicy": '{"redrivePermission":"denyAll"}'}),
    call("CreateQueue", QueueName="source", Attributes={"RedrivePolicy": redrive_policy("dead", 1)}),
    *(call("SendMessage", QueueUrl=SOURCE, MessageBody=f"dead {number}") for number in (1, 2, 3)),
    call("ReceiveMessage", QueueUrl=SOURCE, MaxNumberOfMessages=10, VisibilityTimeout=0),
    call("ReceiveMessage", QueueUrl=SOURCE, MaxNumberOfMessages=10),  # moves them
    call("SendMessage", QueueUrl=FIFO, MessageBody="1", MessageGroupId="g", MessageDeduplicationId="1"),
    call("SendMessage", QueueUrl=FIFO, MessageBody="2", MessageGroupId="g", MessageDeduplicationId="2"),
    call("SendMessage", QueueUrl=FIFO, MessageBody="3", MessageGroupId="h", MessageDeduplicationId="3"),
    call("ReceiveMessage", QueueUrl=FIFO),
    call("SendMessage", QueueUrl=STANDARD, MessageBody="in flight"),
    call("SendMessage", QueueUrl=STANDARD, MessageBody="visible"),
    call("SendMessage", QueueUrl=STANDARD, MessageBody="delayed", DelaySeconds=900),
    call("ReceiveMessage", QueueUrl=STANDARD),
)


class Scene:
    """The scene, and what is asked in it."""

    def __init__(self, given: Given = (), *, limits: Limits = RELAXED, setting: Given = SCENE) -> None:
        self.sqs = Sqs(limits)
        self.words: dict[str, str] = {}
        self.handles: list[str] = []
        self.play(setting)
        self.play(given)

    def play(self, given: Given) -> None:
        for step in given:
            if isinstance(step, int):
                self.sqs.clock.advance(step)
                settle(self.sqs)
            else:
                self.call(step.action, **step.members)

    def call(self, action: str, **members: object) -> Any:
        """Make a call in JSON, which must succeed, and note the handles that it answers."""
        answer = self.sqs.ask_for(action, self.fill(members)) or {}
        for message in answer.get("Messages", ()):
            self.handles.append(message["ReceiptHandle"])
            self.words["<handle>"] = self.handles[-1]
        if "TaskHandle" in answer:
            self.words["<task handle>"] = answer["TaskHandle"]
        return answer

    def fill(self, value: Any) -> Any:
        """Return the same with the words in angle brackets filled in."""
        if isinstance(value, str):
            for word, meant in self.words.items():
                value = value.replace(word, meant)
            return value
        if isinstance(value, Mapping):
            return {key: self.fill(item) for key, item in value.items()}
        return [self.fill(item) for item in value] if isinstance(value, list) else value

    def ask(self, protocol: str, action: str, members: Mapping[str, object]) -> Response:
        return self.sqs.ask(spelt(protocol, action, self.fill(members)))

    def refusal(self, protocol: str, action: str, members: Mapping[str, object]) -> Told | None:
        """Make a call and return its error, None if it succeeds."""
        return told_by(self.ask(protocol, action, members), protocol)

    def snapshot(self) -> object:
        """Return all that the broker holds, once everything due has happened."""
        settle(self.sqs)
        return snapshot(self.sqs.broker)


_unchanged: Final[list[Scene]] = []


@contextlib.contextmanager
def nothing_changes(given: Given = (), limits: Limits = RELAXED) -> Iterator[Scene]:
    """Yield a scene, and assert that what is asked in it changes nothing; then the next one can have it, too."""
    plain = not given and limits is RELAXED
    scene = _unchanged.pop() if plain and _unchanged else Scene(given, limits=limits)
    before = scene.snapshot()
    yield scene
    assert scene.snapshot() == before
    if plain:
        _unchanged.append(scene)
