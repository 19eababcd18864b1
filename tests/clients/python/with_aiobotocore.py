"""aiobotocore: a consumer that waits while a producer sends, in one event loop."""

from __future__ import annotations

import asyncio
import hashlib
import json
import uuid
from typing import Any

from aiobotocore.session import get_session

ATTRIBUTES = {
    "text": {"DataType": "String", "StringValue": "Grüße"},
    "number": {"DataType": "Number", "StringValue": "-1.5e3"},
    "bytes": {"DataType": "Binary", "BinaryValue": b"\0\xff"},
    "trace": {"DataType": "String.json", "StringValue": "{}"},
    "length": {"DataType": "Number.int", "StringValue": "7"},
    "image": {"DataType": "Binary.gif", "BinaryValue": b"GIF89a"},
}


async def new_queue(sqs: Any, suffix: str = "", **attributes: str) -> str:
    answer = await sqs.create_queue(QueueName=f"aio-{uuid.uuid4().hex}{suffix}", Attributes=attributes)
    url: str = answer["QueueUrl"]
    return url


async def receive(sqs: Any, url: str, **options: Any) -> list[Any]:
    names = {"MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"]}
    messages: list[Any] = (await sqs.receive_message(QueueUrl=url, **names, **options)).get("Messages", [])
    return messages


async def long_polls_wake(sqs: Any) -> None:
    url = await new_queue(sqs)

    polls = [asyncio.create_task(receive(sqs, url, WaitTimeSeconds=20)) for _ in range(3)]
    sent = await asyncio.gather(*(sqs.send_message(QueueUrl=url, MessageBody=f"body {n}") for n in range(3)))
    received = await asyncio.wait_for(asyncio.gather(*polls), 15)

    assert sorted(message["MessageId"] for (message,) in received) == sorted(answer["MessageId"] for answer in sent)
    await sqs.delete_queue(QueueUrl=url)


async def an_abandoned_poll_takes_no_message(sqs: Any) -> None:
    url = await new_queue(sqs)

    poll = asyncio.create_task(receive(sqs, url, WaitTimeSeconds=20))
    await asyncio.wait([poll], timeout=1)  # let it reach the queue
    assert not poll.done()
    poll.cancel()
    await asyncio.wait([poll])
    await sqs.send_message(QueueUrl=url, MessageBody="mine")
    (message,) = await receive(sqs, url, WaitTimeSeconds=5)

    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    await sqs.delete_queue(QueueUrl=url)


async def batches_and_attributes(sqs: Any) -> None:
    url = await new_queue(sqs)

    entries = [{"Id": str(n), "MessageBody": f"body {n}", "MessageAttributes": ATTRIBUTES} for n in range(10)]
    sent = await sqs.send_message_batch(QueueUrl=url, Entries=entries)
    messages = await receive(sqs, url, MaxNumberOfMessages=10)

    assert [message["Body"] for message in messages] == [entry["MessageBody"] for entry in entries]
    for message, entry in zip(messages, sent["Successful"], strict=True):
        assert message["MessageAttributes"] == ATTRIBUTES
        assert message["MD5OfMessageAttributes"] == entry["MD5OfMessageAttributes"]
        assert message["MD5OfBody"] == hashlib.md5(message["Body"].encode()).hexdigest()
    handles = [{"Id": message["MessageId"], "ReceiptHandle": message["ReceiptHandle"]} for message in messages]
    changed = await sqs.change_message_visibility_batch(
        QueueUrl=url, Entries=[{**handle, "VisibilityTimeout": 0} for handle in handles]
    )
    assert len(changed["Successful"]) == 10
    assert len(await receive(sqs, url, MaxNumberOfMessages=10)) == 10
    deleted = await sqs.delete_message_batch(QueueUrl=url, Entries=handles)
    assert len(deleted["Successful"]) == 10
    await sqs.delete_queue(QueueUrl=url)


async def fifo_queues(sqs: Any) -> None:
    url = await new_queue(sqs, ".fifo", FifoQueue="true", ContentBasedDeduplication="true")

    for body in ("1", "2", "2", "3"):
        await sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g")
    first = await receive(sqs, url, MaxNumberOfMessages=2)
    assert [message["Body"] for message in first] == ["1", "2"]
    assert await receive(sqs, url) == []
    poll = asyncio.create_task(receive(sqs, url, WaitTimeSeconds=20))
    for message in first:
        await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    (last,) = await asyncio.wait_for(poll, 15)

    assert last["Body"] == "3"
    await sqs.delete_queue(QueueUrl=url)


async def dead_letter_queues(sqs: Any) -> None:
    dead = await new_queue(sqs, "-dead")
    arn = (await sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"]))["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    url = await new_queue(sqs, VisibilityTimeout="1", RedrivePolicy=policy)

    sent = await sqs.send_message(QueueUrl=url, MessageBody="poison")
    poll = asyncio.create_task(receive(sqs, dead, WaitTimeSeconds=20))
    (message,) = await receive(sqs, url)
    assert await receive(sqs, url, WaitTimeSeconds=2) == []  # its second receive moves it
    (moved,) = await asyncio.wait_for(poll, 15)

    assert moved["MessageId"] == message["MessageId"] == sent["MessageId"]
    await sqs.delete_queue(QueueUrl=url)
    await sqs.delete_queue(QueueUrl=dead)


async def errors(sqs: Any) -> None:
    url = await new_queue(sqs)
    await sqs.delete_queue(QueueUrl=url)

    try:
        await sqs.receive_message(QueueUrl=url)
    except sqs.exceptions.QueueDoesNotExist:
        pass
    else:
        raise AssertionError("a deleted queue was read")


async def main() -> None:
    async with get_session().create_client("sqs") as sqs:
        for step in (
            long_polls_wake,
            an_abandoned_poll_takes_no_message,
            batches_and_attributes,
            fifo_queues,
            dead_letter_queues,
            errors,
        ):
            await step(sqs)
            print(step.__name__, "ok", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
