"""The command line: what it says, and that what cannot be is one clear line, no traceback and no success."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click.testing
import pytest

from sqs_emulator import __version__
from sqs_emulator.cli import main
from sqs_emulator.config import SETTINGS
from sqs_emulator.web.server import Server
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
    logger = logging.getLogger("sqs_emulator")
    level = logger.level
    yield
    logger.setLevel(level)


def run(*arguments: str, variables: dict[str, str] | None = None) -> click.testing.Result:
    clean = {name: None for name in os.environ if name.startswith("SQS_EMULATOR_")}
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
    output = run().output

    assert all(f"\n  {command} " in output for command in ("serve", "check", "config"))


# What cannot be.

BAD_FLAGS: Final = {
    "an unknown flag": (("--nonsense",), "--nonsense"),
    "a port that is no number": (("--port", "many"), "--port is 'many'; allowed is a whole number."),
    "a port out of range": (("--port", "65536"), "--port: port is 65536; allowed is 0 to 65535."),
    "a limit that is none": (
        ("--limit", "in_flite=1"),
        "there is no limit 'in_flite'. Did you mean in_flight?",
    ),
    "a limit without a number": (("--limit", "in_flight"), "allowed is a name and a number, such as in_flight=100."),
    "a limit that is no number": (("--limit", "tags=few"), "--limit tags is 'few'; allowed is a whole number."),
    "a limit out of range": (("--limit", "tags=0"), "--limit tags: limits.tags is 0; allowed is a whole number, 1 or"),
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
        ({"SQS_EMULATOR_PORT": "many"}, "SQS_EMULATOR_PORT is 'many'; allowed is a whole number."),
        ({"SQS_EMULATOR_PORT": "-1"}, "SQS_EMULATOR_PORT: port is -1; allowed is 0 to 65535."),
        ({"SQS_EMULATOR_LIMITS": "lax"}, "limits is 'lax'; allowed is"),
        ({"SQS_EMULATOR_ACCESS_LOG": "perhaps"}, "SQS_EMULATOR_ACCESS_LOG is 'perhaps'; allowed is true or false."),
        ({"SQS_EMULATOR_LIMIT_TAGS": "-5"}, "SQS_EMULATOR_LIMIT_TAGS: limits.tags is -5; allowed is a whole number"),
        (
            {"SQS_EMULATOR_LIMIT_TAG": "5"},
            "'SQS_EMULATOR_LIMIT_TAG'. Did you mean SQS_EMULATOR_LIMIT_TAGS?",
        ),
        ({"SQS_EMULATOR_PROT": "80"}, "there is no variable SQS_EMULATOR_PROT. Did you mean SQS_EMULATOR_PORT?"),
    ],
    ids=str,
)
def test_a_variable_that_cannot_be_is_one_clear_line(variables: dict[str, str], message: str) -> None:
    assert_refused(run("serve", variables=variables), message)


BAD_FILES: Final = {
    "a file that is no TOML": ("port", "is not TOML: "),
    "a key that is none": ("prot = 1", "there is no setting 'prot'. Did you mean port?"),
    "a value that cannot be": ("keep_alive = 0", "keep_alive is 0; allowed is 1 second or more."),
    "a queue that SQS would refuse": (
        '[[queues]]\nname = "jobs"\nDelaySeconds = 901',
        "queues jobs: DelaySeconds is 901; allowed is 0 to 900.",
    ),
    "a pattern whose queues SQS would refuse": (
        '[[auto_create]]\npattern = "*"\nDelaySeconds = 901',
        "auto_create *: DelaySeconds is 901; allowed is 0 to 900.",
    ),
    "a fault that cannot be": ('[[faults]]\neffect = "none"', "faults number 1: effect is 'none'; allowed is "),
    "half of TLS": ('tls_key = "key.pem"', "tls_cert and tls_key go together: tls_key is set, tls_cert is not."),
}


@pytest.mark.parametrize("command", [("serve", "--port", "0", "--config"), ("check",)], ids=["serve", "check"])
@pytest.mark.parametrize(("text", "message"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_cannot_be_is_one_clear_line(
    command: tuple[str, ...], text: str, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "emulator.toml"
    file.write_text(text)

    assert_refused(run(*command, str(file)), f"Error: {file}: {message}")


@pytest.mark.parametrize("command", [("serve", "--config"), ("check",), ("config", "--config")], ids=" ".join)
def test_a_file_that_is_not_there_is_one_clear_line(command: tuple[str, ...]) -> None:
    assert_refused(run(*command, "nowhere.toml"), "nowhere.toml: cannot be read: No such file or directory.")


@pytest.mark.parametrize(
    "content", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"]
)
def test_files_that_hold_no_certificate_are_one_clear_line(tmp_path: Path, content: str) -> None:
    pem = tmp_path / "bad.pem"
    pem.write_text(content)

    assert_refused(run("serve", "--port", "0", "--tls-cert", str(pem), "--tls-key", str(pem)), "tls_cert")


def test_a_check_reads_the_certificate_too(tmp_path: Path) -> None:
    file = tmp_path / "emulator.toml"
    file.write_text('tls_cert = "cert.pem"\ntls_key = "key.pem"')

    assert_refused(
        run("check", str(file)), f"{file}: cannot serve https with tls_cert {tmp_path / 'cert.pem'} and tls_key"
    )


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


# The configuration.

GOOD_FILE: Final = """
limits.in_flight = 100

