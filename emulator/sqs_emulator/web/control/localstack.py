"""LocalStack's page of a queue's messages, so that tests written for it find it here: `/_aws/sqs/messages`."""

from __future__ import annotations

from starlette.responses import Response

from sqs_emulator.contract.sqs import SQS
from sqs_emulator.core.errors import QueueDoesNotExist
from sqs_emulator.core.identifiers import uuid4_text
from sqs_emulator.observe.peek import localstack_messages
from sqs_emulator.web.control.asked import Asked, PageRefused
from sqs_emulator.web.control.named import QueueInSeveralRegions, queue_of
from sqs_emulator.wire import aws_json, aws_query, xml

_JSON = "application/json"


def messages(asked: Asked) -> Response:
    """Answer as a ReceiveMessage would: in XML; with `Accept: application/json`, in that XML turned into JSON; and in
    the JSON protocol's form for a request whose content type is that protocol's.

    The queue is `QueueUrl`, of the query string or the body, or the path's region, account and name. `ShowInvisible`
    and `ShowDelayed` show the rest.
    """
    request_id = uuid4_text()
    in_protocol = asked.content_type == aws_json.CONTENT_TYPE
    if "name" in asked.path:
        asked.query = {**asked.query, **asked.path, "queue": asked.path["name"]}
    else:
        asked.query = {**asked.query, "queue": asked.query.get("QueueUrl") or asked.sent("QueueUrl")}
    try:
        queue = queue_of(asked)
    except QueueInSeveralRegions:
        raise
    except PageRefused:
        encode_error = aws_json.encode_error if in_protocol else aws_query.encode_error
        status, body = encode_error(SQS, QueueDoesNotExist(), request_id)
        return Response(body, status, media_type=aws_json.CONTENT_TYPE if in_protocol else aws_query.XML_CONTENT_TYPE)
    result = localstack_messages(
        queue,
        queue.clock.now(),
        show_invisible=asked.flag("ShowInvisible"),
        show_delayed=asked.flag("ShowDelayed"),
    )
    if in_protocol:
        return Response(aws_json.encode_result(result), media_type=aws_json.CONTENT_TYPE)
    body = aws_query.encode(SQS, SQS.actions["ReceiveMessage"], result, request_id)
    if _JSON in asked.accept:
        return Response(xml.as_json(body), media_type=_JSON)
    return Response(body, media_type=aws_query.XML_CONTENT_TYPE)
