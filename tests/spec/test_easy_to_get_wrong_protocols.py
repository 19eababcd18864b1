"""Section 9 of sqs-protocols, "Easy to get wrong": a test for each row, as bytes."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

import pytest

from sqs_emulator import Config, Emulator
from sqs_emulator.contract.sqs import ACTIONS
from sqs_emulator.core.limits import Limits
from tests.raw_http import Connection, credentials, http, json_call, query_call
from tests.spec.catalogue import CATALOGUE, CORAL
from tests.spec.numbered import rows_in
from tests.spec.scene import Scene, arn_of, call
from tests.spec.spelling import JSON, QUERY
from tests.sqs_by_hand import Sqs, queue_url, read_json, read_xml, refused, texts
from tests.wire.golden import Golden
from tests.wire.golden import Scene as GoldenScene
from tests.wire.golden_actions import GOLDEN

CONTENT_TYPE: Final = "application/x-amz-json-1.0"
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}

# An error of each kind that is named after no one rule: what is asked, and its JSON shape.
ERRORS: Final[dict[str, tuple[str, dict[str, object]]]] = {
    "InvalidParameterValueException": ("ReceiveMessage", {"QueueUrl": "standard", "MaxNumberOfMessages": 0}),
    "MissingRequiredParameterException": ("SendMessage", {"QueueUrl": "standard"}),
    "QueueNameExists": ("CreateQueue", {"QueueName": "standard", "Attributes": {"DelaySeconds": "1"}}),
    "QueueDoesNotExist": ("DeleteQueue", {"QueueUrl": "none"}),
    "OverLimit": ("ReceiveMessage", {"QueueUrl": "standard"}),
    "ResourceNotFoundException": ("ListMessageMoveTasks", {"SourceArn": arn_of("none")}),
    "InvalidAttributeName": ("GetQueueAttributes", {"QueueUrl": "standard", "AttributeNames": ["Nonsense"]}),
    "InvalidAttributeValue": ("SetQueueAttributes", {"QueueUrl": "standard", "Attributes": {"DelaySeconds": "x"}}),
    "ReceiptHandleIsInvalid": ("DeleteMessage", {"QueueUrl": "standard", "ReceiptHandle": "x"}),
    "InvalidMessageContents": ("SendMessage", {"QueueUrl": "standard", "MessageBody": "\x00"}),
    "EmptyBatchRequest": ("SendMessageBatch", {"QueueUrl": "standard", "Entries": []}),
}


@pytest.mark.parametrize("headers", [{}, {"x-amzn-query-mode": "true"}], ids=["plain", "in query mode"])
@pytest.mark.parametrize("shape", ERRORS)
def test_every_error_in_json_carries_its_query_code(shape: str, headers: dict[str, str]) -> None:
    """Row 1: the catalogue's code, not the shape nor always the long prefix, whether it was asked for or not."""
    scene = Scene((call("ReceiveMessage", QueueUrl="standard"),), limits=Limits(in_flight=2))
    action, members = ERRORS[shape]

    response = scene.sqs.ask(json_call(action, members, headers=headers))

    assert response.headers["x-amzn-query-error"] == f"{CATALOGUE[shape].query_code};Sender"
    assert str(response.json["__type"]).endswith(f"#{shape}")


def test_the_generic_parameter_errors_are_corals(sqs: Sqs) -> None:
    """Row 2: `com.amazon.coral.service#`, where all that SQS models are `com.amazonaws.sqs#`."""
    sqs.create()

    def type_of(action: str, **members: object) -> object:
        return sqs.ask(json_call(action, members)).json["__type"]

    assert type_of("ReceiveMessage", QueueUrl="q", WaitTimeSeconds=21) == f"{CORAL}InvalidParameterValueException"
    assert type_of("SendMessage", QueueUrl="q") == f"{CORAL}MissingRequiredParameterException"
    assert type_of("SendMessage", QueueUrl="none") == "com.amazonaws.sqs#QueueDoesNotExist"


def test_an_error_in_json_has_a_message_in_small_letters(sqs: Sqs) -> None:
    """Row 3: `message`, and nothing else beside the type."""
    assert sqs.ask(json_call("PurgeQueue", {"QueueUrl": "q"})).json.keys() == {"__type", "message"}


def test_json_is_taken_on_a_queues_path(sqs: Sqs) -> None:
    """Row 4: as clients send it whose endpoint is the queue's URL."""
    sqs.create()

    response = sqs.ask(
        json_call("SendMessage", {"QueueUrl": queue_url(), "MessageBody": "x"}, target="/000000000000/q")
    )

    assert response.status == 200
    assert sqs.counts("q") == (1, 0, 0)


