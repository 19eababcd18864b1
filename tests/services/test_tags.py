"""TagQueue, UntagQueue, ListQueueTags."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sqs_by_hand import Sqs, refused


def tags(sqs: Sqs, url: str) -> dict[str, str]:
    found: dict[str, str] = sqs.call("ListQueueTags", QueueUrl=url).get("Tags", {})
    return found


def tag(sqs: Sqs, url: str, given: dict[str, Any]) -> None:
    sqs.call("TagQueue", QueueUrl=url, Tags=given)


def test_tags_are_added_and_replaced_by_key(sqs: Sqs) -> None:
    url = sqs.create()

    tag(sqs, url, {"team": "blue", "empty": ""})
    tag(sqs, url, {"team": "red", "Team": "green"})

    assert tags(sqs, url) == {"team": "red", "empty": "", "Team": "green"}


def test_keys_are_removed_and_unknown_ones_ignored(sqs: Sqs) -> None:
    url = sqs.create()
    tag(sqs, url, {"a": "1", "b": "2"})

    sqs.call("UntagQueue", QueueUrl=url, TagKeys=["a", "unknown", "B"])

    assert tags(sqs, url) == {"b": "2"}


def test_no_tags_are_no_member(sqs: Sqs) -> None:
    url = sqs.create()
    tag(sqs, url, {"a": "1"})
    sqs.call("UntagQueue", QueueUrl=url, TagKeys=["a"])

    assert sqs.call("ListQueueTags", QueueUrl=url) == {}


GOOD = [
    {"k" * 128: "v" * 256},
    {"é": "ß"},
    {"日本": "語"},
    {"a b": "c d"},
    {"_.:/=+-@": "_.:/=+-@"},
    {"0": "٣"},
    {"notaws:x": "aws:x"},
]


@pytest.mark.parametrize("given", GOOD, ids=range(len(GOOD)))
def test_letters_digits_white_space_and_some_signs_will_do(sqs: Sqs, given: dict[str, str]) -> None:
    url = sqs.create()

    tag(sqs, url, given)

    assert tags(sqs, url) == given


TOO_LONG = "Tag keys must be between 1 and 128 characters in length."
BAD: list[tuple[dict[str, Any], str | None]] = [
    ({"": "x"}, TOO_LONG),
    ({"k" * 129: "x"}, TOO_LONG),
    ({"k": "x" * 257}, None),
    ({"aws:x": "x"}, None),
    ({"AWS:x": "x"}, None),
    ({"<": "x"}, None),
    ({"k": "a&b"}, None),
    ({"k": "\x00"}, None),
]


@pytest.mark.parametrize(("given", "message"), BAD, ids=range(len(BAD)))
def test_other_tags_are_refused_as_a_whole(sqs: Sqs, given: dict[str, Any], message: str | None) -> None:
    url = sqs.create()

    with refused("InvalidParameterValue", message):
        tag(sqs, url, {"good": "1", **given})
    with refused("InvalidParameterValue", message):
        sqs.call("CreateQueue", QueueName="new", tags=given)

    assert tags(sqs, url) == {}
    assert sqs.call("ListQueues")["QueueUrls"] == [url]


def test_null_is_no_value_of_a_tag(sqs: Sqs) -> None:
    url = sqs.create()

    with pytest.raises(Exception, match="the parameter 'value' may not be null"):
        tag(sqs, url, {"k": None})


def test_no_tags_to_set_are_a_missing_parameter(sqs: Sqs) -> None:
    url = sqs.create()

    nothing: tuple[dict[str, str] | None, ...] = ({}, None)
    for given in nothing:
        with refused("MissingParameter", "The request must contain the parameter Tags."):
            sqs.call("TagQueue", QueueUrl=url, Tags=given)


@pytest.mark.parametrize("keys", [[], [""], ["k" * 129]])
def test_keys_to_remove_have_a_length(sqs: Sqs, keys: list[str]) -> None:
    url = sqs.create()
    tag(sqs, url, {"a": "1"})

    with refused("InvalidParameterValue", TOO_LONG):
        sqs.call("UntagQueue", QueueUrl=url, TagKeys=["a", *keys] if keys else [])

    assert tags(sqs, url) == {"a": "1"}


def test_fifty_tags_are_the_limit_after_merging(sqs: Sqs) -> None:
    url = sqs.create("my-queue")
    tag(sqs, url, {f"k{number}": "" for number in range(49)})

    tag(sqs, url, {"k0": "again", "k49": "the fiftieth"})
    with refused("InvalidParameterValue", "Too many tags added for queue my-queue."):
        tag(sqs, url, {"k50": ""})
    with refused("InvalidParameterValue", "Too many tags added for queue new."):
        sqs.call("CreateQueue", QueueName="new", tags={f"k{number}": "" for number in range(51)})

    assert len(tags(sqs, url)) == 50
