"""Error rows of sqs-protocols (sections 1, 2 and 4): requests that never become an action, as bytes."""

from __future__ import annotations

from typing import Final, NamedTuple

from tests.raw_http import http, json_call, query_call
from tests.spec.catalogue import CORAL, Told

BAD_JSON: Final = "SerializationException"
NAMES_NOTHING: Final = Told(400, f"{CORAL}UnknownOperationException", "InvalidAction", "Sender", "")
NO_JSON: Final = Told(400, f"{CORAL}{BAD_JSON}", BAD_JSON, "Sender", "…")
BAD_VALUE: Final = Told(400, None, "InvalidParameterValue", "Sender", "…")


def invalid_action(action: str) -> Told:
    return Told(400, None, "InvalidAction", "Sender", f"The action {action} is not valid for this endpoint.")


def missing(name: str) -> Told:
    return Told(400, None, "MissingParameter", "Sender", f"The request must contain the parameter {name}.")


def in_json(action: str, body: str) -> bytes:
    return json_call(action, body.encode())


FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}

BROKEN_JSON: Final = {
    # Unknown or missing action in X-Amz-Target.
    "an unknown action": (json_call("Nonsense"), NAMES_NOTHING),
    "an action in small letters": (json_call("sendmessage"), NAMES_NOTHING),
    "another service's target": (http("POST", "/", {"X-Amz-Target": "AmazonSNS.Publish"}, b"{}"), NAMES_NOTHING),
    "an empty target": (http("POST", "/", {"X-Amz-Target": ""}, b"{}"), NAMES_NOTHING),
    "no target": (http("POST", "/", {"Content-Type": "application/x-amz-json-1.0"}, b"{}"), NAMES_NOTHING),
    # Body not JSON, or of the wrong JSON type for a member.
    "no JSON": (in_json("SendMessage", "hello"), NO_JSON),
    "a form": (in_json("SendMessage", "QueueUrl=standard&MessageBody=x"), NO_JSON),
    "half an object": (in_json("SendMessage", '{"QueueUrl":"standard"'), NO_JSON),
    "two objects": (in_json("DeleteQueue", '{"QueueUrl":"standard"}{}'), NO_JSON),
    "a list": (in_json("DeleteQueue", '["standard"]'), NO_JSON),
    "a string": (in_json("DeleteQueue", '"standard"'), NO_JSON),
    "no UTF-8": (json_call("SendMessage", b'{"QueueUrl":"standard","MessageBody":"\xff"}'), NO_JSON),
    "a lone surrogate": (in_json("SendMessage", '{"QueueUrl":"standard","MessageBody":"\\ud800"}'), NO_JSON),
    "a number for a string": (in_json("SendMessage", '{"QueueUrl":"standard","MessageBody":1}'), NO_JSON),
    "a list for a string": (in_json("DeleteQueue", '{"QueueUrl":["standard"]}'), NO_JSON),
    "a string for a list": (in_json("UntagQueue", '{"QueueUrl":"standard","TagKeys":"team"}'), NO_JSON),
    "a list for a map": (in_json("TagQueue", '{"QueueUrl":"standard","Tags":["a","b"]}'), NO_JSON),
    "a map for a string in a map": (in_json("TagQueue", '{"QueueUrl":"standard","Tags":{"a":{}}}'), NO_JSON),
    "a string for an entry": (in_json("DeleteMessageBatch", '{"QueueUrl":"standard","Entries":["a"]}'), NO_JSON),
    "text for an integer": (in_json("ReceiveMessage", '{"QueueUrl":"standard","WaitTimeSeconds":"soon"}'), NO_JSON),
    "a fraction for an integer": (in_json("ReceiveMessage", '{"QueueUrl":"standard","WaitTimeSeconds":0.5}'), NO_JSON),
    "no base64 for a binary": (
        in_json(
            "SendMessage",
            '{"QueueUrl":"standard","MessageBody":"x",'
            '"MessageAttributes":{"a":{"DataType":"Binary","BinaryValue":"%"}}}',
        ),
        NO_JSON,
    ),
}

