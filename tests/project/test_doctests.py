"""The example in every docstring runs and shows what it says: each op's, and each public function's and class's."""

from __future__ import annotations

import doctest
import importlib
import inspect
import sys
from pathlib import Path

import pytest

import penlight
from penlight.ops.catalog import load_all
from penlight.ops.table import COMPOSITES, OPS

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
# Modules that cannot be imported without an optional package, or that run a program when imported
NOT_IMPORTED = {"penlight.__main__"}


def modules() -> list[str]:
    package = Path(penlight.__file__).parent
    parts = [path.relative_to(package.parent).with_suffix("").parts for path in package.rglob("*.py")]
    names = {".".join(p[:-1] if p[-1] == "__init__" else p) for p in parts}
    return sorted(names - NOT_IMPORTED)


def examples_of(row) -> doctest.DocTest | None:
    found = doctest.DocTestParser().get_doctest(row.doc, {}, row.name, inspect.getsourcefile(body_of(row)), None)
    return found if found.examples else None


def body_of(row):
    return getattr(row, "kernel", None) or row.body


def failures(test: doctest.DocTest) -> str:
    """Run the examples in a settled state; what they print that they should not."""
    printed: list[str] = []
    penlight.manual_seed(0)
    before = penlight.get_default_dtype()
    try:
        doctest.DocTestRunner(optionflags=FLAGS, verbose=False).run(test, out=printed.append, clear_globs=True)
    finally:
        penlight.set_default_dtype(before)
        penlight.set_grad_enabled(True)
        penlight.set_printoptions(profile="default")
    return "".join(printed)


load_all()
ROWS = {row.name: row for table in (OPS, COMPOSITES) for row in table.values() if ">>>" in row.doc}


@pytest.mark.parametrize("name", ROWS)
def test_example_of_an_op(name):
    test = examples_of(ROWS[name])
    test.globs.update(vars(sys.modules[body_of(ROWS[name]).__module__]))
    wrong = failures(test)
    assert not wrong, wrong


@pytest.mark.parametrize("name", modules())
def test_examples_of_a_module(name):
    """Every function, class and method that the module defines (ops are rows, tested above)."""
    if name.startswith("penlight.utils.tensorboard"):
        pytest.importorskip("tensorboardX")
    module = importlib.import_module(name)
    finder = doctest.DocTestFinder(exclude_empty=True)
    made = {f"{name}.{n}" for n, value in vars(module).items() if hasattr(value, "op")}  # functions made from rows
    wrong = "".join(failures(test) for test in finder.find(module, name) if test.examples and test.name not in made)
    assert not wrong, wrong
