"""Every refusal of a standard queue that needs no time to pass, as bytes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.wire.golden import GoldenError, Step
from tests.wire.golden_actions import RECEIVE, SEND

CORAL: Final = "com.amazon.coral.service#"
SQS: Final = "com.amazonaws.sqs#"
SIMPLE: Final = "AWS.SimpleQueueService."


def refusal(
    action: str,
    json: str,
    query: str,
    message: str,
    *given: Step,
    type: str,  # noqa: A002
    code: str,
    status: int = 400,
    query_message: str | None = None,
) -> GoldenError:
    """The same as GoldenError, with what repeats in a section put first by `partial`."""
    return GoldenError(action, json, query, type, code, message, status, query_message, given)


bad_value = partial(refusal, type=CORAL + "InvalidParameterValueException", code="InvalidParameterValue")
missing = partial(refusal, type=CORAL + "MissingRequiredParameterException", code="MissingParameter")
bad_name = partial(refusal, type=SQS + "InvalidAttributeName", code="InvalidAttributeName")
bad_attribute = partial(refusal, type=SQS + "InvalidAttributeValue", code="InvalidAttributeValue")
bad_handle = partial(refusal, type=SQS + "ReceiptHandleIsInvalid", code="ReceiptHandleIsInvalid", status=404)
no_queue = partial(
    refusal,
    type=SQS + "QueueDoesNotExist",
    code=SIMPLE + "NonExistentQueue",
    query_message="The specified queue does not exist for this wsdl version.",
)

QUEUE_NAME: Final = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
NO_QUEUE: Final = "The specified queue does not exist."
BAD_TEXT: Final = (
    "Invalid characters found. "
    "Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
)
BATCH_ID: Final = (
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
    "It can be at most 80 letters long."
)
TWO_KEYS: Final = (
    "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE."
)
GONE: Final = "Message does not exist or is not available for visibility timeout change."
NOT_FOR_STANDARD: Final = "The request include parameter that is not valid for this queue type."

NAMES: Final = {
    "a queue's name is missing": missing("CreateQueue", "{}", "", "The request must contain the parameter QueueName."),
    "a queue's name is empty": missing(
        "CreateQueue", '{"QueueName":""}', "QueueName=", "The request must contain the parameter QueueName."
    ),
    "a queue's name has a space in it": bad_value("CreateQueue", '{"QueueName":"a b"}', "QueueName=a+b", QUEUE_NAME),
    "a queue's name has a letter in it that is not ASCII": bad_value(
        "CreateQueue", '{"QueueName":"é"}', "QueueName=%C3%A9", QUEUE_NAME
    ),
    "a queue's name is too long": bad_value(
        "CreateQueue", f'{{"QueueName":"{"a" * 81}"}}', f"QueueName={'a' * 81}", QUEUE_NAME
    ),
    "a standard queue is called .fifo": bad_value(
        "CreateQueue", '{"QueueName":"a.fifo"}', "QueueName=a.fifo", QUEUE_NAME
    ),
    "a queue exists with other attributes": refusal(
        "CreateQueue",
        '{"QueueName":"q","Attributes":{"DelaySeconds":"0","VisibilityTimeout":"5"}}',
        "QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=0"
        "&Attribute.2.Name=VisibilityTimeout&Attribute.2.Value=5",
        "A queue already exists with the same name and a different value for attribute VisibilityTimeout",
        type=SQS + "QueueNameExists",
        code="QueueAlreadyExists",
    ),
    "GetQueueUrl of no name": missing("GetQueueUrl", "{}", "", "The request must contain the parameter QueueName."),
    "GetQueueUrl of an unknown name": no_queue("GetQueueUrl", '{"QueueName":"none"}', "QueueName=none", NO_QUEUE),
    "GetQueueUrl of another account's queue": no_queue(
        "GetQueueUrl",
        '{"QueueName":"q","QueueOwnerAWSAccountId":"111111111111"}',
        "QueueName=q&QueueOwnerAWSAccountId=111111111111",
        NO_QUEUE,
    ),
    "a URL that leads nowhere": no_queue(
        "GetQueueAttributes",
        '{"QueueUrl":"http://whatever-incorrect-queue-address"}',
        "QueueUrl=http://whatever-incorrect-queue-address",
        NO_QUEUE,
    ),
}

# Each action, with all that it needs: in JSON, and in Query. What else is wrong with it comes after the queue.
ON_A_QUEUE: Final = {
    "DeleteQueue": ("", ""),
    "PurgeQueue": ("", ""),
    "GetQueueAttributes": (',"AttributeNames":["Nonsense"]', "&AttributeName.1=Nonsense"),
    "SetQueueAttributes": (',"Attributes":{"Nonsense":"1"}', "&Attribute.1.Name=Nonsense&Attribute.1.Value=1"),
    "TagQueue": (',"Tags":{"a":"b"}', "&Tag.1.Key=a&Tag.1.Value=b"),
    "UntagQueue": (',"TagKeys":["a"]', "&TagKey.1=a"),
    "ListQueueTags": ("", ""),
    "SendMessage": ("", ""),
    "SendMessageBatch": ("", ""),
    "ReceiveMessage": (',"MaxNumberOfMessages":99', "&MaxNumberOfMessages=99"),
    "DeleteMessage": (',"ReceiptHandle":"nonsense"', "&ReceiptHandle=nonsense"),
    "DeleteMessageBatch": ("", ""),
    "ChangeMessageVisibility": (
        ',"ReceiptHandle":"nonsense","VisibilityTimeout":99999',
        "&ReceiptHandle=nonsense&VisibilityTimeout=99999",
    ),
    "ChangeMessageVisibilityBatch": ("", ""),
}


def on_a_queue() -> Iterator[tuple[str, GoldenError]]:
    """No action on a queue does without one that exists, and says so before anything else."""
    for action, (json, query) in ON_A_QUEUE.items():
        url = "http://localhost:9324/000000000000/none"
        yield (
            f"{action} on no queue",
            no_queue(action, f'{{"QueueUrl":"{url}"{json}}}', f"QueueUrl={url}{query}", NO_QUEUE),
        )
        yield (
            f"{action} without a queue's URL",
            missing(action, f"{{{json[1:]}}}", query[1:], "The request must contain the parameter QueueUrl."),
        )


def attribute_refusals() -> Iterator[tuple[str, GoldenError]]:
    """The same for CreateQueue and SetQueueAttributes."""
    rows = {
        "an unknown attribute": (bad_name, {"Foo": "1"}, "Unknown Attribute Foo."),
        "an attribute with an empty name": (bad_name, {"": "1"}, "Unknown Attribute ."),
        "the attribute All": (bad_name, {"All": "1"}, "Unknown Attribute All."),
        "a read-only attribute": (bad_name, {"QueueArn": "1"}, "Unknown Attribute QueueArn."),
        "FifoQueue=false": (bad_name, {"FifoQueue": "false"}, "Unknown Attribute FifoQueue."),
        "ContentBasedDeduplication": (
            bad_name,
            {"ContentBasedDeduplication": "true"},
            "Unknown Attribute ContentBasedDeduplication.",
        ),
        "DeduplicationScope": (
            bad_name,
            {"DeduplicationScope": "queue"},
            "You can specify the DeduplicationScope only when FifoQueue is set to true.",
        ),
        "FifoThroughputLimit": (
            bad_name,
            {"FifoThroughputLimit": "perQueue"},
            "You can specify the FifoThroughputLimit only when FifoQueue is set to true.",
        ),
        "a timeout that is no number": (
            bad_attribute,
            {"VisibilityTimeout": "soon"},
            "Invalid value for the parameter VisibilityTimeout.",
        ),
        "a timeout out of range": (
            bad_attribute,
            {"VisibilityTimeout": "43201"},
            "Invalid value for the parameter VisibilityTimeout.",
        ),
        "a policy that is no JSON": (bad_attribute, {"Policy": "{"}, "Invalid value for the parameter Policy."),
        "two kinds of encryption": (
            bad_name,
            {"KmsMasterKeyId": "testKeyId", "SqsManagedSseEnabled": "true"},
            TWO_KEYS,
        ),
        "a redrive policy that is no JSON": (
            bad_value,
            {"RedrivePolicy": "dummy"},
            "Value dummy for parameter RedrivePolicy is invalid. Reason: Redrive policy is not a valid JSON map.",
        ),
        "a redrive policy without a count": (
            bad_value,
            {"RedrivePolicy": '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:q"}'},
            (
                'Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:q"} for parameter RedrivePolicy is '
                "invalid. Reason: Redrive policy does not contain mandatory attribute: maxReceiveCount."
            ),
        ),
        "a redrive policy without a target": (
            bad_value,
            {"RedrivePolicy": '{"maxReceiveCount":3}'},
            (
                'Value {"maxReceiveCount":3} for parameter RedrivePolicy is invalid. '
                "Reason: Redrive policy does not contain mandatory attribute: deadLetterTargetArn."
            ),
        ),
        "a redrive policy with no receives": (
            bad_value,
            {"RedrivePolicy": '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:q","maxReceiveCount":0}'},
            (
                'Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:q","maxReceiveCount":0} '
                "for parameter RedrivePolicy is invalid. "
                "Reason: Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive."
            ),
        ),
        "a dead-letter queue that is not there": (
            bad_value,
            {"RedrivePolicy": '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:none","maxReceiveCount":3}'},
            (
                'Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:none","maxReceiveCount":3} for '
                "parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist."
            ),
        ),
    }
    for name, (kind, attributes, message) in rows.items():
        pairs = list(attributes.items())
        quoted = ",".join(f'"{key}":"{value.replace(chr(34), chr(92) + chr(34))}"' for key, value in pairs)
        form = "".join(
            f"&Attribute.{number}.Name={key}&Attribute.{number}.Value={value}"
            for number, (key, value) in enumerate(pairs, start=1)
        )
        yield (
            f"CreateQueue with {name}",
            kind("CreateQueue", f'{{"QueueName":"q","Attributes":{{{quoted}}}}}', f"QueueName=q{form}", message),
        )
        yield (
            f"SetQueueAttributes with {name}",
            kind("SetQueueAttributes", f'{{"QueueUrl":"q","Attributes":{{{quoted}}}}}', f"QueueUrl=q{form}", message),
        )


QUEUES: Final = {
    "SetQueueAttributes of nothing": missing(
        "SetQueueAttributes", '{"QueueUrl":"q"}', "QueueUrl=q", "The request must contain the parameter Attributes."
    ),
    "GetQueueAttributes of an unknown one": bad_name(
        "GetQueueAttributes",
        '{"QueueUrl":"q","AttributeNames":["All","Nonsense"]}',
        "QueueUrl=q&AttributeName.1=All&AttributeName.2=Nonsense",
        "Unknown Attribute Nonsense.",
    ),
    "GetQueueAttributes of one without a name": bad_name(
        "GetQueueAttributes",
        '{"QueueUrl":"q","AttributeNames":[""]}',
        "QueueUrl=q&AttributeName.1=",
        "Unknown Attribute .",
    ),
    "ListQueues with no results wanted": bad_value(
        "ListQueues",
        '{"MaxResults":0}',
        "MaxResults=0",
        "Value 0 for parameter MaxResults is invalid. Reason: MaxResults must be between 1 and 1000.",
    ),
    "ListQueues with too many results wanted": bad_value(
        "ListQueues",
        '{"MaxResults":1001}',
        "MaxResults=1001",
        "Value 1001 for parameter MaxResults is invalid. Reason: MaxResults must be between 1 and 1000.",
    ),
    "ListQueues with a token of its own making": bad_value(
        "ListQueues",
        '{"MaxResults":1,"NextToken":"?"}',
        "MaxResults=1&NextToken=?",
        "Value ? for parameter NextToken is invalid. Reason: Invalid or expired next token.",
    ),
    "TagQueue without tags": missing(
        "TagQueue", '{"QueueUrl":"q","Tags":{}}', "QueueUrl=q", "The request must contain the parameter Tags."
    ),
    "TagQueue with an empty key": bad_value(
        "TagQueue",
        '{"QueueUrl":"q","Tags":{"":"x"}}',
        "QueueUrl=q&Tag.1.Key=&Tag.1.Value=x",
        "Tag keys must be between 1 and 128 characters in length.",
    ),
    "UntagQueue with an empty key": bad_value(
        "UntagQueue",
        '{"QueueUrl":"q","TagKeys":[""]}',
        "QueueUrl=q&TagKey.1=",
        "Tag keys must be between 1 and 128 characters in length.",
    ),
}


def numbers() -> Iterator[tuple[str, GoldenError]]:
    """Integers just out of their ranges."""
    receive = ("ReceiveMessage", '{"QueueUrl":"q"', "QueueUrl=q")
    change = (
        "ChangeMessageVisibility",
        '{"QueueUrl":"q","ReceiptHandle":"$handle"',
        "QueueUrl=q&ReceiptHandle=$handle",
    )
    send = ("SendMessage", '{"QueueUrl":"q","MessageBody":"x"', "QueueUrl=q&MessageBody=x")
    rows = [
        (receive, "MaxNumberOfMessages", (0, 11, -1), "Must be between 1 and 10, if provided."),
        (receive, "WaitTimeSeconds", (-1, 21), "Must be >= 0 and <= 20, if provided."),
        (receive, "VisibilityTimeout", (-1, 43201), "Must be >= 0 and <= 43200, if provided."),
        (change, "VisibilityTimeout", (-1, 43201), "Must be >= 0 and <= 43200, if provided."),
        (send, "DelaySeconds", (-1, 901), "DelaySeconds must be >= 0 and <= 900."),
    ]
    for (action, json, query), parameter, values, reason in rows:
        for value in values:
            yield (
                f"{action} with {parameter}={value}",
                bad_value(
                    action,
                    f'{json},"{parameter}":{value}}}',
                    f"{query}&{parameter}={value}",
                    f"Value {value} for parameter {parameter} is invalid. Reason: {reason}",
                    SEND,
                    RECEIVE,
                ),
            )


def identifiers() -> Iterator[tuple[str, GoldenError]]:
    """Ids of message groups and receive attempts."""
    rows = [
        ("SendMessage", '"MessageBody":"x"', "MessageBody=x", "MessageGroupId"),
        ("SendMessage", '"MessageBody":"x"', "MessageBody=x", "MessageDeduplicationId"),
        ("ReceiveMessage", '"MaxNumberOfMessages":1', "MaxNumberOfMessages=1", "ReceiveRequestAttemptId"),
    ]
    values = {"that is empty": "", "with a space": "a b", "of 129 characters": "a" * 129, "with a letter": "é"}
    for action, json, query, parameter in rows:
        for kind, value in values.items():
            yield (
                f"{action} with a {parameter} {kind}",
                bad_value(
                    action,
                    f'{{"QueueUrl":"q",{json},"{parameter}":"{value}"}}',
                    f"QueueUrl=q&{query}&{parameter}={value}",
                    f"Value {value} for parameter {parameter} is invalid. Reason: {parameter} can only include "
                    "alphanumeric and punctuation characters. 1 to 128 in length.",
                ),
            )


MESSAGES: Final = {
    "SendMessage without a body": missing(
        "SendMessage", '{"QueueUrl":"q"}', "QueueUrl=q", "The request must contain the parameter MessageBody."
    ),
    "SendMessage with an empty body": missing(
        "SendMessage",
        '{"QueueUrl":"q","MessageBody":""}',
        "QueueUrl=q&MessageBody=",
        "The request must contain the parameter MessageBody.",
    ),
    "SendMessage with a character that is not allowed": refusal(
        "SendMessage",
        '{"QueueUrl":"q","MessageBody":"a\\uffff"}',
        "QueueUrl=q&MessageBody=a%EF%BF%BF",
        BAD_TEXT,
        type=SQS + "InvalidMessageContents",
        code="InvalidMessageContents",
    ),
    "SendMessage of a message that is too long": bad_value(
        "SendMessage",
        f'{{"QueueUrl":"q","MessageBody":"{"x" * 1025}"}}',
        f"QueueUrl=q&MessageBody={'x' * 1025}",
        "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
        Step("SetQueueAttributes", {"QueueUrl": "q", "Attributes": {"MaximumMessageSize": "1024"}}),
    ),
    "SendMessage with a deduplication id": bad_value(
        "SendMessage",
        '{"QueueUrl":"q","MessageBody":"x","MessageDeduplicationId":"d1"}',
        "QueueUrl=q&MessageBody=x&MessageDeduplicationId=d1",
        f"Value d1 for parameter MessageDeduplicationId is invalid. Reason: {NOT_FOR_STANDARD}",
    ),
    "SendMessage with a forbidden character in an attribute": bad_value(
        "SendMessage",
        '{"QueueUrl":"q","MessageBody":"x","MessageAttributes":{"a":{"DataType":"String","StringValue":"\\u0000"}}}',
        "QueueUrl=q&MessageBody=x&MessageAttribute.1.Name=a&MessageAttribute.1.Value.DataType=String"
        "&MessageAttribute.1.Value.StringValue=%00",
        BAD_TEXT,
    ),
    "ReceiveMessage of an unknown attribute": bad_name(
        "ReceiveMessage",
        '{"QueueUrl":"q","MessageSystemAttributeNames":["Nonsense"]}',
        "QueueUrl=q&AttributeName.1=Nonsense",
        "Unknown Attribute Nonsense.",
    ),
    "DeleteMessage without a handle": missing(
        "DeleteMessage", '{"QueueUrl":"q"}', "QueueUrl=q", "The request must contain the parameter ReceiptHandle."
    ),
    "DeleteMessage with a handle that is none": bad_handle(
        "DeleteMessage",
        '{"QueueUrl":"q","ReceiptHandle":"<none>"}',
        "QueueUrl=q&ReceiptHandle=<none>",
        'The input receipt handle "<none>" is not a valid receipt handle.',
    ),
    "DeleteMessage with another queue's handle": bad_handle(
        "DeleteMessage",
        '{"QueueUrl":"other","ReceiptHandle":"$handle"}',
        "QueueUrl=other&ReceiptHandle=$handle",
        "The input receipt handle is invalid.",
        SEND,
        RECEIVE,
        Step("CreateQueue", {"QueueName": "other"}),
    ),
    "ChangeMessageVisibility without a handle": missing(
        "ChangeMessageVisibility",
        '{"QueueUrl":"q","VisibilityTimeout":0}',
        "QueueUrl=q&VisibilityTimeout=0",
        "The request must contain the parameter ReceiptHandle.",
    ),
    "ChangeMessageVisibility without a timeout": missing(
        "ChangeMessageVisibility",
        '{"QueueUrl":"q","ReceiptHandle":"$handle"}',
        "QueueUrl=q&ReceiptHandle=$handle",
        "The request must contain the parameter VisibilityTimeout.",
        SEND,
        RECEIVE,
    ),
    "ChangeMessageVisibility with a handle that is none": bad_handle(
        "ChangeMessageVisibility",
        '{"QueueUrl":"q","ReceiptHandle":"none","VisibilityTimeout":0}',
        "QueueUrl=q&ReceiptHandle=none&VisibilityTimeout=0",
        'The input receipt handle "none" is not a valid receipt handle.',
    ),
    "ChangeMessageVisibility of a deleted message": bad_value(
        "ChangeMessageVisibility",
        '{"QueueUrl":"q","ReceiptHandle":"$handle","VisibilityTimeout":0}',
        "QueueUrl=q&ReceiptHandle=$handle&VisibilityTimeout=0",
        f"Value [receipt handle] for parameter ReceiptHandle is invalid. Reason: {GONE}",
        SEND,
        RECEIVE,
        Step("DeleteMessage", {"QueueUrl": "q", "ReceiptHandle": "$handle"}),
    ),
}


def batches() -> Iterator[tuple[str, GoldenError]]:
    """What fails a whole batch, of each kind."""
    kinds = {
        "SendMessageBatch": '"MessageBody":"x"',
        "DeleteMessageBatch": '"ReceiptHandle":"x"',
        "ChangeMessageVisibilityBatch": '"ReceiptHandle":"x"',
    }
    for action, member in kinds.items():
        name, value = member.replace('"', "").split(":")
        entry = f"{action}RequestEntry"

        def batch(
            *ids: str, action: str = action, member: str = member, entry: str = entry, of: str = f"{name}={value}"
        ) -> tuple[str, str, str]:
            form = "".join(
                f"&{entry}.{number}.Id={entry_id}&{entry}.{number}.{of}" for number, entry_id in enumerate(ids, start=1)
            )
            entries = ",".join(f'{{"Id":"{entry_id}",{member}}}' for entry_id in ids)
            return action, f'{{"QueueUrl":"q","Entries":[{entries}]}}', f"QueueUrl=q{form}"

        empty = partial(refusal, type=SQS + "EmptyBatchRequest", code=SIMPLE + "EmptyBatchRequest")
        many = partial(refusal, type=SQS + "TooManyEntriesInBatchRequest", code=SIMPLE + "TooManyEntriesInBatchRequest")
        bad_id = partial(refusal, type=SQS + "InvalidBatchEntryId", code=SIMPLE + "InvalidBatchEntryId")
        twice = partial(refusal, type=SQS + "BatchEntryIdsNotDistinct", code=SIMPLE + "BatchEntryIdsNotDistinct")
        yield f"{action} of nothing", empty(*batch(), f"There should be at least one {entry} in the request.")
        yield (
            f"{action} of eleven",
            many(*batch(*"abcdefghijk"), "Maximum number of entries per request are 10. You have sent 11."),
        )
        yield f"{action} with an empty id", bad_id(*batch("a", ""), BATCH_ID)
        yield f"{action} with an id that has a dot in it", bad_id(*batch("a.b"), BATCH_ID)
        yield f"{action} with an id that is too long", bad_id(*batch("a" * 81), BATCH_ID)
        yield f"{action} with an id twice: the first repeated one is told", twice(*batch(*"1221"), "Id 2 repeated.")
        yield f"{action} with a bad id beside one that is repeated", bad_id(*batch("1", "1", "."), BATCH_ID)


ERRORS: Final[dict[str, GoldenError]] = {
    **NAMES,
    **dict(on_a_queue()),
    **dict(attribute_refusals()),
    **QUEUES,
    **dict(numbers()),
    **dict(identifiers()),
    **MESSAGES,
    **dict(batches()),
}
