from __future__ import annotations

import time

import pytest

from sqs_emulator.core.clock import SystemClock


def test_a_step_of_the_wall_clock_moves_no_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock()
    before = clock.now()

    monkeypatch.setattr(time, "time_ns", lambda: 0)
    monkeypatch.setattr(time, "time", lambda: 0.0)

    assert before <= clock.now() < before + 60_000


def test_the_wait_for_a_moment_is_what_is_left_until_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000_000)
    monkeypatch.setattr(time, "monotonic_ns", lambda: 0)
    clock = SystemClock()

    monkeypatch.setattr(time, "monotonic_ns", lambda: 250_000_000)

    assert clock.now() == 1_000_250
    assert clock.real_seconds_until(1_001_000) == 0.75
