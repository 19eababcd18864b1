"""`history` and `wait`: what became of messages."""

from __future__ import annotations

import json

import pytest

from sqs_emulator import Config, Emulator
from sqs_emulator.testing import AccountClient
from tests.commands.conftest import NOON
from tests.commands.shell import ID, Clients, Shell, typed
from tests.observe.bodies import task_body
from tests.raw_http import wait_until
from tests.served_process import DEADLINE_SECONDS

TASK_ID = "a0000000-0000-4000-8000-00000000000a"
MESSAGE = "11111111-1111-4111-8111-111111111111"
TASK = "21111111-1111-4111-8111-111111111111"


@pytest.fixture
def poisoned(account: AccountClient, clients: Clients) -> str:
    """The id of a task's message that two workers did not survive."""
    dead = account.create_queue("orders-dead")
    redrive = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 2})
    account.create_queue("orders", VisibilityTimeout=1800, RedrivePolicy=redrive)
    message_id = clients.send("orders", task_body("shop.reserve", task_id=TASK_ID, args=[17]))
    account.clock.advance(0.25)
    for _ in range(3):
        clients.receive("orders")
        account.clock.advance(1801)
    return message_id


MOVED = "moved to the dead-letter queue"
TIMELINE = [
    f"message {MESSAGE} in orders-dead: visible",
    f"task shop.reserve(17,), id {TASK}",
    "    2040-01-01, UTC",
    "    12:00:00.000           sent by Boto3/1.44.0 at 127.0.0.1:50000",
    "    12:00:00.250  +250 ms  received by kombu at 127.0.0.1:50000, receive 1, hidden for 1,800 s",
    "    12:30:00.250  +30 min  visible again: receive 1 did not delete it in time",
    "    12:30:01.250     +1 s  received by kombu at 127.0.0.1:50000, receive 2, hidden for 1,800 s",
    "    13:00:01.250  +30 min  visible again: receive 2 did not delete it in time",
    f"    13:00:02.250     +1 s  {MOVED} orders-dead: received twice and not deleted (timed out twice)",
]


@pytest.mark.parametrize("asked", ["the message's id", "its beginning", "the task's id", "the beginning of that"])
def test_a_history_is_a_timeline(shell: Shell, poisoned: str, asked: str) -> None:
    which = {
        "the message's id": poisoned,
        "its beginning": poisoned[:8],
        "the task's id": TASK_ID,
        "the beginning of that": TASK_ID[:10],
    }[asked]

    assert shell.lines("history", which) == TIMELINE


def test_a_timeline_is_wrapped_to_the_terminal(shell: Shell, poisoned: str) -> None:
    lines = shell.lines("history", poisoned, columns=80)

    assert lines[4:6] == [
        "    12:00:00.250  +250 ms  received by kombu at 127.0.0.1:50000, receive 1,",
        "                           hidden for 1,800 s",
    ]
    assert max(map(len, lines)) <= 80


def test_a_timeline_tells_days_and_queues_where_they_change(
    account: AccountClient, clients: Clients, shell: Shell
) -> None:
    queues = [account.create_queue(name) for name in ("jobs", "dead")]
    redrive = json.dumps({"deadLetterTargetArn": queues[1].arn, "maxReceiveCount": 1})
    account.call("SetQueueAttributes", QueueUrl=queues[0].url, Attributes={"RedrivePolicy": redrive})
    message_id = clients.send("jobs", "hello")
    clients.receive("jobs")
    account.clock.advance(86_400)
    clients.receive("jobs")
    clients.delete("dead", clients.receive("dead")[0])

    assert shell.lines("history", message_id) == [
        f"message {MESSAGE} in dead: deleted",
        "    2040-01-01, UTC",
        "    12:00:00.000         jobs  sent by Boto3/1.44.0 at 127.0.0.1:50000",
        "    12:00:00.000         jobs  received by kombu at 127.0.0.1:50000, receive 1, hidden for 30 s",
        "    12:00:30.000  +30 s  jobs  visible again: receive 1 did not delete it in time",
        "    2040-01-02, UTC",
        f"    12:00:00.000  +23 h  jobs  {MOVED} dead: received once and not deleted (timed out once)",
        "    12:00:00.000         dead  received by kombu at 127.0.0.1:50000, receive 2, hidden for 30 s",
        "    12:00:00.000         dead  deleted by kombu at 127.0.0.1:50000",
    ]


def test_a_task_that_was_retried_has_a_timeline_for_each_message(
    account: AccountClient, clients: Clients, shell: Shell
) -> None:
    account.create_queue("jobs")
    for retries in (0, 1, 2):
        clients.send("jobs", task_body("demo.add", task_id=TASK_ID, retries=retries))

    lines = shell.lines("history", TASK_ID)

    assert [line for line in lines if line.startswith(("message", "task"))] == [
        "message 11111111-1111-4111-8111-111111111111 in jobs: visible",
        f"task demo.add(), id {TASK}",
        "message 31111111-1111-4111-8111-111111111111 in jobs: visible",
        f"task demo.add(), id {TASK}, 1 retry",
        "message 41111111-1111-4111-8111-111111111111 in jobs: visible",
        f"task demo.add(), id {TASK}, 2 retries",
    ]
    assert lines.count("") == 2