@pytest.mark.parametrize("where", ["in the form", "in the URL"])
def test_a_queue_url_overrides_the_path_whatever_its_host(sqs: Sqs, where: str) -> None:
    """Row 5: the queue of the parameter gets the message."""
    sqs.create("of-path")
    sqs.create("of-parameter")
    named = "QueueUrl=" + quote("https://sqs.eu-west-1.amazonaws.com/000000000000/of-parameter", safe="")
    send = "Action=SendMessage&MessageBody=x"

    if where == "in the form":
        sqs.query(f"{send}&{named}", path="/000000000000/of-path")
    else:
        sqs.query(send, path=f"/000000000000/of-path?{named}")

    assert (sqs.counts("of-path"), sqs.counts("of-parameter")) == ((0, 0, 0), (1, 0, 0))


@pytest.mark.parametrize("action", ["CreateQueue", "ListQueues", "Nonsense"])
def test_a_queues_path_takes_no_action_that_is_for_the_root(sqs: Sqs, action: str) -> None:
    """Row 6: InvalidAction, with the same text for an action that nobody knows."""
    sqs.create()

    with refused("InvalidAction", f"The action {action} is not valid for this endpoint."):
        sqs.query({"Action": action, "QueueName": "x"}, path="/000000000000/q")
    with refused("InvalidAction", "The action Nonsense is not valid for this endpoint."):
        sqs.query("Action=Nonsense")


@pytest.mark.parametrize("path", ["/", "/000000000000/q", "/000000000000/q?Version=2012-11-05"])
def test_a_get_without_an_action_finds_no_page(sqs: Sqs, path: str) -> None:
    """Row 7: 404 with `<UnknownOperationException/>`, not 400."""
    sqs.create()

    for headers in ({}, {"Accept": "application/json"}):
        response = sqs.ask(http("GET", path, headers))
        assert (response.status, response.body) == (404, b"<UnknownOperationException/>")


def test_the_request_id_stands_elsewhere_in_an_error(sqs: Sqs) -> None:
    """Row 8: in ResponseMetadata of an answer, beside Error of a refusal."""
    good, bad = sqs.ask(query_call(b"Action=ListQueues")), sqs.ask(query_call(b"Action=PurgeQueue&QueueUrl=none"))

    root = read_xml(good)
    assert [element.tag for element in root] == ["ListQueuesResult", "ResponseMetadata"]
    assert root.findtext("ResponseMetadata/RequestId") == good.headers["x-amzn-requestid"]
    assert bad.body.endswith(
        f"</Error><RequestId>{bad.headers['x-amzn-requestid']}</RequestId></ErrorResponse>".encode()
    )
    assert b"ResponseMetadata" not in bad.body


VOID: Final[dict[str, dict[str, object]]] = {
    "AddPermission": {"Label": "a", "AWSAccountIds": ["111111111111"], "Actions": ["*"]},
    "ChangeMessageVisibility": {"ReceiptHandle": "<handle>", "VisibilityTimeout": 0},
    "DeleteMessage": {"ReceiptHandle": "<handle>"},
    "DeleteQueue": {},
    "PurgeQueue": {},
    "RemovePermission": {"Label": "known"},
    "SetQueueAttributes": {"Attributes": {"DelaySeconds": "0"}},
    "TagQueue": {"Tags": {"a": "b"}},
    "UntagQueue": {"TagKeys": ["a"]},
}
EMPTY: Final[dict[str, dict[str, object]]] = {
    "ReceiveMessage": {"QueueUrl": "guarded"},
    "ListQueues": {"QueueNamePrefix": "none"},
    "ListQueueTags": {"QueueUrl": "guarded"},
    "GetQueueAttributes": {"QueueUrl": "guarded"},
    "ListDeadLetterSourceQueues": {"QueueUrl": "guarded"},
    "ListMessageMoveTasks": {"SourceArn": arn_of("guarded")},
}


@pytest.mark.parametrize("action", VOID)
def test_an_action_without_output_has_no_result(action: str) -> None:
    """Row 9: nor a body, in JSON; all of them are here."""
    members = {"QueueUrl": "standard", **VOID[action]}

    in_query = Scene().ask(QUERY, action, members)
    in_json = Scene().ask(JSON, action, members)

    assert [element.tag for element in read_xml(in_query)] == ["ResponseMetadata"]
    assert in_query.body.startswith(
        f'<?xml version="1.0"?><{action}Response xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><ResponseMetadata>'.encode()
    )
    assert (in_json.status, in_json.headers["content-length"], in_json.body) == (200, "0", b"")
    assert VOID.keys() == {name for name, declared in ACTIONS.items() if declared.result is None}


@pytest.mark.parametrize("action", EMPTY)
def test_an_empty_output_is_an_empty_result(action: str) -> None:
    """Row 9: the element stays."""
    response = Scene().ask(QUERY, action, EMPTY[action])

    assert f"<{action}Result/><ResponseMetadata>".encode() in response.body


