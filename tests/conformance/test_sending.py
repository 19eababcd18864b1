"""SendMessage: what it answers, which bodies it takes, delays, system attributes, what each type of queue demands."""

from __future__ import annotations

import time
import uuid
from typing import Any, Final

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Sqs, bodies, refused

MAXIMUM: Final = 1_048_576
TRACE: Final = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
MD5_OF_TRACE: Final = "5ae4d5d7636402d80f4eb6d213245a88"


def too_long(limit: int) -> str:
    return f"One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes."


# The answer.


@recorded("SendMessage to a standard queue answers MessageId and MD5OfMessageBody, and nothing that was not asked for")
def test_a_standard_queue_answers_an_id_and_a_checksum(sqs: Sqs, queue: str) -> None:
    answer = sqs.send(queue, "message")

    del answer["ResponseMetadata"]
    assert str(uuid.UUID(answer.pop("MessageId")))
    assert answer == {"MD5OfMessageBody": "78e731027d8fd50ed642340b7c9a63b3"}


@recorded("SendMessage to a FIFO queue answers a SequenceNumber of 20 digits too, and each is greater than the last")
def test_a_fifo_queue_answers_a_sequence_number_too(sqs: Sqs, fifo: str) -> None:
    answers = [sqs.send(fifo, body, MessageGroupId="g1") for body in ("foobar", "message")]

    for answer in answers:
        assert answer.keys() == {"MessageId", "MD5OfMessageBody", "SequenceNumber", "ResponseMetadata"}
        assert len(answer["SequenceNumber"]) == 20
    assert answers[0]["MD5OfMessageBody"] == "3858f62230ac3c915f300c664312c63f"
    assert int(answers[0]["SequenceNumber"]) < int(answers[1]["SequenceNumber"])


@ground("API Reference, SendMessage")
def test_the_id_is_the_received_messages(sqs: Sqs, queue: str) -> None:
    sent = sqs.send(queue)

    received = sqs.receive_one(queue)

    assert (received["MessageId"], received["MD5OfBody"]) == (sent["MessageId"], sent["MD5OfMessageBody"])


# Bodies.

LEGAL: Final = {
    "carriage returns": "a\r\nb\rc\n",
    "tabs and spaces": " \t a \t ",
    "XML": '<a b="c">&amp;\'</a>]]>',
    "beyond the first plane": "\U0001f600 \U0010ffff",
    "ends of the planes": "\ud7ff\ue000\ufffd\U00010000",
    "percent and plus": "a+b%20c%",
    "JSON": '{"a": "\\u0000"}',
    "control characters of ISO 8859": "\x7f\x80\x9f",
}


@ground("API Reference, SendMessage")
@pytest.mark.parametrize(
    "body",
    [pytest.param(body, id=name) for name, body in LEGAL.items()],
)
def test_a_body_comes_back_as_it_was_sent(sqs: Sqs, queue: str, body: str) -> None:
    sqs.send(queue, body)

    assert sqs.receive_one(queue)["Body"] == body


@recorded("SendMessage with such a character in the body: InvalidMessageContents")
@pytest.mark.parametrize("character", ["\uffff", "\x00", "\x08"], ids=["U+FFFF", "NUL", "U+0008"])
def test_a_body_with_a_character_that_xml_has_not_is_refused(sqs: Sqs, queue: str, character: str) -> None:
    with refused("InvalidMessageContents"):
        sqs.send(queue, f"a{character}b")

    assert sqs.look(queue) == []


@recorded("SendMessage with an empty body, or none: MissingParameter, in these words")
@pytest.mark.parametrize("members", [{"MessageBody": ""}, {}], ids=["empty", "absent"])
def test_a_message_has_a_body(sqs: Sqs, queue: str, members: dict[str, Any]) -> None:
    with refused("MissingParameter", "The request must contain the parameter MessageBody."):
        sqs.unchecked.send_message(QueueUrl=queue, **members)


@recorded("a message of exactly MaximumMessageSize is taken; one byte more is refused, in these words")
def test_a_message_may_be_as_long_as_its_queue_says(sqs: Sqs) -> None:
    url = sqs.create(MaximumMessageSize="1024")

    sqs.send(url, "x" * 1_024)

    with refused("InvalidParameterValue", too_long(1_024)):
        sqs.send(url, "x" * 1_025)


