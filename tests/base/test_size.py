"""`penlight.Size` against what PyTorch 2.13's torch.Size does."""

from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pytest

import penlight
from penlight.base.size import Size


class Seven:
    def __index__(self):
        return 7


SIZE = Size([2, 3, 4])


def same(got, wanted):
    assert type(got) is Size
    assert tuple(got) == wanted


@pytest.mark.parametrize(
    ("items", "wanted"),
    [
        ([], ()),
        ([2, 3], (2, 3)),
        (SIZE, (2, 3, 4)),
        (range(3), (0, 1, 2)),
        ((n for n in (1, 2)), (1, 2)),
        ([True], (1,)),
        ([Seven(), -1], (7, -1)),
        ([np.int64(3)], (3,)),
        (np.array([2, 3]), (2, 3)),
        ([np.array(5)], (5,)),
        ([-(2**63), 2**63 - 1], (-(2**63), 2**63 - 1)),
        ({1: 2}, (1,)),
    ],
)
def test_construction(items, wanted):
    same(Size(items), wanted)


def test_empty_construction():
    same(Size(), ())


def test_items_are_ints_except_numpys_own():
    assert type(Size([True])[0]) is int
    assert type(Size([Seven()])[0]) is int
    assert type(Size([np.int64(3)])[0]) is np.int64


@pytest.mark.parametrize(
    ("item", "kind"),
    [(1.5, "float"), (1.0, "float"), ("a", "str"), (None, "NoneType"), (np.float32(2), "numpy.float32"), ([1], "list")],
)
def test_items_that_are_no_integers(item, kind):
    with pytest.raises(TypeError) as caught:
        Size([1, item])
    assert str(caught.value) == f"torch.Size() takes an iterable of 'int' (item 1 is '{kind}')"


def test_numpy_bool_is_refused():
    with pytest.raises(TypeError, match="item 0 is 'numpy.bool"):
        Size([np.bool_(True)])


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, np.uint64(2**63)])
def test_numbers_beyond_64_bits(number):
    with pytest.raises(ValueError, match="^Overflow when unpacking long long$"):
        Size([number])
    with pytest.raises(ValueError, match="^Overflow when unpacking long long$"):
        SIZE + (number,)


def test_wrong_arguments():
    with pytest.raises(TypeError, match="^'int' object is not iterable$"):
        Size(3)
    with pytest.raises(TypeError, match="^tuple expected at most 1 argument, got 2$"):
        Size(1, 2)
    with pytest.raises(TypeError):
        Size(iterable=[1])


def test_text():
    assert repr(SIZE) == str(SIZE) == f"{SIZE}" == "torch.Size([2, 3, 4])"
    assert repr(Size()) == "torch.Size([])"
    assert "%s %s %s" % SIZE == "2 3 4"  # noqa: UP031
    with pytest.raises(TypeError, match="unsupported format string"):
        f"{SIZE:>30}"


@pytest.mark.parametrize(
    ("sizes", "wanted"),
    [([], 1), ([5], 5), ([2, 3, 4], 24), ([0, 3], 0), ([-1, 2], -2), ([2**40, 2**40], 0), ([2**62, 3], -(2**62))],
)
def test_numel(sizes, wanted):
    assert Size(sizes).numel() == wanted


def test_indexing():
    assert (SIZE[0], SIZE[-1], SIZE[np.int64(1)]) == (2, 4, 3)
    assert type(SIZE[0]) is int
    same(SIZE[:2], (2, 3))
    same(SIZE[::-1], (4, 3, 2))
    same(SIZE[5:], ())
    with pytest.raises(IndexError, match="tuple index out of range"):
        SIZE[5]
    with pytest.raises(TypeError, match="tuple indices must be integers or slices, not str"):
        SIZE["a"]


