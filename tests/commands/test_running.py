"""How a command finds its emulator, and what it says where there is none; and what it does to its terminal."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Final

import pytest

from sqs_emulator.commands import COMMANDS
from sqs_emulator.testing import AccountClient
from tests.commands.shell import Shell, typed
from tests.served_process import DEADLINE_SECONDS, command, environment

NOBODY: Final = "Start one with `sqs-emulator serve`, or say with --url or SQS_EMULATOR_URL where it is."
# Every command, as it can be typed.
ALL: Final = {
    "queues": ("queues",),
    "peek": ("peek", "jobs"),
    "history": ("history",),
    "history of one": ("history", "0"),
    "wait": ("wait", "--event", "sent"),
    "doctor": ("doctor",),
    "clock": ("clock",),
    "clock freeze": ("clock", "freeze"),
    "clock resume": ("clock", "resume"),
    "clock rate": ("clock", "rate", "2"),
    "advance": ("advance", "1"),
    "faults": ("faults",),
    "faults list": ("faults", "list"),
    "faults add": ("faults", "add", "drop"),
    "faults remove": ("faults", "remove", "1"),
    "faults clear": ("faults", "clear"),
    "faults scenario": ("faults", "scenario"),
    "purge": ("purge", "jobs"),
    "reset": ("reset",),
}


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_every_command_is_tried_here() -> None:
    assert {words[0] for words in ALL.values()} == COMMANDS.keys()


@pytest.mark.parametrize("words", ALL.values(), ids=ALL)
def test_where_nobody_answers_that_is_one_clear_line(words: tuple[str, ...], closed_port: int) -> None:
    said = typed(*words, "--url", f"http://127.0.0.1:{closed_port}", status=1)

    assert said == f"Error: no emulator answers at http://127.0.0.1:{closed_port}: Connection refused. {NOBODY}\n"


_OF_NO_ACCOUNT: Final = ("faults remove", "faults scenario")
_OF_AN_ACCOUNT: Final = {name: words for name, words in ALL.items() if name not in _OF_NO_ACCOUNT}


@pytest.mark.parametrize("words", _OF_AN_ACCOUNT.values(), ids=_OF_AN_ACCOUNT)
def test_an_account_that_cannot_be_is_one_clear_line(account: AccountClient, words: tuple[str, ...]) -> None:
    said = typed(*words, "--url", account.url, "--account", "12", status=1)

    assert said == "Error: account is '12'; allowed is a number of 12 digits.\n"


@pytest.mark.parametrize(
    "url", ["ftp://localhost", "http://", "http://localhost:99999", "http://localhost:many", "localhost:0", "http://["]
)
def test_a_url_that_cannot_be_is_one_clear_line(url: str) -> None:
    said = typed("queues", "--url", url, status=1)

    assert said == f"Error: url is {url!r}; allowed is a URL such as http://localhost:9324.\n"


@contextlib.contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """Something that answers every connection so, whatever is asked."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    with server.accept()[0] as connection:
                        connection.recv(65_536)
                        connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n\xff\xfe\xff\xfe\xff\xfe",
    ],
    ids=["a web server", "no web server", "bytes"],
)
def test_who_answers_but_is_no_emulator_is_told_from_one(answer: bytes) -> None:
    with answering(answer) as url:
        said = typed("queues", "--url", url, status=1)

    assert said == f"Error: what answers at {url} is not an sqs-emulator.\n"


# Which emulator, and which account.


def test_the_emulator_and_the_account_come_from_options_or_the_environment(account: AccountClient) -> None:
    account.create_queue("jobs")
    by_options = typed("queues", "--url", account.url, "--account", account.number)
    variables = {"SQS_EMULATOR_URL": account.url, "AWS_ACCESS_KEY_ID": account.number}

    assert "jobs" in by_options
    assert typed("queues", variables=variables) == by_options
    assert typed("queues", "--url", account.url, variables={**variables, "SQS_EMULATOR_URL": "x:1"}) == by_options


@pytest.mark.parametrize("key", ["", "test", "AKIAIOSFODNN7EXAMPLE", "1234567890123", "12345678901²"])
def test_an_access_key_that_is_no_account_means_the_default_one(account: AccountClient, key: str) -> None:
    variables = {"SQS_EMULATOR_URL": account.url, "AWS_ACCESS_KEY_ID": key}

    assert '"account": "000000000000"' in typed("clock", "--json", variables=variables)


@pytest.mark.parametrize("form", ["{0}", "{0}/", "{1}", "{0}/000000000000/jobs"])
def test_a_url_may_be_no_more_than_a_host_and_a_port(account: AccountClient, form: str) -> None:
    url = form.format(account.url, account.url.removeprefix("http://"))

    assert typed("clock", "--url", url, "--account", account.number).startswith("It is 2040-01-01")


