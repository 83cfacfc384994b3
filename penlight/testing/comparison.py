"""`assert_close`: values equal up to the tolerance of their dtype, with a message that says how far they are off."""

from __future__ import annotations

import cmath
import contextlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from penlight.base.promotion import promote_types
from penlight.tensor.tensor import Tensor

__all__ = ["assert_allclose", "assert_close"]

# dtype -> (rtol, atol); everything else must be equal.
_TOLERANCES = {
    "float16": (1e-3, 1e-5), "bfloat16": (1.6e-2, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7),
    "complex32": (1e-3, 1e-5), "complex64": (1.3e-6, 1e-5), "complex128": (1e-7, 1e-7),
}  # fmt: skip
_NUMBER_TOLERANCES = {float: (1e-7, 1e-7), complex: (1e-7, 1e-7)}
_NUMBERS = (int, float, complex, np.number)
_BOOLEANS = (bool, np.bool_)


class _Failure(Exception):
    """A failed comparison on its way out: what to raise, and where in nested containers it happened."""

    def __init__(self, kind: type[Exception], text: str, place: tuple = ()) -> None:
        super().__init__(text)
        self.kind, self.text, self.place = kind, text, place

    def error(self, msg: Any) -> Exception:
        text = self.text
        if self.place:
            text += f"\n\nThe failure occurred for item {''.join(f'[{key!r}]' for key in self.place)}"
        if msg is not None and self.kind is AssertionError:
            text = msg(text) if callable(msg) else msg
        return self.kind(text)


class _Options:
    def __init__(self, rtol: Any, atol: Any, **checks: bool) -> None:
        if (rtol is None) != (atol is None):
            missing = "rtol" if rtol is None else "atol"
            raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}.")
        self.rtol, self.atol, self.checks = rtol, atol, checks

    def tolerances(self, defaults: list[tuple[float, float]]) -> tuple[float, float]:
        if self.rtol is not None:
            return self.rtol, self.atol
        return max(r for r, _ in defaults), max(a for _, a in defaults)


def _compare(actual: Any, expected: Any, options: _Options, place: tuple) -> None:
    both = (actual, expected)
    if all(isinstance(v, Sequence) and not isinstance(v, str) for v in both):
        if len(actual) != len(expected):
            raise _Failure(
                AssertionError, f"The length of the sequences mismatch: {len(actual)} != {len(expected)}", place
            )
        for i, (a, e) in enumerate(zip(actual, expected)):
            _compare(a, e, options, (*place, i))
    elif all(isinstance(v, Mapping) for v in both):
        _compare_mappings(actual, expected, options, place)
    elif actual is None or expected is None:
        if actual is not expected:
            raise _Failure(AssertionError, f"None mismatch: {actual} is not {expected}", place)
    elif all(isinstance(v, _BOOLEANS) for v in both):
        if bool(actual) is not bool(expected):
            raise _Failure(AssertionError, f"Booleans mismatch: {bool(actual)} is not {bool(expected)}", place)
    elif all(isinstance(v, _NUMBERS) for v in both):
        _compare_numbers(actual, expected, options, place)
    else:
        _compare_tensors(actual, expected, options, place)


def _compare_mappings(actual: Mapping, expected: Mapping, options: _Options, place: tuple) -> None:
    missing, additional = expected.keys() - actual.keys(), actual.keys() - expected.keys()
    if missing or additional:
        raise _Failure(
            AssertionError,
            "The keys of the mappings do not match:\n"
            f"Missing keys in the actual mapping: {sorted(missing)}\n"
            f"Additional keys in the actual mapping: {sorted(additional)}",
            place,
        )
    keys: Any = list(actual)
    with contextlib.suppress(TypeError):  # keys of several types stay in their order
        keys = sorted(keys)
    for key in keys:
        _compare(actual[key], expected[key], options, (*place, key))


def _allowed(tolerance: float, exact: bool) -> str:
    return "" if exact else f" (up to {tolerance} allowed)"


