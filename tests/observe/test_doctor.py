"""What the doctor says, and when it says nothing."""

from __future__ import annotations

import msgspec
import pytest

from sqs_emulator.core.errors import QueueNameExists
from sqs_emulator.core.events import Consumer
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.receives import Receive
from sqs_emulator.observe.doctor import diagnose
from sqs_emulator.observe.findings import Change, Finding, Severity
from tests.core.by_hand import Poll, fifo_draft, receive
from tests.observe.bodies import task_body
from tests.observe.watched import OTHER, WORKER, Watched

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


@pytest.fixture
def queues() -> Watched:
    return Watched()


@pytest.fixture
def queue(queues: Watched) -> Queue:
    """A queue as Celery would create it with a visibility timeout of one minute."""
    return queues.create("orders", VisibilityTimeout="60")


def change(finding: Finding, setting: str) -> Change:
    (found,) = [change for change in finding.changes if change.setting == setting]
    return found


KOMBUS_TIMEOUT = 'broker_transport_options["visibility_timeout"]'


# Nothing is wrong.


def test_a_healthy_queue_has_no_findings(queues: Watched, queue: Queue) -> None:
    for number in range(20):
        queues.send(queue, task_body(args=[number]), now=number)
        queue.delete(queues.receive(queue, now=number), now=number, consumer=WORKER)
    queues.send(queue, task_body(eta_at=30_000), now=1_000)
    queues.receive(queue, now=1_000)

    assert queues.diagnose(2_000) == []


def test_without_queues_there_is_nothing_to_say(queues: Watched) -> None:
    assert queues.diagnose(0) == []


def test_a_message_given_back_is_not_redelivered(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body())
    handle = queues.receive(queue, now=0)
    queue.change_visibility(handle, 10_000, now=1_000, consumer=WORKER)
    queue.delete(queues.receive(queue, now=20_000), now=20_000)

    assert queues.codes(30_000) == []


def test_a_retry_is_not_a_redelivery(queues: Watched, queue: Queue) -> None:
    for retries in (0, 1):
        queues.send(queue, task_body(task_id="t", retries=retries))
        queue.delete(queues.receive(queue, now=0), now=0)

    assert queues.codes(0) == []


# Redelivery.


def test_an_eta_beyond_the_visibility_timeout_is_told_before_it_goes_wrong(queues: Watched, queue: Queue) -> None:
    message_id = queues.send(queue, task_body("demo.later", task_id="t", eta_at=10 * MINUTE))

    finding = queues.finding("eta_beyond_visibility_timeout", 0)

    assert (finding.severity, finding.queue, finding.count) == (Severity.ERROR, queue.arn, 1)
    assert (finding.seen["longest_wait_seconds"], finding.seen["visibility_timeout_seconds"]) == (600, 60)
    assert (finding.messages[0].message_id, finding.messages[0].task, finding.messages[0].task_id) == (
        message_id,
        "demo.later",
        "t",
    )
    assert change(finding, KOMBUS_TIMEOUT).value == 660
    assert change(finding, "VisibilityTimeout").value == 660
    assert change(finding, "apply_async(delay_seconds=...)").value == 600


def test_an_eta_that_made_copies_is_told_when_the_task_is_done(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body(eta_at=130_000))
    handles = [queues.receive(queue, now=now) for now in (0, 60_000, 120_000)]
    for handle in handles:
        queue.delete(handle, now=130_050, consumer=WORKER)

    assert queues.codes(200_000) == ["eta_beyond_visibility_timeout"]
    assert queues.finding("eta_beyond_visibility_timeout", 200_000).seen["most_receives"] == 3