@recorded("a message of exactly 1 MiB is taken by a new queue; one byte more is refused, in these words")
def test_a_message_may_be_a_mebibyte_long(sqs: Sqs, queue: str) -> None:
    sqs.send(queue, "x" * MAXIMUM)

    with refused("InvalidParameterValue", too_long(MAXIMUM)):
        sqs.send(queue, "x" * (MAXIMUM + 1))
    assert len(sqs.receive_one(queue)["Body"]) == MAXIMUM


@ground("API Reference, SendMessage")
def test_the_length_is_that_of_the_bytes(sqs: Sqs) -> None:
    url = sqs.create(MaximumMessageSize="1024")

    sqs.send(url, "é" * 512)

    with refused("InvalidParameterValue", too_long(1_024)):
        sqs.send(url, "é" * 513)


@recorded("names, types and values of attributes count towards MaximumMessageSize")
def test_attributes_count_towards_the_length(sqs: Sqs) -> None:
    url = sqs.create(MaximumMessageSize="1024")
    attributes = {"name": {"DataType": "String", "StringValue": "value"}}
    rest = 1_024 - len("name" + "String" + "value")

    sqs.send(url, "x" * rest, MessageAttributes=attributes)

    with refused("InvalidParameterValue", too_long(1_024)):
        sqs.send(url, "x" * (rest + 1), MessageAttributes=attributes)


# Delays.


@ground("Developer Guide, Amazon SQS message timers")
def test_a_delayed_message_is_hidden(sqs: Sqs, queue: str) -> None:
    sqs.send(queue, DelaySeconds=900)

    sqs.eventually(lambda: sqs.counts(queue), (0, 0, 1))
    assert sqs.look(queue) == []


@ground("Developer Guide, Amazon SQS message timers")
def test_a_delayed_message_comes_when_its_delay_is_over(sqs: Sqs, queue: str) -> None:
    sent = time.monotonic()
    sqs.send(queue, DelaySeconds=1)

    sqs.receive(queue)

    assert time.monotonic() - sent > 0.9


@ground("Developer Guide, Amazon SQS delay queues")
def test_a_queue_delays_what_is_sent_to_it(sqs: Sqs) -> None:
    url = sqs.create(DelaySeconds="900")

    sqs.send(url)

    sqs.eventually(lambda: sqs.counts(url), (0, 0, 1))
    assert sqs.look(url) == []


@ground("Developer Guide, Amazon SQS delay queues")
def test_a_messages_own_delay_goes_before_the_queues(sqs: Sqs) -> None:
    url = sqs.create(DelaySeconds="900")

    sqs.send(url, "at once", DelaySeconds=0)

    assert bodies(sqs.receive(url)) == ["at once"]


@recorded("a public report quotes SendMessage's words for a delay out of its range")
@pytest.mark.parametrize("seconds", [-1, 901])
def test_a_delay_out_of_its_range_is_refused(sqs: Sqs, queue: str, seconds: int) -> None:
    words = f"Value {seconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."

    with refused("InvalidParameterValue", words):
        sqs.send(queue, DelaySeconds=seconds)


@recorded("SendMessage with a delay to a FIFO queue: InvalidParameterValue, in these words, whatever the queue's delay")
@pytest.mark.parametrize("of_queue", ["0", "5"])
def test_a_message_to_a_fifo_queue_has_no_delay_of_its_own(sqs: Sqs, of_queue: str) -> None:
    url = sqs.create_fifo(DelaySeconds=of_queue)
    words = (
        "Value 5 for parameter DelaySeconds is invalid. "
        "Reason: The request include parameter that is not valid for this queue type."
    )

    with refused("InvalidParameterValue", words):
        sqs.send(url, MessageGroupId="g1", DelaySeconds=5)


@recorded("SendMessage with DelaySeconds=0 to a FIFO queue with a delay: taken, and delayed")
def test_a_delay_of_0_leaves_a_fifo_queues_delay_as_it_is(sqs: Sqs) -> None:
    url = sqs.create_fifo(DelaySeconds="900")

    sqs.send(url, MessageGroupId="g1", DelaySeconds=0)

    sqs.eventually(lambda: sqs.counts(url), (0, 0, 1))
    assert sqs.look(url) == []


# System attributes.


