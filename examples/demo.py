"""A worker dies in the middle of a task, and SQS gives the task to another one when its visibility timeout ends.

This starts the emulator, and the real Celery producer and workers of `examples/celery`. Worker A is killed with -9
while it packs order 2; worker B is started. Then the timeline of each message is read from the emulator and checked.
The exit status is 0 only if order 2 came back at its visibility timeout, as a second receive, was packed by worker B
and deleted, and the queue is empty. It is 1 if anything was different, and 130 after an interrupt.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar
from urllib.request import ProxyHandler, build_opener

import boto3

ROOT: Final = Path(__file__).resolve().parents[1]
QUEUE: Final = "orders"  # as in examples/celery/app.py
ORDERS: Final = (1, 2, 3)
KILLED_IN: Final = 2
VISIBILITY_TIMEOUT: Final = 5  # seconds
PACKING: Final = 1.5  # seconds
KILL_AFTER: Final = 0.7  # seconds into the packing
EARLY, LATE = 0.05, 3.0  # seconds: how far from its visibility timeout the order may come back
PATIENCE: Final = 15.0  # seconds for any one thing to happen

T = TypeVar("T")
Event = dict[str, Any]  # as /_emulator/events gives it
interrupted = threading.Event()


class Failed(Exception):
    """The demo could not be played to its end. The message says why."""


class Interrupted(Exception):
    """Somebody pressed Ctrl-C, or sent SIGTERM."""


def main() -> int:
    for name in [name for name in os.environ if leads_elsewhere(name)]:
        del os.environ[name]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: interrupted.set())  # noticed where we wait, so that no process is forgotten
    try:
        with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as stack:
            played = play(Path(directory), stack)
    except Failed as failed:
        print(f"\nFAILED: {failed}")
        return 1
    except Interrupted:
        print("\nInterrupted; every process is stopped.")
        return 130
    show(played)
    return verdict(played)


def leads_elsewhere(variable: str) -> bool:
    """Tell whether a variable of our environment could lead a client away: AWS's, Celery's, a proxy's."""
    return variable.startswith(("AWS_", "CELERY_", "SQS_EMULATOR_")) or variable.lower().endswith("_proxy")


def play(directory: Path, stack: contextlib.ExitStack) -> Played:
    """Play the story; whatever was started is killed when the stack closes."""
    began = time.time()
    print(f"A worker dies in the middle of a task (visibility timeout {VISIBILITY_TIMEOUT} s)\n")

    def tell(who: str, what: str) -> None:
        print(f"{time.time() - began:8.2f} s   {who:<11}{what}", flush=True)

    def start(name: str, *arguments: str, **environment: str) -> Actor:
        actor = Actor(name, directory, *arguments, **environment)
        stack.callback(actor.kill)
        return actor

    def start_worker(name: str, concurrency: int) -> Actor:
        options = ("--concurrency", str(concurrency), "--loglevel", "INFO")
        return start(name, "-m", "celery", "-A", "app", "worker", *options, **app)

    server = start("emulator", "-m", "sqs_emulator", "serve", "--port", "0")
    emulator = Emulator(server.wait_for(r"listens on (http://\S+)")[1])
    tell("emulator", f"listens on {emulator.url}")
    app = {
        "CELERY_BROKER_URL": emulator.broker_url,
        "VISIBILITY_TIMEOUT": str(VISIBILITY_TIMEOUT),
        "PYTHONPATH": str(ROOT / "examples" / "celery"),
    }

    worker_a = start_worker("worker A", concurrency=1)
    send = ("--count", str(len(ORDERS)), "--every", "0", "--seconds", str(PACKING))
    producer = start("producer", str(ROOT / "examples" / "celery" / "producer.py"), *send, **app)
    producer.wait_for(rf"^order {ORDERS[-1]} sent")
    tell("producer", f"has sent orders {ORDERS[0]} to {ORDERS[-1]}")
    worker_a.wait_for(rf"order {KILLED_IN}: packing")
    tell("worker A", f"packs order {KILLED_IN}")
    pause(KILL_AFTER)
    killed = time.time()
    worker_a.kill()
    tell("worker A", "is killed with -9, and its pool with it")

    worker_b = start_worker("worker B", concurrency=2)
    worker_b.wait_for(r"ready\.$")
    tell("worker B", "is ready")
    for order in (*ORDERS[KILLED_IN:], KILLED_IN):
        worker_b.wait_for(rf"order {order}: packed")
        tell("worker B", f"has packed order {order}")
    with contextlib.suppress(TimeoutError):  # then the verdict says what was left
        wait_until(lambda: emulator.messages_left() == 0 or None, "an empty queue")

    timelines, left = emulator.timelines(), emulator.messages_left()
    return Played(began, killed, timelines, left, worker_a.log, worker_b.log)


