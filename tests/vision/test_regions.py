"""Pooling of regions and deformable convolution beside plain loops over their definitions; gradients by differences."""

from __future__ import annotations

import math

import numpy as np
import pytest

import penlight
from penlight.autograd import gradcheck, gradgradcheck
from penlight.vision import ops

RANDOM = np.random.RandomState(0)
FEATURES = RANDOM.randn(2, 12, 9, 11)
# (image, x1, y1, x2, y2) in pixels of an image four times as large: inside, a thin one, over the edges, reversed, outside
ROIS = np.array(
    [
        [0, 3, 5, 30, 28], [1, 0, 0, 44, 36], [1, 10.3, 8.1, 11, 30.9], [0, -9, -7, 20, 12], [1, 30, 20, 60, 50],
        [0, 20, 20, 8, 9], [1, 90, 90, 99, 99],
    ]
)  # fmt: skip


FEW = penlight.tensor([[0, 1, 2, 17, 15], [0, -3, -2, 9, 30.0]]).double()


def small(channels):
    return penlight.from_numpy(FEATURES[:1, :channels, :4, :5].copy()).requires_grad_()


def bilinear(plane, y, x, edge):
    """The value at a place; `edge`: pixels at the border reach one pixel further, else there is zero outside."""
    H, W = plane.shape
    if edge:
        if y < -1 or y > H or x < -1 or x > W:
            return 0.0
        y, x = min(max(y, 0), H - 1), min(max(x, 0), W - 1)
    total = 0.0
    for i in (math.floor(y), math.floor(y) + 1):
        for j in (math.floor(x), math.floor(x) + 1):
            if 0 <= i < H and 0 <= j < W:
                total += plane[i, j] * max(0, 1 - abs(y - i)) * max(0, 1 - abs(x - j))
    return total


def plain_align(features, rois, size, scale, ratio, aligned, by_place=False):
    (P, Q), C = size, features.shape[1]
    channels = C // (P * Q) if by_place else C
    out = np.zeros((len(rois), channels, P, Q))
    for k, (image, *corners) in enumerate(rois):
        x1, y1, x2, y2 = (c * scale - (0.5 if aligned or by_place else 0) for c in corners)
        h, w = y2 - y1, x2 - x1
        if not aligned and not by_place:
            h, w = max(h, 1), max(w, 1)
        rows, columns = (ratio if ratio > 0 else math.ceil(side / n) for side, n in ((h, P), (w, Q)))
        for c, p, q in np.ndindex(channels, P, Q):
            plane = features[int(image), (c * P + p) * Q + q if by_place else c]
            values = [
                bilinear(plane, y1 + h / P * (p + (i + 0.5) / rows), x1 + w / Q * (q + (j + 0.5) / columns), True)
                for i in range(rows) for j in range(columns)
            ]  # fmt: skip
            out[k, c, p, q] = np.mean(values) if values else (np.nan if by_place else 0.0)
    return out


def away_from_zero(value):
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def plain_pool(features, rois, size, scale, by_place):
    (P, Q), (_, C, H, W) = size, features.shape
    channels = C // (P * Q) if by_place else C
    out = np.zeros((len(rois), channels, P, Q))
    for k, (image, *corners) in enumerate(rois):
        x1, y1, x2, y2 = (away_from_zero(c * scale) for c in corners)
        h, w = max(y2 - y1 + (not by_place), 1), max(x2 - x1 + (not by_place), 1)
        for c, p, q in np.ndindex(channels, P, Q):
            plane = features[int(image), (c * P + p) * Q + q if by_place else c]
            inside = [
                plane[i, j] for i in range(H - by_place) for j in range(W - by_place)
                if math.floor(p * h / P) <= i - y1 < math.ceil((p + 1) * h / P)
                and math.floor(q * w / Q) <= j - x1 < math.ceil((q + 1) * w / Q)
            ]  # fmt: skip
            if inside:
                out[k, c, p, q] = np.mean(inside) if by_place else max(inside)
    return out


@pytest.mark.parametrize("ratio", [-1, 2])
@pytest.mark.parametrize("aligned", [False, True])
def test_roi_align(ratio, aligned):
    x, rois = penlight.from_numpy(FEATURES[:, :3]), penlight.from_numpy(ROIS)
    expected = plain_align(FEATURES[:, :3], ROIS, (2, 3), 0.25, ratio, aligned)
    actual = ops.roi_align(x, rois, (2, 3), 0.25, ratio, aligned)
    np.testing.assert_allclose(actual.numpy(), expected, atol=1e-12)
    layer = ops.RoIAlign((2, 3), 0.25, ratio, aligned)
    single = layer(x.float(), rois.float())
    assert single.dtype == penlight.float32
    np.testing.assert_allclose(single.numpy(), expected, atol=2e-6)  # float32 places of the samples
    lists = [penlight.from_numpy(ROIS[ROIS[:, 0] == i][:, 1:]) for i in (0, 1)]
    order = np.argsort(ROIS[:, 0], kind="stable")
    np.testing.assert_allclose(layer(x, lists).numpy(), expected[order], atol=1e-12)
    assert gradcheck(lambda x: ops.roi_align(x, rois[:4], 2, 0.25, ratio, aligned), x[:, :1].clone().requires_grad_())


