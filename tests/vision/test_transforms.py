"""Transforms beside torchvision's recorded results; live where torchvision can be imported."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PIL")

import penlight
from penlight.vision import transforms as T
from penlight.vision.transforms import functional as F
from tests.vision import transform_cases as cases

DATA = Path(__file__).parent / "data"
RECORDED = json.loads((DATA / "transforms.json").read_text(encoding="utf-8"))
KNOWN = cases.names(penlight, T, F)
# Images in [0, 1] or numbers of this size. grid_sample and interpolate sum float32 products in another order; with a
# fill colour of 9 beside values in [0, 1] that shows at 1e-5.
TOLERANCE = 2e-5


@pytest.fixture(scope="module")
def arrays():
    with np.load(DATA / "transforms.npz") as file:
        return dict(file)


def compare(actual: list, expected: list) -> None:
    assert len(actual) == len(expected)
    for mine, real in zip(actual, expected):
        if isinstance(mine, np.ndarray):
            assert (mine.dtype, mine.shape) == (real.dtype, real.shape)
            if mine.dtype.kind == "f":
                np.testing.assert_allclose(mine, real, atol=TOLERANCE, rtol=1e-6)
            elif mine.dtype == np.uint8:
                # A value of x.5 before rounding is decided by the last bit of a float32 sum: one in a hundred at most.
                difference = np.abs(mine.astype(int) - real.astype(int))
                assert difference.max(initial=0) <= 1 and (difference > 0).sum() <= max(1, mine.size // 100)
            else:
                assert (mine == real).all()
        elif isinstance(mine, float):
            assert mine == pytest.approx(float(real), rel=1e-6)
        else:
            assert str(mine) == str(real)


@pytest.mark.parametrize("number", range(len(cases.VALUES)), ids=[f"{e}-{i}" for e, i in cases.VALUES])
def test_recorded_value(number, arrays):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        actual = cases.evaluate(*cases.VALUES[number], KNOWN)
    compare(actual, [arrays[f"{number}.{place}"] for place in range(len(actual))])
    assert f"{number}.{len(actual)}" not in arrays


@pytest.mark.parametrize("expression", cases.TEXTS)
def test_text(expression):
    assert repr(eval(expression, dict(KNOWN))) == RECORDED["texts"][expression]


@pytest.mark.parametrize("expression", cases.ERRORS)
def test_error(expression):
    if expression not in RECORDED["errors"]:  # torchvision accepts it, and fails later
        expected = "TypeError"
    else:
        expected = RECORDED["errors"][expression]
    with pytest.raises(Exception) as caught:
        eval(expression, dict(KNOWN))
    assert type(caught.value).__name__ == expected and str(caught.value)


def test_pil_images_survive_a_round_trip():
    assert np.array_equal(np.asarray(F.to_pil_image(F.to_tensor(KNOWN["rgb"]))), cases.ARRAY)


def test_a_missing_name_says_so():
    with pytest.raises(AttributeError, match=r"penlight does not have torchvision\.transforms\.NoSuchName"):
        T.NoSuchName
    with pytest.raises(ImportError, match=r"penlight does not have torchvision\.transforms\.functional\.nothing"):
        exec("from penlight.vision.transforms.functional import nothing")


def test_transforms_can_be_pickled():
    import pickle

    transform = T.Compose([T.RandomCrop(4), T.ColorJitter(0.2), T.ToTensor()])
    penlight.manual_seed(0)
    first = transform(KNOWN["rgb"])
    penlight.manual_seed(0)
    assert penlight.equal(pickle.loads(pickle.dumps(transform))(KNOWN["rgb"]), first)
