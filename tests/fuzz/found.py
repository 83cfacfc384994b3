"""What the fuzzer found and what was mended: one expression each, of both libraries' names.

`python -m tests.fuzz.found` (with PyTorch) records what PyTorch makes of them; `test_found.py` asks the same of penlight
anywhere.
"""
# ruff: noqa: E501 - an expression is one line

from __future__ import annotations

import json
from math import inf, nan
from pathlib import Path

DATA = Path(__file__).parent / "data" / "found.json"
EXPRESSIONS = """
T([1.5, 2], requires_grad=True).int()
T([1.5, 2], requires_grad=True).to(torch.bool)
T([[1., 2, 3], [4, 5, 6]]).__reversed__()
torch.norm_except_dim(T([1., -2, 3]), 1)
torch.norm_except_dim(T([[1., -2], [3, 4]]), 2, 1)
torch.kaiser_window(5, True, 2)
torch.nn.functional.huber_loss(T([1., 2]), T([2., 5]), weight=T([1., 3]))
torch.nn.functional.l1_loss(T([1., 2]), T([2., 5]), weight=T([1.]))
torch.kl_div(T([1., 2]), T([2., 3]))
torch.margin_ranking_loss(T([1., 2]), T([2., 3]), T([1., -1]))
torch.triplet_margin_loss(T([[1., 2]]), T([[2., 3]]), T([[2., 9]]), reduction=1)
torch.hinge_embedding_loss(T([1., 2]), T([1, -1]), reduction='mean')
torch.binary_cross_entropy_with_logits(T([1., 2]), T([0., 1]))
torch.adaptive_max_pool1d(T([[1., 3, 2]]), 2)
torch.special.hermite_polynomial_h(T([1., 2], requires_grad=True), 2)
torch.heaviside(T([1., 0], requires_grad=True), T([1., 2]))
torch.bincount(T([1, 0]), weights=T([1., 2], requires_grad=True))
torch.histogram(T([1., 2], requires_grad=True), 2)
torch.unique(T([1., 2], requires_grad=True))
torch.autograd.grad(torch.unique(T([1., 2], requires_grad=True)).sum(), T(1.))
torch.scatter(torch.zeros(2), 0, T([0, 1]), T([1., 2], requires_grad=True), reduce='multiply')
torch.linalg.qr(T([[1.]], dtype=torch.float16))
torch.argmax(T([1., 2], requires_grad=True), out=T(0))
torch.eq(T([1., 2], requires_grad=True), 1, out=T([True, True]))
torch.vander(T([1, 2], dtype=torch.int8), 3)
torch.linalg.vander(T([inf, nan, 1.]))
torch.fft.fftfreq(4, 0)
torch.fft.fft2(T([[1 + 1j]]), dim=())
T(1 + 2j).mH
torch.logcumsumexp(T([1 + 1j, 2j]), 0)
T([True, False]) - T([1., 2])
torch.trapezoid(T([1., inf, 2]))
torch.pixel_shuffle(T([[[1.]]]), 1)
torch.native_group_norm(T([[1., 2], [3, 5]]), None, None, 2, 2, 1, 1, 0.1)
torch.sort(T([1, 0, 1, 2] * 5))
torch.argsort(T([1.0, nan, 0, -0.0] * 6), descending=True)
torch.nn.functional.avg_pool1d(T([[1j, 2, 3]]), 2)
torch.nn.functional.layer_norm(T([[1, 2]]), (2,))
torch.unique(T([1j, 1j]))
torch.special.i0e(T([1j]))
torch.nn.functional.interpolate(T([[[[1.0, -1.0]]]]), scale_factor=(2, 1.3))
torch.autograd.grad((X := T([[[[.1, .4], [.3, .2]]]], requires_grad=True)) is None or torch.nn.functional.max_pool2d(X, 2).relu_().sum(), X)
torch.autograd.grad(torch.nn.functional.max_pool1d(X := T([[.1, .4]], requires_grad=True), 2).exp_().sum(), X)
torch.autograd.grad(torch.pow(T([-1.0, 1.0]), X := T([-1 + .5j], requires_grad=True)).abs().sum(), X)
first(torch.nn.functional.elu, [nan, -1.0] * 32)[:2]
torch.special.gammaincc(T(nan), T(0.0))
torch.special.zeta(T(nan), T(-1.0))
torch.full((1,), 300, dtype=torch.uint8)
T([3], dtype=torch.uint8).masked_fill(T([True]), -1)
torch.clamp(T([3], dtype=torch.int8), min=300)
torch.scalar_tensor(nan, dtype=torch.uint8)
T([1j, 0j, 2]).bool()
T([1.0]).polygamma_(1)
torch.autograd.grad((T([[1.0, 2], [3, 4]], requires_grad=True) * 1).max(1).values[0].mul_(2).sum(), T(1.0, requires_grad=True), allow_unused=True)
torch.autograd.grad((X := T([1.5], requires_grad=True)).clone().polygamma_(1).sum(), X)
T([[[-2, 3]]]).expand(2, 5, 2).int().stride()
torch.flip(torch.arange(6.0).reshape(1, 2, 3).transpose(1, 2), (2, 0)).stride()
torch.softmax(T(inf), 0)
torch.nn.functional.huber_loss(T([1.0], dtype=torch.float16), T([2.0]))
torch.nn.functional.soft_margin_loss(T([1j]), T([1.0]))
torch.autograd.grad(torch.nn.functional.mse_loss(X := T([1.5 + 2j], requires_grad=True), T([1j]), weight=T([1 + 0.5j])).abs(), X)
torch.autograd.grad(torch.pow(T([6], dtype=torch.uint8), X := T([-1.0], dtype=torch.float64, requires_grad=True)).sum(), X)
torch.nn.functional.interpolate(T([[[1.0, -1.0]]]), scale_factor=1.3)
torch.histogram(T([-0.05], dtype=torch.float64), 2)
torch.fft.fftfreq(4, dtype=torch.int8)
torch.topk(T([True, False]), 1)
torch.isin(T([1]), False)
torch.min(T([[1.0]]), 0, out=(T([1.0]), T([1.0])))
torch.frobenius_norm(T([1.0]))
(torch.manual_seed(0), torch.multinomial(torch.arange(1.0, 13).reshape(3, 4).T, 2))[1]
torch.autograd.grad(torch.nn.functional.cross_entropy(X := torch.ones(2, 3, requires_grad=True), T([0, 0]), ignore_index=0), X)
torch.floor_divide(T([1j]), 2)
T([3], dtype=torch.uint8).add(T([1], dtype=torch.uint8), alpha=-1)
T([3]).add(T([1]), alpha=0.5)
torch.autograd.grad(put((X := T(1.0, requires_grad=True)).clone(), T(True), 0.0), X, T(1.0), create_graph=True)[0].shape
torch.addr(torch.ones(1, 2, dtype=torch.uint8), T([1], dtype=torch.uint8), T([1, 2], dtype=torch.uint8), alpha=-1)
put(T([1, 2, 3]), T([True, False, True]), T([[7.5]]))
put(T([[1, 2]]), 0, T([3., 4], requires_grad=True))
second(torch.selu, [-0.0, 0.0, -1.0, 1.0])
second(torch.nn.functional.celu, [-0.0, 0.0, -1.0, 1.0])
first(torch.nn.functional.hardshrink, [nan, 0.2, inf, 1.0] * 16)[:4]
first(torch.nn.functional.softshrink, [nan, 0.2, inf, 1.0] * 16)[:4]
first(lambda x: torch.nn.functional.ctc_loss(x, T([[1, 0]]), T([2]), T([2])), [[[-0.5, -1.0]], [[-2.0, -0.1]]])
first(lambda x: torch.nn.functional.ctc_loss(x, T([[0]]), T([2]), T([1])), [[[-0.5, -1.0]], [[-2.0, -0.1]], [[-1.0, -3.0]]])
torch.nn.functional.nll_loss(T([[1.03], [2.77], [9.9]], dtype=torch.bfloat16), T([0, 0, 0]))
torch.nn.functional.nll_loss(T([[1.03 + i / 7] for i in range(300)], dtype=torch.float16), T([0] * 300), T([1.3], dtype=torch.float16), reduction='sum')
first(lambda x: torch.nn.functional.nll_loss(x.bfloat16(), T([0, 1]), T([1.3, 0.7], dtype=torch.bfloat16)), [[1.0, 2], [3, 4]])
torch.nn.functional.silu(T([1.0], requires_grad=True), inplace=True)
torch.nn.functional.instance_norm(torch.ones(1, 1, 3), weight=T([1j]))
torch.nn.functional.instance_norm(torch.ones(1, 1, 3) * 1j)
torch.nn.functional.batch_norm(torch.ones(2, 1), T([1j]), T([1j]))
torch.nn.functional.rms_norm(T([[1.0, 2, 3]]), (3,), T([1j, 1, 2]))
torch.nn.functional.rms_norm(T([[1 + 1j, 2]]), (2,), T([1j, 1], dtype=torch.complex128))
torch.special.gammainc(T([3e38, 1e10, 1e30, 3e38]), T([3e38, 1e10, 1.1e30, 1.0]))
torch.special.gammaincc(T([1e15, 1e10], dtype=torch.float64), T([1e15, 1.00001e10], dtype=torch.float64))
torch.nn.functional.conv1d(torch.ones(1, 0, 3), torch.ones(2, 0, 2), T([1.0, 2.0]))
T([3.7, 0.5, 1.3], dtype=torch.bfloat16) % 0.1
T([3.7, 0.5, 1.3], dtype=torch.bfloat16) % T(0.1)
torch.fmod(T(0.37), T([0.1, 0.03], dtype=torch.float16))
T(0.12) // T([0.03], dtype=torch.bfloat16)
torch.nn.functional.nll_loss(T([1.0, 2.0]), T([1, 0]))
torch.threshold(T([0, 9], dtype=torch.uint8), 0, -3)
torch.fmod(T([3.7, 0.5, 1.3], dtype=torch.float16), 0.1)
first(lambda x: T([3, -2]) % x, [-0.0])
torch.take_along_dim(T([[1, 2], [3, 4]]), T([[-5, 4], [-3, 3]]), 0)
torch.nn.functional.gelu(T([3e38, -3e38]), approximate='tanh')
T([complex(inf, 1), complex(nan, 0), 1 + 0j, 0j]) ** T([0.0])
T([complex(inf, 1), 0j]) ** 0
torch.special.gammainc(T([nan, 2.0]), T(inf))
torch.histogramdd(torch.zeros(2, 0), [2, 3])
torch.nn.functional.leaky_relu(T([1.0]), 2j)
torch.nn.functional.ctc_loss(torch.zeros(4, 2, 3), T(1), (4, 3), (1, 1))
torch.conv_tbc(torch.ones(4, 2, 0), torch.ones(1, 0, 3), T([1.0, 2, 3]))
torch.combinations(T([1.0], requires_grad=True), 0)
T(0.0).unflatten(0, (2, -1))
torch.nn.functional.pad(T([[1.0, 2]]), [1, 2], mode='replicate', value=1)
T([[1.0]]).diagonal_scatter(T([1.0]), dim1=0, dim2=0)
torch.nn.functional.conv_transpose2d(torch.ones(3, 2, 0, 3), torch.ones(2, 1, 2, 2), padding=2)
torch.nn.functional.ctc_loss(torch.zeros(4, 2, 3), T([1, 1]), (4, 3), (2, 2))
torch.nn.functional.ctc_loss(torch.zeros(4, 2, 3), T([1, 1, 1, 1, 1]), (4, 3), (2, 2))
torch.nn.functional.ctc_loss(torch.zeros(4, 2, 3), T([[1], [1]]), (4, 3), (2, 2))
first(lambda x: torch.nn.functional.conv2d(torch.ones(1, 0, 3, 3), torch.ones(2, 0, 2, 2), x, 2, 1), [1.0, 2.0])
torch.nn.functional.soft_margin_loss(T([1.0, 2.0]), T([1, 1], dtype=torch.uint8))
torch.clamp(T([1, 200], dtype=torch.uint8), -3, 300)
torch.clamp(T([1, 200], dtype=torch.uint8), max=-3)
torch.nn.functional.nll_loss(T(1.0), T(0))
torch.nn.functional.nll_loss(T([1.0, 2.0, 3.0]), T([1]), T([1.0, 2.0, 3.0]))
torch.nn.functional.cross_entropy(T([1.0, 2.0]), T([1]))
torch.nn.functional.batch_norm(torch.zeros(1, 0), torch.zeros(0), torch.zeros(0), training=True)
torch.nn.functional.l1_loss(T([True, False]), T([1.0, 2.0]))
torch.nn.functional.mse_loss(T([True, False]), T([1.0, 2.0]), weight=T([1.0, 2.0]))
torch.nn.functional.huber_loss(T([1, 2]), T([1.0, 2.0]))
torch.nn.functional.binary_cross_entropy_with_logits(T([1.0, 2.0]), T([True, False]))
torch.nn.functional.binary_cross_entropy_with_logits(T([1.0, 2.0]), T([1.0, 0.0], dtype=torch.float64))
torch.binary_cross_entropy_with_logits(T([1.0, 2.0]), T([[1.0, 2.0]]))
torch.binary_cross_entropy_with_logits(T([[1.0, 2.0]]), T([1.0, 2.0]))
torch.margin_ranking_loss(T([1, 2]), T([[1, 2]]), T([1]))
torch.triplet_margin_loss(T([[1.0, 2.0]]), T([[1.0, 2.0]]), T([[3.0, 4.0]]), -1)
torch.nn.functional.triplet_margin_loss(T([[1.0, 2.0]]), T([1.0, 2.0]), T([[3.0, 4.0]]))
torch.nn.functional.hinge_embedding_loss(T([inf, 2.0, 3.0]), T([1, -1, 0]), 2.5, reduction='none')
torch.nn.functional.hinge_embedding_loss(T([-1, 2, 3]), T([-1, -1, 0]), 2.5, reduction='none')
torch.nn.functional.margin_ranking_loss(T([1, 2]), T([1, -1]), T([1, -1]))
first(lambda x: torch.nn.functional.multilabel_margin_loss(x, T([[2, 2, 1]])), [[1.0, 2.0, 1.25]])
first(lambda x: torch.nn.functional.cosine_embedding_loss(T([0.5, 1.0, 0.5]), x, T(-1.0)) / False, [0.75, -1.75, 0.0])
torch.convolution(torch.zeros((3, 0, 4, 3), dtype=torch.int16), torch.ones((3, 0, 1, 2), dtype=torch.int16), T([1, 2, 3], dtype=torch.int16), [1, 1], [0, 0], [1, 1], False, [0, 0], 1)
torch.fmod(T([3], dtype=torch.uint8).expand(0, 1), T([0, 3], dtype=torch.uint8))
torch.arange(4, out=torch.zeros(2, 2))
torch.fft.rfftfreq(4, out=torch.zeros(3, 1))
torch.cumsum(T([2**62, 2**62]), 0, out=torch.zeros(2))
torch.sum(T([1.5, 2.5]), 0, out=T(0))
torch.prod(T([1.5, 2.5]), 0, out=T(0))
torch.cumsum(T([1.5, 2]), 0, dtype=torch.int64, out=T([0.0, 0]))
torch.triangular_solve(torch.zeros(1, 0), T([[2.0], [1.0]]))
torch.triangular_solve(T([[1], [2]]), T([[1, 2], [0, 1]]))
torch.pow(T([4], dtype=torch.uint8), 300)
torch.nn.functional.softplus(T([1.0]), threshold=2j)
T([1.0]).uniform_(0, nan)
T([1.0]).uniform_(0, 2j)
T([1.0]).uniform_(-3e38, 3e38)
torch.trapz(torch.zeros((1, 0), dtype=torch.bool))
torch.nn.functional.bilinear(T([[1.0]]), T([[1.0, 2]]), T([[1.0, 2, 3]]))
torch.special.gammainc(T([inf, 1.0]), T(nan))
torch.special.zeta(inf, T(0.5))
torch.index_select(T(2.0), 0, T([0, 0]))
T([[1.0, 2]]).index_reduce_(0, T([0, 1]), T([[1.0, 2], [3, 4]]), 'prod')
torch.index_copy(T([1.0]), 0, T([0, 0]), T(2.0))
T([[1, 2], [3, 4]]).index_put((T([0, 0, 3]), T([0, 2, 0])), T(1), accumulate=True)
put(T([1], dtype=torch.uint8), 0, -1.5)
put(T([1], dtype=torch.int8), 0, 127.5)
torch.nn.functional.linear_cross_entropy(T([[1.0], [2]]), T([[3.0], [4]]), T([0, 0]), linear_bias=T(1.0))
torch.nn.functional.interpolate(torch.ones(1, 1, 3), 5, mode='bicubic', antialias=True)
torch.rnn_tanh_cell(T([[1.0, 2]]), T([[1.0, 2]]), T([1.0, 2]), T([[1.0, 2], [1, 2]]))
torch.addcmul(T([1]), T([1]), T([1]), value=inf)
torch.addcmul(T([1.0]), T([1.0]), T([1.0]), value=1j)
T([0.37, 3.6], dtype=torch.bfloat16).div(T([0.04, 0.3], dtype=torch.bfloat16), rounding_mode='trunc')
T([0.37, 3.6], dtype=torch.float16).div(0.1, rounding_mode='trunc')
(X := T([1.0, 2]), X.unsafe_split(1)[0].fill_(5.0))
torch.autograd.grad((X := T([1.0, 2], requires_grad=True)).clone().unsafe_chunk(2)[1].mul_(3).sum(), X)
torch.as_strided_(torch.arange(24.0).reshape(2, 3, 4).transpose(1, 2).clone(), [2, 2], [3, 1])
torch.conv_tbc(torch.ones(3, 2, 1), torch.ones(2, 1, 2), T([1.0, 2])).stride()
torch.cross(T([True, False, True]), T([True, True, False]), 0)
torch.unique(T(1.0), dim=0)
torch.slice_scatter(T(1.0), T(2.0), 0)
torch.autograd.grad(torch.remainder(2.5, X := T([1.0], requires_grad=True)).sum(), X)
torch.nn.functional.group_norm(torch.ones(1, 2, 2), 2, bias=T([1j, 2]))
torch.special.gammaincc(T([-1, -2, 1], dtype=torch.int32), T([1.0, 1, 1]))
first(lambda x: torch.special.gammaincc(T([-1, -2, 1], dtype=torch.int32), x), [1.0, 1.0, 1.0])
T([1.0, 2]).index_put_((T([True, False]),), T([3]))
T([1.0, 2])[0].detach_()
T([1.0]).expand(3).normal_()
torch.t(torch.ones(2, 3).T.requires_grad_()).abs_()
torch.fft.fftshift(T([1.0, 2]), ())
torch.nanmean(T([1.0, 2]), dtype=torch.int64)
torch.linalg.vector_norm(T([1.0, 2], dtype=torch.float16), dtype=torch.bfloat16)
torch.addr(T([[1, 2]]), T([1]), T([1, 2]), beta=0.5)
torch.float_power(T([1.0, 2]), 2, out=torch.zeros(2))
torch.median(T([1.0]), 0, out=(torch.zeros(1, dtype=torch.float64), T([1])))
T([1.0], dtype=torch.float16).masked_fill(T([False]), 1e6)
T([1.0]).fill_(1e300)
put(T([1.0, 2]), T([True, False]), T(1 + 2j))
torch.nn.functional.threshold(T([1.0]), 0, 2j)
torch.nn.functional.avg_pool3d(torch.ones(1, 2, 5, 4), 3, ceil_mode=True)
torch.nn.functional.cross_entropy(T([[-1.25, 0.25, -2.5]]), T([[0.85, 0.74, 0.93]]), T([[-2.25, 2.5, 0.0]]))
torch.unique(T([1.0, 2], requires_grad=True), return_counts=True)
torch.nn.functional.kl_div(T([1.0]), T([1]))
torch.lerp(T([1], dtype=torch.uint8), T([2], dtype=torch.uint8), -1)
torch.nn.functional.dropout(T([1, 2]), 1.0)
torch.nn.functional.instance_norm(torch.ones(1, 2, 3), use_input_stats=False)
torch.linalg.lu_solve(torch.eye(2), T([1, 2], dtype=torch.int32), T([[1], [2]]))
torch.trapz(torch.ones(1, 1, 1), dim=3)
torch.cumulative_trapezoid(T(1))
torch.linalg.householder_product(torch.ones(3, 2), T(1.0))
torch.conv_tbc(torch.zeros(0, 3, 0), torch.zeros(3, 0, 3), T([2.0, 2.75, -0.75]))
torch.pow(T([1.0, 2]), T([[0.5]]))
torch.all(T([1.0, 0]), 0, out=T(0, dtype=torch.uint8))
torch.nn.functional.huber_loss(T([1.0]), T([1.0, 2]), weight=T([1.0]))
torch.nn.functional.mse_loss(T([1.0]), T([1.0, 2]), weight=T([1.0, 2]))
(torch.manual_seed(0), torch.multinomial(torch.ones(3, 4), 2).stride())[1]
(X := T([[1.0, 5.0, 2.0]], requires_grad=True), R := torch.max(X, 1), R[1].fill_(2), torch.autograd.grad(R[0].sum(), X))
(X := T([[1.0, 5.0, 2.0]], requires_grad=True), R := torch.nn.functional.max_pool1d_with_indices(X, 3), R[1].fill_(2), torch.autograd.grad(R[0].sum(), X))
(X := T([[1.0, 5.0, 2.0]], requires_grad=True), R := torch.sort(X), R[1].fill_(2), torch.autograd.grad(R[0].sum(), X))
torch.trapezoid(torch.zeros(0, 2, dtype=torch.int64), dim=0)
torch.trapezoid(torch.zeros(0, dtype=torch.int64), torch.zeros(0))
(lambda x: x.sum_to_size(3) is x)(torch.ones(3, requires_grad=True))
torch.histogram(T([[1., 2.5, -0.25], [1., 0.25, -2.5]]))
torch.histogram(T([3e38]), 5)
torch.histogramdd(T([[2., 1e308]], dtype=torch.float64), [2, 3])
torch.histc(T([-3e38]), 5)
(lambda x: torch.autograd.grad(torch.nn.functional.mish(x), x, T([12.], dtype=torch.float16)))(T([4.], dtype=torch.float16, requires_grad=True))
first(torch.nn.functional.hardtanh, [nan, 0.2, inf, 1.0] * 16)[:4]
first(torch.nn.functional.hardswish, [nan, 3.0, -3.0, 1.0] * 16)[:4]
second(torch.nn.functional.elu, [nan, -1.0] * 32)[:2]
second(lambda x: torch.nn.functional.softplus(x, 2, 3), [1.5, 1.0, 2.0, nan])
second(lambda x: torch.nn.functional.softplus(x, 1, nan), [1.0, -1.0])
first(lambda x: torch.nn.functional.softplus(x, 1, inf), [100.0, 1.0])
second(lambda x: torch.nn.functional.hardswish(x), [-3.0, 3.0, 0.5, inf])
second(torch.asinh, [3e38, 1.0])
second(torch.erfc, [3e38, 1.0])
second(torch.sinc, [1e-20, 0.5])
second(lambda x: torch.atan2(x[0], x[1]), [[0.0, 1.0], [0.0, 2.0]])
first(lambda x: torch.atan2(x[0], x[1]), [[0.0, 1.0], [0.0, 3e38]])
first(lambda x: torch.hypot(x[0], x[1]), [[3.0, 3e38], [4.0, inf]])
first(torch.logit, [0.0, 1.0, -0.0, 0.5])
first(lambda x: torch.logit(x, 0.1), [0.0, 1.0, nan, 0.5] * 16)[:4]
first(torch.digamma, [-1.0, -2.0, inf, -0.5])
first(torch.special.erfcx, [30.0, -1.0])
second(lambda x: torch.pow(x[0], x[1]), [[-1.0, 2.0], [0.0, 3.0]])
first(lambda x: (-2.5) ** torch.complex(x, x).imag, [1.0, 2.0])
torch.autograd.grad(torch.pow(-2.5, X := T([1 + 1j, 0j], requires_grad=True)), X, T([1 + 0j, 1]))
torch.autograd.grad(torch.pow(T([0j, 0j]), X := T([1 + 1j, 1 + 0j], requires_grad=True)), X, T([1 + 0j, 1]))
torch.autograd.grad(torch.xlogy(X := T([1.0, 0.0], requires_grad=True), T([-1.0, -1.0])), X, T([0.0, 1.0]))
torch.autograd.grad(torch.pow(X := T([1.0], requires_grad=True), 0), X, T([nan]))
torch.autograd.grad(torch.frexp(X := T([6e4], dtype=torch.float16, requires_grad=True))[0], X, T([1.0], dtype=torch.float16))
first(lambda x: torch.cumprod(x, 0), [0.0, nan, 2.0])
first(lambda x: torch.cumprod(x, 0), [inf, 0.0, 2.0, 0.0])
second(lambda x: torch.cumprod(x, 0), [2.0, 0.0, nan])
second(lambda x: torch.cumprod(x, 0), [inf, 0.0, 3.0])
first(lambda x: torch.prod(x, 0), [inf, 0.0, 3.0])
second(torch.linalg.vector_norm, [0.0, 0.0])
second(lambda x: torch.linalg.vector_norm(x, 1.5), [0.0, 2.0])
second(lambda x: torch.linalg.vector_norm(x, 0.5), [0.0, 2.0])
first(lambda x: torch.amax(x, 1), [[nan, 1.0], [2.0, 2.0]])
first(lambda x: torch.scatter_reduce(x, 0, T([0, 0]), x[:2] * 2, 'amax'), [nan, 1.0, 5.0])
first(lambda x: torch.nn.functional.smooth_l1_loss(x, T([0.0, 0.0]), reduction='none'), [nan, 0.5])
first(lambda x: torch.nn.functional.huber_loss(x, T([0.0, 0.0]), reduction='none'), [nan, 2.0])
first(lambda x: torch.nn.functional.gaussian_nll_loss(T([1.0, 1.0]), T([1.0, 2.0]), x, reduction='none'), [0.0, 2.0])
first(lambda x: torch.nn.functional.glu(x, 0), [1.0, 3e38, 0.0, 1.0])
""".strip().splitlines()


