"""Sample calls over the public functions: between them, every op of the table that has a gradient rule.

A sample is an expression and its tensors. A tensor is given by its shape (float64, spread over [-1.2, 1.2] without ties
or zeros), by `positive(shape)` (in [0.4, 1.9]), `unit(shape)` (in [-0.8, 0.8]), `whole([…])` (integers, no gradient),
`mask([…])`, or `complex_(shape)`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import penlight as torch
import penlight.nn.functional as F


class Sample(NamedTuple):
    expression: str
    tensors: dict[str, Any]

    def __str__(self) -> str:
        return self.expression


class Spec(NamedTuple):
    make: Callable[[np.random.Generator], np.ndarray]
    differentiable: bool = True


def _spread(generator: np.random.Generator, shape: tuple, low: float, high: float) -> np.ndarray:
    """Distinct values, evenly spread with a little noise, in random order: no ties, and none at zero."""
    count = int(np.prod(shape)) if shape else 1
    values = low + (high - low) * (np.arange(count) + 0.5 + 0.2 * generator.uniform(-1, 1, count)) / count
    values[np.abs(values) < 0.02] += 0.05
    return generator.permutation(values).reshape(shape)


def positive(*shape: int) -> Spec:
    return Spec(lambda g: _spread(g, shape, 0.4, 1.9))


def unit(*shape: int) -> Spec:
    return Spec(lambda g: _spread(g, shape, -0.8, 0.8))


def above_one(*shape: int) -> Spec:
    return Spec(lambda g: _spread(g, shape, 1.3, 2.4))


def complex_(*shape: int) -> Spec:
    return Spec(lambda g: _spread(g, shape, -1.2, 1.2) + 1j * _spread(g, shape, -1.2, 1.2))


def definite(n: int) -> Spec:
    def make(g: np.random.Generator) -> np.ndarray:
        a = _spread(g, (n, n), -1, 1)
        return a @ a.T + np.diag(np.arange(1.0, n + 1))

    return Spec(make)


def whole(values: Any) -> Spec:
    return Spec(lambda g: np.array(values), False)


def mask(values: Any) -> Spec:
    return Spec(lambda g: np.array(values, bool), False)


def fixed(values: Any) -> Spec:
    return Spec(lambda g: np.array(values, np.float64), False)


SAMPLES: list[Sample] = []


def sample(expression: str, **tensors: Any) -> None:
    SAMPLES.append(Sample(expression, tensors))


def arguments_of(s: Sample) -> tuple[Callable, tuple]:
    """(function, inputs) as gradcheck takes them."""
    generator = np.random.default_rng(zlib.crc32(s.expression.encode()))
    inputs = []
    for spec in s.tensors.values():
        if isinstance(spec, tuple) and not isinstance(spec, Spec):
            shape = spec
            spec = Spec(lambda g, shape=shape: _spread(g, shape, -1.2, 1.2))
        t = torch.from_numpy(np.array(spec.make(generator)))
        inputs.append(t.requires_grad_() if spec.differentiable else t)
    names = ", ".join(s.tensors)
    return eval(f"lambda {names}: {s.expression}", {"torch": torch, "F": F, "layer": layer}), tuple(inputs)


def layer(kind: str, a: torch.Tensor, *weights: torch.Tensor, **options: Any) -> torch.Tensor:
    """The output of a recurrent layer with these weights."""
    module = getattr(torch.nn, kind)(a.shape[-1], weights[1].shape[1], **options).double()
    names = [n for n, _ in module.named_parameters()]
    return torch.func.functional_call(module, dict(zip(names, weights)), (a,))[0]


# --- elementwise ------------------------------------------------------------------------------------------------------

for _name in (
    "exp expm1 exp2 sin cos tan sinh cosh tanh atan asinh sigmoid erf erfc neg abs sign sgn square deg2rad rad2deg "
    "sinc floor ceil trunc round frac nan_to_num positive angle i0 special.i0e special.i1 special.i1e special.ndtr "
    "special.erfcx special.log_ndtr conj_physical relu selu celu"
).split():
    sample(f"torch.{_name}(a)", a=(2, 3))
for _name in (
    "log log2 log10 log1p sqrt rsqrt reciprocal lgamma digamma special.entr polygamma(2,) xlogy(a,) special.xlog1py(a,)"
).split():
    _call = f"{_name[:-1]} a)" if _name.endswith(",)") else f"{_name}(a)"
    sample(f"torch.{_call}", a=positive(2, 3))
for _name in "asin acos atanh erfinv".split():
    sample(f"torch.{_name}(a)", a=unit(2, 3))
sample("torch.acosh(a)", a=above_one(4))
sample("torch.mvlgamma(a, 2)", a=above_one(4))
sample("torch.logit(a * 0.2 + 0.2)", a=positive(4))
sample("torch.logit(a, 0.1)", a=positive(4))
sample("torch.special.ndtri(a * 0.3 + 0.2)", a=positive(4))
sample("torch.round(a, decimals=1)", a=(4,))
for _name in (
    "leaky_relu hardtanh hardsigmoid hardswish hardshrink softshrink elu celu logsigmoid silu mish softplus gelu relu6 "
    "softsign tanhshrink selu"
).split():
    sample(f"F.{_name}(a * 3)", a=(2, 4))
sample("F.gelu(a, approximate='tanh')", a=(4,))
sample("F.threshold(a, 0.1, 20)", a=(4,))
sample("F.prelu(a, w)", a=(2, 3, 2), w=(3,))
sample("F.rrelu(a, training=False)", a=(4,))
sample("F.glu(a)", a=(2, 4))
for _name in "add sub rsub mul atan2 hypot maximum minimum fmax fmin logaddexp logaddexp2 copysign nextafter".split():
    sample(f"torch.{_name}(a, b)", a=(2, 3), b=(3,))
sample("a.copysign(-1.0)", a=(3,))
sample("torch.true_divide(a, b)", a=(2, 3), b=positive(3))
sample("2.5 / a", a=positive(3))
sample("torch.div(a, b, rounding_mode='floor')", a=(3,), b=positive(3))
sample("torch.add(a, b, alpha=2)", a=(2, 1), b=(3,))
for _exponent in (0, 1, 2, 3, -1, 0.5, 2.5):
    sample(f"torch.pow(a, {_exponent})", a=positive(3))
sample("torch.pow(a, b)", a=positive(2, 3), b=(3,))
sample("torch.pow(2.0, a)", a=(3,))
sample("torch.remainder(a, 0.7)", a=(3,))
sample("torch.remainder(a, b)", a=(3,), b=positive(3))
sample("torch.fmod(a, 0.7)", a=(3,))
sample("torch.fmod(a, b)", a=(3,), b=positive(3))
sample("torch.lerp(a, b, 0.3)", a=(3,), b=(3,))
sample("torch.lerp(a, b, w)", a=(2, 3), b=(3,), w=(3,))
sample("torch.addcmul(a, b, c, value=2)", a=(2, 3), b=(3,), c=(2, 1))
sample("torch.addcdiv(a, b, c, value=2)", a=(2, 3), b=(3,), c=positive(2, 1))
sample("torch.ldexp(a, b)", a=(3,), b=(3,))
sample("torch.ldexp(a, torch.tensor([3, 0, 2]))", a=(3,))
sample("torch.frexp(a)[0]", a=positive(3))
for _name in ("xlogy", "special.xlog1py"):
    sample(f"torch.{_name}(a, b)", a=(3,), b=positive(3))
    sample(f"torch.{_name}(2.0, b)", b=positive(3))
    sample(f"torch.{_name}(a, 2.0)", a=(3,))
sample("torch.special.zeta(a, b)", a=fixed([2.0, 3.0, 2.5]), b=positive(3))
sample("torch.special.zeta(2.5, b)", b=positive(3))
sample("torch.clamp(a, -0.5, 0.5)", a=(5,))
sample("torch.clamp(a, min=-0.5)", a=(5,))
sample("torch.clamp(a, max=0.5)", a=(5,))
sample("torch.clamp(a, b, c)", a=(5,), b=unit(5), c=positive(5))
sample("torch.clamp(a, min=b)", a=(5,), b=unit(5))
sample("torch.clamp(a, max=b)", a=(5,), b=unit(5))
sample("torch.clamp_min(a, b)", a=(5,), b=unit(5))
sample("torch.clamp_max(a, b)", a=(5,), b=unit(5))
sample("torch.clamp_max(a, 0.5)", a=(5,))
sample("torch.where(m, a, b)", m=mask([[True, False, True]]), a=(2, 3), b=(3,))
sample("a.masked_fill(m, 2.0)", a=(2, 3), m=mask([True, False, True]))
sample("a.masked_fill(m, v)", a=(2, 3), m=mask([True, False, True]), v=())
for _name in "mul exp sin sqrt log reciprocal tanh sigmoid sgn abs angle".split():
    _second = ", b" if _name == "mul" else ""
    sample(f"torch.{_name}(a{_second}) * 1", a=complex_(3), **({"b": complex_(3)} if _second else {}))
sample("torch.view_as_real(a)", a=complex_(3))
sample("torch.view_as_complex(a)", a=(3, 2))
sample("torch.complex(a, b)", a=(3,), b=(3,))
sample("a.conj() * a + a.real * 2 + a.imag", a=complex_(3))
sample("a.to(torch.complex128).to(torch.float64)", a=(3,))
sample("a.clone() + a.contiguous() + a.t().contiguous().t()", a=(2, 3))

# --- reductions, scans, sorting ---------------------------------------------------------------------------------------

for _name in "sum mean prod amax amin logsumexp var std nansum".split():
    if _name not in ("logsumexp",):
        sample(f"torch.{_name}(a)", a=(2, 3))
    sample(f"torch.{_name}(a, 1)", a=(2, 3))
    sample(f"torch.{_name}(a, dim=0, keepdim=True)", a=(2, 3))
sample("torch.sum(a, (0, 2))", a=(2, 2, 2))
sample("torch.prod(a, 1)", a=fixed([[1.0, 0.0], [2.0, 3.0]])._replace(differentiable=True))
for _name in "max min median nanmedian mode kthvalue(a,2) sort topk(a,2) cummax(a,1) cummin(a,1) aminmax".split():
    _stem, _, _rest = _name.partition("(")
    if _rest:
        sample(f"torch.{_stem}({_rest[:-1]}{', 1' if _stem in ('kthvalue',) else ''})[0]", a=(2, 3))
    elif _name == "aminmax":
        sample("torch.aminmax(a)", a=(2, 3))
        sample("torch.aminmax(a, dim=1)", a=(2, 3))
    else:
        if _name in ("max", "min", "median", "nanmedian"):
            sample(f"torch.{_name}(a)", a=(2, 3))
        sample(f"torch.{_name}(a, 1)[0]", a=(2, 3))
sample("torch.var_mean(a, 1)", a=(2, 3))
sample("torch.std_mean(a)", a=(2, 3))
sample("torch.quantile(a, 0.3, dim=1)", a=(2, 4))
sample("torch.cumsum(a, 1)", a=(2, 3))
sample("torch.cumprod(a, 1)", a=(2, 3))
sample("torch.logcumsumexp(a, 1)", a=(2, 3))
sample("torch.segment_reduce(a, 'max', lengths=torch.tensor([2, 1, 2]))", a=(5, 3))
sample("torch.segment_reduce(a, 'prod', lengths=torch.tensor([2, 1, 2]))", a=(5, 3))
sample("torch.linalg.vector_norm(a)", a=(2, 3))
for _order in (0, 1, 3, "float('inf')"):
    sample(f"torch.linalg.vector_norm(a, {_order}, dim=1)", a=(2, 3))
sample("torch.cdist(a, b)", a=(3, 2), b=(2, 2))
sample("torch.cdist(a, b, p=1)", a=(3, 2), b=(2, 2))
sample("torch.cdist(a, b, p=3)", a=(3, 2), b=(2, 2))
sample("torch.cdist(a, b, p=float('inf'))", a=(3, 2), b=(2, 2))
sample("torch.cdist(a, b, compute_mode='use_mm_for_euclid_dist')", a=(3, 2), b=(2, 2))
sample("torch.pdist(a)", a=(3, 2))
sample("F.pairwise_distance(a, b)", a=(3, 2), b=(3, 2))
sample("F.cosine_similarity(a, b)", a=(3, 2), b=(3, 2))
sample("F.softmax(a, 1)", a=(2, 3))
sample("F.log_softmax(a, 1)", a=(2, 3))
sample("F.normalize(a)", a=(2, 3))

# --- shape, joining, indexing -----------------------------------------------------------------------------------------

for _call in (
    "a[1]", "a[:, 1:]", "a[None]", "a[...]", "a[[1, 0]]", "a[[1, 0], [2, 0]]", "a[:, [0, 0, 1]]", "a.repeat(2, 1)",
    "a.repeat_interleave(2, dim=1)", "a.roll(1, 1)", "a.flip(0)", "a.rot90()", "a.tril()", "a.triu(1)",
    "a.t()", "a.permute(1, 0)", "a.transpose(0, 1)", "a.unsqueeze(1)", "a.unsqueeze(0).squeeze()",
    "a.unsqueeze(0).squeeze(0)", "a.unsqueeze(0).squeeze((0,))", "a.unfold(1, 2, 1)", "a.diagonal()", "a.diag()",
    "torch.diag_embed(a)", "a.as_strided((2, 2), (1, 2))", "a.view(3, 2)", "a.t().reshape(-1)", "a.expand(2, 2, 3)",
    "a[:, ::2].t().reshape(2, 2)",
    "a.t()[:, :1].reshape(3)", "a.unbind(1)", "a.split(1)", "a.chunk(2, 1)", "a.unsafe_chunk(2, 1)[0]",
    "a.movedim(0, 1)", "torch.cat([a, a * 2], 1)", "torch.stack([a, a * 2], 1)", "torch.block_diag(a, a * 2)",
    "torch.tril(a) + a.trace()", "a.take(torch.tensor([0, 4, 4]))", "a.index_select(1, torch.tensor([0, 0, 2]))",
    "a.gather(1, torch.tensor([[0, 0], [2, 1]]))", "a.masked_select(torch.tensor([True, False, True]))",
    "a.index_fill(1, torch.tensor([0, 2]), 3.0)", "a.scatter(1, torch.tensor([[0], [2]]), 3.0)",
    "torch.take_along_dim(a, torch.tensor([[0, 0], [2, 1]]), 1)",
    "torch.flatten(a)", "a.T.contiguous()", "torch.squeeze(a.unsqueeze(2), 2)", "a.tile(2)", "a.diff()",
):  # fmt: skip
    sample(_call, a=(2, 3))
sample("(lambda y: (y.mul_(b), y)[1])(a * 1)", a=(2, 3), b=(3,))
sample("(lambda y: (y[0].mul_(b), y)[1])(a * 1)", a=(2, 3), b=(3,))
sample("(lambda y: (y.zero_(), y.add_(a))[1])(a * 1)", a=(3,))
sample("(lambda y: (y.fill_(b), y)[1])(a * 1)", a=(3,), b=())
sample("(lambda y: (y.__setitem__(0, b), y)[1])(a * 1)", a=(2, 3), b=(3,))
sample("(lambda y: (y.__setitem__(([0, 1], [1, 2]), b), y)[1])(a * 1)", a=(2, 3), b=(2,))
sample("a.index_put((torch.tensor([0, 0]),), b, accumulate=True)", a=(2, 3), b=(2, 3))
sample("a.put(torch.tensor([0, 4]), b)", a=(2, 3), b=(2,))
sample("a.put(torch.tensor([0, 0]), b, accumulate=True)", a=(2, 3), b=(2,))
sample("a.index_add(1, i, b, alpha=2)", a=(2, 3), i=whole([0, 0]), b=(2, 2))
sample("a.index_copy(1, i, b)", a=(2, 3), i=whole([2, 0]), b=(2, 2))
sample("a.index_fill(1, i, v)", a=(2, 3), i=whole([0, 2]), v=())
sample("a.scatter(1, i, b)", a=(2, 3), i=whole([[0, 2], [1, 0]]), b=(2, 2))
sample("a.scatter_add(1, i, b)", a=(2, 3), i=whole([[0, 0], [1, 0]]), b=(2, 2))
for _reduce in ("sum", "mean", "prod", "amax", "amin"):
    sample(f"a.scatter_reduce(1, i, b, '{_reduce}')", a=(2, 3), i=whole([[0, 0], [1, 0]]), b=(2, 2))
sample("a.masked_scatter(m, b)", a=(2, 3), m=mask([[True, False, True], [False, False, True]]), b=(4,))
sample("torch.select_scatter(a, b, 0, 1)", a=(2, 3), b=(3,))
sample("torch.slice_scatter(a, b, 1, 1)", a=(2, 3), b=(2, 2))
sample("torch.diagonal_scatter(a, b)", a=(2, 3), b=(2,))
sample("torch.as_strided_scatter(a, b, (2,), (2,))", a=(2, 3), b=(2,))
sample("F.pixel_shuffle(a, 2)", a=(1, 4, 1, 2))
sample("F.pixel_unshuffle(a, 2)", a=(1, 1, 2, 4))
sample("F.channel_shuffle(a, 2)", a=(1, 4, 1, 2))
sample("F.embedding(i, w)", i=whole([[0, 2], [2, 1]]), w=(3, 2))
sample("F.embedding(i, w, padding_idx=1)", i=whole([[0, 2], [2, 0]]), w=(3, 2))
for _mode in ("constant", "reflect", "replicate", "circular"):
    sample(f"F.pad(a, (1, 1), '{_mode}')", a=(1, 2, 3))
    sample(f"F.pad(a, (1, 0, 1, 1), '{_mode}')", a=(1, 1, 2, 3))
    sample(f"F.pad(a, (1, 0, 1, 1, 0, 1), '{_mode}')", a=(1, 1, 2, 2, 2))

# --- products, linear algebra, transforms -----------------------------------------------------------------------------

sample("torch.mm(a, b)", a=(2, 3), b=(3, 2))
sample("torch.bmm(a, b)", a=(2, 2, 3), b=(2, 3, 2))
sample("torch.mv(a, b)", a=(2, 3), b=(3,))
sample("torch.dot(a, b)", a=(3,), b=(3,))
sample("torch.vdot(a, b)", a=complex_(3), b=complex_(3))
sample("torch.matmul(a, b)", a=(2, 2, 3), b=(3, 2))
sample("F.linear(a, w, b)", a=(2, 3), w=(2, 3), b=(2,))
sample("F.linear(a, w)", a=(2, 2, 3), w=(2, 3))
sample("torch.addmm(a, b, c, beta=2, alpha=3)", a=(2,), b=(2, 3), c=(3, 2))
sample("torch.addmv(a, b, c)", a=(2,), b=(2, 3), c=(3,))
sample("torch.baddbmm(a, b, c)", a=(2, 2, 2), b=(2, 2, 3), c=(2, 3, 2))
sample("torch.addbmm(a, b, c)", a=(2, 2), b=(2, 2, 3), c=(2, 3, 2))
sample("torch.addr(a, b, c)", a=(2, 3), b=(2,), c=(3,))
sample("torch.trace(a)", a=(2, 3))
sample("torch.linalg.cross(a, b)", a=(2, 3), b=(2, 3))
sample("torch.einsum('ij,jk->ik', a, b)", a=(2, 3), b=(3, 2))
sample("torch.linalg.inv(a)", a=definite(3))
sample("torch.linalg.solve(a, b)", a=definite(3), b=(3, 2))
sample("torch.linalg.solve_triangular(a.tril(), b, upper=False)", a=definite(3), b=(3, 2))
sample("torch.linalg.det(a)", a=definite(3))
sample("torch.linalg.slogdet(a)[1]", a=definite(3))
sample("torch.linalg.cholesky(a @ a.mT)", a=definite(3))
sample("torch.cholesky_solve(b, a.tril())", a=definite(3), b=(3, 2))
sample("torch.linalg.eigvalsh(a + a.mT)", a=definite(3))
sample("(lambda r: r[1].abs() + r[0])(torch.linalg.eigh(a + a.mT))", a=definite(3))
sample("torch.linalg.eigvals(a).abs()", a=definite(3))
sample("torch.linalg.svdvals(a)", a=(3, 2))
sample("(lambda r: r[0].abs() @ r[2].abs())(torch.linalg.svd(a, full_matrices=False))", a=(3, 2))
sample("(lambda r: r[0].abs() @ r[1].abs())(torch.linalg.qr(a))", a=(3, 2))
sample("torch.linalg.pinv(a)", a=(3, 2))
sample("torch.linalg.matrix_power(a, 0)", a=(2, 2))
sample("torch.conj_physical(a)", a=complex_(3))
sample("torch.conj(a).imag", a=complex_(3))
sample("torch.linalg.matrix_exp(a)", a=(2, 2))
sample("torch.linalg.lu_factor(a)[0]", a=definite(3))
sample("torch.view_as_real(torch.fft.fft(a))", a=complex_(4))
sample("torch.view_as_real(torch.fft.rfft(a))", a=(5,))
sample("torch.fft.irfft(a, 4)", a=complex_(3))
sample("torch.view_as_real(torch.fft.fft(a, 6))", a=(4,))
sample("torch.view_as_real(torch.stft(a, 4, window=torch.ones(4).double(), return_complex=True))", a=(8,))
sample(
    "torch.istft(torch.stft(a, 4, window=torch.ones(4).double(), return_complex=True), 4,"
    " window=torch.ones(4).double())", a=(8,),
)  # fmt: skip

# --- layers and losses ------------------------------------------------------------------------------------------------

sample("F.conv1d(a, w, b, padding=1)", a=(1, 2, 4), w=(2, 2, 3), b=(2,))
sample("F.conv2d(a, w, b, padding=1, groups=2)", a=(1, 2, 3, 3), w=(2, 1, 2, 2), b=(2,))
sample("F.conv_transpose2d(a, w, b, stride=2)", a=(1, 2, 2, 2), w=(2, 1, 2, 2), b=(1,))
sample("F.max_pool2d(a, 2)", a=(1, 1, 4, 4))
sample("F.max_pool2d(a, 3, stride=1)", a=(1, 1, 4, 4))
sample("F.max_unpool2d(*F.max_pool2d(a, 2, return_indices=True), 2)", a=(1, 1, 4, 4))
sample("F.avg_pool2d(a, 2, padding=1)", a=(1, 1, 3, 3))
sample("F.adaptive_avg_pool2d(a, 2)", a=(1, 1, 3, 3))
sample("F.adaptive_max_pool2d(a, 2)", a=(1, 1, 3, 3))
sample("F.interpolate(a, scale_factor=2, mode='bilinear')", a=(1, 1, 2, 2))
sample("F.interpolate(a, scale_factor=2)", a=(1, 1, 2, 2))
sample("F.unfold(a, 2)", a=(1, 1, 3, 3))
sample("F.fold(a, (3, 3), 2)", a=(1, 4, 4))
sample("F.batch_norm(a, None, None, w, b, training=True)", a=(3, 2, 2), w=(2,), b=(2,))
sample("F.batch_norm(a, m, v, w, b)", a=(3, 2), m=fixed([0.1, 0.2]), v=fixed([1.0, 2.0]), w=(2,), b=(2,))
sample("F.layer_norm(a, (3,), w, b)", a=(2, 3), w=(3,), b=(3,))
sample("F.rms_norm(a, (3,), w)", a=(2, 3), w=(3,))
sample("F.group_norm(a, 2, w, b)", a=(2, 4, 2), w=(4,), b=(4,))
for _name in "mse_loss huber_loss smooth_l1_loss l1_loss".split():
    sample(f"F.{_name}(a * 2, b)", a=(2, 3), b=(2, 3))
    sample(f"F.{_name}(a, b, reduction='none')", a=(2, 3), b=(2, 3))
sample("F.binary_cross_entropy(a * 0.5, b * 0.5, w)", a=positive(3), b=positive(3), w=fixed([1.0, 2.0, 0.5]))
sample("F.binary_cross_entropy_with_logits(a, b, pos_weight=w)", a=(3,), b=positive(3), w=fixed([1.0, 2.0, 0.5]))
sample("F.nll_loss(a, t)", a=(2, 3), t=whole([2, 0]))
sample("F.cross_entropy(a, t, w, label_smoothing=0.1)", a=(2, 3), t=whole([2, 0]), w=fixed([1.0, 2.0, 0.5]))
sample("F.cross_entropy(a, b.softmax(1))", a=(2, 3), b=(2, 3))
sample("F.soft_margin_loss(a, b)", a=(3,), b=fixed([1.0, -1.0, 1.0]))
sample("F.multi_margin_loss(a, t)", a=(2, 3), t=whole([2, 0]))
sample("F.multi_margin_loss(a, t, p=2)", a=(2, 3), t=whole([2, 0]))
sample("F.kl_div(a, b)", a=(3,), b=positive(3))
sample("F.poisson_nll_loss(a, b)", a=(3,), b=positive(3))
sample("F.gaussian_nll_loss(a, b, v)", a=(3,), b=(3,), v=positive(3))
sample("F.triplet_margin_loss(a, b, c)", a=(2, 3), b=(2, 3), c=(2, 3))
sample("F.ctc_loss(a.log_softmax(2), torch.tensor([[1, 2]]), (4,), (2,))", a=(4, 1, 3))
sample("F.scaled_dot_product_attention(a, b, c)", a=(1, 2, 3), b=(1, 2, 3), c=(1, 2, 3))
for _kind, _gates in (("RNN", 1), ("GRU", 3), ("LSTM", 4)):
    _weights = {"w": (_gates * 2, 3), "u": (_gates * 2, 2), "b": (_gates * 2,), "c": (_gates * 2,)}
    sample(f"layer('{_kind}', a, w, u, b, c)", a=(3, 1, 3), **_weights)
sample("F.affine_grid(a, (1, 1, 2, 3), align_corners=False)", a=(1, 2, 3))
for _mode in ("bilinear", "nearest", "bicubic"):
    sample(f"F.grid_sample(a, b, mode='{_mode}', align_corners=False)", a=(1, 1, 3, 3), b=unit(1, 2, 2, 2))
sample("torch.alias_copy(a)", a=(2, 3))
sample("torch.igamma(a, b)", a=fixed([0.7, 1.5, 2.5]), b=positive(3))
sample("torch.igammac(a, b)", a=fixed([0.7, 1.5, 2.5]), b=positive(3))
sample("torch.linalg.householder_product(a.tril(-1), b)", a=(4, 2), b=positive(2))
sample("torch.ormqr(a.tril(-1), b, c)", a=(4, 2), b=positive(2), c=(4, 3))
for _dims in (2, 3):
    _size = ", ".join("5" * _dims)
    sample(f"F.fractional_max_pool{_dims}d(a, 2, output_size=2, _random_samples=torch.full((1, 2, {_dims}), 0.3))",
           a=(1, 2, *(5,) * _dims))  # fmt: skip
