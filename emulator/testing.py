"""For tests: an account of one's own on a running emulator, with its clock, faults and messages in one's hands.

    with Emulator(Config(port=0)) as emulator, emulator.new_account() as account:
        account.clock.advance(1801)

Everything goes through the pages under `/_emulator`, so a server in another process or container will do:
`Account("http://localhost:9324", number="123456789012")`. Nothing here imports the server, or anything that is not in
the standard library.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import secrets
import ssl
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from urllib.parse import urlencode, urlsplit


class EmulatorError(Exception):
    """The emulator would not do it; says why."""


class Control:
    """The emulator's own pages, for one account, over one connection that any thread may use."""

    def __init__(self, url: str, account: str) -> None:
        self.url = url.rstrip("/")
        self.account = account
        self._lock = threading.Lock()
        self._connection: http.client.HTTPConnection | None = None

    def get(self, page: str, timeout: float = 60.0, **query: Any) -> Any:
        return self._ask("GET", page, query, None, timeout)

    def post(self, page: str, body: Mapping[str, Any] | None = None, **query: Any) -> Any:
        return self._ask("POST", page, query, body or {}, 60.0)

    def delete(self, page: str, **query: Any) -> Any:
        return self._ask("DELETE", page, query, None, 60.0)

    def close(self) -> None:
        with self._lock:
            self._drop()

    __del__ = close  # who forgets it leaves no open socket

    def _ask(
        self, method: str, page: str, query: Mapping[str, Any], body: Mapping[str, Any] | None, timeout: float
    ) -> Any:
        given = {name: value for name, value in query.items() if value is not None}
        target = f"/_emulator/{page}?{urlencode({'account': self.account, **given})}"
        sent = None if body is None else json.dumps(body).encode()
        with self._lock:
            status, answer = self._exchange(method, target, sent, timeout)
        if status >= 400:
            raise EmulatorError(_problem(answer) or f"{method} {target} was answered with {status}.")
        return json.loads(answer) if answer else None

    def _exchange(self, method: str, target: str, body: bytes | None, timeout: float) -> tuple[int, bytes]:
        is_used = self._connection is not None
        try:
            return self._send(method, target, body, timeout)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._drop()
            if not is_used:
                raise
            return self._send(method, target, body, timeout)  # the connection had grown old
        except BaseException:
            self._drop()
            raise

    def _send(self, method: str, target: str, body: bytes | None, timeout: float) -> tuple[int, bytes]:
        connection = self._connection
        if connection is None:
            connection = self._connection = self._connect(timeout)
        elif connection.sock is not None:
            connection.sock.settimeout(timeout)
        connection.request(method, target, body)
        response = connection.getresponse()
        return response.status, response.read()

    def _connect(self, timeout: float) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        if parts.scheme == "https":  # with a certificate that nobody has signed, as a rule
            context = ssl._create_unverified_context()  # noqa: S323
            return http.client.HTTPSConnection(parts.netloc, timeout=timeout, context=context)
        return http.client.HTTPConnection(parts.netloc, timeout=timeout)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _problem(answer: bytes) -> str | None:
    try:
        said = json.loads(answer)
    except ValueError:
        return None
    return said.get("error") if isinstance(said, dict) else None


class Clock:
    """An account's clock. It moves the emulator's time, not that of clients: a worker's own timers keep their pace."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def now(self) -> datetime:
        return _moment(self._control.get("clock"))

    @property
    def is_frozen(self) -> bool:
        return bool(self._control.get("clock")["frozen"])

    def freeze(self, at: datetime | None = None) -> datetime:
        """Stop the clock, at a later moment perhaps that it is moved on to first."""
        return _moment(self._control.post("clock/freeze", {} if at is None else {"at": at.isoformat()}))

    def resume(self) -> datetime:
        """Let it run with the real time again, from where it is."""
        return _moment(self._control.post("clock/resume"))

    def advance(self, seconds: float) -> datetime:
        """Move it on. All that falls due on the way has happened when this returns, each at its own moment."""
        return _moment(self._control.post("clock/advance", {"seconds": seconds}))

    def advance_to(self, moment: datetime) -> datetime:
        return _moment(self._control.post("clock/advance", {"until": moment.isoformat()}))

    def set_rate(self, rate: float) -> datetime:
        """Let `rate` of its seconds pass in each real one."""
        return _moment(self._control.post("clock/rate", {"rate": rate}))

    @contextlib.contextmanager
    def frozen(self) -> Iterator[Clock]:
        self.freeze()
        try:
            yield self
        finally:
            self.resume()


def _moment(state: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(state["now"] / 1000, UTC)


class Account:
    """One account of a running emulator. As a context manager it is dropped at the end, with all that is in it."""

    def __init__(self, url: str, number: str | None = None, *, region: str = "us-east-1") -> None:
        """Use the account `number` (12 digits), or a new one; nothing is made before the first call."""
        self.number = number or new_account_number()
        self.region = region
        self.control = Control(url, self.number)
        self.clock = Clock(self.control)

    @property
    def url(self) -> str:
        """The endpoint, as `endpoint_url` of a client takes it."""
        return self.control.url

    @property
    def credentials(self) -> dict[str, str]:
        """What boto3's clients take: an access key of 12 digits chooses the account."""
        return {"aws_access_key_id": self.number, "aws_secret_access_key": "test", "region_name": self.region}

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead any AWS SDK here."""
        return {
            "AWS_ENDPOINT_URL_SQS": self.url,
            "AWS_ACCESS_KEY_ID": self.number,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
        }

    @property
    def broker_url(self) -> str:
        """What Celery's `broker_url` is set to."""
        return f"sqs://{self.number}:test@{urlsplit(self.url).netloc}//"

    @property
    def broker_transport_options(self) -> dict[str, Any]:
        """What goes with it: without the region, kombu would take the machine's."""
        options: dict[str, Any] = {"region": self.region}
        if self.url.startswith("https:"):
            options["is_secure"] = True
        return options

    def reset(self) -> None:
        """Drop the account: its queues with everything in them, its faults, and what was done to its clock."""
        self.control.post("reset")

    def close(self) -> None:
        self.control.close()

    def __enter__(self) -> Account:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.reset()
        self.close()


def new_account_number() -> str:
    """Return a random account number: so many that two tests do not meet."""
    return f"{secrets.randbelow(9 * 10**11) + 10**11}"
