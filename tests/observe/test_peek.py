"""Looking at messages without receiving them."""

from __future__ import annotations

import copy
import tracemalloc
from typing import Any

import msgspec
import pytest

from sqs_emulator.contract.sqs.messages import ReceivedMessage
from sqs_emulator.core import receipts
from sqs_emulator.core.digests import md5_of_body
from sqs_emulator.core.fifo import FifoQueue
from sqs_emulator.core.message import Draft, MessageAttributeValue, State
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.receives import Receive
from sqs_emulator.observe.peek import STATES, PeekedMessage, localstack_messages, peek
from tests.core.by_hand import Queues, draft, fifo_draft, receive
from tests.observe.bodies import task_body

HOUR = 3_600_000


@pytest.fixture
def queues() -> Queues:
    return Queues()


@pytest.fixture
def queue(queues: Queues) -> Queue:
    return queues.create("orders")


def bodies(queue: Queue, *, now: int = 0, **options: Any) -> list[str]:
    return [message.body for message in peek(queue, now, **options)]


def one(queue: Queue, *, now: int = 0) -> PeekedMessage:
    (message,) = peek(queue, now)
    return message


# Of one message.


def test_a_visible_message_is_shown_as_it_was_sent(queue: Queue) -> None:
    attributes = {"tenant": MessageAttributeValue(string_value="acme", data_type="String")}
    sent = queue.send(
        Draft("Grüße", md5_of_body("Grüße".encode()), attributes=attributes, trace_header="Root=1", sender_id="me"),
        now=1_000,
    )

    message = one(queue, now=2_000)

    assert message == PeekedMessage(
        message_id=sent.id,
        state="visible",
        body="Grüße",
        size=7,
        attributes=attributes,
        sender_id="me",
        trace_header="Root=1",
        sent_at=1_000,
        expires_at=1_000 + 345_600_000,
        receive_count=0,
    )


def test_a_message_in_flight_shows_its_deadline_and_its_receipt_handle(queue: Queue) -> None:
    queue.send(draft(), now=0)
    queue.receive(Receive(1, visibility_timeout=1_000), now=0)
    (delivery,) = queue.receive(Receive(1, visibility_timeout=30_000), now=5_000)

    message = one(queue, now=12_000)

    assert (message.state, message.hidden_until, message.receive_count) == ("in_flight", 35_000, 2)
    assert (message.first_received_at, message.received_at) == (0, 5_000)
    assert (message.receipt_handle, message.receipt_handle_age) == (delivery.receipt_handle, 7_000)


def test_the_receipt_handle_that_is_shown_deletes(queue: Queue) -> None:
    queue.send(draft(), now=0)
    queue.receive(Receive(1), now=0)
    handle = one(queue).receipt_handle
    assert handle is not None

    queue.delete(handle, now=0)

    assert peek(queue, 0) == []


def test_a_delayed_message_shows_when_its_delay_ends(queue: Queue) -> None:
    queue.send(draft(delay_seconds=5), now=0)

    delayed, visible = one(queue), one(queue, now=5_000)

    assert (delayed.state, delayed.hidden_until) == ("delayed", 5_000)
    assert (visible.state, visible.hidden_until, visible.receipt_handle) == ("visible", None, None)


def test_a_message_that_came_back_has_no_receipt_handle_any_more(queue: Queue) -> None:
    queue.send(draft(), now=0)
    queue.receive(Receive(1, visibility_timeout=1_000), now=0)

    message = one(queue, now=1_000)

    assert (message.state, message.receive_count) == ("visible", 1)
    assert (message.received_at, message.receipt_handle, message.receipt_handle_age) == (None, None, None)


def test_what_was_due_has_happened_when_one_looks(queues: Queues, queue: Queue) -> None:
    queue.send(draft(), now=0)

    assert peek(queue, 345_600_000) == []
    assert type(queues.events[-1]).__name__ == "MessageExpired"


def test_a_task_is_decoded_and_its_sizes_are_told(queue: Queue) -> None:
    body = task_body("demo.add", args=[2, 3])
    queue.send(draft(body), now=0)

    message = one(queue)

    assert message.celery is not None
    assert (message.celery.task, message.celery.args) == ("demo.add", "(2, 3)")
    assert message.size == len(body)
    assert message.decoded_size == len(
        '[[2, 3], {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]'
    )


def test_a_dead_letter_says_where_it_comes_from(queues: Queues, queue: Queue) -> None:
    dead = queues.create("dead")
    queues.redrive(queue, dead, after=1)
    queue.send(draft(), now=0)
    for now in (0, HOUR):
        receive(queue, now=now, timeout=1_000)

    message = one(dead, now=HOUR)

    assert (message.dead_letter_source, message.receive_count, message.sent_at) == (queue.arn, 1, 0)


