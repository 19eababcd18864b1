"""`curl` as far as the documents use it, and answers compared with what they show.

In an answer that is shown, an id stands for whatever id is there, the same one each time; `"..."` stands for the rest:
of a text, of a list, or, as a key, of an object. All else is as it is shown.
"""

from __future__ import annotations

import http.client
import json
import re
import shlex
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PORT: Final = re.compile(r"(?<=127\.0\.0\.1:)\d+")
_REST: Final = "..."


class Answer(NamedTuple):
    status: int
    body: str


def curl(command: str) -> Answer:
    """Do what a curl command does; raises ValueError for what is not known here of curl."""
    words = shlex.split(command)
    method, body, url = "GET", None, None
    headers = {"User-Agent": "curl/8.0", "Accept": "*/*"}
    if words.pop(0) != "curl":
        raise ValueError(command)
    while words:
        word = words.pop(0)
        if word in ("-X", "--request"):
            method = words.pop(0)
        elif word == "--json":
            method, body = "POST", words.pop(0)
            headers |= {"Content-Type": "application/json", "Accept": "application/json"}
        elif word in ("-H", "--header"):
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word.startswith("-") or url is not None:
            raise ValueError(f"{word} in {command}")
        else:
            url = word
    if url is None:
        raise ValueError(command)
    return _ask(method, url, body, headers)


def _ask(method: str, url: str, body: str | None, headers: dict[str, str]) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request(method, url.removeprefix(f"{parts.scheme}://{parts.netloc}"), body, headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read().decode())
    finally:
        connection.close()


class Shown:
    """The answers of one document: what its ids stand for."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def really(self, text: str) -> str:
        """Return a text of the document with the ids that the emulator gave."""
        return _ID.sub(lambda found: self._ids.get(found[0], found[0]), text)

    def assert_is(self, shown: str, answer: str) -> None:
        if shown.startswith("<"):
            self._compare(shown.strip(), answer.strip(), "answer")
        else:
            self._compare(json.loads(shown), json.loads(answer), "answer")

    def _compare(self, shown: Any, real: Any, where: str) -> None:
        if isinstance(shown, dict) and isinstance(real, dict):
            keys = [key for key in shown if key != _REST]
            assert keys == list(real) or (_REST in shown and set(keys) <= set(real)), f"{where} has {list(real)}"
            for key in keys:
                self._compare(shown[key], real[key], f"{where}.{key}")
        elif isinstance(shown, list) and isinstance(real, list):
            first = shown[:-1] if shown[-1:] == [_REST] else shown
            is_whole = len(first) == len(real) if first is shown else len(first) < len(real)
            assert is_whole, f"{where} has {len(real)} items"
            for place, item in enumerate(first):
                self._compare(item, real[place], f"{where}[{place}]")
        elif isinstance(shown, str) and isinstance(real, str):
            self._compare_texts(shown, real, where)
        else:
            assert (type(shown), shown) == (type(real), real), where

    def _compare_texts(self, shown: str, real: str, where: str) -> None:
        first = shown.removesuffix(_REST)
        for mine, theirs in zip(_ID.findall(first), _ID.findall(real), strict=False):
            self._ids.setdefault(mine, theirs)
        expected, found = (_PORT.sub("PORT", text) for text in (self.really(first), real))
        assert found == expected if first == shown else found.startswith(expected), f"{where} is {real}"
