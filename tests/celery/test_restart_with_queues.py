"""The emulator restarts, and what was in memory is gone: with a configuration file the queues are known again.

Real SQS does not restart; its queues are there whoever comes. The worker ends when its broker goes away, as on SQS.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.celery.applications import CeleryApp, SendFailed
from tests.celery.conftest import MakeApp, StartEmulator
from tests.celery.emulators import EMPTY, Counts, ServedEmulator

pytestmark = pytest.mark.celery

QUEUE: Final = "orders"
FILE: Final = """
[[queues]]
name = "orders"
VisibilityTimeout = 77
dead_letter_queue = "orders-dead"
max_receive_count = 3
tags = { team = "shop" }

[[queues]]
name = "orders-dead"
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "queues.toml"
    path.write_text(FILE)
    return str(path)


def restart(emulator: ServedEmulator, start_emulator: StartEmulator, *options: str) -> ServedEmulator:
    """Kill an emulator, and start another in its place."""
    emulator.kill()
    return start_emulator(*options, port=emulator.port)


def predefined(make_app: MakeApp, emulator: ServedEmulator) -> CeleryApp:
    """Return an application that neither lists nor creates queues: it must find its own."""
    url = f"{emulator.url}/000000000000/{QUEUE}"
    transport = {"predefined_queues": {QUEUE: {"url": url, "access_key_id": "test", "secret_access_key": "test"}}}
    return make_app(emulator, queue=QUEUE, transport=transport)


def test_queues_of_the_file_are_known_again_after_a_restart(
    make_app: MakeApp, start_emulator: StartEmulator, file: str
) -> None:
    first = start_emulator("--config", file)
    app = make_app(first, queue=QUEUE)
    worker = app.worker()
    app.send("shop.add", 1, 2)
    first.wait_for(QUEUE, "MessageDeleted")
    before = first.attributes(QUEUE)

    second = restart(first, start_emulator, "--config", file)
    worker.wait_for_exit()
    app.worker()
    app.send("shop.add", 3, 4)  # the producer has lived through it, and still knows the queue's URL
    second.wait_for(QUEUE, "MessageDeleted")

    after = second.attributes(QUEUE)
    times = {"CreatedTimestamp": "", "LastModifiedTimestamp": ""}
    assert after | times == before | times
    assert (after["VisibilityTimeout"], "orders-dead" in after["RedrivePolicy"]) == ("77", True)
    assert second.requests(QUEUE, "CreateQueue") == []
    assert second.counts(QUEUE) == EMPTY


def test_an_application_with_predefined_queues_finds_them_after_a_restart(
    make_app: MakeApp, start_emulator: StartEmulator, file: str
) -> None:
    first = start_emulator("--config", file)
    app = predefined(make_app, first)
    app.send("shop.add", 1, 2)
    assert first.counts(QUEUE) == Counts(1, 0, 0)

    second = restart(first, start_emulator, "--config", file)
    app.send("shop.add", 3, 4)
    app.worker().wait_for_log("succeeded")

    # What was in memory is gone, and the queue is there.
    assert second.wait_for(QUEUE, "MessageDeleted").receive_counts == [1]
    assert second.counts(QUEUE) == EMPTY


def test_without_a_file_a_producer_that_lived_through_the_restart_finds_no_queue(
    make_app: MakeApp, start_emulator: StartEmulator
) -> None:
    first = start_emulator()
    app = make_app(first, queue=QUEUE)
    app.send("shop.add", 1, 2)

    restart(first, start_emulator)

    with pytest.raises(SendFailed, match=r"NonExistentQueue|QueueDoesNotExist"):
        app.send("shop.add", 3, 4)


def test_a_pattern_makes_the_queues_that_are_asked_for_after_a_restart(
    make_app: MakeApp, start_emulator: StartEmulator, tmp_path: Path
) -> None:
    file = tmp_path / "pattern.toml"
    file.write_text('[[auto_create]]\npattern = "ord*"\nVisibilityTimeout = 66\n')
    first = start_emulator()
    app = make_app(first, queue=QUEUE)
    app.send("shop.add", 1, 2)

    second = restart(first, start_emulator, "--config", str(file))
    app.send("shop.add", 3, 4)

    assert second.history(QUEUE).kinds == ["QueueCreated", "Sent"]
    assert second.attributes(QUEUE)["VisibilityTimeout"] == "66"
