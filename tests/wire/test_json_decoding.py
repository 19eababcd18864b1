"""What AWS JSON 1.0 takes and refuses: loosely typed values, wrong ones, and bodies that are no JSON object."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tests.raw_http import json_call
from tests.sqs_by_hand import Refused, Sqs, read_json, refused


def send_raw(sqs: Sqs, body: bytes, action: str = "SendMessage") -> Any:
    return read_json(sqs.ask(json_call(action, body)))


@pytest.mark.parametrize("body", [b"", b"{}", b" { } ", b'{"Unknown":{"deep":[1,2]},"AttributeName.1":"x"}'])
def test_an_empty_body_is_an_empty_object_and_unknown_members_are_ignored(sqs: Sqs, body: bytes) -> None:
    url = sqs.create()

    assert send_raw(sqs, body, "ListQueues") == {"QueueUrls": [url]}


def test_null_is_absent(sqs: Sqs) -> None:
    url = sqs.create()

    send_raw(
        sqs,
        b'{"QueueUrl":"q","MessageBody":"x","DelaySeconds":null,"MessageAttributes":null,"MessageGroupId":null}',
    )

    (message,) = sqs.receive(url, AttributeNames=["All"], WaitTimeSeconds=None)
    assert "MessageGroupId" not in message["Attributes"]


@pytest.mark.parametrize("name", ["queueUrl", "QUEUEURL", "queue_url"])
def test_member_names_are_case_sensitive(sqs: Sqs, name: str) -> None:
    sqs.create()

    with refused("MissingParameter", "The request must contain the parameter QueueUrl."):
        sqs.ask_for("PurgeQueue", {name: "q"})


@pytest.mark.parametrize("value", [3, "3"])
def test_an_integer_may_be_spelt_as_a_string(sqs: Sqs, value: object) -> None:
    url = sqs.create()
    for body in "abcd":
        sqs.send(url, body)

    assert len(sqs.receive(url, MaxNumberOfMessages=value)) == 3


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"DelaySeconds": 5}, {"DelaySeconds": "5"}),
        ({"SqsManagedSseEnabled": False}, {"SqsManagedSseEnabled": "false"}),
    ],
    ids=["number", "boolean"],
)
def test_a_queue_attribute_may_be_a_number_or_a_boolean(
    sqs: Sqs, sent: dict[str, object], stored: dict[str, str]
) -> None:
    url = sqs.create()

    sqs.call("SetQueueAttributes", QueueUrl=url, Attributes=sent)

    assert sqs.attributes(url, *sent) == stored


@pytest.mark.parametrize(
    "spelt", [r'"\u00e9\ud83d\ude00"', '"é😀"', r'"\u00E9\uD83D\uDE00"'], ids=["escaped", "raw", "capital"]
)
def test_characters_may_be_escaped_or_not(sqs: Sqs, spelt: str) -> None:
    url = sqs.create()

    answer = send_raw(sqs, f'{{"QueueUrl":"q","MessageBody":{spelt}}}'.encode())

    (message,) = sqs.receive(url)
    assert message["Body"] == "é😀"
    assert message["MD5OfBody"] == answer["MD5OfMessageBody"] == "62b3afe3b01f6f80152b567d9b216cde"


BROKEN: Final = {
    "no JSON": b"hello",
    "cut": b'{"QueueUrl":"q","MessageBody":"x"',
    "two objects": b"{}{}",
    "an array": b"[]",
    "a number": b"1",
    "null": b"null",
    "a string": b'"x"',
    "single quotes": b"{'QueueUrl':'q'}",
    "a trailing comma": b'{"QueueUrl":"q",}',
    "a comment": b'{/**/"QueueUrl":"q"}',
    "NaN": b'{"QueueUrl":"q","MessageBody":"x","DelaySeconds":NaN}',
    "a byte order mark": b'\xef\xbb\xbf{"QueueUrl":"q","MessageBody":"x"}',
    "UTF-16": '{"QueueUrl":"q","MessageBody":"x"}'.encode("utf-16"),
    "bad UTF-8": b'{"QueueUrl":"q","MessageBody":"\xff"}',
    "a surrogate in UTF-8": b'{"QueueUrl":"q","MessageBody":"\xed\xa0\x80"}',
    "a lone high surrogate": b'{"QueueUrl":"q","MessageBody":"\\ud800"}',
    "a lone low surrogate": b'{"QueueUrl":"q","MessageBody":"\\udc00"}',
    "a lone surrogate in a member's name": b'{"QueueUrl":"q","MessageBody":"x","\\ud800":1}',
    "a raw control character": b'{"QueueUrl":"q","MessageBody":"\x01"}',
    "100,000 arrays": b'{"QueueUrl":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "100,000 objects": b'{"MessageAttributes":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
    "100,000 arrays in an unknown member": b'{"Unknown":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "an integer of 5,000 digits": b'{"QueueUrl":"q","MessageBody":"x","DelaySeconds":' + b"9" * 5000 + b"}",
    "NUL bytes": b"\0" * 100,
    "a form": b"Action=SendMessage&QueueUrl=q&MessageBody=x",
}
WRONG_TYPES: Final = {
    "an array for a string": b'{"QueueUrl":"q","MessageBody":["x"]}',
    "a number for a string": b'{"QueueUrl":"q","MessageBody":1}',
    "an object for a string": b'{"QueueUrl":{},"MessageBody":"x"}',
    "text for a number": b'{"QueueUrl":"q","MessageBody":"x","DelaySeconds":"soon"}',
    "a fraction for a number": b'{"QueueUrl":"q","MessageBody":"x","DelaySeconds":1.5}',
    "a boolean for a number": b'{"QueueUrl":"q","MessageBody":"x","DelaySeconds":true}',
    "an array for a number": b'{"QueueUrl":"q","MessageBody":"x","DelaySeconds":[0]}',
    "an array for a map": b'{"QueueUrl":"q","MessageBody":"x","MessageAttributes":[]}',
    "text for a map": b'{"QueueUrl":"q","MessageBody":"x","MessageAttributes":"a"}',
    "text for a structure": b'{"QueueUrl":"q","MessageBody":"x","MessageAttributes":{"a":"b"}}',
    "a number for a type": b'{"QueueUrl":"q","MessageBody":"x","MessageAttributes":{"a":{"DataType":1}}}',
    "no base64": (
        b'{"QueueUrl":"q","MessageBody":"x","MessageAttributes":{"a":{"DataType":"Binary","BinaryValue":"%"}}}'
    ),
    "base64 without its padding": b'{"QueueUrl":"q","MessageBody":"x",'
    b'"MessageAttributes":{"a":{"DataType":"Binary","BinaryValue":"iVBORw"}}}',
    "an array for a blob": b'{"QueueUrl":"q","MessageBody":"x",'
    b'"MessageAttributes":{"a":{"DataType":"Binary","BinaryValue":[1]}}}',
}


@pytest.mark.parametrize("body", [*BROKEN.values(), *WRONG_TYPES.values()], ids=[*BROKEN, *WRONG_TYPES])
def test_what_cannot_be_read_is_refused_and_sends_nothing(sqs: Sqs, body: bytes) -> None:
    url = sqs.create()

    with pytest.raises(Refused) as caught:
        send_raw(sqs, body)

    assert (caught.value.status, caught.value.code) == (400, "SerializationException")
    assert caught.value.shape == "com.amazon.coral.service#SerializationException"
    assert caught.value.message
    assert "Traceback" not in caught.value.message
    assert sqs.counts(url) == (0, 0, 0)


@pytest.mark.parametrize("number", [2**31, 2**63 - 1, 2**63, 2**64, 10**30, -(10**30)])
def test_a_huge_number_is_out_of_range(sqs: Sqs, number: int) -> None:
    url = sqs.create()

    with refused("InvalidParameterValue"):
        sqs.send(url, DelaySeconds=number)
    with refused("InvalidParameterValue"):
        sqs.receive(url, WaitTimeSeconds=number)

    assert sqs.counts(url) == (0, 0, 0)


def test_the_last_of_two_members_with_one_name_counts(sqs: Sqs) -> None:
    url = sqs.create()

    send_raw(sqs, b'{"QueueUrl":"q","MessageBody":"first","MessageBody":"second"}')

    assert [message["Body"] for message in sqs.receive(url)] == ["second"]


def test_answers_are_compact_utf_8(sqs: Sqs) -> None:
    url = sqs.create()
    sqs.send(url, "é😀")

    response = sqs.ask(json_call("ReceiveMessage", {"QueueUrl": url}))

    assert '"Body":"é😀"' in response.body.decode()
    assert json.loads(response.body)["Messages"][0]["Body"] == "é😀"


def test_sender_fault_is_a_boolean_and_counts_are_strings(sqs: Sqs) -> None:
    url = sqs.create()

    batch = sqs.call("DeleteMessageBatch", QueueUrl=url, Entries=[{"Id": "a", "ReceiptHandle": "x"}])
    shown = sqs.attributes(url)

    assert batch["Failed"][0]["SenderFault"] is True
    assert all(isinstance(value, str) for value in shown.values())
