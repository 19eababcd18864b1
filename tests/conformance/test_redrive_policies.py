"""RedrivePolicy and RedriveAllowPolicy: their form, what is refused, and which queues a dead-letter queue serves."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Sqs, refused


def redrive(arn: str, count: Any = 3) -> str:
    return json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": count})


def refusal(sent: str, reason: str) -> str:
    return f"Value {sent} for parameter RedrivePolicy is invalid. Reason: {reason}"


def set_policy(sqs: Sqs, url: str, policy: str, name: str = "RedrivePolicy") -> None:
    sqs.client.set_queue_attributes(QueueUrl=url, Attributes={name: policy})


# RedrivePolicy.


@recorded("RedrivePolicy comes back in its normal form, with maxReceiveCount as a number even if sent as a text")
@pytest.mark.parametrize("count", [7, "7"], ids=["number", "text"])
def test_a_redrive_policy_comes_back_with_a_number(sqs: Sqs, queue: str, count: int | str) -> None:
    arn = sqs.arn(queue)

    url = sqs.create(RedrivePolicy=redrive(arn, count))

    shown = sqs.attributes(url, "RedrivePolicy")["RedrivePolicy"]
    assert shown == f'{{"deadLetterTargetArn":"{arn}","maxReceiveCount":7}}'


@ground("API Reference, SetQueueAttributes")
@pytest.mark.parametrize("count", [1, 1_000])
def test_a_message_may_be_received_up_to_1000_times(sqs: Sqs, queue: str, count: int) -> None:
    url = sqs.create()

    set_policy(sqs, url, redrive(sqs.arn(queue), count))

    def shown() -> object:
        return json.loads(sqs.attributes(url).get("RedrivePolicy", "{}")).get("maxReceiveCount")

    sqs.eventually(shown, count)


@ground("API Reference, SetQueueAttributes")
@pytest.mark.parametrize("count", [0, 1_001, -1, "many"])
def test_a_receive_count_out_of_its_range_is_refused(sqs: Sqs, queue: str, count: Any) -> None:
    with refused("InvalidParameterValue"):
        sqs.create(RedrivePolicy=redrive(sqs.arn(queue), count))


@recorded("public reports quote SetQueueAttributes's words for a redrive policy with something missing")
@pytest.mark.parametrize("key", ["deadLetterTargetArn", "maxReceiveCount"])
def test_both_members_are_mandatory(sqs: Sqs, queue: str, key: str) -> None:
    whole = {"deadLetterTargetArn": sqs.arn(sqs.create()), "maxReceiveCount": 3}
    del whole[key]
    sent = json.dumps(whole)

    with refused(
        "InvalidParameterValue", refusal(sent, f"Redrive policy does not contain mandatory attribute: {key}.")
    ):
        set_policy(sqs, queue, sent)


@recorded("public reports quote SetQueueAttributes's words for a dead-letter queue that does not exist")
def test_the_dead_letter_queue_has_to_exist(sqs: Sqs, queue: str) -> None:
    sent = redrive(f"{sqs.arn(queue)}-not")

    with refused("InvalidParameterValue", refusal(sent, "Dead letter target does not exist.")):
        set_policy(sqs, queue, sent)


@recorded("public reports quote SetQueueAttributes's words for a dead-letter queue of the other type")
@pytest.mark.parametrize("of", ["standard", "FIFO"])
def test_the_dead_letter_queue_is_of_the_same_type(sqs: Sqs, queue: str, fifo: str, of: str) -> None:
    source, target = (queue, fifo) if of == "standard" else (fifo, queue)
    sent = redrive(sqs.arn(target))

    with refused("InvalidParameterValue", refusal(sent, "Dead-letter queue must be same type of queue as the source.")):
        set_policy(sqs, source, sent)


@recorded("a deadLetterTargetArn that is no ARN is refused")
def test_the_dead_letter_queue_is_named_by_an_arn(sqs: Sqs, queue: str) -> None:
    with refused("InvalidParameterValue"):
        set_policy(sqs, queue, redrive("dummy"))


@recorded("a queue may be its own dead-letter queue")
def test_a_queue_may_name_itself(sqs: Sqs, queue: str) -> None:
    set_policy(sqs, queue, redrive(sqs.arn(queue)))

    sqs.eventually(lambda: "RedrivePolicy" in sqs.attributes(queue), True)


# RedriveAllowPolicy.


@ground("API Reference, SetQueueAttributes")
def test_a_redrive_allow_policy_comes_back(sqs: Sqs, queue: str) -> None:
    sent = {"redrivePermission": "byQueue", "sourceQueueArns": [sqs.arn(queue)]}

    url = sqs.create(RedriveAllowPolicy=json.dumps(sent))

    assert json.loads(sqs.attributes(url, "RedriveAllowPolicy")["RedriveAllowPolicy"]) == sent


@ground("API Reference, SetQueueAttributes")
@pytest.mark.parametrize(
    "sent",
    [
        {"redrivePermission": "some"},
        {
            "redrivePermission": "byQueue",
            "sourceQueueArns": [f"arn:aws:sqs:us-east-1:000000000000:{n}" for n in "abcdefghijk"],
        },
    ],
    ids=["unknown permission", "eleven queues"],
)
def test_a_redrive_allow_policy_that_cannot_be_is_refused(sqs: Sqs, queue: str, sent: dict[str, Any]) -> None:
    with pytest.raises(sqs.client.exceptions.ClientError) as caught:
        set_policy(sqs, queue, json.dumps(sent), "RedriveAllowPolicy")

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert "RedriveAllowPolicy" not in sqs.attributes(queue)


@ground("Developer Guide, Using dead-letter queues in Amazon SQS")
def test_a_queue_that_denies_all_is_nobodys_dead_letter_queue(sqs: Sqs, queue: str) -> None:
    denying = sqs.create(RedriveAllowPolicy='{"redrivePermission": "denyAll"}')

    with refused("InvalidParameterValue"):
        set_policy(sqs, queue, redrive(sqs.arn(denying)))

    assert "RedrivePolicy" not in sqs.attributes(queue)


@ground("Developer Guide, Using dead-letter queues in Amazon SQS")
def test_a_queue_may_be_the_dead_letter_queue_of_those_it_names(sqs: Sqs, queue: str) -> None:
    allow = {"redrivePermission": "byQueue", "sourceQueueArns": [sqs.arn(queue)]}
    choosy = sqs.create(RedriveAllowPolicy=json.dumps(allow))
    another = sqs.create()

    set_policy(sqs, queue, redrive(sqs.arn(choosy)))
    with refused("InvalidParameterValue"):
        set_policy(sqs, another, redrive(sqs.arn(choosy)))

    sqs.eventually(lambda: "RedrivePolicy" in sqs.attributes(queue), True)


@ground("Developer Guide, Using dead-letter queues in Amazon SQS")
def test_a_queue_that_allows_all_is_anybodys_dead_letter_queue(sqs: Sqs, queue: str) -> None:
    open_to_all = sqs.create(RedriveAllowPolicy='{"redrivePermission": "allowAll"}')

    set_policy(sqs, queue, redrive(sqs.arn(open_to_all)))

    sqs.eventually(lambda: "RedrivePolicy" in sqs.attributes(queue), True)


# Who has it as a dead-letter queue.

SOURCES: Final = 3


def sources(sqs: Sqs, url: str, **members: Any) -> dict[str, Any]:
    answer: dict[str, Any] = sqs.client.list_dead_letter_source_queues(QueueUrl=url, **members)
    return answer


@ground("API Reference, ListDeadLetterSourceQueues")
def test_a_queue_that_is_no_dead_letter_queue_has_no_sources(sqs: Sqs, queue: str) -> None:
    assert sources(sqs, queue)["queueUrls"] == []


@ground("API Reference, ListDeadLetterSourceQueues")
def test_a_dead_letter_queues_sources_are_listed(sqs: Sqs, queue: str) -> None:
    urls = sorted(sqs.create(RedrivePolicy=redrive(sqs.arn(queue))) for _ in range(SOURCES))
    sqs.create()

    sqs.eventually(lambda: sorted(sources(sqs, queue)["queueUrls"]), urls)


@ground("API Reference, ListDeadLetterSourceQueues")
def test_sources_are_listed_in_pages(sqs: Sqs, queue: str) -> None:
    urls = sorted(sqs.create(RedrivePolicy=redrive(sqs.arn(queue))) for _ in range(SOURCES))
    sqs.eventually(lambda: len(sources(sqs, queue)["queueUrls"]), SOURCES)

    first = sources(sqs, queue, MaxResults=2)
    second = sources(sqs, queue, MaxResults=2, NextToken=first["NextToken"])

    assert (len(first["queueUrls"]), len(second["queueUrls"])) == (2, 1)
    assert sorted(first["queueUrls"] + second["queueUrls"]) == urls
    assert "NextToken" not in second


@ground("API Reference, ListDeadLetterSourceQueues")
def test_a_queue_whose_policy_was_cleared_is_no_source(sqs: Sqs, queue: str) -> None:
    url = sqs.create(RedrivePolicy=redrive(sqs.arn(queue)))

    set_policy(sqs, url, "")

    sqs.eventually(lambda: sources(sqs, queue)["queueUrls"], [])