@recorded("SendMessage with AWSTraceHeader answers its checksum; ReceiveMessage gives it back")
def test_a_trace_header_goes_along(sqs: Sqs, queue: str) -> None:
    system = {"AWSTraceHeader": {"DataType": "String", "StringValue": TRACE}}

    sent = sqs.send(queue, MessageSystemAttributes=system)

    assert sent["MD5OfMessageSystemAttributes"] == MD5_OF_TRACE
    assert "MD5OfMessageAttributes" not in sent
    received = sqs.receive_one(queue, MessageSystemAttributeNames=["AWSTraceHeader"])
    assert received["Attributes"] == {"AWSTraceHeader": TRACE}


@recorded("an X-Amzn-Trace-Id header of the request becomes the message's AWSTraceHeader, without a checksum")
def test_the_requests_trace_header_becomes_the_messages(sqs: Sqs, queue: str) -> None:
    def add_header(params: dict[str, Any], **_: object) -> None:
        params["headers"]["X-Amzn-Trace-Id"] = TRACE

    events = sqs.client.meta.events
    events.register("before-call.sqs.SendMessage", add_header)
    try:
        sent = sqs.send(queue)
    finally:
        events.unregister("before-call.sqs.SendMessage", add_header)

    assert "MD5OfMessageSystemAttributes" not in sent
    received = sqs.receive_one(queue, MessageSystemAttributeNames=["All"])
    assert received["Attributes"]["AWSTraceHeader"] == TRACE


@recorded("SendMessage with a system attribute that is not AWSTraceHeader: refused")
def test_there_is_no_other_system_attribute_to_send(sqs: Sqs, queue: str) -> None:
    system = {"SenderId": {"DataType": "String", "StringValue": "me"}}

    with refused("InvalidParameterValue"):
        sqs.send(queue, MessageSystemAttributes=system)


# What each type of queue demands.


@recorded("SendMessage to a FIFO queue without MessageGroupId: MissingParameter, in these words")
def test_a_fifo_queue_wants_a_group(sqs: Sqs, fifo: str) -> None:
    with refused("MissingParameter", "The request must contain the parameter MessageGroupId."):
        sqs.send(fifo)


@recorded("SendMessage without MessageDeduplicationId where content does not serve: InvalidParameterValue, these words")
def test_a_fifo_queue_wants_a_deduplication_id_or_takes_the_content_for_it(sqs: Sqs) -> None:
    url = sqs.create_fifo(ContentBasedDeduplication="false")
    words = (
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
    )

    with refused("InvalidParameterValue", words):
        sqs.send(url, MessageGroupId="g1")


BAD_IDS: Final = {
    "empty": "",
    "129 characters": "x" * 129,
    "space": "a b",
    "letter beyond ASCII": "é",
    "line feed": "a\nb",
}


def bad_id(parameter: str, value: str) -> str:
    reason = f"{parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length."
    return f"Value {value} for parameter {parameter} is invalid. Reason: {reason}"


@recorded("SendMessage to a standard queue with such a MessageGroupId: InvalidParameterValue, in these words")
@pytest.mark.parametrize("value", BAD_IDS.values(), ids=BAD_IDS)
def test_a_group_id_has_up_to_128_printable_characters(sqs: Sqs, queue: str, value: str) -> None:
    with refused("InvalidParameterValue", bad_id("MessageGroupId", value)):
        sqs.send(queue, MessageGroupId=value)


@recorded("SendMessage to a FIFO queue with such a MessageDeduplicationId: InvalidParameterValue, in these words")
@pytest.mark.parametrize("value", BAD_IDS.values(), ids=BAD_IDS)
def test_a_deduplication_id_has_up_to_128_printable_characters(sqs: Sqs, fifo: str, value: str) -> None:
    with refused("InvalidParameterValue", bad_id("MessageDeduplicationId", value)):
        sqs.send(fifo, MessageGroupId="g1", MessageDeduplicationId=value)


@ground("API Reference, SendMessage")
def test_ids_may_have_any_punctuation(sqs: Sqs, fifo: str) -> None:
    value = "aZ09!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

    sqs.send(fifo, MessageGroupId=value, MessageDeduplicationId=value)

    attributes = sqs.receive_one(fifo, MessageSystemAttributeNames=["All"])["Attributes"]
    assert (attributes["MessageGroupId"], attributes["MessageDeduplicationId"]) == (value, value)
