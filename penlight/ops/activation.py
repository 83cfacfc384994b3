"""Activation functions, elementwise: what neural networks put between their layers."""

from __future__ import annotations

import math

from penlight.ops.kinds import as_element, blend, in_float32, keep, not_implemented, refuse, unary, zero_of
from penlight.ops.table import composite, op, pointwise

__all__: list[str] = []


def activation(signature, **fields):
    """An op of floats (others are refused by the kernel) that also has an in-place form."""
    return op(signature, **{"on": "", "inplace": True, **fields})


def select(xp, mask, a, b):
    """a where mask, else b, for results of one shape and float dtype."""
    if mask.__class__ is xp.ndarray and mask.size >= 2048 and a.dtype is b.dtype:
        return blend(xp, mask, a, b)
    return xp.where(mask, a, b)


def _gated(k, g, opened, input):
    """The gradient where `opened` holds; its own gradient towards the input is zero."""
    return k._tied(k._keep(g, opened), input)


def _outside(k, g, input, lambd):
    """The gradient where |input| > lambd; at nan zero, as in PyTorch's loops over vectors."""
    return _gated(k, g, k.logical_or(input < -lambd, input > lambd), input)


# --- ReLU and its relatives --------------------------------------------------------------------------------------


@op("relu(Tensor input)", inplace=True, half="direct", vjp={"input": lambda k, g, out: k._relu_backward(g, out)})
def relu(xp, input):
    """max(input, 0), elementwise; nan stays.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.relu.html

    >>> import penlight as torch
    >>> torch.relu(torch.tensor([-1., 2.]))
    tensor([0., 2.])
    """
    kind = input.dtype.kind
    if kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    if kind == "c":
        raise NotImplementedError("clamp is not supported for complex types")
    return xp.limit(input, 0, None) if kind == "f" else xp.maximum(zero_of(xp, input.dtype), input)


@op(
    "_relu_backward(Tensor input, Tensor result)",
    on="",
    half="direct",
    grad_name="ThresholdBackwardBackward0",
    vjp={"input": lambda k, g, result: k._relu_backward(g, result), "result": lambda k, g: k._zeros(g)},
)
def _relu_backward(xp, input, result):
    """The gradient where relu's result is not 0 (so nan passes), exactly 0 elsewhere."""
    if input.__class__ is xp.ndarray and input.dtype is result.dtype and 1 < input.itemsize < 9:
        return xp.gate(input, result)
    return keep(xp, input, xp.not_equal(result, zero_of(xp, result.dtype)))


@activation(
    "leaky_relu(Tensor input, real negative_slope=0.01)",
    vjp={
        "input": lambda k, g, input, negative_slope: k._leaky_relu_backward(g, input, negative_slope),
    },
)
def leaky_relu(xp, input, negative_slope):
    """input where positive, negative_slope * input elsewhere.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.leaky_relu.html
    """
    refuse("leaky_relu_cpu", "biuc", input)
    if negative_slope.__class__ is complex:
        raise RuntimeError("value cannot be converted to type float without overflow: negative_slope must be real")
    scaled = input * input.dtype.type(negative_slope)
    if 0 < negative_slope <= 1:
        return xp.maximum(input, scaled)
    return select(xp, input > 0, input, scaled)


@op(
    "_leaky_relu_backward(Tensor input, Tensor x, number slope)",
    on="",
    vjp={"input": lambda k, g, x, slope: k._leaky_relu_backward(g, x, slope), "x": lambda k, g: k._zeros(g)},
)
def _leaky_relu_backward(xp, input, x, slope):
    """The gradient where x is positive, slope times it elsewhere."""
    return select(xp, xp.greater(x, zero_of(xp, x.dtype)), input, input * input.dtype.type(slope))


def _hardtanh_rule(k, g, input, min_val, max_val):
    if g.dtype.itemsize == 2:  # the limits are not rounded
        return in_float32(k, lambda k, g, input: _hardtanh_rule(k, g, input, min_val, max_val), g, input)
    return _gated(k, g, k.logical_and(input > min_val, input < max_val), input)


