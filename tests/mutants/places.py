"""Where in a module a mutant would say nothing: in what never runs, and in what is there for tests alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple, TypeGuard


class Span(NamedTuple):
    """From a line and column to another one: lines from 1, columns from 0, the end not in it."""

    start: tuple[int, int]
    end: tuple[int, int]

    def holds(self, place: tuple[int, int]) -> bool:
        return self.start <= place < self.end


def silent(source: str) -> list[Span]:
    """Return the annotations of a module, which are never evaluated, and its `check` methods and assertions."""
    return [_span(node) for node in _silent_nodes(ast.parse(source))]


def _silent_nodes(tree: ast.Module) -> Iterator[ast.expr | ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            yield from (one.annotation for one in named if one is not None and one.annotation is not None)
            if node.returns is not None:
                yield node.returns
            if node.name == "check":
                yield node
        elif isinstance(node, ast.AnnAssign):
            yield node.annotation
        elif isinstance(node, ast.Assert) or _is_alias(node):
            yield node


def _is_alias(node: ast.AST) -> TypeGuard[ast.Assign]:
    """Whether a statement names a type, as ours are spelt: `FindQueue = Callable[...]`."""
    if not isinstance(node, ast.Assign):
        return False
    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
    return any(name[:1].isupper() and not name.isupper() for name in names)


def _span(node: ast.expr | ast.stmt) -> Span:
    return Span((node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0))
