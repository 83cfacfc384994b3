"""Printed tensors against PyTorch itself, on random tensors, options and suffixes."""

from __future__ import annotations

import random

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from penlight.tensor.printing import format_tensor, get_printoptions, printoptions, set_printoptions  # noqa: E402
from tests.record.printing import KINDS, case_tensor, expected_text, random_case  # noqa: E402

CASES = 6000
CHUNKS = 10


def as_array(tensor: torch.Tensor) -> np.ndarray:
    tensor = tensor.detach().as_subclass(torch.Tensor)
    if tensor.dtype.is_floating_point and tensor.dtype not in (torch.float16, torch.float32, torch.float64):
        tensor = tensor.float()
    return tensor.numpy()


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_cases(chunk):
    for seed in range(1_000_000 + chunk * CASES // CHUNKS, 1_000_000 + (chunk + 1) * CASES // CHUNKS):
        case = random_case(seed)
        expected = expected_text(case)
        node = case["grad"]
        array = as_array(case_tensor({**case, "grad": None}))
        class_name, is_parameter = KINDS[case["kind"]]
        with printoptions(**case["options"]):
            got = format_tensor(
                array,
                case["dtype"],
                requires_grad=node is not None,
                grad_fn_name=None if node in (None, "leaf") else node,
                default_dtype_name=case["default"],
                default_complex_name="complex128" if case["default"] == "float64" else "complex64",
                class_name=class_name,
                is_parameter=is_parameter,
            )
        assert got == expected, f"seed {seed}: {case}"


def test_random_bit_patterns():
    """Every bit pattern is a float: subnormals, infinities and rounding of halves included."""
    source = np.random.default_rng(0)
    for dtype, bits in (("float16", "int16"), ("float32", "int32"), ("float64", "int64")):
        for _ in range(150):
            info = np.iinfo(bits)
            array = source.integers(info.min, info.max, 6, dtype=bits, endpoint=True).view(dtype)
            for values in (array, array[:1], array[0]):
                got = format_tensor(np.asarray(values), dtype)
                assert got == repr(torch.from_numpy(np.array(values)))


def test_ties_at_the_last_digit():
    values = np.arange(1, 400, dtype=np.float32) / 32  # exact halves of the fourth digit and beyond
    for precision in range(6):
        with printoptions(precision=precision):
            got = format_tensor(values, "float32")
        torch.set_printoptions(precision=precision)
        try:
            assert got == repr(torch.from_numpy(values))
        finally:
            torch.set_printoptions(profile="default")


def test_option_sequences():
    source = random.Random(0)
    torch.set_printoptions(profile="default")
    set_printoptions(profile="default")
    try:
        for _ in range(300):
            options = {
                "precision": source.choice([None, 2, 9]),
                "threshold": source.choice([None, 5]),
                "edgeitems": source.choice([None, 0, 2]),
                "linewidth": source.choice([None, 33]),
                "profile": source.choice([None, "short", "default", "full", "other"]),
                "sci_mode": source.choice([None, True, False]),
            }
            torch.set_printoptions(**options)
            set_printoptions(**options)
            assert get_printoptions() == torch._tensor_str.get_printoptions()
    finally:
        torch.set_printoptions(profile="default")
        set_printoptions(profile="default")