@activation(
    "hardtanh(Tensor input, number min_val=-1.0, number max_val=1.0)",
    half="direct",
    vjp={"input": _hardtanh_rule},
)
def hardtanh(xp, input, min_val, max_val):
    """The input between two limits.

    Raises: ValueError where the lower limit is above the upper one.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardtanh.html
    """
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    if input.dtype.kind == "b":
        raise RuntimeError("Bool inputs not supported for hardtanh")
    if input.dtype.kind == "u" and (min_val < 0 or max_val < 0):
        raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")
    if input.dtype.kind == "c":
        raise NotImplementedError("clamp is not supported for complex types")
    low, high = (as_element(xp, limit, input.dtype) for limit in (min_val, max_val))
    return xp.limit(input, low, high) if input.dtype.kind == "f" else xp.minimum(high, xp.maximum(low, input))  # -0 stays


@activation(
    "hardsigmoid(Tensor input)",
    vjp={"input": lambda k, g, input: k._keep(g / 6, k.logical_and(input > -3, input < 3))},
)
def hardsigmoid(xp, input):
    """min(max(input + 3, 0), 6) / 6."""
    refuse("hardsigmoid_cpu", "biuc", input)
    return xp.minimum(xp.maximum(input + 3, 0), 6) / 6


@activation("hardswish(Tensor input)", vjp={"input": lambda k, g, input: k._hardswish_backward(g, input)})
def hardswish(xp, input):
    """input * min(max(input + 3, 0), 6) / 6."""
    refuse("hardswish_cpu", "biuc", input)
    return xp.hardswish(input)


@op(
    "_hardswish_backward(Tensor input, Tensor x)",
    on="",
    vjp={
        "input": lambda k, g, x: k._hardswish_backward(g, x),
        "x": lambda k, g, input, x: k._keep(g * input / 3, k.logical_and(x > -3, x < 3)),
    },
)
def _hardswish_backward(xp, input, x):
    """The gradient times hardswish's slope: 0 up to -3, x / 3 + 1/2 up to 3, then 1."""
    return xp.where(x <= -3, zero_of(xp, x.dtype), xp.where(x >= 3, input, input * (x / 3 + x.dtype.type(0.5))))


def _threshold_rule(k, g, input, threshold):
    if g.dtype.itemsize == 2:
        return in_float32(k, lambda k, g, input: _threshold_rule(k, g, input, threshold), g, input)
    return _gated(k, g, k.logical_not(input <= threshold), input)


@activation(
    "threshold(Tensor input, number threshold, number value)",
    on="torch",
    half="direct",
    vjp={"input": _threshold_rule},
)
def threshold(xp, input, threshold, value):
    """The input where it is above the threshold, `value` elsewhere."""
    refuse("threshold_cpu", "bc", input)
    limit, value = (as_element(xp, number, input.dtype) for number in (threshold, value))
    if input.dtype.itemsize == 2 and input.dtype.kind in "fV":  # the threshold is not rounded
        return xp.where(input.astype("float32") <= xp.float32(threshold), value, input)
    return xp.where(input <= limit, value, input)


@activation(
    "hardshrink(Tensor input, number lambd=0.5)",
    half="direct",
    on="torch Tensor F",
    inplace=False,
    out=True,
    vjp={"input": lambda k, g, input, lambd: _outside(k, g, input, lambd)},
)
def hardshrink(xp, input, lambd):
    """The input, but 0 where |input| <= lambd."""
    refuse("hardshrink_cpu", "biuc", input)
    limit = as_element(xp, lambd, input.dtype)
    return keep(xp, input, ~((input >= -limit) & (input <= limit)))


@activation(
    "softshrink(Tensor input, real lambd=0.5)",
    on="F",
    inplace=False,
    out=True,
    vjp={"input": lambda k, g, input, lambd: _outside(k, g, input, lambd)},
)
def softshrink(xp, input, lambd):
    """The input moved toward 0 by lambd, and 0 where |input| <= lambd.

    Raises: RuntimeError for a negative lambd.
    """
    refuse("softshrink_check", "biuc", input)
    largest = float(xp.finfo(input.dtype).max)
    if not 0 <= lambd <= largest:
        name = {2: "Half", 4: "Float", 8: "Double"}[input.dtype.itemsize]
        raise RuntimeError(f"lambda must be in range [0, {largest:g}] for input dtype {name}, but found {lambd:g}")
    limit = input.dtype.type(lambd)
    # input * 0 keeps nan
    return xp.where(input > limit, input - limit, xp.where(input < -limit, input + limit, input * 0))


