"""One case: draw it (PyTorch runs it meanwhile), run it in penlight, compare, look for an explanation."""

from __future__ import annotations

from tests.fuzz.compare import Outcome, examine
from tests.fuzz.explained import explanation
from tests.fuzz.program import Case


def judge(seed: str, only: str = ""):
    """(case, difference or None, number of the entry that explains it or None)."""
    case = Case(seed, only)
    want = Outcome(case.namespace, case.error, len(case.statements) - (case.error is not None))
    difference = examine(case.statements, want, case.codes)
    return case, difference, None if difference is None else explanation(difference, case.statements)