@pytest.mark.parametrize(
    ("eta", "settings"),
    [
        pytest.param(2 * HOUR, {KOMBUS_TIMEOUT, "VisibilityTimeout"}, id="too long for a delay"),
        pytest.param(2 * DAY, {"countdown, eta"}, id="too long for any visibility timeout"),
    ],
)
def test_what_to_do_about_an_eta_depends_on_how_far_it_is(
    queues: Watched, queue: Queue, eta: int, settings: set[str]
) -> None:
    queues.send(queue, task_body(eta_at=eta))

    finding = queues.finding("eta_beyond_visibility_timeout", 0)

    assert {change.setting for change in finding.changes} == settings


@pytest.mark.parametrize(
    ("eta", "delay", "codes"),
    [
        (60_000, None, []),
        (60_001, None, ["eta_beyond_visibility_timeout"]),
        (90_000, 30, []),
        (90_001, 30, ["eta_beyond_visibility_timeout"]),
    ],
)
def test_an_eta_counts_from_when_a_worker_can_have_it(
    queues: Watched, queue: Queue, eta: int, delay: int | None, codes: list[str]
) -> None:
    queues.send(queue, task_body(eta_at=eta), delay_seconds=delay)

    assert queues.codes(0) == codes


def test_an_eta_is_no_trouble_to_who_lengthens_the_timeout(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body(eta_at=5 * MINUTE))
    handle = queues.receive(queue, now=0)

    queue.change_visibility(handle, 6 * MINUTE, now=30_000, consumer=WORKER)

    assert queues.codes(MINUTE) == []


def test_an_eta_is_no_trouble_to_who_does_not_wait_for_it(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body(eta_at=5 * MINUTE))
    queue.delete(queues.receive(queue, now=0), now=1_000)

    assert queues.codes(2_000) == []


def test_a_task_that_outlives_its_timeout_ran_twice(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body("demo.slow"))
    first = queues.receive(queue, now=0)
    second = queues.receive(queue, now=60_000, consumer=OTHER)
    queue.delete(first, now=100_000, consumer=WORKER)
    queue.delete(second, now=160_000, consumer=OTHER)

    finding = queues.finding("task_ran_twice", 200_000)

    assert queues.codes(200_000) == ["task_ran_twice"]
    assert (finding.seen["longest_run_seconds"], finding.seen["visibility_timeout_seconds"]) == (100, 60)
    assert change(finding, KOMBUS_TIMEOUT).value == 180
    assert finding.messages[0].task == "demo.slow"


def test_a_task_deleted_by_the_second_and_then_by_the_first_ran_twice(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body())
    first = queues.receive(queue, now=0)
    second = queues.receive(queue, now=60_000, consumer=OTHER)
    queue.delete(second, now=70_000, consumer=OTHER)
    assert queues.codes(75_000) == ["consumer_vanished"], "as far as one can see then"

    queue.delete(first, now=80_000, consumer=WORKER)

    assert queues.codes(90_000) == ["task_ran_twice"]


def test_a_delete_that_a_client_repeats_is_no_second_run(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body())
    queues.receive(queue, now=0)
    second = queues.receive(queue, now=60_000, consumer=OTHER)
    for now in (70_000, 71_000):
        queue.delete(second, now=now, consumer=OTHER)

    assert queues.codes(80_000) == ["consumer_vanished"]


def test_a_consumer_that_was_killed_has_vanished(queues: Watched, queue: Queue) -> None:
    for _ in range(2):
        queues.send(queue, task_body())
        queues.receive(queue, now=1_000, timeout=30_000)

    finding = queues.finding("consumer_vanished", 40_000)

    assert (finding.severity, finding.count) == (Severity.WARNING, 2)
    assert finding.seen == {"consumers": "kombu at 10.0.0.7:5001", "receives_lost": 2, "hidden_seconds": 30}
    assert change(finding, "worker_prefetch_multiplier").value == 1
    assert finding.messages[0].seen == "received once by kombu at 10.0.0.7:5001"


def test_a_consumer_is_not_lost_while_its_time_runs(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body())
    queues.receive(queue, now=0)

    assert queues.codes(59_999) == []
    assert queues.codes(60_000) == ["consumer_vanished"]