@pointwise(
    "_prelu_kernel(Tensor input, Tensor weight)",
    on="",
    inplace=False,
    out=False,
    vjp={
        "input": lambda k, g, input, weight: k._tied(k.where(input > 0, g, g * weight), input),
        "weight": lambda k, g, input: k._drop(g * input, input > 0),
    },
)
def _prelu_kernel(xp, input, weight):
    """input where positive, weight * input elsewhere; broadcast."""
    refuse("prelu_cpu", "biuc", input)
    return xp.where(input > 0, input, weight * input)


@composite("prelu(Tensor input, Tensor weight)", on="torch Tensor F")
def prelu(k, input, weight):
    """input where positive, weight * input elsewhere; one weight, or one per channel (dimension 1).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.prelu.html
    """
    if weight.numel() != 1:
        if input.ndim == 0:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = input.shape[1] if input.ndim > 1 else 1
        if weight.ndim == 1 and channels != weight.shape[0]:
            raise RuntimeError(
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{weight.shape[0]} and channel size = {channels}."
            )
    if weight.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}")
    if input.dtype is not weight.dtype:
        raise RuntimeError(f"prelu: Type promoting not supported. Got {input.dtype} and {weight.dtype}")
    if weight.ndim == 1:
        shape = [1] * max(input.ndim, 1)
        if input.ndim > 1:
            shape[1] = weight.shape[0]
        weight = k.reshape(weight, tuple(shape) if input.ndim else ())
    return k._prelu_kernel(input, weight)


@op(
    "rrelu_with_noise(Tensor input, Tensor noise, real lower=0.125, real upper=1/3, bool training=False)",
    on="",
    inplace=True,
    non_differentiable="noise",
    linked=True,
    vjp={
        "input": lambda k, g, input, noise, lower, upper, training: (
            g * noise if training else k._leaky_relu_backward(g, input, (lower + upper) / 2)
        ),
    },
)
def rrelu_with_noise(xp, input, noise, lower, upper, training):
    """noise * input in training (noise: 1 where positive, a random slope elsewhere); else a leaky ReLU."""
    refuse("rrelu_with_noise_cpu", "biuc", input)
    if training:
        return input * noise
    return select(xp, input > 0, input, input * input.dtype.type((lower + upper) / 2))


# --- exponential units -------------------------------------------------------------------------------------------


@activation(
    "elu(Tensor input, real alpha=1.0, real scale=1.0, real input_scale=1.0)",
    vjp={
        "input": lambda k, g, input, alpha, scale, input_scale: _elu_rule(k, g, input, alpha, scale, input_scale),
    },
)
def elu(xp, input, alpha, scale, input_scale):
    """scale * input where positive, scale * alpha * (exp(input_scale * input) - 1) elsewhere.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.elu.html
    """
    refuse("elu_cpu", "biuc", input)
    return xp.elu(input, alpha * scale, scale, input_scale)


def _elu_rule(k, g, input, alpha, scale, input_scale):
    if g.dtype.itemsize == 2:
        return in_float32(k, lambda k, g, input: _elu_rule(k, g, input, alpha, scale, input_scale), g, input)
    below = k.where(input >= 0, 0.0, input)  # not clamp: at 0 PyTorch's second derivative is 0
    slope = (alpha * scale * input_scale) * k.exp(below * input_scale)
    return g * k.where(input > 0, scale, slope)


SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


@composite("selu(Tensor input)", on="torch", inplace=True)
def selu(k, input):
    """scale * (max(0, x) + min(0, alpha * (exp(x) - 1))) with the constants of the paper.

    Source: Klambauer et al. 2017, https://arxiv.org/abs/1706.02515
    """
    return k.elu(input, SELU_ALPHA, SELU_SCALE)


@op(
    "_celu(Tensor input, number alpha)",
    on="",
    grad_name="CeluBackward0",
    vjp={"input": lambda k, g, input, alpha: _elu_rule(k, g, input, alpha, 1.0, 1 / alpha)},
)
def _celu(xp, input, alpha):
    """elu(input, alpha, 1, 1 / alpha)."""
    return elu.kernel(xp, input, alpha, 1.0, 1 / alpha)


@composite("celu(Tensor input, real alpha=1.0)", on="torch", inplace=True)
def celu(k, input, alpha):
    """max(0, x) + min(0, alpha * (exp(x / alpha) - 1)).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.celu.html
    """
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return k._celu(input, alpha)


# --- sigmoids ----------------------------------------------------------------------------------------------------


def _sigmoid_rule(k, g, out):
    if getattr(g.dtype, "np", g.dtype).kind == "V":  # not in float16, where PyTorch rounds every step
        return in_float32(k, _sigmoid_rule, g, out)
    out = k.conjugate(out)
    return g * (1 - out) * out