def test_a_carriage_return_and_a_quote_are_references_in_xml(sqs: Sqs) -> None:
    """Row 10: else the body would change on its way, and its MD5 not fit."""
    url = sqs.create()
    body = "a\r\nb\t\"c\" <d> & 'e'"
    sqs.send(url, body)

    response = sqs.ask(query_call({"Action": "ReceiveMessage", "QueueUrl": url}))

    assert b"<Body>a&#xD;\nb\t&quot;c&quot; &lt;d&gt; &amp; 'e'</Body>" in response.body
    assert texts(read_xml(response), "*/Message/Body") == [body]


def test_lists_and_maps_are_flat_in_query(sqs: Sqs) -> None:
    """Row 11: `Attribute.1.Name`, never `Attributes.entry.1.key`, on the way in and on the way out."""
    sqs.query("Action=CreateQueue&QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=5"
              "&Attributes.entry.1.key=VisibilityTimeout&Attributes.entry.1.value=7")  # fmt: skip

    response = sqs.ask(query_call(b"Action=GetQueueAttributes&QueueUrl=q&AttributeName.1=DelaySeconds"))

    assert sqs.attributes("q", "DelaySeconds", "VisibilityTimeout") == {"DelaySeconds": "5", "VisibilityTimeout": "30"}
    flat = "<GetQueueAttributesResult><Attribute><Name>DelaySeconds</Name><Value>5</Value></Attribute></GetQueue"
    assert flat.encode() in response.body


def test_a_list_is_in_the_order_of_its_numbers(sqs: Sqs) -> None:
    """Row 12: `.10` comes after `.9`, wherever they stand in the form."""
    sqs.create()
    form = [("Action", "SendMessageBatch"), ("QueueUrl", "q")]
    for number in (10, 1, 9, 2):
        form += [(f"SendMessageBatchRequestEntry.{number}.Id", f"id{number}"),
                 (f"SendMessageBatchRequestEntry.{number}.MessageBody", str(number))]  # fmt: skip

    root = sqs.query(urlencode(form))

    assert texts(root, ".//SendMessageBatchResultEntry/Id") == ["id1", "id2", "id9", "id10"]
    assert [message["Body"] for message in sqs.receive("q")] == ["1", "2", "9", "10"]


@pytest.mark.parametrize("parameter", ["AttributeName.1", "MessageSystemAttributeName.1"])
def test_one_list_of_query_feeds_both_members(sqs: Sqs, parameter: str) -> None:
    """Row 13: `AttributeName.1` asks for system attributes, as the newer spelling does."""
    sqs.create()
    sqs.send("q")

    root = sqs.query({"Action": "ReceiveMessage", "QueueUrl": "q", parameter: "ApproximateReceiveCount"})

    assert texts(root, "*/Message/Attribute/Name") == ["ApproximateReceiveCount"]


def test_empty_lists_and_maps_are_not_sent_in_json(sqs: Sqs) -> None:
    """Row 14: neither `"Messages":[]` nor `"Attributes":{}`."""
    url = sqs.create()

    assert sqs.ask(json_call("ReceiveMessage", {"QueueUrl": url})).body == b"{}"
    assert sqs.ask(json_call("GetQueueAttributes", {"QueueUrl": url})).body == b"{}"
    assert sqs.ask(json_call("ListQueueTags", {"QueueUrl": url})).body == b"{}"
    assert sqs.ask(json_call("ListQueues", {"QueueNamePrefix": "none"})).body == b"{}"


def test_numbers_are_text_in_attributes_and_numbers_in_tasks() -> None:
    """Row 15: and SenderFault is a boolean, `true` in XML."""
    scene = Scene((call("StartMessageMoveTask", SourceArn=arn_of("dead"), MaxNumberOfMessagesPerSecond=1),))
    failing = {"QueueUrl": "standard", "Entries": [{"Id": "1", "ReceiptHandle": "x"}]}

    shown = scene.call("GetQueueAttributes", QueueUrl="standard", AttributeNames=["All"])["Attributes"]
    (task,) = scene.call("ListMessageMoveTasks", SourceArn=arn_of("dead"))["Results"]
    (failed,) = read_json(scene.ask(JSON, "DeleteMessageBatch", failing))["Failed"]
    in_query = read_xml(scene.ask(QUERY, "DeleteMessageBatch", failing))

    assert {type(value) for value in shown.values()} == {str}
    numbers = ("StartedTimestamp", "ApproximateNumberOfMessagesMoved", "ApproximateNumberOfMessagesToMove",
               "MaxNumberOfMessagesPerSecond")  # fmt: skip
    assert {type(task[name]) for name in numbers} == {int}
    assert failed["SenderFault"] is True
    assert texts(in_query, ".//SenderFault") == ["true"]


