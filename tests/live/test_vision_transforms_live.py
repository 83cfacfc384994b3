"""torchvision's transforms, v1 and v2, on every kind of input: live where torchvision can be imported."""

from __future__ import annotations

import warnings

import pytest

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")
pytest.importorskip("PIL")

import torchvision.transforms.v2 as real_v2  # noqa: E402

import penlight  # noqa: E402
from penlight.vision import transforms, tv_tensors  # noqa: E402
from penlight.vision.transforms import v2  # noqa: E402
from tests.vision import v2_cases as cases  # noqa: E402

MINE = cases.names(penlight, transforms, v2, tv_tensors)
REAL = cases.names(torch, torchvision.transforms, real_v2, torchvision.tv_tensors)
GROUPS = sorted({expression for expression, _ in cases.ALL})


@pytest.mark.parametrize("expression", GROUPS)
def test_same_as_torchvision(expression):
    wrong = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _, image in (case for case in cases.ALL if case[0] == expression):
            found = cases.compare(cases.evaluate(expression, image, MINE), cases.evaluate(expression, image, REAL))
            wrong += [f"{image}: {found}"] if found else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("text", cases.TEXTS)
def test_same_text(text):
    assert repr(eval(text, dict(MINE))) == repr(eval(text, dict(REAL)))


def test_no_public_name_is_missing():
    pairs = [(transforms, torchvision.transforms), (transforms.functional, torchvision.transforms.functional)]
    for mine, real in pairs:
        public = [
            n
            for n in dir(real)
            if n[0] != "_" and getattr(getattr(real, n), "__module__", "").startswith("torchvision")
        ]
        assert not [name for name in public if not hasattr(mine, name)]
    for mine, real in ((v2, real_v2), (v2.functional, real_v2.functional), (tv_tensors, torchvision.tv_tensors)):
        missing = [name for name in dir(real) if name[0] != "_" and not hasattr(mine, name)]
        assert missing == (["torch"] if real is torchvision.tv_tensors else [])
