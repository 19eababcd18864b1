"""`python -m tests.bench [--quick] [--only NAME] [--against PATH] [--loadgen PATH] [--write]`."""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import click
import msgspec

from tests.bench import costs, fifo, machine, moves, process, tools, waits
from tests.bench.load import LoadError
from tests.bench.plan import FULL, QUICK, Plan
from tests.bench.servers import ROOT
from tests.bench.table import Row, markdown

DOCUMENT: Final = ROOT / "docs" / "benchmark.md"
MEASUREMENTS: Final[dict[str, Callable[[Plan], list[Row]]]] = {
    "cycle": costs.measure_cycle,
    "turn": costs.measure_turn,
    "backlog": costs.measure_backlog,
    "fifo": fifo.measure_fifo,
    "fifo-backlog": fifo.measure_fifo_backlog,
    "moves": moves.measure_moves,
    "memory": process.measure_memory,
    "waiting": waits.measure_waiting,
    "start": process.measure_start,
    "stop": waits.measure_stop,
    "tools": tools.measure_tools,
    "events": tools.measure_events,
    "faults": tools.measure_faults,
    "soak": tools.measure_soak,
    "variants": costs.measure_variants,
    "loadgen": costs.measure_with_loadgen,
}
_OPEN_FILES: Final = 8_192  # more than any measurement has connections


@click.command()
@click.option("--quick", is_flag=True, help="One short round of everything, to see that it runs.")
@click.option("--only", multiple=True, type=click.Choice(list(MEASUREMENTS)), help="Measure this; may be repeated.")
@click.option("--runs", type=click.IntRange(min=1), help="Samples of each figure.")
@click.option(
    "--against",
    type=click.Path(exists=True, file_okay=False, path_type=Path, resolve_path=True),
    help="Another checkout, whose cycle is measured in the same run as ours.",
)
@click.option(
    "--loadgen",
    type=click.Path(exists=True, dir_okay=False, path_type=Path, resolve_path=True),
    help="The binary of an independent load generator, whose rows are added.",
)
@click.option("--write", is_flag=True, help=f"Keep the table in {DOCUMENT.relative_to(ROOT)}.")
def main(
    quick: bool, only: Sequence[str], runs: int | None, against: Path | None, loadgen: Path | None, write: bool
) -> None:
    """Measure what the emulator costs. Fails when something could not be measured, not when a figure is missed."""
    if write and (quick or runs or against):
        raise click.UsageError("--write keeps what was measured in full: not with --quick, --runs or --against.")
    if against and only and "cycle" not in only:
        raise click.UsageError("--against is for `cycle`, which is not among what is measured.")
    plan = msgspec.structs.replace(QUICK if quick else FULL, loadgen=loadgen, against=against)
    if runs is not None:
        plan = msgspec.structs.replace(plan, runs=runs)
    _allow_many_sockets()
    described = machine.describe()
    rows, failed = _measure(plan, only or list(MEASUREMENTS))
    table = markdown(rows)
    click.echo(table, nl=False)
    if failed:
        raise click.ClickException(f"could not measure {', '.join(failed)}.")
    if write:
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(_document(plan, described, table), encoding="utf-8")


def _allow_many_sockets() -> None:
    """Lift the soft limit of open files, for us and for the servers, which inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _measure(plan: Plan, names: Sequence[str]) -> tuple[list[Row], list[str]]:
    """Return the rows, and the names of what failed."""
    rows: list[Row] = []
    failed = []
    for name in names:
        began_at = time.monotonic()
        try:
            rows += MEASUREMENTS[name](plan)
        except (LoadError, OSError, subprocess.SubprocessError) as error:
            failed.append(name)
            click.echo(f"{name}: {error}", err=True)
        click.echo(f"{name}: {time.monotonic() - began_at:.0f} s", err=True)
    return rows, failed


def _document(plan: Plan, described: Sequence[str], table: str) -> str:
    machine_lines = "\n".join(f"- {line}" for line in described)
    return _TEXT.format(plan=plan, machine=machine_lines, table=table)


_TEXT: Final = """\
# Benchmark

Written by `python -m tests.bench --write`. Each figure is the median of {plan.runs} runs, and each run has
processes of its own. CPU is that of the server process, user and system, in a closed loop on 16 keep-alive
connections. What is compared takes turns of {plan.turn_seconds:g} s, {plan.turns} each in a run. A ratio is the
median of the ratios of the runs.

- `cycle` is SendMessage (256 bytes), ReceiveMessage, DeleteMessage.
- `raw` is a bare ASGI app that answers `{{}}`, on the same uvicorn.
- The FIFO `cycle` sends to message groups in turn, each message with a deduplication id of its own. At a backlog it
  receives the oldest message and sends the newest.
- A move task has no rate, and takes dead letters back to the queue that they came from. The requests beside it are
  cycles on another queue, on 4 connections.
- KB and MB are 1,000 and 1,000,000 bytes.
- Rows "by loadgen" come from an independent load generator (`--loadgen`).

{machine}

{table}"""


if __name__ == "__main__":
    main()
