"""Standard queues that deliver twice and out of order: as AWS may, and never losing a message."""

from __future__ import annotations

import itertools
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqs_emulator.core.events import Event, MessageVisibilityChanged
from sqs_emulator.core.message import Draft
from sqs_emulator.core.receives import Delivery, Receive
from sqs_emulator.core.standard import StandardQueue
from sqs_emulator.faults.active import ActiveRule
from sqs_emulator.faults.delivery import UnreliableDelivery, equip
from sqs_emulator.faults.parsing import parse_rule
from sqs_emulator.web.outbox import hand_over
from tests.core.by_hand import Poll, TimersByHand, draft, redrive_policy
from tests.faults.conftest import BrokenAccount, FaultySqs
from tests.raw_http import Connection, received
from tests.sqs_by_hand import refused

ARN: Final = "arn:aws:sqs:us-east-1:000000000000:orders"


def queue_with(*rules: dict[str, Any]) -> StandardQueue:
    queue = StandardQueue(ARN, now=0, timers=TimersByHand())
    equip(queue, [ActiveRule(number, parse_rule(rule)) for number, rule in enumerate(rules, start=1)])
    return queue


def receive(queue: StandardQueue, *, now: int = 0, at_most: int = 10, timeout: int | None = None) -> list[Delivery]:
    deliveries = queue.receive(Receive(at_most, visibility_timeout=timeout), now=now)
    queue.check()
    return deliveries


def bodies(deliveries: list[Delivery]) -> list[str]:
    return [delivery.message.body for delivery in deliveries]


TWICE: Final = {"effect": "deliver-twice"}

# Twice.


def test_a_message_is_visible_though_it_was_received(account: BrokenAccount, protocol: str) -> None:
    account.send()
    account.add(**TWICE)

    with Connection(account.emulator.url) as connection:
        assert connection.ask(account.call("ReceiveMessage", protocol)).status == 200

    assert account.counts() == (1, 0)
    (again,) = account.receive(AttributeNames=["ApproximateReceiveCount"])
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"
    assert account.receive() == []
    assert account.counts() == (0, 1)
    assert account.counted() == [(1, 1)]


def test_one_response_never_has_a_message_twice() -> None:
    queue = queue_with(TWICE)
    for number in range(3):
        queue.send(draft(str(number)), now=0)

    assert bodies(receive(queue)) == ["0", "1", "2"]
    assert bodies(receive(queue)) == ["0", "1", "2"]
    assert bodies(receive(queue)) == []


@pytest.mark.parametrize("action", ["DeleteMessage", "DeleteMessageBatch"])
def test_a_message_that_was_deleted_comes_once_more(account: BrokenAccount, action: str) -> None:
    account.send()
    account.add(**TWICE)
    (first,) = account.receive()

    handle = {"ReceiptHandle": first["ReceiptHandle"]}
    members = {"Entries": [{"Id": "1", **handle}]} if action == "DeleteMessageBatch" else handle
    answer = account.ask(action, **members)
    (second,) = account.receive()
    account.ask("DeleteMessage", ReceiptHandle=second["ReceiptHandle"])

    assert answer in (None, {"Successful": [{"Id": "1"}]})
    assert second["MessageId"] == first["MessageId"]
    assert account.counts() == (0, 0)


def test_a_message_is_handed_out_twice_and_not_thrice() -> None:
    queue = queue_with(TWICE)
    queue.send(draft(), now=0)
    receive(queue)
    receive(queue)

    assert bodies(receive(queue, now=29_999)) == []
    assert bodies(receive(queue, now=30_000)) == ["order"], "its visibility timeout has run out"
    assert bodies(receive(queue, now=59_999)) == [], "it is not judged again"


def test_the_first_handle_deletes_once_the_message_was_received_again() -> None:
    queue = queue_with(TWICE)
    queue.send(draft(), now=0)
    (first,) = receive(queue)
    receive(queue)

    queue.delete(first.receipt_handle, now=0)

    assert queue.counts(now=0) == (0, 0, 0)


def test_changing_the_visibility_of_a_message_that_is_owed_hides_nothing() -> None:
    queue = queue_with(TWICE)
    queue.send(draft(), now=0)
    (first,) = receive(queue)

    queue.change_visibility(first.receipt_handle, 60_000, now=0)

    assert bodies(receive(queue)) == ["order"]