def put(target, index, value):
    target[index] = value
    return target


def outcome(torch, expression):
    """What an expression gives, as plain values."""

    def first(function, values, again=False):
        """The gradient of a function's sum at the values, or the second one."""
        x = torch.tensor(values, requires_grad=True)
        (g,) = torch.autograd.grad(function(x).sum(), x, create_graph=again)
        return torch.autograd.grad(g.sum(), x)[0] if again else g

    def second(function, values):
        return first(function, values, True)

    names = {"torch": torch, "T": torch.tensor, "put": put, "inf": inf, "nan": nan, "first": first, "second": second}
    try:
        return plain(eval(expression, names))
    except Exception as error:
        return type(error).__name__


def plain(value):
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    if hasattr(value, "dtype"):
        values = value.detach().flatten().tolist()
        values = [str(round(v, 4) + 0.0 if isinstance(v, float) else rounded(v)) for v in values]
        return {"dtype": str(value.dtype), "shape": list(value.shape), "grad": value.requires_grad, "values": values}
    return repr(value)


def rounded(value):
    return complex(round(value.real, 4), round(value.imag, 4)) if isinstance(value, complex) else value


if __name__ == "__main__":
    import torch

    DATA.parent.mkdir(exist_ok=True)
    recorded = {expression: outcome(torch, expression) for expression in EXPRESSIONS}
    DATA.write_text(json.dumps(recorded, indent=0) + "\n", encoding="utf-8", newline="\n")
