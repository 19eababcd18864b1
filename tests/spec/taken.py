"""What the error tables leave alone: values at the limits of the ranges, and what looks wrong and is accepted."""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import Final

from sqs_emulator.core.limits import Limits
from tests.spec.errors_of_messages import MAX_BYTES, SEND, SEND_FIFO, SMALL, text
from tests.spec.errors_of_queues import RANGES, policy
from tests.spec.rows import Taken
from tests.spec.scene import DEAD, FIFO, MISSING, STANDARD, arn_of, call, redrive_policy


def numbers() -> Iterator[Taken]:
    for name, ends in RANGES.items():
        for value in ends:
            yield Taken(f"{name}={value}", "CreateQueue", {"QueueName": "new", "Attributes": {name: str(value)}})
            yield Taken(
                f"{name}={value}", "SetQueueAttributes", {"QueueUrl": STANDARD, "Attributes": {name: str(value)}}
            )
    for name, ends in {
        "MaxNumberOfMessages": (1, 10),
        "VisibilityTimeout": (0, 43_200),
        "WaitTimeSeconds": (0, 20),
    }.items():
        for value in ends:
            yield Taken(f"{name} {value}", "ReceiveMessage", {"QueueUrl": STANDARD, name: value})
    for value in (0, 43_200):
        members = {"QueueUrl": STANDARD, "ReceiptHandle": "<handle>", "VisibilityTimeout": value}
        yield Taken(f"VisibilityTimeout {value}", "ChangeMessageVisibility", members)
    whole = {"QueueUrl": STANDARD, "ReceiptHandle": "<handle>", "VisibilityTimeout": 43_171}
    yield Taken("43200 s since the receive", "ChangeMessageVisibility", whole, (29,))
    for value in (0, 900):
        yield Taken(f"DelaySeconds {value}", "SendMessage", {**SEND, "DelaySeconds": value})
    yield Taken("FIFO, DelaySeconds 0", "SendMessage", {**SEND_FIFO, "DelaySeconds": 0})
    for value in (1, 1_000):
        yield Taken(f"MaxResults {value}", "ListQueues", {"MaxResults": value})
        yield Taken(f"MaxResults {value}", "ListDeadLetterSourceQueues", {"QueueUrl": DEAD, "MaxResults": value})
    for value in (1, 10):
        yield Taken(f"MaxResults {value}", "ListMessageMoveTasks", {"SourceArn": arn_of("dead"), "MaxResults": value})
    for value in (1, 500):
        members = {"SourceArn": arn_of("dead"), "MaxNumberOfMessagesPerSecond": value}
        yield Taken(f"rate {value}", "StartMessageMoveTask", members)