def test_a_message_that_is_not_hidden_at_all_is_owed_too() -> None:
    queue = queue_with(TWICE)
    queue.send(draft(), now=0)
    (first,) = receive(queue, timeout=0)

    queue.delete(first.receipt_handle, now=0)

    assert bodies(receive(queue)) == ["order"]


def test_two_polls_get_the_same_message(account: BrokenAccount) -> None:
    account.add(**TWICE)

    with Connection(account.emulator.url) as first, Connection(account.emulator.url) as second:
        for number, connection in enumerate((first, second), start=1):
            connection.send(account.call("ReceiveMessage", WaitTimeSeconds=20, AttributeNames=["All"]))
            account.wait_for_polls(number)
        account.send()
        counts = received(first.response()) + received(second.response())

    assert sorted(counts) == [("hello", 1), ("hello", 2)]


def test_a_duplicate_goes_to_the_next_poll_when_a_delay_ends() -> None:
    timers = TimersByHand()
    queue = StandardQueue(ARN, now=0, timers=timers)
    equip(queue, [ActiveRule(1, parse_rule(TWICE))])
    queue.send(draft(delay_seconds=10), now=0)
    polls = [Poll(queue, now=0, wait=20_000) for _ in range(3)]

    assert timers.fire() == 10_000
    queue.check()

    assert [poll.bodies for poll in polls] == [["order"], ["order"], None]


def test_a_message_that_timed_out_before_the_rule_is_not_judged() -> None:
    queue = StandardQueue(ARN, now=0)
    queue.send(draft(), now=0)
    queue.receive(Receive(1), now=0)
    rule = ActiveRule(1, parse_rule(TWICE))

    equip(queue, [rule])

    assert bodies(receive(queue, now=30_000)) == ["order"]
    assert bodies(receive(queue, now=30_000)) == []
    assert rule.matched == 0


def test_a_purge_takes_what_is_owed_along() -> None:
    queue = queue_with(TWICE)
    queue.send(draft(), now=0)
    receive(queue)

    queue.purge(now=0)
    queue.check()
    queue.send(draft("new"), now=0)

    assert [bodies(receive(queue)) for _ in range(3)] == [["new"], ["new"], []]
    assert isinstance(queue.hook, UnreliableDelivery)
    assert queue.hook.owed == set()


def test_what_is_owed_expires_like_any_message() -> None:
    queue = queue_with(TWICE)
    queue.send(draft(), now=0)
    receive(queue)

    assert bodies(receive(queue, now=345_600_000)) == []
    assert isinstance(queue.hook, UnreliableDelivery)
    assert queue.hook.owed == set()


def test_a_duplicate_counts_for_the_dead_letter_queue(faulty: FaultySqs) -> None:
    dead = faulty.create("dead")
    url = faulty.create(RedrivePolicy=redrive_policy(faulty.queue("dead"), 1))
    faulty.add(**TWICE, queue="q")
    faulty.send(url)

    first = faulty.receive(url)
    second = faulty.receive(url)

    assert (len(first), second) == (1, [])
    assert len(faulty.receive(dead)) == 1


def test_a_rule_of_chance_judges_each_message_once(faulty: FaultySqs) -> None:
    url = faulty.create()
    rule = faulty.add(**TWICE, probability=0.3, seed=5)
    for number in range(100):
        faulty.send(url, str(number))

    got = list(itertools.chain.from_iterable(iter(lambda: faulty.receive(url), [])))

    assert rule.matched == 100
    assert len(got) == 100 + rule.applied
    assert 15 < rule.applied < 45
    assert {message["Body"] for message in got} == {str(number) for number in range(100)}


def test_every_second_message_is_delivered_twice(faulty: FaultySqs) -> None:
    url = faulty.create()
    faulty.add(**TWICE, every=2)
    for number in range(4):
        faulty.send(url, str(number))

    assert [message["Body"] for message in faulty.receive(url)] == ["0", "1", "2", "3"]
    assert [message["Body"] for message in faulty.receive(url)] == ["1", "3"]


def test_watchers_are_told_that_a_message_is_visible_again() -> None:
    events: list[Event] = []
    queue = queue_with(TWICE)
    queue.emit = events.append
    queue.send(draft(), now=5)
    receive(queue, now=7)

    (shown,) = [event for event in events if isinstance(event, MessageVisibilityChanged)]
    assert (shown.at, shown.visible_at, shown.consumer) == (7, 7, None)