class Played(NamedTuple):
    """What is known when the play is over. Moments are seconds since the epoch."""

    began: float
    killed: float
    timelines: dict[int, list[Event]]  # by order
    messages_left: int
    log_of_a: str
    log_of_b: str


# What the emulator saw.


class Emulator:
    def __init__(self, url: str) -> None:
        self.url = url
        self.broker_url = f"sqs://test:test@{url.removeprefix('http://')}//"

    def timelines(self) -> dict[int, list[Event]]:
        """Return each order's events, oldest first. The producer sends one order after the other."""
        with build_opener(ProxyHandler({})).open(f"{self.url}/_emulator/events?queue={QUEUE}", timeout=5) as answer:
            events = json.load(answer)["events"]
        sent = [event["message_id"] for event in events if event["event"] == "MessageSent"]
        return {
            order: [event for event in events if event.get("message_id") == message_id]
            for order, message_id in enumerate(sent, 1)
        }

    def messages_left(self) -> int:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        sqs = boto3.client("sqs", endpoint_url=self.url, region_name="us-east-1", **keys)
        counts = ["ApproximateNumberOfMessages" + kind for kind in ("", "NotVisible", "Delayed")]
        queue = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=counts)["Attributes"]
        return sum(int(attributes[count]) for count in counts)


def show(played: Played) -> None:
    """Print each message's timeline."""
    print("\nWhat the queue saw (GET /_emulator/events)")
    for order, events in played.timelines.items():
        print(f"\n  order {order}, message {events[0]['message_id']}")
        for event in events:
            print(f"{event['at'] / 1_000 - played.began:8.2f} s   {_words(event, played)}")


def _words(event: Event, played: Played) -> str:
    worker = "worker A" if event["at"] / 1_000 < played.killed else "worker B"
    if event["event"] == "MessageReceived":
        hidden_until = event["visible_at"] / 1_000 - played.began
        return f"received  {worker}   receive count {event['receive_count']}, hidden until {hidden_until:.2f} s"
    words = {
        "MessageSent": "sent      producer",
        "MessageVisibilityTimedOut": "visible              its visibility timeout has run out",
        "MessageDeleted": f"deleted   {worker}",
    }
    return words.get(str(event["event"]), str(event["event"]))


# Whether it happened.


class Check(NamedTuple):
    holds: bool
    text: str  # with what was seen


def verdict(played: Played) -> int:
    """Print what was checked, and return the exit status."""
    checks = [
        *_check_deliveries(played),
        *_check_redelivery(played),
        *_check_workers(played),
        Check(played.messages_left == 0, f"the queue holds {played.messages_left} messages"),
    ]
    print("\nChecked\n")
    for check in checks:
        print(f"  {'ok' if check.holds else 'NO':<4}{check.text}")
    failed = sum(not check.holds for check in checks)
    print(f"\nFAILED: {failed} of these should be otherwise." if failed else "\nNothing was lost.")
    return 1 if failed else 0


