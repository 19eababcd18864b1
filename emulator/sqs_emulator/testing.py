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
import select
import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlencode, urlsplit


class EmulatorError(Exception):
    """The emulator would not do it; says why."""


class CallError(EmulatorError):
    """SQS refused a call: its code, as boto3 shows it, and its words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


class Http:
    """Connections to the emulator, as many as there are calls at one time: none waits behind another's long poll."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._idle: list[http.client.HTTPConnection] = []

    def ask(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str], timeout: float
    ) -> tuple[int, bytes]:
        connection = self._connection(timeout)
        try:
            connection.request(method, target, body, {"User-Agent": "sqs-emulator-testing", **headers})
            response = connection.getresponse()
            answer = response.status, response.read()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return answer

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    __del__ = close  # who forgets it leaves no open socket

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        """Return one that is still open, or a new one, so that no call need ever be sent twice."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self._connect(timeout)
            if connection.sock is not None and _is_open(connection.sock):
                connection.sock.settimeout(timeout)
                return connection
            connection.close()

    def _connect(self, timeout: float) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        if parts.scheme == "https":  # with a certificate that nobody has signed, as a rule
            context = ssl._create_unverified_context()  # noqa: S323
            return http.client.HTTPSConnection(parts.netloc, timeout=timeout, context=context)
        return http.client.HTTPConnection(parts.netloc, timeout=timeout)


def _is_open(idle: socket.socket) -> bool:
    """Whether nothing has come on an idle connection: what comes there is its end."""
    try:
        return not select.select([idle], [], [], 0)[0]
    except ValueError:  # select knows no numbers as high as this socket's
        return False


class Control:
    """The emulator's own pages, for one account."""

    def __init__(self, http: Http, account: str) -> None:
        self.account = account
        self.url = http.url
        self._http = http

    def get(self, page: str, patience: float = 60.0, /, **query: Any) -> Any:
        """Ask a page; `patience` is how many seconds its answer may take."""
        return self._ask("GET", page, query, None, patience)

    def post(self, page: str, body: Mapping[str, Any] | None = None, **query: Any) -> Any:
        return self._ask("POST", page, query, body or {}, 60.0)

    def delete(self, page: str, **query: Any) -> Any:
        return self._ask("DELETE", page, query, None, 60.0)

    def _ask(
        self, method: str, page: str, query: Mapping[str, Any], body: Mapping[str, Any] | None, timeout: float
    ) -> Any:
        given = {name: value for name, value in query.items() if value is not None}
        target = f"/_emulator/{page}?{urlencode({'account': self.account, **given})}"
        sent = None if body is None else json.dumps(body).encode()
        status, answer = self._http.ask(method, target, sent, {}, timeout)
        if status >= 400:
            raise EmulatorError(_problem(answer) or f"{method} {target} was answered with {status}.")
        return json.loads(answer) if answer else None


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


class Messages:
    """An account's messages: looked at without receiving them, what became of them, and waiting for that.

    What comes back are dicts, as the pages say it; moments are milliseconds since the epoch.
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    def queues(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._control.get("queues")
        return found

    def peek(self, queue: str, *, state: str | None = None, limit: int = 10) -> list[dict[str, Any]]:
        """Return messages of a queue (its name, URL or ARN); `state`: visible, in_flight, delayed, or None for all."""
        found: list[dict[str, Any]] = self._control.get("messages", queue=queue, state=state, limit=limit)["messages"]
        return found

    def history(self, message_id: str) -> dict[str, Any]:
        """Return a message's life, by any of its ids; its `entries` say what happened, oldest first."""
        found: dict[str, Any] = self._control.get("history", message_id=message_id)["histories"][0]
        return found

    def histories(self, *, queue: str | None = None, task_id: str | None = None) -> list[dict[str, Any]]:
        """Return the lives of all messages of the account, of one queue, or of one Celery task."""
        found: list[dict[str, Any]] = self._control.get("history", queue=queue, task_id=task_id)["histories"]
        return found

    def wait_for(
        self,
        queue: str | None = None,
        *,
        event: str | None = None,
        task: str | None = None,
        task_id: str | None = None,
        message_id: str | None = None,
        count: int = 1,
        timeout: int = 5,
    ) -> dict[str, Any]:
        """Wait, `timeout` real seconds at most, until this has happened `count` times; it may have happened already.

        `event` is worded as histories word it: sent, received, timed out, deleted, dead-lettered ... Returns the life
        of the message that it happened to last. Raises EmulatorError with what was seen instead.
        """
        found: dict[str, Any] = self._control.get(
            "wait",
            timeout + 10,
            queue=queue,
            event=event,
            task=task,
            task_id=task_id,
            message_id=message_id,
            count=count,
            timeout=timeout,
        )
        return found

    def doctor(self) -> list[dict[str, Any]]:
        """Return what is wrong, the worst first."""
        found: list[dict[str, Any]] = self._control.get("doctor")["findings"]
        return found


