"""The attributes of server-side encryption, and how they exclude each other. No key has to exist."""

from __future__ import annotations

from typing import Final

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Sqs, refused

NAMES: Final = ("SqsManagedSseEnabled", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds")
BY_KEY: Final = {
    "SqsManagedSseEnabled": "false",
    "KmsMasterKeyId": "testKeyId",
    "KmsDataKeyReusePeriodSeconds": "300",
}


def change(sqs: Sqs, url: str, **attributes: str) -> None:
    sqs.client.set_queue_attributes(QueueUrl=url, Attributes=attributes)


def encryption(sqs: Sqs, url: str) -> dict[str, str]:
    return sqs.attributes(url, *NAMES)


@recorded("a new queue has SqsManagedSseEnabled=true and no attributes of KMS")
def test_sqs_manages_the_key_of_a_new_queue(sqs: Sqs, queue: str) -> None:
    assert encryption(sqs, queue) == {"SqsManagedSseEnabled": "true"}


@recorded("SetQueueAttributes KmsMasterKeyId, of a key that does not exist: SqsManagedSseEnabled becomes false")
def test_a_key_of_ones_own_switches_sqss_off(sqs: Sqs, queue: str) -> None:
    change(sqs, queue, KmsMasterKeyId="testKeyId")

    sqs.eventually(lambda: encryption(sqs, queue), BY_KEY)


@ground("API Reference, CreateQueue")
def test_a_queue_is_created_with_a_key(sqs: Sqs) -> None:
    url = sqs.create(KmsMasterKeyId="testKeyId", KmsDataKeyReusePeriodSeconds="600")

    assert encryption(sqs, url) == {**BY_KEY, "KmsDataKeyReusePeriodSeconds": "600"}


@recorded("an empty KmsMasterKeyId, KmsDataKeyReusePeriodSeconds=300: no encryption, SqsManagedSseEnabled stays false")
def test_without_its_key_a_queue_is_not_encrypted(sqs: Sqs) -> None:
    url = sqs.create(KmsMasterKeyId="testKeyId")

    change(sqs, url, KmsMasterKeyId="", KmsDataKeyReusePeriodSeconds="300")

    sqs.eventually(lambda: encryption(sqs, url), {"SqsManagedSseEnabled": "false"})


@recorded("KmsMasterKeyId together with SqsManagedSseEnabled=true: InvalidAttributeName, in these words")
def test_a_queue_is_encrypted_in_one_way(sqs: Sqs, queue: str) -> None:
    words = (
        "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE."
    )

    with refused("InvalidAttributeName", words):
        change(sqs, queue, KmsMasterKeyId="testKeyId", SqsManagedSseEnabled="true")

    assert encryption(sqs, queue) == {"SqsManagedSseEnabled": "true"}


@ground("API Reference, SetQueueAttributes")
def test_encryption_is_switched_off(sqs: Sqs, queue: str) -> None:
    change(sqs, queue, SqsManagedSseEnabled="false")

    sqs.eventually(lambda: encryption(sqs, queue), {"SqsManagedSseEnabled": "false"})


@ground("API Reference, SetQueueAttributes")
@pytest.mark.parametrize("seconds", ["59", "86401", "often"])
def test_a_data_key_is_reused_for_a_minute_to_a_day(sqs: Sqs, seconds: str) -> None:
    url = sqs.create(KmsMasterKeyId="testKeyId")

    with refused("InvalidAttributeValue"):
        change(sqs, url, KmsDataKeyReusePeriodSeconds=seconds)

    assert encryption(sqs, url) == BY_KEY
