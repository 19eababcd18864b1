from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.clients.environments import Environment, make
from tests.packaging.dockerfile import REPOSITORY, Image

_PIP: Final = (sys.executable, "-m", "pip", "--python", "bin/python", "--disable-pip-version-check", "--quiet")


@contextlib.contextmanager
def _once(directory: Path, name: str) -> Iterator[Path | None]:
    """Let the processes of a test run do something once: give the first one a path to touch when it is done."""
    done = directory / f"{name}-is-done"
    with (directory / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield None if done.exists() else done


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that all processes of a test run have in common."""
    directory = tmp_path_factory.getbasetemp()
    return directory.parent if "PYTEST_XDIST_WORKER" in os.environ else directory


@pytest.fixture(scope="session")
def image(shared: Path) -> Image:
    """The image, built once for all processes of a test run."""
    image = Image(shared / "image")
    with _once(shared, "image") as done:
        if done is not None:
            image.root.mkdir()
            image.build()
            done.touch()
    return image


def _celery_with_its_extras() -> Environment:
    """Celery as the project tests it, with the extra that brings pytest-celery, and Django."""
    groups = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    (celery,) = [str(one) for one in groups["clients"] if one.startswith("celery[sqs]")]
    return Environment(
        "pytest-celery",
        install=(
            (sys.executable, "-m", "venv", "--without-pip", "."),
            (*_PIP, "install", celery.replace("[sqs]", "[sqs,pytest]"), "django"),
        ),
    )


@pytest.fixture(scope="session")
def python_with_celery(shared: Path, image: Image) -> Path:
    """A Python that has the wheel, Celery with pytest-celery, and Django. Its folder is kept for the next run."""
    environment = _celery_with_its_extras()
    folder = REPOSITORY / ".clients" / environment.name
    with _once(shared, "celery") as done:
        if done is not None:
            make(environment, folder)
            for command in (("uninstall", "--yes", "sqs-emulator"), ("install", str(image.wheel))):
                subprocess.run([*_PIP, *command], cwd=folder, check=True, timeout=300)
            done.touch()
    return folder / "bin" / "python"
