"""In which order a FIFO queue gives its messages out: the recorded cases.

Messages are named after their group and their place in it: `g1a` is the first of group `g1`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Sqs, bodies

FOREVER = 600  # seconds in flight, for all that a test sees


@pytest.fixture
def url(fifo: str) -> str:
    return fifo


# Within a group.


@ground("Developer Guide, FIFO queue delivery logic in Amazon SQS")
def test_a_group_is_received_in_the_order_in_which_it_was_sent(sqs: Sqs, url: str) -> None:
    sent = [f"g1{letter}" for letter in "abcdefghijklmnopqrstuvwxy"]
    sqs.send_in_groups(url, " ".join(sent))

    received: list[str] = []
    while len(received) < len(sent):
        messages = sqs.receive(url, MaxNumberOfMessages=10)
        received += bodies(messages)
        sqs.delete(url, *messages)

    assert received == sent


@recorded("a group of four, two of them in flight: nothing more of the group")
def test_a_group_with_a_message_in_flight_waits(sqs: Sqs, url: str) -> None:
    sqs.send_in_groups(url, "g1a g1b g1c g1d")

    assert bodies(sqs.receive(url, 2, VisibilityTimeout=FOREVER)) == ["g1a", "g1b"]

    assert sqs.look(url) == []


@recorded("a group of four, two received and deleted: the other two at once")
def test_a_group_goes_on_when_its_messages_in_flight_are_deleted(sqs: Sqs, url: str) -> None:
    sqs.send_in_groups(url, "g1a g1b g1c g1d")
    sqs.delete(url, *sqs.receive(url, 2))

    assert bodies(sqs.receive(url, 2)) == ["g1c", "g1d"]


@recorded("a group of four, two received, the first deleted: nothing more of the group")
def test_one_message_in_flight_is_enough_to_wait_for(sqs: Sqs, url: str) -> None:
    sqs.send_in_groups(url, "g1a g1b g1c g1d")
    first, _ = sqs.receive(url, 2, VisibilityTimeout=FOREVER)

    sqs.delete(url, first)

    assert sqs.look(url) == []


@recorded("two received; the timeout of the first is ended: it comes, and the second does not")
def test_a_message_before_those_in_flight_is_received(sqs: Sqs, url: str) -> None:
    sqs.send_in_groups(url, "g1a g1b")
    first, _ = sqs.receive(url, 2, VisibilityTimeout=FOREVER)

    sqs.change(url, first, 0)

    assert bodies(sqs.receive(url, MaxNumberOfMessages=10)) == ["g1a"]
    assert sqs.look(url) == []


@recorded(
    "three received for a second, the timeout of one of them made longer: those before it come when theirs is over"
)
@pytest.mark.parametrize(
    ("kept", "come_back"),
    [(0, []), (1, ["g1a"]), (2, ["g1a", "g1b"])],
    ids=["the first is kept", "the second is kept", "the third is kept"],
)
def test_messages_come_back_up_to_the_one_in_flight(sqs: Sqs, url: str, kept: int, come_back: list[str]) -> None:
    sqs.send_in_groups(url, "g1a g1b g1c")
    received = sqs.receive(url, 3, VisibilityTimeout=2)

    sqs.change(url, received[kept], FOREVER)
    sqs.let_pass(2)

    assert bodies(sqs.look(url)) == come_back
    assert sqs.look(url) == []


@recorded("messages received together come back together, in their order")
def test_messages_come_back_in_their_order(sqs: Sqs, url: str) -> None:
    sqs.send_in_groups(url, "g1a g1b g1c")
    sqs.receive(url, 3, VisibilityTimeout=1)

    sqs.let_pass(1)

    assert bodies(sqs.receive(url, 3)) == ["g1a", "g1b", "g1c"]


@recorded("messages sent to a group with one in flight wait, and do not free it")
def test_sending_does_not_free_a_group(sqs: Sqs, url: str) -> None:
    sqs.send_in_groups(url, "g1a")
    sqs.receive(url, VisibilityTimeout=FOREVER)

    sqs.send_in_groups(url, "g1b g1c")

    assert sqs.look(url) == []


@recorded("a group whose last message was deleted takes a new one")
def test_an_emptied_group_works_again(sqs: Sqs, url: str) -> None:
    sqs.send_in_groups(url, "g1a")
    sqs.delete(url, *sqs.receive(url))
    assert sqs.look(url) == []

    sqs.send_in_groups(url, "g1b")

    assert bodies(sqs.receive(url)) == ["g1b"]


@recorded("three polls wait while a group has a message in flight; when it is deleted, one gets the next at once")
def test_a_delete_wakes_a_poll(sqs: Sqs, url: str) -> None:
    sqs.send_in_groups(url, "g1a g1b")
    message = sqs.receive_one(url, VisibilityTimeout=FOREVER)

    def poll(seconds: int) -> list[str]:
        return bodies(sqs.look(url, MaxNumberOfMessages=1, WaitTimeSeconds=seconds, VisibilityTimeout=FOREVER))

    with ThreadPoolExecutor() as threads:
        polls = [threads.submit(poll, 3) for _ in range(3)]
        sqs.let_pass(0)
        sqs.delete(url, message)
        found = sorted(future.result() for future in polls)

    assert found == [[], [], ["g1b"]]


@recorded("three groups of two, one message of each of two received: 4 are visible and 2 are not")
def test_messages_that_wait_for_others_of_their_group_count_as_visible(sqs: Sqs, url: str) -> None:
    sqs.send_in_groups(url, "g1a g1b g2a g2b g3a g3b")

    first = sqs.receive_one(url, MaxNumberOfMessages=1, VisibilityTimeout=FOREVER)
    second = sqs.receive_one(url, MaxNumberOfMessages=1, VisibilityTimeout=FOREVER)

    assert bodies([first, second]) == ["g1a", "g2a"]
    sqs.eventually(lambda: sqs.counts(url), (4, 2, 0))


# Between groups.


@recorded("g1a g2a g1b g1c, receive 10: g1a g1b g1c g2a")
def test_a_receive_takes_a_whole_group_before_the_next(sqs: Sqs, url: str) -> None:
    sqs.send_in_groups(url, "g1a g2a g1b g1c")

    assert bodies(sqs.receive(url, 4, MaxNumberOfMessages=10)) == ["g1a", "g1b", "g1c", "g2a"]


@recorded("g1a g2a g2b g3a g1b, receive 3 and then 10 with VisibilityTimeout=0: g1a g1b g2a, g3a g1a g1b g2a g2b")
def test_groups_received_with_no_timeout_go_behind_the_others(sqs: Sqs, url: str) -> None:
    sqs.send_in_groups(url, "g1a g2a g2b g3a g1b")

    first = sqs.receive(url, 3, VisibilityTimeout=0)
    second = sqs.receive(url, 5, MaxNumberOfMessages=10, VisibilityTimeout=0)

    assert bodies(first) == ["g1a", "g1b", "g2a"]
    assert bodies(second) == ["g3a", "g1a", "g1b", "g2a", "g2b"]


@recorded("four of g1, g2a, g3a; receive 2, receive 1, all time out, receive 10: g3a g1a g1b g1c g1d g2a")
def test_groups_that_come_back_go_behind_the_others(sqs: Sqs, url: str) -> None:
    sqs.send_in_groups(url, "g1a g1b g1c g1d g2a g3a")
    assert bodies(sqs.receive(url, 2, VisibilityTimeout=2)) == ["g1a", "g1b"]
    assert bodies(sqs.receive(url, 1, VisibilityTimeout=2)) == ["g2a"]

    sqs.let_pass(2)

    received = sqs.receive(url, 6, MaxNumberOfMessages=10)
    assert bodies(received) == ["g3a", "g1a", "g1b", "g1c", "g1d", "g2a"]


@recorded("g1a g2a g1b g2b g1c g1d g3a; receive 2 and delete them, receive 10: g2a g2b g1c g1d g3a")
def test_a_group_keeps_the_place_of_its_first_message(sqs: Sqs, url: str) -> None:
    sqs.send_in_groups(url, "g1a g2a g1b g2b g1c g1d g3a")
    received = sqs.receive(url, 2)
    assert bodies(received) == ["g1a", "g1b"]

    sqs.delete(url, *received)

    assert bodies(sqs.receive(url, 5, MaxNumberOfMessages=10)) == ["g2a", "g2b", "g1c", "g1d", "g3a"]


@recorded("g1a g1b g2a; receive 2, end the timeout of g1a, receive 3: g2a g1a")
def test_a_message_whose_timeout_is_ended_goes_behind_the_other_groups(sqs: Sqs, url: str) -> None:
    sqs.send_in_groups(url, "g1a g1b g2a")
    first, _ = sqs.receive(url, 2, VisibilityTimeout=FOREVER)

    sqs.change(url, first, 0)

    assert bodies(sqs.receive(url, 2, MaxNumberOfMessages=3)) == ["g2a", "g1a"]
