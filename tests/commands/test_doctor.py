"""`doctor`: what it prints, and with which status it exits."""

from __future__ import annotations

from typing import Final

import pytest

from sqs_emulator import Config, Emulator
from sqs_emulator.testing import AccountClient
from tests.commands.conftest import NOON
from tests.commands.shell import Clients, Shell, typed
from tests.observe.bodies import task_body

MINUTE: Final = 60_000


@pytest.fixture
def eta(account: AccountClient, clients: Clients) -> None:
    """A queue with tasks whose ETA is beyond the visibility timeout."""
    account.create_queue("orders", VisibilityTimeout=60)
    eta_at = round(NOON.timestamp() * 1_000) + 10 * MINUTE
    for _ in range(12):
        clients.send("orders", task_body("shop.later", task_id="t", eta_at=eta_at))


@pytest.mark.usefixtures("eta")
def test_a_finding_is_printed_with_its_messages_and_what_to_change(shell: Shell) -> None:
    lines = shell.lines("doctor", columns=80, status=1)

    assert lines[: lines.index("")] == [
        "error: eta_beyond_visibility_timeout, queue orders",
        "    12 tasks wait in a worker for an ETA up to 600 s away, longer than the",
        "    visibility timeout of 60 s: SQS hands each out again whenever that ends, and",
        "    every copy runs at the ETA.",
    ]
    assert lines[5:7] == [
        "    message   task        seen",
        "    11111111  shop.later  eta 2040-01-01T12:10:00+00:00, never received",
    ]
    assert lines[16:23] == [
        "    and 2 more",
        "",
        "    What to change:",
        '    - kombu: broker_transport_options["visibility_timeout"] = 660',
        "      Celery gives it to the queues that it creates; one that is there already",
        "      keeps its own.",
        "    - SQS: VisibilityTimeout = 660",
    ]
    assert max(map(len, lines)) <= 80


@pytest.mark.usefixtures("eta")
def test_findings_are_parted_and_the_worst_is_first(shell: Shell) -> None:
    heads = [line for line in shell.lines("doctor", status=1) if line and not line.startswith(" ")]

    assert heads[0] == "error: eta_beyond_visibility_timeout, queue orders"
    assert "warning: task_sent_twice, queue orders" in heads
    assert [head.partition(":")[0] for head in heads] == sorted(
        (head.partition(":")[0] for head in heads), key=["error", "warning", "hint"].index
    )


@pytest.mark.usefixtures("eta")
def test_findings_as_json_are_the_pages_own(account: AccountClient, shell: Shell) -> None:
    page = shell.json("doctor", status=1)

    assert page == {"full": False, "findings": account.messages.doctor()}
    assert page["findings"][0]["changes"][0]["value"] == 660


@pytest.mark.parametrize(
    ("severity", "statuses"),
    [
        ("error", {"error": 1, "warning": 1, "hint": 1, "never": 0}),
        ("warning", {"error": 0, "warning": 1, "hint": 1, "never": 0}),
        ("hint", {"error": 0, "warning": 0, "hint": 1, "never": 0}),
        (None, {"error": 0, "warning": 0, "hint": 0, "never": 0}),
    ],
)
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["in words", "as JSON"])
def test_the_status_says_whether_a_finding_is_so_bad(
    account: AccountClient,
    clients: Clients,
    shell: Shell,
    severity: str | None,
    statuses: dict[str, int],
    form: tuple[str],
) -> None:
    account.create_queue("orders", VisibilityTimeout=60)
    make_sick(account, clients, severity)

    found = {finding["severity"] for finding in account.messages.doctor()}

    assert found == ({severity} if severity else set())
    for fail_on, status in statuses.items():
        shell("doctor", "--fail-on", fail_on, *form, status=status)
    shell("doctor", *form, status=statuses["error"])


def make_sick(account: AccountClient, clients: Clients, severity: str | None) -> None:
    if severity == "error":  # its ETA is beyond the visibility timeout
        eta_at = round(NOON.timestamp() * 1_000) + 10 * MINUTE
        clients.send("orders", task_body("shop.later", eta_at=eta_at))
    elif severity == "warning":  # who had it has vanished
        clients.send("orders", task_body("shop.now"))
        clients.receive("orders")
        account.clock.advance(61)
    elif severity == "hint":  # a queue whose visibility timeout nobody has chosen
        account.create_queue("mail")
        clients.send("mail", task_body("shop.now"))


def test_where_nothing_is_wrong_it_says_so(account: AccountClient, shell: Shell) -> None:
    account.create_queue("jobs", VisibilityTimeout=60)

    assert shell.lines("doctor") == ["Nothing is wrong in account 123456789012."]


def test_where_there_is_nothing_it_says_that(shell: Shell) -> None:
    assert shell.lines("doctor") == ["There are no queues in account 123456789012."]


def test_what_is_forgotten_is_said() -> None:
    with Emulator(Config(port=0, events=2)) as emulator, emulator.new_account() as account:
        queue = account.create_queue("jobs", VisibilityTimeout=60)
        queue.send("hello")
        queue.receive()
        said = typed("doctor", "--url", account.url, "--account", account.number)

    assert said.endswith("see --events of `sqs-emulator serve`.)\n")
