"""The command line: what it says, and that what cannot be is one clear line, no traceback and no success."""

from __future__ import annotations

import logging
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click.testing
import pytest

from emulator import __version__
from emulator.cli import main
from emulator.config import SETTINGS
from emulator.web.server import Server
from tests.raw_http import Connection, http, json_call
from tests.served_process import DEADLINE_SECONDS, command, environment, serving


@pytest.fixture(autouse=True)
def _no_serving_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that is not refused, though it should be, fails instead of serving for ever."""

    def run(server: Server) -> None:
        raise AssertionError(f"it serves {server.urls}")

    monkeypatch.setattr(Server, "run", run)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    logger = logging.getLogger("emulator")
    level = logger.level
    yield
    logger.setLevel(level)


def run(*arguments: str, variables: dict[str, str] | None = None) -> click.testing.Result:
    clean = {setting.variable: None for setting in SETTINGS}
    return click.testing.CliRunner().invoke(main, arguments, env={**clean, **(variables or {})})


# What it says of itself.


def test_it_tells_its_version() -> None:
    assert run("--version").output == f"sqs-emulator, version {__version__}\n"


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_lists_every_setting_with_its_variable(flag: str) -> None:
    output = " ".join(run("serve", flag).output.split())

    for setting in SETTINGS:
        assert setting.flag in output
        assert setting.variable in output


def test_without_a_command_it_lists_them() -> None:
    assert "serve" in run().output


# What cannot be.

BAD_FLAGS: Final = {
    "an unknown flag": (("--nonsense",), "--nonsense"),
    "a port that is no number": (("--port", "many"), "'many' is not a valid integer"),
    "a port out of range": (("--port", "65536"), "port is 65536; allowed is 0 to 65535."),
    "limits that are none": (("--limits", "none"), "limits is 'none'; allowed is"),
    "a body limit that is too small": (("--max-body", "1"), "max_body is 1; allowed is"),
    "half of TLS": (("--tls-cert", "a.pem"), "tls_cert and tls_key go together"),
    "a base URL that is none": (("--base-url", "sqs:9324"), "base_url is 'sqs:9324'; allowed is"),
    "a host that is none": (("--host", "no.such.host.invalid"), "cannot listen on no.such.host.invalid port 9324: "),
    "an address of another machine": (("--host", "192.0.2.1"), "cannot listen on 192.0.2.1 port 9324: "),
    "TLS files that are not there": (
        ("--port", "0", "--tls-cert", "nowhere.pem", "--tls-key", "nowhere.pem"),
        "nowhere.pem",
    ),
}


def assert_refused(result: click.testing.Result, message: str) -> None:
    assert result.exit_code in (1, 2)
    assert message in result.output
    assert "Traceback" not in result.output
    assert result.output.splitlines()[-1].startswith("Error: ")
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(("flags", "message"), BAD_FLAGS.values(), ids=BAD_FLAGS)
def test_a_flag_that_cannot_be_is_one_clear_line(flags: tuple[str, ...], message: str) -> None:
    assert_refused(run("serve", *flags), message)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"SQS_EMULATOR_PORT": "many"}, "'many' is not a valid integer"),
        ({"SQS_EMULATOR_PORT": "-1"}, "port is -1; allowed is 0 to 65535."),
        ({"SQS_EMULATOR_LIMITS": "lax"}, "limits is 'lax'; allowed is"),
        ({"SQS_EMULATOR_ACCESS_LOG": "perhaps"}, "'perhaps' is not a valid boolean"),
    ],
    ids=str,
)
def test_a_variable_that_cannot_be_is_one_clear_line(variables: dict[str, str], message: str) -> None:
    assert_refused(run("serve", variables=variables), message)


@pytest.mark.parametrize(
    "content", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"]
)
def test_files_that_hold_no_certificate_are_one_clear_line(tmp_path: Path, content: str) -> None:
    pem = tmp_path / "bad.pem"
    pem.write_text(content)

    assert_refused(run("serve", "--port", "0", "--tls-cert", str(pem), "--tls-key", str(pem)), "tls_cert")


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        assert_refused(run("serve", "--port", port), f"cannot listen on 127.0.0.1 port {port}: Address already in use.")


def test_a_port_that_only_ipv6_has_in_use_is_in_use() -> None:
    try:
        taken = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError as error:
        pytest.skip(f"this machine has no IPv6: {error}")
    with taken:
        assert_refused(run("serve", "--port", str(taken.getsockname()[1])), "Address already in use")


def test_a_refused_start_ends_the_process_without_a_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            command("serve", "--port", port),
            env=environment(),
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == f"Error: cannot listen on 127.0.0.1 port {port}: Address already in use.\n"


# Serving.


def test_it_says_where_it_listens_and_what_to_paste_into_celery() -> None:
    with serving() as served:
        port = served.url.rpartition(":")[2]
        first, second = served.announced

        assert first.startswith(f"sqs-emulator {__version__} listens on http://127.0.0.1:{port}")
        assert second == f"Celery: broker_url = 'sqs://test:test@localhost:{port}//'"
        with Connection(served.url) as connection:
            assert connection.ask(http("GET", "/health")).status == 200

        code, said, complained = served.stop(signal.SIGINT)

    assert (code, said, complained) == (0, "", "")


def test_settings_come_from_the_environment_too_and_flags_win() -> None:
    variables = {
        "SQS_EMULATOR_BASE_URL": "http://from-the-environment:1",
        "SQS_EMULATOR_REGION": "eu-north-1",
        "SQS_EMULATOR_ACCESS_LOG": "1",
        "SQS_EMULATOR_ALLOWED_ORIGINS": "http://one.test http://two.test",
    }
    with serving("--region", "ap-south-1", variables=variables) as served, Connection(served.url) as connection:
        created = connection.ask(json_call("CreateQueue", {"QueueName": "q"}))
        shown = connection.ask(json_call("GetQueueAttributes", {"QueueUrl": "q", "AttributeNames": ["QueueArn"]}))
        allowed = connection.ask(json_call("ListQueues", headers={"Origin": "http://two.test"}))
        _, said, complained = served.stop(signal.SIGTERM)

    assert created.json == {"QueueUrl": "http://from-the-environment:1/000000000000/q"}
    assert shown.json == {"Attributes": {"QueueArn": "arn:aws:sqs:ap-south-1:000000000000:q"}}
    assert allowed.status == 200
    assert [line.split()[2:5] for line in said.splitlines()] == [
        ["CreateQueue", "q", "200"],
        ["GetQueueAttributes", "q", "200"],
        ["ListQueues", "-", "200"],
    ]
    assert complained == ""
