"""The Dockerfile: what it says, and the image that comes of it, run as Docker would run it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sqs_emulator.config import SETTINGS, Config
from tests.certificates import make_certificate
from tests.packaging.dockerfile import REPOSITORY, Image, is_ignored, read
from tests.packaging.processes import Process

FINAL = read(REPOSITORY / "Dockerfile")[-1]


@contextlib.contextmanager
def running(image: Image, directory: Path, **environment: str) -> Iterator[tuple[Process, int]]:
    """The container's process, once it listens, and the port that it has found."""
    settings = image.environment(SQS_EMULATOR_PORT="0", **environment)
    with Process(image.command(), log=directory / "emulator.log", cwd=image.root, env=settings) as process:
        yield process, int(process.wait_for(r"listens on \S+:(\d+)")[1])


def check(image: Image, port: int, **environment: str) -> int:
    """Return the exit status of the image's HEALTHCHECK."""
    return image.run(image.final.health_check(), SQS_EMULATOR_PORT=str(port), **environment).returncode


def test_the_image_is_healthy_while_it_serves_and_not_after(image: Image, tmp_path: Path) -> None:
    with running(image, tmp_path) as (process, port):
        while_it_serves = check(image, port)
        status = process.terminate()
        after = check(image, port)

    assert while_it_serves == 0
    assert after != 0
    assert status == 0


def test_the_image_listens_on_all_addresses_and_says_what_to_paste(image: Image, tmp_path: Path) -> None:
    with running(image, tmp_path) as (process, port):
        process.wait_for(rf"listens on http://0\.0\.0\.0:{port}\b")
        process.wait_for(rf"^Celery: broker_url = 'sqs://test:test@localhost:{port}//'$")


def test_the_image_is_healthy_when_it_serves_https(image: Image, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    tls = {"SQS_EMULATOR_TLS_CERT": str(certificate), "SQS_EMULATOR_TLS_KEY": str(key)}

    with running(image, tmp_path, **tls) as (_, port):
        status = check(image, port, **tls)

    assert status == 0


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", b"", None],
    ids=["an error", "a closed connection", "silence"],
)
def test_the_health_check_fails_on(image: Image, answer: bytes | None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepted: list[socket.socket] = []
        thread = threading.Thread(target=_answer_one, args=(listener, answer, accepted), daemon=True)
        thread.start()

        status = check(image, listener.getsockname()[1], SQS_EMULATOR_HOST="127.0.0.1")

        thread.join()
        for connection in accepted:
            connection.close()
    assert status != 0


def test_arguments_take_the_place_of_the_command(image: Image) -> None:
    helped = image.run(image.command("serve", "--help"))

    assert (helped.returncode, "SQS_EMULATOR_PORT" in helped.stdout) == (0, True)


def test_the_image_is_not_roots() -> None:
    user, _, group = FINAL.one("USER").value.partition(":")

    assert int(user) > 0  # a number, so that an orchestrator can see that it is not root's
    assert int(group) > 0


def test_the_image_exposes_the_port_that_the_emulator_listens_on() -> None:
    assert FINAL.one("EXPOSE").value == str(Config().port)


def test_the_images_environment_names_settings_that_exist() -> None:
    ours = {name: value for name, value in FINAL.environment().items() if name.startswith("SQS_EMULATOR_")}

    assert ours == {"SQS_EMULATOR_HOST": "0.0.0.0"}
    assert set(ours) <= {setting.variable for setting in SETTINGS}


def test_the_stages_have_one_base() -> None:
    bases = {stage.base for stage in read(REPOSITORY / "Dockerfile")}

    assert len(bases) == 1  # else the environment that is copied would lack its interpreter


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("emulator/sqs_emulator/core/queue.py", False),
        ("docker/healthcheck.py", False),
        ("pyproject.toml", False),
        ("emulator/sqs_emulator/core/__pycache__/queue.pyc", True),
        ("tests/conftest.py", True),
        ("examples/celery/app.py", True),
        (".git/config", True),
        (".venv/bin/python", True),
    ],
)
def test_the_build_is_sent_only_what_the_image_is_made_of(path: str, ignored: bool) -> None:
    assert is_ignored(path) is ignored


def test_the_celery_image_is_made_of_files_that_exist() -> None:
    context = REPOSITORY / "examples" / "celery"
    (stage,) = read(context / "Dockerfile")
    copied = [source for copy in stage.all("COPY") for source in copy.value.split()[:-1]]

    assert copied
    assert [source for source in copied if not (context / source).is_file()] == []
    assert stage.one("USER").value not in ("root", "0")
    assert stage.one("CMD").words()[:4] == ["celery", "-A", "app", "worker"]


def _answer_one(listener: socket.socket, answer: bytes | None, accepted: list[socket.socket]) -> None:
    connection, _ = listener.accept()
    connection.recv(1024)
    if answer is None:  # never, while the check waits
        accepted.append(connection)
        return
    connection.sendall(answer)
    connection.close()