def test_concatenation():
    same(SIZE + (1,), (2, 3, 4, 1))
    same((1,) + SIZE, (1, 2, 3, 4))
    same(SIZE + SIZE, (2, 3, 4, 2, 3, 4))
    same(SIZE + (), (2, 3, 4))
    same(() + SIZE, (2, 3, 4))
    same(SIZE + (Seven(), True), (2, 3, 4, 7, 1))
    same(sum((SIZE, SIZE), Size()), (2, 3, 4, 2, 3, 4))
    same(SIZE.__radd__((1,)), (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("other", "kind"), [([1], "list"), (1, "int"), (1.5, "float"), ("a", "str"), (None, "NoneType")]
)
def test_concatenation_with_something_else(other, kind):
    with pytest.raises(TypeError) as caught:
        SIZE + other
    assert str(caught.value) == f"can only concatenate tuple (not {kind}) to torch.Size"


def test_concatenation_checks_its_items():
    with pytest.raises(TypeError, match=r"takes an iterable of 'int' \(item 3 is 'float'\)"):
        SIZE + (1.5,)
    with pytest.raises(TypeError, match=r"takes an iterable of 'int' \(item 0 is 'str'\)"):
        ("a",) + SIZE
    with pytest.raises(TypeError, match="can only concatenate list"):
        [1] + SIZE


def test_repetition():
    for got in (SIZE * 2, 2 * SIZE, SIZE * np.int64(2), SIZE * True * 2):
        same(got, (2, 3, 4, 2, 3, 4))
    same(SIZE * 0, ())
    same(SIZE * -1, ())
    for times, kind in ((1.5, "float"), ("a", "str")):
        with pytest.raises(TypeError, match=f"^can't multiply sequence by non-int of type '{kind}'$"):
            SIZE * times
    with pytest.raises(OverflowError):
        SIZE * 10**30


def test_arrays_compute_element_by_element():
    pair = Size([2, 3])
    for got, wanted in (
        (pair + np.array([1, 2]), [3, 5]),
        (np.array([1, 2]) + pair, [3, 5]),
        (pair * np.array([1, 2]), [2, 6]),
        (np.array(2) * pair, [4, 6]),
        (pair * np.array(2), [4, 6]),
        (np.int64(2) * pair, [4, 6]),  # the documented difference: PyTorch repeats
    ):
        assert type(got) is np.ndarray
        assert got.tolist() == wanted


def test_it_is_a_tuple():
    assert SIZE == (2, 3, 4)
    assert SIZE != [2, 3, 4]
    assert hash(SIZE) == hash((2, 3, 4))
    assert SIZE < (2, 4)
    assert isinstance(SIZE, tuple)
    assert type(tuple(SIZE)) is tuple
    assert json.dumps(SIZE) == "[2, 3, 4]"
    first, *rest = SIZE
    assert (first, rest) == (2, [3, 4])
    assert not hasattr(SIZE, "__dict__")
    with pytest.raises(AttributeError):
        SIZE.name = 1


def test_no_subclasses():
    with pytest.raises(TypeError, match="not an acceptable base type"):
        type("Other", (Size,), {})


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling(protocol, monkeypatch):
    assert SIZE.__reduce_ex__(protocol) == (Size, ((2, 3, 4),))
    assert type(SIZE.__reduce_ex__(protocol)[1][0]) is tuple
    monkeypatch.setattr(penlight, "Size", Size, raising=False)
    same(pickle.loads(pickle.dumps(SIZE, protocol)), (2, 3, 4))


def test_copying():
    same(copy.copy(SIZE), (2, 3, 4))
    same(copy.deepcopy(SIZE), (2, 3, 4))


def test_against_pytorch():
    torch = pytest.importorskip("torch")
    for expression in (
        "S([2, 3])[0:1]", "S((4,)) + (1,)", "(1,) + S([2])", "S([1]) * 3", "S([7]) + [1]", "S([7]) * 1.5", "S(['a'])",
        "S([2**63])", "S([2, 3]).numel()", "S([2**33, 2**33]).numel()", "S([3])[9]", "str(S())", "S([True, 2])",
    ):  # fmt: skip
        outcomes = []
        for kind in (Size, torch.Size):
            try:
                value = eval(expression, {"S": kind})
                outcomes.append((type(value).__name__, repr(value)))
            except Exception as error:
                outcomes.append((type(error).__name__, str(error)))
        assert outcomes[0] == outcomes[1], expression
