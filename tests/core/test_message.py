from __future__ import annotations

import pytest

from sqs_emulator.core.message import MOVES, IllegalMove, Message, Move, State

GRID = [(state, move) for state in State for move in Move]


def message(state: State) -> Message:
    return Message(1, "some-id", "body", "md5", 0, 0, state, 0, "sender")


@pytest.mark.parametrize(("state", "move"), GRID, ids=[f"{state.name}-{move.name}" for state, move in GRID])
def test_a_move_leads_where_the_table_says_or_is_refused_with_all_three(state: State, move: Move) -> None:
    subject = message(state)

    if (state, move) in MOVES:
        subject.apply(move)
        assert subject.state is MOVES[state, move]
    else:
        with pytest.raises(IllegalMove, match=f"some-id is {state.name}: {move.name}"):
            subject.apply(move)
        assert subject.state is state


def test_nothing_comes_back_from_where_it_has_gone() -> None:
    assert not [state for state, _ in MOVES if state is State.GONE]
