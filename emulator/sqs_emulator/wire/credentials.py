"""Who is asking, read out of a request's credentials. Nothing is verified: any key, secret and token will do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import unquote

from sqs_emulator.core.identifiers import ACCOUNT_ID


class CredentialScope(NamedTuple):
    """The account and region of a request's credentials; None where they name none."""

    account: str | None
    region: str | None


NO_SCOPE: Final = CredentialScope(None, None)
NO_KEYS: Final[Mapping[str, str]] = {}

_CREDENTIAL: Final = re.compile(r"Credential=([^,\s]+)")
_REGION: Final = re.compile(r"[A-Za-z0-9-]+", re.ASCII)


def of_header(authorization: bytes, accounts: Mapping[str, str] = NO_KEYS) -> CredentialScope:
    """Read an Authorization header. `accounts` are those that access keys mean which are no account's number."""
    found = _CREDENTIAL.search(authorization.decode("latin-1"))
    return of_credential(found[1], accounts) if found else NO_SCOPE


def of_query(parameters: Mapping[str, str], accounts: Mapping[str, str] = NO_KEYS) -> CredentialScope:
    """Read the parameters of a signed URL, of signature version 4 or 2."""
    if "X-Amz-Credential" in parameters:
        return of_credential(parameters["X-Amz-Credential"], accounts)
    return CredentialScope(_account(parameters.get("AWSAccessKeyId", ""), accounts), None)


def of_credential(credential: str, accounts: Mapping[str, str] = NO_KEYS) -> CredentialScope:
    """Read `<key>/<date>/<region>/<service>/aws4_request`, from the right end: an invented key may hold slashes."""
    fields = unquote(credential).rsplit("/", 4)
    if len(fields) < 5:
        return CredentialScope(_account(fields[0], accounts), None)
    # A region is part of its queues' ARNs: one with a colon in it would make them unreadable.
    return CredentialScope(_account(fields[0], accounts), fields[2] if _REGION.fullmatch(fields[2]) else None)


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
