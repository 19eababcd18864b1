"""Who is asking, read out of a request's credentials. Nothing is verified: any key, secret and token will do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import unquote

from sqs_emulator.core.identifiers import ACCOUNT_ID, REGION


class CredentialScope(NamedTuple):
    """The account, region and service of a request's credentials; None where they name none."""

    account: str | None
    region: str | None
    service: str | None


NO_SCOPE: Final = CredentialScope(None, None, None)
NO_KEYS: Final[Mapping[str, str]] = {}

_CREDENTIAL: Final = re.compile(r"Credential=([^,\s]+)")


def of_header(authorization: bytes, accounts: Mapping[str, str] = NO_KEYS) -> CredentialScope:
    """Read an Authorization header. `accounts` are those that access keys mean which are no account's number."""
    found = _CREDENTIAL.search(authorization.decode("latin-1"))
    return of_credential(found[1], accounts) if found else NO_SCOPE


def of_query(parameters: Mapping[str, str], accounts: Mapping[str, str] = NO_KEYS) -> CredentialScope:
    """Read the parameters of a signed URL, of signature version 4 or 2."""
    if "X-Amz-Credential" in parameters:
        return of_credential(parameters["X-Amz-Credential"], accounts)
    return CredentialScope(_account(parameters.get("AWSAccessKeyId", ""), accounts), None, None)


def of_credential(credential: str, accounts: Mapping[str, str] = NO_KEYS) -> CredentialScope:
    """Read `<key>/<date>/<region>/<service>/aws4_request`, from the right end: an invented key may hold slashes."""
    fields = unquote(credential).rsplit("/", 4)
    if len(fields) < 5:
        return CredentialScope(_account(fields[0], accounts), None, None)
    key, _, region, service, _ = fields
    # A region is part of its queues' ARNs: one with a colon in it would make them unreadable.
    return CredentialScope(_account(key, accounts), region if REGION.fullmatch(region) else None, service)


def _account(access_key: str, accounts: Mapping[str, str]) -> str | None:
    return access_key if ACCOUNT_ID.fullmatch(access_key) else accounts.get(access_key)


_REGION_IN_HOST: Final = (
    re.compile(r"sqs\.([a-z0-9-]+)\.[a-z]"),  # also the dual-stack sqs.<region>.api.aws
    re.compile(r"([a-z0-9-]+)\.queue\.[a-z]"),
)


def region_of_host(host: str) -> str | None:
    """Return the region that an AWS-like host name carries: `sqs.<region>.…`, `<region>.queue.…`, `queue.…`."""
    for pattern in _REGION_IN_HOST:
        if found := pattern.match(host):
            return found[1]
    return "us-east-1" if host.startswith("queue.") else None
