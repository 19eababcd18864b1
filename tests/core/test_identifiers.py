from __future__ import annotations

import uuid

import pytest

from sqs_emulator.core.identifiers import QueueAddress, parse_queue_url, uuid4_text

ACCOUNT = "123456789012"


def test_ids_are_uuids_of_version_4_and_all_different() -> None:
    ids = [uuid4_text() for _ in range(20_000)]

    assert len(set(ids)) == len(ids)
    for text in ids[:2_000]:
        assert str(uuid.UUID(text)) == text
        assert uuid.UUID(text).version == 4
        assert uuid.UUID(text).variant == uuid.RFC_4122


def test_the_first_group_of_an_id_is_fresh() -> None:
    """People know a message by it, and look it up by it."""
    firsts = {uuid4_text()[:8] for _ in range(200_000)}

    assert len(firsts) == 200_000


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (f"http://localhost:9324/{ACCOUNT}/orders", QueueAddress(ACCOUNT, None, "orders")),
        (f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/orders/", QueueAddress(ACCOUNT, None, "orders")),
        (f"http://any-host/some/where/{ACCOUNT}/orders", QueueAddress(ACCOUNT, None, "orders")),
        (f"/{ACCOUNT}/orders", QueueAddress(ACCOUNT, None, "orders")),
        (f"http://h/{ACCOUNT}/or%64ers", QueueAddress(ACCOUNT, None, "orders")),
        (f"http://h/queue/eu-west-1/{ACCOUNT}/orders", QueueAddress(ACCOUNT, "eu-west-1", "orders")),
        ("http://h/queue/orders", QueueAddress(None, None, "orders")),
        ("orders", QueueAddress(None, None, "orders")),
        ("http://whatever-incorrect-queue-address", None),
        ("http://h/orders", None),
        ("http://[bad/000000000000/x", None),
        ("", None),
    ],
)
def test_a_queue_url_is_read_from_the_end_of_its_path(text: str, address: QueueAddress | None) -> None:
    assert parse_queue_url(text) == address
