"""`torch.testing._internal.common_utils` and `torch._six`: what PyTorch 2.13 (for `_six`, 1.13) was seen to answer."""

import collections.abc
import io
import random
import unittest

import numpy as np
import pytest

import penlight as torch
from penlight._six import container_abcs, inf, int_classes, string_classes
from penlight.testing._internal.common_utils import TestCase as Case
from penlight.testing._internal.common_utils import run_tests

X = torch.tensor([1.0, 2.0])
NAN = torch.tensor(float("nan"))

EQUAL = [
    (X, X.clone()), (X, X + 1e-7), (X, [1.0, 2.0]), ([1.0, 2.0], X), (torch.tensor(3), 3), (3, torch.tensor(3.0)), (1, 1.0),
    ({"a": X}, {"a": X}), ((X,), [X]), (NAN, NAN), (np.ones(2), torch.ones(2).double()), (np.ones(2), np.ones(2)), (None, None),
    (True, 1), (True, torch.tensor(True)), (torch.Size([2]), (2,)), (torch.float32, torch.float32), ({1}, {1}),
    (range(3), [0, 1, 2]), (1.0, 1.0 + 1e-7), (1 + 1j, 1 + 1j), ([], []), (np.bool_(True), True), (torch.ones(1), 1.0),
]  # fmt: skip

DIFFERENT = [
    (X, X + 1e-2, "not close"), (X, X.double(), "dtype"), ("a", "b", "String comparison failed: 'a' != 'b'"),
    ({"a": X}, {"b": X}, "keys of the mappings"), ([X, X], [X], "length of the sequences mismatch: 2 != 1"), (X, X[:1], "shape"),
    (None, X, "None mismatch"), (torch.float32, torch.float64, "Object comparison failed"), (1.0, 1.1, "Scalars are not close"),
    (torch.tensor([1, 2]), torch.tensor([1, 3]), "not equal"), ("a", 1, "Object comparison failed: 'a' != 1"),
    ([1, [X, X]], [1, [X, X + 1]], r"item \[1\]"),
]  # fmt: skip


@pytest.mark.parametrize(("x", "y"), EQUAL)
def test_equal(x, y):
    Case().assertEqual(x, y)
    with pytest.raises(AssertionError):
        Case().assertNotEqual(x, y)


@pytest.mark.parametrize(("x", "y", "text"), DIFFERENT)
def test_different(x, y, text):
    with pytest.raises(AssertionError, match=text):
        Case().assertEqual(x, y)
    Case().assertNotEqual(x, y)


def test_options():
    case = Case()
    case.assertEqual(X, X + 1e-2, atol=0.1, rtol=0)
    case.assertEqual(X, X.double(), exact_dtype=False)
    case.assertEqualIgnoreType(X, X.double())
    for call, kind, text in (
        (lambda: case.assertEqual(X, X, atol=1), ValueError, "got no rtol"),
        (lambda: case.assertEqual(torch.ones(2), 1.0), ValueError, "Got 2 elements"),
        (lambda: case.assertEqual(float("nan"), float("nan"), equal_nan=False), AssertionError, "not close"),
        (lambda: case.assertEqual(torch.ones(2, 2).t(), torch.ones(2, 2), exact_stride=True), AssertionError, "stride"),
        (lambda: case.assertEqual(X, X + 1, "hello"), AssertionError, "hello$"),
        (lambda: case.assertEqual(X, X + 1, "pre {}".format), AssertionError, "^pre Tensor-likes"),
    ):
        with pytest.raises(kind, match=text):
            call()

    class Coarse(Case):
        precision = 0.5

    Coarse().assertEqual(X, X + 0.4)
    Coarse().assertEqual(1.0, 1.4)


def test_generators_are_seeded_before_each_test():
    drawn = []

    class Draws(Case):
        def test_one(self):
            drawn.append(
                [torch.initial_seed(), *(round(v, 4) for v in (torch.rand(1).item(), np.random.rand(), random.random()))]
            )

        test_two = test_one

    assert unittest.TextTestRunner(io.StringIO()).run(unittest.defaultTestLoader.loadTestsFromTestCase(Draws)).wasSuccessful()
    assert drawn == [[1234, 0.0290, 0.1915, 0.9665]] * 2
    assert callable(run_tests)


def test_names_of_six():
    assert (inf, string_classes, int_classes, container_abcs) == (float("inf"), (str, bytes), int, collections.abc)


def test_wrapper_subclasses_are_refused():
    with pytest.raises(NotImplementedError, match="__torch_dispatch__"):
        torch.Tensor._make_wrapper_subclass(torch.Tensor, (2,))
