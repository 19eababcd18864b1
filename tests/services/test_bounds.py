"""Whatever comes from a client is bounded in count and in length before it is worked on, kept or echoed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from sqs_emulator.core import arn, identifiers
from sqs_emulator.services.sqs import selection
from tests.sqs_by_hand import Refused, Sqs

MANY = 100_000


@pytest.mark.parametrize(
    ("action", "members"),
    [
        ("ReceiveMessage", {"AttributeNames": ["All"] * MANY}),
        ("ReceiveMessage", {"MessageAttributeNames": [f"a{number}" for number in range(MANY)]}),
        ("SendMessage", {"MessageBody": "x", "MessageAttributes": {str(number): {} for number in range(MANY)}}),
        ("TagQueue", {"Tags": {str(number): "x" for number in range(MANY)}}),
        ("UntagQueue", {"TagKeys": ["a"] * MANY}),
        ("SetQueueAttributes", {"Attributes": {str(number): "x" for number in range(MANY)}}),
        ("SendMessageBatch", {"Entries": [{}] * MANY}),
        ("AddPermission", {"Label": "l", "AWSAccountIds": ["1"] * MANY, "Actions": ["*"]}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_list_or_map_of_many_members_is_refused(sqs: Sqs, action: str, members: dict[str, Any]) -> None:
    url = sqs.create()

    with pytest.raises(Refused, match="A list or map of the request has more than 1000 members") as refusal:
        sqs.call(action, QueueUrl=url, **members)

    assert refusal.value.status == 400


def test_a_form_of_many_parameters_is_refused(sqs: Sqs) -> None:
    form = urlencode({"Action": "ListQueues", **{f"x{number}": "" for number in range(MANY)}})

    with pytest.raises(Refused, match="The request has more than 1000 parameters"):
        sqs.query(form)


def test_the_largest_form_that_is_meant_is_taken(sqs: Sqs) -> None:
    url = sqs.create()
    form = {"Action": "SendMessageBatch", "QueueUrl": url}
    for entry in range(1, 11):
        prefix = f"SendMessageBatchRequestEntry.{entry}"
        form |= {f"{prefix}.Id": f"e{entry}", f"{prefix}.MessageBody": "x", f"{prefix}.DelaySeconds": "0"}
        for number in range(1, 11):
            attribute = f"{prefix}.MessageAttribute.{number}"
            form[f"{attribute}.Name"] = f"a{number}"
            form[f"{attribute}.Value.DataType"] = "String"
            form[f"{attribute}.Value.StringValue"] = "x"

    sqs.query(form)

    assert len(sqs.queue().messages) == 10


@pytest.mark.parametrize("length", [10_000, 1_000_000])
def test_an_error_echoes_the_ends_of_a_long_value(sqs: Sqs, length: int) -> None:
    url = sqs.create()

    with pytest.raises(Refused) as refusal:
        sqs.call("DeleteMessage", QueueUrl=url, ReceiptHandle="\x01" * length)

    assert len(refusal.value.message) <= 2_000
    assert refusal.value.message.startswith("The input receipt handle")
    assert refusal.value.message.endswith("is not a valid receipt handle.")


def test_the_reason_of_a_refusal_stays_behind_a_long_value(sqs: Sqs) -> None:
    url = sqs.create()

    with pytest.raises(Refused, match=r"is invalid\. Reason: .*can only include alphanumeric") as refusal:
        sqs.call("ReceiveMessage", QueueUrl=url, ReceiveRequestAttemptId="ä" * MANY)

    assert len(refusal.value.message) <= 2_000


def test_what_a_client_asks_for_at_length_is_not_kept(sqs: Sqs) -> None:
    url = sqs.create()
    kept = [selection._kept_selection, identifiers.parse_queue_url, arn._parse]
    before = [cache.cache_info().currsize for cache in kept]

    for number in range(3):
        sqs.call("ReceiveMessage", QueueUrl=url, MessageAttributeNames=[f"{number}" * MANY])
        with pytest.raises(Refused):
            sqs.call("PurgeQueue", QueueUrl=f"http://h/000000000000/{number}" + "q" * MANY)
        with pytest.raises(Refused):
            sqs.call("ListMessageMoveTasks", SourceArn=f"arn:aws:sqs:us-east-1:000000000000:{number}" + "q" * MANY)

    assert [cache.cache_info().currsize for cache in kept] <= [size + 1 for size in before]


BOUNDED_ATTRIBUTES = ("KmsMasterKeyId", "Policy", "RedrivePolicy", "RedriveAllowPolicy", "VisibilityTimeout")


@pytest.mark.parametrize(
    "name", ["KmsMasterKeyId", "Policy", "RedrivePolicy", "RedriveAllowPolicy", "VisibilityTimeout"]
)
def test_a_long_attribute_of_a_queue_is_refused(sqs: Sqs, name: str) -> None:
    url = sqs.create()

    with pytest.raises(Refused, match=f"Invalid value for the parameter {name}"):
        sqs.call("SetQueueAttributes", QueueUrl=url, Attributes={name: "1" * MANY})


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["a.*"], ["a.b", "a.b.c", "ab"]),
        (["a.b", "x"], ["a.b", "x"]),
        (["a.b.*", "x"], ["a.b", "a.b.c", "x"]),
        ([".*"], ["a.b", "a.b.c", "ab", "x"]),
    ],
)
def test_attributes_are_found_by_name_and_by_prefix(sqs: Sqs, names: list[str], found: list[str]) -> None:
    url = sqs.create()
    value = {"DataType": "String", "StringValue": "v"}
    sqs.call(
        "SendMessage",
        QueueUrl=url,
        MessageBody="x",
        MessageAttributes=dict.fromkeys(["a.b", "a.b.c", "ab", "x"], value),
    )

    (message,) = sqs.call("ReceiveMessage", QueueUrl=url, MessageAttributeNames=names)["Messages"]

    assert sorted(message["MessageAttributes"]) == found