def test_a_consumer_that_was_heard_of_later_has_not_vanished(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body())
    queues.receive(queue, now=0)
    queues.receive(queue, now=70_000)

    assert queues.codes(80_000) == ["redelivered"]


def test_a_consumer_that_polls_has_not_vanished(queues: Watched, queue: Queue) -> None:
    other = queues.create("other", VisibilityTimeout="60")
    queues.send(queue, task_body())
    queues.receive(queue, now=0)
    Poll(other, now=50_000, wait=20_000, consumer=WORKER)

    assert queues.codes(60_000) == ["redelivered"]


def test_a_redelivery_tells_how_often_and_what_the_task_says_of_retries(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body(retries=1))
    for now in (0, 60_000, 120_000):
        queues.receive(queue, now=now)

    finding = queues.finding("redelivered", 121_000)

    assert finding.seen == {"most_receives": 3, "visibility_timeout_seconds": 60}
    assert finding.messages[0].seen == "received 3 times; timed out twice; retries 1"
    assert change(finding, "VisibilityTimeout").value == 120
    assert change(finding, "RedrivePolicy").where == "SQS"


def test_a_redelivery_whose_events_are_forgotten_is_still_told() -> None:
    queues = Watched(remembered=1)
    queue = queues.create("orders", VisibilityTimeout="60")
    queues.send(queue, task_body())
    for now in (0, 60_000):
        queues.receive(queue, now=now)
    queues.send(queue, task_body(), now=60_000)

    assert queues.codes(60_001) == ["redelivered"]


def test_each_message_is_told_of_once_among_the_redelivered(queues: Watched, queue: Queue) -> None:
    eta, twice, lost = (queues.send(queue, task_body(eta_at=eta_at)) for eta_at in (300_000, None, None))
    first = [queues.receive(queue, now=0) for _ in range(3)]
    for consumer in (OTHER, OTHER, OTHER):
        queues.receive(queue, now=60_000, consumer=consumer)
    queue.delete(first[1], now=70_000, consumer=Consumer("10.0.0.7:6000", "Boto3"))

    named = {finding.code: [message.message_id for message in finding.messages] for finding in queues.diagnose(80_000)}

    assert named == {
        "eta_beyond_visibility_timeout": [eta],
        "task_ran_twice": [twice],
        "consumer_vanished": [lost],
    }


# Contents.


def test_a_foreign_message_among_tasks_is_told(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body())
    foreign = queues.send(queue, '{"hello": "world"}')

    finding = queues.finding("foreign_message", 0)

    assert finding.severity is Severity.ERROR
    assert finding.seen == {"foreign": 1, "tasks": 1}
    assert [(message.message_id, message.task, message.seen) for message in finding.messages] == [
        (foreign, None, '18 characters: \'{"hello": "world"}\'')
    ]


def test_a_queue_without_any_task_has_no_foreign_messages(queues: Watched, queue: Queue) -> None:
    queues.send(queue, "hello")

    assert queues.codes(0) == []


def test_a_foreign_message_is_told_of_after_a_worker_deleted_it(queues: Watched, queue: Queue) -> None:
    for body in (task_body(), "hello"):
        queues.send(queue, body)
        queue.delete(queues.receive(queue, now=0), now=0)

    assert queues.codes(0) == ["foreign_message"]


def test_a_task_sent_twice_is_told(queues: Watched, queue: Queue) -> None:
    twins = [queues.send(queue, task_body(task_id="t")) for _ in range(2)]
    queues.send(queue, task_body(task_id="t", retries=1))

    finding = queues.finding("task_sent_twice", 0)

    assert [message.message_id for message in finding.messages] == twins
    assert finding.seen == {"tasks": 1, "messages": 2}


@pytest.mark.parametrize(("now", "codes"), [(9_999, []), (10_000, []), (10_001, ["task_expired"])])
def test_a_task_that_waits_beyond_expires_is_told(queues: Watched, queue: Queue, now: int, codes: list[str]) -> None:
    queues.send(queue, task_body(expires_at=10_000))

    assert queues.codes(now) == codes


