"""Printed tensors against texts recorded from PyTorch by `tests/record/printing.py`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from penlight.tensor import printing
from penlight.tensor.printing import format_tensor, get_printoptions, printoptions, set_printoptions

RECORDED = json.loads((Path(__file__).parent / "data" / "printing.json").read_text())["cases"]
KINDS = {
    "tensor": ("tensor", False),
    "subclass": ("Subclass", False),
    "parameter": ("tensor", True),
    "parameter subclass": ("NamedParameter", True),
}


@pytest.fixture(autouse=True)
def _default_options():
    set_printoptions(profile="default")
    yield
    set_printoptions(profile="default")


def case_array(case: dict[str, Any]) -> np.ndarray:
    """Build a case's elements; bfloat16 and float8 are held as float32, which loses nothing."""
    name = case["dtype"]
    held = np.dtype("float32" if name.startswith(("bfloat", "float8")) else name)
    if held.kind == "c":
        values = np.array([complex(*pair) for pair in case["values"]], held)
    else:
        values = np.array(case["values"], held)
    array = np.resize(values, case["shape"])
    return array.transpose() if case.get("transposed") else array


def print_case(case: dict[str, Any], array: np.ndarray) -> str:
    grad = case.get("grad")
    default = case.get("default", "float32")
    class_name, is_parameter = KINDS[case.get("kind", "tensor")]
    with printoptions(**case.get("options", {})):
        return format_tensor(
            array,
            case["dtype"],
            requires_grad=grad is not None,
            grad_fn_name=None if grad in (None, "leaf") else grad,
            default_dtype_name=default,
            default_complex_name="complex128" if default == "float64" else "complex64",
            class_name=class_name,
            is_parameter=is_parameter,
        )


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: f"{case['dtype']}-{'x'.join(map(str, case['shape']))}")
def test_recorded_text(case):
    assert print_case(case, case_array(case)) == case["expected"]


@pytest.mark.parametrize(
    "dtype", ["bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu"]
)
def test_extension_dtypes_print_like_their_float32_values(dtype):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    cases = [case for case in RECORDED if case["dtype"] == dtype]
    assert cases
    for case in cases:
        array = case_array(case).astype(getattr(ml_dtypes, dtype))
        assert print_case(case, array) == case["expected"]


FLOAT = np.float32


# Texts read off PyTorch 2.13.
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], "tensor([1., 2.])"),
        ([1, 2.5, 0], "tensor([1.0000, 2.5000, 0.0000])"),
        (3.14159, "tensor(3.1416)"),
        (-0.0, "tensor(-0.)"),
        ([np.nan, 1], "tensor([nan, 1.])"),
        ([np.nan, np.inf, 1.5], "tensor([   nan,    inf, 1.5000])"),
        ([1, 1001], "tensor([1.0000e+00, 1.0010e+03])"),
        ([1, 1000], "tensor([   1., 1000.])"),
        ([1e-4, 0.05], "tensor([1.0000e-04, 5.0000e-02])"),  # float32's 1e-4 lies below 1e-4
        ([0.00011, 0.05], "tensor([0.0001, 0.0500])"),
    ],
)
def test_float_rules(values, expected):
    assert format_tensor(np.array(values, FLOAT), "float32") == expected


def test_meta_device_shows_no_elements():
    meta = {"device_suffix": "meta"}
    assert format_tensor(np.empty(2, FLOAT), "float32", **meta) == "tensor(..., device='meta', size=(2,))"
    text = format_tensor(np.empty((0, 2), np.float16), "float16", requires_grad=True, **meta)
    assert text == "tensor(..., device='meta', size=(0, 2), dtype=torch.float16,\n       requires_grad=True)"
    text = format_tensor(np.array(1), "int64", **meta)
    assert text == "tensor(..., device='meta', size=(), dtype=torch.int64)"


def test_other_devices_come_first():
    text = format_tensor(np.ones(1), "float64", device_suffix="cuda:0")
    assert text == "tensor([1.], device='cuda:0', dtype=torch.float64)"


def test_contents_override():
    def text(array, dtype_name):
        return format_tensor(array, dtype_name, tensor_contents_override="HELLO")

    assert text(np.ones(1, np.int64), "int64") == "tensor(HELLO)"
    assert text(np.ones(0, np.int64), "int64") == "tensor(HELLO, dtype=torch.int64)"
    assert text(np.ones((0, 3), FLOAT), "float32") == "tensor(HELLO, size=(0, 3))"


def test_size_of_empty_tensors():
    empty = np.ones((2, 0, 3), FLOAT)
    assert format_tensor(empty, "float32") == "tensor([], size=(2, 0, 3))"
    assert format_tensor(empty, "float32", size_when_empty=False) == "tensor([])"
    assert format_tensor(np.ones(0, FLOAT), "float32") == "tensor([])"


def test_parameter():
    text = format_tensor(np.ones((2, 3), FLOAT), "float32", requires_grad=True, is_parameter=True)
    assert text == "Parameter containing:\ntensor([[1., 1., 1.],\n        [1., 1., 1.]], requires_grad=True)"


def test_set_printoptions_merges_profiles_and_resets_sci_mode():
    default = {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80, "sci_mode": None}
    assert get_printoptions() == default
    set_printoptions(profile="short", linewidth=40, precision=7)
    assert get_printoptions() == {**default, "precision": 7, "edgeitems": 2, "linewidth": 40}
    set_printoptions(profile="full", sci_mode=True)
    assert get_printoptions() == {**default, "threshold": float("inf"), "linewidth": 80, "sci_mode": True}
    set_printoptions(profile="no such profile")
    assert get_printoptions() == {**default, "threshold": float("inf")}
    set_printoptions(7)
    assert get_printoptions()["precision"] == 7
    with pytest.raises(TypeError, match="unexpected keyword argument 'digits'"):
        set_printoptions(digits=3)


def test_get_printoptions_returns_a_copy():
    get_printoptions()["precision"] = 1
    assert get_printoptions()["precision"] == 4


def test_printoptions_restores_after_an_error():
    set_printoptions(sci_mode=True)
    with pytest.raises(KeyError), printoptions(precision=1, edgeitems=1):
        assert get_printoptions()["precision"] == 1
        raise KeyError
    assert get_printoptions()["precision"] == 4
    assert get_printoptions()["sci_mode"] is True
    with pytest.raises(TypeError, match="digits"), printoptions(digits=3):
        pass
    assert get_printoptions()["edgeitems"] == 3


def test_statistics_of_a_summary_ignore_hidden_elements():
    values = np.ones(2000, FLOAT)
    values[1000] = 1e30
    assert format_tensor(values, "float32") == "tensor([1., 1., 1.,  ..., 1., 1., 1.])"


def test_printing_leaves_the_array_alone():
    values = np.arange(12, dtype=FLOAT).reshape(3, 4)
    values.flags.writeable = False
    format_tensor(values.T[::2], "float32")
    assert np.array_equal(values, np.arange(12, dtype=FLOAT).reshape(3, 4))


def test_small_tensors_print_fast():
    values = np.linspace(0, 1, 9, dtype=FLOAT).reshape(3, 3)

    def seconds() -> float:
        start = time.perf_counter()
        format_tensor(values, "float32")
        return time.perf_counter() - start

    assert min(seconds() for _ in range(50)) < 100e-6


def test_knows_no_tensor_class():
    assert not [name for name in vars(printing) if name == "Tensor"]
