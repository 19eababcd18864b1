"""The emulator's own pages: its health, and a message's timeline."""

from __future__ import annotations

from sqs_emulator import Config, Emulator, __version__
from tests.raw_http import Calls, Connection, http
from tests.sqs_by_hand import HandClock


def events(connection: Connection, query: str = "") -> list[dict[str, object]]:
    found = connection.ask(http("GET", f"/_emulator/events{query}")).json["events"]
    assert isinstance(found, list)
    return found


def test_health_tells_the_version(connection: Connection) -> None:
    response = connection.ask(http("GET", "/health"))

    assert response.json == {"status": "ok", "version": __version__}
    assert response.headers["content-type"] == "application/json"


def test_a_messages_timeline_can_be_read(served: Emulator, calls: Calls, connection: Connection) -> None:
    agent = {"User-Agent": "a-client/1.0"}
    calls.headers = {**calls.headers, **agent}
    message_id = connection.ask(calls.send()).json["MessageId"]
    messages = connection.ask(calls.receive()).json["Messages"]
    assert isinstance(messages, list)
    handle = messages[0]["ReceiptHandle"]
    connection.ask(calls("ChangeMessageVisibility", ReceiptHandle=handle, VisibilityTimeout=60))
    connection.ask(calls("DeleteMessage", ReceiptHandle=handle))

    timeline = events(connection, f"?message_id={message_id}")

    assert [event["event"] for event in timeline] == [
        "MessageSent",
        "MessageReceived",
        "MessageVisibilityChanged",
        "MessageDeleted",
    ]
    times = [event["at"] for event in timeline]
    assert times == sorted(times, key=str)
    assert timeline[1]["receive_count"] == 1
    consumer = timeline[1]["consumer"]
    assert isinstance(consumer, dict)
    assert consumer["user_agent"] == "a-client/1.0"
    assert all(event["queue"] == f"arn:aws:sqs:{calls.region}:000000000000:q" for event in timeline)


def test_events_can_be_chosen_by_queue(calls: Calls, connection: Connection) -> None:
    connection.ask(calls.send())
    arn = f"arn:aws:sqs:{calls.region}:000000000000:q"

    found = events(connection, f"?queue={arn}")

    assert [event["event"] for event in found] == ["QueueCreated", "MessageSent"]
    assert events(connection, "?queue=none") == []
    assert len(events(connection, "?queue=q")) >= len(found)


def test_a_deadline_that_nobody_waited_for_is_told_all_the_same() -> None:
    calls, clock = Calls("us-east-1"), HandClock()
    with Emulator(Config(port=0), clock=clock) as emulator, Connection(emulator.url) as connection:
        connection.ask(calls("CreateQueue", QueueName="q"))
        connection.ask(calls.send())
        connection.ask(calls.receive(VisibilityTimeout=30))

        clock.advance(60)

        assert events(connection)[-1]["event"] == "MessageVisibilityTimedOut"


def test_a_full_memory_of_events_drops_the_oldest_and_says_so() -> None:
    calls = Calls("us-east-1")
    with Emulator(Config(port=0, events=2)) as emulator, Connection(emulator.url) as connection:
        connection.ask(calls("CreateQueue", QueueName="q"))
        for _ in range(3):
            connection.ask(calls.send())

        answer = connection.ask(http("GET", "/_emulator/events")).json

    assert answer["full"] is True
    assert isinstance(answer["events"], list)
    assert [event["event"] for event in answer["events"]] == ["MessageSent", "MessageSent"]


def test_events_can_be_left_out() -> None:
    calls = Calls("us-east-1")
    with Emulator(Config(port=0, events=0)) as emulator, Connection(emulator.url) as connection:
        connection.ask(calls("CreateQueue", QueueName="q"))

        assert connection.ask(calls.send()).status == 200
        assert connection.ask(http("GET", "/_emulator/events")).json == {"full": False, "events": []}
        assert all(queue.emit is None for queue in emulator.broker.queues()), "nobody pays for what nobody watches"
