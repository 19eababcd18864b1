"""`peek`: messages as a table, in full, and as JSON."""

from __future__ import annotations

import pytest

from sqs_emulator.testing import AccountClient
from tests.commands.shell import Clients, Shell
from tests.observe.bodies import task_body

TASK_ID = "a0000000-0000-4000-8000-00000000000a"


@pytest.fixture
def orders(account: AccountClient, clients: Clients) -> None:
    """A queue with messages in all states: tasks, and one that is none."""
    account.create_queue("orders", VisibilityTimeout=1800)
    clients.send("orders", task_body("shop.reserve", task_id=TASK_ID, args=[17, "blue"]))
    clients.send("orders", "hello\nworld")
    clients.send("orders", task_body("shop.remind", task_id=TASK_ID), DelaySeconds=600)
    account.clock.advance(12)
    clients.receive("orders")
    account.clock.advance(90)


@pytest.mark.usefixtures("orders")
def test_messages_are_shown_with_state_deadlines_and_tasks(shell: Shell) -> None:
    # Ids have numbers in the order in which they are met, line by line.
    first, later = "11111111-1111-4111-8111-111111111111", "41111111-1111-4111-8111-111111111111"
    task, other = "21111111-1111-4111-8111-111111111111", "31111111-1111-4111-8111-111111111111"

    headings, *lines = shell.lines("peek", "orders")

    assert " ".join(headings.split()) == "message state hidden age receives size task id task or body expires"
    assert lines == [
        f"{first}  in flight  29 min  102 s         1  1212 B  {task}  shop.reserve(17, 'blue')  in 4 d",
        f"{other}  visible            102 s         0    11 B  {' ' * 36}  hello\\nworld              in 4 d",
        f"{later}  delayed     9 min  102 s         0  1180 B  {task}  shop.remind()             in 4 d",
        "(the clock is frozen at 2040-01-01T12:01:42.000Z)",
    ]


@pytest.mark.usefixtures("orders")
def test_at_80_columns_ids_are_cut_to_what_history_takes(shell: Shell) -> None:
    lines = shell.lines("peek", "orders", columns=80)

    assert lines == [
        "message   state      hidden    age  receives    size  task or body",
        "11111111  in flight  29 min  102 s         1  1212 B  shop.reserve(17, 'blue')",
        "21111111  visible            102 s         0    11 B  hello\\nworld",
        "31111111  delayed     9 min  102 s         0  1180 B  shop.remind()",
        "(no room for: task id)",
        "(the clock is frozen at 2040-01-01T12:01:42.000Z)",
    ]
    assert max(map(len, lines)) <= 80


def test_a_message_of_a_fifo_queue_is_shown_with_its_group_and_what_it_waits_for(
    account: AccountClient, clients: Clients, shell: Shell
) -> None:
    account.create_queue("payments", fifo=True, ContentBasedDeduplication=True)
    for number in range(3):
        clients.send("payments.fifo", f"payment {number}", MessageGroupId=f"customer-{number % 2}")
    clients.receive("payments.fifo")

    lines = shell.lines("peek", "payments.fifo", columns=100)

    assert lines[:4] == [
        "message   state      hidden  behind    age  receives  size  group       task or body  expires",
        "11111111  in flight    30 s            0 s         1   9 B  customer-0  payment 0     in 4 d",
        "21111111  visible                      0 s         0   9 B  customer-1  payment 1     in 4 d",
        "31111111  visible            11111111  0 s         0   9 B  customer-0  payment 2     in 4 d",
    ]


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize(
    ("state", "begins"), [("visible", "hello"), ("in_flight", "shop.reserve"), ("delayed", "shop.remind")]
)
def test_a_state_can_be_chosen(shell: Shell, state: str, begins: str) -> None:
    _, only, _ = shell.lines("peek", "orders", "--state", state)

    assert begins in only


def test_what_is_not_shown_is_counted(account: AccountClient, shell: Shell) -> None:
    queue = account.create_queue("jobs")
    for number in range(5):
        queue.send(f"message {number}")

    lines = shell.lines("peek", "jobs", "--offset", "1", "--limit", "2")

    assert ["message 1" in lines[1], "message 2" in lines[2]] == [True, True]
    assert lines[3] == "(2 to 3 of 5 messages; --limit and --offset show others)"
    assert shell.lines("peek", "jobs", "--limit", "1")[2] == "(1 of 5 messages; --limit and --offset show others)"
    assert shell("peek", "jobs", "--offset", "5") == "Queue jobs has only 5 messages.\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "Queue jobs is empty.\n"),
        (("--state", "visible"), "No message of queue jobs is visible.\n"),
        (("--state", "in_flight"), "No message of queue jobs is in flight.\n"),
    ],
    ids=["all", "visible", "in flight"],
)
def test_an_empty_queue_is_told_in_words(
    account: AccountClient, shell: Shell, options: tuple[str, ...], said: str
) -> None:
    account.create_queue("jobs")

    assert shell("peek", "jobs", *options) == said