def test_without_an_id_all_messages_are_listed(
    account: AccountClient, clients: Clients, shell: Shell, poisoned: str
) -> None:
    clients.send("orders", "hello")
    account.clock.advance(60)

    assert shell.lines("history", columns=100) == [
        "message   queue        state      last  task          what happened",
        "11111111  orders-dead  visible  31 min  shop.reserve  received 2, timed out 2, dead-lettered",
        "21111111  orders       visible    60 s                sent",
    ]


def test_histories_can_be_those_of_one_queue(account: AccountClient, shell: Shell, poisoned: str) -> None:
    mail = account.create_queue("mail")
    mail.send("hello")

    assert [life["message_id"] for life in shell.json("history", "--queue", "orders")["histories"]] == [poisoned]
    assert [life["queue"] for life in shell.json("history", "--queue", mail.arn)["histories"]] == [mail.arn]
    assert len(shell.json("history")["histories"]) == 2
    assert shell("history", poisoned, "--queue", "mail").startswith(f"Nothing is remembered of a message {poisoned}")


def test_histories_as_json_are_the_pages_own(account: AccountClient, shell: Shell, poisoned: str) -> None:
    assert shell.json("history", poisoned) == {"histories": [account.messages.history(poisoned)]}
    assert shell.json("history", TASK_ID) == {"histories": account.messages.histories(task_id=TASK_ID)}


def test_without_messages_there_is_nothing_to_tell(account: AccountClient, shell: Shell) -> None:
    account.create_queue("jobs")

    assert shell.lines("history") == ["Nothing is remembered of any message in account 123456789012."]
    assert shell.lines("history", "--queue", "jobs")[0].endswith(" that was in queue jobs.")


def test_an_id_that_is_unknown_is_one_clear_line(shell: Shell, poisoned: str) -> None:
    assert shell("history", "nobody", status=1) == "Error: nothing is known of a message or a task nobody.\n"


def test_a_beginning_that_several_ids_have_names_them(account: AccountClient, shell: Shell) -> None:
    queue = account.create_queue("jobs")
    ids = [queue.send("hello") for _ in range(17)]  # of 17, two begin with the same of 16 digits
    first = next(digit for digit in "0123456789abcdef" if sum(name.startswith(digit) for name in ids) > 1)
    theirs = [name for name in ids if name.startswith(first)]

    said = shell("history", first, status=1)

    assert said.startswith(f"Error: {first} is the beginning of {len(theirs)} ids: {theirs[0]}, {theirs[1]}")
    assert said.endswith(", ...\n") == (len(theirs) > 5)


def test_tasks_whose_ids_begin_alike_are_named(account: AccountClient, clients: Clients, shell: Shell) -> None:
    account.create_queue("jobs")
    for task_id in ("order-1", "order-2"):
        clients.send("jobs", task_body("demo.add", task_id=task_id))

    assert shell("history", "order", status=1) == "Error: order is the beginning of 2 ids: order-1, order-2\n"
    assert "id order-2" in shell("history", "order-2")


def test_a_message_of_which_no_events_are_kept_says_so() -> None:
    with Emulator(Config(port=0, events=0)) as emulator, emulator.new_account() as account:
        message_id = account.create_queue("jobs").send("hello")

        said = typed("history", message_id, "--url", account.url, "--account", account.number)

    assert said == f"message {message_id} in jobs: visible\n    (what happened before is not remembered)\n"


# Waiting.


def test_a_wait_ends_when_it_happens_and_tells_of_the_message(
    emulator: Emulator, account: AccountClient, clients: Clients, shell: Shell
) -> None:
    account.create_queue("jobs")
    queue = emulator.broker.find(account.number, account.region, "jobs")
    with shell.begin("wait", "--event", "deleted", "--task", "demo.add", "--timeout", "60") as waiting:
        wait_until(lambda: queue.emit != emulator.feed.record)  # there is another one who is told of what happens
        clients.send("jobs", "another")
        message_id = clients.send("jobs", task_body("demo.add"))
        for message in clients.receive("jobs", 10):
            clients.delete("jobs", message)
        said, complained = waiting.communicate(timeout=DEADLINE_SECONDS)

    assert (waiting.returncode, complained) == (0, "")
    assert said.startswith(f"message {message_id} in jobs: deleted\n")
    assert "  deleted by kombu at 127.0.0.1:" in said.splitlines()[-1]


def test_what_has_happened_already_need_not_be_waited_for(account: AccountClient, shell: Shell, poisoned: str) -> None:
    words = ("wait", "--event", "received", "--count", "2", "--queue", "orders", "--task-id", TASK_ID)

    assert shell.lines(*words, "--message-id", poisoned, "--timeout", "0") == TIMELINE
    assert shell.json(*words) == account.messages.history(poisoned)


def test_a_wait_in_vain_says_what_was_seen(account: AccountClient, shell: Shell) -> None:
    account.create_queue("jobs").send("hello")

    (line,) = shell.lines("wait", "--event", "deleted", "--timeout", "0", status=1)

    assert line == f"Error: Waited 0 s for event deleted, but it did not happen. Seen: {MESSAGE} sent."


def test_an_event_that_is_none_is_refused_with_those_there_are(shell: Shell) -> None:
    said = shell("wait", "--event", "vanished", status=1)

    assert said.startswith("Error: event is 'vanished'; allowed is sent, ")


def test_the_moments_of_a_timeline_are_the_accounts(account: AccountClient, shell: Shell) -> None:
    account.create_queue("jobs").send("hello")

    shown = shell("history", account.messages.histories()[0]["message_id"])

    assert ID.search(shown)
    assert f"    {NOON:%Y-%m-%d}, UTC\n    12:00:00.000  sent by " in shown
