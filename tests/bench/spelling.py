"""Requests as bytes, in either protocol, with the headers that an SDK sends; and what is read of the answers."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any, Final, Protocol
from urllib.parse import urlencode

import msgspec

_SCOPE: Final = "20261123/us-east-1/sqs/aws4_request"
_HEAD: Final = (
    "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\nX-Amz-Date: 20261123T000000Z\r\n"
    f"Authorization: AWS4-HMAC-SHA256 Credential=test/{_SCOPE}, SignedHeaders=host;x-amz-date, Signature={'0' * 64}\r\n"
)
_FORM_HEAD: Final = f"{_HEAD}Content-Type: application/x-www-form-urlencoded\r\n".encode()


class Spelling(Protocol):
    def request(self, action: str, parameters: Mapping[str, Any]) -> bytes: ...

    def values(self, name: str, answer: bytes) -> list[str]:
        """Return every text member of this name in an answer, wherever it stands."""
        ...


class Json:
    """AWS JSON 1.0."""

    def request(self, action: str, parameters: Mapping[str, Any]) -> bytes:
        return _with_body(_json_head(action), msgspec.json.encode(parameters))

    def values(self, name: str, answer: bytes) -> list[str]:
        return re.findall(f'"{name}":"([^"]*)"', answer.decode())


class Query:
    """The Query protocol: a form, answered in XML. Its parameters are flat."""

    def request(self, action: str, parameters: Mapping[str, Any]) -> bytes:
        return _with_body(_FORM_HEAD, urlencode({"Action": action, "Version": "2012-11-05", **parameters}).encode())

    def values(self, name: str, answer: bytes) -> list[str]:
        return re.findall(f"<{name}>([^<]*)</{name}>", answer.decode())


@functools.cache
def _json_head(action: str) -> bytes:
    return f"{_HEAD}Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS.{action}\r\n".encode()


def _with_body(head: bytes, body: bytes) -> bytes:
    return b"%sContent-Length: %d\r\n\r\n%s" % (head, len(body), body)


JSON: Final = Json()
QUERY: Final = Query()
