"""What is read out of messages that a real Celery made."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

pytest.importorskip("celery", reason="these messages are made by a real Celery")

from kombu.serialization import register

from sqs_emulator import Config, Emulator
from sqs_emulator.observe.envelope import Envelope, decode
from tests.observe.bodies import task_body
from tests.observe.producing import sent

TASK_ID = "3f2b8c1e-0000-4000-8000-000000000001"
PROTOCOLS = pytest.mark.parametrize("protocol", [1, 2])
BASE64 = pytest.mark.parametrize("in_base64", [True, False], ids=["in base64", "plain"])


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(Config(port=0)) as emulator:
        yield emulator


@pytest.fixture(scope="module", autouse=True)
def _msgpack() -> None:
    """Let kombu write msgpack, whose own package is not among ours."""
    encode, decode = msgspec.msgpack.encode, msgspec.msgpack.decode
    register("msgpack", encode, decode, "application/x-msgpack", "binary")  # type: ignore[no-untyped-call]


def read(body: str) -> Envelope:
    envelope = decode(body)
    assert envelope is not None
    return envelope


@PROTOCOLS
@BASE64
def test_a_task_is_read_in_both_encodings_and_both_protocols(
    emulator: Emulator, protocol: int, in_base64: bool
) -> None:
    settings = {"task_protocol": protocol, "sqs_base64_encoding": in_base64}

    body = sent(emulator, "q", kwargs={"unit": "€"}, settings=settings, task_id=TASK_ID)
    envelope = read(body)

    assert body.startswith("{") is not in_base64
    assert (envelope.protocol, envelope.task, envelope.id) == (protocol, "demo.add", TASK_ID)
    assert (envelope.args, envelope.kwargs) == ("(2, 3)", "{'unit': '€'}")
    assert (envelope.retries, envelope.eta, envelope.expires) == (0, None, None)
    assert (envelope.routing_key, envelope.exchange, envelope.priority) == ("q", "", 0)
    assert envelope.content_type == "application/json"
    assert envelope.size == len(body)


def test_where_a_task_comes_from_is_told_by_protocol_2(emulator: Emulator) -> None:
    envelope = read(
        sent(emulator, "q", task_id=TASK_ID, root_id="root", parent_id="parent", group_id="group", shadow="nice name")
    )

    assert (envelope.root_id, envelope.parent_id, envelope.group) == ("root", "parent", "group")
    assert envelope.origin is not None
    assert envelope.origin.startswith("gen")
    assert (envelope.shadow, envelope.language) == ("nice name", "py")


@PROTOCOLS
def test_moments_are_told_as_sent_and_in_milliseconds(emulator: Emulator, protocol: int) -> None:
    eta, expires = datetime(2033, 5, 18, 3, 33, 20, tzinfo=UTC), datetime(2033, 5, 18, 4, 0, tzinfo=UTC)

    envelope = read(sent(emulator, "q", eta=eta, expires=expires, settings={"task_protocol": protocol}))

    assert (envelope.eta, envelope.expires) == (eta.isoformat(), expires.isoformat())
    assert (envelope.eta_at, envelope.expires_at) == (2_000_000_000_000, 2_000_001_600_000)


@PROTOCOLS
def test_retries_limits_and_reply_to_are_told(emulator: Emulator, protocol: int) -> None:
    options: dict[str, Any] = {"retries": 2, "time_limit": 60, "soft_time_limit": 30.5, "reply_to": "answers"}

    envelope = read(sent(emulator, "q", settings={"task_protocol": protocol}, **options))

    assert envelope.retries == 2
    assert (envelope.time_limit, envelope.soft_time_limit) == (60, 30.5)
    assert envelope.reply_to == "answers"


def test_a_message_group_is_told_only_when_the_sender_asked_for_it(emulator: Emulator) -> None:
    plain = read(sent(emulator, "plain.fifo"))
    grouped = read(sent(emulator, "grouped.fifo", MessageGroupId="customer-7"))

    assert (plain.message_group_id, grouped.message_group_id) == (None, "customer-7")


@PROTOCOLS
@pytest.mark.parametrize("compression", ["zlib", "bzip2", "lzma"])
def test_compressed_arguments_are_opened(emulator: Emulator, protocol: int, compression: str) -> None:
    envelope = read(
        sent(emulator, "q", args=("x" * 5_000,), compression=compression, settings={"task_protocol": protocol})
    )

    assert envelope.compression is not None
    assert envelope.decoded_size > 5_000 > envelope.size
    assert envelope.args is not None
    assert envelope.args.startswith("('xxx")


@pytest.mark.parametrize("serializer", ["yaml", "pickle", "msgpack"])
def test_protocol_2_tells_all_whatever_the_serializer(emulator: Emulator, serializer: str) -> None:
    envelope = read(sent(emulator, "q", serializer=serializer, task_id=TASK_ID))

    assert (envelope.task, envelope.id, envelope.args) == ("demo.add", TASK_ID, "(2, 3)")
    assert envelope.decoded_size < envelope.size


@pytest.mark.parametrize("serializer", ["yaml", "pickle"])
def test_of_protocol_1_in_a_form_that_stays_closed_the_id_is_told(emulator: Emulator, serializer: str) -> None:
    envelope = read(sent(emulator, "q", serializer=serializer, task_id=TASK_ID, settings={"task_protocol": 1}))

    assert (envelope.protocol, envelope.task, envelope.id, envelope.args) == (1, None, TASK_ID, None)


def test_protocol_1_in_msgpack_is_read(emulator: Emulator) -> None:
    envelope = read(sent(emulator, "q", serializer="msgpack", task_id=TASK_ID, settings={"task_protocol": 1}))

    assert (envelope.protocol, envelope.task, envelope.id, envelope.args) == (1, "demo.add", TASK_ID, "(2, 3)")


def test_the_bodies_of_these_tests_are_as_celery_makes_them(emulator: Emulator) -> None:
    real, ours = outer(sent(emulator, "q", task_id=TASK_ID)), outer(task_body("demo.add", task_id=TASK_ID, args=[2, 3]))

    assert ours.keys() == real.keys()
    assert ours["headers"].keys() == real["headers"].keys()
    assert ours["properties"].keys() == real["properties"].keys()
    assert ours["body"] == real["body"]


def outer(body: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(body))
    return found
