"""The house's one-way streets: who may import whom stands in `docs/architecture.md`, and is read from there.

An arrow is an import, wherever it stands: at the head of a module, inside a function, or for type checkers alone. What
Python imports beside it, the `__init__` of each package on the way, is none: nobody asked for its names.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.docs.document import ROOT, Section, read

PACKAGE: Final = ROOT / "emulator" / "sqs_emulator"
PAGE: Final = read("architecture.md")
FILES: Final = sorted(PACKAGE.rglob("*.py"))
CORE: Final = [path for path in FILES if path.is_relative_to(PACKAGE / "core")]


class Room(NamedTuple):
    """What a room may import: of ours, prefixes of names below `sqs_emulator`; and from others."""

    ours: tuple[str, ...]
    others: tuple[str, ...]


def section(title: str) -> Section:
    (found,) = [part for part in PAGE if part.title == title]
    return found


def named(cell: str) -> tuple[str, ...]:
    """Return what a cell of a table has in backticks."""
    return tuple(re.findall(r"`([^`]+)`", cell))


ROOMS: Final = {named(name)[0]: Room(named(ours), named(others)) for name, _, ours, others in section("Rooms").table()}


def imports(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            for alias in node.names:
                inside = PACKAGE.parent.joinpath(*f"{node.module}.{alias.name}".split("."))
                is_module = inside.is_dir() or inside.with_suffix(".py").is_file()
                yield f"{node.module}.{alias.name}" if is_module else str(node.module)


def module_of(path: Path) -> str:
    """Return a module's name below `sqs_emulator`; a package's `__init__` is the package, but for the outermost."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def room_of(module: str) -> str:
    return module.partition(".")[0]


def below_ours(name: str) -> str | None:
    """Return the name below `sqs_emulator` of a module that is imported; None for one that is not ours."""
    root, _, inner = name.partition(".")
    return (inner or "__init__") if root == "sqs_emulator" else None


IMPORTS: Final = {module_of(path): list(imports(path)) for path in FILES}
# Of ours alone, by the names below `sqs_emulator`.
ARROWS: Final = {
    module: {ours for name in names if (ours := below_ours(name)) is not None} - {module}
    for module, names in IMPORTS.items()
}


def is_within(module: str, prefix: str) -> bool:
    return module == prefix or module.startswith(f"{prefix}.")


def is_allowed(name: str, own: str, room: Room) -> bool:
    ours = below_ours(name)
    if ours is not None:
        return any(is_within(ours, prefix) for prefix in (own, *room.ours))
    root = name.partition(".")[0]
    return root in sys.stdlib_module_names or root in room.others


