"""CreateQueue, GetQueueUrl, ListQueues, DeleteQueue, PurgeQueue."""

from __future__ import annotations

from typing import Any

import pytest

from sqs_emulator.core.limits import STRICT, Limits
from tests.sqs_by_hand import Sqs, queue_url, refused, texts

NO_QUEUE = "AWS.SimpleQueueService.NonExistentQueue"

# CreateQueue.


@pytest.mark.parametrize("name", ["a", "A", "0", "-", "_", "a" * 80, "Queue-1_b"])
def test_a_name_of_letters_digits_hyphens_and_underscores(sqs: Sqs, name: str) -> None:
    assert sqs.create(name) == queue_url(name)


@pytest.mark.parametrize("name", ["a" * 81, "a.b", "a b", "a/b", "é", "a\n", "٣", "q.fifo", "a:b", "<q>"])
def test_a_name_of_anything_else_is_refused(sqs: Sqs, name: str) -> None:
    with refused(
        "InvalidParameterValue",
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    ):
        sqs.create(name)


def test_names_are_case_sensitive(sqs: Sqs) -> None:
    assert sqs.create("q") != sqs.create("Q")


def test_a_queue_is_created_once_however_often_it_is_asked_for(sqs: Sqs) -> None:
    url = sqs.create(VisibilityTimeout="5")
    sqs.send(url)

    again = [sqs.create(), sqs.create(VisibilityTimeout="5"), sqs.create(VisibilityTimeout="05", DelaySeconds="0")]

    assert again == [url] * 3
    assert sqs.counts(url) == (1, 0, 0)


def test_only_the_attributes_that_were_sent_are_compared(sqs: Sqs) -> None:
    url = sqs.create(VisibilityTimeout="5")
    sqs.call("SetQueueAttributes", QueueUrl=url, Attributes={"DelaySeconds": "7"})

    assert sqs.create(VisibilityTimeout="5") == url
    assert sqs.create(DelaySeconds="7") == url


