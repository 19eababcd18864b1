"""Dead-letter queues as clients see them: who may have which, what is shown of a dead letter, and who is listed."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tests.sqs_by_hand import START, Sqs, queue_url, refused, texts

ARN: Final = "arn:aws:sqs:us-east-1:000000000000:"


def policy(target: str = "dead", after: int = 1) -> str:
    return json.dumps({"deadLetterTargetArn": ARN + target, "maxReceiveCount": after})


def set_to(sqs: Sqs, url: str, **attributes: str) -> None:
    sqs.call("SetQueueAttributes", QueueUrl=url, Attributes=attributes)


def create_pair(sqs: Sqs, suffix: str = "", **attributes: str) -> tuple[str, str]:
    """Return a queue whose messages can be received once, and its dead-letter queue."""
    kind = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if suffix else {}
    dead = sqs.create("dead" + suffix, **kind)
    return sqs.create("q" + suffix, RedrivePolicy=policy("dead" + suffix), **kind, **attributes), dead


def send(sqs: Sqs, url: str, body: str = "poison", **members: Any) -> Any:
    return sqs.send(url, body, **({"MessageGroupId": "g"} if url.endswith(".fifo") else {}), **members)


SUFFIXES: Final = pytest.mark.parametrize("suffix", ["", ".fifo"], ids=["standard", "FIFO"])


# What is shown.


@SUFFIXES
def test_a_dead_letter_keeps_its_id_and_says_where_it_came_from(sqs: Sqs, suffix: str) -> None:
    url, dead = create_pair(sqs, suffix, VisibilityTimeout="30")
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1"}}
    attribute = {"k": {"DataType": "String", "StringValue": "x"}}
    sent = send(sqs, url, MessageSystemAttributes=trace, MessageAttributes=attribute)
    sqs.clock.advance(1)
    (first,) = sqs.receive(url, AttributeNames=["All"], MessageAttributeNames=["All"])
    sqs.clock.advance(30)

    assert sqs.receive(url) == []
    (letter,) = sqs.receive(dead, AttributeNames=["All"], MessageAttributeNames=["All"])

    changed = {"ApproximateReceiveCount": "2", "DeadLetterQueueSourceArn": f"{ARN}q{suffix}"}
    if suffix:
        changed["MessageDeduplicationId"] = sent["MessageId"]
        changed["SequenceNumber"] = letter["Attributes"]["SequenceNumber"]
    assert letter["Attributes"] == {**first["Attributes"], **changed}
    assert letter["Attributes"]["SentTimestamp"] == str(START)
    assert letter["Attributes"]["ApproximateFirstReceiveTimestamp"] == str(START + 1_000)
    same = ("MessageId", "Body", "MD5OfBody", "MessageAttributes", "MD5OfMessageAttributes")
    assert {name: letter[name] for name in same} == {name: first[name] for name in same}
    assert letter["ReceiptHandle"] != first["ReceiptHandle"]


def test_the_source_can_be_asked_for_by_its_name_and_is_nowhere_else(sqs: Sqs) -> None:
    url, dead = create_pair(sqs)
    send(sqs, url)
    (first,) = sqs.receive(url, VisibilityTimeout=0, MessageSystemAttributeNames=["DeadLetterQueueSourceArn"])
    sqs.receive(url)
    send(sqs, dead, "sent here")

    letters = sqs.receive(dead, MessageSystemAttributeNames=["DeadLetterQueueSourceArn"])

    assert "Attributes" not in first
    assert [message.get("Attributes") for message in letters] == [{"DeadLetterQueueSourceArn": f"{ARN}q"}, None]


@SUFFIXES
def test_a_message_is_in_one_of_the_two_queues_at_a_time(sqs: Sqs, suffix: str) -> None:
    url, dead = create_pair(sqs, suffix, VisibilityTimeout="10")
    send(sqs, url)

    seen = []
    for step in (0, 0, 10, 0):
        sqs.clock.advance(step)
        seen.append((sqs.counts(url), sqs.counts(dead)))
        sqs.receive(url)
    seen.append((sqs.counts(url), sqs.counts(dead)))

    assert seen == [
        ((1, 0, 0), (0, 0, 0)),
        ((0, 1, 0), (0, 0, 0)),
        ((1, 0, 0), (0, 0, 0)),
        ((0, 0, 0), (1, 0, 0)),
        ((0, 0, 0), (1, 0, 0)),
    ]


@SUFFIXES
def test_a_poll_of_the_dead_letter_queue_is_answered_by_a_receive_from_the_source(sqs: Sqs, suffix: str) -> None:
    url, dead = create_pair(sqs, suffix)
    send(sqs, url)
    sqs.receive(url, VisibilityTimeout=0)
    poll = sqs.poll(QueueUrl=dead)

    assert sqs.receive(url) == []
    assert [message["Body"] for message in poll.messages()] == ["poison"]


def test_a_poll_of_the_source_waits_on_while_its_only_message_goes(sqs: Sqs) -> None:
    url, dead = create_pair(sqs)
    send(sqs, url)
    sqs.receive(url, VisibilityTimeout=10)
    poll = sqs.poll(QueueUrl=url)

    sqs.pass_time(10, "q")

    assert poll.is_waiting
    assert sqs.counts(dead) == (1, 0, 0)


def test_without_its_dead_letter_queue_messages_are_delivered_on(sqs: Sqs) -> None:
    url, dead = create_pair(sqs)
    send(sqs, url)
    sqs.call("DeleteQueue", QueueUrl=dead)

    received = [sqs.receive(url, VisibilityTimeout=0, AttributeNames=["ApproximateReceiveCount"]) for _ in range(3)]

    assert [message["Attributes"]["ApproximateReceiveCount"] for (message,) in received] == ["1", "2", "3"]


# Who may have which.


@pytest.mark.parametrize(("source", "target"), [("q", "dead.fifo"), ("q.fifo", "dead")])
def test_source_and_target_are_of_one_type(sqs: Sqs, source: str, target: str) -> None:
    for name in (source, target):
        sqs.create(name, **({"FifoQueue": "true"} if name.endswith(".fifo") else {}))

    with refused(
        "InvalidParameterValue",
        f"Value {policy(target)} for parameter RedrivePolicy is invalid. "
        "Reason: Dead-letter queue must be same type of queue as the source.",
    ):
        set_to(sqs, queue_url(source), RedrivePolicy=policy(target))


def test_a_queue_that_is_being_created_is_checked_too(sqs: Sqs) -> None:
    sqs.create("dead", RedriveAllowPolicy='{"redrivePermission":"denyAll"}')

    for target, reason in (
        ("none", "Dead letter target does not exist."),
        ("dead", f"Queue {ARN}dead does not allow the source queue to use it as a dead-letter queue."),
    ):
        with refused(
            "InvalidParameterValue",
            f"Value {policy(target)} for parameter RedrivePolicy is invalid. Reason: {reason}",
        ):
            sqs.create("q", RedrivePolicy=policy(target))
    with refused("AWS.SimpleQueueService.NonExistentQueue"):
        sqs.attributes(queue_url("q"))


def test_a_dead_letter_queue_of_another_account_is_none(sqs: Sqs) -> None:
    sqs.create("dead", key="111111111111")
    url = sqs.create("q")
    elsewhere = policy().replace("000000000000", "111111111111")

    with refused("InvalidParameterValue"):
        set_to(sqs, url, RedrivePolicy=elsewhere)


def test_a_later_refusal_to_be_used_undoes_nothing(sqs: Sqs) -> None:
    url, dead = create_pair(sqs)

    set_to(sqs, dead, RedriveAllowPolicy='{"redrivePermission":"denyAll"}')
    set_to(sqs, url, VisibilityTimeout="7")

    send(sqs, url)
    sqs.receive(url, VisibilityTimeout=0)
    sqs.receive(url)
    assert sqs.counts(dead) == (1, 0, 0)
    with refused("InvalidParameterValue"):
        set_to(sqs, url, RedrivePolicy=policy(after=2))


def test_allow_policies_may_name_ten_queues(sqs: Sqs) -> None:
    arns = [f"{ARN}q{number}" for number in range(10)]
    sqs.create("dead", RedriveAllowPolicy=json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": arns}))

    for number in range(10):
        sqs.create(f"q{number}", RedrivePolicy=policy())

    with refused("InvalidParameterValue"):
        sqs.create("q10", RedrivePolicy=policy())


def test_an_allow_policy_is_cleared_by_an_empty_one(sqs: Sqs) -> None:
    dead = sqs.create("dead", RedriveAllowPolicy='{"redrivePermission":"denyAll"}')

    set_to(sqs, dead, RedriveAllowPolicy="")

    assert "RedriveAllowPolicy" not in sqs.attributes(dead)
    sqs.create("q", RedrivePolicy=policy())


# Who is listed.


def sources(sqs: Sqs, **members: Any) -> tuple[list[str], str | None]:
    """Return a page of names and the token of the next."""
    answer = sqs.call("ListDeadLetterSourceQueues", QueueUrl=queue_url("dead"), **members)
    return [url.rpartition("/")[2] for url in answer["queueUrls"]], answer.get("NextToken")


def test_a_queue_without_sources_lists_none_of_them_as_an_empty_list(sqs: Sqs) -> None:
    url = sqs.create("dead")

    assert sqs.call("ListDeadLetterSourceQueues", QueueUrl=url) == {"queueUrls": []}


def test_sources_are_the_queues_that_name_it_now(sqs: Sqs) -> None:
    sqs.create("dead")
    sqs.create("other")
    for name in ("b", "a", "gone", "changed", "cleared"):
        sqs.create(name, RedrivePolicy=policy())
    sqs.create("of_another", RedrivePolicy=policy("other"))

    sqs.call("DeleteQueue", QueueUrl=queue_url("gone"))
    set_to(sqs, queue_url("changed"), RedrivePolicy=policy("other"))
    set_to(sqs, queue_url("cleared"), RedrivePolicy="")

    assert sources(sqs) == (["a", "b"], None)


def test_pages_of_sources_join_to_the_whole(sqs: Sqs) -> None:
    sqs.create("dead")
    for name in "edcba":
        sqs.create(name, RedrivePolicy=policy())

    first, token = sources(sqs, MaxResults=2)
    second, token_of_second = sources(sqs, MaxResults=2, NextToken=token)
    third, end = sources(sqs, MaxResults=2, NextToken=token_of_second)

    assert [first, second, third] == [["a", "b"], ["c", "d"], ["e"]]
    assert end is None
    assert sources(sqs, MaxResults=5) == (list("abcde"), None), "an exact fit has no token"
    assert sources(sqs) == (list("abcde"), None)


def test_the_query_protocol_lists_a_url_an_element(sqs: Sqs) -> None:
    sqs.create("dead")
    for name in "ab":
        sqs.create(name, RedrivePolicy=policy())

    root = sqs.query({"Action": "ListDeadLetterSourceQueues", "QueueUrl": queue_url("dead"), "MaxResults": "1"})

    assert texts(root, "ListDeadLetterSourceQueuesResult/QueueUrl") == [queue_url("a")]
    assert len(texts(root, "ListDeadLetterSourceQueuesResult/NextToken")) == 1


@pytest.mark.parametrize("number", [0, 1_001, -1])
def test_the_number_of_results_has_bounds(sqs: Sqs, number: int) -> None:
    sqs.create("dead")

    with refused("InvalidParameterValue"):
        sources(sqs, MaxResults=number)


def test_a_token_that_was_not_given_out_is_refused(sqs: Sqs) -> None:
    sqs.create("dead")

    with refused("InvalidParameterValue"):
        sources(sqs, MaxResults=1, NextToken="none")