def test_a_moved_message_says_when_it_came() -> None:
    queues = Queues()
    source, dead = queues.create("source"), queues.create("dead")
    queues.redrive(source, dead, after=1)
    source.send(draft(), now=0)
    for now in (0, 1_000):
        receive(source, now=now, timeout=500)

    queues.broker.start_move_task(dead, now=9_000)

    message = one(source, now=9_000)
    assert (message.sent_at, message.enqueued_at) == (0, 9_000)
    assert message.expires_at == 9_000 + 345_600_000


def test_a_fifo_message_shows_its_group_its_ids_and_what_it_waits_for(queues: Queues) -> None:
    fifo = queues.create("orders.fifo")
    for number in (1, 2):
        fifo.send(fifo_draft(f"a{number}", group_id="a", deduplication_id=f"id-{number}"), now=0)
    fifo.send(fifo_draft("b1", group_id="b"), now=0)
    receive(fifo, now=0, max_messages=1)

    first, second, other = peek(fifo, 0)

    assert (first.group_id, first.deduplication_id, second.deduplication_id) == ("a", "id-1", "id-2")
    assert first.sequence_number is not None
    assert second.sequence_number is not None
    assert len(first.sequence_number) == 20
    assert int(first.sequence_number) < int(second.sequence_number)
    assert (first.blocked_by, second.blocked_by, other.blocked_by) == (None, first.message_id, None)


def test_a_fifo_message_behind_visible_ones_alone_is_not_blocked(queues: Queues) -> None:
    fifo = queues.create("orders.fifo")
    for _ in range(30):
        fifo.send(fifo_draft(), now=0)

    assert {message.blocked_by for message in peek(fifo, 0, limit=30)} == {None}


def test_a_fifo_message_is_blocked_by_one_in_the_middle_too(queues: Queues) -> None:
    fifo = queues.create("orders.fifo")
    for number in range(3):
        fifo.send(fifo_draft(str(number)), now=0)
    first, _ = fifo.receive(Receive(2), now=0)
    fifo.change_visibility(first.receipt_handle, 0, now=0)

    zeroth, middle, last = peek(fifo, 0)

    assert (zeroth.blocked_by, middle.blocked_by, last.blocked_by) == (None, None, middle.message_id)


# Of many.


def test_messages_are_shown_in_the_order_in_which_they_came(queue: Queue) -> None:
    for number in range(25):
        queue.send(draft(str(number), delay_seconds=number % 2), now=0)
    receive(queue, now=0, max_messages=3)

    assert bodies(queue) == [str(number) for number in range(10)]
    assert bodies(queue, limit=3, offset=20) == ["20", "21", "22"]
    assert bodies(queue, offset=25) == []


@pytest.mark.parametrize(
    ("state", "expected"),
    [("visible", ["1", "2"]), ("in_flight", ["3"]), ("delayed", ["5", "4"])],
    ids=list(STATES)[1:] + list(STATES)[:1],
)
def test_messages_can_be_chosen_by_state(queue: Queue, state: str, expected: list[str]) -> None:
    queue.send(draft("3"), now=0)
    receive(queue, now=0)
    queue.send_batch([draft("1"), draft("2"), draft("4", delay_seconds=9), draft("5", delay_seconds=8)], now=0)

    assert bodies(queue, state=STATES[state]) == expected
    assert bodies(queue, state=STATES[state], limit=1) == expected[:1]


def test_messages_in_flight_are_shown_by_their_deadlines(queue: Queue) -> None:
    queue.send_batch([draft("a"), draft("b"), draft("c")], now=0)
    for timeout in (9_000, 3_000, 6_000):
        receive(queue, now=0, max_messages=1, timeout=timeout)

    assert bodies(queue, state=State.IN_FLIGHT) == ["b", "c", "a"]


def test_messages_that_came_back_are_shown_before_those_never_received(queue: Queue) -> None:
    queue.send_batch([draft("a"), draft("b")], now=0)
    receive(queue, now=0, max_messages=1, timeout=1_000)

    assert bodies(queue, now=1_000, state=State.READY) == ["a", "b"]


@pytest.mark.parametrize("name", ["orders", "orders.fifo"])
def test_looking_changes_nothing(queues: Queues, name: str) -> None:
    queue = queues.create(name)
    make = fifo_draft if isinstance(queue, FifoQueue) else draft
    for number in range(6):
        queue.send(make(str(number), group_id=f"g{number % 4}"), now=0)
    receive(queue, now=0, max_messages=2)
    before = {sequence: copy.copy(message) for sequence, message in queue.messages.items()}
    counts, events = queue.counts(now=0), len(queues.events)

    for state in (None, *STATES.values()):
        peek(queue, 0, state=state)
    localstack_messages(queue, 0, show_invisible=True, show_delayed=True)

    assert [msgspec.structs.astuple(delivery) for delivery in queue.messages.values()] == [
        msgspec.structs.astuple(seen) for seen in before.values()
    ]
    assert (queue.counts(now=0), len(queues.events)) == (counts, events)
    queues.check()
    assert sorted(receive(queue, now=0)) == ["2", "3", "4", "5"] or isinstance(queue, FifoQueue)


