"""LocalStack's page of a queue's messages, so that tests written for it find it here: `/_aws/sqs/messages`."""

from __future__ import annotations

from starlette.responses import Response

from emulator.contract.sqs import ACTIONS
from emulator.core.identifiers import uuid4_text
from emulator.observe.peek import localstack_messages
from emulator.web.control.asked import Asked, Refused
from emulator.web.control.queues import queue_of
from emulator.wire import aws_json, aws_query


def messages(asked: Asked) -> Response:
    """Answer as a ReceiveMessage would, in JSON if `Accept` asks for it, else in XML.

    The queue is `?QueueUrl=`, or the path's region, account and name; `ShowInvisible` and `ShowDelayed` show the rest.
    """
    if "name" in asked.path:
        asked.query = {**asked.query, **asked.path, "queue": asked.path["name"]}
    elif "QueueUrl" in asked.query:
        asked.query = {**asked.query, "queue": asked.query["QueueUrl"]}
    else:
        raise Refused("Which queue? Say ?QueueUrl=.")
    queue = queue_of(asked)
    result = localstack_messages(
        queue,
        queue.clock.now(),
        show_invisible=asked.flag("ShowInvisible"),
        show_delayed=asked.flag("ShowDelayed"),
    )
    if asked.accepts_json:
        return Response(aws_json.encode_result(result), media_type="application/json")
    body = aws_query.encode(ACTIONS["ReceiveMessage"], result, uuid4_text())
    return Response(body, media_type=aws_query.XML_CONTENT_TYPE)
