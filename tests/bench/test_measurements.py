"""Every measurement still runs: a little of each, whose figures say nothing."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.bench.plan import QUICK, Plan

if sys.platform != "linux":
    pytest.skip("the benchmark reads /proc and uses epoll: Linux only", allow_module_level=True)

import msgspec
from click.testing import CliRunner

from sqs_emulator.core.broker import Broker
from sqs_emulator.core.clock import SystemClock
from sqs_emulator.web.aws import AwsApi
from tests.bench.__main__ import MEASUREMENTS, main
from tests.bench.at_once import AtOnce
from tests.bench.costs import measure_cycle
from tests.bench.servers import ROOT, emulator
from tests.bench.table import markdown
from tests.web.test_turn import CREATE, Asker, request

TINY: Final[Plan] = msgspec.structs.replace(
    QUICK,
    runs=1,
    warm_up_seconds=0.01,
    turns=2,
    turn_seconds=0.02,
    backlog=200,
    groups=20,
    stored=200,
    moved=1_000,
    beside_seconds=0.1,
    waiting=20,
    wait_seconds=1,
    idle_seconds=0.1,
    deliveries=5,
)


@pytest.mark.parametrize("name", [name for name in MEASUREMENTS if name != "loadgen"])
def test_each_figure_of_the_benchmark_has_a_sample_for_each_run(name: str) -> None:
    rows = MEASUREMENTS[name](TINY)

    assert rows
    assert all(len(row.samples) == TINY.runs for row in rows), rows
    assert all(row.what in markdown(rows) for row in rows)


# Another checkout, in the same run.


def test_the_cycle_of_another_checkout_is_measured_beside_ours() -> None:
    rows = measure_cycle(msgspec.structs.replace(TINY, against=ROOT))

    assert [row.what for row in rows if "other" in row.what] == [
        "the other checkout: `cycle` against `raw`",
        "the other checkout: `cycle`, CPU a request",
        "`cycle` against the other checkout's",
    ]
    assert all(len(row.samples) == TINY.runs for row in rows), rows


@pytest.mark.parametrize("package", ["emulator", "emulator/sqs_emulator"])
def test_a_checkout_serves_its_own_package_by_whichever_name_it_has(tmp_path: Path, package: str) -> None:
    directory = tmp_path / package
    directory.mkdir(parents=True)
    (directory / "__init__.py").touch()
    (directory / "__main__.py").write_text(_LISTEN)

    with emulator(checkout=tmp_path) as server:
        assert server.connection.call(b"who are you") == str(directory).encode()


# Answers with the directory that it lies in; it is started as `-m PACKAGE serve --port PORT`.
_LISTEN: Final = """
import pathlib, socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[3]))) as listener:
    connection, _ = listener.accept()
    connection.recv(100)
    where = str(pathlib.Path(__file__).parent).encode()
    connection.sendall(b"HTTP/1.1 200 OK\\r\\ncontent-length: %d\\r\\n\\r\\n%b" % (len(where), where))
    connection.recv(1)
"""


@pytest.mark.parametrize(
    "options", [["--only", "start"], ["--only", "cycle", "--write"]], ids=["nothing to compare", "to be kept"]
)
def test_another_checkout_is_refused_where_it_would_not_be_measured_or_kept(options: list[str]) -> None:
    ran = CliRunner().invoke(main, ["--against", str(ROOT), *options])

    assert ran.exit_code == 2
    assert "--against" in ran.output


# Without turns.


def test_the_other_side_of_turns_answers_when_it_is_asked() -> None:
    log: list[str] = []

    async def ask() -> None:
        turn = AtOnce(AwsApi(Broker(SystemClock())))
        turn.add(Asker(log, "a"), request("CreateQueue", CREATE), asyncio.get_running_loop())
        assert log[0].startswith("a 200")

    asyncio.run(ask())