@unary("sigmoid(Tensor input)", vjp={"input": _sigmoid_rule})
def sigmoid(xp, input):
    """1 / (1 + exp(-input)), elementwise.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.sigmoid.html

    >>> import penlight as torch
    >>> torch.sigmoid(torch.tensor([0., 2.]))
    tensor([0.5000, 0.8808])
    """
    return xp.sigmoid(input)


def _log_sigmoid_rule(k, g, input):
    if g.dtype.itemsize == 2:  # PyTorch keeps the exponential, rounded
        return in_float32(k, _log_sigmoid_half, g, input, k.exp(-k.abs(input)))
    return g * k.sigmoid(-input)


def _log_sigmoid_half(k, g, input, z):
    part = z / (1 + z)
    return g * k.where(input < 0, 1 - part, part)


@activation(
    "logsigmoid(Tensor input)",
    on="F",
    inplace=False,
    out=True,
    grad_name="LogSigmoidBackward0",
    vjp={"input": _log_sigmoid_rule},
)
def logsigmoid(xp, input):
    """log(sigmoid(input)) = min(0, input) - log(1 + exp(-|input|))."""
    refuse("log_sigmoid_cpu", "biuc", input)
    return xp.log_sigmoid(input)


def _silu_rule(k, g, input):
    if g.dtype.itemsize == 2:
        return in_float32(k, _silu_rule, g, input)
    s = k.sigmoid(input)
    return g * k.conjugate(s * (1 + input * (1 - s)))


@activation("silu(Tensor input)", vjp={"input": _silu_rule})
def silu(xp, input):
    """input * sigmoid(input), also called swish.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.silu.html
    """
    refuse("silu_cpu", "biu", input)
    if input.dtype.kind == "c":
        return input / (1 + xp.exp(-input))
    return xp.silu(input)


def _mish_rule(k, g, input):
    if g.dtype.itemsize == 2:
        return in_float32(k, _mish_rule, g, input)
    t = k.tanh(k.log1p(k.exp(input)) if k.recorded else k.softplus(input))
    return g * (t + input * k.sigmoid(input) * (1 - t * t))


@activation("mish(Tensor input)", vjp={"input": _mish_rule})
def mish(xp, input):
    """input * tanh(log(1 + exp(input))).

    Source: Misra 2019, https://arxiv.org/abs/1908.08681
    """
    refuse("mish_cpu", "biuc", input)
    return input * xp.tanh(xp.softplus(input))


@activation(
    "softplus(Tensor input, number beta=1, number threshold=20)",
    on="F",
    inplace=False,
    out=True,
    vjp={"input": lambda k, g, input, beta, threshold: k._softplus_backward(g, input, beta, threshold)},
)
def softplus(xp, input, beta, threshold):
    """log(1 + exp(beta * input)) / beta; the input itself where beta * input > threshold.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softplus.html
    """
    refuse("softplus_cpu", "biuc", input)
    for number in (beta, threshold):
        as_element(xp, number, input.dtype)  # raises for complex ones
    scaled = input if beta == 1 else input * input.dtype.type(beta)
    result = xp.softplus(scaled) if threshold <= 80 else xp.log1p(xp.exp(scaled))  # exp may overflow, as in PyTorch
    if beta != 1:
        result = result / input.dtype.type(beta)
    return xp.where(scaled > threshold, input, result)


def _softplus_bend(k, g, input, x, beta, threshold):
    """The second derivative; 0 at the threshold and beyond."""
    s = k.sigmoid(x * beta)
    return g * input * (s * (1 - s)) * (x * beta < threshold) * beta


@op(
    "_softplus_backward(Tensor input, Tensor x, number beta, number threshold)",
    on="",
    vjp={"input": lambda k, g, x, beta, threshold: k._softplus_backward(g, x, beta, threshold), "x": _softplus_bend},
)
def _softplus_backward(xp, input, x, beta, threshold):
    """The gradient times the sigmoid of beta * x; the gradient itself where beta * x > threshold."""
    scaled = x * x.dtype.type(beta)
    power = xp.exp(scaled)
    return xp.where(scaled > threshold, input, input * (power / (power + 1)))  # may overflow below, as in PyTorch


@composite("softsign(Tensor input)", on="F")
def softsign(k, input):
    """input / (1 + |input|)."""
    return k.true_divide(input, k.add(k.abs(input), 1))