def test_a_task_received_in_time_did_not_expire(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body(expires_at=10_000))
    queue.delete(queues.receive(queue, now=9_000), now=20_000)

    assert queues.codes(30_000) == []


def test_a_task_received_too_late_is_told_when_it_is_gone(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body(expires_at=10_000))
    queue.delete(queues.receive(queue, now=12_500), now=12_500)

    assert queues.finding("task_expired", 20_000).seen == {"late_seconds": 2.5}


def test_a_message_that_nobody_deleted_within_its_retention_is_lost(queues: Watched) -> None:
    queue = queues.create("orders", VisibilityTimeout="60", MessageRetentionPeriod="60")
    lost = queues.send(queue, task_body())

    finding = queues.finding("message_expired", 60_000)

    assert (finding.severity, finding.seen) == (Severity.ERROR, {"retention_seconds": 60})
    assert [(message.message_id, message.seen) for message in finding.messages] == [(lost, "never received")]


# Dead letters.


def make_dead_letters(queues: Watched, *, after: int, count: int = 1) -> tuple[Queue, Queue]:
    orders, dead = queues.create("orders", VisibilityTimeout="60"), queues.create("dead", VisibilityTimeout="60")
    queues.redrive(orders, dead, after=after)
    for _ in range(count):
        queues.send(orders, task_body("demo.poison"))
    for number in range(after + 1):
        receive(orders, now=number * MINUTE)
    return orders, dead


def test_dead_letters_are_told_with_where_they_come_from_and_why(queues: Watched) -> None:
    orders, dead = queues.create("orders", VisibilityTimeout="60"), queues.create("dead")
    queues.redrive(orders, dead, after=2)
    queues.send(orders, task_body("demo.poison"))
    handle = queues.receive(orders, now=0)
    orders.change_visibility(handle, 0, now=1_000, consumer=WORKER)
    queues.receive(orders, now=2_000, consumer=OTHER)
    receive(orders, now=70_000)

    finding = queues.finding("dead_letters", 70_000)

    assert (finding.queue, finding.severity, finding.count) == (dead.arn, Severity.WARNING, 1)
    assert finding.seen == {
        "from": "orders",
        "most_receives": 2,
        "receives_given_back": 1,
        "receives_timed_out": 1,
    }
    assert finding.messages[0].task == "demo.poison"
    assert finding.messages[0].seen == (
        "received twice by kombu at 10.0.0.7:5001, kombu at 10.0.0.8:5002: given back once, timed out once"
    )
    assert change(finding, "RedrivePolicy maxReceiveCount").value == 3


def test_dead_letters_are_not_told_of_as_redelivered_too(queues: Watched) -> None:
    make_dead_letters(queues, after=3, count=2)

    assert queues.codes(10 * MINUTE) == ["dead_letters"]
    assert queues.finding("dead_letters", 10 * MINUTE).count == 2
    assert "RedrivePolicy maxReceiveCount" not in [
        change.setting for change in queues.finding("dead_letters", 10 * MINUTE).changes
    ]


def test_dead_letters_whose_events_are_forgotten_are_told_without_the_why(queues: Watched) -> None:
    queues = Watched(remembered=1)
    make_dead_letters(queues, after=1)
    queues.create("newer")

    finding = queues.finding("dead_letters", 10 * MINUTE)

    assert finding.seen == {"from": "orders", "most_receives": 1}
    assert finding.messages[0].seen == "received once"


def test_dead_letters_that_were_moved_back_are_none_any_more(queues: Watched) -> None:
    orders, dead = make_dead_letters(queues, after=1)
    queues.broker.start_move_task(dead, now=10 * MINUTE)
    orders.delete(queues.receive(orders, now=10 * MINUTE), now=10 * MINUTE)

    assert "dead_letters" not in queues.codes(11 * MINUTE)


# Queues.


