"""Error tables of sqs-api, sections 1 to 3 and 5.1 to 5.10: queues, their attributes, tags and permissions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqs_emulator.core.limits import STRICT
from tests.spec.catalogue import (
    NO_QUEUE,
    Error,
    bad_attribute,
    bad_parameter,
    bad_value,
    missing,
    unknown_attribute,
)
from tests.spec.rows import ONLY_JSON, ONLY_QUERY, Row, Sections
from tests.spec.scene import DEAD, FIFO, MISSING, STANDARD, arn_of, call, redrive_policy

# 1. Identity. Each action on a queue, with all that it needs beside the queue's URL. What else is wrong comes after.

ON_A_QUEUE: Final[dict[str, dict[str, object]]] = {
    "AddPermission": {"Label": "known", "AWSAccountIds": ["111111111111"], "Actions": ["SendMessage"]},
    "ChangeMessageVisibility": {"ReceiptHandle": "nonsense", "VisibilityTimeout": 99_999},
    "ChangeMessageVisibilityBatch": {"Entries": []},
    "DeleteMessage": {"ReceiptHandle": "nonsense"},
    "DeleteMessageBatch": {"Entries": []},
    "DeleteQueue": {},
    "GetQueueAttributes": {"AttributeNames": ["Nonsense"]},
    "ListDeadLetterSourceQueues": {},
    "ListQueueTags": {},
    "PurgeQueue": {},
    "ReceiveMessage": {"MaxNumberOfMessages": 99},
    "RemovePermission": {"Label": "unknown"},
    "SendMessage": {"MessageBody": "\x00"},
    "SendMessageBatch": {"Entries": []},
    "SetQueueAttributes": {"Attributes": {"Nonsense": "1"}},
    "TagQueue": {"Tags": {"a": "b"}},
    "UntagQueue": {"TagKeys": ["a"]},
}


def no_queue() -> Iterator[Row]:
    deleted = (call("DeleteQueue", QueueUrl=DEAD),)
    for action, members in ON_A_QUEUE.items():
        yield Row("queue never created", action, {"QueueUrl": MISSING, **members}, NO_QUEUE)
        yield Row("queue deleted", action, {"QueueUrl": DEAD, **members}, NO_QUEUE, deleted)
        silly = "http://whatever-incorrect-queue-address"
        yield Row("a silly URL", action, {"QueueUrl": silly, **members}, NO_QUEUE)
    yield Row(
        "a name in other letters",
        "GetQueueAttributes",
        {"QueueUrl": STANDARD.replace("standard", "Standard")},
        NO_QUEUE,
    )
    yield Row("a bare name of no queue", "SendMessage", {"QueueUrl": "missing", "MessageBody": "x"}, NO_QUEUE)


# 2. What is required. SendMessage's body and what batches need are further down.

REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "CreateQueue": ("QueueName",),
    "GetQueueUrl": ("QueueName",),
    "SetQueueAttributes": ("Attributes",),
    "TagQueue": ("Tags",),
    "UntagQueue": ("TagKeys",),
    "AddPermission": ("Label", "Actions"),
    "RemovePermission": ("Label",),
    "DeleteMessage": ("ReceiptHandle",),
    "ChangeMessageVisibility": ("ReceiptHandle", "VisibilityTimeout"),
    "StartMessageMoveTask": ("SourceArn",),
    "CancelMessageMoveTask": ("TaskHandle",),
    "ListMessageMoveTasks": ("SourceArn",),
}
GOOD: Final[dict[str, dict[str, object]]] = {
    "CreateQueue": {"QueueName": "new"},
    "GetQueueUrl": {"QueueName": "standard"},
    "SetQueueAttributes": {"QueueUrl": STANDARD, "Attributes": {"DelaySeconds": "1"}},
    "TagQueue": {"QueueUrl": STANDARD, "Tags": {"a": "b"}},
    "UntagQueue": {"QueueUrl": STANDARD, "TagKeys": ["team"]},
    "AddPermission": {
        "QueueUrl": STANDARD,
        "Label": "new",
        "AWSAccountIds": ["111111111111"],
        "Actions": ["SendMessage"],
    },
    "RemovePermission": {"QueueUrl": STANDARD, "Label": "known"},
    "DeleteMessage": {"QueueUrl": STANDARD, "ReceiptHandle": "<handle>"},
    "ChangeMessageVisibility": {"QueueUrl": STANDARD, "ReceiptHandle": "<handle>", "VisibilityTimeout": 0},
    "StartMessageMoveTask": {"SourceArn": arn_of("dead")},
    "CancelMessageMoveTask": {"TaskHandle": "<task handle>"},
    "ListMessageMoveTasks": {"SourceArn": arn_of("dead")},
}


def required() -> Iterator[Row]:
    for action, names in REQUIRED.items():
        for name in names:
            rest = {key: value for key, value in GOOD[action].items() if key != name}
            yield Row(f"no {name}", action, rest, missing(name))
    for action, members in ON_A_QUEUE.items():
        yield Row("no QueueUrl", action, members, missing("QueueUrl"))


# 3.1 Attributes, in CreateQueue and in SetQueueAttributes.

ONE_ENCRYPTION: Final = Error(
    "InvalidAttributeName",
    "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
)
NO_CHANGE_OF_TYPE: Final = Error(
    "InvalidAttributeValue",
    "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.",
)
RANGES: Final = {
    "VisibilityTimeout": (0, 43_200),
    "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1_024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
}
READ_ONLY: Final = (
    "QueueArn",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


def policy(**statement: object) -> str:
    whole = {"Sid": "a", "Effect": "Allow", "Principal": "*", "Action": "SQS:SendMessage", "Resource": "*", **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [whole]})


def only_when_fifo(name: str) -> Error:
    return Error("InvalidAttributeName", f"You can specify the {name} only when FifoQueue is set to true.")


def on_standard(situation: str, attributes: Mapping[str, str], error: Error) -> Iterator[Row]:
    yield Row(situation, "CreateQueue", {"QueueName": "new", "Attributes": attributes}, error)
    yield Row(situation, "SetQueueAttributes", {"QueueUrl": STANDARD, "Attributes": attributes}, error)


def on_fifo(situation: str, attributes: Mapping[str, str], error: Error) -> Iterator[Row]:
    created = {"FifoQueue": "true", **attributes}
    yield Row(f"FIFO, {situation}", "CreateQueue", {"QueueName": "new.fifo", "Attributes": created}, error)
    yield Row(f"FIFO, {situation}", "SetQueueAttributes", {"QueueUrl": FIFO, "Attributes": attributes}, error)


def attributes() -> Iterator[Row]:
    for name in ("Nonsense", "visibilitytimeout", "All", ""):
        yield from on_standard(f"unknown name {name!r}", {name: "1"}, unknown_attribute(name))
    for name in READ_ONLY:
        yield from on_standard(f"read-only {name}", {name: "1"}, unknown_attribute(name))
    for value in ("false", "False", "x", ""):
        yield from on_standard(f"FifoQueue={value!r}", {"FifoQueue": value}, unknown_attribute("FifoQueue"))
    yield Row(
        "FifoQueue=true",
        "SetQueueAttributes",
        {"QueueUrl": STANDARD, "Attributes": {"FifoQueue": "true"}},
        unknown_attribute("FifoQueue"),
    )
    for value in ("true", "false", "x"):
        error = unknown_attribute("ContentBasedDeduplication")
        yield from on_standard(f"ContentBasedDeduplication={value}", {"ContentBasedDeduplication": value}, error)
    for name, value in (("DeduplicationScope", "queue"), ("FifoThroughputLimit", "perQueue")):
        yield from on_standard(f"{name}={value}", {name: value}, only_when_fifo(name))
    yield Row(
        "FIFO, FifoQueue=false",
        "SetQueueAttributes",
        {"QueueUrl": FIFO, "Attributes": {"FifoQueue": "false"}},
        NO_CHANGE_OF_TYPE,
    )
    for name, (lowest, highest) in RANGES.items():
        for value in (str(lowest - 1), str(highest + 1), "", "soon", "60.5", "1e3"):
            yield from on_standard(f"{name}={value!r}", {name: value}, bad_attribute(name))
    yield from on_standard(
        "SqsManagedSseEnabled=yes", {"SqsManagedSseEnabled": "yes"}, bad_attribute("SqsManagedSseEnabled")
    )
    for name in ("ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"):
        yield from on_fifo(f"{name}=nonsense", {name: "nonsense"}, bad_attribute(name))
    yield from on_fifo(
        "FifoThroughputLimit=perMessageGroupId without DeduplicationScope=messageGroup",
        {"FifoThroughputLimit": "perMessageGroupId"},
        Error("InvalidAttributeValue", "…"),  # its words and its code are not known
    )
    policies = {
        "no JSON": "{",
        "no JSON object": '["a"]',
        "of 8193 bytes": policy(Sid="a" * (8_193 - len(policy(Sid="")))),
        "with an unsupported action": policy(Action="SQS:Nonsense"),
        "with an unsupported principal": policy(Principal={"AWS": "nonsense"}),
    }
    for situation, text in policies.items():
        yield from on_standard(f"Policy {situation}", {"Policy": text}, bad_attribute("Policy"))
    both = {"KmsMasterKeyId": "testKeyId", "SqsManagedSseEnabled": "true"}
    yield from on_standard("KmsMasterKeyId together with SqsManagedSseEnabled=true", both, ONE_ENCRYPTION)
    one_of_two = {"VisibilityTimeout": "1", "DelaySeconds": "901"}
    yield from on_standard("a good attribute beside a bad one", one_of_two, bad_attribute("DelaySeconds"))
    yield Row(
        "the queue exists, the attribute is bad",
        "CreateQueue",
        {"QueueName": "standard", "Attributes": {"DelaySeconds": "901"}},
        bad_attribute("DelaySeconds"),
    )


# 3.2 RedrivePolicy.


def bad_redrive(text: str, reason: str) -> Error:
    return bad_parameter(text, "RedrivePolicy", reason)


def redrive() -> Iterator[Row]:
    no_map = "Redrive policy is not a valid JSON map."
    without = "Redrive policy does not contain mandatory attribute: "
    count = "Invalid value for maxReceiveCount: {}, valid values are from 1 to 1000 both inclusive."
    target = json.dumps({"deadLetterTargetArn": arn_of("dead")})
    rows: dict[str, tuple[str, str]] = {
        "no JSON": ("dummy", no_map),
        "a JSON list": ("[]", no_map),
        "a JSON number": ("1", no_map),
        "without deadLetterTargetArn": ('{"maxReceiveCount":1}', without + "deadLetterTargetArn."),
        "without maxReceiveCount": (target, without + "maxReceiveCount."),
        "with an unknown key": (json.dumps({**json.loads(redrive_policy("dead")), "other": 1}), "…"),
        "to a queue that does not exist": (redrive_policy("missing"), "Dead letter target does not exist."),
        "to an ARN that is none": ('{"deadLetterTargetArn":"dummy","maxReceiveCount":1}', "…"),
        "to a queue of another region": (redrive_policy("dead").replace("us-east-1", "eu-west-1"), "…"),
        "to a queue of another account": (redrive_policy("dead").replace("0" * 12, "1" * 12), "…"),
    }
    for value in (0, 1_001, -1, 1.5, "0", "many", ""):
        rows[f"maxReceiveCount {value!r}"] = (redrive_policy("dead", value), count.format(value))
    for situation, (text, reason) in rows.items():
        yield from on_standard(situation, {"RedrivePolicy": text}, bad_redrive(text, reason))
    same_type = "Dead-letter queue must be same type of queue as the source."
    to_fifo, to_standard = redrive_policy("dead.fifo"), redrive_policy("dead")
    yield from on_standard("to a FIFO queue", {"RedrivePolicy": to_fifo}, bad_redrive(to_fifo, same_type))
    yield from on_fifo("to a standard queue", {"RedrivePolicy": to_standard}, bad_redrive(to_standard, same_type))


# 3.3 RedriveAllowPolicy.


def redrive_allow() -> Iterator[Row]:
    text = redrive_policy("guarded")
    reason = f"Queue {arn_of('guarded')} does not allow the source queue to use it as a dead-letter queue."
    yield from on_standard("redrivePermission denyAll", {"RedrivePolicy": text}, bad_redrive(text, reason))
    by_queue = json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [arn_of("source")]})
    given = (call("SetQueueAttributes", QueueUrl="guarded", Attributes={"RedriveAllowPolicy": by_queue}),)
    for row in on_standard(
        "redrivePermission byQueue, and not this one", {"RedrivePolicy": text}, bad_redrive(text, reason)
    ):
        yield row._replace(given=given)
    arns = [arn_of(f"source{number}") for number in range(11)]
    policies: dict[str, Any] = {
        "no JSON": "dummy",
        "without redrivePermission": {},
        "redrivePermission nonsense": {"redrivePermission": "nonsense"},
        "byQueue without ARNs": {"redrivePermission": "byQueue"},
        "byQueue with 11 ARNs": {"redrivePermission": "byQueue", "sourceQueueArns": arns},
        "allowAll with ARNs": {"redrivePermission": "allowAll", "sourceQueueArns": arns[:1]},
    }
    for situation, wanted in policies.items():
        text = wanted if isinstance(wanted, str) else json.dumps(wanted)
        error = bad_parameter(text, "RedriveAllowPolicy", "…")  # that it is refused is known, its words are not
        yield from on_standard(situation, {"RedriveAllowPolicy": text}, error)


# 5.1 CreateQueue.

STANDARD_NAME: Final = bad_value("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
FIFO_NAME: Final = bad_value(
    "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, "
    "must end with .fifo suffix and be 1 to 80 in length."
)


def create_queue() -> Iterator[Row]:
    yield Row("QueueName empty", "CreateQueue", {"QueueName": ""}, missing("QueueName"))
    for name in ("a b", "a.b", "é", "a/b", "a" * 81, "new.fifo", "new.FIFO"):
        yield Row(f"QueueName {name!r}", "CreateQueue", {"QueueName": name}, STANDARD_NAME)
    yield Row(
        "QueueName 'new.fifo', FifoQueue=false",
        "CreateQueue",
        {"QueueName": "new.fifo", "Attributes": {"FifoQueue": "false"}},
        STANDARD_NAME,
    )
    for name in ("new", "new.FIFO", ".fifo", "a b.fifo", "a.b.fifo", "é.fifo", "a" * 76 + ".fifo"):
        members = {"QueueName": name, "Attributes": {"FifoQueue": "true"}}
        yield Row(f"FIFO, QueueName {name!r}", "CreateQueue", members, FIFO_NAME)
    yield Row(
        "exists with another value",
        "CreateQueue",
        {"QueueName": "standard", "Attributes": {"DelaySeconds": "0", "VisibilityTimeout": "5"}},
        Error(
            "QueueNameExists",
            "A queue already exists with the same name and a different value for attribute VisibilityTimeout",
        ),
    )
    yield Row(
        "exists with another redrive policy",
        "CreateQueue",
        {"QueueName": "source", "Attributes": {"RedrivePolicy": redrive_policy("dead", 7)}},
        Error(
            "QueueNameExists",
            "A queue already exists with the same name and a different value for attribute RedrivePolicy",
        ),
    )
    yield Row(
        "exists as FIFO with another value",
        "CreateQueue",
        {"QueueName": "orders.fifo", "Attributes": {"FifoQueue": "true", "ContentBasedDeduplication": "true"}},
        Error(
            "QueueNameExists",
            "A queue already exists with the same name and a different value for attribute ContentBasedDeduplication",
        ),
    )
    yield Row(
        "deleted less than 60 s ago",
        "CreateQueue",
        {"QueueName": "guarded"},
        Error(
            "QueueDeletedRecently",
            "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
        ),
        (call("DeleteQueue", QueueUrl="guarded"), 59),
        limits=STRICT,
    )


# 5.3 to 5.7.


def paging(action: str, members: Mapping[str, object]) -> Iterator[Row]:
    for number in (0, 1_001, -1):
        error = bad_parameter(number, "MaxResults", "MaxResults must be between 1 and 1000.")
        yield Row(f"MaxResults {number}", action, {**members, "MaxResults": number}, error)
    token = {**members, "MaxResults": 1, "NextToken": "?"}
    yield Row("a token that it has not given out", action, token, bad_value("…"))


def lookups() -> Iterator[Row]:
    for value in ("", "Nonsense", "visibilitytimeout", "SenderId"):
        members = {"QueueUrl": STANDARD, "AttributeNames": ["QueueArn", value]}
        yield Row(f"attribute name {value!r}", "GetQueueAttributes", members, unknown_attribute(value))
    beside_all = {"QueueUrl": STANDARD, "AttributeNames": ["All", "Nonsense"]}
    yield Row("an unknown name beside All", "GetQueueAttributes", beside_all, unknown_attribute("Nonsense"))
    yield Row("unknown name", "GetQueueUrl", {"QueueName": "missing"}, NO_QUEUE)
    yield Row("a name in other letters", "GetQueueUrl", {"QueueName": "STANDARD"}, NO_QUEUE)
    others = {"QueueName": "standard", "QueueOwnerAWSAccountId": "111111111111"}
    yield Row("of another account", "GetQueueUrl", others, NO_QUEUE)


def no_attributes() -> Iterator[Row]:
    """Not settled what AWS does with an empty map; in JSON it is accepted here."""
    yield Row("no attributes", "SetQueueAttributes", {"QueueUrl": STANDARD}, missing("Attributes"))
    empty = {"QueueUrl": STANDARD, "Attributes": {}}
    yield Row("an empty map", "SetQueueAttributes", empty, missing("Attributes"), protocols=ONLY_QUERY)


# 5.8 Tags.

TAG_KEYS: Final = bad_value("Tag keys must be between 1 and 128 characters in length.")


def tags() -> Iterator[Row]:
    yield Row("empty", "TagQueue", {"QueueUrl": STANDARD, "Tags": {}}, missing("Tags"))
    fifty = {f"key {number}": "" for number in range(50)}
    too_many = bad_value("Too many tags added for queue standard.")
    yield Row("more than 50 after merge", "TagQueue", {"QueueUrl": STANDARD, "Tags": fifty}, too_many)
    fifty_one = {"QueueName": "new", "tags": {**fifty, "team": ""}}
    yield Row("more than 50", "CreateQueue", fifty_one, bad_value("Too many tags added for queue new."))
    yield Row("empty list", "UntagQueue", {"QueueUrl": STANDARD, "TagKeys": []}, TAG_KEYS)
    for key in ("", "a" * 129):
        yield Row(f"a key of {len(key)}", "UntagQueue", {"QueueUrl": STANDARD, "TagKeys": ["team", key]}, TAG_KEYS)
        yield Row(f"a key of {len(key)}", "TagQueue", {"QueueUrl": STANDARD, "Tags": {"team": "", key: "x"}}, TAG_KEYS)
    bad = {
        "a key of aws:": {"aws:x": "y"},
        "a key with a bad character": {"a!": "y"},
        "a value with a bad character": {"a": "y?"},
        "a value of 257": {"a": "y" * 257},
    }
    for situation, pairs in bad.items():
        yield Row(situation, "TagQueue", {"QueueUrl": STANDARD, "Tags": {"team": "", **pairs}}, bad_value("…"))
        yield Row(situation, "CreateQueue", {"QueueName": "new", "tags": pairs}, bad_value("…"))
    null = bad_value("…the parameter 'value' may not be null")
    yield Row("null value", "TagQueue", {"QueueUrl": STANDARD, "Tags": {"a": None}}, null, protocols=ONLY_JSON)


# 5.9 Permissions.

OWNER_ONLY: Final = (
    "CreateQueue",
    "DeleteQueue",
    "SetQueueAttributes",
    "AddPermission",
    "RemovePermission",
    "TagQueue",
    "UntagQueue",
    "ListQueueTags",
    "ListQueues",
)
NO_ACTION: Final = ("Nonsense", "sendmessage", "SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch")


def permissions() -> Iterator[Row]:
    def add(situation: str, error: Error, **members: object) -> Row:
        return Row(situation, "AddPermission", {**GOOD["AddPermission"], **members}, error)

    def label(value: str, reason: str) -> Error:
        return bad_parameter(value, "Label", reason)

    yield add("Label already used", label("known", "Already exists."), Label="known")
    for value in ("", "a" * 81, "a b", "a.b", "é"):
        yield add(f"Label {value!r}", label(value, "…"), Label=value)
    for principals in ([], ["*"], ["arn:aws:iam::111111111111:root"], ["11111111111"], ["AIDAEXAMPLE"]):
        error = bad_parameter(f"[{', '.join(principals)}]", "PrincipalId", "Unable to verify.")
        yield add(f"accounts {principals}", error, AWSAccountIds=principals)
    one_bad = bad_parameter("[…]", "PrincipalId", "Unable to verify.")  # whether all or the bad one: not known
    yield add("a good account beside a bad one", one_bad, AWSAccountIds=["111111111111", "*"])
    yield add("no actions", missing("Actions"), Actions=[])
    eight = ["SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueUrl", "PurgeQueue", "GetQueueAttributes",
             "ChangeMessageVisibility", "ListDeadLetterSourceQueues"]  # fmt: skip
    too_many = Error("OverLimit", "8 Actions were found, maximum allowed is 7.")
    yield add("8 actions", too_many, Actions=eight)
    for name in NO_ACTION:
        reason = "Please refer to the appropriate WSDL for a list of valid actions. "
        yield add(f"action {name}", bad_parameter(f"SQS:{name}", "ActionName", reason), Actions=["SendMessage", name])
    for name in OWNER_ONLY:
        reason = "Only the queue owner is allowed to invoke this action."
        yield add(f"action {name}", bad_parameter(f"SQS:{name}", "ActionName", reason), Actions=["SendMessage", name])
    unknown = label("other", "can't find label.")
    yield Row("unknown label", "RemovePermission", {"QueueUrl": STANDARD, "Label": "other"}, unknown)
    yield Row("no policy at all", "RemovePermission", {"QueueUrl": DEAD, "Label": "other"}, unknown)


# 5.10 PurgeQueue.


def purge() -> Iterator[Row]:
    error = Error("PurgeQueueInProgress", "Only one PurgeQueue operation on {} is allowed every 60 seconds.")
    for url, name in ((STANDARD, "standard"), (FIFO, "orders.fifo")):
        given = (call("PurgeQueue", QueueUrl=url), 59)
        told = error._replace(message=error.message.format(name))
        yield Row(f"again after 59 s, {name}", "PurgeQueue", {"QueueUrl": url}, told, given, limits=STRICT)


ERRORS_OF_QUEUES: Final[Sections] = {
    "1": tuple(no_queue()),
    "2": tuple(required()),
    "3.1": tuple(attributes()),
    "3.2": tuple(redrive()),
    "3.3": tuple(redrive_allow()),
    "5.1": tuple(create_queue()),
    "5.3": tuple(no_attributes()),
    "5.4, 5.5": tuple(lookups()),
    "5.6": tuple(paging("ListQueues", {})),
    "5.7": tuple(paging("ListDeadLetterSourceQueues", {"QueueUrl": DEAD})),
    "5.8": tuple(tags()),
    "5.9": tuple(permissions()),
    "5.10": tuple(purge()),
}
