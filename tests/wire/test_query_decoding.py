"""How parameters of the Query protocol may be spelt: numbered lists, maps, forms and URLs, and old clients' habits."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote, urlencode

import pytest

from tests.raw_http import http, query_call
from tests.sqs_by_hand import Sqs, queue_url, read_xml, refused, texts

URL: Final = f"QueueUrl={quote(queue_url(), safe='')}"

TWO_NAMES: Final = {
    "numbered": "AttributeName.1=QueueArn&AttributeName.2=DelaySeconds",
    "with a gap": "AttributeName.1=QueueArn&AttributeName.7=DelaySeconds",
    "from 0": "AttributeName.0=QueueArn&AttributeName.1=DelaySeconds",
    "out of order": "AttributeName.2=DelaySeconds&AttributeName.1=QueueArn",
    "with leading zeros": "AttributeName.01=QueueArn&AttributeName.02=DelaySeconds",
    "ten after nine": "AttributeName.10=DelaySeconds&AttributeName.9=QueueArn",
    "a number that no machine word holds": f"AttributeName.{'9' * 30}=DelaySeconds&AttributeName.1=QueueArn",
    "a number of 5,000 digits": f"AttributeName.{'9' * 5000}=DelaySeconds&AttributeName.1=QueueArn",
    "by the member's name": "AttributeNames.1=QueueArn&AttributeNames.2=DelaySeconds",
    "half in the URL": "AttributeName.1=QueueArn",
}


@pytest.mark.parametrize(("kind", "names"), TWO_NAMES.items(), ids=TWO_NAMES)
def test_a_list_is_read_in_the_order_of_its_numbers(sqs: Sqs, kind: str, names: str) -> None:
    sqs.create()
    path = "/?AttributeName.2=DelaySeconds" if kind == "half in the URL" else "/"

    root = sqs.query(f"Action=GetQueueAttributes&{URL}&{names}", path=path)

    assert texts(root, ".//Attribute/Name") == ["QueueArn", "DelaySeconds"]


def test_a_list_of_one_needs_no_number(sqs: Sqs) -> None:
    sqs.create()

    root = sqs.query(f"Action=GetQueueAttributes&{URL}&AttributeName=QueueArn")

    assert texts(root, ".//Attribute/Name") == ["QueueArn"]


@pytest.mark.parametrize(
    "parameter", ["AttributeName=", "MessageAttributeName=", "MessageSystemAttributeName=", "AttributeName"]
)
def test_an_empty_list_is_sent_as_an_empty_value(sqs: Sqs, parameter: str) -> None:
    sqs.create()
    sqs.send("q")

    root = sqs.query(f"Action=ReceiveMessage&{URL}&{parameter}")

    assert texts(root, ".//Body") == ["hello"]
    assert texts(root, ".//Attribute/Name") == []


MAPS: Final = {
    "numbered": "Attribute.1.Name=DelaySeconds&Attribute.1.Value=5&Attribute.2.Name=VisibilityTimeout"
    "&Attribute.2.Value=7",
    "value before name": "Attribute.1.Value=5&Attribute.1.Name=DelaySeconds&Attribute.2.Value=7"
    "&Attribute.2.Name=VisibilityTimeout",
    "with gaps, from 0": "Attribute.0.Name=DelaySeconds&Attribute.0.Value=5&Attribute.9.Name=VisibilityTimeout"
    "&Attribute.9.Value=7",
}


@pytest.mark.parametrize("pairs", MAPS.values(), ids=MAPS)
def test_a_map_is_read_from_its_numbered_pairs(sqs: Sqs, pairs: str) -> None:
    url = sqs.create()

    sqs.query(f"Action=SetQueueAttributes&{URL}&{pairs}")

    assert sqs.attributes(url, "DelaySeconds", "VisibilityTimeout") == {"DelaySeconds": "5", "VisibilityTimeout": "7"}


def test_a_map_of_one_needs_no_number(sqs: Sqs) -> None:
    url = sqs.create()

    sqs.query(f"Action=SetQueueAttributes&{URL}&Attribute.Name=DelaySeconds&Attribute.Value=5")

    assert sqs.attributes(url, "DelaySeconds") == {"DelaySeconds": "5"}


def test_an_empty_value_is_a_value(sqs: Sqs) -> None:
    url = sqs.create(Policy='{"Version":"2012-10-17","Statement":[]}')

    sqs.query(f"Action=SetQueueAttributes&{URL}&Attribute.1.Name=Policy&Attribute.1.Value=")

    assert sqs.attributes(url, "Policy") == {}


def test_ten_attributes_keep_their_order(sqs: Sqs) -> None:
    url = sqs.create()
    pairs = [
        pair
        for number in range(10, 0, -1)
        for pair in (
            (f"MessageAttribute.{number}.Name", f"a{number}"),
            (f"MessageAttribute.{number}.Value.DataType", "Number"),
            (f"MessageAttribute.{number}.Value.StringValue", str(number)),
        )
    ]

    sqs.query(f"Action=SendMessage&{URL}&MessageBody=x&{urlencode(pairs)}")
    (message,) = sqs.receive(url, MessageAttributeNames=["All"])

    assert list(message["MessageAttributes"]) == [f"a{number}" for number in range(1, 11)]
    assert message["MessageAttributes"]["a10"] == {"DataType": "Number", "StringValue": "10"}


def test_a_batch_nests_its_attributes(sqs: Sqs) -> None:
    url = sqs.create()
    entry = "SendMessageBatchRequestEntry"

    sqs.query(
        f"Action=SendMessageBatch&{URL}&{entry}.1.Id=a&{entry}.1.MessageBody=1&{entry}.1.DelaySeconds=0"
        f"&{entry}.1.MessageAttribute.1.Name=k&{entry}.1.MessageAttribute.1.Value.DataType=Binary"
        f"&{entry}.1.MessageAttribute.1.Value.BinaryValue=iVBORw%3D%3D"
        f"&{entry}.1.MessageSystemAttribute.1.Name=AWSTraceHeader"
        f"&{entry}.1.MessageSystemAttribute.1.Value.DataType=String"
        f"&{entry}.1.MessageSystemAttribute.1.Value.StringValue=Root%3D1"
    )
    (message,) = sqs.receive(url, MessageAttributeNames=["All"], AttributeNames=["AWSTraceHeader"])

    assert message["MessageAttributes"] == {"k": {"DataType": "Binary", "BinaryValue": "iVBORw=="}}
    assert message["Attributes"] == {"AWSTraceHeader": "Root=1"}


def received_with(sqs: Sqs, names: str) -> Any:
    """Return the names of the system attributes and of the message attributes that come with a message."""
    url = sqs.create()
    sqs.send(url, MessageAttributes={"a": {"DataType": "String", "StringValue": "x"}})
    root = sqs.query(f"Action=ReceiveMessage&{URL}&{names}")
    return texts(root, ".//Message/Attribute/Name"), texts(root, ".//MessageAttribute/Name")


# kombu's spellings among them: `MessageSystemAttributeName.N`, and the plural that no page documents.
RECEIVE_NAMES: Final = {
    "AttributeName.1=ApproximateReceiveCount": (["ApproximateReceiveCount"], []),
    "MessageSystemAttributeName.1=ApproximateReceiveCount": (["ApproximateReceiveCount"], []),
    "MessageSystemAttributeNames.1=ApproximateReceiveCount": (["ApproximateReceiveCount"], []),
    "AttributeName.1=SenderId&MessageSystemAttributeName.1=SentTimestamp": (["SenderId", "SentTimestamp"], []),
    "MessageAttributeName.1=a": ([], ["a"]),
    "MessageAttributeNames.1=a": ([], ["a"]),
    "MessageAttributeNames.1=All&MessageSystemAttributeName.1=SenderId": (["SenderId"], ["a"]),
    "AttributeName.1=ALL": (
        ["SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp"],
        [],
    ),
}


@pytest.mark.parametrize(("names", "expected"), RECEIVE_NAMES.items(), ids=RECEIVE_NAMES)
def test_names_of_attributes_are_read_in_every_spelling(
    sqs: Sqs, names: str, expected: tuple[list[str], list[str]]
) -> None:
    assert received_with(sqs, names) == expected


def test_the_poll_of_an_old_kombu_is_understood(sqs: Sqs) -> None:
    url = sqs.create()
    sqs.send(url)
    form = b"MaxNumberOfMessages=10&AttributeName.1=ApproximateReceiveCount&WaitTimeSeconds=0&Action=ReceiveMessage"

    root = read_xml(sqs.ask(query_call(form, target="/000000000000/q")))

    assert texts(root, ".//Body") == ["hello"]
    assert texts(root, ".//Attribute/Value") == ["1"]


# Form and URL.


def test_parameters_may_be_split_between_url_and_form(sqs: Sqs) -> None:
    url = sqs.create()

    sqs.query("MessageBody=both", path=f"/?Action=SendMessage&{URL}")

    assert [message["Body"] for message in sqs.receive(url)] == ["both"]


def test_the_forms_value_wins_over_the_urls(sqs: Sqs) -> None:
    url = sqs.create()

    sqs.query(f"Action=SendMessage&{URL}&MessageBody=form", path="/?MessageBody=URL")

    assert [message["Body"] for message in sqs.receive(url)] == ["form"]


def test_of_two_parameters_with_one_name_the_last_one_counts(sqs: Sqs) -> None:
    url = sqs.create()

    sqs.query(f"Action=ListQueues&Action=SendMessage&{URL}&MessageBody=first&MessageBody=second")

    assert [message["Body"] for message in sqs.receive(url)] == ["second"]


BODIES: Final = {
    "a+b": "a b",
    "a%20b": "a b",
    "a%2Bb": "a+b",
    "a%3Db%26c": "a=b&c",
    "a=b": "a=b",
    "%C3%A9%F0%9F%98%80": "é😀",
    "é": "é",
    "a;b": "a;b",
    "100%": "100%",
    "%zz": "%zz",
    "a%0D%0Ab%09": "a\r\nb\t",
}


@pytest.mark.parametrize(("spelt", "body"), BODIES.items(), ids=BODIES)
def test_a_value_is_url_decoded_as_utf_8(sqs: Sqs, spelt: str, body: str) -> None:
    url = sqs.create()

    sqs.query(f"Action=SendMessage&{URL}&MessageBody={spelt}")

    assert [message["Body"] for message in sqs.receive(url)] == [body]


@pytest.mark.parametrize("spelt", [b"%ff", b"\xff", b"%ed%a0%80", b"%c3"], ids=repr)
def test_bytes_that_are_no_utf_8_are_refused(sqs: Sqs, spelt: bytes) -> None:
    url = sqs.create()

    with refused("InvalidParameterValue"):
        read_xml(sqs.ask(query_call(f"Action=SendMessage&{URL}&MessageBody=".encode() + spelt)))

    assert sqs.counts(url) == (0, 0, 0)


def test_bytes_that_are_no_utf_8_in_a_url_are_refused(sqs: Sqs) -> None:
    with refused("InvalidParameterValue"):
        read_xml(sqs.ask(http("GET", "/?Action=ListQueues&QueueNamePrefix=%ff")))


def test_names_are_case_sensitive(sqs: Sqs) -> None:
    sqs.create()

    with refused("MissingParameter", "The request must contain the parameter MessageBody."):
        sqs.query(f"Action=SendMessage&{URL}&messageBody=x")


def test_unknown_parameters_are_ignored(sqs: Sqs) -> None:
    url = sqs.create()

    sqs.query(f"Action=SendMessage&{URL}&MessageBody=x&Nonsense=1&Nonsense.1.More=2&&=&.=&...=1&MessageBody.1=y")

    assert [message["Body"] for message in sqs.receive(url)] == ["x"]


@pytest.mark.parametrize(
    "value", ["null", "1.0", "1e1", "", " 1", "0x1", "one", "\u0661", "9" * 5000, "--1", "+1", "1_0"]
)
def test_an_integer_is_ascii_digits(sqs: Sqs, value: str) -> None:
    url = sqs.create()

    with refused("InvalidParameterValue"):
        sqs.query({"Action": "ReceiveMessage", "QueueUrl": url, "MaxNumberOfMessages": value})


@pytest.mark.parametrize(("value", "number"), [("2", 2), ("02", 2), ("10", 3)])
def test_an_integer_may_have_leading_zeros(sqs: Sqs, value: str, number: int) -> None:
    url = sqs.create()
    for body in "abc":
        sqs.send(url, body)

    root = sqs.query({"Action": "ReceiveMessage", "QueueUrl": url, "MaxNumberOfMessages": value})

    assert len(root.findall(".//Message")) == number


@pytest.mark.parametrize("spelt", ["%%%", "iVBORw", "iVBORw=", "é", "iVBO Rw=="])
def test_a_binary_value_that_is_no_base64_is_refused(sqs: Sqs, spelt: str) -> None:
    url = sqs.create()
    attribute = {
        "MessageAttribute.1.Name": "a",
        "MessageAttribute.1.Value.DataType": "Binary",
        "MessageAttribute.1.Value.BinaryValue": spelt,
    }

    with refused("InvalidParameterValue"):
        sqs.query({"Action": "SendMessage", "QueueUrl": url, "MessageBody": "x", **attribute})

    assert sqs.counts(url) == (0, 0, 0)


ODD_SHAPES: Final = {
    "an entry that is a text": "SendMessageBatchRequestEntry.1=x",
    "a list that is a text": "SendMessageBatchRequestEntry=x",
    "an attribute that is a text": "MessageAttribute.1=x",
    "a value that is a text": "MessageAttribute.1.Name=a&MessageAttribute.1.Value=x",
    "an attribute without a name": "MessageAttribute.1.Value.DataType=String",
    "an attribute without a value": "MessageAttribute.1.Name=a",
    "a deep one": "MessageAttribute" + ".1" * 5000 + "=x",
    "a text and more under it": "MessageBody=a&MessageBody.1.b=c",
    "more and a text above it": "MessageBody.1.b=c&MessageBody=a",
    "dots only": "........=x",
}


@pytest.mark.parametrize("pairs", ODD_SHAPES.values(), ids=ODD_SHAPES)
@pytest.mark.parametrize("action", ["SendMessage", "SendMessageBatch"])
def test_a_parameter_of_the_wrong_shape_is_ignored_or_refused(sqs: Sqs, action: str, pairs: str) -> None:
    sqs.create()

    response = sqs.ask(query_call(f"Action={action}&{URL}&MessageBody=x&{pairs}".encode()))

    assert response.status in (200, 400)


def test_what_an_error_echoes_is_legal_xml(sqs: Sqs) -> None:
    url = sqs.create()
    odd = '\x00\x0b\ufffe<&>"\r\n'

    with refused("ReceiptHandleIsInvalid", status=404):
        sqs.query({"Action": "DeleteMessage", "QueueUrl": url, "ReceiptHandle": odd})
    response = sqs.ask(query_call(urlencode({"Action": odd}).encode()))

    message = read_xml_message(response.body)
    assert message == 'The action \ufffd\ufffd\ufffd<&>"\r\n is not valid for this endpoint.'


def read_xml_message(body: bytes) -> str | None:
    from xml.etree import ElementTree

    return ElementTree.fromstring(body).findtext("{*}Error/{*}Message")