[[queues]]
name = "jobs"
dead_letter_queue = "jobs-dead"
max_receive_count = 3

[[queues]]
name = "jobs-dead"

[[auto_create]]
pattern = "celery-*"

[[faults]]
action = "PurgeQueue"
effect = "deny"
"""


@pytest.fixture
def good_file(tmp_path: Path) -> str:
    file = tmp_path / "emulator.toml"
    file.write_text(GOOD_FILE)
    return str(file)


def test_a_check_says_what_a_good_file_creates_and_starts_nothing(good_file: str) -> None:
    result = run("check", good_file)

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        f"{good_file} is good.",
        "queue           jobs       standard    000000000000 us-east-1  dead letters to jobs-dead after 3 receives",
        "queue           jobs-dead  standard    000000000000 us-east-1",
        "when asked for  celery-*   standard    any account",
        "fault           deny       PurgeQueue  any account, any queue",
    ]


def test_a_check_of_a_file_that_creates_nothing_says_only_that_it_is_good(tmp_path: Path) -> None:
    file = tmp_path / "emulator.toml"
    file.write_text("port = 1")

    assert run("check", str(file)).output == f"{file} is good.\n"


def test_a_check_counts_the_environment_as_serving_does(good_file: str) -> None:
    result = run("check", good_file, variables={"SQS_EMULATOR_LIMIT_QUEUE_NAME_LENGTH": "3"})

    assert_refused(result, f"{good_file}: queues jobs: Can only include alphanumeric characters")


def test_the_configuration_in_force_can_be_printed(good_file: str) -> None:
    variables = {"SQS_EMULATOR_CONFIG": good_file, "SQS_EMULATOR_PORT": "7"}

    table = run("config", "--no-access-log", variables=variables).output
    as_json = json.loads(run("config", "--json", variables=variables).output)

    rows = {line.split()[0]: line.split()[1:] for line in table.splitlines()}
    assert rows["port"] == ["7", "SQS_EMULATOR_PORT"]
    assert rows["access_log"] == ["false", "--no-access-log"]
    assert rows["limits.in_flight"] == ["100", good_file]
    assert rows["queues"] == ["jobs,", "jobs-dead", good_file]
    assert as_json["port"] == {"value": 7, "source": "environment", "name": "SQS_EMULATOR_PORT"}


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


def test_settings_come_from_a_file_the_environment_and_flags_and_the_later_ones_win(tmp_path: Path) -> None:
    variables = {
        "SQS_EMULATOR_BASE_URL": "http://from-the-environment:1",
        "SQS_EMULATOR_REGION": "eu-north-1",
        "SQS_EMULATOR_ACCESS_LOG": "1",
        "SQS_EMULATOR_ALLOWED_ORIGINS": "http://one.test http://two.test",
        "SQS_EMULATOR_CONFIG": str(tmp_path / "emulator.toml"),
    }
    (tmp_path / "emulator.toml").write_text(
        'base_url = "http://nowhere:1"\nregion = "eu-west-1"\n[[queues]]\nname = "q"'
    )
    with serving("--region", "ap-south-1", variables=variables) as served, Connection(served.url) as connection:
        found = connection.ask(json_call("GetQueueUrl", {"QueueName": "q"}))
        shown = connection.ask(json_call("GetQueueAttributes", {"QueueUrl": "q", "AttributeNames": ["QueueArn"]}))
        allowed = connection.ask(json_call("ListQueues", headers={"Origin": "http://two.test"}))
        _, said, complained = served.stop(signal.SIGTERM)

    assert found.json == {"QueueUrl": "http://from-the-environment:1/000000000000/q"}
    assert shown.json == {"Attributes": {"QueueArn": "arn:aws:sqs:ap-south-1:000000000000:q"}}
    assert allowed.status == 200
    assert [line.split()[2:5] for line in said.splitlines()] == [
        ["GetQueueUrl", "q", "200"],
        ["GetQueueAttributes", "q", "200"],
        ["ListQueues", "-", "200"],
    ]
    assert complained == ""