def queues() -> Iterator[Taken]:
    def created(situation: str, name: str = "new", **attributes: str) -> Taken:
        return Taken(situation, "CreateQueue", {"QueueName": name, "Attributes": attributes})

    def altered(situation: str, url: str = STANDARD, **attributes: str) -> Taken:
        return Taken(situation, "SetQueueAttributes", {"QueueUrl": url, "Attributes": attributes})

    for name in ("a", "A-_9", "a" * 80):
        yield created(f"QueueName of {len(name)}", name)
    for name in ("a.fifo", "a" * 75 + ".fifo"):
        yield created(f"FIFO, QueueName of {len(name)}", name, FifoQueue="true")
    yield created("exists, nothing said of its attributes", "source")
    yield created("exists with the same value", "standard", VisibilityTimeout="30", Policy="")
    yield created("exists with the same redrive policy", "source", RedrivePolicy=redrive_policy("dead", "1"))
    yield created("booleans in other letters", SqsManagedSseEnabled="False")
    yield created("maxReceiveCount as text", RedrivePolicy=redrive_policy("dead", "1000"))
    yield created("itself as its dead-letter queue", RedrivePolicy=redrive_policy("new"))
    yield altered("itself as its dead-letter queue", RedrivePolicy=redrive_policy("standard"))
    yield altered("FIFO, a FIFO dead-letter queue", FIFO, RedrivePolicy=redrive_policy("dead.fifo"))
    yield altered("FIFO, FifoQueue=true", FIFO, FifoQueue="true")
    yield altered("FIFO, ContentBasedDeduplication=True", FIFO, ContentBasedDeduplication="True")
    high = {"FifoThroughputLimit": "perMessageGroupId", "DeduplicationScope": "messageGroup"}
    yield altered("FIFO, both of high throughput", FIFO, **high)
    yield altered("clearing what is not set", DEAD, Policy="", RedrivePolicy="", RedriveAllowPolicy="")
    yield altered("any KMS key", KmsMasterKeyId="testKeyId", KmsDataKeyReusePeriodSeconds="300")
    yield altered("a KMS key, and not the other encryption", KmsMasterKeyId="k", SqsManagedSseEnabled="false")
    yield altered("a policy", Policy=policy(Action=["SQS:SendMessage", "sqs:*"], Principal={"AWS": "111111111111"}))
    exactly = policy(Sid="a" * (8_192 - len(policy(Sid=""))))
    yield altered("a policy of 8192 bytes", Policy=exactly)
    by_queue = f'{{"redrivePermission":"byQueue","sourceQueueArns":["{arn_of("source")}"]}}'
    yield altered("byQueue", DEAD, RedriveAllowPolicy=by_queue)
    arns = ",".join(f'"{arn_of(str(number))}"' for number in range(10))
    yield altered("byQueue with 10 ARNs", DEAD, RedriveAllowPolicy=by_queue.replace(f'"{arn_of("source")}"', arns))
    of_others = {"QueueUrl": STANDARD, "AttributeNames": ["Policy", "RedrivePolicy", "FifoQueue"]}
    yield Taken("valid names that are not set", "GetQueueAttributes", of_others)
    yield Taken("tags with odd characters", "TagQueue", {"QueueUrl": STANDARD, "Tags": {"é _.:/=+-@1": "", "A": "a"}})
    yield Taken("lengths of tags", "TagQueue", {"QueueUrl": STANDARD, "Tags": {"k" * 128: "v" * 256}})
    forty_nine = {f"key {number}": "" for number in range(49)}
    yield Taken("50 tags after merge", "TagQueue", {"QueueUrl": STANDARD, "Tags": {**forty_nine, "team": "red"}})
    yield Taken("keys that are not there", "UntagQueue", {"QueueUrl": STANDARD, "TagKeys": ["other"]})
    seven = ["SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueUrl", "PurgeQueue", "GetQueueAttributes",
             "ChangeMessageVisibility"]  # fmt: skip
    grant = {"QueueUrl": STANDARD, "AWSAccountIds": ["111111111111", "222222222222"]}
    yield Taken("7 actions", "AddPermission", {**grant, "Label": "A-_9", "Actions": seven})
    for name in ("*", *seven, "ListDeadLetterSourceQueues"):
        yield Taken(f"action {name}", "AddPermission", {**grant, "Label": "a" * 80, "Actions": [name]})