class Faults:
    """What goes wrong on purpose in an account. A rule is written flat, as in the documentation of faults."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def add(self, effect: str, **rule: Any) -> int:
        """Put a rule in force, such as `add("error", error="OverLimit", action="ReceiveMessage", times=2)`."""
        (added,) = self._control.post("faults", {"effect": effect, **rule})["faults"]
        number: int = added["id"]
        return number

    def scenario(self, name: str, seed: int | None = None) -> None:
        """Switch a scenario on: at-least-once, throttled, flaky-network, lost-permissions."""
        self._control.post("faults", {"scenario": name} if seed is None else {"scenario": name, "seed": seed})

    def rules(self) -> list[dict[str, Any]]:
        """Return the rules in force, each with how often it was `matched` and `applied`."""
        found: list[dict[str, Any]] = self._control.get("faults")["faults"]
        return found

    def applied(self, number: int) -> int:
        """Return how often a rule was applied."""
        return next(int(rule["applied"]) for rule in self.rules() if rule["id"] == number)

    def remove(self, rule: int | str) -> None:
        """End a rule, or a scenario by its name."""
        self._control.delete(f"faults/{quote(str(rule), safe='')}")

    def clear(self) -> None:
        self._control.delete("faults")


class Account:
    """One account of a running emulator. As a context manager it is dropped at the end, with all that is in it."""

    def __init__(
        self, url: str, number: str | None = None, *, region: str = "us-east-1", pages: Http | None = None
    ) -> None:
        """Use the account `number` (12 digits), or a new one; nothing is made before the first call.

        `pages` is a connection to the emulator's pages that accounts share.
        """
        self.number = number or new_account_number()
        self.region = region
        self._pages = pages or Http(url)
        self._shares_pages = pages is not None
        self.control = Control(self._pages, self.number)
        self.clock = Clock(self.control)
        self.messages = Messages(self.control)
        self.faults = Faults(self.control)
        self._sqs = Http(url)

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

    def call(self, action: str, **members: Any) -> dict[str, Any]:
        """Call an action of SQS and return what it answers: for tests without an SDK. Raises CallError."""
        headers = {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={self.number}/20260101/{self.region}/sqs/aws4_request, ",
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"AmazonSQS.{action}",
        }
        status, answer = self._sqs.ask("POST", "/", json.dumps(members).encode(), headers, 60.0)
        said: dict[str, Any] = json.loads(answer) if answer else {}
        if status >= 400:
            raise CallError(status, said["__type"].rpartition("#")[2], said.get("message", ""))
        return said

    def create_queue(self, name: str = "queue", *, fifo: bool = False, **attributes: _Value) -> Queue:
        """Create a queue with attributes by AWS's names; a FIFO queue's name gets its `.fifo`, if it has none.

        What AWS takes as JSON, such as a RedrivePolicy, can be a dict.
        """
        if fifo:
            name = name if name.endswith(".fifo") else f"{name}.fifo"
            attributes = {"FifoQueue": True, **attributes}
        texts = {key: _text(value) for key, value in attributes.items()}
        url = self.call("CreateQueue", QueueName=name, Attributes=texts)["QueueUrl"]
        return Queue(self, url, name)

    def story(self) -> str:
        """Return the account's queues, what is in them, and what became of each message, to read."""
        return "\n".join(_story(self.messages))

    def reset(self) -> None:
        """Drop the account: its queues with everything in them, its faults, and what was done to its clock."""
        self.control.post("reset")

    def close(self) -> None:
        if not self._shares_pages:
            self._pages.close()
        self._sqs.close()

    def __enter__(self) -> Account:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.reset()
        self.close()