@pytest.mark.parametrize(
    ("live", "sent", "differing"),
    [
        ({}, {"VisibilityTimeout": "31"}, "VisibilityTimeout"),
        ({"DelaySeconds": "5"}, {"VisibilityTimeout": "30", "DelaySeconds": "0"}, "DelaySeconds"),
        ({}, {"DelaySeconds": "1", "VisibilityTimeout": "1"}, "DelaySeconds"),
        ({"Policy": '{"Id":"1","Statement":[]}'}, {"Policy": '{"Id":"2","Statement":[]}'}, "Policy"),
        ({"KmsMasterKeyId": "a"}, {"KmsMasterKeyId": "b"}, "KmsMasterKeyId"),
        ({}, {"SqsManagedSseEnabled": "false"}, "SqsManagedSseEnabled"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_first_attribute_that_differs_is_told(
    sqs: Sqs, live: dict[str, str], sent: dict[str, str], differing: str
) -> None:
    sqs.create(**live)

    with refused(
        "QueueAlreadyExists",
        f"A queue already exists with the same name and a different value for attribute {differing}",
    ):
        sqs.create(**sent)


@pytest.mark.parametrize(
    ("live", "sent"),
    [
        ({"Policy": '{"Statement": [], "Id": "x"}'}, {"Policy": '{"Id":"x","Statement":[]}'}),
        ({"SqsManagedSseEnabled": "False"}, {"SqsManagedSseEnabled": "false"}),
    ],
    ids=["JSON", "boolean"],
)
def test_attributes_are_compared_by_what_they_mean(sqs: Sqs, live: dict[str, str], sent: dict[str, str]) -> None:
    url = sqs.create(**live)

    assert sqs.create(**sent) == url


def test_redrive_policies_are_compared_as_json(sqs: Sqs) -> None:
    sqs.create("dead")
    arn = "arn:aws:sqs:us-east-1:000000000000:dead"
    url = sqs.create(RedrivePolicy=f'{{"deadLetterTargetArn":"{arn}","maxReceiveCount":3}}')

    assert sqs.create(RedrivePolicy=f'{{ "maxReceiveCount": "3", "deadLetterTargetArn": "{arn}" }}') == url


def test_attributes_are_checked_even_if_the_queue_exists(sqs: Sqs) -> None:
    sqs.create()

    with refused("InvalidAttributeValue"):
        sqs.create(VisibilityTimeout="-1")


def test_an_empty_policy_is_none(sqs: Sqs) -> None:
    url = sqs.create(Policy="")

    assert sqs.create(Policy="") == url
    assert "Policy" not in sqs.attributes(url)


def test_tags_come_with_the_queue_and_are_not_compared(sqs: Sqs) -> None:
    url = sqs.call("CreateQueue", QueueName="q", tags={"a": "1"})["QueueUrl"]
    again = sqs.call("CreateQueue", QueueName="q", tags={"a": "2", "b": ""})["QueueUrl"]

    assert again == url
    assert sqs.call("ListQueueTags", QueueUrl=url) == {"Tags": {"a": "1"}}


def test_tags_of_create_queue_begin_with_a_small_letter(sqs: Sqs) -> None:
    url = sqs.call("CreateQueue", QueueName="q", Tags={"a": "1"})["QueueUrl"]

    assert sqs.call("ListQueueTags", QueueUrl=url) == {}


def test_a_refused_queue_is_not_created(sqs: Sqs) -> None:
    with refused("InvalidAttributeValue"):
        sqs.create(VisibilityTimeout="-1")
    with refused("InvalidParameterValue"):
        sqs.call("CreateQueue", QueueName="q", tags={"aws:x": "1"})

    assert sqs.call("ListQueues") == {}


# DeleteQueue.


def test_a_deleted_queue_is_gone_with_all_that_was_in_it(sqs: Sqs) -> None:
    url = sqs.create(VisibilityTimeout="5")
    sqs.call("TagQueue", QueueUrl=url, Tags={"a": "1"})
    sqs.send(url)

    sqs.call("DeleteQueue", QueueUrl=url)

    with refused(NO_QUEUE):
        sqs.call("DeleteQueue", QueueUrl=url)
    assert sqs.create() == url
    assert sqs.counts(url) == (0, 0, 0)
    assert sqs.attributes(url, "VisibilityTimeout") == {"VisibilityTimeout": "30"}
    assert sqs.call("ListQueueTags", QueueUrl=url) == {}


def test_a_handle_of_a_deleted_queue_is_not_one_of_its_successor(sqs: Sqs) -> None:
    url = sqs.create()
    sqs.send(url)
    (old,) = sqs.receive(url)
    sqs.call("DeleteQueue", QueueUrl=url)
    sqs.create()
    sqs.send(url)

    with refused("ReceiptHandleIsInvalid", status=404):
        sqs.call("DeleteMessage", QueueUrl=url, ReceiptHandle=old["ReceiptHandle"])

    assert sqs.counts(url) == (1, 0, 0)


def test_waiting_receives_of_a_deleted_queue_are_answered_with_nothing(sqs: Sqs) -> None:
    url = sqs.create()
    poll = sqs.poll(QueueUrl=url)

    sqs.call("DeleteQueue", QueueUrl=url)

    assert poll.messages() == []


def test_a_name_can_be_used_again_at_once(sqs: Sqs) -> None:
    sqs.call("DeleteQueue", QueueUrl=sqs.create())

    sqs.create()


@pytest.mark.parametrize("protocol", ["JSON", "Query"])
def test_strictly_a_name_is_free_again_after_sixty_seconds(protocol: str) -> None:
    sqs = Sqs(STRICT)
    sqs.call("DeleteQueue", QueueUrl=sqs.create())

    def create() -> Any:
        return sqs.create() if protocol == "JSON" else sqs.query("Action=CreateQueue&QueueName=q")

    sqs.clock.advance(59.999)
    with refused(
        "AWS.SimpleQueueService.QueueDeletedRecently",
        "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
    ):
        create()
    sqs.create("another")
    sqs.clock.advance(0.001)
    create()


# PurgeQueue.


def test_a_purge_removes_visible_delayed_and_in_flight_messages(sqs: Sqs) -> None:
    url = sqs.create()
    sqs.send(url)
    sqs.receive(url)
    sqs.send(url)
    sqs.send(url, DelaySeconds=5)
    assert sqs.counts(url) == (1, 1, 1)

    sqs.call("PurgeQueue", QueueUrl=url)

    assert sqs.counts(url) == (0, 0, 0)
    sqs.clock.advance(60)
    assert sqs.receive(url) == []


def test_what_is_sent_after_a_purge_stays(sqs: Sqs) -> None:
    url = sqs.create()
    sqs.call("PurgeQueue", QueueUrl=url)

    sqs.send(url)
    sqs.call("PurgeQueue", QueueUrl="q")
    sqs.send(url, "second")

    assert [message["Body"] for message in sqs.receive(url)] == ["second"]


@pytest.mark.parametrize("protocol", ["JSON", "Query"])
def test_strictly_a_second_purge_waits_for_sixty_seconds(protocol: str) -> None:
    sqs = Sqs(STRICT)
    url = sqs.create("my-queue")
    sqs.call("PurgeQueue", QueueUrl=url)

    def purge() -> Any:
        return (
            sqs.call("PurgeQueue", QueueUrl=url)
            if protocol == "JSON"
            else sqs.query(f"Action=PurgeQueue&QueueUrl={url}")
        )

    sqs.clock.advance(59.999)
    with refused(
        "AWS.SimpleQueueService.PurgeQueueInProgress",
        "Only one PurgeQueue operation on my-queue is allowed every 60 seconds.",
        status=403,
    ):
        purge()
    sqs.clock.advance(0.001)
    purge()


# ListQueues.


@pytest.fixture
def five() -> Sqs:
    sqs = Sqs()
    for name in ("b-1", "a-2", "b-3", "A-1", "b-2"):
        sqs.create(name)
    return sqs


def names(answer: dict[str, list[str]]) -> list[str]:
    return [url.rpartition("/")[2] for url in answer.get("QueueUrls", [])]


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        (None, ["A-1", "a-2", "b-1", "b-2", "b-3"]),
        ("", ["A-1", "a-2", "b-1", "b-2", "b-3"]),
        ("b", ["b-1", "b-2", "b-3"]),
        ("b-2", ["b-2"]),
        ("B", []),
        ("-1", []),
        (".*", []),
    ],
)
def test_queues_are_listed_by_prefix_in_the_order_of_their_names(
    five: Sqs, prefix: str | None, found: list[str]
) -> None:
    assert names(five.call("ListQueues", QueueNamePrefix=prefix)) == found


def test_pages_join_to_the_whole(five: Sqs) -> None:
    first = five.call("ListQueues", MaxResults=2)
    second = five.call("ListQueues", MaxResults=1, NextToken=first["NextToken"])
    third = five.call("ListQueues", MaxResults=2, NextToken=second["NextToken"])

    assert [names(page) for page in (first, second, third)] == [["A-1", "a-2"], ["b-1"], ["b-2", "b-3"]]
    assert "NextToken" not in third, "an exact fit is the end"


def test_pages_of_a_prefix(five: Sqs) -> None:
    first = five.call("ListQueues", QueueNamePrefix="b", MaxResults=2)
    rest = five.call("ListQueues", QueueNamePrefix="b", MaxResults=2, NextToken=first["NextToken"])

    assert (names(first), names(rest)) == (["b-1", "b-2"], ["b-3"])


def test_a_page_is_right_though_its_neighbours_were_deleted(five: Sqs) -> None:
    token = five.call("ListQueues", MaxResults=2)["NextToken"]
    five.call("DeleteQueue", QueueUrl="a-2")
    five.call("DeleteQueue", QueueUrl="b-1")

    assert names(five.call("ListQueues", MaxResults=5, NextToken=token)) == ["b-2", "b-3"]


@pytest.mark.parametrize("token", ["?", "YQ", "/w==", "é", "a b"])
def test_a_token_that_was_not_given_out_is_refused(five: Sqs, token: str) -> None:
    with refused("InvalidParameterValue"):
        five.call("ListQueues", MaxResults=2, NextToken=token)


def test_without_a_number_of_results_there_is_no_token(sqs: Sqs) -> None:
    small = Sqs(Limits(list_results=3))
    for number in range(5):
        small.create(f"q-{number}")

    answer = small.call("ListQueues")

    assert names(answer) == ["q-0", "q-1", "q-2"]
    assert "NextToken" not in answer


def test_a_thousand_queues_are_a_page(sqs: Sqs) -> None:
    for number in range(1_001):
        sqs.create(f"q-{number:04d}")

    assert len(sqs.call("ListQueues")["QueueUrls"]) == 1_000
    assert len(sqs.call("ListQueues", MaxResults=1_000)["QueueUrls"]) == 1_000
    assert sqs.call("ListQueues", MaxResults=1_000)["NextToken"]


def test_one_full_name_as_prefix_finds_its_queue(sqs: Sqs) -> None:
    sqs.create("celery")
    sqs.create("celery-2")

    root = sqs.query("Action=ListQueues&QueueNamePrefix=celery-2")

    assert texts(root, ".//QueueUrl") == [queue_url("celery-2")]