BROKEN_QUERY: Final = {
    # Unknown action, or root-only action on a queue path.
    "an unknown action": (query_call(b"Action=Nonsense"), invalid_action("Nonsense")),
    "an action in small letters": (query_call(b"Action=sendmessage"), invalid_action("sendmessage")),
    "an empty action": (query_call(b"Action="), invalid_action("")),
    "CreateQueue on a queue's path": (
        query_call(b"Action=CreateQueue&QueueName=new", target="/000000000000/standard"),
        invalid_action("CreateQueue"),
    ),
    "ListQueues on a queue's path": (
        query_call(b"Action=ListQueues", target="/000000000000/standard"),
        invalid_action("ListQueues"),
    ),
    "ListQueues on a queue's path, by GET": (
        http("GET", "/000000000000/standard?Action=ListQueues"),
        invalid_action("ListQueues"),
    ),
    "an unknown action on a queue's path": (
        query_call(b"Action=Nonsense", target="/000000000000/standard"),
        invalid_action("Nonsense"),
    ),
    # Missing required parameter.
    "no body": (query_call(b"Action=SendMessage&QueueUrl=standard"), missing("MessageBody")),
    "no body, on the queue's path": (
        query_call(b"Action=SendMessage", target="/000000000000/standard"),
        missing("MessageBody"),
    ),
    "no queue": (query_call(b"Action=SendMessage&MessageBody=x"), missing("QueueUrl")),
    # No Action on `/`.
    "no action": (query_call(b"Version=2012-11-05"), Told(400, None, "MissingAction", "Sender", "…")),
    "no parameters at all": (query_call(b""), Told(400, None, "MissingAction", "Sender", "…")),
    # Bytes that are no text.
    "no UTF-8": (query_call(b"Action=SendMessage&QueueUrl=standard&MessageBody=%ff"), BAD_VALUE),
    "a lone surrogate": (query_call(b"Action=SendMessage&QueueUrl=standard&MessageBody=%ED%A0%80"), BAD_VALUE),
    "no base64 for a binary": (
        query_call(
            b"Action=SendMessage&QueueUrl=standard&MessageBody=x&MessageAttribute.1.Name=a"
            b"&MessageAttribute.1.Value.DataType=Binary&MessageAttribute.1.Value.BinaryValue=%25"
        ),
        BAD_VALUE,
    ),
}


class IntegerParameter(NamedTuple):
    action: str
    form: str
    name: str


INTEGERS: Final = (
    IntegerParameter("SendMessage", "QueueUrl=standard&MessageBody=x", "DelaySeconds"),
    IntegerParameter("ReceiveMessage", "QueueUrl=standard", "MaxNumberOfMessages"),
    IntegerParameter("ReceiveMessage", "QueueUrl=standard", "WaitTimeSeconds"),
    IntegerParameter("ReceiveMessage", "QueueUrl=standard", "VisibilityTimeout"),
    IntegerParameter("ChangeMessageVisibility", "QueueUrl=standard&ReceiptHandle=x", "VisibilityTimeout"),
    IntegerParameter("ListQueues", "", "MaxResults"),
    IntegerParameter("ListDeadLetterSourceQueues", "QueueUrl=dead", "MaxResults"),
    IntegerParameter(
        "StartMessageMoveTask", "SourceArn=arn:aws:sqs:us-east-1:000000000000:dead", "MaxNumberOfMessagesPerSecond"
    ),
    IntegerParameter("ListMessageMoveTasks", "SourceArn=arn:aws:sqs:us-east-1:000000000000:dead", "MaxResults"),
)
NOT_INTEGERS: Final = ("", "null", "soon", "1.0", "1e1", "+1", "1 ", " 1", "0x1", "--1", "\u0661", "1_0", "9" * 400)

# No AWS call at all: nothing names an action where one is needed.
NO_PAGE: Final = {
    "GET /": http("GET", "/"),
    "GET of a queue": http("GET", "/000000000000/standard"),
    "GET of a queue that accepts JSON": http("GET", "/000000000000/standard", {"Accept": "application/json"}),
    "GET of a queue with a version": http("GET", "/000000000000/standard?Version=2012-11-05"),
    "POST to a queue": http("POST", "/000000000000/standard", FORM, b"Version=2012-11-05"),
    "POST to a queue without a body": http("POST", "/000000000000/standard", FORM, b""),
}
