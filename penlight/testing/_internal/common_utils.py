"""`torch.testing._internal.common_utils`: the test case that third-party test suites build on."""

from __future__ import annotations

import math
import random
import unittest
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from penlight.ledger.missing import module_getattr
from penlight.tensor.create import as_tensor
from penlight.tensor.generator import manual_seed
from penlight.tensor.tensor import Tensor
from penlight.testing.comparison import assert_close

__all__ = ["SEED", "TestCase", "run_tests", "set_rng_seed"]

SEED = 1234
_OF_NUMBERS = (1.3e-6, 1e-5)  # the tolerances (relative, absolute) of numbers without a dtype
_NUMBERS = (bool, int, float, complex, np.number, np.bool_)


def set_rng_seed(seed: int | None = None) -> None:
    """Seed the generators of penlight, Python and NumPy; with 1234 where no seed is given."""
    seed = SEED if seed is None else seed
    manual_seed(seed)
    random.seed(seed)
    np.random.seed(seed)


def run_tests(argv: list[str] | None = None) -> None:
    """Run the tests of the script, as `unittest.main` does."""
    unittest.main(argv=argv)


def _is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


class TestCase(unittest.TestCase):
    """A `unittest.TestCase` that seeds all generators before each test and compares tensors with tolerances.

    >>> import penlight as torch
    >>> from penlight.testing._internal.common_utils import TestCase
    >>> TestCase().assertEqual(torch.tensor([1.0, 2.0]), [1.0, 2.0 + 1e-7])
    """

    maxDiff = None
    precision: float = 0.0  # tolerances that hold in the whole class where they are the larger ones
    rel_tol: float = 0.0

    def setUp(self) -> None:
        """Seed the generators."""
        set_rng_seed()

    def assertEqual(  # type: ignore[override]
        self, first: Any, second: Any, msg: str | Callable[[str], str] | None = None, *, atol: float | None = None,
        rtol: float | None = None, equal_nan: bool = True, exact_dtype: bool = True, exact_device: bool = False,
        exact_layout: bool = False, exact_stride: bool = False, exact_is_coalesced: bool = False,
    ) -> None:  # fmt: skip
        """Compare tensors, arrays and numbers with `assert_close`, containers item by item, all else with `==`.

        A tensor may stand against a sequence, or a number if it has one element. Args: msg, added to the message, or a
        function that makes it from the usual one.
        Raises: AssertionError; ValueError where one of `atol` and `rtol` is missing.
        """
        if (rtol is None) != (atol is None):
            missing = "rtol" if rtol is None else "atol"
            raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}.")
        options = {"equal_nan": equal_nan, "check_dtype": exact_dtype, "check_stride": exact_stride}
        try:
            self._compare(first, second, rtol, atol, options)
        except AssertionError as error:
            text = str(error)
        else:
            return
        raise self.failureException(msg(text) if callable(msg) else text if msg is None else f"{text}\n{msg}")

    def assertEqualIgnoreType(self, *args: Any, **kwargs: Any) -> None:
        """`assertEqual` without regard to dtypes."""
        self.assertEqual(*args, exact_dtype=False, **kwargs)

    def assertNotEqual(  # type: ignore[override]
        self, first: Any, second: Any, msg: Any = None, *, atol: float | None = None, rtol: float | None = None, **kwargs: Any
    ) -> None:
        """Raises: AssertionError where `assertEqual` raises none."""
        with self.assertRaises(AssertionError, msg=msg):
            self.assertEqual(first, second, msg, atol=atol, rtol=rtol, **kwargs)

    def _compare(self, x: Any, y: Any, rtol: float | None, atol: float | None, options: dict) -> None:
        if x is None or y is None:
            if x is not y:
                raise AssertionError(f"None mismatch: {x} is not {y}")
        elif isinstance(x, (Tensor, np.ndarray)) or isinstance(y, (Tensor, np.ndarray)):
            self._compare_tensors(x, y, rtol, atol, options)
        elif isinstance(x, _NUMBERS) and isinstance(y, _NUMBERS):
            self._compare_numbers(x, y, rtol, atol, options)
        elif isinstance(x, str) and isinstance(y, str):
            if x != y:
                raise AssertionError(f"String comparison failed: {x!r} != {y!r}")
        elif isinstance(x, Mapping) and isinstance(y, Mapping):
            if x.keys() != y.keys():
                missing, more = sorted(map(repr, y.keys() - x.keys())), sorted(map(repr, x.keys() - y.keys()))
                raise AssertionError(f"The keys of the mappings do not match: missing {missing}, additional {more}")
            self._compare_items([(k, x[k], y[k]) for k in x], rtol, atol, options)
        elif _is_sequence(x) and _is_sequence(y):
            if len(x) != len(y):
                raise AssertionError(f"The length of the sequences mismatch: {len(x)} != {len(y)}")
            self._compare_items([(i, a, b) for i, (a, b) in enumerate(zip(x, y))], rtol, atol, options)
        elif x != y:
            raise AssertionError(f"Object comparison failed: {x!r} != {y!r}")

    def _compare_items(self, items: list, rtol: float | None, atol: float | None, options: dict) -> None:
        for name, a, b in items:
            try:
                self._compare(a, b, rtol, atol, options)
            except AssertionError as error:
                raise AssertionError(f"{error}\n\nThe failure occurred for item [{name!r}]") from None

    def _compare_tensors(self, x: Any, y: Any, rtol: float | None, atol: float | None, options: dict) -> None:
        if isinstance(x, _NUMBERS) or isinstance(y, _NUMBERS):
            count = math.prod((x if isinstance(y, _NUMBERS) else y).shape)
            if count != 1:
                raise ValueError(
                    f"Only single element tensor-likes can be compared against a number. Got {count} elements instead."
                )
            self._compare_numbers(*(v.item() if hasattr(v, "item") else v for v in (x, y)), rtol, atol, options)
            return
        x, y = (
            as_tensor(v, dtype=w.dtype if _is_sequence(v) and isinstance(w, Tensor) else None) for v, w in ((x, y), (y, x))
        )
        if self.precision or self.rel_tol:
            rtol, atol = max(rtol or 0.0, self.rel_tol), max(atol or 0.0, self.precision)
        assert_close(x, y, rtol=rtol, atol=atol, **options)

    def _compare_numbers(self, x: Any, y: Any, rtol: float | None, atol: float | None, options: dict) -> None:
        if rtol is None:
            exact = all(isinstance(v, (bool, int, np.integer, np.bool_)) for v in (x, y))
            rtol, atol = (0.0, 0.0) if exact else _OF_NUMBERS
        rtol, atol = max(rtol, self.rel_tol), max(atol or 0.0, self.precision)
        assert_close(x, y, rtol=rtol, atol=atol, equal_nan=options["equal_nan"], check_dtype=False)


__getattr__ = module_getattr(__name__)
