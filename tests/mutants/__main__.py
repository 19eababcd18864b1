"""`make mutants`: breaks the core in small ways, a sample of them by a seed, and says which breaks no test has seen.

It reports and judges nothing: a survivor is a place to look at. It may be one that changes nothing that anybody could
see; otherwise a test is missing.
"""

from __future__ import annotations

import itertools
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import click

from tests.mutants.campaign import CORE, RINGS, ROOT, Verdict, copy_of_the_tree, judge, passes
from tests.mutants.making import Mutant, mutants_of


@click.command(help=__doc__)
@click.option("--mutants", "number", default=100, show_default=True, help="How many at the most; 0: all there are.")
@click.option("--seed", default=1, show_default=True, help="Chooses them.")
@click.option("--minutes", default=60.0, show_default=True, help="No mutant is begun later.")
@click.option("--jobs", default=2, show_default=True, help="How many at one time.")
@click.argument("files", nargs=-1)
def main(number: int, seed: int, minutes: float, jobs: int, files: tuple[str, ...]) -> None:
    """FILES are names in the core, such as queue.py; none: all of it."""
    chosen = [CORE / name for name in files] or sorted(path.relative_to(ROOT) for path in (ROOT / CORE).glob("*.py"))
    sample = list(itertools.islice(_drawn(chosen, seed), number or None))
    click.echo(f"{len(sample)} mutants of {len(chosen)} files, drawn by seed {seed}.")
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        verdicts = _judge_all(Path(folder), sample, minutes, jobs)
    _tell(verdicts)


def _drawn(files: Sequence[Path], seed: int) -> Iterator[tuple[Path, Mutant, str]]:
    """Yield the mutants of some files with their code, in an order by the seed."""
    sources = {file: (ROOT / file).read_text("utf-8") for file in files}
    every = [(file, mutant) for file, source in sources.items() for mutant in mutants_of(source)]
    random.Random(seed).shuffle(every)
    for file, mutant in every:
        if (code := mutant.code(sources[file])) is not None:
            yield file, mutant, code


def _judge_all(folder: Path, sample: list[tuple[Path, Mutant, str]], minutes: float, jobs: int) -> list[Verdict]:
    trees: SimpleQueue[Path] = SimpleQueue()
    for job in range(jobs):
        copy_of_the_tree(folder / str(job))
        trees.put(folder / str(job))
    for ring in RINGS:
        if not passes(folder / "0", ring):
            raise click.ClickException(f"The tests of {', '.join(RINGS[ring])} do not pass without any mutant.")
    until = time.monotonic() + minutes * 60

    def judge_one(drawn: tuple[Path, Mutant, str]) -> Verdict | None:
        if time.monotonic() > until:
            return None
        tree = trees.get()
        try:
            verdict = judge(tree, *drawn)
        finally:
            trees.put(tree)
        if verdict.killed_by is None:
            _tell_survivor(verdict)
        return verdict

    with ThreadPoolExecutor(jobs) as pool:
        judged = list(pool.map(judge_one, sample))
    verdicts = [verdict for verdict in judged if verdict is not None]
    if len(verdicts) < len(sample):
        click.echo(f"{len(sample) - len(verdicts)} were not begun in {minutes:g} minutes.")
    return verdicts


def _tell_survivor(verdict: Verdict) -> None:
    name = verdict.mutant.operator.removeprefix("core/")
    click.echo(f"\nsurvived: {verdict.file}:{verdict.mutant.line} {name}\n{verdict.diff}")


def _tell(verdicts: list[Verdict]) -> None:
    rings = Counter(verdict.killed_by for verdict in verdicts)
    killed = len(verdicts) - rings[None]
    told = ", ".join(f"{rings[ring]} by {' '.join(RINGS[ring])}" for ring in RINGS)
    click.echo(f"\n{killed} of {len(verdicts)} killed: {told}. {rings[None]} survived.")


if __name__ == "__main__":
    main()