@pytest.mark.parametrize("state", [None, *STATES.values()], ids=["any", *STATES])
def test_what_is_not_shown_is_not_made(queue: Queue, state: State | None) -> None:
    for _ in range(20_000):
        queue.send(draft(delay_seconds=None if state is not State.DELAYED else 9), now=0)
    if state is State.IN_FLIGHT:
        while receive(queue, now=0):
            pass
    peek(queue, 0, state=state)

    tracemalloc.start()
    shown = peek(queue, 0, state=state)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(shown) == 10
    assert most < 20_000 * 8, "a list of all would take a pointer for each"


def test_what_is_shown_is_fit_for_json(queue: Queue) -> None:
    queue.send(draft(task_body(eta_at=1_000)), now=0)
    queue.send(
        Draft("b", "m", attributes={"raw": MessageAttributeValue(binary_value=b"\xff", data_type="Binary")}), now=0
    )
    receive(queue, now=0)

    shown = peek(queue, 0)

    assert msgspec.json.decode(msgspec.json.encode(shown), type=list[PeekedMessage]) == shown


# LocalStack's form.


def localstack(queue: Queue, *, now: int = 0, **options: bool) -> list[ReceivedMessage]:
    return localstack_messages(queue, now, **options).messages or []


def attributes_of(message: ReceivedMessage) -> dict[str, str | None]:
    return dict(message.attributes or {})


def test_localstacks_form_is_that_of_a_receive(queue: Queue) -> None:
    values = {"tenant": MessageAttributeValue(string_value="acme", data_type="String")}
    queue.send(Draft("hello", "5d41", attributes=values, md5_of_attributes="abcd", sender_id="me"), now=7)

    encoded = msgspec.json.decode(msgspec.json.encode(localstack_messages(queue, 7)))

    assert encoded["Messages"] == [
        {
            "MessageId": next(iter(queue.messages.values())).id,
            "ReceiptHandle": "SQS/BACKDOOR/ACCESS",
            "MD5OfBody": "5d41",
            "Body": "hello",
            "Attributes": {
                "SenderId": "me",
                "SentTimestamp": "7",
                "ApproximateReceiveCount": "0",
                "ApproximateFirstReceiveTimestamp": "0",
            },
            "MD5OfMessageAttributes": "abcd",
            "MessageAttributes": {"tenant": {"StringValue": "acme", "DataType": "String"}},
        }
    ]


def test_an_empty_queue_has_no_messages_in_localstacks_form(queue: Queue) -> None:
    assert msgspec.json.encode(localstack_messages(queue, 0)) == b"{}"


def test_localstacks_form_shows_hidden_messages_when_asked(queue: Queue) -> None:
    queue.send(draft("in flight"), now=0)
    receive(queue, now=0)
    queue.send_batch([draft("visible"), draft("delayed", delay_seconds=9)], now=0)

    plain = localstack(queue)
    invisible = localstack(queue, show_invisible=True)
    delayed = localstack(queue, show_delayed=True)

    assert [message.body for message in plain] == ["visible"]
    assert [(message.body, attributes_of(message).get("IsVisible")) for message in invisible] == [
        ("in flight", "false"),
        ("visible", "true"),
    ]
    assert [(message.body, attributes_of(message).get("IsDelayed")) for message in delayed] == [
        ("visible", "false"),
        ("delayed", "true"),
    ]
    assert not {"IsVisible", "IsDelayed"} & attributes_of(plain[0]).keys()


def test_in_localstacks_form_the_rest_of_a_group_in_flight_is_invisible(queues: Queues) -> None:
    fifo = queues.create("orders.fifo")
    for body, group in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        fifo.send(fifo_draft(body, group_id=group), now=0)
    receive(fifo, now=0, max_messages=1)

    assert [message.body for message in localstack(fifo)] == ["b1"]
    assert sorted(message.body for message in localstack(fifo, show_invisible=True)) == ["a1", "a2", "b1"]
    attributes = attributes_of(localstack(fifo)[0])
    assert attributes["MessageGroupId"] == "b"
    assert {"MessageDeduplicationId", "SequenceNumber"} <= attributes.keys()


def test_the_receipt_handle_of_localstacks_form_is_no_handle(queue: Queue) -> None:
    queue.send(draft(), now=0)

    assert receipts.parse(localstack(queue)[0].receipt_handle) is None
