"""An operator that Cosmic Ray lacks: a call that stands alone is left out, as a `catch_up` that somebody forgot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cosmic_ray.operators.operator import Example, Operator
from parso.python.tree import Keyword


class RemoveCall(Operator):  # type: ignore[misc]  # Cosmic Ray says nothing of its types
    def mutation_positions(self, node: Any) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        if node.type == "atom_expr" and node.parent.type == "simple_stmt" and _is_call(node.children):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, _index: int) -> Any:
        return Keyword("pass", node.start_pos, prefix=node.get_first_leaf().prefix)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        return (Example("catch_up(now)\n", "pass\n"),)


def _is_call(children: Sequence[Any]) -> bool:
    last = children[-1]
    return bool(last.type == "trailer" and last.children[0].value == "(")
