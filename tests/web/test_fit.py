"""The fast coat leans on uvicorn's insides: what it needs is listed, and where something is missing it says so."""

from __future__ import annotations

import ast
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sqs_emulator import Config, Emulator
from sqs_emulator.web import fit, protocol
from tests.raw_http import Calls, Connection, received
from tests.served_process import environment

IMPL: Final = "uvicorn.protocols.http.httptools_impl"
CLASS: Final = f"{IMPL}:HttpToolsProtocol"
MODULE: Final = ast.parse(Path(protocol.__file__).read_text())
COAT: Final = next(node for node in MODULE.body if isinstance(node, ast.ClassDef) and node.name == "AwsProtocol")
METHODS: Final = {node.name for node in COAT.body if isinstance(node, ast.FunctionDef)}
GIVEN: Final = {"api", "turn"}  # by the subclass of each server


def attributes(of: str, within: ast.AST = COAT) -> Iterator[ast.Attribute]:
    """Yield each use of an attribute of an expression, as it is written."""
    for node in ast.walk(within):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == of:
            yield node


def names(of: str) -> set[str]:
    return {node.attr for node in attributes(of)}


def own() -> set[str]:
    """Return what the class has for itself: methods and variables that uvicorn's class knows nothing of."""
    stored = {node.attr for node in attributes("self") if isinstance(node.ctx, ast.Store) and node.attr[0] == "_"}
    return {*METHODS - set(vars(HttpToolsProtocol)), *stored, *GIVEN, "__dict__"}


# What is derived from the source, by the owner of the names.
USED: Final = {
    IMPL: {
        alias.name
        for node in MODULE.body
        if isinstance(node, ast.ImportFrom) and node.module == IMPL
        for alias in node.names
    },
    CLASS: (
        (names("self") - own())
        | names("super()")
        | names("HttpToolsProtocol")
        | (METHODS & set(vars(HttpToolsProtocol)))
    )
    - {"__init__"},
    # Two local variables stand for one of uvicorn's cycles, and a class of ours stands in for it.
    f"{IMPL}:RequestResponseCycle": names("asked")
    | names("one")
    | {*vars(protocol._Earlier)} - {*vars(type("", (), {}))},
    "uvicorn.protocols.http.flow_control:FlowControl": names("self.flow"),
    "uvicorn.server:ServerState": names("self.server_state"),
}


@pytest.mark.parametrize("owner", USED)
def test_what_is_needed_of_uvicorn_is_what_the_source_uses(owner: str) -> None:
    assert sorted(fit.NEEDED[owner]) == sorted(USED[owner])
    assert fit.NEEDED.keys() == USED.keys()


def test_nothing_of_ours_has_a_name_that_uvicorn_gives_to_something_else() -> None:
    theirs = set(vars(HttpToolsProtocol)) | fit._variables(HttpToolsProtocol)

    assert own() & theirs <= {"__dict__"}


def test_the_installed_uvicorn_fits() -> None:
    assert fit.missing() == []


@pytest.mark.parametrize("owner", [*fit.NEEDED, "uvicorn.no_module:Nothing", f"{IMPL}:Nothing"])
def test_a_name_that_is_missing_is_told_with_its_owner(monkeypatch: pytest.MonkeyPatch, owner: str) -> None:
    monkeypatch.setitem(fit.NEEDED, owner, ("not_there",))

    assert fit.missing() == [f"{owner.replace(':', '.')}.not_there"]


def test_an_emulator_on_a_uvicorn_that_does_not_fit_says_so_once_and_answers_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(HttpToolsProtocol, "_unsupported_upgrade_warning")
    calls = Calls("us-east-1")

    with Emulator(Config(port=0)) as emulator, Connection(emulator.url) as connection:
        connection.ask(calls("CreateQueue", QueueName="q"))
        connection.ask(calls.send())
        found = connection.ask(calls.receive())

    assert received(found) == [("hello", 1)]
    (warning,) = caplog.records
    assert warning.levelno == logging.WARNING
    assert "lacks uvicorn.protocols.http.httptools_impl.HttpToolsProtocol._unsupported_upg" in warning.getMessage()


# `serve`, on a uvicorn in which something has another name.
SERVE: Final = """
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
del HttpToolsProtocol._unsupported_upgrade_warning
from sqs_emulator.cli import main
main(["serve", "--port", "0"])
"""


def test_serve_says_what_is_missing_and_what_that_costs() -> None:
    process = subprocess.Popen([sys.executable, "-c", SERVE], env=environment(), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("Celery:"):
                break
        url = re.findall(r"http://[0-9.:]+", said)[0]
        with Connection(url) as connection:
            status = connection.ask(Calls("us-east-1")("CreateQueue", QueueName="q")).status
    finally:
        process.kill()
        process.communicate()

    missing = "uvicorn.protocols.http.httptools_impl.HttpToolsProtocol._unsupported_upgrade_warning"
    assert f"uvicorn {uvicorn.__version__} lacks {missing}, " in said
    assert "answered the same" in said
    assert "three times the CPU time" in said
    assert status == 200
