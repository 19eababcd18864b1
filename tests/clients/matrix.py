"""All clients against one emulator: a line for each as it ends, and at the end what the failed ones printed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Final

from tests.clients.catalogue import Client
from tests.clients.program import Outcome, Result, check, serving

_AT_ONCE: Final = 2


def run(clients: Sequence[Client], home: Path) -> int:
    """Run clients, whose environments are kept in `home`, and return the exit status: 1 if one failed."""
    began_at = time.monotonic()
    outcomes = []
    with serving() as emulator, ThreadPoolExecutor(_AT_ONCE) as pool:
        futures = [pool.submit(check, client, number, emulator, home) for number, client in enumerate(clients)]
        for future in as_completed(futures):
            outcomes.append(future.result())
            print(_line(outcomes[-1], clients), flush=True)
        faults = emulator.faults()
    failed = [outcome for outcome in outcomes if outcome.result == Result.FAILED]
    for outcome in failed:
        print(f"\n--- {outcome.client.name}: {outcome.reason}\n{outcome.output.rstrip()}")
    for fault in faults:
        print(f"\n--- the emulator failed\n{fault.rstrip()}")
    counts = Counter(outcome.result for outcome in outcomes)
    print(f"\nin {time.monotonic() - began_at:.0f} s")
    print("clients: " + ", ".join(f"{counts[result]} {result}" for result in Result))
    return 1 if failed or faults else 0


def _line(outcome: Outcome, clients: Sequence[Client]) -> str:
    columns = zip(*((client.name, client.version, client.protocol) for client in clients), strict=True)
    widths = [max(map(len, column)) for column in columns]
    client = outcome.client
    named = (client.name, client.version, client.protocol)
    padded = [text.ljust(width) for text, width in zip(named, widths, strict=True)]
    made = "" if outcome.made_in is None else f"environment made in {outcome.made_in:.0f} s"
    return "  ".join((*padded, outcome.result.ljust(7), f"{outcome.seconds:5.1f} s", outcome.reason or made)).rstrip()