@pytest.mark.parametrize("ratio", [-1, 3])
def test_ps_roi_align(ratio):
    x, rois = penlight.from_numpy(FEATURES), penlight.from_numpy(ROIS)
    expected = plain_align(FEATURES, ROIS, (2, 3), 0.25, ratio, False, True)
    np.testing.assert_allclose(ops.PSRoIAlign((2, 3), 0.25, ratio)(x, rois).numpy(), expected, atol=1e-12)
    assert gradcheck(lambda x: ops.ps_roi_align(x, rois[:4], 2, 0.25, ratio), x[:, :4].clone().requires_grad_())


def test_roi_pool():
    x, rois = penlight.from_numpy(FEATURES[:, :3]), penlight.from_numpy(ROIS)
    expected = plain_pool(FEATURES[:, :3], ROIS, (2, 3), 0.25, False)
    np.testing.assert_array_equal(ops.roi_pool(x, rois, (2, 3), 0.25).numpy(), expected)
    np.testing.assert_array_equal(ops.RoIPool((2, 3), 0.25)(x, rois).numpy(), expected)
    assert gradcheck(lambda x: ops.roi_pool(x, FEW, 2, 0.25), small(1))


def test_ps_roi_pool():
    x, rois = penlight.from_numpy(FEATURES), penlight.from_numpy(ROIS)
    expected = plain_pool(FEATURES, ROIS, (2, 3), 0.25, True)
    np.testing.assert_allclose(ops.PSRoIPool((2, 3), 0.25)(x, rois).numpy(), expected, atol=1e-12)
    assert gradcheck(lambda x: ops.ps_roi_pool(x, FEW, 2, 0.25), small(4))


def test_half_is_rounded_once():
    x, rois = penlight.from_numpy(FEATURES[:, :3]).half(), penlight.from_numpy(ROIS[:4]).half()
    wide = ops.roi_align(x.float(), rois.float(), 2, 0.25)
    assert penlight.equal(ops.roi_align(x, rois, 2, 0.25), wide.half())


def test_what_regions_must_be():
    x = penlight.zeros(1, 3, 4, 4)
    with pytest.raises(AssertionError, match=r"Tensor\[K, 5\]"):
        ops.roi_align(x, penlight.zeros(2, 4), 2)
    with pytest.raises(AssertionError, match=r"List\[Tensor\[L, 4\]\]"):
        ops.roi_pool(x, [penlight.zeros(2, 5)], 2)
    with pytest.raises(RuntimeError, match="same type"):
        ops.roi_align(x, penlight.zeros(2, 5).double(), 2)
    with pytest.raises(IndexError, match="images 0 to 0"):
        ops.roi_align(x, penlight.tensor([[1.0, 0, 0, 2, 2]]), 2)
    with pytest.raises(RuntimeError, match="multiple"):
        ops.ps_roi_pool(x, penlight.zeros(1, 5), 2)
    assert ops.roi_align(x, penlight.zeros(0, 5), 2).shape == (0, 3, 2, 2)
    y = x.clone().requires_grad_()
    (g,) = penlight.autograd.grad(ops.roi_align(y, penlight.zeros(1, 5), 1).sum(), y, create_graph=True)
    with pytest.raises(RuntimeError):  # once, as in torchvision
        g.sum().backward()


def test_boxes_are_pooled_from_the_level_of_their_size():
    levels = {str(i): penlight.from_numpy(RANDOM.randn(2, 3, 64 >> i, 64 >> i)) for i in range(3)}
    boxes = [
        penlight.tensor([[4.0, 4, 40, 50], [0, 0, 250, 250]]).double(),
        penlight.tensor([[9.0, 9, 120, 99]]).double(),
    ]
    layer = ops.MultiScaleRoIAlign(["0", "1", "2"], 2, 2, canonical_scale=112, canonical_level=4)
    found = layer(levels, boxes, [(256, 256), (256, 200)])
    assert layer.scales == [0.25, 0.125, 0.0625]
    rois = penlight.cat([penlight.tensor([[0.0], [0], [1]]).double(), penlight.cat(boxes)], 1)
    for i, level in enumerate((0, 2, 1)):  # floor(4 + log2(side / 112)) from 2
        expected = ops.roi_align(levels[str(level)], rois[i : i + 1], 2, 0.25 / 2**level, 2)
        assert penlight.allclose(found[i], expected[0])
    one = ops.MultiScaleRoIAlign(["1"], (2, 1), 2)(levels, boxes, [(256, 256)])
    assert penlight.allclose(one, ops.roi_align(levels["1"], boxes, (2, 1), 0.125, 2))
    with pytest.raises(ValueError, match="images list"):
        ops.MultiScaleRoIAlign(["1"], 2, 2)(levels, boxes, [])


