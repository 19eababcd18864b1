"""The README is true: its snippets are run as they stand, but for the port; its tables are compared with the code."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from urllib.request import urlopen

import boto3
import pytest
import yaml

from sqs_emulator import Config, Emulator
from sqs_emulator.config import SETTINGS, Setting
from tests.packaging.dockerfile import REPOSITORY, Image, outside_environment
from tests.packaging.processes import Process

README: Final = (REPOSITORY / "README.md").read_text("utf-8")
PORT: Final = re.compile(rf"(?<=localhost:){Config().port}\b")
BIN: Final = Path(sys.executable).parent


class Snippet(NamedTuple):
    language: str
    text: str
    line: int

    def run(self, url: str, directory: Path, *, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
        """Run it until it ends, against an emulator."""
        command = [python, "-W", "error", "-c"] if self.language == "python" else ["bash", "-euc"]
        return subprocess.run(
            [*command, self.against(url)],
            cwd=directory,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def against(self, url: str) -> str:
        return PORT.sub(url.rpartition(":")[2], self.text)

    def lines(self) -> list[str]:
        return self.text.splitlines()


def environment() -> dict[str, str]:
    """Return an environment in which the project's commands are found, and no settings of AWS."""
    outside = outside_environment()
    nowhere = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    return outside | nowhere | {"PATH": f"{BIN}:{outside['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}


def snippets() -> Iterator[Snippet]:
    for found in re.finditer(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE):
        yield Snippet(found[1], found[2], README[: found.start()].count("\n") + 1)


def snippet(*, containing: str) -> Snippet:
    (found,) = [known for known in SNIPPETS if containing in known.text]
    return found


def is_whole_program(code: Snippet) -> bool:
    """Say whether it runs by itself until it ends."""
    return code.language == "python" and not code.text.startswith(("# tasks.py", "# test_jobs.py"))


SNIPPETS: Final = list(snippets())
BY_LINE: Final = {f"line {code.line}": code for code in SNIPPETS}
# How a shell line begins that some test runs or looks at.
COMMANDS: Final = (
    "make ",
    "docker ",
    "pip install .",
    'pip install "celery[sqs]"',
    "sqs-emulator ",
    "celery ",
    "python -c ",
    "export ",
    "aws ",
    "curl ",
)

KEYS: Final = ("aws_access_key_id", "aws_secret_access_key")


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(Config(port=0)) as running:
        yield running


def test_each_snippet_is_of_a_kind_that_is_checked() -> None:
    assert {code.language for code in SNIPPETS} == {"python", "shell"}
    commands = [line for code in SNIPPETS if code.language == "shell" for line in code.lines()]
    assert [line for line in commands if not line.startswith(COMMANDS)] == []


@pytest.mark.parametrize("name", [name for name, code in BY_LINE.items() if is_whole_program(code)])
def test_a_python_snippet_runs(name: str, emulator: Emulator, image: Image, tmp_path: Path) -> None:
    uses_ours = "from sqs_emulator" in BY_LINE[name].text
    python = image.here("/opt/sqs-emulator/bin/python") if uses_ours else sys.executable

    ran = BY_LINE[name].run(emulator.url, tmp_path, python=python)

    assert ran.returncode == 0, ran.stderr


def test_the_pytest_snippet_passes(tmp_path: Path) -> None:
    (tmp_path / "test_jobs.py").write_text(snippet(containing="# test_jobs.py").text, "utf-8")

    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "--rootdir", str(tmp_path)]
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=120, check=False
    )

    assert "1 passed" in ran.stdout, ran.stdout + ran.stderr


