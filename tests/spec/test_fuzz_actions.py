"""Every action with whatever its members could be, and bodies that are nearly right: an answer, and no harm done.

An example is a few requests in one scene, with time passing between them, so that they meet states that other requests
have made. How many examples there are is the Hypothesis profile's business (see `tests/conftest.py`).
"""

from __future__ import annotations

import json
import re
import string
from typing import Any, Final
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqs_emulator.contract.sqs import ACTIONS
from sqs_emulator.web.http import Reply
from sqs_emulator.web.outbox import hand_over
from tests.raw_http import HOST, Response, json_call, parse_response, query_call
from tests.spec.scene import DEAD, FIFO, STANDARD, Given, Scene, arn_of, call, redrive_policy
from tests.spec.spelling import JSON, PROTOCOLS, QUERY, spelt
from tests.spec.values import CALLS, all_of
from tests.sqs_by_hand import NAMESPACE, bytes_of, request_of
from tests.wire.golden_actions import GOLDEN

TYPE: Final = re.compile(r"com\.amazon(aws\.sqs|\.coral\.service)#[A-Z][A-Za-z]+")
CODE: Final = re.compile(r"[A-Za-z]+(\.[A-Za-z]+)*")
REQUESTS_IN_A_SCENE: Final = 40  # one after the other, until there is a new scene
LOOKS: Final[dict[str, dict[str, object]]] = {"GetQueueAttributes": {"AttributeNames": ["All"]}, "ListQueueTags": {}}

# More than the error tables need: a small limit, attributes to receive, and a move task at work.
MORE: Final[Given] = (
    call("SetQueueAttributes", QueueUrl=STANDARD, Attributes={"MaximumMessageSize": "1024"}),
    call("SendMessage", QueueUrl=STANDARD, MessageBody="x", MessageGroupId="g", MessageAttributes={
        "a": {"DataType": "String", "StringValue": "x"}, "b": {"DataType": "Binary", "BinaryValue": "eA=="}}),
    call("SetQueueAttributes", QueueUrl=FIFO, Attributes={
        "ContentBasedDeduplication": "true", "RedrivePolicy": redrive_policy("dead.fifo", 3)}),
    call("StartMessageMoveTask", SourceArn=arn_of("dead"), MaxNumberOfMessagesPerSecond=1),
)  # fmt: skip
WITHOUT_TASK: Final = MORE[:-1]


def scene_with_handles(given: Given) -> Scene:
    """Return a scene with receipt handles of all kinds to ask with."""
    scene = Scene(given)
    for word, url, seconds in (("<expired handle>", FIFO, 0), ("<fifo handle>", FIFO, 30), ("<dead handle>", DEAD, 5)):
        scene.words[word] = receive(scene, url, seconds)
    scene.words["<deleted handle>"] = scene.words["<first handle>"] = receive(scene, STANDARD, 0)
    scene.call("DeleteMessage", QueueUrl=STANDARD, ReceiptHandle="<deleted handle>")
    scene.words["<handle>"] = receive(scene, STANDARD, 30)
    return scene


def receive(scene: Scene, url: str, seconds: int) -> str:
    (message,) = scene.call("ReceiveMessage", QueueUrl=url, VisibilityTimeout=seconds)["Messages"]
    handle: str = message["ReceiptHandle"]
    return handle