def plain_deformed(x, offset, weight, mask, stride, padding, dilation):
    (N, C), (outputs, per_group, kh, kw), (_, D, rows, columns) = x.shape[:2], weight.shape, offset.shape
    K = kh * kw
    groups, moved = C // per_group, D // (2 * K)
    out = np.zeros((N, outputs, rows, columns))
    for n, o, i, j in np.ndindex(*out.shape):
        for c, p, q in np.ndindex(per_group, kh, kw):
            channel = o // (outputs // groups) * per_group + c
            g, tap = channel // (C // moved), p * kw + q
            dy, dx = offset[n, (g * K + tap) * 2 : (g * K + tap) * 2 + 2, i, j]
            y = i * stride[0] - padding[0] + p * dilation[0] + dy
            z = j * stride[1] - padding[1] + q * dilation[1] + dx
            value = bilinear(x[n, channel], y, z, False) * (1 if mask is None else mask[n, g * K + tap, i, j])
            out[n, o, i, j] += weight[o, c, p, q] * value
    return out


@pytest.mark.parametrize("masked", [False, True])
def test_deform_conv2d(masked):
    random = np.random.RandomState(1)
    x, weight, bias = random.randn(2, 4, 5, 6), random.randn(6, 2, 3, 2), random.randn(6)
    stride, padding, dilation = (2, 1), (1, 0), (1, 2)
    offset, mask = random.randn(2, 2 * 2 * 6, 3, 4) * 2, random.rand(2, 2 * 6, 3, 4)
    expected = plain_deformed(x, offset, weight, mask if masked else None, stride, padding, dilation)
    values = [penlight.from_numpy(a).requires_grad_() for a in (x, offset, weight, bias, mask)]
    if not masked:
        values = values[:4]

    def run(x, offset, weight, bias, mask=None):
        return ops.deform_conv2d(x, offset, weight, bias, stride, padding, dilation, mask)

    np.testing.assert_allclose(run(*values).detach().numpy(), expected + bias[:, None, None], atol=1e-12)
    shapes = [(1, 4, 2, 3), (1, 8, 1, 3), (2, 2, 2, 1), (2,), (1, 4, 1, 3)][: len(values)]
    few = [penlight.from_numpy(random.randn(*shape)).requires_grad_() for shape in shapes]
    assert gradcheck(lambda *given: ops.deform_conv2d(*given[:4], mask=given[4] if masked else None), few)


def test_deform_conv2d_without_offsets_is_a_convolution():
    layer = ops.DeformConv2d(4, 6, 3, padding=1, groups=2)
    x = penlight.randn(2, 4, 5, 5)
    expected = penlight.nn.functional.conv2d(x, layer.weight, layer.bias, padding=1, groups=2)
    assert penlight.allclose(layer(x, penlight.zeros(2, 18, 5, 5)), expected, atol=1e-5)
    with pytest.raises(RuntimeError, match="multiple of 2"):
        layer(x, penlight.zeros(2, 17, 5, 5))
    with pytest.raises(RuntimeError, match=r"offset of shape \(2, 18, 5, 5\), got \(2, 18, 4, 5\)"):
        layer(x, penlight.zeros(2, 18, 4, 5))
    with pytest.raises(RuntimeError, match="mask of shape"):
        layer(x, penlight.zeros(2, 18, 5, 5), penlight.zeros(2, 8, 5, 5))
    small = [penlight.rand(1, 1, 3, 3), penlight.rand(1, 2, 3, 3) + 0.1, penlight.rand(1, 1, 1, 1)]
    assert gradgradcheck(ops.deform_conv2d, [value.double().requires_grad_() for value in small])


@pytest.mark.live
@pytest.mark.parametrize("options", [(0.25, -1, False), (0.22, 2, True), (0.25, -1, True), (0.25, 3, False)])
def test_beside_torchvision(options):
    torch, real = pytest.importorskip("torch"), pytest.importorskip("torchvision")
    if "penlight" in (torch.__file__ or ""):
        pytest.skip("the alias is installed: this is not PyTorch")
    # Its form in Python, without a compiler; that one, unlike the kernel, treats boxes outside of the features otherwise.
    written, rois = real.ops.roi_align.__globals__["_roi_align"], ROIS[[0, 2]]
    scale, ratio, aligned = options
    x = torch.from_numpy(FEATURES).requires_grad_()
    with torch.compiler.set_stance("force_eager"):
        theirs = written(x, torch.from_numpy(rois), scale, 3, 2, ratio, aligned)
    y = penlight.from_numpy(FEATURES).requires_grad_()
    mine = ops.roi_align(y, penlight.from_numpy(rois), (3, 2), scale, ratio, aligned)
    np.testing.assert_allclose(mine.detach().numpy(), theirs.detach().numpy(), atol=1e-12)
    (theirs**2).sum().backward()
    (mine**2).sum().backward()
    np.testing.assert_allclose(y.grad.numpy(), x.grad.numpy(), atol=1e-12)
