"""Operators beside torchvision's recorded results; suppression beside a plain loop."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import penlight
from penlight import vision
from penlight.vision import ops
from tests.vision import op_cases

RECORDED = json.loads((Path(__file__).parent / "data" / "ops.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("expression", op_cases.VALUES)
def test_recorded_value(expression):
    known = op_cases.names(penlight, vision)
    penlight.manual_seed(3)
    actual = op_cases.leaves(eval(expression, known))
    expected = RECORDED[expression]
    assert actual[:2] == expected[:2]
    # float32, sums of few terms
    np.testing.assert_allclose(actual[2], expected[2], rtol=2e-6, atol=1e-6)


def plain_nms(boxes, scores, threshold):
    kept: list[int] = []
    for i in sorted(range(len(scores)), key=lambda i: -scores[i]):

        def overlap(j, i=i):
            w = min(boxes[i][2], boxes[j][2]) - max(boxes[i][0], boxes[j][0])
            h = min(boxes[i][3], boxes[j][3]) - max(boxes[i][1], boxes[j][1])
            inter = max(w, 0) * max(h, 0)
            area = [(b[2] - b[0]) * (b[3] - b[1]) for b in (boxes[i], boxes[j])]
            return inter / (sum(area) - inter)

        if all(overlap(j) <= threshold for j in kept):
            kept.append(i)
    return kept


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.7])
def test_nms(threshold):
    random = np.random.RandomState(0)
    corners = random.rand(60, 2)
    boxes = np.concatenate([corners, corners + 0.05 + random.rand(60, 2) * 0.5], 1)
    scores = random.randint(0, 20, 60) / 20  # with ties
    mine = ops.nms(penlight.from_numpy(boxes), penlight.from_numpy(scores), threshold)
    assert mine.dtype == penlight.int64 and mine.tolist() == plain_nms(boxes.tolist(), scores.tolist(), threshold)


def test_batched_nms_keeps_classes_apart():
    boxes = penlight.tensor([[0.0, 0, 2, 2], [0, 0, 2, 2], [0, 0, 2, 1.9]])
    scores, classes = penlight.tensor([0.2, 0.9, 0.8]), penlight.tensor([0, 1, 1])
    assert ops.batched_nms(boxes, scores, classes, 0.5).tolist() == [1, 0]
    assert ops.nms(penlight.zeros(0, 4), penlight.zeros(0), 0.5).shape == (0,)


def test_errors():
    with pytest.raises(RuntimeError, match=r"\(N, 4\)"):
        ops.nms(penlight.zeros(2, 3), penlight.zeros(2), 0.5)
    with pytest.raises(ValueError, match="in_fmt"):
        ops.box_convert(penlight.zeros(1, 4), "xy", "xyxy")
    with pytest.raises(ValueError, match="alpha"):
        ops.sigmoid_focal_loss(penlight.zeros(1), penlight.zeros(1), alpha=3)
    with pytest.raises(ValueError, match="mode"):
        ops.stochastic_depth(penlight.zeros(1), 0.5, "all")
    with pytest.raises(AttributeError, match=r"penlight does not have torchvision\.ops\.no_such_op"):
        ops.no_such_op
    with pytest.raises(ValueError, match="rotated"):
        ops.box_convert(penlight.zeros(1, 4), "xyxy", "xywhr")
    with pytest.raises(ValueError, match="reduction"):
        ops.generalized_box_iou_loss(penlight.zeros(1, 4), penlight.zeros(1, 4), "all")
    with pytest.raises(ValueError, match="0 and 1"):
        ops.drop_block2d(penlight.zeros(1, 1, 2, 2), 1.5, 1)
    with pytest.raises(ValueError, match="4 dimensional"):
        ops.drop_block2d(penlight.zeros(1, 2, 2), 0.5, 1)
    with pytest.raises(TypeError, match="ExtraFPNBlock"):
        ops.FeaturePyramidNetwork([1], 2, penlight.nn.ReLU())


def test_frozen_norm_takes_the_state_of_a_norm():
    norm, frozen = penlight.nn.BatchNorm2d(3), ops.FrozenBatchNorm2d(3)
    norm(penlight.randn(4, 3, 2, 2) * 2 + 1)
    frozen.load_state_dict(norm.state_dict())
    x = penlight.randn(2, 3, 2, 2)
    assert penlight.allclose(frozen(x), norm.eval()(x), atol=1e-6) and not list(frozen.parameters())