@pytest.mark.parametrize("host", ["localhost:9324", "sqs:80", "broker.internal", "[::1]:9324"])
def test_queue_urls_follow_the_host_header(sqs: Sqs, host: str) -> None:
    """Row 16: of this request, not of the one that made the queue."""
    sqs.create()
    for_host = {"Host": host}

    assert sqs.call("GetQueueUrl", QueueName="q", headers=for_host) == {"QueueUrl": f"http://{host}/000000000000/q"}
    assert texts(sqs.query("Action=ListQueues", headers=for_host), "*/QueueUrl") == [f"http://{host}/000000000000/q"]


def test_parameters_of_a_post_may_be_split(sqs: Sqs) -> None:
    """Row 17: some in the URL, some in the form."""
    sqs.create()

    sqs.query("MessageBody=in+the+form", path="/000000000000/q?Action=SendMessage&DelaySeconds=5")

    assert sqs.counts("q") == (0, 0, 1)


def test_one_mib_of_text_is_taken_when_its_form_is_three() -> None:
    """Row 18: by a server as it is configured by default."""
    body = "é" * 524_288

    with Emulator(Config(port=0)) as emulator, Connection(emulator.url) as connection:
        connection.ask(json_call("CreateQueue", {"QueueName": "q"}))
        form = {"Action": "SendMessage", "QueueUrl": "q", "MessageBody": body}
        response = connection.ask(query_call(form))
        received = connection.ask(json_call("ReceiveMessage", {"QueueUrl": "q"}))

    assert len(urlencode(form)) > 3 * 1_048_576
    assert response.status == 200
    assert read_json(received)["Messages"][0]["Body"] == body


SIGNED: Final = {
    "version 4": "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20260101%2Feu-west-1%2Fsqs%2Faws4_request"
    "&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Security-Token=t&X-Amz-Signature=0",
    "version 2": "AWSAccessKeyId=test&SignatureVersion=2&SignatureMethod=HmacSHA256&Signature=x&Timestamp=2026-01-01"
    "&Expires=2026-01-01&Version=2012-11-05&AUTHPARAMS=",
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("signature", SIGNED.values(), ids=SIGNED)
def test_a_signature_in_the_url_is_no_parameter_of_the_action(signature: str, method: str) -> None:
    """Row 19: the call does what it would do without."""
    sqs = Sqs(region="eu-west-1")
    sqs.create(region="eu-west-1")
    target = f"/000000000000/q?{signature}"
    send = "Action=SendMessage&MessageBody=x"

    response = sqs.ask(
        http("GET", f"{target}&{send}") if method == "GET" else http("POST", target, FORM, send.encode())
    )

    assert response.status == 200
    assert sqs.queue(region="eu-west-1").counts(now=sqs.clock.now()).visible == 1


def test_the_content_type_of_json_is_1_0(sqs: Sqs) -> None:
    """Row 20: of an answer, of an empty one, and of an error; whatever the request called itself."""
    created = json_call("CreateQueue", {"QueueName": "q"}, headers={"Content-Type": "application/json"})
    requests = (created, json_call("DeleteQueue", {"QueueUrl": "q"}), json_call("DeleteQueue", {"QueueUrl": "q"}))

    responses = [sqs.ask(request) for request in requests]

    assert [response.status for response in responses] == [200, 200, 400]
    assert {response.headers["content-type"] for response in responses} == {CONTENT_TYPE}


@pytest.mark.parametrize("golden", GOLDEN.values(), ids=GOLDEN)
def test_a_get_can_do_everything(golden: Golden, sqs: Sqs) -> None:
    """Row 21: each action, SendMessage and DeleteQueue too."""
    scene = GoldenScene(sqs.ask, "us-east-1", golden.given)
    pairs = [(name, scene.fill(value)) for name, value in parse_qsl(golden.query, keep_blank_values=True)]
    target = f"/?{urlencode([('Action', golden.action), *pairs])}"

    response = sqs.ask(http("GET", target, credentials()))

    assert response.status == 200
    assert read_xml(response).tag == f"{golden.action}Response"


@pytest.mark.parametrize("shape", ERRORS)
def test_the_status_of_an_error_is_its_own_in_both_protocols(shape: str) -> None:
    """Row 22: 400, 403 or 404, as the catalogue has it."""
    action, members = ERRORS[shape]
    given = (call("ReceiveMessage", QueueUrl="standard"),)

    statuses = {
        Scene(given, limits=Limits(in_flight=2)).ask(protocol, action, members).status for protocol in (JSON, QUERY)
    }

    assert statuses == {CATALOGUE[shape].status}


def test_each_of_the_22_rows_has_its_test() -> None:
    assert rows_in(globals()) == set(range(1, 23))