def _check_deliveries(played: Played) -> list[Check]:
    checks = [Check(tuple(played.timelines) == ORDERS, f"{len(played.timelines)} orders were sent")]
    for order, events in played.timelines.items():
        attempts = 2 if order == KILLED_IN else 1
        received_and_timed_out = ["MessageReceived", "MessageVisibilityTimedOut"] * (attempts - 1)
        expected = ["MessageSent", *received_and_timed_out, "MessageReceived", "MessageDeleted"]
        counts = [event["receive_count"] for event in _receives(events)]
        moments = [event["at"] for event in events]
        holds = [event["event"] for event in events] == expected and moments == sorted(moments)
        holds = holds and counts == list(range(1, attempts + 1))
        deleted = "then deleted" if events[-1]["event"] == "MessageDeleted" else "not deleted"
        receive_counts = " and ".join(map(str, counts)) or "none"
        checks.append(Check(holds, f"order {order}: received with receive count {receive_counts}, {deleted}"))
    return checks


def _check_redelivery(played: Played) -> list[Check]:
    events = played.timelines.get(KILLED_IN, [])
    if len(_receives(events)) != 2:
        return [Check(False, f"order {KILLED_IN} was received {len(_receives(events))} times, not twice")]
    first, second = _receives(events)
    hidden = (first["visible_at"] - first["at"]) / 1_000
    late = (second["at"] - first["visible_at"]) / 1_000
    ran = (events[-1]["at"] - second["at"]) / 1_000
    return [
        Check(hidden == VISIBILITY_TIMEOUT, f"order {KILLED_IN} was hidden for {hidden:g} s after its first receive"),
        Check(-EARLY <= late <= LATE, f"it came back {late:.3f} s after its visibility timeout"),
        Check(first["at"] / 1_000 < played.killed < second["at"] / 1_000, "worker A was killed between its receives"),
        Check(first["consumer"]["address"] != second["consumer"]["address"], "each receive was another connection's"),
        Check(ran >= PACKING, f"it was deleted {ran:.2f} s after its second receive; packing takes {PACKING:g} s"),
    ]


def _check_workers(played: Played) -> list[Check]:
    packing = rf"pack\[(\S+)\]: order {KILLED_IN}: packing"
    packed = f"order {KILLED_IN}: packed"
    tasks_of_a, tasks_of_b = re.findall(packing, played.log_of_a), re.findall(packing, played.log_of_b)
    return [
        Check(len(tasks_of_a) == 1 and packed not in played.log_of_a, f"worker A began order {KILLED_IN}, unfinished"),
        Check(tasks_of_a == tasks_of_b, "worker B began the same task, by its id"),
        Check(played.log_of_b.count(packed) == 1, f"worker B packed order {KILLED_IN} once"),
    ]


def _receives(events: list[Event]) -> list[Event]:
    return [event for event in events if event["event"] == "MessageReceived"]


# Processes, and waiting for them.


class Actor:
    """A process with a log. It has a process group of its own: its children die with it, and Ctrl-C is ours alone."""

    def __init__(self, name: str, directory: Path, *arguments: str, **environment: str) -> None:
        self.name = name
        self._log = directory / f"{name}.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-u", *arguments],
                cwd=ROOT,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until a line of the log matches."""

        def match() -> re.Match[str] | None:
            ended = self._process.poll() is not None  # asked before the log is read: its last words count
            found = re.search(pattern, self.log, re.MULTILINE)
            if found is None and ended:
                raise Failed(f"{self.name} ended with status {self._process.returncode}. Its log:\n\n{self.log}")
            return found

        try:
            return wait_until(match, pattern)
        except TimeoutError:
            raise Failed(f"{self.name} did not say {pattern!r} in {PATIENCE:g} s. Its log:\n\n{self.log}") from None

    def kill(self) -> None:
        """Send SIGKILL to the process and its children; nothing happens if they are gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def wait_until(condition: Callable[[], T | None], what: str) -> T:
    """Wait until the condition is something else than None; raises TimeoutError, or Interrupted."""
    deadline = time.monotonic() + PATIENCE
    while (outcome := condition()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        pause(0.02)
    return outcome


def pause(seconds: float) -> None:
    if interrupted.wait(seconds):
        raise Interrupted


if __name__ == "__main__":
    sys.exit(main())
