"""What `docker build` would do with our Dockerfile, as far as that goes without a container engine.

Its instructions are read, and carried out in a directory that stands for the file system: `/opt` becomes a directory
beneath it. All stages share that directory, so a COPY between stages has nothing to do; it must name the same path
twice. The base image is the Python that runs the tests.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

REPOSITORY: Final = Path(__file__).parents[2]
_STRANGERS: Final = ("AWS_", "CELERY_", "PYTHON", "SQS_EMULATOR_", "VIRTUAL_ENV", "VISIBILITY_TIMEOUT")
_PATH: Final = re.compile(r"(?:(?<=[\s=:\"])|^)/(?=\w)")  # the slash that begins an absolute path


class Instruction(NamedTuple):
    name: str
    options: dict[str, str]
    value: str

    def words(self) -> list[str]:
        """Return the value of an exec form; raises ValueError for a shell form."""
        words = json.loads(self.value)
        assert isinstance(words, list)
        return words


class Stage(NamedTuple):
    base: str
    name: str | None
    instructions: list[Instruction]

    def all(self, name: str) -> list[Instruction]:
        return [instruction for instruction in self.instructions if instruction.name == name]

    def one(self, name: str) -> Instruction:
        (instruction,) = self.all(name)
        return instruction

    def environment(self) -> dict[str, str]:
        return dict(instruction.value.split("=", 1) for instruction in self.all("ENV"))

    def health_check(self) -> list[str]:
        """Return the command of the HEALTHCHECK."""
        kind, _, command = self.one("HEALTHCHECK").value.partition(" ")
        assert kind == "CMD"
        return Instruction("CMD", {}, command).words()


def read(path: Path) -> list[Stage]:
    """Read a Dockerfile. It knows as much of the language as ours are written in."""
    text = re.sub(r"^\s*#.*\n", "", path.read_text("utf-8"), flags=re.MULTILINE)
    stages: list[Stage] = []
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if not line.strip():
            continue
        name, _, rest = line.strip().partition(" ")
        options = {}
        while found := re.match(r"--([\w-]+)=(\S+)\s+", rest):
            options[found[1]] = found[2]
            rest = rest[found.end() :]
        if name == "FROM":
            base, _, stage = rest.partition(" AS ")
            stages.append(Stage(base, stage or None, []))
        else:
            stages[-1].instructions.append(Instruction(name, options, rest))
    return stages


def is_ignored(path: str) -> bool:
    """Say whether .dockerignore keeps a path of the repository out of the build; the last line that fits decides."""
    ignored = False
    for line in (REPOSITORY / ".dockerignore").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!").removeprefix("**/")
        parts = path.split("/")
        starts = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        fits = parts if "**/" in line else starts
        if any(fnmatch.fnmatchcase(part, pattern) for part in fits):
            ignored = not line.startswith("!")
    return ignored


def outside_environment() -> dict[str, str]:
    """Return what the machine's environment says of itself and of its package registry, and nothing of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_STRANGERS)}


class Image:
    """A built image: a directory that stands for its file system, and how to run it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.stages = read(REPOSITORY / "Dockerfile")
        self.final = self.stages[-1]

    def here(self, text: str) -> str:
        """Return a command or path of the image as it is beneath the directory."""
        return _PATH.sub(f"{self.root}/", text)

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a process in the image finds in its environment."""
        outside = outside_environment()
        inside = {name: self.here(value) for name, value in self.final.environment().items()}
        inside["PATH"] = inside["PATH"].replace("$PATH", outside["PATH"])
        return outside | inside | more

    def command(self, *arguments: str) -> list[str]:
        """Return what `docker run` starts; arguments take the place of CMD."""
        return [*self.final.one("ENTRYPOINT").words(), *(arguments or self.final.one("CMD").words())]

    def run(self, command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the image until it ends."""
        words = [self.here(word) for word in command]
        found = shutil.which(words[0], path=self.environment()["PATH"])
        assert found is not None, f"the image has no {words[0]}"
        return subprocess.run(
            [found, *words[1:]],
            cwd=self.root,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def wheel(self) -> Path:
        (wheel,) = self.root.glob("build/dist/*.whl")
        return wheel

    def build(self) -> None:
        for stage in self.stages:
            directory = self.root
            for instruction in stage.instructions:
                if instruction.name == "WORKDIR":
                    directory = Path(self.here(instruction.value))
                    directory.mkdir(parents=True)
                elif instruction.name == "COPY":
                    self._copy(instruction, directory)
                elif instruction.name == "RUN":
                    self._run(self.here(instruction.value), directory)

    def _copy(self, instruction: Instruction, directory: Path) -> None:
        *sources, target = instruction.value.split()
        if "from" in instruction.options:
            assert sources == [target]
            assert Path(self.here(target)).exists()
            return
        destination = directory / self.here(target)
        for source in sources:
            assert not is_ignored(source), f"{source} is copied, and kept out by .dockerignore"
            if (REPOSITORY / source).is_dir():
                shutil.copytree(REPOSITORY / source, destination, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(REPOSITORY / source, destination / source if target.endswith("/") else destination)

    def _run(self, command: str, directory: Path) -> None:
        environment = outside_environment()
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
        ran = subprocess.run(
            ["sh", "-c", command],
            cwd=directory,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout
