"""Which protocol a request speaks, which action it means, and the failures that come before any action."""

from __future__ import annotations

import json
from typing import Final, cast

import pytest

from sqs_emulator.contract.action import Result
from sqs_emulator.services.dispatch import Order
from sqs_emulator.services.pending import Answer, Pending
from sqs_emulator.web.http import Reply
from tests.raw_http import credentials, http, json_call, query_call
from tests.sqs_by_hand import Refused, Sqs, queue_url, read_json, read_xml, refused, request_of, texts

JSON: Final = "application/x-amz-json-1.0"
FORM: Final = "application/x-www-form-urlencoded"
LIST: Final = b"Action=ListQueues&Version=2012-11-05"

IS_QUERY: Final = {
    "a form": http("POST", "/", {"Content-Type": FORM}, LIST),
    "a form with a charset": http("POST", "/", {"Content-Type": f"{FORM}; charset=UTF-8"}, LIST),
    "a GET": http("GET", "/?Action=ListQueues"),
    "a POST with the action in the URL": http("POST", "/?Action=ListQueues", {"Content-Type": FORM}, b""),
    "a POST without a content type": http("POST", "/", {}, LIST),
    "a POST of something else": http("POST", "/", {"Content-Type": "text/plain"}, LIST),
    "a GET with a content type of forms": http("GET", "/?Action=ListQueues", {"Content-Type": FORM}),
    "a signed URL": http(
        "GET",
        "/?Action=ListQueues&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fsqs%2F"
        "aws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Security-Token=t"
        "&X-Amz-Signature=00",
    ),
    "a URL signed the old way": http(
        "GET",
        "/?Action=ListQueues&AWSAccessKeyId=test&SignatureVersion=2&SignatureMethod=HmacSHA256&Signature=x"
        "&Timestamp=2026-01-01T00%3A00%3A00Z&AUTHPARAMS=",
    ),
}
IS_JSON: Final = {
    "a target and its content type": json_call("ListQueues"),
    "a target alone": http("POST", "/", {"X-Amz-Target": "AmazonSQS.ListQueues"}, b"{}"),
    "a charset": json_call("ListQueues", headers={"Content-Type": f"{JSON}; charset=utf-8"}),
    "another JSON type": json_call("ListQueues", headers={"Content-Type": "application/json"}),
    "an empty body": json_call("ListQueues", b""),
    "a queue's path": json_call("ListQueues", target="/000000000000/q"),
}


@pytest.mark.parametrize("request_bytes", IS_QUERY.values(), ids=IS_QUERY)
def test_a_query_request_is_answered_in_xml(sqs: Sqs, request_bytes: bytes) -> None:
    url = sqs.create()

    response = sqs.ask(request_bytes)

    assert response.headers["content-type"] == "text/xml"
    assert texts(read_xml(response), "ListQueuesResult/QueueUrl") == [url]


@pytest.mark.parametrize("request_bytes", IS_JSON.values(), ids=IS_JSON)
def test_a_json_request_is_answered_in_json(sqs: Sqs, request_bytes: bytes) -> None:
    url = sqs.create()

    response = sqs.ask(request_bytes)

    assert response.headers["content-type"] == JSON
    assert read_json(response) == {"QueueUrls": [url]}


def test_an_answer_of_query_says_its_request_id_twice(sqs: Sqs) -> None:
    good = sqs.ask(query_call(b"Action=ListQueues"))
    bad = sqs.ask(query_call(b"Action=Nonsense"))

    assert read_xml(good).findtext("ResponseMetadata/RequestId") == good.headers["x-amzn-requestid"]
    assert f"</Error><RequestId>{bad.headers['x-amzn-requestid']}</RequestId></ErrorResponse>" in bad.body.decode()
    assert b"ResponseMetadata" not in bad.body


# What is no call.

NO_PAGE: Final = {
    "GET /": http("GET", "/"),
    "HEAD /": http("HEAD", "/"),
    "PUT /": http("PUT", "/", {}, b"Action=ListQueues"),
    "OPTIONS *": http("OPTIONS", "*"),
    "GET of a queue": http("GET", "/000000000000/q"),
    "GET of a queue that accepts JSON": http("GET", "/000000000000/q", {"Accept": "application/json"}),
    "POST to a queue without an action": http("POST", "/000000000000/q", {"Content-Type": FORM}, b"Version=1"),
    "GET of a page": http("GET", "/robots.txt"),
    "GET in JSON": http("GET", "/", {"X-Amz-Target": "AmazonSQS.ListQueues"}),
}


