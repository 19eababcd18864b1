"""The runner of the clients' programs, with programs of one line."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.clients.catalogue import CLIENTS, HERE, Client
from tests.clients.environments import Environment, Tool
from tests.clients.matrix import run
from tests.clients.program import Emulator

# A program that makes one call, as an SDK that speaks JSON does.
CALL: Final = """
import os, urllib.request
scope = os.environ["AWS_ACCESS_KEY_ID"] + "/20260101/us-east-1/sqs/aws4_request"
headers = {"X-Amz-Target": "AmazonSQS.ListQueues", "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}"}
request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], b"{}", headers)
urllib.request.urlopen(request).read()
"""


NOWHERE: Final = Environment("nowhere")


def client(
    name: str, source: str, *, protocol: str = "json", seconds: float = 60, environment: Environment = NOWHERE
) -> Client:
    return Client(name, "1.0", protocol, environment, (sys.executable, "-c", source), seconds)


def lines(printed: str) -> dict[str, str]:
    """Return the table's lines by client, without their seconds."""
    found = re.findall(r"(?m)^(\w+)( +1\.0  .*?) +[\d.]+ s(.*)$", printed)
    return {name: name + more + reason.partition("  environment made")[0] for name, more, reason in found}


def test_each_client_has_a_line_and_a_passed_one_gives_no_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run([client("one", CALL + "print('chatter')"), client("another", CALL)], tmp_path)

    printed = capsys.readouterr().out
    assert status == 0
    assert lines(printed) == {"one": "one      1.0  json  passed", "another": "another  1.0  json  passed"}
    assert "chatter" not in printed
    assert printed.endswith("clients: 2 passed, 0 failed, 0 skipped\n")


def test_a_failed_program_makes_the_run_fail_and_its_output_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run([client("good", CALL), client("bad", CALL + "raise SystemExit('not what was sent')")], tmp_path)

    printed = capsys.readouterr().out
    assert status == 1
    assert lines(printed)["bad"] == "bad   1.0  json  failed  exit status 1"
    assert "--- bad: exit status 1\nnot what was sent\n" in printed
    assert printed.endswith("clients: 1 passed, 1 failed, 0 skipped\n")


def test_a_client_whose_tool_is_missing_is_skipped_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tools = (Tool("Cobol", "no-such-command", (1,)),)

    status = run([client("absent", "raise SystemExit(1)", environment=Environment("none", tools=tools))], tmp_path)

    printed = capsys.readouterr().out
    assert status == 0
    assert lines(printed) == {"absent": "absent  1.0  json  skipped  Cobol is missing: no command `no-such-command`"}
    assert printed.endswith("clients: 0 passed, 0 failed, 1 skipped\n")


def test_a_client_whose_tool_is_too_old_is_skipped_with_both_versions() -> None:
    environment = Environment("old", tools=(Tool("Python", sys.executable, (99, 1)),))

    problem = environment.missing()

    assert problem == f"Python is too old: {sys.version.split()[0]}, not 99.1 or newer"


def test_a_client_that_cannot_be_installed_has_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install = ((sys.executable, "-c", "raise SystemExit('no route to the registry')"),)

    status = run([client("far", CALL, environment=Environment("far", install=install))], tmp_path)

    printed = capsys.readouterr().out
    assert status == 1
    assert "not installed" in lines(printed)["far"]
    assert "no route to the registry" in printed


def test_a_program_that_takes_too_long_is_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = run([client("slow", "import signal; print('begun', flush=True); signal.pause()", seconds=2)], tmp_path)

    printed = capsys.readouterr().out
    assert status == 1
    assert "took longer than 2 s" in lines(printed)["slow"]
    assert "begun" in printed


@pytest.mark.parametrize(
    ("source", "protocol", "complaint"),
    [(CALL, "query", "spoke json, not query"), ("", "json", "spoke nothing, not json")],
    ids=["another protocol", "no call"],
)
def test_a_client_that_does_not_speak_as_it_should_has_failed(
    source: str, protocol: str, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run([client("mute", source, protocol=protocol)], tmp_path)

    assert status == 1
    assert complaint in capsys.readouterr().out


def test_an_answer_of_500_and_a_traceback_are_the_emulators_own_failures(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        "2026-01-01 00:00:00,001 > 127.0.0.1:1 POST /\n  host: h\n\n  {}\n"
        "2026-01-01 00:00:00,002 < 127.0.0.1:1 400\n\n  500\n"
        "2026-01-01 00:00:00,003 < 127.0.0.1:1 500\n\n  {}\n"
        "2026-01-01 00:00:00,004 Exception in callback\nTraceback (most recent call last):\nKeyError\n"
    )

    faults = Emulator("http://h", log).faults()

    assert [fault[20:23] for fault in faults] == ["003", "004"]


def test_nothing_of_ours_leads_a_program_to_aws_or_to_our_own_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "https://elsewhere.test")
    monkeypatch.setenv("HTTPS_PROXY", "http://elsewhere.test")
    monkeypatch.setenv("PYTHONPATH", os.curdir)
    look = "assert not [v for k, v in os.environ.items() if 'elsewhere' in v or k in ('AWS_PROFILE', 'PYTHONPATH')]"

    status = run([client("clean", CALL + look)], tmp_path)

    assert status == 0, capsys.readouterr().out


def test_an_environment_is_made_once_and_again_when_what_it_is_made_of_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pins = tmp_path / "pins.txt"
    install = ((sys.executable, "-c", "open('../made', 'a').write(open('pins.txt').read())"),)
    kept = client("kept", CALL, environment=Environment("kept", sources=(pins,), install=install))

    for text in ("1", "1", "2"):
        pins.write_text(text)
        assert run([kept], tmp_path / "home") == 0, capsys.readouterr().out

    assert (tmp_path / "home" / "made").read_text() == "12"


@pytest.mark.parametrize("pinned", CLIENTS, ids=lambda pinned: pinned.name)
def test_every_client_is_pinned_exactly(pinned: Client) -> None:
    pins = pinned.environment.sources[0].read_text("utf-8")

    assert re.fullmatch(r"\d+\.\d+(\.\d+)?", pinned.version)
    assert all(source.is_file() for source in pinned.environment.sources)
    assert not re.search(r"[\"'][\^~>*]|[~>]=|latest|LATEST", pins)
    if pinned.environment.sources[0].suffix == ".txt":
        assert all(re.match(r"[\w.-]+==[\w.]+( +#.*)?$", line) for line in pins.splitlines())


def test_no_file_of_the_clients_tells_where_a_package_came_from() -> None:
    texts = {
        path: path.read_text("utf-8") for path in HERE.rglob("*") if path.suffix in {".json", ".txt", ".sum", ".xml"}
    }

    assert len(texts) > 10
    assert [path for path in texts if path.name == "package-lock.json"] == []
    assert [path for path, text in texts.items() if re.search(r"https://|resolved|--(extra-)?index-url", text)] == []
