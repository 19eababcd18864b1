"""The attributes of a standard queue: their defaults and bounds, how they couple, and what is not one of them."""

from __future__ import annotations

from typing import Final

import pytest

from tests.sqs_by_hand import START, Sqs, refused

ARN: Final = "arn:aws:sqs:us-east-1:000000000000:dead"


def set_to(sqs: Sqs, url: str, **attributes: str) -> None:
    sqs.call("SetQueueAttributes", QueueUrl=url, Attributes=attributes)


# Integers: default, lowest, highest.

INTEGERS: Final = {
    "VisibilityTimeout": (30, 0, 43_200),
    "DelaySeconds": (0, 0, 900),
    "MaximumMessageSize": (1_048_576, 1_024, 1_048_576),
    "MessageRetentionPeriod": (345_600, 60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 0, 20),
}
integers: Final = pytest.mark.parametrize(
    ("name", "default", "lowest", "highest"), [(name, *row) for name, row in INTEGERS.items()], ids=INTEGERS
)


@integers
def test_an_integer_has_its_default(sqs: Sqs, name: str, default: int, lowest: int, highest: int) -> None:
    assert sqs.attributes(sqs.create(), name) == {name: str(default)}


@integers
@pytest.mark.parametrize("how", ["create", "set"])
def test_an_integer_takes_its_bounds(sqs: Sqs, name: str, default: int, lowest: int, highest: int, how: str) -> None:
    for number in (lowest, highest):
        if how == "create":
            url = sqs.create(f"q-{number}", **{name: str(number)})
        else:
            url = sqs.create()
            set_to(sqs, url, **{name: str(number)})
        assert sqs.attributes(url, name) == {name: str(number)}


@integers
@pytest.mark.parametrize("how", ["create", "set"])
def test_an_integer_refuses_what_is_out_of_its_bounds_or_no_integer(
    sqs: Sqs, name: str, default: int, lowest: int, highest: int, how: str
) -> None:
    url = sqs.create()

    for bad in (str(lowest - 1), str(highest + 1), "", "x", "1.0", "1e2", " 60", "0x40", "+60", "²", "9" * 5_000):
        with refused("InvalidAttributeValue", f"Invalid value for the parameter {name}."):
            if how == "create":
                sqs.create("new", **{name: bad})
            else:
                set_to(sqs, url, **{name: bad})

    assert sqs.attributes(url, name) == {name: str(default)}
    assert sqs.call("ListQueues")["QueueUrls"] == [url]


@pytest.mark.parametrize(
    ("name", "sent", "shown"),
    [
        ("VisibilityTimeout", "0060", "60"),
        ("SqsManagedSseEnabled", "True", "true"),
        ("SqsManagedSseEnabled", "FALSE", "false"),
        ("SqsManagedSseEnabled", "false", "false"),
    ],
)
def test_a_value_comes_back_in_its_plain_form(sqs: Sqs, name: str, sent: str, shown: str) -> None:
    url = sqs.create(**{name: sent})

    assert sqs.attributes(url, name) == {name: shown}


@pytest.mark.parametrize("bad", ["yes", "1", "", "truee"])
def test_a_boolean_is_true_or_false(sqs: Sqs, bad: str) -> None:
    with refused("InvalidAttributeValue", "Invalid value for the parameter SqsManagedSseEnabled."):
        sqs.create(SqsManagedSseEnabled=bad)


# The whole set.


