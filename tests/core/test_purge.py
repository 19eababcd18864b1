from __future__ import annotations

import msgspec
import pytest

from sqs_emulator.core.errors import PurgeQueueInProgress
from sqs_emulator.core.limits import RELAXED, STRICT
from sqs_emulator.core.message import Message, State
from sqs_emulator.core.queue import Counts
from sqs_emulator.core.receives import Receive
from sqs_emulator.core.standard import StandardQueue
from tests.core.by_hand import Poll, draft, receive


def test_a_purge_takes_visible_delayed_and_in_flight_messages(queue: StandardQueue) -> None:
    queue.send_batch([draft("in flight"), draft("visible"), draft("delayed", delay_seconds=5)], now=0)
    queue.receive(Receive(1, visibility_timeout=1_000), now=0)

    queue.purge(now=1)

    assert queue.counts(now=1) == Counts(0, 0, 0)
    assert receive(queue, now=10_000) == []
    queue.check()


def test_what_is_sent_after_a_purge_stays(queue: StandardQueue) -> None:
    queue.send(draft("before"), now=0)
    queue.purge(now=1)
    queue.send(draft("after"), now=1)

    assert receive(queue, now=1) == ["after"]


def test_a_purge_leaves_waiters_waiting(queue: StandardQueue) -> None:
    poll = Poll(queue, now=0, wait=20_000)

    queue.purge(now=1)

    assert poll.bodies is None
    queue.check()


def test_strict_limits_refuse_a_second_purge_within_60_seconds(queue: StandardQueue) -> None:
    queue.limits = STRICT
    queue.purge(now=0)

    with pytest.raises(
        PurgeQueueInProgress, match=r"Only one PurgeQueue operation on orders is allowed every 60 seconds\."
    ):
        queue.purge(now=59_999)
    queue.purge(now=60_000)


def test_relaxed_limits_differ_from_strict_ones_in_the_two_windows_only() -> None:
    strict, relaxed = msgspec.structs.asdict(STRICT), msgspec.structs.asdict(RELAXED)

    assert {name for name in strict if strict[name] != relaxed[name]} == {"purge_window_ms", "recreate_window_ms"}


def test_a_purged_message_is_gone_for_whoever_still_has_it(queue: StandardQueue) -> None:
    sent = queue.send(draft(), now=0)
    assert isinstance(sent, Message)

    queue.purge(now=0)

    assert sent.state is State.GONE
