"""Make a failing program small: fewer statements, fewer arguments, fewer and simpler numbers."""

from __future__ import annotations

import ast
import copy
import time

from tests.fuzz.compare import examine

SECONDS = 5.0  # for one program


def shrink(statements, difference):
    """A smaller program with a difference of the same kind in the same call."""
    until = time.monotonic() + SECONDS
    wanted = (difference.kind, _call(difference.where))
    best = statements[: _last(statements, difference) + 1]
    best = best if _fails(best, wanted) else statements
    progress = True
    while progress and time.monotonic() < until:
        progress = False
        for smaller in _smaller(best):
            if time.monotonic() > until:
                break
            if _fails(smaller, wanted):
                best, progress = smaller, True
                break
    return best


def one_line(statements) -> str:
    """A script in one line; it runs under PyTorch, and under penlight where `torch` is penlight."""
    names = [s.split(" ", 1)[0] for s in statements]
    shown = next((n for n in reversed(names) if n.isidentifier() and n[0] in "rgh"), names[0])
    return "; ".join(["import torch; from math import nan, inf", *statements, f"print({shown})"])


def _call(statement):
    """What a statement calls, without names of variables and values."""
    tree = ast.parse(statement).body[0]
    calls = [ast.unparse(n.func).rpartition(".")[2] for n in ast.walk(tree) if isinstance(n, ast.Call)]
    return calls[0] if calls else type(tree).__name__


def _last(statements, difference):
    return difference.at if difference.where[0] in "rgh" else len(statements) - 1


def _fails(statements, wanted):
    try:
        found = examine(statements)
    except Exception:
        return False
    return found is not None and (found.kind, _call(found.where)) == wanted


def _smaller(statements):
    """Programs that are a little smaller, the boldest cuts first."""
    for i in range(len(statements) - 1):
        yield statements[:i] + statements[i + 1 :]
    for i, statement in enumerate(statements):
        for cut in _cuts(statement):
            yield statements[:i] + [cut] + statements[i + 1 :]


def _cuts(statement):
    tree = ast.parse(statement)
    for at, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.Call):
            yield from (_changed(tree, at, "keywords", i) for i, k in enumerate(node.keywords) if k.arg != "dtype")
            if isinstance(node.func, ast.Attribute) and not _is_torch(node.func):
                yield _replaced(tree, at, node.func.value)
        elif isinstance(node, ast.Subscript):
            yield _replaced(tree, at, node.value)
        elif isinstance(node, ast.List) and len(node.elts) > 1:
            yield _changed(tree, at, "elts", slice(len(node.elts) // 2, None))
            yield from (_changed(tree, at, "elts", i) for i in range(len(node.elts)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, float) and node.value not in (0.0, 1.0, 2.0):
            simpler = (1.0, 0.0, 2.0, float(round(node.value)))
            yield from (_replaced(tree, at, ast.Constant(v)) for v in simpler if v != node.value)


def _is_torch(func):
    while isinstance(func, ast.Attribute):
        func = func.value
    return isinstance(func, ast.Name) and func.id == "torch"


def _nth(tree, at):
    return next(node for i, node in enumerate(ast.walk(tree)) if i == at)


def _changed(tree, at, field, where):
    tree = copy.deepcopy(tree)
    del getattr(_nth(tree, at), field)[where]
    return ast.unparse(tree)


def _replaced(tree, at, by):
    tree, old = copy.deepcopy(tree), ast.dump(_nth(tree, at))

    class Replace(ast.NodeTransformer):
        done = False

        def visit(self, node):
            if not self.done and ast.dump(node) == old:
                self.done = True
                return copy.deepcopy(by)
            return self.generic_visit(node)

    return ast.unparse(ast.fix_missing_locations(Replace().visit(tree)))
