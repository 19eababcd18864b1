"""`queues`, `purge` and `reset`."""

from __future__ import annotations

import json
import threading

import pytest

from sqs_emulator import Emulator
from sqs_emulator.testing import AccountClient
from tests.commands.conftest import NOON
from tests.commands.shell import Clients, Shell, typed
from tests.raw_http import wait_until


def make_orders(account: AccountClient) -> None:
    dead = account.create_queue("orders-dead")
    redrive = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 5})
    account.create_queue("orders", VisibilityTimeout=1800, RedrivePolicy=redrive)
    account.create_queue("payments", fifo=True)


def test_queues_are_listed_with_how_many_messages_are_in_each_state(
    account: AccountClient, clients: Clients, shell: Shell
) -> None:
    make_orders(account)
    for _ in range(3):
        clients.send("orders", "hello")
    clients.send("orders", "later", DelaySeconds=60)
    account.clock.advance(12)
    clients.receive("orders")
    clients.send("payments.fifo", "now", MessageGroupId="g", MessageDeduplicationId="1")

    assert shell.lines("queues") == [
        "queue          visible  in flight  delayed  polls  oldest  timeout  dead letters",
        "orders               2          1        1      0    12 s   1800 s  to orders-dead (5)",
        "orders-dead          0          0        0      0             30 s  from orders",
        "payments.fifo        1          0        0      0     0 s     30 s",
    ]


def test_at_80_columns_what_matters_least_is_left_out(account: AccountClient, shell: Shell) -> None:
    make_orders(account)

    lines = shell.lines("queues", columns=80)

    assert lines[1] == "orders               0          0        0      0   1800 s  to orders-dead (5)"
    assert max(map(len, lines)) <= 80


def test_receives_that_wait_are_counted(
    emulator: Emulator, account: AccountClient, clients: Clients, shell: Shell
) -> None:
    account.create_queue("jobs")
    poll = threading.Thread(
        target=account.call, args=("ReceiveMessage",), kwargs={"QueueUrl": "jobs", "WaitTimeSeconds": 20}
    )
    poll.start()
    wait_until(lambda: len(emulator.broker.find(account.number, "us-east-1", "jobs").waiters) == 1)

    lines = shell.lines("queues")
    clients.send("jobs", "hello")
    poll.join()

    assert lines == [
        "queue  visible  in flight  delayed  polls  timeout",
        "jobs         0          0        0      1     30 s",
    ]


def test_regions_are_told_where_there_are_several(account: AccountClient, shell: Shell) -> None:
    account.create_queue("jobs")
    with AccountClient(account.url, account.number, region="eu-west-1") as other:
        other.create_queue("mail")

        lines = shell.lines("queues")

    assert lines[0].startswith("queue  region     visible")
    assert [line.split()[:2] for line in lines[1:]] == [["mail", "eu-west-1"], ["jobs", "us-east-1"]]


def test_without_queues_it_says_so(shell: Shell) -> None:
    assert shell.lines("queues") == ["There are no queues in account 123456789012."]


def test_without_queues_it_says_where_there_are_some(emulator: Emulator) -> None:
    nobody = ("queues", "--url", emulator.url, "--account", "999999999999")
    with emulator.new_account("111111111111") as one:
        one.create_queue("a")
        with_one = typed(*nobody)
        with emulator.new_account("222222222222") as two:
            two.create_queue("b")
            two.create_queue("c")
            with_two = typed(*nobody)

    nothing = "There are no queues in account 999999999999."
    assert with_one == f"{nothing} But there are 1 in account 111111111111.\n"
    assert with_two == f"{nothing} But there are 1 in account 111111111111 and 2 in account 222222222222.\n"


def test_queues_as_json_are_the_pages_own(account: AccountClient, shell: Shell) -> None:
    make_orders(account)

    assert shell.json("queues") == account.messages.queues()
    assert [queue["name"] for queue in shell.json("queues")] == ["orders", "orders-dead", "payments.fifo"]


@pytest.mark.parametrize("name", ["name", "url", "arn"])
def test_a_purge_says_how_many_messages_it_deleted(account: AccountClient, shell: Shell, name: str) -> None:
    queue = account.create_queue("jobs")
    for _ in range(3):
        queue.send("hello")
    queue.receive(1)
    queue.send("later", DelaySeconds=60)

    said = shell("purge", getattr(queue, name))

    assert said == "Purged queue jobs of 4 messages.\n"
    assert queue.counts() == (0, 0, 0)


def test_a_purge_of_an_empty_queue_says_so(account: AccountClient, shell: Shell) -> None:
    account.create_queue("jobs")

    assert shell("purge", "jobs") == "Queue jobs was empty.\n"
    assert shell.json("purge", "jobs") == {"queue": "jobs", "messages": 0}


def test_a_queue_that_is_not_there_cannot_be_purged(shell: Shell) -> None:
    assert shell.lines("purge", "jobs", status=1) == ["Error: There is no queue jobs in account 123456789012."]


def test_a_reset_says_what_it_removed(account: AccountClient, shell: Shell) -> None:
    make_orders(account)
    account.create_queue("mail").send("hello")
    account.faults.add("drop", action="PurgeQueue")

    assert " ".join(shell.lines("reset", columns=80)) == (
        "Account 123456789012: removed 4 queues (mail, orders, orders-dead and payments.fifo) with 1 message and "
        "1 fault rule. Its clock is reset."
    )
    assert account.messages.queues() == []
    assert account.faults.rules() == []
    assert account.clock.now() < NOON


def test_a_reset_of_nothing_says_so(shell: Shell) -> None:
    assert shell.lines("reset") == ["Account 123456789012: nothing to remove. Its clock is reset."]


def test_a_reset_as_json_is_the_pages_own(account: AccountClient, shell: Shell) -> None:
    make_orders(account)

    assert shell.json("reset") == {"account": account.number, "queues": 3}
