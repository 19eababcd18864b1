"""What the figures were measured on."""

from __future__ import annotations

import datetime
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Final

import sqs_emulator

_PACKAGES: Final = ("uvicorn", "httptools", "uvloop", "msgspec", "sortedcontainers", "starlette")


def describe() -> list[str]:
    """Return a line each; to be called before the measuring, whose own load it would otherwise show."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return [
        f"Date: {datetime.datetime.now(datetime.UTC):%Y-%m-%d}",
        f"Machine: {_cpu_model()}, {os.cpu_count()} cores, {memory:.0f} GB of memory",
        f"System: {platform.system()} {platform.release()}, {platform.machine()}",
        f"Python: {platform.python_implementation()} {platform.python_version()}",
        f"Load of the machine before: {os.getloadavg()[0]:.1f}",
        f"Packages: sqs-emulator {sqs_emulator.__version__}, {packages}",
    ]


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or "unknown"