@pytest.mark.parametrize("place", [0, 1], ids=["before", "behind"])
def test_options_may_stand_before_a_command_of_a_group_or_behind_it(account: AccountClient, place: int) -> None:
    options = ("--url", account.url, "--account", account.number, "--json")
    words = ["clock", *options, "freeze"] if place == 0 else ["clock", "freeze", *options]

    said = typed(*words)

    assert f'"account": "{account.number}"' in said


def test_the_later_of_two_options_counts(account: AccountClient, closed_port: int) -> None:
    elsewhere = f"http://127.0.0.1:{closed_port}"
    chosen = ("--url", account.url, "--account", account.number)

    assert "frozen" in typed("clock", "--url", elsewhere, "freeze", *chosen)


# The process.


def test_what_is_wrong_goes_to_stderr_and_answers_to_stdout(account: AccountClient) -> None:
    own = environment(SQS_EMULATOR_URL=account.url, AWS_ACCESS_KEY_ID=account.number)

    def run(*words: str) -> tuple[int, str, str]:
        ended = subprocess.run(
            command(*words), env=own, capture_output=True, text=True, timeout=DEADLINE_SECONDS, check=False
        )
        return ended.returncode, ended.stdout, ended.stderr

    assert run("peek", "jobs") == (1, "", f"Error: There is no queue jobs in account {account.number}.\n")
    assert run("faults") == (0, f"There are no faults in account {account.number}.\n", "")


def test_an_ascii_stdout_is_written_to_in_ascii(account: AccountClient) -> None:
    account.create_queue("jobs").send("café")
    own = environment(SQS_EMULATOR_URL=account.url, AWS_ACCESS_KEY_ID=account.number, PYTHONIOENCODING="ascii")

    for words in (("peek", "jobs"), ("peek", "jobs", "--body"), ("peek", "jobs", "--json")):
        ended = subprocess.run(command(*words), env=own, capture_output=True, timeout=DEADLINE_SECONDS, check=False)

        assert (ended.returncode, ended.stderr) == (0, b"")
        assert b"caf\\xe9" in ended.stdout or b"caf\\u00e9" in ended.stdout


def test_a_table_fits_the_terminal_that_it_is_written_to(account: AccountClient) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals to open")
    import fcntl
    import termios

    account.create_queue("jobs").send("a long body " * 20)
    own = environment(SQS_EMULATOR_URL=account.url, AWS_ACCESS_KEY_ID=account.number)
    own.pop("COLUMNS", None)
    shown = {}
    for columns in (80, 140):
        ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        with open(ours, "rb") as screen:
            process = subprocess.Popen(command("peek", "jobs"), env=own, stdin=theirs, stdout=theirs, stderr=theirs)
            os.close(theirs)
            shown[columns] = _read(screen.fileno()).decode().splitlines()
            assert process.wait(DEADLINE_SECONDS) == 0

    assert {columns: len(lines[1]) for columns, lines in shown.items()} == {80: 80, 140: 140}
    assert all(lines[1].endswith("...") for lines in shown.values())
    assert "\x1b" not in "".join(shown[80])


def _read(descriptor: int) -> bytes:
    """Read until whoever writes has gone: Linux then reports an error, other systems an end."""
    read = b""
    with contextlib.suppress(OSError):
        while part := os.read(descriptor, 65_536):
            read += part
    return read


# What is imported.

LOADED: Final = """
import sys
from sqs_emulator.cli import main
main({words!r}, standalone_mode=False)
print([name for name in ("sqs_emulator.commands", "sqs_emulator.testing", "http.client", "ssl") if name in sys.modules])
"""


@pytest.mark.parametrize(
    ("words", "loaded"),
    [
        (["config"], []),
        (["--help"], ["sqs_emulator.commands"]),
        (["queues", "--help"], ["sqs_emulator.commands"]),
    ],
    ids=lambda given: " ".join(given) if given else "nothing",
)
def test_only_who_asks_an_emulator_pays_for_it(words: list[str], loaded: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOADED.format(words=words)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )

    assert ended.stdout.splitlines()[-1] == str(loaded), ended.stderr


@pytest.mark.parametrize("words", ALL.values(), ids=ALL)
def test_every_command_says_what_it_does(words: tuple[str, ...]) -> None:
    names = [word for word in words if word.isalpha() and word not in ("jobs", "drop")]
    said = typed(*names, "--help")

    assert said.startswith("Usage: main")
    assert all(option in said for option in ("--url URL", "--account NUMBER", "--json"))


def test_help_lists_every_command(shell: Shell) -> None:
    said = shell("--help")

    assert all(f"\n  {name} " in said for name in (*COMMANDS, "serve", "config", "check"))


def test_a_command_that_is_none_is_refused() -> None:
    assert "No such command 'queue'." in typed("queue", status=2)


def test_the_variable_is_no_misspelt_setting_of_the_server(account: AccountClient) -> None:
    assert "port" in typed("config", variables={"SQS_EMULATOR_URL": account.url})