def test_all_are_just_these(sqs: Sqs) -> None:
    assert sqs.attributes(sqs.create()) == {
        "QueueArn": "arn:aws:sqs:us-east-1:000000000000:q",
        "ApproximateNumberOfMessages": "0",
        "ApproximateNumberOfMessagesNotVisible": "0",
        "ApproximateNumberOfMessagesDelayed": "0",
        "CreatedTimestamp": str(START // 1000),
        "LastModifiedTimestamp": str(START // 1000),
        "VisibilityTimeout": "30",
        "DelaySeconds": "0",
        "MaximumMessageSize": "1048576",
        "MessageRetentionPeriod": "345600",
        "ReceiveMessageWaitTimeSeconds": "0",
        "SqsManagedSseEnabled": "true",
    }


@pytest.mark.parametrize("name", ["FifoQueue", "ContentBasedDeduplication", "DeduplicationScope",
                                  "FifoThroughputLimit", "Policy", "RedrivePolicy", "RedriveAllowPolicy",
                                  "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds"])  # fmt: skip
def test_an_attribute_that_is_not_set_is_left_out(sqs: Sqs, name: str) -> None:
    url = sqs.create()

    assert sqs.call("GetQueueAttributes", QueueUrl=url, AttributeNames=[name]) == {}
    assert sqs.attributes(url, name, "DelaySeconds") == {"DelaySeconds": "0"}


@pytest.mark.parametrize("names", [None, []])
def test_without_names_there_are_no_attributes(sqs: Sqs, names: object) -> None:
    assert sqs.call("GetQueueAttributes", QueueUrl=sqs.create(), AttributeNames=names) == {}


@pytest.mark.parametrize("names", [["All"], ["All", "DelaySeconds"], ["DelaySeconds", "All"]])
def test_all_anywhere_means_everything(sqs: Sqs, names: list[str]) -> None:
    assert len(sqs.attributes(sqs.create(), *names)) == 12


@pytest.mark.parametrize("name", ["Foo", "", "all", "visibilityTimeout", "ApproximateReceiveCount", "SenderId"])
def test_an_unknown_name_is_refused_beside_known_ones(sqs: Sqs, name: str) -> None:
    url = sqs.create()

    with refused("InvalidAttributeName", f"Unknown Attribute {name}."):
        sqs.attributes(url, "All", name)


# What cannot be set.

NOT_SETTABLE: Final = {
    "Foo": "Unknown Attribute Foo.",
    "": "Unknown Attribute .",
    "All": "Unknown Attribute All.",
    "visibilitytimeout": "Unknown Attribute visibilitytimeout.",
    "QueueArn": "Unknown Attribute QueueArn.",
    "CreatedTimestamp": "Unknown Attribute CreatedTimestamp.",
    "LastModifiedTimestamp": "Unknown Attribute LastModifiedTimestamp.",
    "ApproximateNumberOfMessages": "Unknown Attribute ApproximateNumberOfMessages.",
    "FifoQueue": "Unknown Attribute FifoQueue.",
    "ContentBasedDeduplication": "Unknown Attribute ContentBasedDeduplication.",
    "DeduplicationScope": "You can specify the DeduplicationScope only when FifoQueue is set to true.",
    "FifoThroughputLimit": "You can specify the FifoThroughputLimit only when FifoQueue is set to true.",
}


@pytest.mark.parametrize(("name", "message"), NOT_SETTABLE.items(), ids=NOT_SETTABLE)
@pytest.mark.parametrize("value", ["false", "1", ""])
def test_an_attribute_that_cannot_be_set_is_refused_whatever_its_value(
    sqs: Sqs, name: str, message: str, value: str
) -> None:
    url = sqs.create()

    with refused("InvalidAttributeName", message):
        set_to(sqs, url, **{name: value})
    with refused("InvalidAttributeName", message):
        sqs.create("new", **{name: value})


def test_all_is_set_or_nothing(sqs: Sqs) -> None:
    url = sqs.create()

    with refused("InvalidAttributeValue"):
        set_to(sqs, url, DelaySeconds="5", VisibilityTimeout="no")

    assert sqs.attributes(url, "DelaySeconds", "LastModifiedTimestamp") == {
        "DelaySeconds": "0",
        "LastModifiedTimestamp": str(START // 1000),
    }


def test_an_empty_map_changes_nothing(sqs: Sqs) -> None:
    url = sqs.create(DelaySeconds="5")

    assert sqs.call("SetQueueAttributes", QueueUrl=url, Attributes={}) is None
    assert sqs.attributes(url, "DelaySeconds") == {"DelaySeconds": "5"}


# Timestamps are seconds; only SetQueueAttributes modifies.


def test_last_modified_moves_with_set_queue_attributes_only(sqs: Sqs) -> None:
    url = sqs.create()
    sqs.clock.advance(10)
    sqs.call("TagQueue", QueueUrl=url, Tags={"a": "b"})
    sqs.send(url)
    sqs.receive(url)
    sqs.call("PurgeQueue", QueueUrl=url)
    before = sqs.attributes(url, "LastModifiedTimestamp")

    set_to(sqs, url, DelaySeconds="1")

    assert before == {"LastModifiedTimestamp": str(START // 1000)}
    assert sqs.attributes(url, "LastModifiedTimestamp", "CreatedTimestamp") == {
        "LastModifiedTimestamp": str(START // 1000 + 10),
        "CreatedTimestamp": str(START // 1000),
    }


# Policies.

POLICY: Final = '{ "Version": "2012-10-17",\n "Statement": [] }'


def test_a_policy_comes_back_as_it_was_sent_and_an_empty_one_clears_it(sqs: Sqs) -> None:
    url = sqs.create(Policy=POLICY)
    shown = sqs.attributes(url, "Policy")

    set_to(sqs, url, Policy="")
    set_to(sqs, url, Policy="")

    assert shown == {"Policy": POLICY}
    assert "Policy" not in sqs.attributes(url)


@pytest.mark.parametrize("bad", ["{", "[]", "1", "null", '"x"', " ", "[" * 100_000, '{"a":"' + "x" * 8_192 + '"}'],
                         ids=lambda text: text[:5])  # fmt: skip
def test_a_policy_is_a_json_object_of_a_limited_size(sqs: Sqs, bad: str) -> None:
    with refused("InvalidAttributeValue", "Invalid value for the parameter Policy."):
        sqs.create(Policy=bad)


# Redrive policies.


@pytest.mark.parametrize("count", ["3", '"3"', "03"][:2])
def test_a_redrive_policy_comes_back_with_a_number(sqs: Sqs, count: str) -> None:
    sqs.create("dead")
    url = sqs.create(RedrivePolicy=f'{{ "maxReceiveCount": {count}, "deadLetterTargetArn": "{ARN}" }}')

    shown = sqs.attributes(url, "RedrivePolicy")
    set_to(sqs, url, RedrivePolicy="")

    assert shown == {"RedrivePolicy": f'{{"deadLetterTargetArn":"{ARN}","maxReceiveCount":3}}'}
    assert "RedrivePolicy" not in sqs.attributes(url)


def test_a_queue_may_be_its_own_dead_letter_queue(sqs: Sqs) -> None:
    url = sqs.create("dead")

    set_to(sqs, url, RedrivePolicy=f'{{"deadLetterTargetArn":"{ARN}","maxReceiveCount":1}}')

    assert "RedrivePolicy" in sqs.attributes(url)


BAD_POLICIES: Final = {
    "dummy": "Redrive policy is not a valid JSON map.",
    "[]": "Redrive policy is not a valid JSON map.",
    "null": "Redrive policy is not a valid JSON map.",
    "{}": "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.",
    f'{{"deadLetterTargetArn":"{ARN}"}}': "Redrive policy does not contain mandatory attribute: maxReceiveCount.",
    '{"maxReceiveCount":3}': "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.",
    **{
        f'{{"deadLetterTargetArn":"{ARN}","maxReceiveCount":{sent}}}': f"Invalid value for maxReceiveCount: {value}, "
        "valid values are from 1 to 1000 both inclusive."
        for sent, value in (("0", "0"), ("1001", "1001"), ("-1", "-1"), ('"x"', "x"), ("1.5", "1.5"), ('""', ""))
    },
    '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:none","maxReceiveCount":1}': (
        "Dead letter target does not exist."
    ),
    '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:000000000000:dead","maxReceiveCount":1}': (
        "Dead letter target does not exist."
    ),
}


@pytest.mark.parametrize(("policy", "reason"), BAD_POLICIES.items(), ids=range(len(BAD_POLICIES)))
def test_a_bad_redrive_policy_is_refused(sqs: Sqs, policy: str, reason: str) -> None:
    sqs.create("dead")
    url = sqs.create()

    with refused("InvalidParameterValue", f"Value {policy} for parameter RedrivePolicy is invalid. Reason: {reason}"):
        set_to(sqs, url, RedrivePolicy=policy)

    assert "RedrivePolicy" not in sqs.attributes(url)


@pytest.mark.parametrize("arn", ["dummy", "", "arn:aws:sns:us-east-1:000000000000:dead", "1"])
def test_a_target_that_is_no_arn_is_refused(sqs: Sqs, arn: str) -> None:
    with refused("InvalidParameterValue"):
        sqs.create(RedrivePolicy=f'{{"deadLetterTargetArn":"{arn}","maxReceiveCount":1}}')


@pytest.mark.parametrize(
    ("allow", "allowed"),
    [
        ('{"redrivePermission":"allowAll"}', True),
        ('{"redrivePermission":"denyAll"}', False),
        (
            '{"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sqs:us-east-1:000000000000:q"]}',
            True,
        ),
        (
            '{"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sqs:us-east-1:000000000000:other"]}',
            False,
        ),
    ],
    ids=["all", "none", "this one", "another"],
)
def test_a_dead_letter_queue_says_who_may_use_it(sqs: Sqs, allow: str, allowed: bool) -> None:
    dead = sqs.create("dead", RedriveAllowPolicy=allow)
    url = sqs.create()
    policy = f'{{"deadLetterTargetArn":"{ARN}","maxReceiveCount":1}}'

    if allowed:
        set_to(sqs, url, RedrivePolicy=policy)
    else:
        with refused("InvalidParameterValue"):
            set_to(sqs, url, RedrivePolicy=policy)

    assert sqs.attributes(dead, "RedriveAllowPolicy") == {"RedriveAllowPolicy": allow}


@pytest.mark.parametrize(
    "bad",
    [
        "{}",
        "x",
        '{"redrivePermission":"some"}',
        '{"redrivePermission":"byQueue"}',
        '{"redrivePermission":"allowAll","sourceQueueArns":["a"]}',
        '{"redrivePermission":"byQueue","sourceQueueArns":"a"}',
        '{"redrivePermission":"byQueue","sourceQueueArns":[1]}',
        '{"redrivePermission":"byQueue","sourceQueueArns":[' + ",".join(['"a"'] * 11) + "]}",
        '{"redrivePermission":["byQueue"]}',
        '{"redrivePermission":{}}',
    ],
)
def test_a_bad_redrive_allow_policy_is_refused(sqs: Sqs, bad: str) -> None:
    with refused("InvalidParameterValue"):
        sqs.create(RedriveAllowPolicy=bad)


# Encryption: nothing is encrypted, but the attributes behave.


def test_a_kms_key_switches_the_managed_encryption_off_for_good(sqs: Sqs) -> None:
    url = sqs.create()

    set_to(sqs, url, KmsMasterKeyId="testKeyId")
    with_key = sqs.attributes(url, "SqsManagedSseEnabled", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds")
    set_to(sqs, url, KmsMasterKeyId="", KmsDataKeyReusePeriodSeconds="300")
    without = sqs.attributes(url)

    assert with_key == {
        "SqsManagedSseEnabled": "false",
        "KmsMasterKeyId": "testKeyId",
        "KmsDataKeyReusePeriodSeconds": "300",
    }
    assert without["SqsManagedSseEnabled"] == "false"
    assert not {"KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds"} & without.keys()


def test_the_managed_encryption_removes_the_kms_key(sqs: Sqs) -> None:
    url = sqs.create(KmsMasterKeyId="testKeyId", KmsDataKeyReusePeriodSeconds="600")

    set_to(sqs, url, SqsManagedSseEnabled="true")

    shown = sqs.attributes(url)
    assert shown["SqsManagedSseEnabled"] == "true"
    assert not {"KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds"} & shown.keys()


def test_both_at_once_are_refused_by_the_name_not_the_value(sqs: Sqs) -> None:
    with refused("InvalidAttributeName"):
        sqs.create(SqsManagedSseEnabled="true", KmsMasterKeyId="testKeyId")

    sqs.create(SqsManagedSseEnabled="false", KmsMasterKeyId="testKeyId")


@pytest.mark.parametrize(("seconds", "good"), [("59", False), ("60", True), ("86400", True), ("86401", False)])
def test_the_reuse_period_has_bounds(sqs: Sqs, seconds: str, good: bool) -> None:
    if good:
        url = sqs.create(KmsMasterKeyId="k", KmsDataKeyReusePeriodSeconds=seconds)
        assert sqs.attributes(url, "KmsDataKeyReusePeriodSeconds") == {"KmsDataKeyReusePeriodSeconds": seconds}
    else:
        with refused("InvalidAttributeValue"):
            sqs.create(KmsMasterKeyId="k", KmsDataKeyReusePeriodSeconds=seconds)


# What a change does to messages that are there already.


def test_a_new_visibility_timeout_is_for_later_receives(sqs: Sqs) -> None:
    url = sqs.create(VisibilityTimeout="10")
    sqs.send(url)
    sqs.receive(url)

    set_to(sqs, url, VisibilityTimeout="100")
    sqs.clock.advance(9.999)
    before = sqs.counts(url)
    sqs.clock.advance(0.001)
    after = sqs.counts(url)
    sqs.receive(url)
    sqs.clock.advance(99)

    assert (before, after) == ((0, 1, 0), (1, 0, 0))
    assert sqs.counts(url) == (0, 1, 0)


def test_a_new_delay_is_for_later_sends(sqs: Sqs) -> None:
    url = sqs.create(DelaySeconds="10")
    sqs.send(url)

    set_to(sqs, url, DelaySeconds="0")
    sqs.send(url)

    assert sqs.counts(url) == (1, 0, 1)
    sqs.clock.advance(10)
    assert sqs.counts(url) == (2, 0, 0)


def test_a_new_retention_period_is_for_what_is_there(sqs: Sqs) -> None:
    url = sqs.create()
    sqs.send(url)
    sqs.clock.advance(60)

    set_to(sqs, url, MessageRetentionPeriod="60")

    assert sqs.counts(url) == (0, 0, 0)


def test_a_new_message_size_is_for_later_sends(sqs: Sqs) -> None:
    url = sqs.create()
    sqs.send(url, "x" * 2_000)

    set_to(sqs, url, MaximumMessageSize="1024")

    with refused("InvalidParameterValue"):
        sqs.send(url, "x" * 2_000)
    assert len(sqs.receive(url)) == 1


def test_a_new_waiting_time_is_for_later_receives(sqs: Sqs) -> None:
    url = sqs.create(ReceiveMessageWaitTimeSeconds="20")
    poll = sqs.poll(QueueUrl=url, WaitTimeSeconds=None)

    set_to(sqs, url, ReceiveMessageWaitTimeSeconds="0")

    assert poll.is_waiting
    assert sqs.receive(url) == []