_BODY_SHOWN: Final = 60  # characters


def _story(messages: Messages) -> Iterator[str]:
    for queue in messages.queues():
        counts = f"{queue['visible']} visible, {queue['in_flight']} in flight, {queue['delayed']} delayed"
        yield f"queue {queue['name']}: {counts}"
        for message in messages.peek(queue["name"]):
            count = message["receive_count"]
            state = f"{message['state']}, received {'once' if count == 1 else f'{count} times'}"
            yield f"    {message['message_id']} {state}: {_short(message)}"
    for life in messages.histories():
        task = (life.get("celery") or {}).get("task")
        yield f"message {life['message_id']}{f' ({task})' if task else ''}: {life['state']}"
        for entry in life["entries"]:
            at = datetime.fromtimestamp(entry["at"] / 1000, UTC)
            yield f"    {at:%H:%M:%S}.{entry['at'] % 1000:03}  {entry['text']}"


def _short(message: Mapping[str, Any]) -> str:
    celery = message.get("celery")
    if celery:
        return f"{celery.get('task')}{celery.get('args') or ''}"
    body = str(message["body"])
    return body if len(body) <= _BODY_SHOWN else f"{body[:_BODY_SHOWN]}..."


class RunningEmulator:
    """An emulator that somebody else has started."""

    def __init__(self, url: str) -> None:
        self._pages = Http(url)
        self.url = self._pages.url
        self.close = self._pages.close

    def new_account(self, number: str | None = None) -> Account:
        return Account(self.url, number, pages=self._pages)


class Queue:
    """A queue of an account: its names, and the calls that tests make most."""

    def __init__(self, account: Account, url: str, name: str) -> None:
        self._account = account
        self.url = url
        self.name = name
        self.arn = f"arn:aws:sqs:{account.region}:{account.number}:{name}"

    def send(self, body: str, **members: Any) -> str:
        """Send a message and return its id."""
        sent: str = self._account.call("SendMessage", QueueUrl=self.url, MessageBody=body, **members)["MessageId"]
        return sent

    def receive(self, max_messages: int = 10, **members: Any) -> list[dict[str, Any]]:
        answer = self._account.call(
            "ReceiveMessage",
            **{"QueueUrl": self.url, "MaxNumberOfMessages": max_messages, "AttributeNames": ["All"], **members},
        )
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found

    def delete(self, message: Mapping[str, Any]) -> None:
        """Delete a message that was received."""
        self._account.call("DeleteMessage", QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def attributes(self) -> dict[str, str]:
        answer = self._account.call("GetQueueAttributes", QueueUrl=self.url, AttributeNames=["All"])
        found: dict[str, str] = answer["Attributes"]
        return found

    def counts(self) -> tuple[int, int, int]:
        """Return how many messages are visible, in flight and delayed."""
        shown = self.attributes()
        visible, in_flight, delayed = (
            int(shown[f"ApproximateNumberOfMessages{kind}"]) for kind in ("", "NotVisible", "Delayed")
        )
        return visible, in_flight, delayed

    def purge(self) -> None:
        self._account.call("PurgeQueue", QueueUrl=self.url)

    def __repr__(self) -> str:
        return f"<Queue {self.arn}>"


_Value: TypeAlias = str | int | bool | Mapping[str, Any]  # of a queue's attribute


def _text(value: _Value) -> str:
    if isinstance(value, Mapping):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def new_account_number() -> str:
    """Return a random account number: so many that two tests do not meet."""
    return f"{secrets.randbelow(9 * 10**11) + 10**11}"
