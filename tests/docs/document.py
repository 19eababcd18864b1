"""A document as its tests see it: sections with blocks of code, and tables.

A block whose first line is a comment with a file's name is that file. A section's files are its own and those of the
headings above it, so that what is said once holds for all that stands beneath.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
_HEADING: Final = re.compile(r"(#+) (.*)")
_FENCE: Final = re.compile(r"```(\w*)")
_TEST: Final = "test_"  # how the name of a file of tests begins
_FILE: Final = re.compile(r"# ([\w.-]+\.\w+)\n")


class Block(NamedTuple):
    language: str
    text: str
    line: int  # where it begins in the document

    @property
    def file(self) -> str | None:
        """The name of the file that it is."""
        named = _FILE.match(self.text)
        return named and named[1]


class Section:
    def __init__(self, document: str, title: str, above: Section | None) -> None:
        self.document = document
        self.title = title
        self.above = above
        self.prose: list[str] = []
        self.blocks: list[Block] = []

    @property
    def level(self) -> int:
        return 0 if self.above is None else self.above.level + 1

    def of(self, language: str) -> list[Block]:
        return [block for block in self.blocks if block.language == language]

    def files(self) -> dict[str, str]:
        """Return its own files, and those above it that are no tests, by their names."""
        above = {} if self.above is None else self.above.files()
        inherited = {name: text for name, text in above.items() if not name.startswith(_TEST)}
        return inherited | {block.file: block.text for block in self.blocks if block.file is not None}

    def own_tests(self) -> list[str]:
        return [block.file for block in self.blocks if block.file is not None and block.file.startswith(_TEST)]

    def table(self) -> list[list[str]]:
        """Return the rows of its tables, without their heads."""
        lines = [line for line in self.prose if line.startswith("|")]
        rules = {place for place, line in enumerate(lines) if line.startswith("| ---")}
        body = [line for place, line in enumerate(lines) if not {place, place + 1} & rules]
        return [line[2:-2].split(" | ") for line in body]

    def __str__(self) -> str:
        return self.title


def read(name: str) -> list[Section]:
    """Return the sections of a document of `docs`, in their order; raises ValueError where a block does not end."""
    lines = (ROOT / "docs" / name).read_text("utf-8").splitlines()
    sections: list[Section] = []
    open_block: tuple[str, int] | None = None
    for number, line in enumerate(lines, 1):
        if open_block is not None:
            if line == "```":
                language, start = open_block
                text = "".join(f"{inner}\n" for inner in lines[start : number - 1])
                sections[-1].blocks.append(Block(language, text, start))
                open_block = None
        elif fence := _FENCE.fullmatch(line):
            open_block = fence[1], number
        elif heading := _HEADING.fullmatch(line):
            sections.append(Section(name, heading[2], _above(sections, len(heading[1]))))
        else:
            sections[-1].prose.append(line)
    if open_block is not None:
        raise ValueError(f"{name}: the block of line {open_block[1]} does not end")
    return sections


def _above(sections: list[Section], level: int) -> Section | None:
    return next((section for section in reversed(sections) if section.level < level - 1), None)
