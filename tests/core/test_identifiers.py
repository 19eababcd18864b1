from __future__ import annotations

import uuid

import pytest

from sqs_emulator.core.identifiers import QueueAddress, parse_queue_url, queue_arn, uuid4_text

ACCOUNT = "123456789012"


def test_ids_are_uuids_of_version_4_and_all_different() -> None:
    ids = [uuid4_text() for _ in range(20_000)]

    assert len(set(ids)) == len(ids)
    for text in ids[:2_000]:
        assert str(uuid.UUID(text)) == text
        assert uuid.UUID(text).version == 4
        assert uuid.UUID(text).variant == uuid.RFC_4122


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


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_an_arn_names_the_partition_of_its_region(region: str, partition: str) -> None:
    assert queue_arn(region, ACCOUNT, "orders") == f"arn:{partition}:sqs:{region}:{ACCOUNT}:orders"
