"""Requests that nobody would write: whatever comes, an answer goes out, no 5xx, and the queue stays whole."""

from __future__ import annotations

import json
from typing import Final
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from sqs_emulator.contract.sqs import ACTIONS
from sqs_emulator.web.http import Reply
from sqs_emulator.wire import shapes
from sqs_emulator.wire.shapes import ListOf, MapOf, Members, Shape
from tests.raw_http import Response, http, json_call, parse_response, query_call
from tests.sqs_by_hand import Sqs, bytes_of, request_of

some = settings(max_examples=100, deadline=None)


def ask(request: bytes) -> Response | None:
    """Send a request to a queue with a message in each state, check what is left, and return the answer, if any."""
    sqs = Sqs()
    url = sqs.create()
    for delay in (0, 0, 5):
        sqs.send(url, DelaySeconds=delay, MessageAttributes={"a": {"DataType": "String", "StringValue": "x"}})
    sqs.receive(url, MaxNumberOfMessages=1)

    outcome = sqs.api.answer(request_of(request))
    for queue in sqs.broker.queues():
        queue.check()

    if not isinstance(outcome, Reply):  # a long poll
        outcome.abandon()
        return None
    response = parse_response(bytes_of(outcome))
    assert response.status in (200, 400, 403, 404), response
    assert b"Traceback" not in response.body
    return response


# Values: any JSON at all, or what could stand there.

anything: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
words: Final = st.sampled_from(
    ["q", "http://localhost:9324/000000000000/q", "", "All", ".*", "*", "*.*", "0", "1", "-1", "11", "true", "String",
     "Number", "Binary", "Binary.x", "AWSTraceHeader", "VisibilityTimeout", "RedrivePolicy", "Policy", "{}", "[]",
     '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:q","maxReceiveCount":"1"}', "aGVsbG8=", "AQEB",
     "a\x00b", "\ufffe", "é", "a" * 300, "9" * 40, "..", "aws:x", "AWS.x"]
)  # fmt: skip
numbers: Final = st.sampled_from([0, 1, 5, 10, 11, -1, 43200, 43201, 2**31, 2**64])


def plausible(shape: Shape, depth: int = 0) -> st.SearchStrategy[object]:
    """Return values of a shape, mostly."""
    match shape:
        case Members(by_wire_name=members):
            values = {name: plausible(member.shape, depth + 1) for name, member in members.items()}
            known: st.SearchStrategy[object] = st.fixed_dictionaries({}, optional=values)
        case ListOf(item=item):
            known = st.lists(plausible(item, depth + 1), max_size=12)
        case MapOf(item=item):
            known = st.dictionaries(words, plausible(item, depth + 1), max_size=4)
        case shapes.Scalar.INTEGER:
            known = numbers | words
        case _:
            known = words
    return known if depth == 0 else st.one_of(known, known, known, known, anything)


BODIES: Final = {name: plausible(shapes.members_of(action.request)) for name, action in ACTIONS.items()}
calls: Final = st.sampled_from(sorted(ACTIONS)).flatmap(lambda name: st.tuples(st.just(name), BODIES[name]))


@some
@given(calls)
def test_any_json_gets_an_answer(call: tuple[str, dict[str, object]]) -> None:
    action, members = call

    response = ask(json_call(action, {"QueueUrl": "q", **members}))

    if response is not None and response.body:
        json.loads(response.body)


@some
@given(st.sampled_from(sorted(ACTIONS)), st.binary(max_size=200) | anything.map(lambda tree: json.dumps(tree).encode()))
def test_any_body_gets_an_answer(action: str, body: bytes) -> None:
    response = ask(json_call(action, body))

    if response is not None and response.body:
        json.loads(response.body)


# Query: the same trees flattened to parameters, and parameters of any name.


def flattened(tree: object, shape: Shape, prefix: str) -> dict[str, str]:
    """Return a tree's parameters, as far as it has the shape; else as one text."""
    pairs: dict[str, str] = {}
    match shape, tree:
        case Members(by_wire_name=members), dict():
            for name, value in tree.items():
                pairs |= flattened(value, members[name].shape, f"{prefix}{name}.") if name in members else {}
        case ListOf(), list():
            for number, value in enumerate(tree):
                pairs |= flattened(value, shape.item, f"{renamed(prefix, shape.query.name)}{number}.")
        case MapOf(), dict():
            for number, (key, value) in enumerate(tree.items()):
                item = f"{renamed(prefix, shape.query.name)}{number}."
                pairs[item + shape.query.key] = key
                pairs |= flattened(value, shape.item, f"{item}{shape.query.value}.")
        case _:
            pairs[prefix.removesuffix(".")] = tree if isinstance(tree, str) else json.dumps(tree)
    return pairs


def renamed(prefix: str, name: str) -> str:
    return ".".join((*prefix.split(".")[:-2], name, ""))


@some
@given(calls)
def test_any_query_gets_an_answer(call: tuple[str, dict[str, object]]) -> None:
    action, members = call
    form = flattened({"QueueUrl": "q", **members}, shapes.members_of(ACTIONS[action].request), "")

    response = ask(query_call({"Action": action, **form}))

    if response is not None:
        ElementTree.fromstring(response.body)


names: Final = st.lists(
    st.sampled_from(
        ["Attribute", "MessageAttribute", "AttributeName", "Tag", "TagKey", "SendMessageBatchRequestEntry", "Entries",
         "Name", "Value", "StringValue", "1", "2", "0", "01", "-1", "²", "", "QueueUrl", "MessageBody", "Id"]
    )
    | st.text(max_size=5),
    min_size=1,
    max_size=10,
).map(".".join)  # fmt: skip


@some
@given(st.sampled_from(sorted(ACTIONS)), st.dictionaries(names, words | st.text(max_size=10), max_size=8))
def test_any_parameters_get_an_answer(action: str, form: dict[str, str]) -> None:
    response = ask(query_call({"Action": action, "QueueUrl": "q", **form}))

    if response is not None:
        ElementTree.fromstring(response.body)


@some
@given(st.sampled_from(sorted(ACTIONS)), st.binary(max_size=100))
def test_any_form_gets_an_answer(action: str, form: bytes) -> None:
    response = ask(query_call(f"Action={action}&QueueUrl=q&".encode() + form))

    if response is not None:
        ElementTree.fromstring(response.body)


header_values: Final = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"))


@some
@given(
    st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40),
    st.dictionaries(
        st.sampled_from(["Authorization", "X-Amz-Target", "Content-Type", "Accept", "X-Amzn-Trace-Id", "User-Agent",
                         "Host", "X-Forwarded-Host", "X-Forwarded-Proto"]),
        header_values,
        max_size=6,
    ),
    st.sampled_from([b"", b"Action=ListQueues", b"{}", b"Action=SendMessage&QueueUrl=q&MessageBody=x"]),
)  # fmt: skip
def test_any_headers_and_paths_get_an_answer(method: str, path: str, headers: dict[str, str], body: bytes) -> None:
    ask(http(method, f"/{path}", headers, body))


@some
@given(st.text(max_size=40), header_values)
def test_any_queue_url_and_any_credential_get_an_answer(url: str, credential: str) -> None:
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, Signature=x"}

    ask(json_call("SendMessage", {"QueueUrl": url, "MessageBody": "x"}, headers=headers))
    ask(json_call("CreateQueue", {"QueueName": "other"}, headers=headers))
    ask(json_call("DeleteQueue", {"QueueUrl": f"http://localhost/000000000000/{url}"}, headers=headers))
