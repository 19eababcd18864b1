"""A message's life, put together from the events that the feed keeps."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from sqs_emulator.core.events import Consumer
from sqs_emulator.core.queue import Queue
from sqs_emulator.observe.history import History, history, name_of, task_histories
from tests.core.by_hand import fifo_draft, receive
from tests.observe.bodies import task_body
from tests.observe.watched import OTHER, PRODUCER, WORKER, Watched


@pytest.fixture
def queues() -> Iterator[Watched]:
    queues = Watched()
    yield queues
    queues.check()


@pytest.fixture
def queue(queues: Watched) -> Queue:
    return queues.create("orders")


def what(told: History) -> list[str]:
    return [entry.what for entry in told.entries]


def words(told: History) -> list[str]:
    return [entry.text for entry in told.entries]


def test_a_life_is_told_from_the_send_to_the_delete(queues: Watched, queue: Queue) -> None:
    sent = queues.send(queue, now=1_000, delay_seconds=5)
    handle = queues.receive(queue, now=6_000)
    queue.change_visibility(handle, 1_500, now=7_000, consumer=WORKER)
    handle = queues.receive(queue, now=9_000, consumer=OTHER)
    queue.delete(handle, now=10_000, consumer=OTHER)

    told = queues.history(sent)

    assert [(entry.at, entry.text) for entry in told.entries] == [
        (1_000, "sent by Boto3/1.44.5 at 10.0.0.1:5000, visible after 5 s"),
        (6_000, "visible: its delay is over"),
        (6_000, "received by kombu at 10.0.0.7:5001, receive 1, hidden for 30 s"),
        (7_000, "hidden for 1.5 s from now on by kombu at 10.0.0.7:5001"),
        (8_500, "visible again: receive 1 did not delete it in time"),
        (9_000, "received by kombu at 10.0.0.8:5002, receive 2, hidden for 30 s"),
        (10_000, "deleted by kombu at 10.0.0.8:5002"),
    ]
    assert (told.state, told.complete, told.queue, told.message_id) == ("deleted", True, queue.arn, sent)
    assert told.entries[2].consumer == WORKER


@pytest.mark.parametrize(
    ("now", "state"), [(0, "delayed"), (5_000, "visible")], ids=["while it is delayed", "when the delay is over"]
)
def test_the_state_is_that_of_the_moment(queues: Watched, queue: Queue, now: int, state: str) -> None:
    sent = queues.send(queue, delay_seconds=5)

    queue.catch_up(now)

    assert queues.history(sent).state == state


def test_a_message_in_flight_is_in_flight(queues: Watched, queue: Queue) -> None:
    sent = queues.send(queue)
    queues.receive(queue, now=0)

    assert queues.history(sent).state == "in_flight"


def test_a_delete_by_an_outdated_handle_says_so(queues: Watched, queue: Queue) -> None:
    sent = queues.send(queue)
    first = queues.receive(queue, now=0, timeout=1_000)
    queues.receive(queue, now=1_000, consumer=OTHER)

    queue.delete(first, now=2_000, consumer=WORKER)

    text = (
        "deleted by kombu at 10.0.0.7:5001, with the receipt handle of an earlier receive: it was received again once"
    )
    assert words(queues.history(sent))[-1] == text


def test_a_second_delete_is_part_of_the_life(queues: Watched, queue: Queue) -> None:
    sent = queues.send(queue)
    first = queues.receive(queue, now=0, timeout=1_000)
    second = queues.receive(queue, now=1_000, consumer=OTHER)
    queue.delete(second, now=2_000, consumer=OTHER)

    queue.delete(first, now=3_000, consumer=WORKER)

    told = queues.history(sent)
    assert words(told)[-1] == "deleted once more by kombu at 10.0.0.7:5001, with the receipt handle of receive 1"
    assert (told.entries[-1].at, told.entries[-1].message_id, told.state) == (3_000, sent, "deleted")


def test_a_dead_letter_tells_why(queues: Watched, queue: Queue) -> None:
    dead = queues.create("dead")
    queues.redrive(queue, dead, after=3)
    sent = queues.send(queue)
    queues.receive(queue, now=0, timeout=1_000)
    handle = queues.receive(queue, now=1_000)
    queue.change_visibility(handle, 0, now=1_500, consumer=WORKER)
    queues.receive(queue, now=2_000, timeout=1_000)
    receive(queue, now=5_000)

    told = queues.history(sent)

    reason = "received 3 times and not deleted (timed out twice, given back once)"
    assert words(told)[-1] == f"moved to the dead-letter queue dead: {reason}"
    assert (told.queue, told.entries[-1].to, told.state) == (dead.arn, dead.arn, "visible")
    assert what(told).count("received") == 3


def test_a_life_goes_on_in_the_queue_that_a_move_task_brings_it_to(queues: Watched, queue: Queue) -> None:
    dead = queues.create("dead")
    queues.redrive(queue, dead, after=1)
    sent = queues.send(queue)
    queues.receive(queue, now=0, timeout=1_000)
    receive(queue, now=1_000)
    queues.broker.start_move_task(dead, now=2_000)
    (moved,) = queue.messages.values()
    handle = queues.receive(queue, now=3_000)
    queue.delete(handle, now=4_000, consumer=WORKER)

    by_old_id, by_new_id = queues.history(sent), queues.history(moved.id)

    assert by_old_id == by_new_id
    assert what(by_new_id) == [
        "sent", "received", "timed out", "dead-lettered", "moved", "received", "deleted",
    ]  # fmt: skip
    assert (by_new_id.message_id, by_new_id.earlier_ids) == (moved.id, [sent])
    assert [entry.message_id for entry in by_new_id.entries] == [sent] * 5 + [moved.id] * 2
    assert moved.id in words(by_new_id)[4]


def test_a_message_that_is_moved_to_its_end_still_has_one_life(queues: Watched, queue: Queue) -> None:
    dead = queues.create("dead")
    brief = queues.create("brief", MessageRetentionPeriod="60")
    queues.redrive(queue, dead, after=1)
    sent = queues.send(queue)
    queues.receive(queue, now=0, timeout=1_000)
    receive(queue, now=1_000)
    queues.broker.start_move_task(dead, now=2_000, destination_arn=brief.arn)

    brief.catch_up(62_000)

    told = queues.history(sent)
    assert what(told)[-2:] == ["moved", "expired"]
    assert (told.state, told.queue) == ("expired", brief.arn)


def test_a_purge_ends_the_lives_of_what_was_in_the_queue_and_of_nothing_else(queues: Watched, queue: Queue) -> None:
    other = queues.create("other")
    here, elsewhere, deleted = (queues.send(where) for where in (queue, other, queue))
    queues.receive(queue, now=0)
    queue.delete(queues.receive(queue, now=0), now=1_000)

    queue.purge(now=2_000)
    later = queues.send(queue, now=3_000)

    assert (what(queues.history(here))[-1], queues.history(here).state) == ("purged", "purged")
    assert [queues.history(sent).state for sent in (elsewhere, deleted, later)] == ["visible", "deleted", "visible"]


def test_a_message_goes_with_its_queue(queues: Watched, queue: Queue) -> None:
    sent = queues.send(queue)

    queues.broker.delete_queue(queue, now=1_000)
    queues.create("orders", now=2_000)

    told = queues.history(sent)
    assert (what(told), told.state) == (["sent", "queue deleted"], "deleted with its queue")


def test_an_expired_message_says_so_at_its_moment(queues: Watched, queue: Queue) -> None:
    sent = queues.send(queue)

    queue.catch_up(400_000_000)

    told = queues.history(sent)
    assert (told.state, told.entries[-1].at, told.entries[-1].what) == ("expired", 345_600_000, "expired")


def test_a_dropped_duplicate_is_part_of_the_life_of_the_original(queues: Watched) -> None:
    fifo = queues.create("orders.fifo")
    sent = fifo.send(fifo_draft(deduplication_id="d"), now=0, consumer=PRODUCER).id
    fifo.send(fifo_draft(deduplication_id="d"), now=1_000, consumer=PRODUCER)

    told = queues.history(sent)

    assert what(told) == ["sent", "duplicate dropped"]
    assert told.state == "visible"


def test_a_duplicate_of_what_nothing_else_is_known_of_is_not_purged(queues: Watched) -> None:
    queues = Watched(remembered=2)
    fifo = queues.create("orders.fifo")
    sent = fifo.send(fifo_draft(deduplication_id="d"), now=0).id
    fifo.delete(queues.receive(fifo, now=0), now=0)
    fifo.send(fifo_draft(deduplication_id="d"), now=1_000)

    fifo.purge(now=2_000)

    assert what(queues.history(sent)) == ["duplicate dropped"]


def test_what_is_not_hidden_by_its_receive_is_no_flight_that_fails(queues: Watched, queue: Queue) -> None:
    dead = queues.create("dead")
    queues.redrive(queue, dead, after=1)
    sent = queues.send(queue)
    queues.receive(queue, now=0, timeout=0)
    receive(queue, now=1_000)

    told = queues.history(sent)

    assert words(told)[1].endswith("receive 1, not hidden")
    assert words(told)[-1].endswith("(given back once)")


def test_a_task_is_decoded_while_it_waits_and_when_it_is_gone(queues: Watched, queue: Queue) -> None:
    waiting = queues.send(queue, task_body("demo.waiting"))
    gone = queues.send(queue, task_body("demo.gone"), delay_seconds=1)
    queues.receive(queue, now=0)
    queue.delete(queues.receive(queue, now=1_000), now=2_000)

    names = [told.celery and told.celery.task for told in map(queues.history, (waiting, gone))]

    assert names == ["demo.waiting", "demo.gone"]


def test_all_messages_of_a_task_are_found(queues: Watched, queue: Queue) -> None:
    first = queues.send(queue, task_body(task_id="t"))
    queues.send(queue, task_body(task_id="another"))
    queues.send(queue, "no task")
    queue.delete(queues.receive(queue, now=0), now=0)
    retry = queues.send(queue, task_body(task_id="t", retries=1))

    found = task_histories(queues.broker, queues.feed.events(), "t")

    assert [(told.message_id, told.celery and told.celery.retries) for told in found] == [(first, 0), (retry, 1)]
    assert task_histories(queues.broker, queues.feed.events(), "t2") == []


# What is not remembered.


def test_a_life_whose_beginning_is_forgotten_says_so() -> None:
    queues = Watched(remembered=2)
    queue = queues.create("orders")
    sent = queues.send(queue)
    queue.delete(queues.receive(queue, now=0), now=0)

    told = queues.history(sent)

    assert (what(told), told.complete) == (["received", "deleted"], False)


def test_a_message_that_is_there_is_known_even_without_events() -> None:
    queues = Watched(remembered=1)
    queue = queues.create("orders")
    forgotten = queues.send(queue, task_body("demo.add"))
    queues.send(queue)

    told = queues.history(forgotten)

    assert (told.state, told.complete, told.entries) == ("visible", False, [])
    assert told.celery is not None


def test_of_an_unknown_message_nothing_is_told(queues: Watched, queue: Queue) -> None:
    assert history(queues.broker, queues.feed.events(), "unknown") is None


def test_what_is_remembered_is_bounded() -> None:
    queues = Watched(remembered=100)
    queue = queues.create("orders")
    for _ in range(1_000):
        queues.send(queue)
        queue.delete(queues.receive(queue, now=0), now=0)

    assert len(list(queues.feed.events())) == 100
    assert queues.broker.gone is not None
    assert len(queues.broker.gone) == 100


def test_a_history_is_fit_for_json(queues: Watched, queue: Queue) -> None:
    sent = queues.send(queue, task_body())
    queue.delete(queues.receive(queue, now=0), now=0, consumer=WORKER)

    told = queues.history(sent)

    assert msgspec.json.decode(msgspec.json.encode(told), type=History) == told


@pytest.mark.parametrize(
    ("consumer", "name"),
    [
        (None, "somebody"),
        (Consumer("1:2", ""), "somebody at 1:2"),
        (WORKER, "kombu at 10.0.0.7:5001"),
        (PRODUCER, "Boto3/1.44.5 at 10.0.0.1:5000"),
    ],
)
def test_a_consumer_is_named_shortly(consumer: Consumer | None, name: str) -> None:
    assert name_of(consumer) == name
