"""An answer that is not there yet, and what is made of it on its way."""

from __future__ import annotations

from collections.abc import Callable

from sqs_emulator.services.pending import Pending


class Source:
    """Something that will be known."""

    def __init__(self) -> None:
        self.tell: Callable[[int], None] | None = None
        self.pending = Pending(self._begin, self._stop)

    def _begin(self, answer: Callable[[int], None]) -> None:
        self.tell = answer

    def _stop(self) -> None:
        self.tell = None


def test_nothing_waits_before_somebody_wants_to_know() -> None:
    source = Source()

    source.pending.then(str)

    assert source.tell is None


def test_an_answer_is_changed_when_it_comes_in_the_order_of_the_changes() -> None:
    source, told = Source(), list[str]()

    source.pending.then(lambda number: number + 1).then(str).subscribe(told.append)
    assert source.tell is not None
    assert told == []
    source.tell(1)

    assert told == ["2"]


def test_a_changed_answer_is_abandoned_at_its_source() -> None:
    source = Source()
    changed = source.pending.then(str).then(len)
    changed.subscribe(lambda _length: None)
    assert source.tell is not None

    changed.abandon()

    assert source.tell is None
