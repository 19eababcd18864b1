"""The house's one-way streets: who may import what, read from the source."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent
PACKAGE: Final = ROOT / "emulator" / "sqs_emulator"
EVERYTHING: Final = (
    "core",
    "contract",
    "wire",
    "services",
    "observe",
    "faults",
    "web",
    "emulator",
    "config",
    "provisioning",
    "cli",
    "__init__",
)

# What modules may import of ours (a prefix of the name below `sqs_emulator`), and from third parties.
MAY_IMPORT: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "core": (("core",), ("msgspec", "sortedcontainers")),
    "contract": (("contract", "core.errors", "core.attributes", "core.limits", "core.message"), ("msgspec",)),
    # `wire` tells an account's form from an invented key's, raises the core's errors, knows which text is legal.
    "wire": (("wire", "contract", "core.digests", "core.errors", "core.identifiers"), ("msgspec", "xmltodict")),
    "services": (("services", "core", "contract"), ("msgspec",)),
    # `observe` shows messages in the form of a ReceiveMessage's result too, as LocalStack does.
    "observe": (("observe", "core", "contract.sqs.messages"), ("msgspec",)),
    "faults": (("faults", "core", "contract", "services.call", "observe.envelope"), ("msgspec",)),
    "web": (EVERYTHING, ("msgspec", "starlette", "uvicorn", "httptools")),
    "config": (
        ("config", "core.arn", "core.attributes", "core.clock", "core.errors", "core.identifiers", "core.limits"),
        ("msgspec",),
    ),
    "provisioning.py": (("config", "contract", "core", "services", "faults"), ()),
    "emulator.py": ((*EVERYTHING, "testing"), ()),
    "testing.py": ((), ()),  # it may talk to a server elsewhere
    "pytest_plugin.py": (("testing", "emulator", "__init__"), ("pytest",)),
    "commands": (("commands", "testing", "core.identifiers"), ("click",)),  # they talk to a server elsewhere
    "cli.py": (("__init__", "config", "emulator", "provisioning", "commands"), ("click",)),
    "__main__.py": (("cli",), ()),
    "__init__.py": (("config", "emulator"), ()),
}
FILES: Final = sorted(PACKAGE.rglob("*.py"))
CORE: Final = [path for path in FILES if path.is_relative_to(PACKAGE / "core")]


def imports(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            for alias in node.names:
                inside = PACKAGE.parent.joinpath(*f"{node.module}.{alias.name}".split("."))
                is_module = inside.is_dir() or inside.with_suffix(".py").is_file()
                yield f"{node.module}.{alias.name}" if is_module else str(node.module)


def is_allowed(name: str, ours: tuple[str, ...], third_parties: tuple[str, ...]) -> bool:
    root, _, inner = name.partition(".")
    if root == "sqs_emulator":
        return any((inner or "__init__") == each or inner.startswith(f"{each}.") for each in ours)
    return root in sys.stdlib_module_names or root in third_parties


def relative(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    ours, third_parties = MAY_IMPORT[path.relative_to(PACKAGE).parts[0]]

    strangers = [name for name in imports(path) if not is_allowed(name, ours, third_parties)]

    assert strangers == []


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


def test_the_guard_itself_sees_a_stranger() -> None:
    core = MAY_IMPORT["core"]

    assert is_allowed("sqs_emulator.core.queue", *core)
    assert is_allowed("json", *core)
    assert not is_allowed("sqs_emulator.corelike", *core)
    assert not is_allowed("sqs_emulator.web.aws", *core)
    assert not is_allowed("uvicorn", *core)
    assert not is_allowed("sqs_emulator", *core)
