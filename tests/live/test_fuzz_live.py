"""A fixed slice of the differential fuzzer (docs/fuzzing.md): no unexplained difference from the installed PyTorch."""

from __future__ import annotations

import warnings

import pytest

torch = pytest.importorskip("torch")

from tests.fuzz.runner import judge  # noqa: E402
from tests.fuzz.shrink import one_line, shrink  # noqa: E402

SLICES, CASES = 10, 150


@pytest.mark.parametrize("number", range(SLICES))
def test_random_programs(number):
    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for i in range(CASES):
            seed = f"live{number}:{i}"
            case, difference, entry = judge(seed)
            if difference is not None and entry is None:
                pytest.fail(f"--replay {seed}: {difference}\n{one_line(shrink(case.statements, difference))}")
