"""v2's functions and transforms, and tv_tensors, beside torchvision's recorded results."""

from __future__ import annotations

import copy
import json
import lzma
import pickle
import warnings
from collections import OrderedDict, namedtuple
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PIL")

import penlight
from penlight.vision import transforms
from penlight.vision import tv_tensors as V
from penlight.vision.transforms import v2 as T
from penlight.vision.transforms.v2 import functional as F
from tests.vision import v2_cases as cases

DATA = Path(__file__).parent / "data"
RECORDED = json.loads((DATA / "v2.json").read_text(encoding="utf-8"))
KNOWN = cases.names(penlight, transforms, T, V)


@pytest.fixture(scope="module")
def expected() -> list[list]:
    """The leaves of each recorded value."""
    content, place, values = lzma.decompress((DATA / "v2.xz").read_bytes()), 0, []
    for row in RECORDED["values"]:
        leaves = []
        for leaf in row:
            if not isinstance(leaf, str):
                count = int(np.prod(leaf[1], dtype=np.int64))
                array = np.frombuffer(content, leaf[0], count, place).reshape(leaf[1])
                place += array.nbytes
                leaf = array
            leaves.append(leaf)
        values.append(leaves)
    return values


@pytest.mark.parametrize("number", range(len(cases.RECORDED)), ids=[f"{e[:60]}-{i}" for e, i in cases.RECORDED])
def test_recorded_value(number, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = cases.evaluate(*cases.RECORDED[number], KNOWN)
    assert not cases.compare(found, expected[number])


@pytest.mark.parametrize("text", cases.TEXTS)
def test_text(text):
    assert repr(eval(text, dict(KNOWN))) == RECORDED["texts"][text]


def test_samples_keep_their_form():
    Pair = namedtuple("Pair", "image label")
    sample = OrderedDict(b=Pair(V.Image(penlight.zeros(3, 4, 4)), "x"), a=[1, (None,)])
    found = T.Resize(2)(sample)
    assert type(found) is OrderedDict and list(found) == ["b", "a"] and type(found["b"]) is Pair
    assert found["b"].image.shape == (3, 2, 2) and found["b"].label == "x" and found["a"] == [1, (None,)]


def test_tv_tensors_stay_and_go():
    boxes = V.BoundingBoxes([[1, 2, 3, 4]], format="xyxy", canvas_size=(5, 6), clamping_mode=None)
    for kept in (boxes.clone(), boxes.to(penlight.float32), boxes.detach(), copy.deepcopy(boxes)):
        assert type(kept) is V.BoundingBoxes and (kept.format, kept.canvas_size) == (boxes.format, (5, 6))
        assert kept.clamping_mode is None
    for plain in (boxes + 1, boxes[0], boxes.float(), boxes.add_(0), penlight.stack([boxes])):
        assert type(plain) is penlight.Tensor
    with V.set_return_type("TVTensor"):
        assert type(boxes + 1) is V.BoundingBoxes and (boxes + 1).canvas_size == (5, 6)
    assert type(boxes + 1) is penlight.Tensor
    moved = V.wrap(boxes + 1, like=boxes, canvas_size=(7, 8))
    assert (moved.canvas_size, moved.tolist()) == ((7, 8), [[2, 3, 4, 5]])
    assert repr(V.Mask([[1]])) == "Mask([[1]])" and repr(V.Image([[1.0]])) == "Image([[[1.]]], )"
    assert type(pickle.loads(pickle.dumps(V.Mask([[1]])))) is V.Mask


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: V.Image(penlight.zeros(3)), ValueError),
        (lambda: V.Video(penlight.zeros(1, 2, 2)), ValueError),
        (lambda: V.BoundingBoxes([[1, 2, 3, 4]], format="XYWHR", canvas_size=(3, 4)), ValueError),
        (lambda: V.BoundingBoxes([[1, 2, 3, 4]], format="ZZ", canvas_size=(3, 4)), KeyError),
        (lambda: V.BoundingBoxes([[1, 2, 3, 4]], format="XYWH", canvas_size=(3, 4), clamping_mode="x"), ValueError),
        (lambda: V.KeyPoints([[[1.0, 2, 3]]], canvas_size=(3, 4)), ValueError),
        (lambda: V.set_return_type("x"), ValueError),
        (lambda: V.is_rotated_bounding_format(3), ValueError),
        (lambda: F.pad(KNOWN["rot"], 1), NotImplementedError),
        (lambda: F.clamp_bounding_boxes(KNOWN["corners"]), NotImplementedError),
        (lambda: F.affine(KNOWN["crot"], 1, [0, 0], 1.0, 0), NotImplementedError),
    ],
)
def test_errors_of_tv_tensors(make, error):
    with pytest.raises(error):
        make()


def test_kernels_for_own_classes():
    class Label(V.TVTensor):
        pass

    @F.register_kernel("horizontal_flip", Label)
    def flipped(label):
        return V.wrap(-label, like=label)

    found = T.RandomHorizontalFlip(1.0)({"image": V.Image(penlight.zeros(1, 2, 2)), "label": Label([3])})["label"]
    assert type(found) is Label and found.tolist() == [-3]
    assert T.Resize(3)(found) is found
    with pytest.raises(TypeError, match="F.resize supports inputs of type"):
        F.resize(found, 3)


def test_own_transform():
    class Brighter(T.Transform):
        def make_params(self, flat_inputs):
            return {"by": len(flat_inputs)}

        def transform(self, inpt, params):
            return inpt + params["by"]

    assert Brighter()((penlight.zeros(1, 1), 5, penlight.zeros(1)))[0].tolist() == [[1.0]]  # the first tensor only


def test_bytes_are_resized_as_pillow_does():
    from PIL import Image

    image = KNOWN["rgb"]
    for mode, number in (("bilinear", 2), ("bicubic", 3), ("lanczos", 1)):
        expected = np.asarray(image.resize((13, 31), number)).transpose(2, 0, 1)
        found = F.resize(KNOWN["byte"], [31, 13], mode).numpy()
        assert np.abs(found.astype(int) - expected).max() <= 1  # Pillow's weights have 22 bits, PyTorch's 16
    assert Image  # the module is there


def test_jpeg_of_tensors_is_that_of_pillow():
    from PIL import Image

    expected = np.asarray(F.jpeg(KNOWN["rgb"], 40)).transpose(2, 0, 1)
    assert Image and np.array_equal(F.jpeg(KNOWN["image"], 40).numpy(), expected)


def test_transforms_can_be_pickled():
    transform = T.Compose([T.RandomCrop(4), T.ColorJitter(0.2), T.AutoAugment(), T.ToDtype(penlight.float32)])
    results = []
    for each in (transform, pickle.loads(pickle.dumps(transform))):
        penlight.manual_seed(0)
        results.append(each(KNOWN["image"]))
    assert penlight.equal(*results)


def test_a_missing_name_says_so():
    with pytest.raises(AttributeError, match=r"penlight does not have torchvision\.transforms\.v2\.NoSuchName"):
        T.NoSuchName
    with pytest.raises(ImportError, match=r"penlight does not have torchvision\.transforms\.v2\.functional\.nothing"):
        exec("from penlight.vision.transforms.v2.functional import nothing")
