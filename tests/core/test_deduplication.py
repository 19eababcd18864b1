"""What a FIFO queue remembers for five minutes: the messages it accepted, and the receives that can be retried."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sqs_emulator.core.deduplication import content_id
from sqs_emulator.core.errors import InvalidParameter
from sqs_emulator.core.events import MessageDeduplicated
from sqs_emulator.core.fifo import FifoQueue
from sqs_emulator.core.limits import Limits
from sqs_emulator.core.queue import Counts, Queue
from sqs_emulator.core.receives import Delivery, Receive
from tests.core.by_hand import Poll, Queues, fifo_draft, receive

SECOND = 1_000
WINDOW = 300 * SECOND


def send(queue: Queue, deduplication_id: str, *, now: int, body: str = "order", group_id: str = "g") -> tuple[str, int]:
    """Send, and return the MessageId and the sequence that are answered."""
    sent = queue.send(fifo_draft(body, group_id=group_id, deduplication_id=deduplication_id), now=now)
    return sent.id, sent.sequence


# Messages.


def test_a_duplicate_is_answered_like_the_original_and_not_taken(queues: Queues, fifo: Queue) -> None:
    original = send(fifo, "x", now=0, body="first")

    assert send(fifo, "x", now=1, body="second") == original
    assert receive(fifo, now=1) == ["first"]
    (event,) = [event for event in queues.events if isinstance(event, MessageDeduplicated)]
    assert (event.message_id, event.deduplication_id) == (original[0], "x")


def test_a_duplicate_changes_no_count_and_uses_up_no_sequence(fifo: Queue) -> None:
    (_, first) = send(fifo, "x", now=0)
    send(fifo, "x", now=0)

    (_, second) = send(fifo, "y", now=0)

    assert second == first + 1
    assert fifo.counts(now=0) == Counts(2, 0, 0)


def test_other_ids_are_other_messages_whatever_they_say(fifo: Queue) -> None:
    assert send(fifo, "x", now=0) != send(fifo, "X", now=0)
    assert fifo.counts(now=0).visible == 2


def test_an_id_is_remembered_for_five_minutes_to_the_millisecond(fifo: Queue) -> None:
    original = send(fifo, "x", now=7)
    send(fifo, "another", now=7 + WINDOW - 1)

    assert send(fifo, "x", now=7 + WINDOW - 1) == original
    assert send(fifo, "x", now=7 + WINDOW) != original
    assert fifo.counts(now=7 + WINDOW).visible == 3


def test_the_five_minutes_begin_with_the_send_that_was_accepted_and_no_duplicate_extends_them(fifo: Queue) -> None:
    original = send(fifo, "x", now=0)
    assert send(fifo, "x", now=200 * SECOND) == original

    second = send(fifo, "x", now=WINDOW)

    assert second != original
    assert send(fifo, "x", now=2 * WINDOW - 1) == second
    assert send(fifo, "x", now=2 * WINDOW) != second


def test_an_id_outlives_others_that_were_sent_before_and_after(fifo: Queue) -> None:
    first, second = send(fifo, "x", now=0), send(fifo, "y", now=100 * SECOND)

    assert send(fifo, "x", now=WINDOW) != first
    assert send(fifo, "y", now=WINDOW) == second
    assert send(fifo, "y", now=WINDOW + 100 * SECOND) != second


def delete(queue: Queue) -> None:
    (delivery,) = queue.receive(Receive(1), now=1)
    queue.delete(delivery.receipt_handle, now=2)


def dead_letter(queue: Queue) -> None:
    queue.receive(Receive(1, visibility_timeout=0), now=1)
    assert queue.receive(Receive(1), now=2) == []


@pytest.mark.parametrize(
    "end",
    [lambda queue: queue.receive(Receive(1), now=1), delete, dead_letter],
    ids=["received", "deleted", "moved to the dead-letter queue"],
)
def test_what_becomes_of_a_message_does_not_matter_to_its_duplicates(
    queues: Queues, fifo: Queue, end: Callable[[Queue], object]
) -> None:
    queues.redrive(fifo, queues.create("dead.fifo"), after=1)
    original = send(fifo, "x", now=0)

    end(fifo)

    assert send(fifo, "x", now=3) == original
    assert receive(fifo, now=3) == []


def test_an_expired_message_has_duplicates_still(queues: Queues) -> None:
    queue = queues.create("orders.fifo", MessageRetentionPeriod="60")
    original = send(queue, "x", now=0)

    assert send(queue, "x", now=100 * SECOND) == original
    assert queue.counts(now=100 * SECOND) == Counts(0, 0, 0)


def test_a_purge_forgets_all_ids(fifo: Queue) -> None:
    original = send(fifo, "x", now=0)

    fifo.purge(now=1)

    assert send(fifo, "x", now=2) != original
    assert receive(fifo, now=2) == ["order"]


def test_a_queue_that_is_deleted_and_created_anew_remembers_nothing(queues: Queues, fifo: Queue) -> None:
    original = send(fifo, "x", now=0)
    queues.broker.delete_queue(fifo, now=1)

    assert send(queues.create("orders.fifo"), "x", now=2) != original


def test_within_a_batch_the_first_of_equal_ids_is_taken(fifo: Queue) -> None:
    sent = fifo.send_batch(
        [fifo_draft(body, deduplication_id=given) for body, given in (("a", "x"), ("b", "y"), ("c", "x"))], now=0
    )

    assert sent[2].id == sent[0].id != sent[1].id
    assert sent[2].sequence == sent[0].sequence
    assert receive(fifo, now=0) == ["a", "b"]


def test_a_duplicate_answers_no_poll(fifo: Queue) -> None:
    send(fifo, "x", now=0)
    delete(fifo)
    poll = Poll(fifo, now=2, wait=20 * SECOND)

    send(fifo, "x", now=3)

    assert poll.bodies is None


def test_the_id_of_content_is_the_hex_sha_256_of_the_body() -> None:
    assert content_id(b"hello") == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


# The scope.


def test_by_default_an_id_counts_for_the_whole_queue(fifo: Queue) -> None:
    assert send(fifo, "x", now=0, group_id="g") == send(fifo, "x", now=0, group_id="h")


@pytest.mark.parametrize("throughput", ["perQueue", "perMessageGroupId"])
def test_by_message_group_the_same_id_of_two_groups_is_two_messages(queues: Queues, throughput: str) -> None:
    queue = queues.create("orders.fifo", DeduplicationScope="messageGroup", FifoThroughputLimit=throughput)
    original = send(queue, "x", now=0, group_id="g")

    assert send(queue, "x", now=0, group_id="h") != original
    assert send(queue, "x", now=0, group_id="g") == original


@pytest.mark.parametrize(("created", "later"), [("queue", "messageGroup"), ("messageGroup", "queue")])
def test_the_scope_that_counts_is_that_of_the_creation(queues: Queues, created: str, later: str) -> None:
    queue = queues.create("orders.fifo", DeduplicationScope=created)
    before = send(queue, "old", now=0, group_id="g")

    queues.change(queue, now=1, DeduplicationScope=later)

    is_duplicate = created == "queue"
    assert (send(queue, "old", now=2, group_id="h") == before) == is_duplicate
    new = send(queue, "new", now=2, group_id="g")
    assert (send(queue, "new", now=2, group_id="h") == new) == is_duplicate


# Memory.


def remembered(queue: Queue) -> int:
    assert isinstance(queue, FifoQueue)
    assert len(queue._deduplication._by_key) <= len(queue._deduplication._in_order)
    return len(queue._deduplication._in_order)


def test_of_a_steady_stream_no_more_ids_are_kept_than_those_of_five_minutes(fifo: Queue) -> None:
    for number in range(1_000):
        send(fifo, str(number), now=number * SECOND)
        assert remembered(fifo) <= 301


def test_after_a_rush_and_five_minutes_its_ids_are_forgotten_a_few_with_each_new_one(fifo: Queue) -> None:
    fifo.send_batch([fifo_draft(deduplication_id=str(number)) for number in range(1_000)], now=0)

    for number in range(200):
        send(fifo, f"later {number}", now=WINDOW + number)

    assert remembered(fifo) == 200


def test_an_id_that_is_used_again_after_its_time_is_remembered_for_its_new_time(fifo: Queue) -> None:
    fifo.send_batch([fifo_draft() for _ in range(20)], now=0)
    send(fifo, "x", now=0)
    again = send(fifo, "x", now=WINDOW)  # while the first time is not forgotten yet
    fifo.send_batch([fifo_draft() for _ in range(20)], now=WINDOW + 1)

    assert send(fifo, "x", now=WINDOW + 2) == again


# Receives.


def attempt(
    queue: Queue, *, now: int, name: str = "try", timeout: int | None = None, max_messages: int = 10
) -> list[Delivery]:
    return queue.receive(Receive(max_messages, visibility_timeout=timeout, attempt_id=name), now=now)


def shown(deliveries: list[Delivery]) -> list[tuple[str, str]]:
    return [(delivery.message.body, delivery.receipt_handle) for delivery in deliveries]


@pytest.fixture
def loaded(fifo: Queue) -> Queue:
    """A queue with `a`, `b` and `c` in one group, and `d` in another."""
    fifo.send_batch([*(fifo_draft(body) for body in "abc"), fifo_draft("d", group_id="h")], now=0)
    return fifo


def test_a_receive_that_is_retried_returns_the_same_messages_and_handles(loaded: Queue) -> None:
    first = attempt(loaded, now=0, max_messages=2)

    again = attempt(loaded, now=1, max_messages=10)

    assert [body for body, _ in shown(again)] == ["a", "b"]
    assert shown(again) == shown(first)
    assert receive(loaded, now=1) == ["d"]


def test_a_retry_counts_no_receive(loaded: Queue) -> None:
    (first, *_) = attempt(loaded, now=0)

    for now in range(1, 5):
        attempt(loaded, now=now)

    assert (first.message.receive_count, first.message.first_received_at) == (1, 0)


def test_a_retry_begins_the_visibility_timeout_anew(queues: Queues, loaded: Queue) -> None:
    queues.change(loaded, now=0, VisibilityTimeout="10")
    attempt(loaded, now=0)
    attempt(loaded, now=9 * SECOND)

    assert receive(loaded, now=19 * SECOND - 1) == []
    assert receive(loaded, now=19 * SECOND) == ["a", "b", "c", "d"]


def test_a_retry_may_ask_for_another_visibility_timeout(loaded: Queue) -> None:
    attempt(loaded, now=0, timeout=30 * SECOND)
    attempt(loaded, now=1 * SECOND, timeout=2 * SECOND)

    assert receive(loaded, now=3 * SECOND) == ["a", "b", "c", "d"]


def test_the_twelve_hours_of_a_message_begin_anew_with_a_retry(loaded: Queue) -> None:
    attempt(loaded, now=0, timeout=20 * SECOND)
    (first, *_) = attempt(loaded, now=10 * SECOND)

    loaded.change_visibility(first.receipt_handle, 43_200 * SECOND, now=10 * SECOND)

    assert loaded.counts(now=43_209 * SECOND).in_flight == 1


def test_the_handles_of_a_retry_delete(loaded: Queue) -> None:
    attempt(loaded, now=0)

    for delivery in attempt(loaded, now=1):
        loaded.delete(delivery.receipt_handle, now=2)

    assert loaded.counts(now=2) == Counts(0, 0, 0)


NOT_RETRYABLE = (
    r"^Value try for parameter ReceiveRequestAttemptId is invalid\. "
    r"Reason: The receiveRequestAttemptId is not valid anymore since the receive call is not retryable\.$"
)


@pytest.mark.parametrize(
    ("end", "now"),
    [
        (lambda queue, handle: queue.delete(handle, now=1), 2),
        (lambda queue, handle: queue.change_visibility(handle, 40 * SECOND, now=1), 2),
        (lambda queue, handle: queue.change_visibility(handle, 0, now=1), 2),
        (lambda queue, handle: None, 30 * SECOND),
        (lambda queue, handle: queue.receive(Receive(10), now=30 * SECOND), 30 * SECOND),
    ],
    ids=["one deleted", "one's visibility changed", "one given back", "timed out", "timed out and received again"],
)
def test_a_receive_whose_messages_did_not_stay_as_they_were_cannot_be_retried(
    loaded: Queue, end: Callable[[Queue, str], object], now: int
) -> None:
    (_, second, *_) = attempt(loaded, now=0)
    end(loaded, second.receipt_handle)
    before = loaded.counts(now=now)

    for _ in range(2):
        with pytest.raises(InvalidParameter, match=NOT_RETRYABLE):
            attempt(loaded, now=now)

    assert loaded.counts(now=now) == before


@pytest.mark.parametrize(("now", "is_retryable"), [(WINDOW - 1, True), (WINDOW, False), (2 * WINDOW, False)])
def test_a_receive_can_be_retried_for_five_minutes(loaded: Queue, now: int, is_retryable: bool) -> None:
    first = attempt(loaded, now=0, timeout=12 * 3_600 * SECOND)
    attempt(loaded, now=100 * SECOND, timeout=12 * 3_600 * SECOND)  # extends nothing

    if is_retryable:
        assert shown(attempt(loaded, now=now)) == shown(first)
    else:
        with pytest.raises(InvalidParameter, match=NOT_RETRYABLE):
            attempt(loaded, now=now)


def test_a_purge_forgets_all_attempts(loaded: Queue) -> None:
    """Not settled: whether AWS refuses the retry."""
    attempt(loaded, now=0)
    loaded.purge(now=1)
    loaded.send(fifo_draft("new"), now=2)

    assert [body for body, _ in shown(attempt(loaded, now=3))] == ["new"]


def test_an_empty_receive_is_not_remembered(fifo: Queue) -> None:
    assert attempt(fifo, now=0) == []
    fifo.send(fifo_draft("a"), now=1)

    assert [body for body, _ in shown(attempt(fifo, now=2))] == ["a"]


def test_other_attempts_are_other_receives(loaded: Queue) -> None:
    first, second = (attempt(loaded, now=0, name=name, max_messages=3) for name in ("try", "another"))

    assert [body for body, _ in shown(second)] == ["d"]
    assert shown(attempt(loaded, now=1)) == shown(first)
    assert shown(attempt(loaded, now=1, name="another")) == shown(second)


def test_a_poll_that_waited_is_remembered_when_it_is_answered(fifo: Queue) -> None:
    assert attempt(fifo, now=0) == []
    poll = Poll(fifo, now=0, wait=20 * SECOND, attempt_id="try")
    fifo.send(fifo_draft("a"), now=5 * SECOND)

    again = attempt(fifo, now=6 * SECOND)

    assert poll.bodies == ["a"]
    assert shown(again) == shown(poll.deliveries)


def test_a_retry_without_a_visibility_timeout_gives_its_own_handles_though_a_poll_gets_the_messages(
    loaded: Queue,
) -> None:
    first = attempt(loaded, now=0)
    poll = Poll(loaded, now=1, wait=20 * SECOND)

    again = attempt(loaded, now=2, timeout=0)

    assert shown(again) == shown(first)
    assert poll.bodies == ["a", "b", "c", "d"]
    assert {handle for _, handle in shown(poll.deliveries)}.isdisjoint(handle for _, handle in shown(first))


def test_a_message_given_back_spoils_no_attempt_that_receives_it_next(loaded: Queue) -> None:
    (*_, last) = attempt(loaded, now=0)
    poll = Poll(loaded, now=1, wait=20 * SECOND, attempt_id="another")

    loaded.change_visibility(last.receipt_handle, 0, now=2)

    assert poll.bodies == ["d"]
    assert shown(attempt(loaded, now=3, name="another")) == shown(poll.deliveries)
    with pytest.raises(InvalidParameter, match=NOT_RETRYABLE):
        attempt(loaded, now=3)


def test_of_two_polls_with_one_attempt_id_the_one_answered_last_can_be_retried(fifo: Queue) -> None:
    polls = [Poll(fifo, now=0, wait=20 * SECOND, max_messages=1, attempt_id="try") for _ in range(2)]
    fifo.send_batch([fifo_draft("a", group_id="g"), fifo_draft("b", group_id="h")], now=1)

    assert [poll.bodies for poll in polls] == [["a"], ["b"]]
    assert shown(attempt(fifo, now=2)) == shown(polls[1].deliveries)


def test_the_oldest_attempts_are_forgotten_when_there_are_very_many(fifo: Queue) -> None:
    assert isinstance(fifo, FifoQueue)
    for number in range(10_001):
        fifo.send(fifo_draft(str(number), group_id=str(number)), now=number)
        attempt(fifo, now=number, name=str(number), timeout=30 * SECOND)

    assert attempt(fifo, now=10_001, name="0") == []
    assert [body for body, _ in shown(attempt(fifo, now=10_001, name="1"))] == ["1"]
    assert len(fifo._attempts._by_sequence) == 10_000


def test_an_attempt_id_is_ignored_by_a_standard_queue(queues: Queues) -> None:
    queue = queues.create()
    queue.send_batch([fifo_draft("a"), fifo_draft("b")], now=0)

    received = [attempt(queue, now=0, max_messages=1) for _ in range(3)]

    assert [[body for body, _ in shown(message)] for message in received] == [["a"], ["b"], []]


def test_a_shorter_window_can_be_set() -> None:
    queue = Queues(Limits(deduplication_window_ms=1_000, attempt_window_ms=2_000)).create("orders.fifo")
    original = send(queue, "x", now=0)
    attempt(queue, now=0)

    assert send(queue, "x", now=1_000) != original
    with pytest.raises(InvalidParameter, match=NOT_RETRYABLE):
        attempt(queue, now=2_000)
