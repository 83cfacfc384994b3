"""A bound on the time of the comparison with PyTorch.

`PENLIGHT_LIVE_SECONDS=300` runs the tests in a random but fixed order and skips what is left after that time, so that a
short run is a fair sample. Without it everything runs, in order.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BOUND = float(os.environ.get("PENLIGHT_LIVE_SECONDS", "inf"))
START = time.monotonic()


def pytest_collection_modifyitems(items):
    if BOUND == float("inf"):
        return
    places = [i for i, item in enumerate(items) if HERE in item.path.parents]
    chosen = [items[i] for i in places]
    random.Random(0).shuffle(chosen)  # the same in every worker process
    for place, item in zip(places, chosen):
        items[place] = item


def pytest_runtest_setup(item):
    if time.monotonic() - START > BOUND:
        pytest.skip(f"the {BOUND:g} s of PENLIGHT_LIVE_SECONDS are over")
