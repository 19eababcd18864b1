"""What is remembered of receives by their ReceiveRequestAttemptId, when two polls wait with one."""

from __future__ import annotations

from typing import Final

import pytest

from sqs_emulator.core.attempts import Attempts
from sqs_emulator.core.digests import md5_of_body
from sqs_emulator.core.errors import InvalidParameter
from sqs_emulator.core.message import Message, State
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.receives import Delivery, Receive
from tests.core.by_hand import Poll, fifo_draft

SECOND: Final = 1_000
WINDOW: Final = 300 * SECOND


def polls_with_one_id(queue: Queue, *bodies: str) -> list[Poll]:
    """Let polls wait with one attempt id, and give each one message, in a group of its own."""
    polls = [Poll(queue, now=0, wait=20 * SECOND, max_messages=1, attempt_id="try") for _ in bodies]
    queue.send_batch([fifo_draft(body, group_id=body) for body in bodies], now=0)
    assert [poll.bodies for poll in polls] == [[body] for body in bodies]
    return polls


def retry(queue: Queue, *, now: int) -> list[tuple[str, str]]:
    deliveries = queue.receive(Receive(10, attempt_id="try"), now=now)
    return [(delivery.message.body, delivery.receipt_handle) for delivery in deliveries]


def test_whatever_becomes_of_the_first_polls_message_the_last_poll_can_be_retried(fifo: Queue) -> None:
    first, last = polls_with_one_id(fifo, "a", "b")
    expected = [("b", last.deliveries[0].receipt_handle)]

    fifo.change_visibility(first.deliveries[0].receipt_handle, 40 * SECOND, now=1)
    assert retry(fifo, now=2) == expected
    fifo.delete(first.deliveries[0].receipt_handle, now=3)
    assert retry(fifo, now=4) == expected


def test_a_change_of_the_last_polls_message_spoils_the_attempt(fifo: Queue) -> None:
    _, last = polls_with_one_id(fifo, "a", "b")

    fifo.change_visibility(last.deliveries[0].receipt_handle, 40 * SECOND, now=1)

    with pytest.raises(InvalidParameter, match="the receive call is not retryable"):
        retry(fifo, now=2)


def test_a_retry_extends_the_last_polls_message_alone(fifo: Queue) -> None:
    polls_with_one_id(fifo, "a", "b")

    retry(fifo, now=20 * SECOND)

    assert fifo.counts(now=30 * SECOND) == (1, 1, 0)
    assert fifo.counts(now=50 * SECOND) == (2, 0, 0)


# What is remembered.


def delivery(sequence: int) -> Delivery:
    message = Message(sequence, str(sequence), "", md5_of_body(b""), 0, 0, State.IN_FLIGHT, 0, "", receives_here=1)
    return Delivery(message, "", 1)


def test_an_attempt_that_another_one_of_its_id_replaces_is_forgotten() -> None:
    attempts = Attempts(window_ms=WINDOW)
    attempts.remember("try", [delivery(1), delivery(2)], 0)

    attempts.remember("try", [delivery(3)], 5)

    replacing = attempts.find("try")
    assert replacing is not None
    assert (replacing.receives, replacing.until) == ([(3, 1)], 5 + WINDOW)
    assert [attempts.holding(sequence) for sequence in (1, 2, 3)] == [None, None, replacing]


def test_a_message_that_was_received_again_is_held_by_the_later_attempt() -> None:
    attempts = Attempts(window_ms=WINDOW)
    attempts.remember("earlier", [delivery(1), delivery(2)], 0)
    attempts.remember("later", [delivery(2)], 0)

    attempts.remember("earlier", [delivery(3)], 0)

    assert attempts.holding(1) is None
    assert attempts.holding(2) is attempts.find("later")


def test_of_ten_thousand_and_one_attempts_the_oldest_is_forgotten_and_one_that_was_replaced_is_new() -> None:
    attempts = Attempts(window_ms=WINDOW)
    for number in range(10_000):
        attempts.remember(str(number), [delivery(number)], 0)
    attempts.remember("0", [delivery(10_000)], 0)
    assert attempts.find("1") is not None, "there is room for ten thousand"

    attempts.remember("one more", [delivery(10_001)], 0)

    assert [attempts.find(attempt_id) is None for attempt_id in ("0", "1", "2", "one more")] == [
        False,
        True,
        False,
        False,
    ]
    assert attempts.holding(1) is None
