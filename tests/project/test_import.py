"""`import penlight` loads what every program needs, and nothing heavier."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import penlight
from penlight.ops import catalog, catalog_rows

# Packages that load when they are first asked for: `torch.nn`, `torch.optim` …
LAZY = (
    "nn optim linalg fft special distributions func utils io vision text alias cli amp cuda jit distributed hub "
    "serialization storage testing compiler onnx multiprocessing ledger.resolve ledger.coverage ledger.stubs "
    "ledger.names backends.numpy backends.native"
).split()
# Optional packages and the heavy part of the standard library; NumPy loads some of the latter, which then cost nothing
HEAVY = (
    "ml_dtypes matplotlib PIL tqdm scipy threadpoolctl torch numpy.random numpy.fft numpy.ma numpy.polynomial "
    "numpy.testing dataclasses multiprocessing zipfile tarfile tempfile shutil subprocess concurrent asyncio "
    "logging unittest doctest http urllib.request socket ssl sqlite3 json csv pickletools hashlib secrets random "
    "argparse importlib.metadata inspect traceback difflib decimal fractions statistics typing_extensions "
).split()
PROGRAM = """
import json, sys{first}
before = set(sys.modules)
{then}
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def loaded(then: str, first: str = "") -> set[str]:
    """The modules that a statement loads in a fresh interpreter, on top of those of another."""
    environment = {**os.environ, "PYTHONPATH": str(Path(penlight.__file__).parent.parent)}
    program = PROGRAM.format(first=first and f", {first}", then=then)
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def beyond_numpy() -> set[str]:
    return loaded("import penlight", first="numpy")


def under(modules: set[str], package: str) -> list[str]:
    return sorted(m for m in modules if m == package or m.startswith(package + "."))


@pytest.mark.parametrize("name", LAZY)
def test_a_subpackage_loads_when_it_is_first_asked_for(beyond_numpy, name):
    found = under(beyond_numpy, f"penlight.{name}")
    if name == "backends.numpy":  # the empty package itself is no cost; its kernels are
        found = found[1:]
    assert not found


@pytest.mark.parametrize("name", HEAVY)
def test_nothing_heavy_is_loaded_beyond_numpy(beyond_numpy, name):
    assert not under(beyond_numpy, name)


def test_what_is_asked_for_is_loaded():
    """The look above is not blind: a draw loads numpy.random, `nn` its package."""
    assert under(loaded("import penlight; penlight.rand(2)", first="numpy"), "numpy.random")
    assert under(loaded("import penlight; penlight.nn", first="numpy"), "penlight.nn")


def test_seeding_alone_draws_nothing():
    """`manual_seed` at the top of every script waits for the first draw, and the draw knows the seed."""
    assert not under(loaded("import penlight; penlight.manual_seed(1)", first="numpy"), "numpy.random")
    first, again = (penlight.Generator().manual_seed(5) for _ in range(2))
    again.get_state()  # this one has its stream already when it is seeded again
    assert penlight.equal(penlight.rand(3, generator=first), penlight.rand(3, generator=again.manual_seed(5)))


def test_penlight_runs_without_its_source_folder_as_working_directory(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(Path(penlight.__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import penlight as torch; print(torch.ones(2).sum())"],
        cwd=tmp_path, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "tensor(2.)\n", "")


def test_old_numpy_is_refused_since_its_results_have_other_dtypes():
    program = "import numpy; numpy.__version__ = '2.0.2'; import penlight"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "ImportError: penlight needs NumPy 2.1 or later" in done.stderr


def test_the_catalog_is_up_to_date():
    """An old one is set aside without a word, and every start reads all op files: `python -m penlight.ops.catalog`."""
    assert catalog_rows.SIZES == catalog.modules()
