"""Time in a test's hands: every deadline of SQS over HTTP, none of them slept for."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import boto3
import pytest
from botocore.config import Config as ClientConfig
from botocore.exceptions import ClientError

from sqs_emulator import Config, Emulator
from sqs_emulator.testing import AccountClient, EmulatorError
from tests.raw_http import wait_until

REAL_SECONDS: Final = 10  # none of what is waited for here takes nearly so long in real time


def client_of(account: AccountClient) -> Any:
    once = ClientConfig(retries={"total_max_attempts": 1})
    return boto3.client("sqs", endpoint_url=account.url, config=once, **account.credentials)


@pytest.fixture
def sqs(account: AccountClient) -> Any:
    return client_of(account)


def create(sqs: Any, name: str = "q", **attributes: str) -> str:
    url: str = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url


def bodies(sqs: Any, url: str, **members: Any) -> list[str]:
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, **members)
    return [message["Body"] for message in answer.get("Messages", [])]


class Polls:
    """Receives that are waiting, each in a thread; `waiting` says how many have no answer."""

    def __init__(self, account: AccountClient, emulator: Emulator) -> None:
        self._pool = ThreadPoolExecutor(8)
        self._sqs = client_of(account)
        self._emulator = emulator
        self._account = account.number
        self._started = 0

    def start(self, url: str, wait: int) -> Future[list[str]]:
        poll = self._pool.submit(bodies, self._sqs, url, WaitTimeSeconds=wait, VisibilityTimeout=30)
        self._started += 1
        queue = self._emulator.broker.find(self._account, "us-east-1", "q")
        wait_until(lambda: len(queue.waiters) == self._started)
        return poll

    def close(self) -> None:
        self._pool.shutdown()


@pytest.fixture
def polls(account: AccountClient, emulator: Emulator) -> Iterator[Polls]:
    polls = Polls(account, emulator)
    yield polls
    account.clock.advance(20)
    polls.close()


# Every timer of SQS.


def test_a_delay_ends_when_the_clock_says_so(account: AccountClient, sqs: Any) -> None:
    url = create(sqs)
    sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=900)

    account.clock.advance(899.999)
    before = bodies(sqs, url)
    account.clock.advance(0.001)

    assert (before, bodies(sqs, url)) == ([], ["late"])


def test_a_visibility_timeout_of_12_hours_runs_out_in_no_time(account: AccountClient, sqs: Any) -> None:
    url = create(sqs, VisibilityTimeout="43200")
    sqs.send_message(QueueUrl=url, MessageBody="again")
    assert bodies(sqs, url) == ["again"]

    account.clock.advance(43_199.999)
    before = bodies(sqs, url)
    account.clock.advance(0.001)

    assert (before, bodies(sqs, url)) == ([], ["again"])


def test_a_message_expires_after_its_retention(account: AccountClient, sqs: Any) -> None:
    url = create(sqs, MessageRetentionPeriod="1209600")
    sqs.send_message(QueueUrl=url, MessageBody="old")

    account.clock.advance(14 * 86_400 - 1)
    before = bodies(sqs, url, VisibilityTimeout=0)
    account.clock.advance(1)

    assert (before, bodies(sqs, url)) == (["old"], [])


def test_a_long_poll_ends_empty_after_its_wait(account: AccountClient, sqs: Any, polls: Polls) -> None:
    poll = polls.start(create(sqs), 20)

    account.clock.advance(19.999)
    before = poll.done()
    account.clock.advance(0.001)

    assert not before
    assert poll.result(REAL_SECONDS) == []


def test_deduplication_ends_after_five_minutes(account: AccountClient, sqs: Any) -> None:
    url = create(sqs, "q.fifo", FifoQueue="true")

    def send() -> str:
        sent = sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="d")
        return str(sent["MessageId"])

    first = send()
    account.clock.advance(299.999)
    duplicate = send()
    account.clock.advance(0.001)

    assert duplicate == first
    assert send() != first


def test_a_receive_can_be_retried_for_five_minutes(account: AccountClient, sqs: Any) -> None:
    url = create(sqs, "q.fifo", FifoQueue="true", ContentBasedDeduplication="true", VisibilityTimeout="3600")
    sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId="g")
    assert bodies(sqs, url, ReceiveRequestAttemptId="a") == ["x"]

    account.clock.advance(299.999)
    again = bodies(sqs, url, ReceiveRequestAttemptId="a")
    account.clock.advance(0.001)

    assert again == ["x"]
    with pytest.raises(ClientError, match="not retryable"):
        bodies(sqs, url, ReceiveRequestAttemptId="a")


def test_the_minutes_of_purge_and_delete_pass_with_the_clock() -> None:
    with Emulator(Config(port=0, limits="strict")) as emulator, emulator.new_account() as account:
        sqs = client_of(account)
        account.clock.freeze()
        url = create(sqs)
        sqs.purge_queue(QueueUrl=url)
        with pytest.raises(sqs.exceptions.PurgeQueueInProgress):
            sqs.purge_queue(QueueUrl=url)

        account.clock.advance(60)
        sqs.purge_queue(QueueUrl=url)

        sqs.delete_queue(QueueUrl=url)
        with pytest.raises(sqs.exceptions.QueueDeletedRecently):
            create(sqs)
        account.clock.advance(60)
        assert create(sqs) == url


def test_a_move_task_goes_at_its_rate(account: AccountClient, sqs: Any) -> None:
    letters = create(sqs, "letters")
    arn = sqs.get_queue_attributes(QueueUrl=letters, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    url = create(sqs, "q", RedrivePolicy=json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1}))
    for number in range(4):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    assert len(bodies(sqs, url, VisibilityTimeout=0)) == 4
    assert bodies(sqs, url) == []

    sqs.start_message_move_task(SourceArn=arn, MaxNumberOfMessagesPerSecond=1)
    moved = []
    for _ in range(4):
        (task,) = sqs.list_message_move_tasks(SourceArn=arn)["Results"]
        moved.append((task["ApproximateNumberOfMessagesMoved"], task["Status"]))
        account.clock.advance(1)

    assert moved == [(1, "RUNNING"), (2, "RUNNING"), (3, "RUNNING"), (4, "COMPLETED")]
    assert bodies(sqs, url) == ["0", "1", "2", "3"]


# In their order.


def test_advancing_lets_each_thing_happen_at_its_own_moment(account: AccountClient, sqs: Any, polls: Polls) -> None:
    url = create(sqs)
    sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=10)
    short = polls.start(url, 5)
    long = polls.start(url, 20)

    account.clock.advance(30)  # the delay ends at 10 and serves the long poll, which hides it until 40

    assert short.result(REAL_SECONDS) == []
    assert long.result(REAL_SECONDS) == ["late"]
    assert bodies(sqs, url) == []
    account.clock.advance(9.999)
    assert bodies(sqs, url) == []
    account.clock.advance(0.001)
    assert bodies(sqs, url) == ["late"]


def test_what_advance_brought_about_is_there_when_it_answers(account: AccountClient, sqs: Any) -> None:
    url = create(sqs)
    for number in range(10):
        sqs.send_message(QueueUrl=url, MessageBody=str(number), DelaySeconds=number)

    account.clock.advance(5)

    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert shown["ApproximateNumberOfMessages"] == "6"
    assert shown["ApproximateNumberOfMessagesDelayed"] == "4"


def test_a_poll_on_a_frozen_clock_ends_when_its_client_has_waited_as_long_as_it_asked(
    account: AccountClient, sqs: Any
) -> None:
    url = create(sqs)
    begun = time.monotonic()

    assert bodies(sqs, url, WaitTimeSeconds=1) == []

    assert 1 <= time.monotonic() - begun < REAL_SECONDS


def test_a_poll_that_waited_before_the_clock_was_frozen_ends_too(emulator: Emulator) -> None:
    with emulator.new_account() as account:
        sqs = client_of(account)
        url = create(sqs)
        begun = time.monotonic()
        polls = Polls(account, emulator)
        poll = polls.start(url, 2)

        account.clock.freeze()

        assert poll.result(REAL_SECONDS) == []
        assert 2 <= time.monotonic() - begun < REAL_SECONDS
        polls.close()


def test_a_fast_clock_ends_waits_sooner(emulator: Emulator) -> None:
    with emulator.new_account() as account:
        sqs = client_of(account)
        url = create(sqs)
        account.clock.set_rate(1_000)
        begun = time.monotonic()

        assert bodies(sqs, url, WaitTimeSeconds=20) == []

        assert time.monotonic() - begun < REAL_SECONDS


# Accounts, and what is refused.


def test_each_account_has_a_clock_of_its_own(emulator: Emulator, account: AccountClient) -> None:
    with emulator.new_account() as other:
        before = other.clock.now()

        account.clock.advance(86_400)

        assert other.clock.now() - before < timedelta(hours=1)
        assert not other.clock.is_frozen


def test_sent_timestamps_are_the_accounts(account: AccountClient, sqs: Any) -> None:
    moment = account.clock.now() + timedelta(days=3_650)
    account.clock.advance_to(moment)
    url = create(sqs)
    sqs.send_message(QueueUrl=url, MessageBody="from the future")

    (message,) = sqs.receive_message(QueueUrl=url, AttributeNames=["SentTimestamp"])["Messages"]

    assert message["Attributes"]["SentTimestamp"] == str(round(moment.timestamp() * 1000))


def test_a_dropped_account_is_gone_with_its_time(emulator: Emulator) -> None:
    with emulator.new_account() as account:
        create(client_of(account))
        account.clock.freeze()
        account.clock.advance(86_400)
        account.reset()

        assert not account.clock.is_frozen
        assert abs(account.clock.now() - datetime.now(UTC)) < timedelta(hours=1)
        assert client_of(account).list_queues().get("QueueUrls") is None
    assert account.number not in emulator.broker.accounts


def test_a_waiting_poll_of_a_dropped_account_is_answered(account: AccountClient, emulator: Emulator, sqs: Any) -> None:
    polls = Polls(account, emulator)
    poll = polls.start(create(sqs), 20)

    account.reset()

    assert poll.result(REAL_SECONDS) == []
    polls.close()


@pytest.mark.parametrize(
    ("page", "body", "words"),
    [
        ("clock/advance", {}, "either seconds or until"),
        ("clock/advance", {"seconds": 1, "until": 2}, "either seconds or until"),
        ("clock/advance", {"seconds": -1}, "allowed is 0 or more"),
        ("clock/advance", {"seconds": "1"}, "Expected `float"),
        ("clock/advance", {"second": 1}, "unknown field `second`"),
        ("clock/advance", {"until": "tomorrow"}, "ISO 8601"),
        ("clock/advance", {"until": 5}, "the clock never goes back"),
        ("clock/advance", {"seconds": 1e15}, "after the year 9999"),
        ("clock/advance", {"seconds": 1e306}, "after the year 9999"),
        ("clock/advance", {"until": "0001-01-01T00:00:00+14:00"}, "the clock never goes back"),
        ("clock/advance", {"until": "9999-12-31T23:59:59-14:00"}, "after the year 9999"),
        ("clock/advance", {"until": ""}, "ISO 8601"),
        ("clock/rate", {"rate": 0}, "allowed is 0.001 to 1000000 "),
        ("clock/rate", {"rate": 1e9}, "allowed is 0.001 to 1000000 "),
        ("clock/rate", {}, "missing required field `rate`"),
        ("clock/freeze", {"at": 5}, "the clock never goes back"),
        ("clock/freeze", {"at": "0001-01-01T00:00:00+14:00"}, "the clock never goes back"),
        ("clock/freeze", {"at": -(10**18)}, "the clock never goes back"),
        ("clock/freeze", {"at": 10**18}, "after the year 9999"),
    ],
)
def test_what_a_clock_cannot_do_is_refused_in_words(
    account: AccountClient, page: str, body: dict[str, Any], words: str
) -> None:
    before = account.control.get("clock")

    with pytest.raises(EmulatorError, match=words):
        account.control.post(page, body)

    assert account.control.get("clock") == before


def test_a_refused_freeze_lets_the_clock_run_on(emulator: Emulator) -> None:
    with emulator.new_account() as account:
        with pytest.raises(EmulatorError, match="the clock never goes back"):
            account.control.post("clock/freeze", {"at": "2001-01-01T00:00:00Z"})

        assert not account.clock.is_frozen


def test_an_advance_that_fails_on_the_way_has_answered_who_was_due_before(
    account: AccountClient, emulator: Emulator, sqs: Any, polls: Polls
) -> None:
    class Failing:
        def on_timer(self, now: int) -> None:
            raise RuntimeError(f"it fails at {now}")

    poll = polls.start(create(sqs), 20)
    begun = account.control.get("clock")
    emulator.broker.accounts[account.number].timers.set(Failing(), begun["now"] + 30_000)

    other = AccountClient(emulator.url, account.number)
    with pytest.raises((EmulatorError, OSError)):  # its connection is closed, maybe before the answer is read
        other.clock.advance(60)
    other.close()

    assert poll.result(REAL_SECONDS) == []
    clock = account.control.get("clock")
    assert (clock["now"] - begun["now"], clock["frozen"]) == (30_000, True)


def test_an_account_that_is_no_number_is_refused(emulator: Emulator) -> None:
    with pytest.raises(EmulatorError, match="allowed is a number of 12 digits"):
        AccountClient(emulator.url, "me").clock.now()


def test_many_deadlines_pass_in_one_advance(account: AccountClient, emulator: Emulator, sqs: Any) -> None:
    url = create(sqs)
    queue = emulator.broker.find(account.number, "us-east-1", "q")
    for number in range(900):
        sqs.send_message(QueueUrl=url, MessageBody=str(number), DelaySeconds=900 - number)

    account.clock.advance(900)

    assert bodies(sqs, url) == [str(number) for number in range(10)]
    assert queue.counts(now=queue.clock.now()).delayed == 0


def test_threads_may_share_an_account(account: AccountClient) -> None:
    failures: list[BaseException] = []

    def advance() -> None:
        try:
            for _ in range(20):
                account.clock.advance(1)
        except BaseException as error:
            failures.append(error)

    before = account.clock.now()
    threads = [threading.Thread(target=advance) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert account.clock.now() - before == timedelta(seconds=80)
