"""What `sqs-emulator serve --log-wire` writes, as requests: who asked for what, and whether it has been answered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final


@dataclass
class Request:
    """A request in SQS's JSON protocol, and the status of its answer."""

    at: float  # seconds since the epoch
    action: str
    parameters: dict[str, Any]
    headers: dict[str, str]
    status: int | None = None  # None: not answered, such as a waiting poll

    @property
    def queue(self) -> str:
        return str(self.parameters.get("QueueUrl") or self.parameters.get("QueueName") or "").rpartition("/")[2]


# A line per request or answer; then its headers, an empty line, and the body on one line; these are indented.
_RECORD: Final = re.compile(
    r"^(?P<at>\d{4}-\d\d-\d\d [\d:]+,\d{3}) (?P<direction>[<>]) (?P<peer>\S+) (?P<what>.*)\n"
    r"(?P<headers>(?:  \S+: .*\n)*)\n"
    r"  (?P<body>.*)\n",
    re.MULTILINE,
)


class WireLog:
    """Reads the log as it grows."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._read = 0  # bytes
        self._requests: list[Request] = []
        self._under_way: dict[str, Request] = {}  # by connection

    def requests(self) -> list[Request]:
        """Return the requests so far, oldest first."""
        for record in self._new_records():
            if record["direction"] == ">":
                self._add(record)
            elif (request := self._under_way.pop(record["peer"], None)) is not None:
                request.status = int(record["what"])
        return self._requests

    def _new_records(self) -> Iterator[re.Match[str]]:
        with self._log.open("rb") as log:
            log.seek(self._read)
            new = log.read().decode("ascii", "replace")  # one byte each: the log is escaped
        begin = self._read
        for record in _RECORD.finditer(new):  # one that is still being written does not match yet
            self._read = begin + record.end()
            yield record

    def _add(self, record: re.Match[str]) -> None:
        headers = dict(line.strip().split(": ", 1) for line in record["headers"].splitlines())
        target = headers.get("x-amz-target")
        if target is None:
            return  # not SQS's JSON protocol
        parameters = json.loads(record["body"].encode("ascii").decode("unicode_escape"))
        at = datetime.strptime(record["at"], "%Y-%m-%d %H:%M:%S,%f").astimezone().timestamp()
        request = Request(at, target.rpartition(".")[2], parameters, headers)
        self._under_way[record["peer"]] = request
        self._requests.append(request)
