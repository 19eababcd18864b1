"""Section 13 of sqs-semantics, "Easy to get wrong": a test for each row, through the wire, by a clock moved by hand."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import pytest

from tests.spec.numbered import rows_in
from tests.spec.scene import arn_of, redrive_policy
from tests.sqs_by_hand import START, Sqs, refused

BAD_VALUE: Final = "InvalidParameterValue"
ATTRIBUTES: Final = {"MessageSystemAttributeNames": ["All"]}


def fifo(sqs: Sqs, name: str = "q.fifo", **attributes: str) -> str:
    """Create a FIFO queue that deduplicates by content."""
    return sqs.create(name, **{"FifoQueue": "true", "ContentBasedDeduplication": "true", **attributes})


def send(sqs: Sqs, url: str, *bodies: str) -> None:
    """Send messages whose bodies begin with their group: `g1a` is of group `g1`."""
    for body in bodies:
        sqs.send(url, body, MessageGroupId=body[:2])


def bodies(messages: list[dict[str, Any]]) -> list[str]:
    return [message["Body"] for message in messages]


def handles(messages: list[dict[str, Any]]) -> list[str]:
    return [message["ReceiptHandle"] for message in messages]


def delete(sqs: Sqs, url: str, handle: str) -> None:
    sqs.call("DeleteMessage", QueueUrl=url, ReceiptHandle=handle)


def change(sqs: Sqs, url: str, handle: str, seconds: int) -> None:
    sqs.call("ChangeMessageVisibility", QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=seconds)


def configure(sqs: Sqs, url: str, **attributes: str) -> None:
    sqs.call("SetQueueAttributes", QueueUrl=url, Attributes=attributes)


def with_dead_letter_queue(sqs: Sqs, receives: int, *, suffix: str = "", **attributes: str) -> tuple[str, str]:
    """Create a queue and its dead-letter queue, of either kind."""
    kind = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if suffix else {}
    dead = sqs.create(f"dead{suffix}", **kind)
    policy = redrive_policy(f"dead{suffix}", receives)
    return sqs.create(f"q{suffix}", **kind, RedrivePolicy=policy, **attributes), dead


def test_a_group_gives_the_messages_before_one_in_flight_and_none_behind_it(sqs: Sqs) -> None:
    """Row 1: a prefix rule, not a lock on the whole group."""
    url = fifo(sqs)
    send(sqs, url, "g1a", "g1b", "g1c", "g1d")
    second = handles(sqs.receive(url, MaxNumberOfMessages=3, VisibilityTimeout=1))[1]
    change(sqs, url, second, 60)
    sqs.clock.advance(1)

    before_it = sqs.receive(url)
    delete(sqs, url, handles(before_it)[0])
    behind_it = sqs.receive(url)
    delete(sqs, url, second)

    assert bodies(before_it) == ["g1a"]
    assert behind_it == []
    assert bodies(sqs.receive(url)) == ["g1c", "g1d"]


def test_a_group_that_comes_back_stands_behind_those_that_wait(sqs: Sqs) -> None:
    """Row 2: after a timeout, and after a receive for no time."""
    url = fifo(sqs)
    send(sqs, url, "g1a", "g2a", "g3a")

    received = bodies(sqs.receive(url, MaxNumberOfMessages=1, VisibilityTimeout=0))
    received += bodies(sqs.receive(url, MaxNumberOfMessages=1, VisibilityTimeout=1))
    sqs.clock.advance(1)

    assert received == ["g1a", "g2a"]
    assert bodies(sqs.receive(url)) == ["g3a", "g1a", "g2a"]


def test_one_receive_drains_a_group_before_the_next(sqs: Sqs) -> None:
    """Row 3: as many as it can of the first group."""
    url = fifo(sqs)
    send(sqs, url, "g1a", "g2a", "g1b", "g2b", "g1c")

    assert bodies(sqs.receive(url, MaxNumberOfMessages=4)) == ["g1a", "g1b", "g1c", "g2a"]


def test_a_standard_message_returns_to_its_place(sqs: Sqs) -> None:
    """Row 4: before one that was sent while it was in flight."""
    url = sqs.create()
    sqs.send(url, "A")
    sqs.receive(url, VisibilityTimeout=3)
    sqs.clock.advance(1)
    sqs.send(url, "B")
    sqs.clock.advance(2)

    assert bodies(sqs.receive(url, MaxNumberOfMessages=1)) == ["A"]


@pytest.mark.parametrize("kind", ["standard", "FIFO"])
def test_a_receive_for_no_time_counts_and_hides_nothing(sqs: Sqs, kind: str) -> None:
    """Row 5: it gives a handle, and no message twice in one response."""
    url = sqs.create() if kind == "standard" else fifo(sqs)
    sqs.send(url, "a", MessageGroupId="g")

    (first,) = sqs.receive(url, VisibilityTimeout=0, **ATTRIBUTES)
    (second,) = sqs.receive(url, VisibilityTimeout=0, **ATTRIBUTES)

    counts = [message["Attributes"]["ApproximateReceiveCount"] for message in (first, second)]
    assert counts == ["1", "2"]
    assert first["ReceiptHandle"] != second["ReceiptHandle"]
    assert sqs.counts(url) == (1, 0, 0)


def test_messages_of_a_blocked_group_count_as_visible(sqs: Sqs) -> None:
    """Row 6: six in three groups, one received of each of two."""
    url = fifo(sqs)
    send(sqs, url, "g1a", "g2a", "g3a", "g1b", "g2b", "g3b")

    received = bodies(sqs.receive(url, MaxNumberOfMessages=1)) + bodies(sqs.receive(url, MaxNumberOfMessages=1))

    assert received == ["g1a", "g2a"]
    assert sqs.counts(url) == (4, 2, 0)


def test_an_expired_handle_deletes_on_a_standard_queue_only(sqs: Sqs) -> None:
    """Row 7: on a FIFO queue it is an error."""
    standard, ordered = sqs.create(), fifo(sqs)
    for url in (standard, ordered):
        sqs.send(url, "a", MessageGroupId="g")
    of_standard, of_ordered = (handles(sqs.receive(url, VisibilityTimeout=1))[0] for url in (standard, ordered))
    sqs.clock.advance(1)

    delete(sqs, standard, of_standard)
    reason = "The receipt handle has expired."
    with refused(BAD_VALUE, f"Value {of_ordered} for parameter ReceiptHandle is invalid. Reason: {reason}"):
        delete(sqs, ordered, of_ordered)

    assert (sqs.counts(standard), sqs.counts(ordered)) == ((0, 0, 0), (1, 0, 0))


def test_an_old_handle_changes_the_current_flight_of_a_standard_message(sqs: Sqs) -> None:
    """Row 8: it can make it receivable."""
    url = sqs.create()
    sqs.send(url)
    (old,) = handles(sqs.receive(url, VisibilityTimeout=1))
    sqs.clock.advance(1)
    (new,) = handles(sqs.receive(url, VisibilityTimeout=60))

    change(sqs, url, old, 0)

    assert old != new
    assert sqs.counts(url) == (1, 0, 0)


def test_the_receive_count_goes_on_in_the_dead_letter_queue_where_receives_are_counted_anew(sqs: Sqs) -> None:
    """Row 9: the next dead-letter queue is reached by receives of this one."""
    last = sqs.create("last")
    url, dead = with_dead_letter_queue(sqs, 2)
    configure(sqs, dead, RedrivePolicy=redrive_policy("last", 2))
    sqs.send(url)

    for _ in range(3):
        sqs.receive(url, VisibilityTimeout=0)
    counts = [
        sqs.receive(dead, VisibilityTimeout=0, **ATTRIBUTES)[0]["Attributes"]["ApproximateReceiveCount"] for _ in "12"
    ]
    emptied = sqs.receive(dead, VisibilityTimeout=0)
    (at_last,) = sqs.receive(last, **ATTRIBUTES)

    assert counts == ["3", "4"]
    assert emptied == []
    assert at_last["Attributes"]["ApproximateReceiveCount"] == "5"


def test_a_dead_letter_moves_with_the_next_receive_which_goes_on_to_other_messages(sqs: Sqs) -> None:
    """Row 10: not when its last timeout ends."""
    url, dead = with_dead_letter_queue(sqs, 1)
    sqs.send(url, "dead")
    sqs.receive(url, VisibilityTimeout=1)
    sqs.send(url, "alive")
    sqs.clock.advance(1)
    before = sqs.counts(url), sqs.counts(dead)

    received = bodies(sqs.receive(url, MaxNumberOfMessages=1))

    assert before == ((2, 0, 0), (0, 0, 0))
    assert received == ["alive"]
    assert (sqs.counts(url), sqs.counts(dead)) == ((0, 1, 0), (1, 0, 0))


def test_a_fifo_dead_letter_deduplicates_by_its_own_id_and_is_kept_anew(sqs: Sqs) -> None:
    """Row 11: on a standard queue the time of its sending still counts."""
    standard, dead = with_dead_letter_queue(sqs, 1)
    ordered, dead_ordered = with_dead_letter_queue(sqs, 1, suffix=".fifo")
    ids = [sqs.send(url, "a", MessageGroupId="g")["MessageId"] for url in (standard, ordered)]
    sqs.send(dead_ordered, "a", MessageGroupId="g")
    for url in (dead, dead_ordered):
        configure(sqs, url, MessageRetentionPeriod="100")
    sqs.clock.advance(60)

    for url in (standard, ordered):
        for _ in range(2):
            sqs.receive(url, VisibilityTimeout=0)
    in_dead = [sqs.receive(url, VisibilityTimeout=0, **ATTRIBUTES)[-1] for url in (dead, dead_ordered)]
    sqs.clock.advance(40)
    after_100 = [sqs.counts(url) for url in (dead, dead_ordered)]
    sqs.clock.advance(60)

    assert [message["MessageId"] for message in in_dead] == ids
    assert {message["Attributes"]["SentTimestamp"] for message in in_dead} == {str(START)}
    assert in_dead[1]["Attributes"]["MessageDeduplicationId"] == ids[1]
    assert after_100 == [(0, 0, 0), (1, 0, 0)]
    assert sqs.counts(dead_ordered) == (0, 0, 0)


def test_a_move_task_gives_new_ids_and_its_handle_goes_when_it_ends(sqs: Sqs) -> None:
    """Row 12: TaskHandle is listed while it is RUNNING."""
    url, dead = with_dead_letter_queue(sqs, 1)
    sent = {sqs.send(url, body)["MessageId"] for body in ("a", "b")}
    for _ in range(2):
        sqs.receive(url, VisibilityTimeout=0)

    def task() -> dict[str, Any]:
        (listed,) = sqs.call("ListMessageMoveTasks", SourceArn=arn_of("dead"))["Results"]
        assert isinstance(listed, dict)
        return listed

    started = sqs.call("StartMessageMoveTask", SourceArn=arn_of("dead"), MaxNumberOfMessagesPerSecond=1)
    running = task()
    sqs.clock.advance(2)
    ended = task()
    moved = {message["MessageId"] for message in sqs.receive(url)}

    assert (running["Status"], running["TaskHandle"]) == ("RUNNING", started["TaskHandle"])
    assert (ended["Status"], "TaskHandle" in ended) == ("COMPLETED", False)
    assert len(moved) == 2
    assert moved.isdisjoint(sent)
    assert sqs.counts(dead) == (0, 0, 0)


def test_deduplication_outlives_a_deletion_and_not_a_purge(sqs: Sqs) -> None:
    """Row 13: a duplicate answers 200 with the first one's ids."""
    url = fifo(sqs)
    first = sqs.send(url, "g1a", MessageGroupId="g1")
    delete(sqs, url, handles(sqs.receive(url))[0])
    sqs.clock.advance(299)

    duplicate = sqs.send(url, "g1a", MessageGroupId="g1")
    held = sqs.counts(url)
    sqs.call("PurgeQueue", QueueUrl=url)
    after_purge = sqs.send(url, "g1a", MessageGroupId="g1")
    sqs.clock.advance(300)
    after_window = sqs.send(url, "g1a", MessageGroupId="g1")

    assert (duplicate["MessageId"], duplicate["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])
    assert held == (0, 0, 0)
    assert len({answer["MessageId"] for answer in (first, after_purge, after_window)}) == 3
    assert sqs.counts(url) == (2, 0, 0)


@pytest.mark.parametrize(("scope", "other", "accepted"), [("queue", "messageGroup", 1), ("messageGroup", "queue", 2)])
def test_the_deduplication_scope_is_that_of_the_queues_creation(
    sqs: Sqs, scope: str, other: str, accepted: int
) -> None:
    """Row 14: it needs no FifoThroughputLimit, and is not altered by later changes, though they show."""
    url = fifo(sqs, DeduplicationScope=scope)

    def send_to_two_groups(deduplication_id: str) -> None:
        for group in ("g1", "g2"):
            sqs.send(url, MessageGroupId=group, MessageDeduplicationId=deduplication_id)

    send_to_two_groups("one")
    before = sqs.counts(url)[0]
    configure(sqs, url, DeduplicationScope=other)
    send_to_two_groups("two")

    assert before == accepted
    assert sqs.counts(url)[0] == 2 * accepted
    shown = sqs.attributes(url, "DeduplicationScope", "FifoThroughputLimit")
    assert shown == {"DeduplicationScope": other, "FifoThroughputLimit": "perQueue"}


def test_a_content_deduplication_id_is_hexadecimal_sha_256(sqs: Sqs) -> None:
    """Row 15: of the body alone; the same id given in words collides with it."""
    url = fifo(sqs)
    expected = hashlib.sha256("Zoë".encode()).hexdigest()
    first = sqs.send(
        url, "Zoë", MessageGroupId="g", MessageAttributes={"a": {"DataType": "String", "StringValue": "1"}}
    )

    explicit = sqs.send(url, "other", MessageGroupId="g", MessageDeduplicationId=expected)
    (message,) = sqs.receive(url, **ATTRIBUTES)

    assert message["Attributes"]["MessageDeduplicationId"] == expected
    assert explicit["MessageId"] == first["MessageId"]


def test_a_fifo_delay_changes_for_messages_that_are_delayed_already(sqs: Sqs) -> None:
    """Row 16: a standard one for later messages only."""
    standard, ordered = sqs.create(DelaySeconds="100"), fifo(sqs, DelaySeconds="100")
    for url in (standard, ordered):
        sqs.send(url, "a", MessageGroupId="g")
        configure(sqs, url, DelaySeconds="10")
    sqs.clock.advance(9)
    before = [sqs.counts(url) for url in (standard, ordered)]
    sqs.clock.advance(1)

    assert before == [(0, 0, 1), (0, 0, 1)]
    assert [sqs.counts(url) for url in (standard, ordered)] == [(0, 0, 1), (1, 0, 0)]


@pytest.mark.parametrize("kind", ["standard", "FIFO"])
def test_retention_ends_messages_in_flight(sqs: Sqs, kind: str) -> None:
    """Row 17: a delete by their handles is still answered 200."""
    url = sqs.create(MessageRetentionPeriod="60") if kind == "standard" else fifo(sqs, MessageRetentionPeriod="60")
    sqs.send(url, "a", MessageGroupId="g")
    (handle,) = handles(sqs.receive(url, VisibilityTimeout=600))
    sqs.clock.advance(59.999)
    before = sqs.counts(url)
    sqs.clock.advance(0.001)

    delete(sqs, url, handle)

    assert before == (0, 1, 0)
    assert sqs.counts(url) == (0, 0, 0)


def test_an_explicit_0_beats_the_queues_wait_and_on_standard_queues_its_delay(sqs: Sqs) -> None:
    """Row 18: 0 is not "absent"."""
    standard = sqs.create(ReceiveMessageWaitTimeSeconds="20", DelaySeconds="10")
    ordered = fifo(sqs, DelaySeconds="10")

    at_once = sqs.receive(standard, WaitTimeSeconds=0)
    for url in (standard, ordered):
        sqs.send(url, "a", MessageGroupId="g", DelaySeconds=0)

    assert at_once == []
    assert (sqs.counts(standard), sqs.counts(ordered)) == ((1, 0, 0), (0, 0, 1))


@pytest.mark.parametrize("kind", ["standard", "FIFO"])
def test_twelve_hours_count_from_the_current_receive(sqs: Sqs, kind: str) -> None:
    """Row 19: so 43200 fails as soon as time has passed; a new receive begins anew."""
    url = sqs.create() if kind == "standard" else fifo(sqs)
    sqs.send(url, "a", MessageGroupId="g")
    (handle,) = handles(sqs.receive(url))
    sqs.clock.advance(0.001)

    with refused(BAD_VALUE):
        change(sqs, url, handle, 43_200)
    change(sqs, url, handle, 43_199)
    sqs.clock.advance(43_199)
    (again,) = handles(sqs.receive(url))
    sqs.clock.advance(10)
    change(sqs, url, again, 43_190)

    assert sqs.counts(url) == (0, 1, 0)


def test_a_long_poll_ends_with_the_first_message_whatever_makes_it_visible(sqs: Sqs) -> None:
    """Row 20: a visibility end, a delay end, a FIFO delete, a dead letter, a moved message, and a timeout set to 0."""
    url, dead = with_dead_letter_queue(sqs, 1)
    ordered = fifo(sqs)
    send(sqs, ordered, "g1a", "g1b")
    (blocking,) = handles(sqs.receive(ordered, MaxNumberOfMessages=1))

    sqs.send(url, "delayed", DelaySeconds=5)
    after_delay = sqs.poll(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=7)
    sqs.pass_time(5, "q")
    after_delete = sqs.poll(QueueUrl=ordered, MaxNumberOfMessages=10)
    delete(sqs, ordered, blocking)
    of_dead = sqs.poll(QueueUrl=dead, MaxNumberOfMessages=10, VisibilityTimeout=3)
    sqs.pass_time(7, "q")
    nothing_left = sqs.receive(url)
    again = sqs.poll(QueueUrl=dead, MaxNumberOfMessages=10)
    sqs.pass_time(3, "dead")
    moved = sqs.poll(QueueUrl=url)
    change(sqs, dead, handles(again.messages())[0], 0)
    sqs.call("StartMessageMoveTask", SourceArn=arn_of("dead"))

    assert bodies(after_delay.messages()) == ["delayed"]
    assert bodies(after_delete.messages()) == ["g1b"]
    assert bodies(of_dead.messages()) == ["delayed"]
    assert nothing_left == []
    assert bodies(again.messages()) == ["delayed"]
    assert bodies(moved.messages()) == ["delayed"]


MIXED: Final = {
    "Count": {"DataType": "Number.int", "StringValue": "42"},
    "Data": {"DataType": "Binary.png", "BinaryValue": "iVBORw=="},
    "name": {"DataType": "String", "StringValue": "Zoë"},
}


def test_an_md5_of_attributes_takes_whole_types_and_raw_bytes_and_follows_the_filter(sqs: Sqs) -> None:
    """Row 21: the worked example, and what is left of it when one attribute is asked for."""
    url = sqs.create()

    sent = sqs.send(url, MessageAttributes=MIXED)
    (whole,) = sqs.receive(url, VisibilityTimeout=0, MessageAttributeNames=["All"])
    (part,) = sqs.receive(url, MessageAttributeNames=["Data"])

    packed = b"\0\0\0\x04Data\0\0\0\x0aBinary.png\x02\0\0\0\x04\x89PNG"
    assert sent["MD5OfMessageAttributes"] == whole["MD5OfMessageAttributes"] == "4a3fa9d3f5bfe33be4bccd6afbaeea8f"
    assert part["MD5OfMessageAttributes"] == hashlib.md5(packed).hexdigest()


def test_a_group_on_a_standard_queue_neither_blocks_nor_orders(sqs: Sqs) -> None:
    """Row 22: its messages are handed out while one of them is in flight."""
    url = sqs.create()
    send(sqs, url, "g1a", "g2a", "g1b")

    one = bodies(sqs.receive(url, MaxNumberOfMessages=1))

    assert one == ["g1a"]
    assert bodies(sqs.receive(url)) == ["g2a", "g1b"]


@pytest.mark.parametrize("kind", ["standard", "FIFO"])
def test_a_purge_removes_what_is_hidden_too(sqs: Sqs, kind: str) -> None:
    """Row 23: delayed and in flight; nothing comes back when their times are over."""
    url = sqs.create() if kind == "standard" else fifo(sqs)
    for body in ("in flight", "visible"):
        sqs.send(url, body, MessageGroupId=body.replace(" ", "-"))
    sqs.receive(url, MaxNumberOfMessages=1)
    configure(sqs, url, DelaySeconds="5")
    sqs.send(url, "delayed", MessageGroupId="g")
    before = sqs.counts(url)

    sqs.call("PurgeQueue", QueueUrl=url)
    at_once = sqs.counts(url)
    sqs.clock.advance(60)

    assert before == (1, 1, 1)
    assert at_once == sqs.counts(url) == (0, 0, 0)


def test_each_of_the_23_rows_has_its_test() -> None:
    assert rows_in(globals()) == set(range(1, 24))
