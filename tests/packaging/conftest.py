from __future__ import annotations

import fcntl
import os

import pytest

from tests.packaging.dockerfile import Image


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image, built once for all processes of a test run."""
    directory = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        directory = directory.parent
    built = directory / "image-is-built"
    image = Image(directory / "image")
    with (directory / "image.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            image.root.mkdir()
            image.build()
            built.touch()
    return image
