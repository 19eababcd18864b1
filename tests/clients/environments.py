"""Where clients are installed: each environment is a folder, made once and again when what it is made of changes.

Everything lies under one folder that git ignores, but for what Go and Maven keep in caches of their own.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Final, NamedTuple

_INSTALL_SECONDS: Final = 400.0
_STAMP: Final = ".made"
_making: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)  # clients may share an environment


class Tool(NamedTuple):
    """A command that an environment needs and that is not ours to install."""

    title: str
    command: str
    lowest: tuple[int, ...]
    flag: str = "--version"  # what makes it say its version

    def missing(self) -> str | None:
        """Return what is wrong with the tool on this machine; None if it will do."""
        if shutil.which(self.command) is None:
            return f"{self.title} is missing: no command `{self.command}`"
        asked = subprocess.run([self.command, self.flag], check=False, capture_output=True, text=True, timeout=60)
        found = re.search(r"\d+(\.\d+)*", re.sub(r"\x1b\[\d*m", "", asked.stdout))
        if found is None:
            return f"{self.title} is missing: `{self.command} {self.flag}` says no version"
        if tuple(int(part) for part in found[0].split(".")) < self.lowest:
            return f"{self.title} is too old: {found[0]}, not {'.'.join(map(str, self.lowest))} or newer"
        return None


class Environment(NamedTuple):
    """A folder with copies of `sources`, in which the commands of `install` are run."""

    name: str
    sources: tuple[Path, ...] = ()
    tools: tuple[Tool, ...] = ()
    install: tuple[tuple[str, ...], ...] = ()

    def missing(self) -> str | None:
        """Return why the environment can't be made on this machine; None if it can."""
        return next((problem for tool in self.tools if (problem := tool.missing())), None)

    def fingerprint(self) -> str:
        digest = hashlib.sha256(repr((self.install, sys.version)).encode())
        for source in self.sources:
            digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
        return digest.hexdigest()


class InstallError(Exception):
    """An environment could not be made; says which command failed, and what it printed."""

    def __init__(self, reason: str, output: str) -> None:
        super().__init__(reason)
        self.output = output


def make(environment: Environment, folder: Path) -> float | None:
    """Make an environment in a folder, and return the seconds it took; None if it was there. Raises InstallError."""
    with _making[folder]:
        stamp = folder / _STAMP
        if stamp.is_file() and stamp.read_text() == environment.fingerprint():
            return None
        began_at = time.monotonic()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for source in environment.sources:
            shutil.copy(source, folder)
        for command in environment.install:
            _run(command, folder)
        stamp.write_text(environment.fingerprint())
        return time.monotonic() - began_at


def _run(command: tuple[str, ...], folder: Path) -> None:
    words = " ".join((Path(command[0]).name, *command[1:]))
    try:
        outcome = subprocess.run(
            command,
            check=False,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_INSTALL_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise InstallError(f"`{words}` took longer than {_INSTALL_SECONDS:.0f} s", str(error.stdout or "")) from None
    if outcome.returncode != 0:
        raise InstallError(f"`{words}` failed: is its package registry reachable?", outcome.stdout)