def _scalar_text(actual: Any, expected: Any, difference: Any, relative: Any, rtol: float, atol: float) -> str:
    exact = rtol == 0 and atol == 0
    return (
        f"Scalars are not {'equal' if exact else 'close'}!\n\n"
        f"Expected {expected} but got {actual}.\n"
        f"Absolute difference: {difference}{_allowed(atol, exact)}\n"
        f"Relative difference: {relative}{_allowed(rtol, exact)}"
    )


def _compare_numbers(actual: Any, expected: Any, options: _Options, place: tuple) -> None:
    a, e = (v.item() if isinstance(v, np.number) else v for v in (actual, expected))
    if options.checks.get("check_dtype") and type(a) is not type(e):
        raise _Failure(AssertionError, f"The (d)types do not match: {type(a)} != {type(e)}.", place)
    rtol, atol = options.tolerances([_NUMBER_TOLERANCES.get(type(v), (0.0, 0.0)) for v in (a, e)])
    if a == e or (options.checks.get("equal_nan") and cmath.isnan(a) and cmath.isnan(e)):
        return
    difference = abs(a - e)
    if cmath.isfinite(difference) and difference <= atol + rtol * abs(e):
        return
    relative = difference / abs(e) if e != 0 else float("inf")
    raise _Failure(AssertionError, _scalar_text(a, e, difference, relative, rtol, atol), place)


def _as_tensors(actual: Any, expected: Any, options: _Options, place: tuple) -> tuple[Tensor, Tensor]:
    related = isinstance(actual, type(expected)) or isinstance(expected, type(actual))
    if options.checks.get("allow_subclasses") is False:
        related = type(actual) is type(expected)
    if not related or not isinstance(actual, (Tensor, np.ndarray)):
        raise _Failure(
            TypeError,
            f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.",
            place,
        )
    a, e = (v if isinstance(v, Tensor) else Tensor._wrap(v) for v in (actual, expected))
    return a, e


def _require_equal(name: str, actual: Any, expected: Any, place: tuple) -> None:
    if actual != expected:
        raise _Failure(
            AssertionError, f"The values for attribute '{name}' do not match: {actual} != {expected}.", place
        )


def _compare_tensors(actual: Any, expected: Any, options: _Options, place: tuple) -> None:
    a, e = _as_tensors(actual, expected, options, place)
    _require_equal("shape", a.shape, e.shape, place)
    if options.checks.get("check_stride"):
        _require_equal("stride()", a.stride(), e.stride(), place)
    if options.checks.get("check_dtype"):
        _require_equal("dtype", a.dtype, e.dtype, place)
    rtol, atol = options.tolerances([_TOLERANCES.get(t.dtype.name, (0.0, 0.0)) for t in (a, e)])
    common = promote_types(a.dtype, e.dtype)
    x, y = a._a.astype(common.np, copy=False), e._a.astype(common.np, copy=False)
    close = _close(x, y, rtol, atol, bool(options.checks.get("equal_nan")))
    if not close.all():
        raise _Failure(AssertionError, _tensor_text(x, y, close, rtol, atol), place)


def _wide(array: np.ndarray) -> np.ndarray:
    """Half precision as float32, integers and booleans as int64."""
    if array.dtype.kind == "V" or array.dtype == np.float16:
        return array.astype(np.float32)
    return array.astype(np.int64) if array.dtype.kind in "iub" else array


def _close(x: np.ndarray, y: np.ndarray, rtol: float, atol: float, equal_nan: bool) -> np.ndarray:
    """|x - y| <= atol + rtol |y|, elementwise; infinities are close when equal."""
    equal = np.asarray(x == y)
    if equal_nan and x.dtype.kind not in "iub":
        equal = equal | (_wide(x) != _wide(x)) & (_wide(y) != _wide(y))
    if rtol == 0 and atol == 0:
        return equal
    x, y = _wide(x), _wide(y)
    with np.errstate(all="ignore"):
        # As PyTorch's isclose: the allowed error is computed in the dtype.
        allowed = atol + np.abs(rtol * y)
        difference = np.abs(x - y)
        return equal | (np.isfinite(difference) & (difference <= allowed))


