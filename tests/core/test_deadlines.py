from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sqs_emulator.core.deadlines import Deadlines

PAIRS = st.lists(st.tuples(st.integers(1, 20), st.integers(1, 30)), unique_by=lambda pair: pair[1])


@given(PAIRS, st.data())
def test_deadlines_come_due_in_order_whatever_order_they_were_added_in(
    pairs: list[tuple[int, int]], data: st.DataObject
) -> None:
    deadlines = Deadlines()
    for at, sequence in pairs:
        deadlines.add(at, sequence)
    for pair in data.draw(st.lists(st.sampled_from(pairs), unique=True) if pairs else st.just([])):
        deadlines.remove(*pair)
        pairs.remove(pair)
    moment = data.draw(st.integers(0, 21))

    assert deadlines.first() == min((at for at, _ in pairs), default=None)
    assert deadlines.take_due(moment) == [sequence for at, sequence in sorted(pairs) if at <= moment]
    assert len(deadlines) == sum(at > moment for at, _ in pairs)
    assert all((pair in deadlines) == (pair[0] > moment) for pair in pairs)


def test_equal_deadlines_are_told_apart_by_their_sequence() -> None:
    deadlines = Deadlines()
    for sequence in (2, 1, 3):
        deadlines.add(5, sequence)

    deadlines.remove(5, 2)

    assert deadlines.take_due(5) == [1, 3]
