"""Account and region, read out of whatever a client sends as credentials."""

from __future__ import annotations

from typing import Final

import pytest

from sqs_emulator.wire.credentials import NO_SCOPE, CredentialScope, of_header, of_query, region_of_host

V4: Final = "AWS4-HMAC-SHA256 "
SCOPE: Final = "20260101/eu-west-1/sqs/aws4_request"
REST: Final = ", SignedHeaders=host;x-amz-date, Signature=abc"

HEADERS: Final = {
    f"{V4}Credential=AKIAEXAMPLE/{SCOPE}{REST}": CredentialScope(None, "eu-west-1", "sqs"),
    f"{V4}Credential=123456789012/{SCOPE}{REST}": CredentialScope("123456789012", "eu-west-1", "sqs"),
    f"{V4}Credential=123456789012/{SCOPE},SignedHeaders=host": CredentialScope("123456789012", "eu-west-1", "sqs"),
    f"{V4}SignedHeaders=host, Credential=123456789012/{SCOPE}, Signature=abc": CredentialScope(
        "123456789012", "eu-west-1", "sqs"
    ),
    f"{V4}Credential=123456789012/{SCOPE}": CredentialScope("123456789012", "eu-west-1", "sqs"),
    # An invented key may hold slashes, and need not be quoted: the scope is read from its right end.
    f"{V4}Credential=a/b/c/{SCOPE}{REST}": CredentialScope(None, "eu-west-1", "sqs"),
    f"{V4}Credential=/{SCOPE}{REST}": CredentialScope(None, "eu-west-1", "sqs"),
    f"{V4}Credential=123456789012%2F20260101%2Feu-west-1%2Fsqs%2Faws4_request{REST}": CredentialScope(
        "123456789012", "eu-west-1", "sqs"
    ),
    f"{V4}Credential=12345678901/{SCOPE}{REST}": CredentialScope(None, "eu-west-1", "sqs"),
    f"{V4}Credential=1234567890123/{SCOPE}{REST}": CredentialScope(None, "eu-west-1", "sqs"),
    f"{V4}Credential=12345678901x/{SCOPE}{REST}": CredentialScope(None, "eu-west-1", "sqs"),
    f"{V4}Credential=123456789012/20260101//sqs/aws4_request{REST}": CredentialScope("123456789012", None, "sqs"),
    f"{V4}Credential=x/20260101/eu:west/sqs/aws4_request{REST}": CredentialScope(None, None, "sqs"),
    f"AWS4-ECDSA-P256-SHA256 Credential=123456789012/20260101/sqs/aws4_request{REST}": CredentialScope(
        "123456789012", None, None
    ),
    f"{V4}Credential=123456789012": CredentialScope("123456789012", None, None),
    "AWS AKIAEXAMPLE:signature": NO_SCOPE,
    "Bearer x": NO_SCOPE,
    "": NO_SCOPE,
    ",": NO_SCOPE,
}


@pytest.mark.parametrize(("header", "scope"), HEADERS.items(), ids=range(len(HEADERS)))
def test_a_header_names_an_account_and_a_region_or_not(header: str, scope: CredentialScope) -> None:
    assert of_header(header.encode()) == scope


QUERIES: Final = [
    ({"X-Amz-Credential": f"123456789012/{SCOPE}"}, CredentialScope("123456789012", "eu-west-1", "sqs")),
    ({"X-Amz-Credential": f"AKIAEXAMPLE/{SCOPE}"}, CredentialScope(None, "eu-west-1", "sqs")),
    ({"AWSAccessKeyId": "123456789012"}, CredentialScope("123456789012", None, None)),
    ({"AWSAccessKeyId": "AKIAEXAMPLE"}, NO_SCOPE),
    ({}, NO_SCOPE),
]


@pytest.mark.parametrize(("parameters", "scope"), QUERIES, ids=range(len(QUERIES)))
def test_a_signed_url_names_them_too(parameters: dict[str, str], scope: CredentialScope) -> None:
    assert of_query(parameters) == scope


HOSTS: Final = {
    "sqs.eu-west-1.amazonaws.com": "eu-west-1",
    "sqs.eu-west-1.localhost.localstack.cloud:4566": "eu-west-1",
    "sqs.eu-west-1.api.aws": "eu-west-1",
    "eu-west-1.queue.amazonaws.com": "eu-west-1",
    "queue.amazonaws.com": "us-east-1",
    "localhost:9324": None,
    "sqs:9324": None,
    "127.0.0.1:9324": None,
    "[::1]:9324": None,
    "": None,
}


@pytest.mark.parametrize(("host", "region"), HOSTS.items())
def test_a_host_name_like_aws_carries_a_region(host: str, region: str | None) -> None:
    assert region_of_host(host) == region