def _tensor_text(x: np.ndarray, y: np.ndarray, close: np.ndarray, rtol: float, atol: float) -> str:
    narrow = x.dtype if x.dtype.kind == "V" or x.dtype == np.float16 else None
    x, y = _wide(x), _wide(y)
    with np.errstate(all="ignore"):
        difference = np.abs(x - y)
        if narrow is not None:  # differences are seen in the dtype
            difference = difference.astype(narrow).astype(np.float32)
        if difference.dtype.kind == "i":
            relative = difference.astype(np.float32) / np.abs(y).astype(np.float32)
        else:
            relative = difference / np.abs(y)
        if narrow is not None:
            relative = relative.astype(narrow).astype(np.float32)
    if x.ndim == 0:
        return _scalar_text(x.item(), y.item(), difference.item(), relative.item(), rtol, atol)
    exact = rtol == 0 and atol == 0
    wrong = int((~close).sum())
    lines = [
        f"Tensor-likes are not {'equal' if exact else 'close'}!\n",
        f"Mismatched elements: {wrong} / {x.size} ({wrong / x.size:.1%})",
    ]
    for name, values, tolerance in (("absolute", difference, atol), ("relative", relative, rtol)):
        values = np.where(close, values.dtype.type(0), values)
        index = tuple(int(i) for i in np.unravel_index(np.argmax(values), values.shape))
        lines.append(f"Greatest {name} difference: {values[index].item()} at index {index}{_allowed(tolerance, exact)}")
    return "\n".join(lines)


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """Raise AssertionError unless |actual - expected| <= atol + rtol |expected|, elementwise.

    Compares tensors, arrays, numbers, booleans, None, and sequences and mappings of them. The tolerances depend on the
    dtype: (1.3e-6, 1e-5) for float32, (1e-7, 1e-7) for float64, (1e-3, 1e-5) for float16, (1.6e-2, 1e-5) for
    bfloat16, 0
    for integers; with two dtypes the larger ones.
    Args: msg, the message, or a function that makes it from the usual one.
    Raises: AssertionError, with how far the values are off and where; TypeError for what cannot be compared; ValueError
        when only one tolerance is given.
    Source: https://docs.pytorch.org/docs/stable/testing.html#torch.testing.assert_close

    >>> import penlight as torch
    >>> torch.testing.assert_close(torch.tensor([1.0]), torch.tensor([1.0 + 1e-7]))
    """
    __tracebackhide__ = True
    options = _Options(
        rtol,
        atol,
        equal_nan=equal_nan,
        check_dtype=check_dtype,
        check_stride=check_stride,
        allow_subclasses=allow_subclasses,
    )
    try:
        _compare(actual, expected, options, ())
    except _Failure as failure:
        error = failure.error(msg)
    else:
        return
    raise error


def assert_allclose(
    actual: Any,
    expected: Any,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = True,
    msg: str = "",
) -> None:
    """`assert_close` without regard to dtypes (deprecated in PyTorch)."""
    warnings.warn(
        "`torch.testing.assert_allclose()` is deprecated since 1.12 and will be removed in a future release. "
        "Please use "
        "`torch.testing.assert_close()` instead. You can find detailed upgrade instructions in "
        "https://github.com/pytorch/pytorch/issues/61844.",
        FutureWarning,
        stacklevel=2,
    )
    a, e = (v if isinstance(v, Tensor) else Tensor._wrap(np.asarray(v)) for v in (actual, expected))
    if rtol is None and atol is None:
        tolerances = {"float16": (1e-3, 1e-3), "float32": (1e-4, 1e-5), "float64": (1e-5, 1e-8)}
        given = [tolerances.get(t.dtype.name, (0.0, 0.0)) for t in (a, e)]
        rtol, atol = max(r for r, _ in given), max(t for _, t in given)
    assert_close(
        a, e, rtol=rtol, atol=atol, equal_nan=equal_nan, check_device=True, check_dtype=False, check_stride=False,
        msg=msg or None,
    )  # fmt: skip