class Asked:
    """A scene that is asked anything; what must hold after each request is asserted."""

    def __init__(self, given: Given = MORE) -> None:
        self.scene = scene_with_handles(given)
        self.requests = 0
        self.has_changed = False  # by the last request
        self._state: object = None  # None: not known
        self._polls: list[tuple[str, list[Reply]]] = []

    def ask(self, seconds: int, request: bytes, protocol: str) -> None:
        """Ask, and assert that the answer is well-formed, and a refusal has changed nothing."""
        try:
            self._ask(seconds, request, protocol)
        except Exception as error:
            error.add_note(f"asked: {request!r}")
            raise

    def _ask(self, seconds: int, request: bytes, protocol: str) -> None:
        if seconds:
            self.scene.sqs.clock.advance(seconds)
            self._state = None
        before = self._state or self.scene.snapshot()
        outcome = self.scene.sqs.api.answer(request_of(request))
        self.requests += 1
        if isinstance(outcome, Reply):
            self.has_changed = not check(outcome, protocol)
        else:  # a long poll, which goes on
            self.has_changed = True
            replies: list[Reply] = []
            outcome.subscribe(replies.append)
            self._polls.append((protocol, replies))
        self._state = None if self.has_changed else self.scene.snapshot()
        assert self._state in (None, before)
        for queue in self.scene.sqs.broker.queues():
            queue.check()

    def look(self) -> None:
        """Assert that what has been accepted can be shown."""
        for queue in self.scene.sqs.broker.queues():
            for action, members in LOOKS.items():
                self.scene.call(action, QueueUrl=queue.name, **members)

    def end(self) -> None:
        """End the polls, and look at their answers too."""
        self.look()
        self.scene.sqs.broker.end_waits()
        hand_over(self.scene.sqs.broker.outbox)
        for protocol, replies in self._polls:
            (reply,) = replies
            assert not check(reply, protocol)


def check(reply: Reply, protocol: str) -> bool:
    """Assert that an answer is well-formed; return whether it means that nothing has been done."""
    response = parse_response(bytes_of(reply))
    assert response.status in (200, 400, 403, 404), response
    assert response.headers["content-length"] == str(len(response.body))
    assert b"Traceback" not in response.body
    return check_json(response) if protocol == JSON else check_xml(response)


def check_json(response: Response) -> bool:
    if response.status == 200:
        answer = json.loads(response.body or b"{}")
        assert isinstance(answer, dict)
        assert None not in answer.values()
        return answer.keys() == {"Failed"}
    assert response.json.keys() == {"__type", "message"}
    assert TYPE.fullmatch(str(response.json["__type"]))
    assert response.json["message"]
    code, fault = response.headers["x-amzn-query-error"].split(";")
    assert CODE.fullmatch(code)
    assert fault == "Sender"
    return True


def check_xml(response: Response) -> bool:
    root = ElementTree.fromstring(response.body)
    names = [element.tag.removeprefix(NAMESPACE) for element in root]
    request_id = response.headers["x-amzn-requestid"]
    if response.status == 200:
        action = root.tag.removeprefix(NAMESPACE).removesuffix("Response")
        result = [] if ACTIONS[action].result is None else [f"{action}Result"]
        assert names == [*result, "ResponseMetadata"]
        assert root.findtext(f"{NAMESPACE}ResponseMetadata/{NAMESPACE}RequestId") == request_id
        done = {element.tag for element in root[0]}
        return done == {f"{NAMESPACE}BatchResultErrorEntry"}
    assert root.tag == f"{NAMESPACE}ErrorResponse"
    assert names == ["Error", "RequestId"]
    assert root.findtext(f"{NAMESPACE}RequestId") == request_id
    fields = {element.tag.removeprefix(NAMESPACE): element.text for element in root[0]}
    assert fields.keys() == {"Type", "Code", "Message", "Detail"}
    assert CODE.fullmatch(fields["Code"] or "")
    assert fields["Type"] == "Sender"
    assert fields["Message"]
    return True


# Each value of each member.


# Where one that is accepted would have the next refused: a queue exists or is gone, a task runs.
ONCE: Final = ("CreateQueue", "DeleteQueue", "StartMessageMoveTask")


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("action", ACTIONS)
def test_each_value_of_each_member_is_answered_and_a_refusal_changes_nothing(action: str, protocol: str) -> None:
    given = WITHOUT_TASK if action in ONCE else MORE
    asked = Asked(given)
    for members in {spelt(protocol, action, request): request for request in all_of(action)}.values():
        if asked.requests == REQUESTS_IN_A_SCENE or (action in ONCE and asked.has_changed):
            asked.end()
            asked = Asked(given)
        asked.ask(0, spelt(protocol, action, asked.scene.fill(members)), protocol)
        if asked.has_changed:
            asked.look()
    asked.end()


