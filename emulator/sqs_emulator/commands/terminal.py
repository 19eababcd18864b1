"""What is written to the terminal: how wide it is, and nothing in it that a terminal would obey."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
import unicodedata
from typing import Any

import click


def width() -> int | None:
    """Return how many columns there are; None: it goes to a file or a pipe, and nothing has to be cut."""
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdigit() and int(given) > 0:
        return int(given)
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def say(text: str) -> None:
    """Print text. What somebody put into a message is shown, not obeyed: control characters are escaped."""
    shown = _escaped(text, but="\n\t")
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    click.echo(shown.encode(encoding, "backslashreplace").decode(encoding))


def tell(prose: str) -> None:
    """Print a sentence or more."""
    say(wrapped(prose, most=width()))


def say_json(page: Any) -> None:
    """Print what a page said, in ASCII, which every terminal and program reads alike."""
    click.echo(json.dumps(page, indent=2))


def plain(text: str) -> str:
    """Return text as one line."""
    return _escaped(text, but="")


def _escaped(text: str, *, but: str) -> str:
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign in but else _escape(sign) for sign in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()


def columns(text: str) -> int:
    """Return how many columns of a terminal it takes."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, most: int, end: str = "...") -> str:
    """Return text that takes so many columns at most; what was cut has `end` in its place."""
    if columns(text) <= most:
        return text
    room = most - len(end)
    for place, character in enumerate(text):
        room -= _columns(character)
        if room < 0:
            return text[:place] + end
    return text


_LEAST_PROSE = 24  # columns: in less, it is easier to read unbroken


def wrapped(text: str, *, first: str = "", indent: str = "", most: int | None) -> str:
    """Return prose in lines of `most` columns (None: in one), behind `first`, the further ones behind `indent`."""
    if most is None or most - len(indent) < _LEAST_PROSE:
        return first + plain(text)
    return textwrap.fill(
        plain(text),
        most,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
