"""Evenly spaced numbers whose bits are PyTorch's. `python -m tests.base.range_cases` records them from PyTorch.

The kernels for vectors of 256 bits were recorded (`ATEN_CPU_CAPABILITY=avx2`); wider ones round other elements.
"""

import hashlib
import json
import sys
from pathlib import Path

RECORD = Path(__file__).parent / "data" / "ranges.json"
FLOATS = ("float16", "bfloat16", "float32", "float64")
ARGUMENTS = {
    "arange": ((0, 1, 0.1), (-3.7, 30, 0.3), (2.5, -20, -0.7), (0, 400.0, 1), (1e-3, 1, 7e-3), (-1 / 3, 90, 1 / 3)),
    "range": ((0, 1, 0.1), (-3.7, 30, 0.3), (2.5, -20, -0.7)),
    "linspace": ((0, 1, 11), (-5.2, 9.7, 50), (3, -4, 2), (0, 7, 50), (100, -100, 77), (1, 2, 1), (0, 1, 0)),
}
CASES = [
    (name, arguments, dtype)
    for name, lists in ARGUMENTS.items()
    for arguments in lists
    for dtype in (*FLOATS, *(("complex64", "complex128", "int64", "int8") if name == "linspace" else ()))
]


def digest(torch, name, arguments, dtype):
    """A fingerprint of the bits."""
    result = getattr(torch, name)(*arguments, dtype=getattr(torch, dtype))
    if dtype == "bfloat16":
        result = result.float()
    return hashlib.sha256(result.numpy().tobytes()).hexdigest()[:12]


if __name__ == "__main__":
    import warnings

    import torch

    warnings.simplefilter("ignore")
    if torch.backends.cpu.get_cpu_capability() != "AVX2":
        sys.exit("set ATEN_CPU_CAPABILITY=avx2")
    RECORD.write_text(json.dumps([digest(torch, *case) for case in CASES], indent=0) + "\n", encoding="utf-8")