@pytest.mark.parametrize("request_bytes", NO_PAGE.values(), ids=NO_PAGE)
def test_a_request_without_an_action_finds_no_page(sqs: Sqs, request_bytes: bytes) -> None:
    sqs.create()

    response = sqs.ask(request_bytes)

    assert response.status == 404
    assert response.body == b"<UnknownOperationException/>"
    assert "x-amzn-requestid" in response.headers


def test_a_post_to_the_root_without_an_action_is_told_so(sqs: Sqs) -> None:
    with refused("MissingAction"):
        sqs.query("Version=2012-11-05")


@pytest.mark.parametrize("action", ["Nonsense", "sendmessage", "", "AmazonSQS.SendMessage"])
def test_an_unknown_action_in_query(sqs: Sqs, action: str) -> None:
    with refused("InvalidAction", f"The action {action} is not valid for this endpoint."):
        sqs.query({"Action": action})


@pytest.mark.parametrize("target", ["AmazonSQS.Nonsense", "SendMessage", "AmazonSNS.Publish", "", "AmazonSQS."])
def test_an_unknown_action_in_json_has_no_message(sqs: Sqs, target: str) -> None:
    response = sqs.ask(http("POST", "/", {"X-Amz-Target": target, "Content-Type": JSON}, b"{}"))

    assert response.status == 400
    assert response.json == {"__type": "com.amazon.coral.service#UnknownOperationException"}
    assert response.headers["x-amzn-query-error"] == "InvalidAction;Sender"


def test_json_without_a_target_is_an_unknown_action(sqs: Sqs) -> None:
    response = sqs.ask(http("POST", "/", {"Content-Type": JSON}, b"{}"))

    assert response.json == {"__type": "com.amazon.coral.service#UnknownOperationException"}


# Paths.


@pytest.mark.parametrize("action", ["CreateQueue", "ListQueues", "Nonsense"])
def test_an_action_that_a_queues_path_does_not_take(sqs: Sqs, action: str) -> None:
    sqs.create()

    with refused("InvalidAction", f"The action {action} is not valid for this endpoint."):
        sqs.query({"Action": action, "QueueName": "x"}, path="/000000000000/q")


@pytest.mark.parametrize("path", ["/000000000000/q", "/000000000000/q/", "/queue/q", "/queue/us-east-1/000000000000/q"])
def test_a_path_supplies_the_queue(sqs: Sqs, path: str) -> None:
    url = sqs.create()

    sqs.query({"Action": "SendMessage", "MessageBody": "by path"}, path=path)

    assert [message["Body"] for message in sqs.receive(url)] == ["by path"]


@pytest.mark.parametrize("where", ["form", "URL"])
def test_a_queue_url_parameter_overrides_the_path(sqs: Sqs, where: str) -> None:
    sqs.create("first")
    second = sqs.create("second")
    pairs = f"QueueUrl={queue_url('second')}"

    if where == "form":
        sqs.query(f"Action=SendMessage&MessageBody=x&{pairs}", path="/000000000000/first")
    else:
        sqs.query("Action=SendMessage&MessageBody=x", path=f"/000000000000/first?{pairs}")

    assert len(sqs.receive(second)) == 1


def test_get_queue_url_works_on_another_queues_path(sqs: Sqs) -> None:
    sqs.create("first")
    second = sqs.create("second")

    root = sqs.query({"Action": "GetQueueUrl", "QueueName": "second"}, path="/000000000000/first")

    assert texts(root, "GetQueueUrlResult/QueueUrl") == [second]


def test_a_get_can_do_everything(sqs: Sqs) -> None:
    url = sqs.create()

    read_xml(sqs.ask(http("GET", "/000000000000/q?Action=SendMessage&MessageBody=by+GET")))
    received = sqs.receive(url)
    read_xml(sqs.ask(http("GET", "/000000000000/q?Action=DeleteQueue")))

    assert [message["Body"] for message in received] == ["by GET"]
    with refused("AWS.SimpleQueueService.NonExistentQueue"):
        sqs.receive(url)


# Credentials never matter, whatever they look like.

AUTHORIZATIONS: Final = {
    "SigV4": credentials()["Authorization"],
    "SigV4A, which names no region": "AWS4-ECDSA-P256-SHA256 Credential=test/20260101/sqs/aws4_request, Signature=0",
    "SigV2": "AWS test:signature",
    "basic": "Basic dGVzdDp0ZXN0",
    "bearer": "Bearer x",
    "empty": "",
    "a scope that is cut": "AWS4-HMAC-SHA256 Credential=test/2026",
    "no key": "AWS4-HMAC-SHA256 Credential=, Signature=",
    "slashes only": "AWS4-HMAC-SHA256 Credential=////, Signature=",
    "colons": "AWS4-HMAC-SHA256 Credential=test/20260101/us:east:1/sqs/aws4_request, Signature=0",
    "percent signs": "AWS4-HMAC-SHA256 Credential=%zz/%/%00/%2f/%, Signature=0",
    "letters of Latin-1": "AWS4-HMAC-SHA256 Credential=\xe9/\xe9/\xe9/\xe9/\xe9, Signature=0",
    "a long one": "AWS4-HMAC-SHA256 Credential=" + "x/" * 5000 + ", Signature=0",
}


