"""Names and URLs of queues: which are allowed, which queue they mean, creating a queue twice, queues that are gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Sqs, refused

GONE: Final = "AWS.SimpleQueueService.NonExistentQueue"
GONE_WORDS: Final = "The specified queue does not exist."
BAD_NAME: Final = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
BAD_FIFO_NAME: Final = (
    "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, "
    "must end with .fifo suffix and be 1 to 80 in length."
)


# Names.


@ground("API Reference, CreateQueue")
def test_a_name_has_up_to_80_letters_digits_hyphens_and_underscores(sqs: Sqs) -> None:
    name = sqs.name("_aZ09-_", length=80)

    url = sqs.create(name)

    assert len(name) == 80
    assert url.endswith(f"/{name}")


@ground("API Reference, CreateQueue")
def test_the_suffix_of_a_fifo_queue_counts_towards_its_80_characters(sqs: Sqs) -> None:
    name = sqs.name(".fifo", length=80)

    url = sqs.create(name, FifoQueue="true")

    assert url.endswith(f"/{name}")


@recorded("public reports quote CreateQueue's words for a bad name")
@pytest.mark.parametrize(
    ("ending", "length"),
    [(" b", 0), (".b", 0), ("/b", 0), ("é", 0), ("!", 0), ("", 81), (".fifo", 0)],
    ids=["space", "dot", "slash", "letter beyond ASCII", "punctuation", "81 characters", ".fifo"],
)
def test_a_standard_queue_of_another_name_is_refused(sqs: Sqs, ending: str, length: int) -> None:
    name = sqs.name(ending, length=length)

    with refused("InvalidParameterValue", BAD_NAME):
        sqs.client.create_queue(QueueName=name)


@recorded("public reports quote CreateQueue's words for a bad name of a FIFO queue")
@pytest.mark.parametrize(
    ("ending", "length"),
    [("", 0), (".FIFO", 0), ("!.fifo", 0), (".fifo", 81)],
    ids=["no suffix", "suffix in capitals", "punctuation", "81 characters"],
)
def test_a_fifo_queue_of_another_name_is_refused(sqs: Sqs, ending: str, length: int) -> None:
    name = sqs.name(ending, length=length)

    with refused("InvalidParameterValue", BAD_FIFO_NAME):
        sqs.client.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})


@ground("API Reference, CreateQueue")
def test_names_are_case_sensitive(sqs: Sqs) -> None:
    name = sqs.name()

    lower, upper = sqs.create(f"{name}-a"), sqs.create(f"{name}-A")

    assert lower != upper
    sqs.send(lower)
    assert len(sqs.receive(lower)) == 1
    assert sqs.look(upper) == []


# URLs and ARNs.


@ground("Developer Guide, Amazon SQS queue and message identifiers")
def test_a_queues_url_ends_with_account_and_name(sqs: Sqs) -> None:
    name = sqs.name()

    url = sqs.create(name)

    account = sqs.account(url)
    assert url.endswith(f"/{account}/{name}")
    assert len(account) == 12
    assert account.isdecimal()


@ground("Developer Guide, Amazon SQS queue and message identifiers")
def test_a_queues_arn_names_region_account_and_queue(sqs: Sqs) -> None:
    name = sqs.name()

    arn = sqs.arn(sqs.create(name))

    head, partition, service, region, _, last = arn.split(":")
    assert (head, service, region, last) == ("arn", "sqs", sqs.client.meta.region_name, name)
    assert partition.startswith("aws")


@recorded("queue URLs at queue.amazonaws.com and at sqs.<region>.amazonaws.com mean the same queue")
def test_the_host_of_a_queue_url_does_not_matter(sqs: Sqs) -> None:
    name = sqs.name()
    url = sqs.create(name)
    elsewhere = f"https://queue.amazonaws.com/{sqs.account(url)}/{name}"

    sqs.send(elsewhere, "by another host")

    assert sqs.receive_one(url)["Body"] == "by another host"


@recorded("SendMessage, SetQueueAttributes and GetQueueAttributes take a queue's name for its URL")
def test_a_bare_name_is_as_good_as_a_url(sqs: Sqs) -> None:
    name = sqs.name()
    url = sqs.create(name)

    sqs.send(name, "by name")
    sqs.client.set_queue_attributes(QueueUrl=name, Attributes={"VisibilityTimeout": "77"})

    assert sqs.receive_one(url)["Body"] == "by name"
    sqs.eventually(lambda: sqs.attributes(name, "VisibilityTimeout"), {"VisibilityTimeout": "77"})


@recorded("SendMessage to http://whatever-incorrect-queue-address is answered with QueueDoesNotExist")
def test_a_url_that_is_no_queues_leads_nowhere(sqs: Sqs) -> None:
    with refused(GONE, GONE_WORDS):
        sqs.send("http://whatever-incorrect-queue-address")


@ground("API Reference, GetQueueUrl")
def test_a_name_leads_to_the_url(sqs: Sqs) -> None:
    name = sqs.name()
    url = sqs.create(name)

    assert sqs.client.get_queue_url(QueueName=name)["QueueUrl"] == url
    assert sqs.client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=sqs.account(url))["QueueUrl"] == url


@recorded("GetQueueUrl of a name that no queue has: QueueDoesNotExist")
def test_a_name_that_no_queue_has_leads_nowhere(sqs: Sqs) -> None:
    with refused(GONE, GONE_WORDS):
        sqs.client.get_queue_url(QueueName=sqs.name())


# Creating twice.


@recorded("CreateQueue without attributes of a queue that has other than the defaults: 200, the same URL")
def test_creating_a_queue_again_without_attributes_answers_its_url(sqs: Sqs) -> None:
    name = sqs.name()
    url = sqs.create(name, VisibilityTimeout="77", DelaySeconds="7")

    assert sqs.create(name) == url

    assert sqs.attributes(url, "VisibilityTimeout", "DelaySeconds") == {"VisibilityTimeout": "77", "DelaySeconds": "7"}


@recorded("CreateQueue with the attributes that the queue has: 200, the same URL")
def test_creating_a_queue_again_with_its_attributes_answers_its_url(sqs: Sqs) -> None:
    name = sqs.name()
    url = sqs.create(name, VisibilityTimeout="77")

    assert sqs.create(name, VisibilityTimeout="77", DelaySeconds="0") == url


@recorded("CreateQueue with an attribute that the queue has differently: QueueAlreadyExists, in these words")
def test_creating_a_queue_again_with_another_attribute_is_refused(sqs: Sqs) -> None:
    name = sqs.name()
    sqs.create(name, VisibilityTimeout="77")
    words = "A queue already exists with the same name and a different value for attribute VisibilityTimeout"

    with refused("QueueAlreadyExists", words):
        sqs.create(name, VisibilityTimeout="78")
    with refused("QueueAlreadyExists", words.replace("VisibilityTimeout", "DelaySeconds")):
        sqs.create(name, DelaySeconds="1")


@recorded("CreateQueue after SetQueueAttributes compares with what was set, and with what is sent only")
def test_creating_a_queue_again_compares_with_what_it_has_become(sqs: Sqs) -> None:
    name = sqs.name()
    url = sqs.create(name, VisibilityTimeout="77")

    sqs.client.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "78"})
    sqs.eventually(lambda: sqs.attributes(url, "VisibilityTimeout"), {"VisibilityTimeout": "78"})

    assert sqs.create(name, VisibilityTimeout="78") == url
    assert sqs.create(name) == url


@recorded("CreateQueue less than 60 s after DeleteQueue: QueueDeletedRecently, in these words")
def test_a_name_cannot_be_used_again_for_60_seconds(strict_sqs: Sqs) -> None:
    name = strict_sqs.name()
    strict_sqs.client.delete_queue(QueueUrl=strict_sqs.create(name))

    words = "You must wait 60 seconds after deleting a queue before you can create another with the same name."
    with refused("AWS.SimpleQueueService.QueueDeletedRecently", words):
        strict_sqs.create(name)


# Queues that are gone.


@ground("API Reference, DeleteQueue")
def test_a_deleted_queue_is_gone(sqs: Sqs) -> None:
    name = sqs.name()
    url = sqs.create(name)
    sqs.send(url)

    sqs.client.delete_queue(QueueUrl=url)

    def is_gone() -> bool:
        try:
            sqs.client.get_queue_url(QueueName=name)
        except sqs.client.exceptions.QueueDoesNotExist:
            return True
        return False

    sqs.eventually(is_gone, True)


# The receipt handle is none and the batches are empty: the queue is looked for first.
ACTIONS: Final[dict[str, Callable[[Any, str], object]]] = {
    "AddPermission": lambda sqs, url: sqs.add_permission(
        QueueUrl=url, Label="l", AWSAccountIds=["000000000000"], Actions=["*"]
    ),
    "ChangeMessageVisibility": lambda sqs, url: sqs.change_message_visibility(
        QueueUrl=url, ReceiptHandle="none", VisibilityTimeout=1
    ),
    "ChangeMessageVisibilityBatch": lambda sqs, url: sqs.change_message_visibility_batch(QueueUrl=url, Entries=[]),
    "DeleteMessage": lambda sqs, url: sqs.delete_message(QueueUrl=url, ReceiptHandle="none"),
    "DeleteMessageBatch": lambda sqs, url: sqs.delete_message_batch(QueueUrl=url, Entries=[]),
    "DeleteQueue": lambda sqs, url: sqs.delete_queue(QueueUrl=url),
    "GetQueueAttributes": lambda sqs, url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]),
    "ListDeadLetterSourceQueues": lambda sqs, url: sqs.list_dead_letter_source_queues(QueueUrl=url),
    "ListQueueTags": lambda sqs, url: sqs.list_queue_tags(QueueUrl=url),
    "PurgeQueue": lambda sqs, url: sqs.purge_queue(QueueUrl=url),
    "ReceiveMessage": lambda sqs, url: sqs.receive_message(QueueUrl=url),
    "RemovePermission": lambda sqs, url: sqs.remove_permission(QueueUrl=url, Label="l"),
    "SendMessage": lambda sqs, url: sqs.send_message(QueueUrl=url, MessageBody="hello"),
    "SendMessageBatch": lambda sqs, url: sqs.send_message_batch(QueueUrl=url, Entries=[]),
    "SetQueueAttributes": lambda sqs, url: sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "1"}),
    "TagQueue": lambda sqs, url: sqs.tag_queue(QueueUrl=url, Tags={"a": "b"}),
    "UntagQueue": lambda sqs, url: sqs.untag_queue(QueueUrl=url, TagKeys=["a"]),
}


@recorded("every action on a queue that does not exist: QueueDoesNotExist, before receipt handle and entries are read")
@pytest.mark.parametrize("call", ACTIONS.values(), ids=ACTIONS)
def test_every_action_refuses_a_queue_that_does_not_exist(sqs: Sqs, call: Callable[[Any, str], object]) -> None:
    url = sqs.missing()

    with refused(GONE, GONE_WORDS):
        call(sqs.client, url)
