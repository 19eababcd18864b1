"""XML as SQS writes it, and as any parser reads it back."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqs_emulator.wire import xml

TEXTS: Final = {
    "plain": ("hello", "hello"),
    "markup": ("<a>&amp;</a>", "&lt;a&gt;&amp;amp;&lt;/a&gt;"),
    "quotes": ("\"'", "&quot;'"),
    "a carriage return": ("a\r\nb", "a&#xD;\nb"),
    "a tab": ("a\tb", "a\tb"),
    "the end of a section": ("]]>", "]]&gt;"),
    "a character that XML cannot hold": ("a\x00b\x1f\ufffe", "a\ufffdb\ufffd\ufffd"),
    "the marks that are used inside": ("\x01\x02", "\ufffd\ufffd"),
    "letters": ("é😀", "é😀"),
    "spaces": ("  a  ", "  a  "),
}


@pytest.mark.parametrize(("value", "written"), TEXTS.values(), ids=TEXTS)
def test_a_text_is_escaped_as_sqs_does(value: str, written: str) -> None:
    document = xml.render({"A": {"B": xml.text(value)}})

    assert document == f'<?xml version="1.0"?><A><B>{written}</B></A>'.encode()


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_can_be_read_back(value: str) -> None:
    document = xml.render({"A": {"B": xml.text(value), "C": [xml.text(value), xml.text(value)]}})

    root = ElementTree.fromstring(document)

    legal = "".join(
        character if character in "\t\n\r" or (character >= " " and character not in "\ufffe\uffff") else "\ufffd"
        for character in value
    )
    assert [element.text or "" for element in root] == [legal] * 3
