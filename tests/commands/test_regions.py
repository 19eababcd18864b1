"""One name, two queues: an account has `jobs` in two regions. Neither a command nor a page picks one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from sqs_emulator.testing import AccountClient, EmulatorError, QueueClient
from tests.commands.shell import Shell

Queues = dict[str, QueueClient]
HOME: Final = "us-east-1"
AWAY: Final = "eu-west-1"


@pytest.fixture
def abroad(account: AccountClient) -> Iterator[AccountClient]:
    with AccountClient(account.url, account.number, region=AWAY) as abroad:
        yield abroad


@pytest.fixture
def queues(account: AccountClient, abroad: AccountClient) -> Queues:
    both = {HOME: account.create_queue("jobs"), AWAY: abroad.create_queue("jobs")}
    for region, queue in both.items():
        queue.send(f"to {region}")
    return both


COMMANDS: Final = {
    "peek": ("peek", "jobs"),
    "purge": ("purge", "jobs"),
    "history": ("history", "--queue", "jobs"),
    "wait": ("wait", "--queue", "jobs", "--event", "sent"),
}


def both_are_told(said: str) -> bool:
    return all(word in said for word in ("a queue jobs in eu-west-1 and us-east-1", "--region", "?region=", "ARN"))


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_command_refuses_a_name_that_two_regions_have(shell: Shell, queues: Queues, words: tuple[str, ...]) -> None:
    said = shell(*words, status=1)

    assert said.startswith("Error: ")
    assert both_are_told(said)
    assert {region: queue.counts() for region, queue in queues.items()} == {HOME: (1, 0, 0), AWAY: (1, 0, 0)}


@pytest.mark.parametrize("region", [HOME, AWAY])
@pytest.mark.parametrize("command", ["peek", "history", "wait"])
def test_the_option_says_which_region_is_meant(
    shell: Shell, account: AccountClient, queues: Queues, command: str, region: str
) -> None:
    ids = {place: account.messages.peek(queue.arn)[0]["message_id"] for place, queue in queues.items()}

    said = shell(*COMMANDS[command], "--region", region, "--json")

    assert [place for place in ids if ids[place] in said] == [region]


@pytest.mark.parametrize("region", [HOME, AWAY])
def test_a_purge_empties_the_queue_of_the_region_that_is_meant(shell: Shell, queues: Queues, region: str) -> None:
    assert shell("purge", "jobs", "--region", region) == "Purged queue jobs of 1 message.\n"

    assert [place for place, queue in queues.items() if queue.counts() == (0, 0, 0)] == [region]


@pytest.mark.parametrize("form", ["arn", "url with its region"])
@pytest.mark.parametrize("command", ["peek", "history", "wait"])
def test_an_arn_or_a_url_that_has_the_region_is_enough(
    shell: Shell, account: AccountClient, queues: Queues, command: str, form: str
) -> None:
    queue = queues[AWAY]
    given = queue.arn if form == "arn" else f"{account.url}/queue/{AWAY}/{account.number}/jobs"
    words = [given if word == "jobs" else word for word in COMMANDS[command]]

    said = shell(*words, "--json")

    assert account.messages.peek(queue.arn)[0]["message_id"] in said
    assert account.messages.peek(queues[HOME].arn)[0]["message_id"] not in said


def test_a_url_without_a_region_is_no_more_than_a_name(shell: Shell, queues: Queues) -> None:
    assert both_are_told(shell("purge", queues[HOME].url, status=1))


def test_a_region_that_has_no_such_queue_is_told(shell: Shell, queues: Queues) -> None:
    said = shell.lines("purge", "jobs", "--region", "ap-south-1", status=1)

    assert said == ["Error: There is no queue jobs in account 123456789012 and region ap-south-1."]


def test_a_name_that_one_region_has_needs_no_more(shell: Shell, abroad: AccountClient) -> None:
    abroad.create_queue("mail").send("hello")

    assert shell("purge", "mail") == "Purged queue mail of 1 message.\n"


def test_a_queue_that_is_gone_counts_where_the_past_is_told(
    shell: Shell, abroad: AccountClient, queues: Queues
) -> None:
    abroad.call("DeleteQueue", QueueUrl=queues[AWAY].url)

    assert both_are_told(shell("history", "--queue", "jobs", status=1))
    assert "to us-east-1" in shell("peek", "jobs")


def test_of_many_regions_only_some_are_told(account: AccountClient) -> None:
    for number in range(8):
        abroad = AccountClient(account.url, account.number, region=f"region-{number}")
        abroad.create_queue("jobs")
        abroad.close()

    with pytest.raises(
        EmulatorError, match=r"in region-0, region-1, region-2, region-3, region-4 and 3 more regions\."
    ):
        account.messages.peek("jobs")


@pytest.mark.parametrize("page", ["messages", "history", "wait"])
def test_a_page_refuses_such_a_name(account: AccountClient, queues: Queues, page: str) -> None:
    with pytest.raises(EmulatorError) as refused:
        account.control.get(page, queue="jobs")

    assert both_are_told(str(refused.value))


def test_the_page_that_purges_refuses_such_a_name(account: AccountClient, queues: Queues) -> None:
    with pytest.raises(EmulatorError) as refused:
        account.control.post("purge", queue="jobs")

    assert both_are_told(str(refused.value))
    assert [queue.counts() for queue in queues.values()] == [(1, 0, 0), (1, 0, 0)]


def test_localstacks_page_refuses_such_a_name(account: AccountClient, queues: Queues) -> None:
    query = urlencode({"QueueUrl": queues[HOME].url})

    with pytest.raises(HTTPError) as refused:
        urlopen(f"{account.url}/_aws/sqs/messages?{query}", timeout=30)

    with refused.value as answer:
        assert answer.status == 400
        assert both_are_told(json.load(answer)["error"])


def test_localstacks_page_takes_the_region_of_its_path(account: AccountClient, queues: Queues) -> None:
    with urlopen(f"{account.url}/_aws/sqs/messages/{AWAY}/{account.number}/jobs", timeout=30) as answer:
        said = answer.read().decode()

    assert "to eu-west-1" in said
    assert "to us-east-1" not in said
