"""docs/control.md is true: it has every page, and each is asked as it stands there and answers what stands there."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
import pytest

from sqs_emulator import Config, Emulator
from sqs_emulator.config.load import load
from sqs_emulator.observe import symptoms
from sqs_emulator.observe.history import WHAT
from sqs_emulator.web.control import clock, make_control
from tests.docs.curl import Answer, Shown, curl
from tests.docs.document import ROOT, Section, read
from tests.docs.suites import SERVED, environment

DOCUMENT: Final = read("control.md")
PAGE: Final = re.compile(r"(GET|POST|DELETE) (/\S+)")
PAGES: Final = [part for part in DOCUMENT if PAGE.fullmatch(part.title)]


def section(title: str) -> Section:
    (found,) = [part for part in DOCUMENT if part.title == title]
    return found


class Asked:
    """The commands of the document, all asked in their order, with what it shows and what was answered."""

    def __init__(self) -> None:
        self.shown = Shown()
        self.answers: dict[str, list[tuple[str, Answer]]] = {}

    def ask(self, part: Section, address: str) -> None:
        commands = [line for block in part.of("shell") for line in block.text.splitlines()]
        texts = [block.text for block in part.blocks if block.language in ("json", "xml")]
        self.answers[part.title] = []
        for command, shown in zip(commands, texts, strict=True):
            answer = curl(self.shown.really(command).replace(SERVED, address))
            self.answers[part.title].append((shown, answer))


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    directory = tmp_path_factory.mktemp("control")
    (start,) = [part for part in DOCUMENT if "use.py" in part.files() and part.level == 0]
    for name, text in start.files().items():
        (directory / name).write_text(text)
    config = load(str(directory / "emulator.toml"), environment={}).config
    with Emulator(msgspec.structs.replace(config, port=0)) as emulator:
        address = f"localhost:{emulator.url.rpartition(':')[2]}"
        program = start.files()["use.py"].replace(SERVED, address)
        subprocess.run([sys.executable, "-W", "error", "-c", program], env=environment(), check=True, timeout=60)
        asked = Asked()
        for part in DOCUMENT:
            if part.of("shell"):
                asked.ask(part, address)
        yield asked


@pytest.mark.parametrize("part", [part for part in DOCUMENT if part.of("shell")], ids=str)
def test_a_page_answers_what_the_document_shows(asked: Asked, part: Section) -> None:
    answers = asked.answers[part.title]

    assert answers
    for shown, answer in answers:
        asked.shown.assert_is(shown, answer.body)
        assert answer.status == (408 if "did not happen" in shown else 200)


def test_the_document_has_every_page() -> None:
    emulator = Emulator(Config())
    app = make_control(emulator.broker, emulator.feed, emulator.faults, {})
    routes = {
        f"{method} {route.path}"  # type: ignore[attr-defined]
        for route in app.routes
        for method in route.methods - {"HEAD"}  # type: ignore[attr-defined]
    }

    assert {part.title for part in PAGES} == routes
    assert all(part.of("shell") for part in PAGES)


def test_nothing_in_the_document_is_left_out() -> None:
    first = DOCUMENT[0]
    others = [block.language for part in DOCUMENT if part is not first for block in part.blocks]

    assert [block.file for block in first.blocks] == ["emulator.toml", "use.py"]
    assert set(others) == {"shell", "json", "xml"}


@pytest.mark.parametrize(
    ("page", "body"),
    [
        ("POST /_emulator/clock/advance", clock.Advance),
        ("POST /_emulator/clock/freeze", clock.Moment),
        ("POST /_emulator/clock/rate", clock.Rate),
    ],
)
def test_the_keys_of_a_body_are_told(page: str, body: type[msgspec.Struct]) -> None:
    told = " ".join(section(page).prose) + "".join(block.text for block in section(page).of("shell"))

    assert [name for name in body.__struct_fields__ if f"`{name}`" not in told and f'"{name}"' not in told] == []


def test_the_parameters_that_pages_read_are_told() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "emulator/sqs_emulator/web/control").glob("*.py"))
    read_there = set(re.findall(r"""query(?:\.get\(|\[)"(\w+)"|\.(?:number|flag)\("(\w+)\"""", source))
    names = {one or other for one, other in read_there} - {"region"}  # of a queue in two regions, which nobody has
    told = (ROOT / "docs/control.md").read_text("utf-8")

    assert len(names) >= 10
    assert [name for name in sorted(names) if not re.search(rf"[`?]{name}\b", told)] == []


def test_the_events_to_wait_for_are_those_of_histories() -> None:
    (text,) = re.findall(r"`event` is one of: ([^.]*)\.", " ".join(section("GET /_emulator/wait").prose))

    assert text.split(", ") == list(WHAT.values())


def test_the_table_of_findings_has_every_code() -> None:
    told = [row[0].strip("`") for row in section("GET /_emulator/doctor").table()]

    assert len(told) == len(set(told))
    assert set(told) == set(_codes())


def _codes() -> Iterator[str]:
    """Return the texts that are the first argument of `finding`, in any of the symptoms."""
    for path in Path(inspect.getfile(symptoms)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "finding":
                yield from (
                    inner.value
                    for inner in ast.walk(node.args[0])
                    if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
                )


def test_a_shown_answer_is_compared_with_the_real_one() -> None:
    shown = Shown()

    for text, answer in (
        ('{"a": 1}', '{"a": 2}'),
        ('{"a": 1}', '{"a": 1, "b": 2}'),
        ('{"a": 1, "b": 2, "...": "..."}', '{"a": 1}'),
        ("[1]", "[1, 2]"),
        ('[1, "..."]', "[1]"),
        ('{"a": false}', '{"a": 0}'),
        ('"ab..."', '"cab"'),
    ):
        with pytest.raises(AssertionError):
            shown.assert_is(text, answer)
    shown.assert_is('{"a": [1, "..."], "...": "..."}', '{"b": 3, "a": [1, 2]}')
