"""DeleteMessage and ChangeMessageVisibility: what each kind of receipt handle does, on a standard queue."""

from __future__ import annotations

from typing import Final

import pytest

from tests.sqs_by_hand import Sqs, refused

GONE: Final = "Message does not exist or is not available for visibility timeout change."


def delete(sqs: Sqs, url: str, handle: str) -> None:
    assert sqs.call("DeleteMessage", QueueUrl=url, ReceiptHandle=handle) is None


def change(sqs: Sqs, url: str, handle: str, seconds: int) -> None:
    members = {"QueueUrl": url, "ReceiptHandle": handle, "VisibilityTimeout": seconds}
    assert sqs.ask_for("ChangeMessageVisibility", members) is None


def receive_one(sqs: Sqs, url: str, seconds: int = 10) -> str:
    (message,) = sqs.receive(url, VisibilityTimeout=seconds)
    handle: str = message["ReceiptHandle"]
    return handle


@pytest.fixture
def url(sqs: Sqs) -> str:
    """A queue with one message in it."""
    url = sqs.create()
    sqs.send(url)
    return url


# DeleteMessage.


def test_a_message_in_flight_is_deleted(sqs: Sqs, url: str) -> None:
    delete(sqs, url, receive_one(sqs, url))

    assert sqs.counts(url) == (0, 0, 0)


def test_a_message_whose_timeout_is_over_is_deleted(sqs: Sqs, url: str) -> None:
    handle = receive_one(sqs, url)
    sqs.clock.advance(10)
    assert sqs.counts(url) == (1, 0, 0)

    delete(sqs, url, handle)

    assert sqs.counts(url) == (0, 0, 0)


def test_a_message_received_with_no_timeout_is_deleted(sqs: Sqs, url: str) -> None:
    delete(sqs, url, receive_one(sqs, url, seconds=0))

    assert sqs.counts(url) == (0, 0, 0)


def test_a_message_is_deleted_by_an_older_handle(sqs: Sqs, url: str) -> None:
    older = receive_one(sqs, url)
    sqs.clock.advance(10)
    receive_one(sqs, url)

    delete(sqs, url, older)

    assert sqs.counts(url) == (0, 0, 0)


def test_a_deleted_message_can_be_deleted_as_often_as_one_likes(sqs: Sqs, url: str) -> None:
    handle = receive_one(sqs, url)

    for _ in range(3):
        delete(sqs, url, handle)


def test_a_message_that_was_purged_or_has_expired_can_be_deleted(sqs: Sqs, url: str) -> None:
    handle = receive_one(sqs, url)
    sqs.call("PurgeQueue", QueueUrl=url)
    delete(sqs, url, handle)

    sqs.send(url)
    handle = receive_one(sqs, url)
    sqs.clock.advance(345_600)
    delete(sqs, url, handle)


def test_deleting_one_message_leaves_the_others(sqs: Sqs, url: str) -> None:
    sqs.send(url, "other")
    delete(sqs, url, receive_one_of(sqs, url, "hello"))

    sqs.clock.advance(30)
    assert [message["Body"] for message in sqs.receive(url)] == ["other"]


def receive_one_of(sqs: Sqs, url: str, body: str) -> str:
    handles = {message["Body"]: message["ReceiptHandle"] for message in sqs.receive(url)}
    handle: str = handles[body]
    return handle


# Handles that are none.

MALFORMED: Final = [
    "nonsense",
    "",
    "AQEB",
    "AQEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "é",
    "a b",
    "x" * 1_000,
    "\x00",
]


@pytest.mark.parametrize("handle", MALFORMED, ids=range(len(MALFORMED)))
def test_a_handle_that_cannot_be_read_is_refused(sqs: Sqs, url: str, handle: str) -> None:
    words = f'The input receipt handle "{handle}" is not a valid receipt handle.'

    with refused("ReceiptHandleIsInvalid", words, status=404):
        delete(sqs, url, handle)
    with refused("ReceiptHandleIsInvalid", words, status=404):
        change(sqs, url, handle, 0)

    assert sqs.counts(url) == (1, 0, 0)


def test_a_handle_with_one_character_changed_is_refused(sqs: Sqs, url: str) -> None:
    handle = receive_one(sqs, url)

    for index in range(len(handle)):
        other = handle[:index] + ("A" if handle[index] != "A" else "B") + handle[index + 1 :]
        with refused("ReceiptHandleIsInvalid", status=404):
            delete(sqs, url, other)

    assert sqs.counts(url) == (0, 1, 0)


