"""An answer that is not there yet: of a receive that waits, of a call that is held up, of a request to the shell.

There is one class of them, whatever they wait for: who makes one says how to begin waiting and how to stop, and who
passes one on changes what it will bring by `then`. It is no ABC: every outcome is asked whether it is one of these,
which an ABC answers several times slower.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeAlias, TypeVar

from sqs_emulator.contract.action import Result

_Answer = TypeVar("_Answer")
_Changed = TypeVar("_Changed")


class Pending(Generic[_Answer]):
    __slots__ = ("_begin", "_stop")

    def __init__(self, begin: Callable[[Callable[[_Answer], None]], None], stop: Callable[[], None]) -> None:
        self._begin = begin
        self._stop = stop

    def subscribe(self, answer: Callable[[_Answer], None]) -> None:
        """Wait from now on; `answer` is called once, at once perhaps."""
        self._begin(answer)

    def abandon(self) -> None:
        """Stop waiting: the client has left. `answer` is not called any more."""
        self._stop()

    def then(self, change: Callable[[_Answer], _Changed]) -> Pending[_Changed]:
        """Return what is answered when this is, with what `change` makes of it."""
        return Pending(lambda answer: self._begin(lambda given: answer(change(given))), self._stop)


# What a pending call brings: its result, or the exception that came in its place, as only faults make one come.
Answer: TypeAlias = Result | Exception | None
# What comes of a call at once; an exception is raised then.
Outcome: TypeAlias = Result | Pending[Answer] | None
