"""The mutants of a module: Cosmic Ray's operators and one of ours, without those that could say nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import MutationVisitor
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names

from tests.mutants.calls import RemoveCall
from tests.mutants.places import silent

# What is one object is equal too, and the other way round: of enums, None and numbers that is always so here.
_SAME: Final = re.compile(r"_(Eq_Is|Is_Eq|NotEq_IsNot|IsNot_NotEq)$")
_UNSOUND: Final = "core/ExceptionReplacer"  # 8.7 fails at an exception with a dot in its name
# One operator is replaced by each of a dozen others: two of them say what all would.
_OPERATORS: Final = re.compile(r"core/Replace(Binary|Comparison)Operator_")
_MOST_FOR_A_PLACE: Final = 2


class Mutant(NamedTuple):
    line: int
    operator: str
    occurrence: int

    def code(self, source: str) -> str | None:
        """Return the module with this mutation; None where the operator makes no Python of it, as of `*args`."""
        mutated: str | None = MutationVisitor.mutate_code(source, _operator(self.operator), self.occurrence)
        try:
            compile(mutated or "?", "mutant", "exec")
        except SyntaxError:
            return None
        return mutated


def _operator(name: str) -> Operator:
    return RemoveCall() if name == RemoveCall.__name__ else get_operator(name)()


def mutants_of(source: str) -> list[Mutant]:
    """Return the mutants of a module, in the order of its lines."""
    spans = silent(source)
    nodes = list(ast_nodes(get_ast(source)))
    found = []
    replaced: Counter[tuple[int, int]] = Counter()
    for name in [*sorted(operator_names()), RemoveCall.__name__]:
        if name == _UNSOUND or _SAME.search(name) or (name != RemoveCall.__name__ and get_operator(name).arguments()):
            continue
        for occurrence, start in enumerate(_starts(_operator(name), nodes)):
            if any(span.holds(start) for span in spans):
                continue
            if _OPERATORS.match(name):
                replaced[start] += 1
                if replaced[start] > _MOST_FOR_A_PLACE:
                    continue
            found.append(Mutant(start[0], name, occurrence))
    return sorted(found)


def _starts(operator: Operator, nodes: list[object]) -> Iterator[tuple[int, int]]:
    for node in nodes:
        for start, _ in operator.mutation_positions(node):
            yield start