def test_a_handle_of_another_queue_is_refused(sqs: Sqs, url: str) -> None:
    other = sqs.create("other")
    sqs.send(other)
    handle = receive_one(sqs, url)

    with refused("ReceiptHandleIsInvalid", "The input receipt handle is invalid.", status=404):
        delete(sqs, other, handle)
    with refused("ReceiptHandleIsInvalid", "The input receipt handle is invalid.", status=404):
        change(sqs, other, handle, 0)

    assert sqs.counts(other) == (1, 0, 0)


def test_handles_survive_a_form(sqs: Sqs, url: str) -> None:
    for _ in range(50):
        handle = receive_one(sqs, url, seconds=0)
        assert len(handle) <= 1024
        sqs.query({"Action": "ChangeMessageVisibility", "QueueUrl": url, "ReceiptHandle": handle,
                   "VisibilityTimeout": "0"})  # fmt: skip

    sqs.query({"Action": "DeleteMessage", "QueueUrl": url, "ReceiptHandle": handle})

    assert sqs.counts(url) == (0, 0, 0)


# ChangeMessageVisibility.


def test_a_new_timeout_is_measured_from_the_call(sqs: Sqs, url: str) -> None:
    handle = receive_one(sqs, url, seconds=10)
    sqs.clock.advance(5)

    change(sqs, url, handle, 10)

    sqs.clock.advance(9.999)
    assert sqs.counts(url) == (0, 1, 0)
    sqs.clock.advance(0.001)
    assert sqs.counts(url) == (1, 0, 0)


def test_a_new_timeout_may_be_shorter_and_is_for_this_flight_only(sqs: Sqs, url: str) -> None:
    change(sqs, url, receive_one(sqs, url, seconds=10), 1)
    sqs.clock.advance(1)

    sqs.receive(url)
    sqs.clock.advance(29.999)

    assert sqs.counts(url) == (0, 1, 0)


def test_a_timeout_of_zero_makes_a_message_visible_at_once_and_counts_nothing(sqs: Sqs, url: str) -> None:
    change(sqs, url, receive_one(sqs, url), 0)

    (message,) = sqs.receive(url, AttributeNames=["ApproximateReceiveCount"])
    assert message["Attributes"] == {"ApproximateReceiveCount": "2"}


def test_a_message_that_is_visible_again_is_left_as_it_is(sqs: Sqs, url: str) -> None:
    handle = receive_one(sqs, url)
    sqs.clock.advance(10)

    change(sqs, url, handle, 60)

    assert sqs.counts(url) == (1, 0, 0)


def test_an_older_handle_changes_the_flight_of_now(sqs: Sqs, url: str) -> None:
    older = receive_one(sqs, url)
    sqs.clock.advance(10)
    receive_one(sqs, url)

    change(sqs, url, older, 0)

    assert sqs.counts(url) == (1, 0, 0)


@pytest.mark.parametrize("how", ["deleted", "purged", "expired"])
def test_a_message_that_is_gone_has_no_visibility(sqs: Sqs, url: str, how: str) -> None:
    handle = receive_one(sqs, url)
    if how == "deleted":
        delete(sqs, url, handle)
    elif how == "purged":
        sqs.call("PurgeQueue", QueueUrl=url)
    else:
        sqs.clock.advance(345_600)

    with refused("InvalidParameterValue", f"Value {handle} for parameter ReceiptHandle is invalid. Reason: {GONE}"):
        change(sqs, url, handle, 0)


def test_twelve_hours_since_the_receive_are_the_limit(sqs: Sqs, url: str) -> None:
    handle = receive_one(sqs, url, seconds=43_200)

    change(sqs, url, handle, 43_200)
    sqs.clock.advance(0.001)
    with refused(
        "InvalidParameterValue",
        "Value 43200 for parameter VisibilityTimeout is invalid. "
        "Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]",
    ):
        change(sqs, url, handle, 43_200)
    change(sqs, url, handle, 43_199)


def test_a_new_receive_begins_the_twelve_hours_anew(sqs: Sqs, url: str) -> None:
    change(sqs, url, receive_one(sqs, url, seconds=43_200), 1)
    sqs.clock.advance(43_000)

    change(sqs, url, receive_one(sqs, url), 43_200)

    sqs.clock.advance(43_199)
    assert sqs.counts(url) == (0, 1, 0)
