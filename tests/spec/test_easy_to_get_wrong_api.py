"""Section 6 of sqs-api, "Easy to get wrong": a test for each row, through the wire."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from sqs_emulator.core.limits import STRICT, Limits
from tests.spec.catalogue import CORAL, Told, told_by
from tests.spec.numbered import rows_in
from tests.spec.scene import Scene, arn_of, redrive_policy
from tests.spec.spelling import JSON, PROTOCOLS, QUERY, spelt
from tests.sqs_by_hand import START, Sqs, queue_url, read_xml, texts

BAD_VALUE: Final = "InvalidParameterValue"
ONE_MIB: Final = 1_048_576
FIFO: Final = {"FifoQueue": "true"}


def refusal(sqs: Sqs, protocol: str, action: str, **members: object) -> Told:
    told = told_by(sqs.ask(spelt(protocol, action, members)), protocol)
    assert told is not None, "it was not refused"
    return told


def both(sqs: Sqs, action: str, **members: object) -> tuple[Told, Told]:
    """Return how a request is refused in JSON, and how in Query."""
    in_json, in_query = (refusal(sqs, protocol, action, **members) for protocol in PROTOCOLS)
    return in_json, in_query


def text(value: str, data_type: str = "String") -> dict[str, str]:
    return {"DataType": data_type, "StringValue": value}


def test_a_bad_parameter_has_a_shape_of_its_own_beside_its_query_code(sqs: Sqs) -> None:
    """Row 1: the split of the names of the two generic errors."""
    sqs.create()

    bad, bad_in_query = both(sqs, "ReceiveMessage", QueueUrl="q", MaxNumberOfMessages=0)
    missing, missing_in_query = both(sqs, "SendMessage", QueueUrl="q")

    assert (bad.type, bad.code, bad_in_query.code) == (CORAL + BAD_VALUE + "Exception", BAD_VALUE, BAD_VALUE)
    assert missing.type == CORAL + "MissingRequiredParameterException"
    assert missing.code == missing_in_query.code == "MissingParameter"


def test_a_missing_queue_is_worded_by_protocol(sqs: Sqs) -> None:
    """Row 2: only Query speaks of a WSDL version."""
    in_json, in_query = both(sqs, "PurgeQueue", QueueUrl="q")

    assert in_json.message == "The specified queue does not exist."
    assert in_query.message == "The specified queue does not exist for this wsdl version."


def test_empty_collections_are_left_out_but_for_one(sqs: Sqs) -> None:
    """Row 3: `queueUrls` of ListDeadLetterSourceQueues stays."""
    assert sqs.call("ListQueues") == {}
    sqs.create()
    sqs.send("q")
    (message,) = sqs.receive("q")
    good, bad = ({"Id": "1", "ReceiptHandle": handle} for handle in (message["ReceiptHandle"], "nonsense"))

    assert sqs.call("ReceiveMessage", QueueUrl="q") == {}
    assert sqs.call("ListQueueTags", QueueUrl="q") == {}
    assert sqs.call("GetQueueAttributes", QueueUrl="q", AttributeNames=["Policy"]) == {}
    assert sqs.call("DeleteMessageBatch", QueueUrl="q", Entries=[good]).keys() == {"Successful"}
    assert sqs.call("DeleteMessageBatch", QueueUrl="q", Entries=[bad]).keys() == {"Failed"}
    assert message.keys() == {"MessageId", "ReceiptHandle", "MD5OfBody", "Body"}
    assert sqs.call("ListDeadLetterSourceQueues", QueueUrl="q") == {"queueUrls": []}


def test_a_message_may_be_exactly_one_mib_with_its_attributes(sqs: Sqs) -> None:
    """Row 4: the default is the maximum; name, type and value count; equality passes."""
    url = sqs.create()
    attributes = {"é": text("abc")}  # 2 + 6 + 3 bytes

    sqs.send(url, "x" * ONE_MIB)
    sqs.send(url, "x" * (ONE_MIB - 11), MessageAttributes=attributes)
    one_more = refusal(
        sqs, JSON, "SendMessage", QueueUrl=url, MessageBody="x" * (ONE_MIB - 10), MessageAttributes=attributes
    )

    assert sqs.attributes(url)["MaximumMessageSize"] == "1048576"
    assert one_more.message == "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes."
    assert sqs.counts(url) == (2, 0, 0)


def test_a_batch_is_measured_by_one_mib_and_its_entries_by_the_queue(sqs: Sqs) -> None:
    """Row 5: and an entry's text says "cannot be validated"."""
    url = sqs.create(MaximumMessageSize="1024")
    entries = [{"Id": str(number), "MessageBody": "x" * 1_025} for number in range(10)]
    too_much = [{"Id": str(number), "MessageBody": "x" * (ONE_MIB // 2 + 1)} for number in range(2)]

    failed = sqs.call("SendMessageBatch", QueueUrl=url, Entries=entries)["Failed"]
    whole = refusal(sqs, JSON, "SendMessageBatch", QueueUrl=url, Entries=too_much)

    cannot = "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes."
    assert {entry["Message"] for entry in failed} == {cannot}
    assert len(failed) == 10
    assert whole.code == "AWS.SimpleQueueService.BatchRequestTooLong"


def test_codes_inside_an_answer_are_querys_in_json_too(sqs: Sqs) -> None:
    """Row 6: in `Failed`, and as the reason of a failed move task."""
    url = sqs.create()
    dead = sqs.create("dead")
    for name in ("source", "other"):
        sqs.create(name, RedrivePolicy=redrive_policy("dead", 1))
    sqs.send("source")
    for _ in range(2):
        sqs.receive("source", VisibilityTimeout=0)
    sqs.call("DeleteQueue", QueueUrl="source")
    entries = [
        {"Id": "long", "MessageBody": "x", "DelaySeconds": 901},
        {"Id": "bad", "MessageBody": "\x00"},
        {"Id": "none", "MessageBody": ""},
    ]

    failed = sqs.call("SendMessageBatch", QueueUrl=url, Entries=entries)["Failed"]
    sqs.call("StartMessageMoveTask", SourceArn=arn_of("dead"))
    (task,) = sqs.call("ListMessageMoveTasks", SourceArn=arn_of("dead"))["Results"]

    assert [entry["Code"] for entry in failed] == [BAD_VALUE, "InvalidMessageContents", "MissingParameter"]
    assert (task["Status"], task["FailureReason"]) == ("FAILED", "AWS.SimpleQueueService.NonExistentQueue")
    assert sqs.counts(dead) == (1, 0, 0)


def test_a_missing_group_is_a_bad_value_in_a_batch_and_missing_alone(sqs: Sqs) -> None:
    """Row 7: of two entries one lacks its MessageGroupId, and neither is sent."""
    url = sqs.create("q.fifo", **FIFO, ContentBasedDeduplication="true")
    entries = [{"Id": "1", "MessageBody": "a", "MessageGroupId": "g"}, {"Id": "2", "MessageBody": "b"}]

    batch, batch_in_query = both(sqs, "SendMessageBatch", QueueUrl=url, Entries=entries)
    single, single_in_query = both(sqs, "SendMessage", QueueUrl=url, MessageBody="b")

    assert batch.code == batch_in_query.code == BAD_VALUE
    assert single.code == single_in_query.code == "MissingParameter"
    assert {refusal.message for refusal in (batch, batch_in_query, single, single_in_query)} == {
        "The request must contain the parameter MessageGroupId."
    }
    assert sqs.counts(url) == (0, 0, 0)


def test_create_queue_compares_only_what_was_sent(sqs: Sqs) -> None:
    """Row 8: a call that says nothing always succeeds on a queue that exists."""
    url = sqs.create(VisibilityTimeout="5", DelaySeconds="7")
    sqs.call("SetQueueAttributes", QueueUrl=url, Attributes={"DelaySeconds": "9"})

    assert sqs.create() == url
    assert sqs.create(DelaySeconds="9") == url
    told = refusal(sqs, JSON, "CreateQueue", QueueName="q", Attributes={"VisibilityTimeout": "5", "DelaySeconds": "7"})
    assert told.code == "QueueAlreadyExists"
    assert told.message.endswith(" for attribute DelaySeconds")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_fifo_queue_false_is_an_error_on_a_standard_queue(sqs: Sqs, protocol: str) -> None:
    """Row 9: not a no-op."""
    sqs.create()

    for action, name in (("CreateQueue", {"QueueName": "new"}), ("SetQueueAttributes", {"QueueUrl": "q"})):
        told = refusal(sqs, protocol, action, **name, Attributes={"FifoQueue": "false"})
        assert (told.code, told.message) == ("InvalidAttributeName", "Unknown Attribute FifoQueue.")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_not_every_refusal_is_a_400(protocol: str) -> None:
    """Row 10: 403 and 404, in either protocol."""
    sqs = Sqs(STRICT)
    sqs.create()
    sqs.call("PurgeQueue", QueueUrl="q")
    full = Sqs(Limits(in_flight=1))
    full.create()
    full.send("q")
    full.send("q")
    full.receive("q")
    nine = ["SendMessage"] * 9

    statuses = {
        "purge": refusal(sqs, protocol, "PurgeQueue", QueueUrl="q").status,
        "over limit": refusal(full, protocol, "ReceiveMessage", QueueUrl="q").status,
        "permission": refusal(
            sqs, protocol, "AddPermission", QueueUrl="q", Label="a", AWSAccountIds=["1" * 12], Actions=nine
        ).status,
        "handle": refusal(sqs, protocol, "DeleteMessage", QueueUrl="q", ReceiptHandle="x").status,
        "resource": refusal(sqs, protocol, "ListMessageMoveTasks", SourceArn=arn_of("none")).status,
        "queue": refusal(sqs, protocol, "DeleteQueue", QueueUrl="none").status,
    }

    assert statuses == {
        "purge": 403, "over limit": 403, "permission": 403, "handle": 404, "resource": 404, "queue": 400
    }  # fmt: skip


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_changing_an_expired_handle_is_fine_and_a_deleted_messages_is_a_bad_value(sqs: Sqs, protocol: str) -> None:
    """Row 11: never MessageNotInflight."""
    sqs.create()
    sqs.send("q")
    (message,) = sqs.receive("q", VisibilityTimeout=1)
    change = {"QueueUrl": "q", "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 60}
    sqs.clock.advance(1)

    expired = told_by(sqs.ask(spelt(protocol, "ChangeMessageVisibility", change)), protocol)
    visible = sqs.counts("q")
    sqs.call("DeleteMessage", QueueUrl="q", ReceiptHandle=message["ReceiptHandle"])
    deleted = refusal(sqs, protocol, "ChangeMessageVisibility", **change)

    assert expired is None
    assert visible == (1, 0, 0)
    assert deleted.code == BAD_VALUE


def test_a_fifo_message_takes_no_delay_of_its_own_but_0_which_changes_nothing(sqs: Sqs) -> None:
    """Row 12: the queue's delay still applies."""
    url = sqs.create("q.fifo", **FIFO, ContentBasedDeduplication="true", DelaySeconds="5")

    sqs.send(url, MessageGroupId="g", DelaySeconds=0)
    told = refusal(sqs, JSON, "SendMessage", QueueUrl=url, MessageBody="b", MessageGroupId="g", DelaySeconds=5)

    assert told.code == BAD_VALUE
    assert sqs.counts(url) == (0, 0, 1)


def test_a_group_is_legal_on_a_standard_queue_validated_and_returned(sqs: Sqs) -> None:
    """Row 13: with no sequence number and no deduplication id."""
    url = sqs.create()

    sent = sqs.send(url, MessageGroupId="tenant-1")
    bad = refusal(sqs, JSON, "SendMessage", QueueUrl=url, MessageBody="x", MessageGroupId="a b")
    (message,) = sqs.receive(url, MessageSystemAttributeNames=["All"])

    assert "SequenceNumber" not in sent
    assert bad.code == BAD_VALUE
    assert message["Attributes"]["MessageGroupId"] == "tenant-1"
    assert message["Attributes"].keys().isdisjoint({"SequenceNumber", "MessageDeduplicationId"})


def test_a_redrive_policy_comes_back_with_a_number_and_empty_text_clears(sqs: Sqs) -> None:
    """Row 14: and an empty Policy clears it, too."""
    sqs.create("dead")
    url = sqs.create(RedrivePolicy=f'{{ "maxReceiveCount": "3", "deadLetterTargetArn": "{arn_of("dead")}" }}')
    policy = '{"Version": "2012-10-17", "Statement": []}'
    sqs.call("SetQueueAttributes", QueueUrl=url, Attributes={"Policy": policy})

    shown = sqs.attributes(url, "RedrivePolicy", "Policy")
    sqs.call("SetQueueAttributes", QueueUrl=url, Attributes={"RedrivePolicy": "", "Policy": ""})

    assert shown == {
        "RedrivePolicy": f'{{"deadLetterTargetArn":"{arn_of("dead")}","maxReceiveCount":3}}',
        "Policy": policy,
    }
    assert sqs.attributes(url, "RedrivePolicy", "Policy") == {}


FILTERS: Final = {
    "*": (["*"], {"General", "Hello", "Help.Me"}, "4c360f3fdafd970e05fae2f149d997f5"),
    ".*": ([".*"], {"General", "Hello", "Help.Me"}, "4c360f3fdafd970e05fae2f149d997f5"),
    "All": (["All"], {"General", "Hello", "Help.Me"}, "4c360f3fdafd970e05fae2f149d997f5"),
    "a prefix": (["Hel.*"], {"Hello", "Help.Me"}, "83fee93c1bcd8b9a5a923ffacdc636c7"),
    "names": (["General", "Hello", "Help"], {"General", "Hello"}, "fca026605781cb4126a1e9044df24232"),
}


@pytest.mark.parametrize(("names", "expected", "md5"), FILTERS.values(), ids=FILTERS)
def test_the_md5_of_attributes_follows_the_filter(sqs: Sqs, names: list[str], expected: set[str], md5: str) -> None:
    """Row 15: and `*` asks for all."""
    url = sqs.create()
    sent = {"General": text("Kenobi"), "Hello": text("There"), "Help.Me": text("Me")}
    sqs.send(url, MessageAttributes=sent)

    (message,) = sqs.receive(url, MessageAttributeNames=names)

    assert message["MessageAttributes"].keys() == expected
    assert message["MD5OfMessageAttributes"] == md5


def test_queues_tell_seconds_and_messages_milliseconds(sqs: Sqs) -> None:
    """Row 16: CreatedTimestamp and LastModifiedTimestamp against all others."""
    sqs.create("dead")
    url = sqs.create(RedrivePolicy=redrive_policy("dead"))
    sqs.send(url)
    sqs.clock.advance(1.5)
    sqs.call("SetQueueAttributes", QueueUrl=url, Attributes={"DelaySeconds": "1"})

    shown = sqs.attributes(url)
    (message,) = sqs.receive(url, AttributeNames=["All"])
    sqs.call("StartMessageMoveTask", SourceArn=arn_of("dead"))
    (task,) = sqs.call("ListMessageMoveTasks", SourceArn=arn_of("dead"))["Results"]

    assert shown["CreatedTimestamp"] == str(START // 1_000)
    assert shown["LastModifiedTimestamp"] == str(START // 1_000 + 1)
    assert message["Attributes"]["SentTimestamp"] == str(START)
    assert message["Attributes"]["ApproximateFirstReceiveTimestamp"] == str(START + 1_500)
    assert task["StartedTimestamp"] == START + 1_500


def test_a_next_token_is_only_for_who_sent_max_results(sqs: Sqs) -> None:
    """Row 17: without it the answer stops at 1000."""
    for number in range(1_001):
        sqs.create(f"q{number:04}")

    whole = sqs.call("ListQueues")
    in_query = sqs.query({"Action": "ListQueues"})
    page = sqs.call("ListQueues", MaxResults=1_000)
    rest = sqs.call("ListQueues", MaxResults=1_000, NextToken=page["NextToken"])
    exact = sqs.call("ListQueues", QueueNamePrefix="q000", MaxResults=10)

    assert len(whole["QueueUrls"]) == len(texts(in_query, "*/QueueUrl")) == 1_000
    assert "NextToken" not in whole
    assert texts(in_query, "*/NextToken") == []
    assert rest == {"QueueUrls": [queue_url("q1000")]}
    assert len(exact["QueueUrls"]) == 10
    assert "NextToken" not in exact


def test_managed_encryption_goes_with_a_kms_key_and_stays_away(sqs: Sqs) -> None:
    """Row 18: it is on by default, and not switched on again when the key is cleared."""
    url = sqs.create()

    def change(**attributes: str) -> dict[str, str]:
        sqs.call("SetQueueAttributes", QueueUrl=url, Attributes=attributes)
        return sqs.attributes(url, "SqsManagedSseEnabled", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds")

    assert sqs.attributes(url, "SqsManagedSseEnabled") == {"SqsManagedSseEnabled": "true"}
    with_key = {"SqsManagedSseEnabled": "false", "KmsMasterKeyId": "k", "KmsDataKeyReusePeriodSeconds": "300"}
    assert change(KmsMasterKeyId="k") == with_key
    assert change(KmsMasterKeyId="", KmsDataKeyReusePeriodSeconds="300") == {"SqsManagedSseEnabled": "false"}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_bad_character_is_called_by_where_it_stands(sqs: Sqs, protocol: str) -> None:
    """Row 19: InvalidMessageContents in the body, a bad value in an attribute, with the same words."""
    sqs.create()
    attributes = {"a": text("\uffff")}

    in_body = refusal(sqs, protocol, "SendMessage", QueueUrl="q", MessageBody="\uffff")
    in_attribute = refusal(sqs, protocol, "SendMessage", QueueUrl="q", MessageBody="x", MessageAttributes=attributes)

    assert (in_body.code, in_attribute.code) == ("InvalidMessageContents", BAD_VALUE)
    assert in_body.message == in_attribute.message


def test_add_permission_writes_a_policy_as_aws_does(sqs: Sqs) -> None:
    """Row 20: the version of 2008, one or several, `SQS:`; the last removal deletes the attribute."""
    url = sqs.create()
    grant: dict[str, Any] = {"QueueUrl": url, "AWSAccountIds": ["111111111111"], "Actions": ["SendMessage"]}
    sqs.ask_for("AddPermission", {**grant, "Label": "one"})
    two = {"AWSAccountIds": ["111111111111", "222222222222"], "Actions": ["ReceiveMessage", "*"]}
    sqs.ask_for("AddPermission", {**grant, **two, "Label": "two"})

    policy = json.loads(sqs.attributes(url, "Policy")["Policy"])
    for label in ("one", "two"):
        sqs.call("RemovePermission", QueueUrl=url, Label=label)

    one, several = policy.pop("Statement")
    assert policy == {"Version": "2008-10-17", "Id": f"{arn_of('q')}/SQSDefaultPolicy"}
    assert one == {
        "Sid": "one",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
        "Action": "SQS:SendMessage",
        "Resource": arn_of("q"),
    }
    roots = {"arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"}
    assert set(several["Principal"]["AWS"]) == roots
    assert several["Action"] == ["SQS:ReceiveMessage", "SQS:*"]
    assert sqs.attributes(url, "Policy") == {}


def test_two_members_of_json_begin_with_a_small_letter(sqs: Sqs) -> None:
    """Row 21: `tags` of CreateQueue and `queueUrls` of ListDeadLetterSourceQueues; in Query nothing is odd."""
    sqs.call("CreateQueue", QueueName="dead", tags={"a": "b"}, Tags={"c": "d"})
    sqs.query("Action=CreateQueue&QueueName=q&Tag.1.Key=a&Tag.1.Value=b")
    sqs.call("SetQueueAttributes", QueueUrl="q", Attributes={"RedrivePolicy": redrive_policy("dead")})

    sources = sqs.query({"Action": "ListDeadLetterSourceQueues", "QueueUrl": "dead"})

    for name in ("dead", "q"):
        assert sqs.call("ListQueueTags", QueueUrl=name) == {"Tags": {"a": "b"}}
    assert sqs.call("ListDeadLetterSourceQueues", QueueUrl="dead") == {"queueUrls": [queue_url("q")]}
    assert texts(sources, "ListDeadLetterSourceQueuesResult/QueueUrl") == [queue_url("q")]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "url",
    [
        "q",
        "https://sqs.eu-west-1.amazonaws.com/000000000000/q",
        "https://queue.amazonaws.com/000000000000/q",
        "http://anything:1/000000000000/q/",
    ],
)
def test_a_queue_url_may_be_a_name_and_its_host_is_nobodys(sqs: Sqs, url: str, protocol: str) -> None:
    """Row 22: only the last two segments of a path count."""
    sqs.create()

    for action, more in (("SendMessage", {"MessageBody": "x"}), ("GetQueueAttributes", {"AttributeNames": ["All"]})):
        assert told_by(sqs.ask(spelt(protocol, action, {"QueueUrl": url, **more})), protocol) is None

    assert sqs.counts("q") == (1, 0, 0)


def test_the_source_of_a_dead_letter_is_among_all_its_attributes() -> None:
    """Row 23: in both protocols."""
    scene = Scene()

    (in_json,) = scene.call("ReceiveMessage", QueueUrl="dead", AttributeNames=["All"])["Messages"]
    response = scene.ask(QUERY, "ReceiveMessage", {"QueueUrl": "dead", "AttributeNames": ["All"]})
    attributes = read_xml(response).findall("*/Message/Attribute")
    in_query = {attribute.findtext("Name"): attribute.findtext("Value") for attribute in attributes}

    assert in_json["Attributes"]["DeadLetterQueueSourceArn"] == arn_of("source")
    assert in_query["DeadLetterQueueSourceArn"] == arn_of("source")


def test_each_of_the_23_rows_has_its_test() -> None:
    assert rows_in(globals()) == set(range(1, 24))
