"""The MD5s that SDKs check: AWS's recorded ones, on send and on receive, in both protocols."""

from __future__ import annotations

import base64
from typing import Any, Final

import pytest

from tests.sqs_by_hand import Sqs, texts


def string(value: str, data_type: str = "String") -> dict[str, str]:
    return {"DataType": data_type, "StringValue": value}


def binary(value: bytes, data_type: str = "Binary") -> dict[str, str]:
    return {"DataType": data_type, "BinaryValue": base64.b64encode(value).decode()}


GENERAL: Final = {"General": string("Kenobi"), "Hello": string("There"), "Help.Me": string("Me")}
TRACE: Final = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"

RECORDED: Final = {
    "one": ({"k": string("x")}, "a45daa70926828a2f0a1db3418e6feb4"),
    "Foo": ({"Foo": string("Bar")}, "ae7155c6026991b6d54b11589678bf9c"),
    "a number": ({"timestamp": string("1493147359900", "Number")}, "235c5c510d26fb653d073faed50ae77c"),
    "three": (GENERAL, "4c360f3fdafd970e05fae2f149d997f5"),
    "three, sent in another order": (dict(reversed(GENERAL.items())), "4c360f3fdafd970e05fae2f149d997f5"),
    "binary": (
        {"attr1": binary(b"traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01")},
        "8cbe4db156db8a94db8b801b7addb984",
    ),
    "types with suffixes, names of either case, letters that are not ASCII": (
        {"name": string("Zoë"), "Data": binary(b"\x89PNG", "Binary.png"), "Count": string("42", "Number.int")},
        "4a3fa9d3f5bfe33be4bccd6afbaeea8f",
    ),
}
attributes_and_md5: Final = pytest.mark.parametrize(("attributes", "md5"), RECORDED.values(), ids=RECORDED)


@attributes_and_md5
def test_message_attributes_have_the_md5_that_aws_answers(sqs: Sqs, attributes: dict[str, Any], md5: str) -> None:
    url = sqs.create()

    sent = sqs.send(url, MessageAttributes=attributes)
    (message,) = sqs.receive(url, MessageAttributeNames=["All"])

    assert sent["MD5OfMessageAttributes"] == message["MD5OfMessageAttributes"] == md5
    assert message["MessageAttributes"] == attributes


@attributes_and_md5
def test_the_query_protocol_has_the_same_md5(sqs: Sqs, attributes: dict[str, Any], md5: str) -> None:
    url = sqs.create()
    form = {"Action": "SendMessage", "QueueUrl": url, "MessageBody": "x"}
    for number, (name, value) in enumerate(attributes.items(), start=1):
        form[f"MessageAttribute.{number}.Name"] = name
        form.update({f"MessageAttribute.{number}.Value.{member}": text for member, text in value.items()})

    sent = sqs.query(form)
    received = sqs.query({"Action": "ReceiveMessage", "QueueUrl": url, "MessageAttributeName.1": ".*"})

    assert texts(sent, ".//MD5OfMessageAttributes") == texts(received, ".//MD5OfMessageAttributes") == [md5]


@pytest.mark.parametrize(
    ("names", "md5"),
    [
        (["Hel.*"], "83fee93c1bcd8b9a5a923ffacdc636c7"),
        (["General", "Hello"], "fca026605781cb4126a1e9044df24232"),
        (["All"], "4c360f3fdafd970e05fae2f149d997f5"),
        (["None"], None),
    ],
    ids=["a prefix", "two names", "all", "none"],
)
def test_the_md5_is_that_of_the_attributes_received(sqs: Sqs, names: list[str], md5: str | None) -> None:
    url = sqs.create()
    sqs.send(url, MessageAttributes=GENERAL)

    (message,) = sqs.receive(url, MessageAttributeNames=names)

    assert message.get("MD5OfMessageAttributes") == md5


def test_system_attributes_have_an_md5_of_their_own(sqs: Sqs) -> None:
    url = sqs.create()

    answer = sqs.send(
        url,
        MessageAttributes={"k": string("x")},
        MessageSystemAttributes={"AWSTraceHeader": string(TRACE)},
    )

    assert answer["MD5OfMessageSystemAttributes"] == "5ae4d5d7636402d80f4eb6d213245a88"
    assert answer["MD5OfMessageAttributes"] == "a45daa70926828a2f0a1db3418e6feb4"


@pytest.mark.parametrize("attributes", [None, {}])
def test_without_attributes_there_is_no_md5_of_them(sqs: Sqs, attributes: object) -> None:
    url = sqs.create()

    answer = sqs.send(url, "message", MessageAttributes=attributes, MessageSystemAttributes=attributes)
    (message,) = sqs.receive(url, MessageAttributeNames=["All"])

    assert answer.keys() == {"MessageId", "MD5OfMessageBody"}
    assert message.keys() == {"MessageId", "ReceiptHandle", "MD5OfBody", "Body"}


BODIES: Final = {
    "message": "78e731027d8fd50ed642340b7c9a63b3",
    "foobar": "3858f62230ac3c915f300c664312c63f",
    "a\r\nb": "65d5f03c46e62e3f2babbe712d2ce464",
    "é😀": "62b3afe3b01f6f80152b567d9b216cde",
}


@pytest.mark.parametrize(("body", "md5"), BODIES.items(), ids=repr)
def test_a_bodys_md5_is_that_of_its_utf_8(sqs: Sqs, body: str, md5: str) -> None:
    url = sqs.create()

    sent = sqs.query({"Action": "SendMessage", "QueueUrl": url, "MessageBody": body})
    (message,) = sqs.receive(url)

    assert texts(sent, ".//MD5OfMessageBody") == [md5]
    assert (message["Body"], message["MD5OfBody"]) == (body, md5)


def test_a_number_is_hashed_and_returned_as_it_was_sent(sqs: Sqs) -> None:
    url = sqs.create()

    first = sqs.send(url, MessageAttributes={"n": string("007.50", "Number")})
    second = sqs.send(url, MessageAttributes={"n": string("7.5", "Number")})
    received = sqs.receive(url, MessageAttributeNames=["All"])

    assert first["MD5OfMessageAttributes"] != second["MD5OfMessageAttributes"]
    assert received[0]["MessageAttributes"]["n"]["StringValue"] == "007.50"