@composite("tanhshrink(Tensor input)", on="F")
def tanhshrink(k, input):
    """input - tanh(input)."""
    return k.sub(input, k.tanh(input))


# --- GELU --------------------------------------------------------------------------------------------------------


_MANY = 32  # 16-bit numbers from which on PyTorch's loop over vectors takes them, whose erf and tanh are coarse
_ROOT = 0.7978845608028654  # sqrt(2 / pi)
_BELL = 0.3989422804014327  # 1 / sqrt(2 pi)


def _gelu_coarse(xp, x, approximate):
    if approximate == "none":
        return xp.erf_coarse(x * xp.float32(0.5**0.5))
    return xp.tanh_coarse((x + x * x * x * xp.float32(0.044715)) * xp.float32(_ROOT))


def _gelu_rule(k, g, input, approximate):
    if g.dtype.itemsize == 2:
        if math.prod(input.shape) >= _MANY:
            approximate = "coarse " + approximate
        return in_float32(k, lambda k, g, input: _gelu_rule(k, g, input, approximate), g, input)
    return g * k._gelu_slope(input, approximate)


@activation(
    "gelu(Tensor input, *, str approximate='none')",
    on="F",
    out=True,
    half="direct",
    vjp={"input": _gelu_rule},
)
def gelu(xp, input, approximate):
    """input * Phi(input), Phi the normal distribution function; or its tanh approximation with approximate="tanh".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.gelu.html
    """
    refuse("GeluKernelImpl", "biuc", input)
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    if input.dtype.itemsize == 2:
        x = input.astype("float32")
        if x.size >= _MANY:
            return (x * 0.5 * (1 + _gelu_coarse(xp, x, approximate))).astype(input.dtype)
        return (xp.gelu_tanh(x) if approximate == "tanh" else xp.gelu(x)).astype(input.dtype)
    return xp.gelu_tanh(input) if approximate == "tanh" else xp.gelu(input)


def _gelu_curvature(k, input, approximate):
    """The second derivative of gelu."""
    if approximate.endswith("none"):
        return k.exp(input * input * -0.5) * ((2 - input * input) * _BELL)
    t = k.tanh(_ROOT * (input + 0.044715 * (input * input * input)))
    inner = _ROOT * (1 + 0.134145 * (input * input))
    bend = _ROOT * 0.26829 * input
    flat = 1 - t * t  # 0 where the other factor may overflow
    return k.where(flat == 0, 0.0, flat * (inner + 0.5 * input * bend - input * t * inner * inner))


@op(
    "_gelu_slope(Tensor input, str approximate)",
    on="",
    vjp={"input": lambda k, g, input, approximate: g * _gelu_curvature(k, input, approximate)},
)
def _gelu_slope(xp, input, approximate):
    """The derivative of gelu."""
    if approximate.startswith("coarse"):
        t, square = _gelu_coarse(xp, input, approximate[7:]), input * input
        if approximate == "coarse none":
            bell = xp.exp(square * -0.5) * _BELL
        else:
            bell = (1 - t * t) * (0.5 * _ROOT + 1.5 * 0.044715 * _ROOT * square)
        return (1 + t) * 0.5 + input * bell
    return xp.gelu_tanh_slope(input) if approximate == "tanh" else xp.gelu_slope(input)


# --- GLU ---------------------------------------------------------------------------------------------------------


def _halves(xp, input, dim):
    if input.ndim == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    if input.shape[dim] % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {dim} is size {input.shape[dim]}")
    return xp.split(input, 2, axis=dim)


def _glu_rule(k, g, input, dim):
    half = input.shape[dim] // 2
    a, b = k.narrow(input, dim, 0, half), k.narrow(input, dim, half, half)
    s = k.sigmoid(b)
    bend = in_float32(k, _glu_bend, g, a, s) if g.dtype.itemsize == 2 else _glu_bend(k, g, a, s)
    return k.cat((g * s, bend), dim)


def _glu_bend(k, g, a, s):
    return (1 - s) * s * g * a


@op("glu(Tensor input, dim dim=-1)", on="F", vjp={"input": _glu_rule})
def glu(xp, input, dim):
    """The first half of a dimension times the sigmoid of the second.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.glu.html
    """
    a, b = _halves(xp, input, dim)
    if input.dtype.kind not in "f":
        raise not_implemented("glu_cpu", input.dtype)
    return a * xp.sigmoid(b)
