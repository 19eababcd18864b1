"""What tests do with the emulator: accounts, time, a look at messages; and what remembering events costs."""

from __future__ import annotations

import functools
import subprocess
import sys
import time
from typing import Final

from sqs_emulator import Config, Emulator
from sqs_emulator.core.message import Draft
from sqs_emulator.core.receives import Receive
from tests.bench.costs import Side, alike, compare
from tests.bench.flows import batches, create_queue, cycle
from tests.bench.load import Load
from tests.bench.plan import Plan, ratios
from tests.bench.servers import ROOT, ServerProcess, emulator
from tests.bench.table import Row

ACCOUNT_REACH_MS: Final = 1.0
SESSION_REACH_MS: Final = 100.0
PEEK_REACH_MS: Final = 5.0
ADVANCE_REACH_SECONDS: Final = 1.0
EVENTS_REACH: Final = 1.15
SOAK_REACH: Final = 1.10
_ACCOUNTS: Final = 50
_SOAK_CONNECTIONS: Final = 4

_SESSION: Final = """
import time
from sqs_emulator import Config, Emulator
Emulator  # imported
before = time.perf_counter()
with Emulator(Config(port=0)) as emulator:
    print((time.perf_counter() - before) * 1_000)
"""


def measure_tools(plan: Plan) -> list[Row]:
    accounts, sessions, peeks, advances = [], [], [], []
    for _ in range(plan.runs):
        sessions.append(_session_ms())
        with Emulator(Config(port=0)) as running:
            accounts.append(_account_ms(running))
            peeks.append(_peek_ms(running, plan.backlog))
            advances.append(_advance_seconds(running, plan.backlog))
    return [
        Row("session server, up after its import", sessions, "ms", SESSION_REACH_MS),
        Row("fresh account: made, used and dropped", accounts, "ms", ACCOUNT_REACH_MS),
        Row(f"peek of 10 among {plan.backlog:,} messages", peeks, "ms", PEEK_REACH_MS),
        Row(f"advance over {plan.backlog:,} distinct deadlines", advances, "s", ADVANCE_REACH_SECONDS),
    ]


def _session_ms() -> float:
    """In a process of its own, as a run of pytest is; what is imported is so before the clock starts."""
    ran = subprocess.run([sys.executable, "-c", _SESSION], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(ran.stdout)


def _account_ms(running: Emulator) -> float:
    for _ in range(_ACCOUNTS):
        with running.new_account():
            pass
    before = time.perf_counter()
    for _ in range(_ACCOUNTS):
        with running.new_account():
            pass
    return (time.perf_counter() - before) * 1_000 / _ACCOUNTS


def _peek_ms(running: Emulator, messages: int) -> float:
    with running.new_account() as account:
        account.create_queue("peeked")
        queue = running.broker.find(account.number, account.region, "peeked")
        now = queue.clock.now()
        for _ in range(messages):
            queue.send(Draft("x" * 256, "0" * 32), now=now)
        account.messages.peek("peeked")
        before = time.perf_counter()
        found = account.messages.peek("peeked")
        took = (time.perf_counter() - before) * 1_000
        assert len(found) == 10
        return took


def _advance_seconds(running: Emulator, deadlines: int) -> float:
    with running.new_account() as account:
        account.clock.freeze()
        account.create_queue("hidden")
        queue = running.broker.find(account.number, account.region, "hidden")
        now = queue.clock.now()
        for number in range(deadlines):
            queue.send(Draft("x", "0" * 32), now=now)
            queue.receive(Receive(1, visibility_timeout=30_000 + number), now=now)
        before = time.perf_counter()
        account.clock.advance((deadlines + 30_000) / 1_000)
        took = time.perf_counter() - before
        assert queue.counts(now=queue.clock.now()).visible == deadlines
        return took


def measure_events(plan: Plan) -> list[Row]:
    without = functools.partial(emulator, "--events", "0")
    sides = {"on": Side(emulator, create_queue, alike(cycle)), "off": Side(without, create_queue, alike(cycle))}
    samples = compare(plan, sides)
    what = "`cycle` with events and history on against off"
    return [Row(what, ratios(samples["on"], samples["off"]), "x", EVENTS_REACH)]


def measure_faults(plan: Plan) -> list[Row]:
    """What is left of a fault rule once it is removed."""
    sides = {
        "never": Side(emulator, create_queue, alike(cycle)),
        "removed": Side(emulator, _queue_after_a_fault, alike(cycle)),
    }
    samples = compare(plan, sides)
    what = "`cycle` with no fault rule, after there was one against before"
    return [Row(what, ratios(samples["removed"], samples["never"]), "x")]


def _queue_after_a_fault(server: ServerProcess) -> str:
    rule = b'{"effect":"error","error":"OverLimit","action":"SendMessage"}'
    head = b"%s /_emulator/faults HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n"
    server.connection.call(head % (b"POST", len(rule)) + rule)
    server.connection.call(head % (b"DELETE", 0))
    return create_queue(server)


def measure_soak(plan: Plan) -> list[Row]:
    """Send, receive and delete so many messages, ten at a time, with history on."""
    with emulator() as server:
        url = create_queue(server)
        with Load(server.address, [batches(url) for _ in range(_SOAK_CONNECTIONS)]) as load:
            first = _resident_after(load, server, plan.stored // 10)
            last = _resident_after(load, server, plan.stored - plan.stored // 10)
    what = f"memory after {plan.stored:,} messages against after {plan.stored // 10:,}"
    return [Row(what, [last / first], "x", SOAK_REACH)]


def _resident_after(load: Load, server: ServerProcess, messages: int) -> float:
    answers = 0
    while answers < messages * 3 / 10:  # a batch of ten is three requests
        answers += load.step()
    return float(server.resident_bytes())