# Several requests, with values drawn for all of their members.

SECONDS: Final = st.sampled_from((0, 0, 0, 0, 1, 5, 29, 30, 300, 345_600))
STEPS: Final = st.lists(st.tuples(SECONDS, CALLS), min_size=1, max_size=3)


@given(STEPS)
def test_any_members_are_answered_in_both_protocols_and_a_refusal_changes_nothing(steps: list[Any]) -> None:
    for protocol in PROTOCOLS:
        asked = Asked()
        for seconds, (action, members) in steps:
            asked.ask(seconds, spelt(protocol, action, asked.scene.fill(members)), protocol)
        asked.end()


# Bodies that are nearly right.

JSON_BITS: Final = (
    b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\\u", b"\\ud800", b"\\ud83d\\ude00", b"null", b"true", b"0",
    b"-", b"1e9", b"1.0", b"9" * 400, b"NaN", b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b" ", b"//",
    b"[" * 3_000, b'{"a":' * 3_000, b'"QueueUrl":"standard",', b'"Entries":[{}],',
)  # fmt: skip
FORM_BITS: Final = (
    b"&", b"=", b"%", b"%2", b"%00", b"%ff", b"%ED%A0%80", b"+", b".", b"..", b".1", b".1.", b".0", b".-1", b".01",
    b".99999999999999999999", b"." * 300, b".Name", b".Value", b".Value.StringValue", b"Attribute", b"Entries.1=x&",
    b"SendMessageBatchRequestEntry.1.Id=a&", b"QueueUrl.1=x&", b"&Action=ListQueues", b"&Action.1=x", b";", b"\x00",
    b"\xff", b"\xc3\xa9", b"[", b"]", b"#", b"?",
)  # fmt: skip


def damaged(bits: tuple[bytes, ...]) -> st.SearchStrategy[list[tuple[float, int, bytes]]]:
    """Return damages to do to a body: where in it, how many bytes are cut out, and what is put in."""
    bit = st.sampled_from((*bits, b"", b"")) | st.binary(max_size=3)
    return st.lists(st.tuples(st.floats(0, 1), st.sampled_from((0, 0, 1, 2, 6)), bit), min_size=1, max_size=3)


def damage(body: str, damages: list[tuple[float, int, bytes]], scene: Scene) -> bytes:
    filled = string.Template(body).safe_substitute(url=STANDARD, handle="<handle>", host=HOST)
    whole: bytes = scene.fill(filled).encode()
    for share, length, bit in damages:
        at = round(share * len(whole))
        whole = whole[:at] + bit + whole[at + length :]
    return whole


EXCHANGES: Final = st.sampled_from(list(GOLDEN.values()))


@given(st.lists(st.tuples(EXCHANGES, damaged(JSON_BITS)), min_size=1, max_size=2))
def test_bodies_that_are_nearly_json_are_answered_and_a_refusal_changes_nothing(steps: list[Any]) -> None:
    asked = Asked()
    for golden, damages in steps:
        asked.ask(0, json_call(golden.action, damage(golden.json, damages, asked.scene)), JSON)
    asked.end()


@given(st.lists(st.tuples(EXCHANGES, damaged(FORM_BITS)), min_size=1, max_size=2))
def test_bodies_that_are_nearly_forms_are_answered_and_a_refusal_changes_nothing(steps: list[Any]) -> None:
    asked = Asked()
    for golden, damages in steps:
        form = f"Action={golden.action}&{golden.query}"
        asked.ask(0, query_call(damage(form, damages, asked.scene)), QUERY)
    asked.end()
