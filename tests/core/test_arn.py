from __future__ import annotations

import pytest

from sqs_emulator.core.arn import QueueArn, is_called

ACCOUNT = "123456789012"
ORDERS = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders"


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_an_arn_names_the_partition_of_its_region(region: str, partition: str) -> None:
    assert str(QueueArn.of(region, ACCOUNT, "orders")) == f"arn:{partition}:sqs:{region}:{ACCOUNT}:orders"


def test_an_arn_is_read_as_it_is_written() -> None:
    arn = QueueArn.parse(ORDERS)

    assert arn == QueueArn("aws", "eu-west-1", ACCOUNT, "orders")
    assert str(arn) == ORDERS
    assert arn.place == (ACCOUNT, "eu-west-1")


@pytest.mark.parametrize(
    "text",
    ["", "orders", ORDERS + ":x", ORDERS.removesuffix("orders"), ORDERS.replace("sqs", "sns"), "x" + ORDERS],
)
def test_what_is_no_queue_s_arn_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not the ARN of a queue"):
        QueueArn.parse(text)


@pytest.mark.parametrize(("name", "is_meant"), [("orders", True), (ORDERS, True), ("order", False), ("", False)])
def test_people_call_a_queue_by_its_name_or_its_arn(name: str, is_meant: bool) -> None:
    assert is_called(ORDERS, name) is is_meant