def messages() -> Iterator[Taken]:
    yield Taken("exactly 1 MiB", "SendMessage", {**SEND, "MessageBody": "é" * (MAX_BYTES // 2)})
    full = {"MessageBody": "x" * (1_024 - 11), "MessageAttributes": {"é": text("abc")}}
    yield Taken("exactly the queue's limit", "SendMessage", {**SEND, **full}, SMALL)
    trace = {"MessageSystemAttributes": {"AWSTraceHeader": text("Root=1")}}
    beside = {"MessageBody": "x" * 1_024, **trace}
    yield Taken("system attributes do not count", "SendMessage", {**SEND, **beside}, SMALL)
    for body in ("\t\n\r ", "\ud7ff\ue000\ufffd", "\U00010000\U0010ffff", "\x7f\x80"):
        yield Taken(f"body {body!a}", "SendMessage", {**SEND, "MessageBody": body})
    for value in (string.ascii_letters + string.digits + string.punctuation, "a" * 128, "1"):
        yield Taken(f"group of {len(value)}", "SendMessage", {**SEND, "MessageGroupId": value})
        ids = {"MessageGroupId": value, "MessageDeduplicationId": value}
        yield Taken(f"FIFO, ids of {len(value)}", "SendMessage", {**SEND_FIFO, **ids})
        attempt = {"QueueUrl": FIFO, "ReceiveRequestAttemptId": value}
        yield Taken(f"attempt of {len(value)}", "ReceiveMessage", attempt)
    yield Taken(
        "an attempt on a standard queue", "ReceiveMessage", {"QueueUrl": STANDARD, "ReceiveRequestAttemptId": "a"}
    )
    ten = {f"a{number}": text("x") for number in range(10)}
    yield Taken("10 attributes", "SendMessage", {**SEND, "MessageAttributes": ten})
    for name in ("attr.1øßä", "é" * 128, "a-_.b", "Awesome", "AWS", "Amazon", "0"):
        yield Taken(f"attribute {name[:10]}", "SendMessage", {**SEND, "MessageAttributes": {name: text("x")}})
    for kind in ("String.custom", "Number.int", "String.", "String." + "x" * 249):
        yield Taken(f"type {kind[:15]}", "SendMessage", {**SEND, "MessageAttributes": {"a": text("1", kind)}})
    binary = {"a": {"DataType": "Binary.png", "BinaryValue": b"\x00\xff"}}
    yield Taken("type Binary.png", "SendMessage", {**SEND, "MessageAttributes": binary})
    for number in ("0", "-1.5", "1" * 38, "1e126", "1E-128", ".5", "+1", "00.100", "1."):
        yield Taken(f"Number {number}", "SendMessage", {**SEND, "MessageAttributes": {"a": text(number, "Number")}})
    entry = {"Id": "a" * 80, "MessageBody": "x"}
    ten_entries = [{**entry, "Id": f"_-{number}"} for number in range(9)]
    yield Taken("10 entries", "SendMessageBatch", {"QueueUrl": STANDARD, "Entries": [entry, *ten_entries]})
    halves = [{"Id": number, "MessageBody": "x" * (MAX_BYTES // 2)} for number in ("1", "2")]
    yield Taken("a batch of exactly 1 MiB", "SendMessageBatch", {"QueueUrl": STANDARD, "Entries": halves})
    twice = [{"Id": number, "ReceiptHandle": "<handle>"} for number in ("1", "2")]
    yield Taken("one handle under two Ids", "DeleteMessageBatch", {"QueueUrl": STANDARD, "Entries": twice})
    one = Limits(in_flight=1)
    yield Taken("FIFO, as many in flight as may be", "ReceiveMessage", {"QueueUrl": FIFO}, limits=one)
    names = {"AttributeNames": ["All", "SequenceNumber", "VisibilityTimeout", "DeadLetterQueueSourceArn"]}
    yield Taken("system attributes that are not there", "ReceiveMessage", {"QueueUrl": STANDARD, **names})
    odd = {"MessageAttributeNames": ["AWS.", "..foo", "a b", ""]}
    yield Taken("attribute names that cannot be", "ReceiveMessage", {"QueueUrl": STANDARD, **odd})


def lookups() -> Iterator[Taken]:
    for url in ("standard", "https://sqs.eu-west-1.amazonaws.com/000000000000/standard", f"{STANDARD}/"):
        yield Taken(f"QueueUrl {url}", "SendMessage", {**SEND, "QueueUrl": url})
        yield Taken(f"QueueUrl {url}", "GetQueueAttributes", {"QueueUrl": url, "AttributeNames": ["All"]})
    yield Taken("no names", "GetQueueAttributes", {"QueueUrl": STANDARD})
    yield Taken(
        "a queue deleted a moment ago", "CreateQueue", {"QueueName": "dead"}, (call("DeleteQueue", QueueUrl=DEAD),)
    )
    yield Taken("again at once", "PurgeQueue", {"QueueUrl": STANDARD}, (call("PurgeQueue", QueueUrl=STANDARD),))
    yield Taken("members that nobody knows", "DeleteQueue", {"QueueUrl": STANDARD, "Other": MISSING})


TAKEN: Final = (*numbers(), *queues(), *messages(), *lookups())
