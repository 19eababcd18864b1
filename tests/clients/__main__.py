"""`python -m tests.clients [--only NAME]`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from tests.clients.catalogue import CLIENTS
from tests.clients.matrix import run

HOME: Final = Path(__file__).parents[2] / ".clients"


@click.command()
@click.option("--only", multiple=True, type=click.Choice([client.name for client in CLIENTS]), help="May be repeated.")
def main(only: Sequence[str]) -> None:
    """Run real clients against a served emulator; fails when one of them fails."""
    sys.exit(run([client for client in CLIENTS if not only or client.name in only], HOME))


if __name__ == "__main__":
    main()
