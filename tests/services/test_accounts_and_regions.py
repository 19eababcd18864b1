"""Whose queue is meant: the access key's account, the credential's region, and the path of a queue's URL."""

from __future__ import annotations

from typing import Final

import pytest

from tests.raw_http import HOST, credentials, http, json_call
from tests.sqs_by_hand import START, Sqs, queue_url, read_json, read_xml, refused, texts

NO_QUEUE: Final = "AWS.SimpleQueueService.NonExistentQueue"
ACCOUNT: Final = "123456789012"


def listed(sqs: Sqs, **headers: str) -> list[str]:
    found: list[str] = sqs.call("ListQueues", headers=headers).get("QueueUrls", [])
    return found


# Accounts.


@pytest.mark.parametrize(
    ("key", "account"),
    [
        (ACCOUNT, ACCOUNT),
        ("test", "000000000000"),
        ("AKIAIOSFODNN7EXAMPLE", "000000000000"),
        ("12345678901", "000000000000"),
        ("1234567890123", "000000000000"),
        ("invented/with/slashes", "000000000000"),
        ("", "000000000000"),
    ],
)
def test_an_access_key_of_twelve_digits_is_the_account(sqs: Sqs, key: str, account: str) -> None:
    url = sqs.create(key=key)

    assert url == f"http://{HOST}/{account}/q"
    assert sqs.attributes(url, "QueueArn") == {"QueueArn": f"arn:aws:sqs:us-east-1:{account}:q"}


def test_without_credentials_the_account_is_the_default_one(sqs: Sqs) -> None:
    assert sqs.call("CreateQueue", QueueName="q")["QueueUrl"] == queue_url()


def test_an_accounts_queues_are_invisible_to_another(sqs: Sqs) -> None:
    own = sqs.create("same-name")
    foreign = sqs.create("same-name", key=ACCOUNT)
    sqs.send(own, "own")

    assert listed(sqs) == [own]
    assert listed(sqs, **credentials(key=ACCOUNT)) == [foreign]
    assert sqs.call("GetQueueUrl", QueueName="same-name", headers=credentials(key=ACCOUNT))["QueueUrl"] == foreign
    assert sqs.receive(foreign) == []
    with refused(NO_QUEUE):
        sqs.call("GetQueueUrl", QueueName="same-name", headers=credentials(key="210987654321"))


def test_a_full_url_reaches_its_own_accounts_queue_whoever_calls(sqs: Sqs) -> None:
    url = sqs.create(key=ACCOUNT)

    sqs.send(url, headers=credentials(key="210987654321"))
    sqs.send(url)

    assert len(sqs.receive(url)) == 2


def test_a_queue_can_be_found_by_its_owners_account(sqs: Sqs) -> None:
    url = sqs.create(key=ACCOUNT)

    found = sqs.call("GetQueueUrl", QueueName="q", QueueOwnerAWSAccountId=ACCOUNT)

    assert found["QueueUrl"] == url


def test_a_bare_name_is_the_callers_own_queue(sqs: Sqs) -> None:
    sqs.create()
    foreign = sqs.create(key=ACCOUNT)

    sqs.call("SendMessage", QueueUrl="q", MessageBody="x", headers=credentials(key=ACCOUNT))

    assert len(sqs.receive(foreign)) == 1
    assert sqs.receive("q") == []


@pytest.mark.parametrize("action", ["SendMessage", "SetQueueAttributes", "GetQueueAttributes"])
def test_a_bare_name_will_do_for_an_action(sqs: Sqs, action: str) -> None:
    sqs.create()

    sqs.call(action, QueueUrl="q", MessageBody="x", Attributes={"DelaySeconds": "1"}, AttributeNames=["All"])


def test_an_account_that_only_asks_is_not_kept(sqs: Sqs) -> None:
    for number in range(200):
        listed(sqs, **credentials(f"region-{number}", f"{number:012d}"))
        with refused(NO_QUEUE):
            sqs.call("GetQueueUrl", QueueName="q", headers=credentials(f"region-{number}", f"{number:012d}"))

    assert len(sqs.broker.accounts) == 0


