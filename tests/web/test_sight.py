"""Looking at queues and messages without touching them, and waiting for what happens to them."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import pytest

from sqs_emulator import Config, Emulator
from sqs_emulator.testing import AccountClient, EmulatorError
from tests.raw_http import Connection, http, wait_until
from tests.sqs_by_hand import HandClock


def ids(messages: list[dict[str, object]]) -> list[object]:
    return [message["message_id"] for message in messages]


# Queues and their messages.


def test_queues_are_listed_with_what_is_in_them(account: AccountClient) -> None:
    letters = account.create_queue("letters")
    policy = json.dumps({"deadLetterTargetArn": letters.arn, "maxReceiveCount": 3})
    queue = account.create_queue("jobs", RedrivePolicy=policy)
    queue.send("a")
    queue.send("b", DelaySeconds=5)
    queue.receive(1)

    jobs, dead = account.messages.queues()

    assert (jobs["name"], jobs["arn"], jobs["fifo"]) == ("jobs", queue.arn, False)
    assert (jobs["visible"], jobs["in_flight"], jobs["delayed"]) == (0, 1, 1)
    assert jobs["attributes"]["VisibilityTimeout"] == "30"
    assert (dead["name"], dead["dead_letter_sources"]) == ("letters", ["jobs"])


def test_a_peek_takes_nothing_and_counts_nothing(account: AccountClient) -> None:
    queue = account.create_queue()
    sent = queue.send("a")

    seen = [account.messages.peek("queue") for _ in range(2)]

    assert ids(seen[0]) == ids(seen[1]) == [sent]
    (message,) = queue.receive()
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


@pytest.mark.parametrize("state", ["visible", "in_flight", "delayed"])
def test_messages_can_be_chosen_by_their_state(account: AccountClient, state: str) -> None:
    queue = account.create_queue()
    sent = {"in_flight": queue.send("a")}
    queue.receive(1)
    sent["visible"] = queue.send("b")
    sent["delayed"] = queue.send("c", DelaySeconds=9)

    assert ids(account.messages.peek("queue", state=state)) == [sent[state]]
    assert ids(account.messages.peek(queue.url)) == ids(account.messages.peek(queue.arn)) == list(sent.values())


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "Which queue"),
        ({"queue": "none"}, "There is no queue none"),
        ({"queue": "arn:aws:sqs"}, "There is no queue arn:aws:sqs"),
        ({"queue": "queue", "state": "gone"}, "allowed is delayed, visible, in_flight"),
        ({"queue": "queue", "stat": "visible"}, "stat: no such parameter; allowed are account, queue"),
        ({"queue": "queue", "limit": "0"}, "allowed is 1 to 1000"),
        ({"queue": "queue", "limit": "many"}, "allowed is 1 to 1000"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_in_words(
    account: AccountClient, query: dict[str, str], words: str
) -> None:
    account.create_queue()

    with pytest.raises(EmulatorError, match=words):
        account.control.get("messages", **query)


def test_a_page_sees_one_moment() -> None:
    class Ticking(HandClock):
        def now(self) -> int:
            self.advance(1)
            return super().now()

    with Emulator(Config(port=0), clock=Ticking()) as emulator, emulator.new_account() as account:
        queue = account.create_queue()
        for _ in range(100):  # one in each second, so that in each second one becomes visible
            queue.send("late", DelaySeconds=60)

        page = account.control.get("messages", queue="queue", state="delayed", limit=100)

        assert 0 < page["total"] == len(page["messages"]) < 100


def test_a_purge_says_what_it_took(account: AccountClient) -> None:
    queue = account.create_queue()
    queue.send("a")
    queue.send("b", DelaySeconds=9)

    assert account.control.post("purge", queue="queue") == {"queue": "queue", "messages": 2}
    assert queue.counts() == (0, 0, 0)


# LocalStack's page.


def localstack(account: AccountClient, query: str, **headers: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with urlopen(Request(f"{account.url}/_aws/sqs/messages{query}", headers=named), timeout=30) as answer:
        body: bytes = answer.read()
    return body


IN_PROTOCOL = {"content_type": "application/x-amz-json-1.0"}


def test_localstacks_page_shows_what_it_does_there(account: AccountClient) -> None:
    queue = account.create_queue()
    for body in ("in flight", "visible"):
        queue.send(body)
    queue.send("delayed", DelaySeconds=9)
    queue.receive(1)

    def bodies(query: str) -> list[str]:
        page = json.loads(localstack(account, query, **IN_PROTOCOL))
        return [message["Body"] for message in page.get("Messages", [])]

    by_url = f"?QueueUrl={queue.url}"
    assert bodies(by_url) == ["visible"]
    assert bodies(f"{by_url}&ShowInvisible=true") == ["in flight", "visible"]
    assert bodies(f"{by_url}&ShowInvisible=1&ShowDelayed=1") == ["in flight", "visible", "delayed"]
    assert bodies(f"/us-east-1/{account.number}/queue") == ["visible"]
    assert queue.counts() == (1, 1, 1)


def test_localstacks_page_is_xml_or_that_xml_as_json(account: AccountClient) -> None:
    queue = account.create_queue()
    queue.send("hello")

    root = ElementTree.fromstring(localstack(account, f"?QueueUrl={queue.url}"))
    told = json.loads(localstack(account, f"?QueueUrl={queue.url}", accept="application/json"))

    namespace = "http://queue.amazonaws.com/doc/2012-11-05/"
    assert root.tag == f"{{{namespace}}}ReceiveMessageResponse"
    assert [element.text for element in root.iter(f"{{{namespace}}}Body")] == ["hello"]
    assert told["ReceiveMessageResponse"]["@xmlns"] == namespace
    assert told["ReceiveMessageResponse"]["ReceiveMessageResult"]["Message"]["Body"] == "hello"


@pytest.mark.parametrize("as_json", [True, False], ids=["JSON", "form"])
def test_localstacks_page_takes_the_queue_from_a_body_too(account: AccountClient, as_json: bool) -> None:
    queue = account.create_queue()
    queue.send("hello")
    body = json.dumps({"QueueUrl": queue.url}) if as_json else urlencode({"QueueUrl": queue.url})
    kind = IN_PROTOCOL["content_type"] if as_json else "application/x-www-form-urlencoded"

    request = Request(f"{account.url}/_aws/sqs/messages", body.encode(), {"Content-Type": kind})
    with urlopen(request, timeout=30) as answer:
        assert b"hello" in answer.read()


@pytest.mark.parametrize("query", ["", "?QueueUrl=http://localhost:4566/000000000000/none"])
def test_localstacks_page_of_a_queue_that_is_not_there_is_an_error_of_sqs(account: AccountClient, query: str) -> None:
    with pytest.raises(HTTPError) as refused:
        localstack(account, query)

    with refused.value as answer:
        assert answer.code == 400
        assert b"AWS.SimpleQueueService.NonExistentQueue" in answer.read()


# Histories.


def test_a_history_tells_a_messages_life(account: AccountClient) -> None:
    queue = account.create_queue()
    sent = queue.send("a")
    queue.receive()
    account.clock.advance(30)
    (again,) = queue.receive()
    queue.delete(again)

    life = account.messages.history(sent)

    assert [entry["what"] for entry in life["entries"]] == ["sent", "received", "timed out", "received", "deleted"]
    assert life["entries"][3]["receive_count"] == 2
    assert (life["state"], life["complete"]) == ("deleted", True)


def test_an_account_sees_its_own_messages_alone(account: AccountClient, emulator: Emulator) -> None:
    mine = account.create_queue().send("a")
    with emulator.new_account() as other:
        other.create_queue().send("b")

        assert ids(account.messages.histories(queue="queue")) == [mine]


def test_a_dropped_account_leaves_no_events_behind(account: AccountClient) -> None:
    sent = account.create_queue().send("a")

    account.reset()

    assert account.messages.histories() == []
    with pytest.raises(EmulatorError, match="Nothing is known"):
        account.messages.history(sent)


def test_a_message_of_another_account_is_not_known(account: AccountClient, emulator: Emulator) -> None:
    with emulator.new_account() as other:
        sent = other.create_queue().send("b")

        with pytest.raises(EmulatorError, match="Nothing is known"):
            account.messages.history(sent)


def test_nothing_is_known_of_a_message_that_never_was(account: AccountClient) -> None:
    with pytest.raises(EmulatorError, match="Nothing is known of a message nobody"):
        account.messages.history("nobody")


# Waiting.


def in_a_moment(account: AccountClient, act: str, **members: object) -> threading.Thread:
    """Call an action when a wait is under way."""

    def call() -> None:
        other = AccountClient(account.url, account.number)
        other.call(act, **members)
        other.close()

    thread = threading.Timer(0.05, call)
    thread.start()
    return thread


def test_what_has_happened_already_is_not_waited_for(account: AccountClient) -> None:
    sent = account.create_queue().send("a")

    assert account.messages.wait_for("queue", event="sent", timeout=0)["message_id"] == sent


def test_a_wait_ends_when_it_happens(account: AccountClient) -> None:
    queue = account.create_queue()
    thread = in_a_moment(account, "SendMessage", QueueUrl=queue.url, MessageBody="late")

    life = account.messages.wait_for("queue", event="sent", timeout=30)

    thread.join()
    assert [entry["what"] for entry in life["entries"]] == ["sent"]


def test_a_wait_can_count(account: AccountClient) -> None:
    queue = account.create_queue()
    queue.send("first")
    thread = in_a_moment(account, "SendMessage", QueueUrl=queue.url, MessageBody="second")

    life = account.messages.wait_for("queue", event="sent", count=2, timeout=30)

    thread.join()
    (_, second) = account.messages.peek("queue")
    assert life["message_id"] == second["message_id"]


def test_a_timeout_that_nobody_polls_for_is_waited_for(emulator: Emulator) -> None:
    with emulator.new_account() as account:
        queue = account.create_queue(VisibilityTimeout=1)
        queue.send("a")
        queue.receive()
        begun = time.monotonic()

        life = account.messages.wait_for("queue", event="timed-out", timeout=30)

        assert [entry["what"] for entry in life["entries"]] == ["sent", "received", "timed out"]
        assert time.monotonic() - begun < 20


def test_a_wait_in_vain_says_what_was_seen_instead(account: AccountClient) -> None:
    sent = account.create_queue().send("a")

    words = f"Waited 0 s for event deleted, queue queue, but it did not happen. Seen: {sent} sent"
    with pytest.raises(EmulatorError, match=words):
        account.messages.wait_for("queue", event="deleted", timeout=0)


def test_a_wait_ends_when_the_emulator_stops() -> None:
    failures: list[str] = []

    def wait(account: AccountClient) -> None:
        try:
            account.messages.wait_for(event="sent", timeout=60)
        except EmulatorError as error:
            failures.append(str(error))

    with Emulator(Config(port=0)) as emulator:
        account = emulator.new_account()
        before = emulator.broker.watchers
        thread = threading.Thread(target=wait, args=(account,))
        thread.start()
        wait_until(lambda: emulator.broker.watchers == before + 1)
    thread.join(20)

    assert failures == ["The emulator stops."]


def test_an_event_that_is_none_is_refused(account: AccountClient) -> None:
    with pytest.raises(EmulatorError, match="event is 'eaten'; allowed is sent, delay ended, received"):
        account.messages.wait_for(event="eaten")


def test_nobody_pays_for_a_wait_that_is_over(account: AccountClient, emulator: Emulator) -> None:
    queue = account.create_queue()
    before = emulator.broker.find(account.number, "us-east-1", "queue").emit
    thread = in_a_moment(account, "SendMessage", QueueUrl=queue.url, MessageBody="late")
    account.messages.wait_for("queue", event="sent", timeout=30)
    thread.join()

    assert emulator.broker.find(account.number, "us-east-1", "queue").emit == before


def test_a_wait_ends_when_its_client_leaves(account: AccountClient, emulator: Emulator) -> None:
    before = emulator.broker.watchers
    target = f"/_emulator/wait?account={account.number}&event=sent&timeout=60"

    with Connection(emulator.url) as connection:
        connection.send(http("GET", target))
        wait_until(lambda: emulator.broker.watchers == before + 1)

    wait_until(lambda: emulator.broker.watchers == before)


def test_so_many_can_wait_and_no_more(account: AccountClient, emulator: Emulator) -> None:
    before = emulator.broker.watchers
    target = f"/_emulator/wait?account={account.number}&event=sent&timeout=60"

    with contextlib.ExitStack() as stack:
        waits = [stack.enter_context(Connection(emulator.url)) for _ in range(100)]
        for connection in waits:
            connection.send(http("GET", target))
        wait_until(lambda: emulator.broker.watchers == before + 100)

        with pytest.raises(EmulatorError, match="100 requests wait here already, and no more can"):
            account.messages.wait_for(event="sent")
    wait_until(lambda: emulator.broker.watchers == before)


# Other ways in.


def test_the_doctor_speaks_of_this_account(account: AccountClient) -> None:
    queue = account.create_queue()
    queue.send("a")
    queue.receive()
    account.clock.advance(31)

    assert "consumer_vanished" in [finding["code"] for finding in account.messages.doctor()]


@pytest.mark.parametrize("page", ["reset", "purge?queue=queue", "clock/freeze"])
def test_a_foreign_web_page_can_change_nothing(account: AccountClient, page: str) -> None:
    queue = account.create_queue()
    queue.send("a")
    join = "&" if "?" in page else "?"
    address = f"{account.url}/_emulator/{page}{join}account={account.number}"
    request = Request(address, data=b"{}", headers={"Origin": "http://elsewhere.test"}, method="POST")

    with pytest.raises(HTTPError, match="403") as refused:
        urlopen(request, timeout=30)

    refused.value.close()

    assert queue.counts() == (1, 0, 0)


def test_with_events_off_queues_can_be_seen_and_histories_are_empty() -> None:
    with Emulator(Config(port=0, events=0)) as emulator, emulator.new_account() as account:
        account.create_queue().send("a")

        assert len(account.messages.peek("queue")) == 1
        assert account.messages.histories() == []
        with pytest.raises(EmulatorError, match="but it did not happen"):
            account.messages.wait_for("queue", event="sent", timeout=0)


def test_ten_of_many_messages_are_peeked_at_without_walking_past_the_others(
    account: AccountClient, emulator: Emulator
) -> None:
    url = account.create_queue().url
    entries = [{"Id": str(number), "MessageBody": "x"} for number in range(10)]
    for _ in range(50):
        account.call("SendMessageBatch", QueueUrl=url, Entries=entries)
    queue = emulator.broker.find(account.number, "us-east-1", "queue")
    wait_until(lambda: len(queue.messages) == 500)

    for state in (None, "visible"):
        assert len(account.messages.peek("queue", state=state)) == 10
