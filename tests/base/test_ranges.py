"""arange, range and linspace, bit for bit."""

import json

import numpy as np
import pytest

import penlight
from penlight.base.ranges import evenly, stepping
from tests.base.range_cases import CASES, RECORD, digest

DIGESTS = json.loads(RECORD.read_text(encoding="utf-8"))


@pytest.mark.filterwarnings("ignore:torch.range")
@pytest.mark.parametrize(("case", "recorded"), list(zip(CASES, DIGESTS, strict=True)), ids=map(str, CASES))
def test_bits(case, recorded):
    assert digest(penlight, *case) == recorded


def test_numbers_too_large_to_split_stay_finite():
    assert evenly(1e308, -1e300, 3, np.dtype(np.float64))[[0, -1]].tolist() == [1e308, -1e300]
    assert stepping(1e304, 1e304, 3, np.dtype(np.float64)).tolist() == pytest.approx([1e304, 2e304, 3e304])
