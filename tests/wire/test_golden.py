"""Exact bytes, both protocols, over every way in: in process and over a socket behind either coat."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sqs_emulator.contract.sqs import ACTIONS
from tests.conftest import COATS
from tests.raw_http import Connection
from tests.sqs_by_hand import Sqs
from tests.wire.golden import (
    Ask,
    Golden,
    GoldenError,
    Scene,
    json_answer,
    json_error,
    query_answer,
    query_error,
)
from tests.wire.golden_actions import GOLDEN
from tests.wire.golden_errors import ERRORS


@pytest.fixture(params=["in process", *COATS])
def ask(request: pytest.FixtureRequest) -> Iterator[Ask]:
    """Each way in, in turn."""
    if request.param == "in process":
        yield Sqs().ask
        return
    emulators = request.getfixturevalue("emulators")
    with Connection(emulators[request.param].url) as connection:
        yield connection.ask


@pytest.mark.parametrize("case", GOLDEN.values(), ids=GOLDEN)
def test_an_action_in_json(case: Golden, ask: Ask, region: str) -> None:
    scene = Scene(ask, region, case.given)

    assert scene.ask_json(case.action, case.json) == json_answer(case.json_answer)


@pytest.mark.parametrize("case", GOLDEN.values(), ids=GOLDEN)
def test_an_action_in_query(case: Golden, ask: Ask, region: str) -> None:
    scene = Scene(ask, region, case.given)

    assert scene.ask_query(case.action, case.query) == query_answer(case.action, case.query_answer)


@pytest.mark.parametrize("case", ERRORS.values(), ids=ERRORS)
def test_a_refusal_in_json(case: GoldenError, ask: Ask, region: str) -> None:
    scene = Scene(ask, region, case.given)

    assert scene.ask_json(case.action, case.json) == json_error(case)


@pytest.mark.parametrize("case", ERRORS.values(), ids=ERRORS)
def test_a_refusal_in_query(case: GoldenError, ask: Ask, region: str) -> None:
    scene = Scene(ask, region, case.given)

    assert scene.ask_query(case.action, case.query) == query_error(case)


def test_every_action_has_golden_bytes() -> None:
    assert {case.action for case in GOLDEN.values()} == ACTIONS.keys()
