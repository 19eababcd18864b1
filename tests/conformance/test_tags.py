"""Tags of queues (cost allocation tags)."""

from __future__ import annotations

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Sqs


def tags(sqs: Sqs, url: str) -> dict[str, str] | None:
    """Return the tags that ListQueueTags answers; None if it answers no member Tags."""
    found: dict[str, str] | None = sqs.client.list_queue_tags(QueueUrl=url).get("Tags")
    return found


@recorded("ListQueueTags of a queue without tags: no Tags in the answer")
def test_a_queue_has_no_tags(sqs: Sqs, queue: str) -> None:
    assert tags(sqs, queue) is None


@recorded("CreateQueue with tags, then ListQueueTags")
def test_a_queue_is_created_with_tags(sqs: Sqs) -> None:
    name = sqs.name()

    url = sqs.client.create_queue(QueueName=name, tags={"stage": "test", "empty": ""})["QueueUrl"]

    sqs.eventually(lambda: tags(sqs, url), {"stage": "test", "empty": ""})


@recorded("TagQueue of a key that is there replaces its value and leaves the others")
def test_a_tag_is_added_or_replaced(sqs: Sqs, queue: str) -> None:
    sqs.client.tag_queue(QueueUrl=queue, Tags={"a": "1", "b": "2"})
    sqs.client.tag_queue(QueueUrl=queue, Tags={"b": "3", "c": "4"})

    sqs.eventually(lambda: tags(sqs, queue), {"a": "1", "b": "3", "c": "4"})


@recorded("keys of tags are case-sensitive, and a value may be empty")
def test_keys_are_case_sensitive_and_values_may_be_empty(sqs: Sqs, queue: str) -> None:
    sqs.client.tag_queue(QueueUrl=queue, Tags={"key": "lower", "KEY": ""})

    sqs.eventually(lambda: tags(sqs, queue), {"key": "lower", "KEY": ""})


@recorded("UntagQueue removes the keys named and ignores those that are not there")
def test_tags_are_removed(sqs: Sqs, queue: str) -> None:
    sqs.client.tag_queue(QueueUrl=queue, Tags={"a": "1", "b": "2"})

    sqs.client.untag_queue(QueueUrl=queue, TagKeys=["a", "never there"])

    sqs.eventually(lambda: tags(sqs, queue), {"b": "2"})


@recorded("ListQueueTags after the last tag was removed: no Tags in the answer")
def test_without_its_last_tag_a_queue_has_none(sqs: Sqs, queue: str) -> None:
    sqs.client.tag_queue(QueueUrl=queue, Tags={"a": "1"})

    sqs.client.untag_queue(QueueUrl=queue, TagKeys=["a"])

    sqs.eventually(lambda: tags(sqs, queue), None)


@ground("Developer Guide, Amazon SQS cost allocation tags")
@pytest.mark.parametrize(
    ("key", "value"),
    [("k" * 128, "v" * 256), ("Grün 1_.:/=+-@", "日本 2_.:/=+-@")],
    ids=["longest", "all characters"],
)
def test_a_tag_may_be_so(sqs: Sqs, queue: str, key: str, value: str) -> None:
    sqs.client.tag_queue(QueueUrl=queue, Tags={key: value})

    sqs.eventually(lambda: tags(sqs, queue), {key: value})
