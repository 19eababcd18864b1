"""Message attributes: types, checksums, names, and which of them a receive asks for."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Message, Sqs, refused

Attributes = dict[str, dict[str, Any]]


def text(value: str, kind: str = "String") -> dict[str, Any]:
    return {"DataType": kind, "StringValue": value}


def binary(value: bytes, kind: str = "Binary") -> dict[str, Any]:
    return {"DataType": kind, "BinaryValue": value}


def receive(sqs: Sqs, url: str, *names: str) -> Message:
    return sqs.receive_one(url, MessageAttributeNames=list(names))


# Checksums.

CHECKSUMS: Final[dict[str, tuple[Attributes, str]]] = {
    "a letter": ({"k": text("x")}, "a45daa70926828a2f0a1db3418e6feb4"),
    "a text": ({"Foo": text("Bar")}, "ae7155c6026991b6d54b11589678bf9c"),
    "a number": ({"timestamp": text("1493147359900", "Number")}, "235c5c510d26fb653d073faed50ae77c"),
    "three texts": (
        {"General": text("Kenobi"), "Hello": text("There"), "Help.Me": text("Me")},
        "4c360f3fdafd970e05fae2f149d997f5",
    ),
    "bytes": (
        {"attr1": binary(b"traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01")},
        "8cbe4db156db8a94db8b801b7addb984",
    ),
}


@recorded("MD5OfMessageAttributes of these attributes")
@pytest.mark.parametrize(("attributes", "md5"), CHECKSUMS.values(), ids=CHECKSUMS)
def test_attributes_come_back_with_their_checksum(sqs: Sqs, queue: str, attributes: Attributes, md5: str) -> None:
    sent = sqs.send(queue, MessageAttributes=attributes)
    received = receive(sqs, queue, "All")

    assert sent["MD5OfMessageAttributes"] == received["MD5OfMessageAttributes"] == md5
    assert received["MessageAttributes"] == attributes


@ground("Developer Guide, Amazon SQS message metadata")
def test_the_checksum_is_of_whole_types_in_the_order_of_names(sqs: Sqs, queue: str) -> None:
    attributes = {"name": text("Zoë"), "Data": binary(b"\x89PNG", "Binary.png"), "Count": text("42", "Number.int")}

    sent = sqs.send(queue, MessageAttributes=attributes)
    received = receive(sqs, queue, "All")

    assert sent["MD5OfMessageAttributes"] == "4a3fa9d3f5bfe33be4bccd6afbaeea8f"
    assert received["MessageAttributes"] == attributes


@ground("Developer Guide, Amazon SQS message metadata")
@pytest.mark.parametrize(
    "number",
    ["0", "-1", "12345678901234567890123456789012345678", "1e126", "1E-128", "-0.5"],
)
def test_a_number_has_up_to_38_digits(sqs: Sqs, queue: str, number: str) -> None:
    sqs.send(queue, MessageAttributes={"n": text(number, "Number")})

    assert receive(sqs, queue, "n")["MessageAttributes"] == {"n": text(number, "Number")}


@recorded("a message attribute's name with letters beyond ASCII is taken")
def test_a_name_may_have_letters_with_diacritics(sqs: Sqs, queue: str) -> None:
    attributes = {"attr.1øßä": text("x")}

    sqs.send(queue, MessageAttributes=attributes)

    assert receive(sqs, queue, "All")["MessageAttributes"] == attributes


# What a receive asks for.

OF_JEDI: Final = {"General": text("Kenobi"), "Hello": text("There"), "Help.Me": text("Me")}


@recorded("MessageAttributeNames so: these attributes, and a checksum of these alone")
@pytest.mark.parametrize(
    ("names", "found", "md5"),
    [
        (["All"], ["General", "Hello", "Help.Me"], "4c360f3fdafd970e05fae2f149d997f5"),
        ([".*"], ["General", "Hello", "Help.Me"], "4c360f3fdafd970e05fae2f149d997f5"),
        (["*"], ["General", "Hello", "Help.Me"], "4c360f3fdafd970e05fae2f149d997f5"),
        (["Hel.*"], ["Hello", "Help.Me"], "83fee93c1bcd8b9a5a923ffacdc636c7"),
        (["General", "Hello"], ["General", "Hello"], "fca026605781cb4126a1e9044df24232"),
        (["Gen.*", "Hello.*"], ["General", "Hello"], "fca026605781cb4126a1e9044df24232"),
        (["General.*", "Hello", "Nobody"], ["General", "Hello"], "fca026605781cb4126a1e9044df24232"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_receive_names_attributes_or_their_beginnings(
    sqs: Sqs, queue: str, names: list[str], found: list[str], md5: str
) -> None:
    sqs.send(queue, MessageAttributes=OF_JEDI)

    received = receive(sqs, queue, *names)

    assert received["MessageAttributes"] == {name: OF_JEDI[name] for name in found}
    assert received["MD5OfMessageAttributes"] == md5


@recorded("MessageAttributeNames that match nothing, or are no names: no attributes in the answer, and no error")
@pytest.mark.parametrize("name", ["Help", "general", "AWS.", "..foo", "Hel"])
def test_what_matches_nothing_brings_nothing(sqs: Sqs, queue: str, name: str) -> None:
    sqs.send(queue, MessageAttributes=OF_JEDI)

    received = receive(sqs, queue, name)

    assert "MessageAttributes" not in received
    assert "MD5OfMessageAttributes" not in received


@ground("API Reference, ReceiveMessage")
def test_attributes_come_only_if_asked_for(sqs: Sqs, queue: str) -> None:
    sqs.send(queue, MessageAttributes=OF_JEDI)

    received = receive(sqs, queue)

    assert received.keys() == {"MessageId", "ReceiptHandle", "MD5OfBody", "Body"}


# What is refused.


@ground("Developer Guide, Amazon SQS message quotas")
def test_a_message_may_have_ten_attributes(sqs: Sqs, queue: str) -> None:
    attributes = {f"name-{number}": text(str(number)) for number in range(10)}

    sqs.send(queue, MessageAttributes=attributes)

    assert receive(sqs, queue, "All")["MessageAttributes"] == attributes


@recorded("a public report quotes SendMessage's words for eleven attributes")
def test_a_message_may_not_have_eleven_attributes(sqs: Sqs, queue: str) -> None:
    words = "Number of message attributes [11] exceeds the allowed maximum [10]."

    with refused("InvalidParameterValue", words):
        sqs.send(queue, MessageAttributes={f"name-{number}": text(str(number)) for number in range(11)})


EMPTY: Final = "Message (user) attribute 'a' must contain a non-empty value of type 'String'."
WRONG_TYPE: Final = (
    "The type of message (user) attribute 'a' is invalid. "
    "You must use only the following supported type prefixes: Binary, Number, String."
)


@pytest.mark.parametrize(
    ("attribute", "words"),
    [
        pytest.param(text(""), EMPTY, id="empty text", marks=recorded("an empty String attribute, in these words")),
        pytest.param({"DataType": "String"}, EMPTY, id="no text", marks=recorded("a String attribute without a value")),
        pytest.param(
            text("x", "string"),
            WRONG_TYPE,
            id="type in small letters",
            marks=recorded("a report of 2023 has the words"),
        ),
        pytest.param(
            text("x", "Text"), WRONG_TYPE, id="unknown type", marks=recorded("a report of 2023 has the words")
        ),
        pytest.param(
            text("x", "Stringy"), WRONG_TYPE, id="type with a tail", marks=recorded("a report of 2023 has the words")
        ),
        pytest.param(text("x", ""), None, id="empty type", marks=recorded("an attribute without a type is refused")),
        pytest.param(
            text("one", "Number"), None, id="number in letters", marks=recorded("a Number that is none is refused")
        ),
        pytest.param(
            text("a\x00b"), None, id="character that XML has not", marks=recorded("refused, as InvalidParameterValue")
        ),
        pytest.param(
            text("x", "String." + "x" * 250), None, id="long type", marks=recorded("a type of 257 bytes is refused")
        ),
    ],
)
def test_an_attribute_that_cannot_be_is_refused(
    sqs: Sqs, queue: str, attribute: dict[str, Any], words: str | None
) -> None:
    with refused("InvalidParameterValue", words):
        sqs.send(queue, MessageAttributes={"a": attribute})

    assert sqs.look(queue) == []


@recorded("an attribute with such a name is refused, as InvalidParameterValue")
@pytest.mark.parametrize(
    "name",
    ["AWS.a", "aws.a", "Amazon.a", "amazon.a", ".a", "a.", "a b", "a$", "a" * 257],
    ids=["AWS.", "aws.", "Amazon.", "amazon.", "dot first", "dot last", "space", "punctuation", "257 bytes"],
)
def test_an_attribute_of_such_a_name_is_refused(sqs: Sqs, queue: str, name: str) -> None:
    with refused("InvalidParameterValue"):
        sqs.send(queue, MessageAttributes={name: text("x")})


@ground("Developer Guide, Amazon SQS message metadata")
@pytest.mark.parametrize(
    "name", ["a" * 256, "aZ09_-.z", "AWSome", "Amazonas"], ids=["256 bytes", "all", "AWS", "Amazon"]
)
def test_an_attribute_of_such_a_name_is_taken(sqs: Sqs, queue: str, name: str) -> None:
    sqs.send(queue, MessageAttributes={name: text("x")})

    assert receive(sqs, queue, name)["MessageAttributes"] == {name: text("x")}
