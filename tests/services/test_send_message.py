"""SendMessage: bodies, sizes, delays, groups, and the rules for message attributes."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.sqs_by_hand import START, Sqs, refused, texts

BAD_TEXT: Final = (
    "Invalid characters found. "
    "Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
)


def string(value: str = "x", data_type: str = "String") -> dict[str, str]:
    return {"DataType": data_type, "StringValue": value}


# Bodies.


LEGAL: Final = ["\t", "\n", "\r", "\r\n", " ", "\x7f", "\x85", "\ud7ff", "\ue000", "\ufffd", "\U00010000", "\U0010ffff"]


@pytest.mark.parametrize("body", LEGAL, ids=ascii)
def test_a_legal_character_comes_back_verbatim_in_both_protocols(sqs: Sqs, body: str) -> None:
    url = sqs.create(VisibilityTimeout="0")
    sqs.send(url, f"a{body}b")

    (in_json,) = sqs.receive(url)
    in_query = sqs.query({"Action": "ReceiveMessage", "QueueUrl": url})

    assert in_json["Body"] == f"a{body}b"
    assert texts(in_query, ".//Body") == [f"a{body}b"]
    assert texts(in_query, ".//MD5OfBody") == [in_json["MD5OfBody"]]


@pytest.mark.parametrize("body", ["\x00", "\x08", "\x0b", "\x0c", "\x0e", "\x1f", "\ufffe", "\uffff"], ids=ascii)
def test_an_illegal_character_is_refused(sqs: Sqs, body: str) -> None:
    url = sqs.create()

    with refused("InvalidMessageContents", BAD_TEXT):
        sqs.send(url, f"a{body}b")
    with refused("InvalidMessageContents", BAD_TEXT):
        sqs.query({"Action": "SendMessage", "QueueUrl": url, "MessageBody": f"a{body}b"})

    assert sqs.counts(url) == (0, 0, 0)


# Sizes.

ONE_MIB: Final = 1_048_576


def too_long(limit: int) -> str:
    return f"One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes."


@pytest.mark.parametrize(("protocol", "letter"), [("JSON", "é"), ("Query", "x")])
def test_a_message_of_one_mib_is_accepted_and_one_byte_more_is_not(sqs: Sqs, protocol: str, letter: str) -> None:
    url = sqs.create()
    largest = letter * (ONE_MIB // len(letter.encode()))

    def send(body: str) -> Any:
        if protocol == "JSON":
            return sqs.send(url, body)
        return sqs.query({"Action": "SendMessage", "QueueUrl": url, "MessageBody": body})

    send(largest)
    with refused("InvalidParameterValue", too_long(ONE_MIB)):
        send(largest + "x")

    (message,) = sqs.receive(url)
    assert message["Body"] == largest


def test_names_types_and_values_of_attributes_count(sqs: Sqs) -> None:
    url = sqs.create(MaximumMessageSize="1024")
    attributes = {
        "é" * 5: string("é" * 10, "String.é"),
        "bytes": {"DataType": "Binary", "BinaryValue": "AAAAAA=="},
    }
    size = 10 + 20 + 9 + 5 + 6 + 4

    sqs.send(url, "x" * (1024 - size), MessageAttributes=attributes)
    with refused("InvalidParameterValue", too_long(1024)):
        sqs.send(url, "x" * (1024 - size + 1), MessageAttributes=attributes)


def test_system_attributes_do_not_count(sqs: Sqs) -> None:
    url = sqs.create(MaximumMessageSize="1024")

    sqs.send(url, "x" * 1024, MessageSystemAttributes={"AWSTraceHeader": string("Root=" + "x" * 2_000)})

    assert sqs.counts(url) == (1, 0, 0)


# The order of the checks, as far as it is settled: each of these has the fault of all that follow.


def test_the_first_fault_is_told(sqs: Sqs) -> None:
    url = sqs.create(MaximumMessageSize="1024")
    bad: dict[str, Any] = {
        "MessageAttributes": {"a": string("")},
        "MessageSystemAttributes": {"Nonsense": string()},
        "MessageGroupId": "a b",
        "DelaySeconds": 901,
    }

    with refused("AWS.SimpleQueueService.NonExistentQueue"):
        sqs.send("none", "", **bad)
    with refused("MissingParameter"):
        sqs.send(url, "", **bad)
    with refused("InvalidParameterValue", too_long(1024)):
        sqs.send(url, "\x00" * 2_000, **bad)
    with refused("InvalidMessageContents"):
        sqs.send(url, "\x00", **bad)
    with refused("InvalidParameterValue", empty("String")):
        sqs.send(url, "x", **bad)
    del bad["MessageAttributes"]
    with refused("InvalidParameterValue", "Message system attribute name 'Nonsense' is invalid."):
        sqs.send(url, "x", **bad)
    del bad["MessageSystemAttributes"]
    with refused("InvalidParameterValue"):
        sqs.send(url, "x", **bad)

    assert sqs.counts(url) == (0, 0, 0)


# Delays.


@pytest.mark.parametrize(
    ("queue", "message", "effective"), [("0", None, 0), ("5", None, 5), ("5", 0, 0), ("0", 900, 900), ("5", 1, 1)]
)
def test_a_messages_own_delay_wins_over_the_queues(sqs: Sqs, queue: str, message: int | None, effective: int) -> None:
    url = sqs.create(DelaySeconds=queue)

    sqs.send(url, DelaySeconds=message)

    if effective:
        sqs.clock.advance(effective - 0.001)
        assert sqs.counts(url) == (0, 0, 1)
        assert sqs.receive(url) == []
        sqs.clock.advance(0.001)
    assert sqs.counts(url) == (1, 0, 0)
    assert len(sqs.receive(url)) == 1


# Groups and ids.


def test_a_message_group_is_taken_and_returned(sqs: Sqs) -> None:
    url = sqs.create()
    group = "a" * 96 + "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

    sent = sqs.send(url, MessageGroupId=group)
    sqs.send(url, MessageGroupId=group)
    received = sqs.receive(url, AttributeNames=["All"])

    assert sent.keys() == {"MessageId", "MD5OfMessageBody"}
    assert [message["Attributes"]["MessageGroupId"] for message in received] == [group, group]
    assert all("SequenceNumber" not in message["Attributes"] for message in received)


def test_a_message_without_a_group_has_none(sqs: Sqs) -> None:
    url = sqs.create()
    sqs.send(url)

    (message,) = sqs.receive(url, AttributeNames=["MessageGroupId"])

    assert "Attributes" not in message


def test_every_message_has_an_id_of_its_own(sqs: Sqs) -> None:
    url = sqs.create()

    ids = {sqs.send(url)["MessageId"] for _ in range(100)}

    assert len(ids) == 100


# Message attributes.


def invalid_type(name: str) -> str:
    return (
        f"The type of message (user) attribute '{name}' is invalid. "
        "You must use only the following supported type prefixes: Binary, Number, String."
    )


def empty(kind: str) -> str:
    return f"Message (user) attribute 'a' must contain a non-empty value of type '{kind}'."


NO_TYPE: Final = "Message (user) attribute 'a' must contain a non-empty attribute type."
NO_NUMBER: Final = "Can't cast the value of message (user) attribute 'a' to a number."
NAME: Final = (
    "Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and "
    "underscores. "
)
RESERVED: Final = (
    "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for "
    "internal use. Additionally, they cannot start or end with '.'."
)

BAD_ATTRIBUTES: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "eleven": (
        {f"a{number}": string() for number in range(11)},
        "Number of message attributes [11] exceeds the allowed maximum [10].",
    ),
    "an empty string": ({"a": string("")}, empty("String")),
    "no value of a string": ({"a": {"DataType": "String"}}, empty("String")),
    "no value of a custom string": ({"a": {"DataType": "String.custom"}}, empty("String")),
    "an empty number": ({"a": string("", "Number")}, empty("Number")),
    "no value of a number": ({"a": {"DataType": "Number.int"}}, empty("Number")),
    "no bytes": ({"a": {"DataType": "Binary", "BinaryValue": ""}}, empty("Binary")),
    "no value of bytes": ({"a": {"DataType": "Binary"}}, empty("Binary")),
    "a string where bytes should be": ({"a": string("x", "Binary")}, empty("Binary")),
    "bytes where a string should be": ({"a": {"DataType": "String", "BinaryValue": "eA=="}}, empty("String")),
    "no type": ({"a": {"StringValue": "x"}}, NO_TYPE),
    "an empty type": ({"a": string("x", "")}, NO_TYPE),
    "nothing": ({"a": {}}, NO_TYPE),
    "null": ({"a": None}, NO_TYPE),
    "an unknown type": ({"a": string("x", "Boolean")}, invalid_type("a")),
    "a type in small letters": ({"a": string("x", "string")}, invalid_type("a")),
    "a type that only begins right": ({"a": string("x", "Strings")}, invalid_type("a")),
    "a type that begins with a dot": ({"a": string("x", ".String")}, invalid_type("a")),
    "a word for a number": ({"a": string("one", "Number")}, NO_NUMBER),
    "two points in a number": ({"a": string("1.2.3", "Number")}, NO_NUMBER),
    "hexadecimal": ({"a": string("0x1", "Number")}, NO_NUMBER),
    "infinity": ({"a": string("Infinity", "Number")}, NO_NUMBER),
    "not a number": ({"a": string("NaN", "Number")}, NO_NUMBER),
    "other digits": ({"a": string("\u0661", "Number")}, NO_NUMBER),
    "39 digits": ({"a": string("1" * 39, "Number")}, NO_NUMBER),
    "too large a number": ({"a": string("1e127", "Number")}, NO_NUMBER),
    "too small a number": ({"a": string("1e-129", "Number")}, NO_NUMBER),
    "an exponent of many digits": ({"a": string("1e999999999", "Number")}, NO_NUMBER),
    "an illegal character": ({"a": string("\x00")}, BAD_TEXT),
    "a name of 257 bytes": (
        {"é" * 128 + "x": string()},
        "Message (user) attribute names must be shorter than 256 Bytes",
    ),
    "a type of 257 bytes": (
        {"a": string("x", "String." + "x" * 250)},
        "Message (user) attribute types must be shorter than 256 Bytes",
    ),
    "a name with a space": ({"a b": string()}, NAME),
    "a name with a slash": ({"a/b": string()}, NAME),
    "an empty name": ({"": string()}, NAME),
    "AWS.": ({"AWS.x": string()}, RESERVED),
    "aws.": ({"aws.x": string()}, RESERVED),
    "Amazon.": ({"aMaZoN.x": string()}, RESERVED),
    "a leading dot": ({".a": string()}, RESERVED),
    "a trailing dot": ({"a.": string()}, RESERVED),
    "two dots": ({"a..b": string()}, RESERVED),
}


@pytest.mark.parametrize(("attributes", "message"), BAD_ATTRIBUTES.values(), ids=BAD_ATTRIBUTES)
def test_a_bad_message_attribute_is_refused(sqs: Sqs, attributes: dict[str, Any], message: str) -> None:
    url = sqs.create()

    with refused("InvalidParameterValue", message):
        sqs.send(url, MessageAttributes=attributes)

    assert sqs.counts(url) == (0, 0, 0)


GOOD_ATTRIBUTES: Final[dict[str, dict[str, Any]]] = {
    "ten": {f"a{number}": string() for number in range(10)},
    "a custom string": {"a": string("x", "String.custom")},
    "a dot at the end of a type": {"a": string("x", "String.")},
    "an integer": {"a": string("42", "Number.int")},
    "a negative fraction": {"a": string("-0.5", "Number")},
    "no digit before the point": {"a": string(".5", "Number")},
    "an exponent": {"a": string("1.5E+10", "Number")},
    "the largest": {"a": string("1e126", "Number")},
    "38 digits of a large one": {"a": string("9" * 38 + "e88", "Number")},
    "the smallest": {"a": string("1e-128", "Number")},
    "zero": {"a": string("0", "Number")},
    "38 digits and zeros around": {"a": string("00" + "1" * 38 + ".00", "Number")},
    "bytes": {"a": {"DataType": "Binary", "BinaryValue": "AP8="}},
    "a picture": {"a": {"DataType": "Binary.png", "BinaryValue": "iVBORw=="}},
    "letters with diacritics": {"attr.1øßä": string("é😀")},
    "a name of 256 bytes": {"é" * 128: string()},
    "names that only look reserved": {"AWSx": string(), "amazon": string(), "x.AWS.y": string()},
    "the sign for all": {"All": string()},
    "white space in a value": {"a": string(" \r\n\t")},
}


@pytest.mark.parametrize("attributes", GOOD_ATTRIBUTES.values(), ids=GOOD_ATTRIBUTES)
def test_a_good_message_attribute_comes_back_as_it_was_sent(sqs: Sqs, attributes: dict[str, Any]) -> None:
    url = sqs.create()

    sqs.send(url, MessageAttributes=attributes)

    (message,) = sqs.receive(url, MessageAttributeNames=["All"])
    assert message["MessageAttributes"] == attributes


@pytest.mark.parametrize("member", ["StringListValues", "BinaryListValues"])
def test_lists_of_values_are_not_supported_and_empty_ones_are_no_part_of_the_message(sqs: Sqs, member: str) -> None:
    url = sqs.create()

    with refused("AWS.SimpleQueueService.UnsupportedOperation"):
        sqs.send(url, MessageAttributes={"a": {**string(), member: ["eA=="]}})
    sqs.send(url, MessageAttributes={"a": {**string(), member: []}})

    (message,) = sqs.receive(url, MessageAttributeNames=["All"])
    assert message["MessageAttributes"] == {"a": string()}


# System attributes.

TRACE: Final = "Root=1-5759e988-bd862e3fe1be46a994272793"


def test_a_trace_header_of_the_request_is_kept(sqs: Sqs) -> None:
    url = sqs.create()

    sqs.send(url, MessageSystemAttributes={"AWSTraceHeader": string(TRACE)}, headers={"X-Amzn-Trace-Id": "other"})

    (message,) = sqs.receive(url, AttributeNames=["AWSTraceHeader"])
    assert message["Attributes"] == {"AWSTraceHeader": TRACE}


def test_a_trace_header_of_http_stands_in_but_has_no_md5(sqs: Sqs) -> None:
    url = sqs.create()

    one = sqs.send(url, headers={"X-Amzn-Trace-Id": TRACE})
    batch = sqs.call(
        "SendMessageBatch",
        QueueUrl=url,
        Entries=[{"Id": "1", "MessageBody": "x"}],
        headers={"X-Amzn-Trace-Id": TRACE},
    )

    received = sqs.receive(url, AttributeNames=["AWSTraceHeader"])
    assert [message["Attributes"] for message in received] == [{"AWSTraceHeader": TRACE}] * 2
    assert "MD5OfMessageSystemAttributes" not in one
    assert "MD5OfMessageSystemAttributes" not in batch["Successful"][0]


BAD_SYSTEM: Final = {
    "an unknown one": ({"Nonsense": string()}, "Message system attribute name 'Nonsense' is invalid."),
    "one that only answers have": (
        {"SenderId": string()},
        "Message system attribute name 'SenderId' is invalid.",
    ),
    "another type": ({"AWSTraceHeader": string("1", "Number")}, None),
    "an empty value": ({"AWSTraceHeader": string("")}, None),
    "null": ({"AWSTraceHeader": None}, None),
    "an illegal character": ({"AWSTraceHeader": string("\x00")}, None),
}


@pytest.mark.parametrize(("attributes", "message"), BAD_SYSTEM.values(), ids=BAD_SYSTEM)
def test_a_bad_system_attribute_is_refused(sqs: Sqs, attributes: dict[str, Any], message: str | None) -> None:
    url = sqs.create()

    with refused("InvalidParameterValue", message):
        sqs.send(url, MessageSystemAttributes=attributes)

    assert sqs.counts(url) == (0, 0, 0)


def test_a_message_knows_when_it_was_sent(sqs: Sqs) -> None:
    url = sqs.create()
    sqs.clock.advance(1.234)

    sqs.send(url)
    sqs.clock.advance(1)

    (message,) = sqs.receive(url, AttributeNames=["SentTimestamp"])
    assert message["Attributes"] == {"SentTimestamp": str(START + 1_234)}