def test_a_queue_that_nobody_polls_is_told(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body())

    finding = queues.finding("nobody_polls", 31_000)

    assert finding.severity is Severity.ERROR
    assert finding.seen == {"visible": 1, "oldest_waits_seconds": 31}
    assert change(finding, "worker --queues").value == "orders"
    assert queues.codes(29_999) == []


def test_a_queue_that_is_not_polled_any_more_tells_by_whom_it_was(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body())
    queue.delete(queues.receive(queue, now=0), now=0)
    queues.send(queue, task_body(), now=10_000)

    finding = queues.finding("nobody_polls", 100_000)

    assert finding.severity is Severity.WARNING
    assert finding.seen == {
        "visible": 1,
        "oldest_waits_seconds": 90,
        "last_receive_seconds_ago": 100,
        "last_receive_by": "kombu at 10.0.0.7:5001",
    }


def test_a_queue_whose_worker_is_busy_is_not_unpolled(queues: Watched, queue: Queue) -> None:
    for _ in range(2):
        queues.send(queue, task_body())
    queues.receive(queue, now=0, timeout=HOUR)

    assert queues.codes(10 * MINUTE) == []


def test_an_empty_queue_may_be_polled_by_nobody(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body(), delay_seconds=900)

    assert queues.codes(10 * MINUTE) == []


def test_a_queue_of_the_same_name_that_is_polled_elsewhere_is_named(queues: Watched, queue: Queue) -> None:
    twin = queues.broker.create_queue("000000000000", "eu-west-1", "orders", {}, tags={}, now=0)
    Poll(twin, now=30_000, wait=20_000)
    queues.send(queue, task_body())

    finding = queues.finding("nobody_polls", 31_000)

    assert finding.seen["polled_elsewhere"] == "region eu-west-1, account 000000000000"
    assert change(finding, 'broker_transport_options["region"]').value == "us-east-1"


def test_a_queue_that_somebody_wanted_with_another_timeout_is_told(queues: Watched, queue: Queue) -> None:
    with pytest.raises(QueueNameExists):
        queues.create("orders", VisibilityTimeout="1800")

    finding = queues.finding("visibility_timeout_differs", 0)

    assert finding.seen == {"wanted": "1800", "there": "60"}
    assert change(finding, "VisibilityTimeout").value == "1800"
    queues.change(queue, now=0, VisibilityTimeout="1800")
    assert queues.codes(0) == [], "it has it now"


def test_a_queue_that_somebody_wanted_with_another_attribute_is_told(queues: Watched, queue: Queue) -> None:
    with pytest.raises(QueueNameExists):
        queues.create("orders", DelaySeconds="5")

    assert queues.finding("queue_differs", 0).seen == {"wanted": "5", "there": "0"}


def test_a_queue_of_tasks_with_sqss_own_timeout_is_told(queues: Watched) -> None:
    queue = queues.create("orders")
    assert queues.codes(0) == []
    queues.send(queue, task_body())

    finding = queues.finding("default_visibility_timeout", 0)

    assert finding.severity is Severity.HINT
    assert change(finding, "VisibilityTimeout").value == 1_800


# FIFO.


def test_tasks_that_share_kombus_message_group_are_told(queues: Watched) -> None:
    fifo = queues.create("orders.fifo", VisibilityTimeout="60")
    queues.send(fifo, fifo_draft(task_body(), group_id="default"))
    assert queues.codes(0) == []
    queues.send(fifo, fifo_draft(task_body(), group_id="default"))
    queues.send(fifo, fifo_draft(task_body(message_group_id="default"), group_id="default"))

    assert queues.finding("one_message_group", 0).seen == {"tasks": 2}


