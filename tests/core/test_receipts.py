from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqs_emulator.core import receipts
from sqs_emulator.core.receipts import ReceiptHandle

U64 = st.integers(0, 2**64 - 1)


@given(U64, U64, st.integers(0, 2**32 - 1))
def test_a_handle_reads_as_it_was_made(incarnation: int, sequence: int, receive: int) -> None:
    text = receipts.make(incarnation, sequence, receive)

    assert receipts.parse(text) == ReceiptHandle(incarnation, sequence, receive)
    assert text.startswith("AQEB")


@given(U64, U64, st.integers(0, 35), st.characters())
def test_a_handle_with_any_character_changed_is_no_handle(
    incarnation: int, sequence: int, place: int, character: str
) -> None:
    text = receipts.make(incarnation, sequence, 1)
    garbled = text[:place] + character + text[place + 1 :]

    assert (receipts.parse(garbled) is None) == (garbled != text)


@pytest.mark.parametrize("text", ["", "junk", "AQEB", "AQEB====", "é", "A" * 5_000, "\x00"])
def test_what_no_queue_can_have_made_is_no_handle(text: str) -> None:
    assert receipts.parse(text) is None