def relative(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


# Who may import whom.


def test_every_room_has_a_row() -> None:
    assert {room_of(module) for module in IMPORTS} == ROOMS.keys()


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    module = module_of(path)
    own = room_of(module)

    strangers = [name for name in IMPORTS[module] if not is_allowed(name, own, ROOMS[own])]

    assert strangers == []


def test_a_room_may_import_only_from_rooms_above_it() -> None:
    order = list(ROOMS)

    back = [
        (name, prefix)
        for name, room in ROOMS.items()
        for prefix in room.ours
        if order.index(room_of(prefix)) >= order.index(name)
    ]

    assert back == []


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_may_import_nothing_that_it_does_not_import(name: str) -> None:
    names = {other for module, others in IMPORTS.items() if room_of(module) == name for other in others}
    imported = {below_ours(other) or other for other in names}

    permitted = (*ROOMS[name].ours, *ROOMS[name].others)

    assert [prefix for prefix in permitted if not any(is_within(other, prefix) for other in imported)] == []


# No circles.


def circle(arrows: Mapping[str, Iterable[str]]) -> list[str]:
    """Return a way along the arrows that ends where it began; an empty one if there is none."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as found:
        way: list[str] = found.args[1]
        return way
    return []


def test_no_circle_of_modules_is_left() -> None:
    assert circle(ARROWS) == []


def test_no_circle_of_rooms_is_left() -> None:
    rooms: dict[str, set[str]] = {}
    for module, others in ARROWS.items():
        rooms.setdefault(room_of(module), set()).update(map(room_of, others))

    assert circle({name: others - {name} for name, others in rooms.items()}) == []


def test_the_guard_itself_sees_a_circle() -> None:
    assert circle({"a": ["b"], "b": ["c"], "c": []}) == []
    assert set(circle({"a": ["b"], "b": ["c"], "c": ["b"]})) == {"b", "c"}


def test_the_guard_itself_sees_a_stranger() -> None:
    core = ROOMS["core"]

    assert is_allowed("sqs_emulator.core.queue", "core", core)
    assert is_allowed("json", "core", core)
    assert not is_allowed("sqs_emulator.corelike", "core", core)
    assert not is_allowed("sqs_emulator.web.aws", "core", core)
    assert not is_allowed("uvicorn", "core", core)
    assert not is_allowed("sqs_emulator", "core", core)


# What the core and the shell may do.


@pytest.mark.parametrize("path", CORE, ids=relative)
def test_the_core_knows_no_loop_no_machine_and_no_clock_but_its_own(path: Path) -> None:
    unwanted = {"asyncio", "logging", "os", "socket", "threading", "http", "datetime"}
    if path.name != "clock.py":
        unwanted.add("time")

    nodes = list(ast.walk(ast.parse(path.read_text())))

    assert unwanted.isdisjoint(name.partition(".")[0] for name in imports(path))
    assert not any(isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith) for node in nodes)


@pytest.mark.parametrize("path", [path for path in FILES if "web" not in path.parts], ids=relative)
def test_only_the_shell_awaits(path: Path) -> None:
    nodes = ast.walk(ast.parse(path.read_text()))

    assert not any(isinstance(node, ast.AsyncFunctionDef | ast.Await) for node in nodes)
    assert "asyncio" not in list(imports(path))


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_nothing_sleeps(path: Path) -> None:
    sleeps = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sleep"
    ]

    # The one exception: the end of `serve` gives what is written a moment to leave.
    assert len(sleeps) == (1 if path.name == "server.py" else 0)


# The page itself.


def test_the_drawing_shows_the_arrows_of_the_table() -> None:
    """Those alone that do not follow from others."""
    (drawing,) = [block.text for block in section("Rooms").blocks if block.language == "mermaid"]
    direct = {name: {room_of(prefix) for prefix in room.ours} for name, room in ROOMS.items()}
    reached: dict[str, set[str]] = {}
    for name, others in direct.items():  # each room comes after those that it imports from
        reached[name] = others.union(*(reached[other] for other in others))

    shown = {(one, other) for one, other in re.findall(r"^ +(\w+) --> (\w+)$", drawing, re.MULTILINE)}

    assert shown == {
        (name, other)
        for name, others in direct.items()
        for other in others
        if not any(other in reached[nearer] for nearer in others)
    }


def test_the_files_that_the_page_names_are_there() -> None:
    paths = {
        name
        for part in PAGE
        for line in part.prose
        for name in named(line)
        if re.fullmatch(r"\w[\w.-]*/[\w./-]+", name)
    }

    missing = [path for path in sorted(paths) if not ((ROOT / path).exists() or (PACKAGE / path).exists())]

    assert len(paths) > 40
    assert missing == []


def test_the_names_of_the_code_that_explain_a_word_are_there() -> None:
    words = section("Words").table()
    missing = []
    for word, told, files in words:
        source = "".join((PACKAGE / file).read_text("utf-8") for file in named(files))
        names = [name for name in named(told) if name.isidentifier()]
        missing += [(word, name) for name in names if not re.search(rf"\b{name}\b", source)]

    assert len(words) > 30
    assert missing == []