def test_tasks_of_one_group_that_are_received_together_are_told(queues: Watched) -> None:
    fifo = queues.create("orders.fifo", VisibilityTimeout="60")
    for group in ("a", "a", "b"):
        queues.send(fifo, fifo_draft(task_body(message_group_id=group), group_id=group))
    fifo.receive(Receive(10, consumer=WORKER), now=0)

    finding = queues.finding("message_group_in_parallel", 0)

    assert finding.seen == {"tasks": 2, "most_together": 2}
    assert [(change.setting, change.value) for change in finding.changes] == [
        ("worker --concurrency", 1),
        ("worker_prefetch_multiplier", 1),
        ("task_acks_late", "True"),
    ]


def test_tasks_of_one_group_that_are_received_one_by_one_are_fine(queues: Watched) -> None:
    fifo = queues.create("orders.fifo", VisibilityTimeout="60")
    for _ in range(3):
        queues.send(fifo, fifo_draft(task_body(message_group_id="a"), group_id="a"))
        fifo.delete(queues.receive(fifo, now=0), now=0)

    assert queues.codes(0) == []


# All together.


def test_the_worst_comes_first(queues: Watched) -> None:
    queue = queues.create("orders")
    queues.send(queue, task_body(eta_at=HOUR))
    for now in (0, MINUTE):
        queues.send(queue, task_body(task_id="t"), now=now)
        queues.receive(queue, now=now, consumer=OTHER)

    severities = [finding.severity for finding in queues.diagnose(2 * MINUTE)]

    assert set(severities) == set(Severity)
    assert severities == sorted(severities, key=list(Severity).index)


def test_an_account_can_be_looked_at_alone(queues: Watched, queue: Queue) -> None:
    other = queues.broker.create_queue("111111111111", "us-east-1", "orders", {}, tags={}, now=0)
    for place in (queue, other):
        queues.send(place, task_body())

    found = diagnose(queues.broker, queues.feed.events(), 31_000, account="111111111111")

    assert {finding.queue for finding in found} == {other.arn}


def test_what_was_due_has_happened_and_is_told(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body())
    queues.receive(queue, now=0)

    assert queues.codes(60_000) == ["consumer_vanished"], "though nobody touched the queue since"


def test_the_doctor_changes_nothing(queues: Watched, queue: Queue) -> None:
    for eta_at in (None, HOUR):
        queues.send(queue, task_body(eta_at=eta_at))
    queues.receive(queue, now=0)
    queue.catch_up(60_000)
    before, counts = len(queues.events), queue.counts(now=60_000)

    first, second = queues.diagnose(60_000), queues.diagnose(60_000)

    assert first == second
    assert (len(queues.events), queue.counts(now=60_000)) == (before, counts)
    queues.check()


def test_a_deleted_queue_is_no_trouble(queues: Watched, queue: Queue) -> None:
    queues.send(queue, task_body(eta_at=HOUR))
    queues.receive(queue, now=0)

    queues.broker.delete_queue(queue, now=1_000)

    assert queues.diagnose(2_000) == []


def test_a_finding_names_the_first_ten_messages_and_counts_all(queues: Watched, queue: Queue) -> None:
    ids = [queues.send(queue, task_body(eta_at=HOUR)) for _ in range(25)]

    finding = queues.finding("eta_beyond_visibility_timeout", 0)

    assert finding.count == 25
    assert [message.message_id for message in finding.messages] == ids[:10]


def test_of_a_long_queue_the_oldest_messages_are_looked_at() -> None:
    queues = Watched(remembered=1)
    queue = queues.create("orders", VisibilityTimeout="60")
    for _ in range(500):
        queues.send(queue, task_body(eta_at=HOUR))

    (finding,) = diagnose(queues.broker, queues.feed.events(), 0, depth=50)

    assert finding.count == 51, "and the one that the last event tells of"


def test_findings_are_fit_for_json(queues: Watched) -> None:
    make_dead_letters(queues, after=1)

    found = queues.diagnose(10 * MINUTE)

    assert msgspec.json.decode(msgspec.json.encode(found), type=list[Finding]) == found
    assert msgspec.json.decode(msgspec.json.encode(found))[0]["severity"] == "warning"