# Regions.


def test_regions_are_apart(sqs: Sqs) -> None:
    here = sqs.create("q", region="us-east-1")
    there = sqs.create("q", region="eu-west-1")
    sqs.create("other", region="eu-west-1")

    sqs.call("SendMessage", QueueUrl=there, MessageBody="there", headers=credentials("eu-west-1"))

    assert here == there, "a queue's URL does not tell its region"
    assert listed(sqs, **credentials("us-east-1")) == [here]
    assert len(listed(sqs, **credentials("eu-west-1"))) == 2
    assert sqs.call("ReceiveMessage", QueueUrl=here, headers=credentials("us-east-1")) == {}
    assert sqs.call("ReceiveMessage", QueueUrl=here, headers=credentials("eu-west-1"))["Messages"]


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        ("eu-west-1", "arn:aws:sqs:eu-west-1:000000000000:q"),
        ("cn-north-1", "arn:aws-cn:sqs:cn-north-1:000000000000:q"),
        ("us-gov-west-1", "arn:aws-us-gov:sqs:us-gov-west-1:000000000000:q"),
    ],
)
def test_an_arn_has_its_regions_partition(sqs: Sqs, region: str, arn: str) -> None:
    url = sqs.create(region=region)

    shown = sqs.call("GetQueueAttributes", QueueUrl=url, AttributeNames=["QueueArn"], headers=credentials(region))

    assert shown["Attributes"] == {"QueueArn": arn}


def test_without_a_scope_the_region_is_the_set_one() -> None:
    sqs = Sqs(region="ap-south-1")

    url = sqs.create()

    assert sqs.attributes(url, "QueueArn") == {"QueueArn": "arn:aws:sqs:ap-south-1:000000000000:q"}


def test_a_region_in_the_host_counts_where_the_credentials_name_none(sqs: Sqs) -> None:
    host = {"Host": "sqs.eu-west-1.amazonaws.com"}

    sqs.call("CreateQueue", QueueName="by-host", headers=host)
    sqs.call("CreateQueue", QueueName="by-scope", headers={**host, **credentials("us-west-2")})

    assert [queue.arn.split(":")[3] for queue in sqs.broker.queues()] == ["eu-west-1", "us-west-2"]


def test_a_signed_url_names_account_and_region(sqs: Sqs) -> None:
    scope = f"{ACCOUNT}%2F20260101%2Feu-west-1%2Fsqs%2Faws4_request"

    root = read_xml(sqs.ask(http("GET", f"/?Action=CreateQueue&QueueName=q&X-Amz-Credential={scope}")))

    assert texts(root, ".//QueueUrl") == [queue_url("q", ACCOUNT)]
    assert sqs.queue(account=ACCOUNT, region="eu-west-1")


# The URL that a client sends.

