"""The clients: what each is made of, which protocol it speaks, and how its program is run."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final, NamedTuple

from tests.clients.environments import Environment, Tool

HERE: Final = Path(__file__).parent
_PYTHON: Final = HERE / "python"


class Client(NamedTuple):
    """A client and its program, which is run in the environment's folder and exits with 0 if all is as it should be."""

    name: str
    version: str
    protocol: str  # "json" or "query": what its calls must be seen to speak
    environment: Environment
    program: tuple[str, ...]
    seconds: float = 180.0  # how long the program may take


def _pinned(environment: Environment, before: str) -> str:
    """Return the version that stands behind some text in an environment's first file; raises ValueError."""
    pins = environment.sources[0]
    found = re.search(rf"(?m)^\s*{re.escape(before)}([\d.]+)", pins.read_text("utf-8"))
    if found is None:
        raise ValueError(f"{pins.name} pins no {before}")
    return found[1]


def _of_python(name: str, package: str, program: str, *, protocol: str = "json") -> Client:
    """Return a client that pip installs; its program is Python, or a script that finds the client on its path."""
    requirements = _PYTHON / "requirements" / f"{name}.txt"
    pip = (sys.executable, "-m", "pip", "--python", "bin/python", "--disable-pip-version-check", "--quiet")
    environment = Environment(
        name,
        sources=(requirements,),
        install=(
            (sys.executable, "-m", "venv", "--without-pip", "."),
            (*pip, "install", "--no-compile", "--requirement", requirements.name),
        ),
    )
    interpreter = "bin/python" if program.endswith(".py") else "bash"
    command = (interpreter, str(_PYTHON / program))
    return Client(name, _pinned(environment, f"{package}=="), protocol, environment, command)


def _files(language: str, *names: str) -> tuple[Path, ...]:
    return tuple(HERE / language / name for name in names)


_JAVASCRIPT: Final = Environment(
    "javascript",
    sources=_files("javascript", "package.json", "sdk.js", "consumer.js"),
    tools=(Tool("Node.js", "node", (20,)), Tool("npm", "npm", (8,))),
    install=(("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"),),
)
_GO: Final = Environment(
    "go",
    sources=_files("go", "go.mod", "go.sum", "main.go"),
    tools=(Tool("Go", "go", (1, 24), flag="version"),),
    install=(("go", "build", "-o", "program", "."),),
)
_JAVA: Final = Environment(
    "java",
    sources=_files("java", "pom.xml", "Sdk.java"),
    tools=(Tool("A JDK", "javac", (17,)), Tool("Maven", "mvn", (3, 6))),
    install=(
        ("mvn", "--batch-mode", "--quiet", "dependency:copy-dependencies", "-DoutputDirectory=lib"),
        ("javac", "-encoding", "UTF-8", "-cp", "lib/*", "Sdk.java"),
    ),
)

# Two run at a time: those that take longest come first.
CLIENTS: Final = (
    Client("java-sdk", _pinned(_JAVA, "<sdk.version>"), "json", _JAVA, ("java", "-cp", "lib/*:.", "Sdk")),
    Client("go-sdk", _pinned(_GO, "github.com/aws/aws-sdk-go-v2/service/sqs v"), "json", _GO, ("./program",)),
    _of_python("awscli", "awscli", "with_aws_cli.sh"),
    _of_python("kombu-5.5.3", "kombu", "with_celery.py"),
    _of_python("kombu-5.3.4", "kombu", "with_celery.py", protocol="query"),  # with botocore 1.31.80
    _of_python("kombu-5.4.2", "kombu", "with_celery.py"),
    _of_python("kombu-5.6.2", "kombu", "with_celery.py"),
    _of_python("kombu-5.7.0", "kombu", "with_celery.py"),
    _of_python("taskiq-aio-sqs", "taskiq-aio-sqs", "with_taskiq.py"),
    _of_python("aiobotocore", "aiobotocore", "with_aiobotocore.py"),
    Client("javascript-sdk", _pinned(_JAVASCRIPT, '"@aws-sdk/client-sqs": "'), "json", _JAVASCRIPT, ("node", "sdk.js")),
    Client("sqs-consumer", _pinned(_JAVASCRIPT, '"sqs-consumer": "'), "json", _JAVASCRIPT, ("node", "consumer.js")),
    _of_python("boto3", "boto3", "with_boto3.py"),
    _of_python("botocore-1.31.80", "botocore", "with_boto3.py", protocol="query"),
    _of_python("botocore-1.31.81", "botocore", "with_boto3.py"),
    _of_python("dramatiq-sqs", "dramatiq-sqs", "with_dramatiq.py"),
    _of_python("sqs-workers", "sqs-workers", "with_sqs_workers.py"),
)