# Out of order.


def order_of(seed: int, *, among: int = 10, messages: int = 30, at_most: int = 1) -> list[int]:
    queue = queue_with({"effect": "shuffle", "among": among, "seed": seed})
    queue.send_batch([draft(str(number)) for number in range(messages)], now=0)
    found: list[int] = []
    while deliveries := receive(queue, at_most=at_most):
        found += map(int, bodies(deliveries))
    return found


def test_messages_come_out_of_order_and_none_is_lost() -> None:
    found = order_of(seed=1)

    assert found != sorted(found)
    assert sorted(found) == list(range(30))


def test_the_same_seed_gives_the_same_order_and_another_one_another() -> None:
    assert order_of(seed=1) == order_of(seed=1)
    assert order_of(seed=1) != order_of(seed=2)


def test_a_message_overtakes_no_more_than_it_is_drawn_among() -> None:
    for place, number in enumerate(order_of(seed=3, among=5)):
        assert number - place < 5


@pytest.mark.parametrize("at_most", [1, 3, 10])
def test_a_receive_gets_as_many_as_it_asks_for(at_most: int) -> None:
    assert sorted(order_of(seed=1, among=2, at_most=at_most)) == list(range(30))


def test_a_rule_that_does_not_apply_leaves_the_order_alone(account: BrokenAccount) -> None:
    for number in range(20):
        account.send(str(number))
    account.add(effect="shuffle", nth=2, seed=1, among=20)

    found = [[int(message["Body"]) for message in account.receive(MaxNumberOfMessages=5)] for _ in range(4)]

    assert found[0] == [0, 1, 2, 3, 4]
    assert found[1] != sorted(found[1])
    assert found[2] + found[3] == sorted(found[2] + found[3]), "what it passed over is in its old place"
    assert account.receive() == []
    assert account.counted() == [(4, 1)], "a receive that finds nothing is none of its business"


def test_groups_of_a_fair_queue_are_drawn_from_too() -> None:
    queue = queue_with({"effect": "shuffle", "seed": 4})
    drafts = [Draft(str(number), "md5", group_id=f"g{number % 3}" if number % 4 else None) for number in range(30)]
    queue.send_batch(drafts, now=0)

    found = [body for _ in range(30) for body in bodies(receive(queue, at_most=1))]

    assert found != sorted(found, key=int)
    assert sorted(found, key=int) == [str(number) for number in range(30)]


def test_a_move_task_is_not_shuffled(faulty: FaultySqs) -> None:
    dead = faulty.create("dead")
    url = faulty.create(RedrivePolicy=redrive_policy(faulty.queue("dead"), 1))
    for number in range(10):
        faulty.send(url, str(number))
    faulty.receive(url, VisibilityTimeout=0)
    assert faulty.receive(url) == []
    rule = faulty.add(effect="shuffle", queue="dead")
    faulty.receive(dead, VisibilityTimeout=0)

    faulty.call("StartMessageMoveTask", SourceArn=faulty.queue("dead").arn)

    assert rule.matched == 1, "the receive"
    assert [message["Body"] for message in faulty.receive(url)] == [str(number) for number in range(10)]


# Where.


def test_a_fifo_queue_delivers_once_and_in_order_whatever_the_rules_say(faulty: FaultySqs) -> None:
    url = faulty.create("q.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    rules = [faulty.add(**TWICE), faulty.add(effect="shuffle")]
    for number in range(5):
        faulty.send(url, str(number), MessageGroupId="g")

    assert [message["Body"] for message in faulty.receive(url)] == ["0", "1", "2", "3", "4"]
    assert faulty.receive(url) == []
    assert [rule.matched for rule in rules] == [0, 0]


def test_only_the_queues_of_a_rule_are_unreliable(faulty: FaultySqs) -> None:
    faulty.create("orders-1")
    faulty.create("plain")
    faulty.create("orders-1", key="111111111111")
    faulty.add(**TWICE, queue="orders-*", account="000000000000")
    late = faulty.create("orders-2")
    faulty.send(late)

    kinds = {(queue.arn.split(":")[4][:1], queue.name): queue.hook is not None for queue in faulty.broker.queues()}

    assert kinds == {
        ("0", "orders-1"): True,
        ("0", "orders-2"): True,
        ("0", "plain"): False,
        ("1", "orders-1"): False,
    }


def test_a_queue_that_is_there_already_is_unreliable_without_being_called(faulty: FaultySqs) -> None:
    url = faulty.create()
    first, second = faulty.poll(QueueUrl=url), faulty.poll(QueueUrl=url)
    faulty.add(**TWICE)

    faulty.queue().send(draft(), now=faulty.clock.now())
    hand_over(faulty.broker.outbox)

    assert [len(poll.messages()) for poll in (first, second)] == [1, 1]


def test_a_removed_rule_leaves_no_trace_in_its_queue(faulty: FaultySqs) -> None:
    url = faulty.create()
    twice, shuffle = faulty.add(**TWICE), faulty.add(effect="shuffle")
    faulty.send(url)
    (message,) = faulty.receive(url)

    faulty.injector.remove(lambda rule: rule is twice)
    assert isinstance(faulty.queue().hook, UnreliableDelivery)
    faulty.injector.remove(lambda rule: rule is shuffle)

    assert faulty.queue().hook is None
    faulty.call("DeleteMessage", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert faulty.counts(url) == (0, 0, 0), "nobody owes it any more"


def test_a_bad_handle_is_refused_as_ever(faulty: FaultySqs) -> None:
    url = faulty.create()
    faulty.add(**TWICE)
    faulty.send(url)

    with refused("ReceiptHandleIsInvalid", status=404):
        faulty.call("DeleteMessage", QueueUrl=url, ReceiptHandle="x")


# Whatever is done.

STEPS = st.one_of(
    st.tuples(st.just("send"), st.integers(1, 5)),
    st.tuples(st.just("receive"), st.integers(1, 10)),
    st.tuples(st.just("poll"), st.integers(1, 3)),
    st.tuples(st.just("delete"), st.integers(0, 50)),
    st.tuples(st.just("show"), st.integers(0, 50)),
    st.tuples(st.just("wait"), st.sampled_from([0, 1_000, 30_000])),
)


@settings(max_examples=200)
@given(steps=st.lists(STEPS, max_size=40), seed=st.integers(0, 1_000), probability=st.sampled_from([0.3, 1.0]))
def test_nothing_is_lost_whatever_is_done(steps: list[tuple[str, int]], seed: int, probability: float) -> None:
    """A message stays until it was deleted by whom it was handed to last, and is handed out as often as it is owed."""
    twice = {**TWICE, "probability": probability, "seed": seed}
    queue = queue_with(twice, {"effect": "shuffle", "among": 4, "seed": seed, "probability": 0.5})
    timers = queue.timers
    assert isinstance(timers, TimersByHand)
    now = sent = 0
    handed: list[Delivery] = []
    times: dict[str, int] = {}
    deleted: set[str] = set()
    polls: list[Poll] = []

    def take(deliveries: list[Delivery]) -> None:
        assert len({delivery.message.id for delivery in deliveries}) == len(deliveries)
        for delivery in deliveries:
            assert delivery.message.body not in deleted
            times[delivery.message.body] = times.get(delivery.message.body, 0) + 1
        handed.extend(deliveries)

    for step, number in steps:
        if step == "send":
            queue.send_batch([draft(str(sent + place)) for place in range(number)], now=now)
            sent += number
        elif step == "receive":
            take(queue.receive(Receive(number), now=now))
        elif step == "poll":
            polls.append(Poll(queue, now=now, wait=5_000, max_messages=number))
        elif step == "wait":
            while timers.at and min(timers.at.values()) <= now + number:
                timers.fire()
            now += number
        elif handed and step == "show":
            delivery = handed[number % len(handed)]
            if delivery.message.body not in deleted:
                queue.change_visibility(delivery.receipt_handle, 0, now=now)
        elif handed:
            delivery = handed[number % len(handed)]
            owed = isinstance(queue.hook, UnreliableDelivery) and delivery.message.sequence in queue.hook.owed
            queue.delete(delivery.receipt_handle, now=now)
            if not owed:
                deleted.add(delivery.message.body)
        for poll in [served for served in polls if served.bodies is not None]:
            take(poll.deliveries)
            polls.remove(poll)
        queue.check()
        left = {message.body for message in queue.messages.values()}
        assert left == {str(number) for number in range(sent)} - deleted

    if probability == 1:
        assert all(times[body] >= 2 for body in deleted)