@pytest.mark.usefixtures("orders")
def test_a_task_can_be_seen_in_full(account: AccountClient, shell: Shell) -> None:
    (message,) = account.messages.peek("orders", state="in_flight")

    lines = shell.lines("peek", "orders", "--state", "in_flight", "--body")

    assert lines == [
        "message 11111111-1111-4111-8111-111111111111",
        "    state       in flight, for 29 min more",
        f"    sent        102 s ago, by {message['sender_id']}",
        "    receives    1, the first 90 s ago, the last 90 s ago",
        "    expires     in 4 d",
        f"    size        1212 B, its arguments {message['decoded_size']} B",
        "    task        shop.reserve(17, 'blue')",
        "    task id     21111111-1111-4111-8111-111111111111",
        "    origin      gen1@host",
        "    body:",
        f"        {message['body']}",
        "(the clock is frozen at 2040-01-01T12:01:42.000Z)",
    ]


def test_a_message_can_be_seen_in_full(account: AccountClient, clients: Clients, shell: Shell) -> None:
    account.create_queue("payments", fifo=True)
    attributes = {
        "kind": {"DataType": "String", "StringValue": "card"},
        "signature": {"DataType": "Binary", "BinaryValue": "3q2+7w=="},
    }
    for number in (1, 2):
        clients.send(
            "payments.fifo",
            "two\n\tlines",
            MessageGroupId="customer-1",
            MessageDeduplicationId=f"payment-{number}",
            MessageAttributes=attributes,
        )
    clients.receive("payments.fifo")

    lines = shell.lines("peek", "payments.fifo", "--body", "--offset", "1")

    assert lines[:1] + lines[3:-2] == [
        "message 11111111-1111-4111-8111-111111111111",
        "    receives    0",
        "    expires     in 4 d",
        "    size        10 B",
        "    group       customer-1",
        "    dedup. id   payment-2",
        "    attribute   kind = card (String)",
        "    attribute   signature = 3q2+7w== (Binary)",
        "    body:",
        "        two",
        "        \tlines",
    ]
    assert lines[1] == "    state       visible, behind 21111111-1111-4111-8111-111111111111 of its group"


def test_a_dead_letter_says_where_it_came_from(account: AccountClient, clients: Clients, shell: Shell) -> None:
    dead = account.create_queue("dead")
    redrive = f'{{"deadLetterTargetArn": "{dead.arn}", "maxReceiveCount": 1}}'
    account.create_queue("jobs", VisibilityTimeout=30, RedrivePolicy=redrive)
    clients.send("jobs", "hello")
    clients.receive("jobs")
    account.clock.advance(30)
    clients.receive("jobs")
    account.clock.advance(5)

    lines = shell.lines("peek", "dead", "--body")

    assert lines[2:5] == [
        "    sent        35 s ago, by AIDAIENQZJOLO23YVJ4VO",
        "    came from   queue jobs, as a dead letter",
        "    receives    1, the first 35 s ago",
    ]


def test_a_moved_message_says_when_it_came(account: AccountClient, clients: Clients, shell: Shell) -> None:
    dead, jobs = (account.create_queue(name, VisibilityTimeout=0) for name in ("dead", "jobs"))
    redrive = f'{{"deadLetterTargetArn": "{dead.arn}", "maxReceiveCount": 1}}'
    account.call("SetQueueAttributes", QueueUrl=jobs.url, Attributes={"RedrivePolicy": redrive})
    clients.send("jobs", "hello")
    clients.receive("jobs")
    clients.receive("jobs")
    account.clock.advance(35)
    account.call("StartMessageMoveTask", SourceArn=dead.arn)
    account.clock.advance(5)

    lines = shell.lines("peek", "jobs", "--body")

    assert "    moved here  5 s ago" in lines


def test_a_body_cannot_command_the_terminal(account: AccountClient, shell: Shell) -> None:
    account.create_queue("jobs").send("red\x9b31m and \u202eback")

    assert "red\\x9b31m and \\u202eback" in shell("peek", "jobs")
    assert "        red\\x9b31m and \\u202eback\n" in shell("peek", "jobs", "--body")


@pytest.mark.usefixtures("orders")
def test_messages_as_json_are_the_pages_own(account: AccountClient, shell: Shell) -> None:
    page = shell.json("peek", "orders", "--limit", "2")

    assert page == {"queue": "orders", "total": 3, "messages": account.messages.peek("orders", limit=2)}
    assert page["messages"][0]["celery"]["task"] == "shop.reserve"


def test_a_queue_that_is_not_there_is_one_clear_line(shell: Shell) -> None:
    assert shell.lines("peek", "jobs", status=1) == ["Error: There is no queue jobs in account 123456789012."]


@pytest.mark.parametrize("option", [("--state", "gone"), ("--limit", "0"), ("--limit", "1001"), ("--offset", "-1")])
def test_an_option_that_cannot_be_is_refused(shell: Shell, option: tuple[str, str]) -> None:
    assert f"Invalid value for '{option[0]}'" in shell("peek", "jobs", *option, status=2)