def test_the_aws_snippet_sends_and_receives(emulator: Emulator, tmp_path: Path) -> None:
    ran = snippet(containing="aws --endpoint-url").run(emulator.url, tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert '"Body": "hello"' in ran.stdout


@pytest.mark.celery
def test_the_celery_snippets_run_a_task(emulator: Emulator, tmp_path: Path) -> None:
    tasks = snippet(containing="# tasks.py")
    (tmp_path / "tasks.py").write_text(tasks.against(emulator.url), "utf-8")
    worker = snippet(containing="celery -A tasks worker").text

    with Process(worker, log=tmp_path / "worker.log", cwd=tmp_path, env=environment()) as running:
        sent = snippet(containing="add.delay").run(emulator.url, tmp_path)

        assert sent.returncode == 0, sent.stderr
        running.wait_for(r"Task tasks\.add\[.*succeeded in .*: 5$")


@pytest.mark.celery
def test_the_environment_snippet_points_celery_here(emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "on_aws.py").write_text(
        "from celery import Celery\n"
        "app = Celery('on_aws', broker='sqs://')\n"
        "app.conf.task_default_queue = 'by-environment'\n"
        "app.send_task('anything')\n",
        "utf-8",
    )
    exports = snippet(containing="export AWS_ENDPOINT_URL")

    ran = exports._replace(text=exports.text + "python on_aws.py\n").run(emulator.url, tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert "MessageSent" in _events(emulator.url, "by-environment")


def test_the_command_that_is_installed_serves(image: Image, tmp_path: Path) -> None:
    install, serve = snippet(containing="pip install .").lines()
    settings = image.environment(SQS_EMULATOR_PORT="0")

    assert install == "pip install ."  # as the image is built
    with Process(serve, log=tmp_path / "log", cwd=tmp_path, env=settings) as running:
        running.wait_for(r"^Celery: broker_url = 'sqs://test:test@localhost:\d+//'$")


def test_the_commands_for_a_running_emulator_run(emulator: Emulator) -> None:
    commands = snippet(containing="sqs-emulator advance").lines()

    for command in commands:
        program, *arguments = command.split()
        asked = [str(BIN / program), *arguments, "--url", emulator.url]
        ran = subprocess.run(asked, env=environment(), capture_output=True, text=True, timeout=60, check=False)
        assert (ran.returncode, ran.stderr) == (0, ""), command


def test_the_events_snippet_shows_a_queues_events(emulator: Emulator) -> None:
    command, url = shlex.split(snippet(containing="curl ").against(emulator.url))
    sqs = boto3.client("sqs", endpoint_url=emulator.url, region_name="us-east-1", **dict.fromkeys(KEYS, "test"))
    sqs.send_message(QueueUrl=sqs.create_queue(QueueName="jobs")["QueueUrl"], MessageBody="hello")

    with urlopen(url, timeout=30) as answer:
        events = json.load(answer)["events"]

    assert command == "curl"
    assert events[-1]["queue"].endswith(":jobs")


def test_the_make_commands_have_targets() -> None:
    wanted = {target for code in SNIPPETS for target in re.findall(r"^make (\S+)$", code.text, re.MULTILINE)}
    wanted |= set(re.findall(r"`make (\w+)`", README))
    targets = set(re.findall(r"^([\w-]+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE))

    assert {"demo", "test"} <= wanted
    assert wanted <= targets


def test_the_docker_commands_name_what_is_there() -> None:
    compose = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text("utf-8"))
    build, run = snippet(containing="docker run").lines()

    assert snippet(containing="docker compose up\n").lines() == ["docker compose up"]
    assert build == "docker build --tag sqs-emulator ."
    assert run == f"docker run --rm --publish {compose['services']['sqs']['ports'][0]} sqs-emulator"


def test_a_worker_that_is_killed_by_hand_is_started_by_hand() -> None:
    """Docker does not restart what somebody has killed, whatever the restart policy says."""
    kill, start = snippet(containing="docker compose kill").lines()
    compose = (REPOSITORY / "docker-compose.yml").read_text("utf-8")
    worker = yaml.safe_load(compose)["services"]["worker"]

    assert (kill, start) == ("docker compose kill worker", "docker compose up -d worker")
    assert all(f"`{command}`" in compose for command in (kill, start))
    assert f"visibility timeout, after {worker['environment']['VISIBILITY_TIMEOUT']} s" in " ".join(README.split())


def test_a_celery_user_is_told_at_once_what_to_install_and_what_sqs_does_not_carry() -> None:
    celery = README.split("\n## Celery\n", 1)[1].split("\n## ", 1)[0]

    assert celery.index('pip install "celery[sqs]"') < celery.index("# tasks.py")
    assert "no results" in celery
    assert "result backend" in celery


QUOTED: Final = re.compile(r"""'[^']*'|"[^"]*\"""")


@pytest.mark.parametrize(
    "path", [REPOSITORY / "README.md", *sorted(REPOSITORY.glob("docs/*.md"))], ids=lambda p: p.name
)
def test_each_command_means_the_same_to_zsh(path: Path) -> None:
    """zsh runs no command with an unquoted `?`, `*` or `[` that fits no file, and typed comments are commands to it."""
    text = path.read_text("utf-8")
    shell = re.findall(r"^```shell\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    console = re.findall(r"^\$ (.*)$", text, re.MULTILINE)
    lines = [line for block in [*shell, *console] for line in block.splitlines()]

    assert [line for line in lines if re.search(r"[?*\[]|^#| #", QUOTED.sub("", line))] == []


def settings_table() -> list[str]:
    """Return the lines of the table of settings: flag, variable, default, meaning."""
    rows = [
        f"| `{setting.flag}` | `{setting.variable}` | {_default(setting)} | {setting.help} |" for setting in SETTINGS
    ]
    return ["| flag | variable | default | |", "| --- | --- | --- | --- |", *rows]


def _default(setting: Setting) -> str:
    if setting.type is bool:
        return "on" if setting.default else "off"
    return "" if setting.default in (None, ()) else f"`{setting.default}`"


def test_the_table_of_settings_is_the_programs() -> None:
    start = README.index("| flag | variable |")
    table = README[start : README.index("\n\n", start)].splitlines()

    assert table == settings_table()


def test_the_paths_that_are_named_exist() -> None:
    paths = {name for name in re.findall(r"`([\w./-]+)`", README) if "/" in name and not name.startswith("/")}
    paths |= set(re.findall(r"`([\w.-]+\.(?:yml|toml|md|py))`", README))

    assert paths
    assert [path for path in paths if not (REPOSITORY / path).exists()] == []


def _events(url: str, queue: str) -> list[str]:
    with urlopen(f"{url}/_emulator/events?queue={queue}", timeout=30) as answer:
        return [event["event"] for event in json.load(answer)["events"]]