@pytest.mark.parametrize("authorization", AUTHORIZATIONS.values(), ids=AUTHORIZATIONS)
def test_any_authorization_will_do(sqs: Sqs, authorization: str) -> None:
    headers = {"Authorization": authorization}

    url = sqs.call("CreateQueue", QueueName="q", headers=headers)["QueueUrl"]
    sqs.call("SendMessage", QueueUrl=url, MessageBody="x", headers=headers)
    (message,) = sqs.call("ReceiveMessage", QueueUrl=url, headers=headers)["Messages"]
    arn = sqs.call("GetQueueAttributes", QueueUrl=url, AttributeNames=["QueueArn"], headers=headers)
    sqs.call("DeleteQueue", QueueUrl=url, headers=headers)

    assert message["Body"] == "x"
    assert len(arn["Attributes"]["QueueArn"].split(":")) == 6


# JSON answers of the Query protocol, for who accepts nothing else.


def test_query_answers_json_to_whom_accepts_it(sqs: Sqs) -> None:
    sqs.create()
    accept = {"Accept": "application/json"}

    def get(parameters: str) -> object:
        return json.loads(sqs.ask(http("GET", f"/000000000000/q?{parameters}", accept)).body)

    sent = sqs.ask(http("GET", "/000000000000/q?Action=SendMessage&MessageBody=x", accept))
    received = get("Action=ReceiveMessage")
    shown = get("Action=GetQueueAttributes&AttributeName.1=VisibilityTimeout")
    bad = get("Action=ReceiveMessage&MaxNumberOfMessages=0")

    assert sent.headers["content-type"] == "application/json"
    answer = sent.json["SendMessageResponse"]
    assert isinstance(answer, dict)
    assert answer["SendMessageResult"]["MD5OfMessageBody"] == "9dd4e461268c8034f5c8564e155c67a6"
    assert answer["ResponseMetadata"] == {"RequestId": sent.headers["x-amzn-requestid"]}
    assert isinstance(received, dict)
    assert received["ReceiveMessageResponse"]["ReceiveMessageResult"]["messages"][0]["Body"] == "x"
    assert isinstance(shown, dict)
    attributes = shown["GetQueueAttributesResponse"]["GetQueueAttributesResult"]["Attributes"]
    assert attributes == [{"Name": "VisibilityTimeout", "Value": "30"}]
    assert isinstance(bad, dict)
    assert bad["Error"] == {
        "Code": "InvalidParameterValue",
        "Message": "Value 0 for parameter MaxNumberOfMessages is invalid. "
        "Reason: Must be between 1 and 10, if provided.",
        "Type": "Sender",
    }


def test_a_failure_inside_is_the_receivers_fault_and_shows_nothing_of_itself(
    sqs: Sqs, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret")

    sqs.api.dispatcher.add(fail, Order.FAULTS)

    with pytest.raises(Refused) as in_json:
        sqs.call("ListQueues")
    with pytest.raises(Refused) as in_query:
        sqs.query("Action=ListQueues")

    for error in (in_json.value, in_query.value):
        assert (error.status, error.code, error.fault) == (500, "InternalError", "Receiver")
        assert "secret" not in error.message
    assert in_json.value.shape == "com.amazonaws.sqs#InternalError"
    assert caplog.text.count("ZeroDivisionError: secret") == 2


@pytest.mark.parametrize("call", [json_call("ListQueues"), query_call(b"Action=ListQueues")], ids=["JSON", "Query"])
def test_a_late_answer_that_cannot_be_written_is_the_receivers_fault_too(
    sqs: Sqs, caplog: pytest.LogCaptureFixture, call: bytes
) -> None:
    bad = cast("Result", object())
    late = Pending[Answer](lambda answer: answer(bad), lambda: None)
    sqs.api.dispatcher.add(lambda *_: late, Order.FAULTS)
    replies: list[Reply] = []

    outcome = sqs.api.answer(request_of(call))
    assert isinstance(outcome, Pending)
    outcome.subscribe(replies.append)

    (reply,) = replies
    assert reply.status == 500
    assert b"InternalError" in reply.body
    assert "failed inside the emulator" in caplog.text