SPELLINGS: Final = [
    "http://localhost:9324/000000000000/my-queue",
    "https://localhost:9324/000000000000/my-queue",
    "http://another-host/000000000000/my-queue",
    "https://sqs.eu-central-1.amazonaws.com/000000000000/my-queue",
    "https://queue.amazonaws.com/000000000000/my-queue",
    "http://localhost:9324/000000000000/my-queue/",
    "http://localhost:9324/000000000000/my%2Dqueue",
    "http://localhost:9324/%30%30%30000000000/my-queue",
    "http://localhost:9324/prefix/of/a/proxy/000000000000/my-queue",
    "http://user:secret@localhost/000000000000/my-queue?a=b#c",
    "http://localhost:9324/queue/us-east-1/000000000000/my-queue",
    "http://localhost:9324/queue/my-queue",
    "http://[::1]:9324/000000000000/my-queue",
    "/000000000000/my-queue",
    "my-queue",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_of_a_url_the_last_two_segments_count(sqs: Sqs, spelling: str) -> None:
    url = sqs.create("my-queue")

    sqs.send(spelling)

    assert len(sqs.receive(url)) == 1


NOWHERE: Final = [
    "http://whatever-incorrect-queue-address",
    "http://localhost:9324/",
    "http://localhost:9324/my-queue",
    "http://localhost:9324/abc/my-queue",
    "http://localhost:9324/00000000000/my-queue",
    "http://localhost:9324/000000000000/MY-QUEUE",
    "http://localhost:9324/000000000000/my-queue/more",
    "http://[::1/000000000000/my-queue",
    "//",
    "/",
    "other",
    "my-queue ",
    "000000000000:my-queue",
    "arn:aws:sqs:us-east-1:000000000000:my-queue",
]


@pytest.mark.parametrize("url", NOWHERE)
def test_a_url_that_leads_nowhere_is_a_queue_that_does_not_exist(sqs: Sqs, url: str) -> None:
    sqs.create("my-queue")

    with refused(NO_QUEUE):
        sqs.send(url)


def test_an_empty_url_is_none(sqs: Sqs) -> None:
    with refused("MissingParameter", "The request must contain the parameter QueueUrl."):
        sqs.send("")


# The URL that a client is given.


@pytest.mark.parametrize(
    ("scheme", "host"), [("http", "sqs:9324"), ("https", "emulator.test"), ("http", "[::1]:9324"), ("http", "h")]
)
def test_a_queues_url_follows_the_requests_scheme_and_host(sqs: Sqs, scheme: str, host: str) -> None:
    request = json_call("CreateQueue", {"QueueName": "q"}, headers={"Host": host})

    answer = read_json(sqs.ask(request, scheme=scheme))

    assert answer == {"QueueUrl": f"{scheme}://{host}/000000000000/q"}


def test_without_a_host_header_the_url_names_the_address_that_was_called(sqs: Sqs) -> None:
    request = json_call("CreateQueue", {"QueueName": "q"}).replace(f"Host: {HOST}\r\n".encode(), b"")

    assert read_json(sqs.ask(request)) == {"QueueUrl": "http://127.0.0.1:9324/000000000000/q"}


def test_all_three_actions_give_the_same_url(sqs: Sqs) -> None:
    host = {"Host": "sqs:9324"}
    url = sqs.call("CreateQueue", QueueName="q", headers=host)["QueueUrl"]

    assert sqs.call("GetQueueUrl", QueueName="q", headers=host)["QueueUrl"] == url
    assert listed(sqs, **host) == [url]


@pytest.mark.parametrize("base_url", ["https://emulator.test:8443", "https://emulator.test:8443/"])
def test_a_set_base_url_wins_over_the_request(base_url: str) -> None:
    sqs = Sqs(base_url=base_url, trust_forwarded=True)

    url = sqs.call("CreateQueue", QueueName="q", headers={"X-Forwarded-Host": "other.test"})["QueueUrl"]

    assert url == "https://emulator.test:8443/000000000000/q"
    sqs.send(url)


FORWARDED: Final = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "outer.test, inner.test"}


def test_a_trusted_proxy_says_what_the_client_asked_for() -> None:
    sqs = Sqs(trust_forwarded=True)

    assert sqs.call("CreateQueue", QueueName="q", headers=FORWARDED)["QueueUrl"] == "https://outer.test/000000000000/q"
    assert sqs.create("direct") == queue_url("direct")


def test_a_proxy_that_is_not_trusted_says_nothing(sqs: Sqs) -> None:
    assert sqs.call("CreateQueue", QueueName="q", headers=FORWARDED)["QueueUrl"] == queue_url()


# Each account's queues go by its own clock.


def test_the_time_is_that_of_the_account_that_owns_the_queue(sqs: Sqs) -> None:
    sqs.broker.account(ACCOUNT).clock.move_to(START + 5_000)
    url = sqs.create(key=ACCOUNT)

    sqs.send(url)
    (message,) = sqs.receive(url, AttributeNames=["SentTimestamp"])

    assert message["Attributes"]["SentTimestamp"] == str(START + 5_000)
