"""Losses with gradients of their own; those made of other ops are in losses.py."""

from __future__ import annotations

from penlight.base.dtypes import from_numpy
from penlight.ops.kinds import in_float32, refuse
from penlight.ops.table import op

__all__: list[str] = []


def reduced(xp, values, reduction):
    """The mean or sum of a loss's elements, or the elements. Those of 16 bits are added in float32."""
    if reduction != "none" and values.dtype.itemsize == 2 and values.dtype.kind in "fV":
        return reduced(xp, values.astype("float32"), reduction).astype(values.dtype)
    if reduction == "mean":
        if not values.size:
            return xp.asarray(float("nan"), dtype=values.dtype)
        return values.mean()
    return values.sum() if reduction == "sum" else values


def share(g, count, reduction):
    """What each element's derivative is multiplied by."""
    return g * (1.0 / count) if reduction == "mean" and count else g


def count_of(shape):
    count = 1
    for n in shape:
        count *= n
    return count


def _mse_slope(g, difference, count, reduction):
    if g.dtype.itemsize != 2:
        return difference * (share(g, count, reduction) * 2.0)
    number = getattr(g.dtype, "np", g.dtype).type  # PyTorch rounds every step
    return difference * float(number(2.0 / count if reduction == "mean" and count else 2.0)) * g


@op(
    "_mse_loss(Tensor input, Tensor target, str reduction)",
    on="",
    half="direct",
    vjp={
        "input": lambda k, g, input, target, reduction, input_shape: (
            _mse_slope(g, input - target, count_of(input_shape), reduction)
        ),
        "target": lambda k, g, input, target, reduction, input_shape: (
            _mse_slope(g, target - input, count_of(input_shape), reduction)
        ),
    },
)
def _mse_loss(xp, input, target, reduction):
    """(input - target) ** 2, reduced."""
    refuse("mse_cpu", "biuc", input)
    difference = input - target
    if reduction == "none":
        return difference * difference
    if difference.dtype.kind == "f" and difference.dtype.itemsize > 2:
        flat = difference.ravel()
        total = xp.dot(flat, flat)
        return total if reduction == "sum" else total / max(flat.size, 1) if flat.size else total * float("nan")
    return reduced(xp, difference * difference, reduction)


def _side(k, difference):
    """The sign; NaN stays."""
    return k.where(difference == difference, k.sign(difference), float("nan"))


def _huber_slope(k, input, target, delta):
    difference = input - target
    return k.where(k.abs(difference) < delta, difference, _side(k, difference) * delta)


def _robust(xp, input, target, number, reduction, quotient):
    """q d^2 / 2 where d = |input - target| < number, else q number (d - number / 2); q = 1 / number for a `quotient`, or 1.

    PyTorch rounds every step of the quotient in float16 and of the other in bfloat16; elements are always rounded.
    """
    dtype = input.dtype
    if dtype.name == ("float16" if quotient else "bfloat16"):
        with xp.errstate(all="ignore"):
            d, half, number = xp.abs(input - target), dtype.type(0.5), dtype.type(number)
            near, far = half * d * d, d - half * number
            values = xp.where(d < number, near / number if quotient else near, far if quotient else number * far)
    else:
        wide = (input, target) if dtype.itemsize > 2 else (input.astype("float32"), target.astype("float32"))
        values = xp.huber(*wide, number)
        if quotient and number != 1:
            values /= values.dtype.type(number)
            if number > 1:  # the product may have been too large
                far = xp.abs(wide[0] - wide[1]) - values.dtype.type(0.5 * number)
                values = xp.where(xp.isinf(values), far, values)
        values = values.astype(dtype, copy=False)
    return reduced(xp, values, reduction)


@op(
    "_huber_loss(Tensor input, Tensor target, str reduction, float delta)",
    on="",
    half="direct",
    vjp={
        "input": lambda k, g, input, target, reduction, delta, input_shape: (
            _huber_slope(k, input, target, delta) * share(g, count_of(input_shape), reduction)
        ),
        "target": lambda k, g, input, target, reduction, delta, input_shape: (
            -_huber_slope(k, input, target, delta) * share(g, count_of(input_shape), reduction)
        ),
    },
)
def _huber_loss(xp, input, target, reduction, delta):
    """0.5 d**2 where |d| < delta, else delta (|d| - 0.5 delta), with d = input - target."""
    refuse("huber_cpu", "biuc", input)
    return _robust(xp, input, target, delta, reduction, False)


def _smooth_rule(k, g, input, target, beta, count, reduction):
    if g.dtype.itemsize == 2:
        return in_float32(k, lambda k, *values: _smooth_rule(k, *values, beta, count, reduction), g, input, target)
    difference = input - target
    if beta:
        slope = k.where(k.abs(difference) < beta, difference * (1.0 / beta), _side(k, difference))
    else:
        slope = k.sign(difference)
    return slope * share(g, count, reduction)


@op(
    "_smooth_l1_loss(Tensor input, Tensor target, str reduction, float beta)",
    on="",
    half="direct",
    grad_name="SmoothL1LossBackward0",
    vjp={
        "input": lambda k, g, input, target, reduction, beta, input_shape: (
            _smooth_rule(k, g, input, target, beta, count_of(input_shape), reduction)
        ),
        "target": lambda k, g, input, target, reduction, beta, input_shape: (
            _smooth_rule(k, g, target, input, beta, count_of(input_shape), reduction)
        ),
    },
)
def _smooth_l1_loss(xp, input, target, reduction, beta):
    """0.5 d**2 / beta where |d| < beta, else |d| - 0.5 beta, with d = input - target."""
    refuse("smooth_l1_cpu", "bc", input)
    refuse("smooth_l1_cpu", "biu", input)
    if beta == 0:
        return reduced(xp, xp.abs(input - target), reduction)
    return _robust(xp, input, target, beta, reduction, True)


def _bce_slope(k, g, input, target, weight, reduction, shape):
    # (x - t) / (x (1 - x)), the denominator kept from zero as PyTorch does
    slope = (input - target) / k.clamp_min((1.0 - input) * input, 1e-12)
    slope = slope * share(g, count_of(shape), reduction)
    return slope if weight is None else slope * weight


@op(
    "_binary_cross_entropy(Tensor input, Tensor target, Tensor? weight, str reduction)",
    on="",
    half="direct",
    vjp={
        "input": lambda k, g, input, target, weight, reduction, input_shape: _bce_slope(
            k, g, input, target, weight, reduction, input_shape
        ),
        "target": lambda k, g, input, weight, reduction, input_shape: _bce_target(
            k, g, input, weight, reduction, input_shape
        ),
    },
)
def _binary_cross_entropy(xp, input, target, weight, reduction):
    """-(t log x + (1 - t) log(1 - x)), logarithms cut at -100."""
    refuse("binary_cross_entropy", "biuc", input)
    if input.size and not ((input >= 0) & (input <= 1)).all():
        raise RuntimeError("all elements of input should be between 0 and 1")
    if target.size and not ((target >= 0) & (target <= 1)).all():
        raise RuntimeError("all elements of target should be between 0 and 1")
    with xp.errstate(divide="ignore"):
        # log1p(-x) is exact near 0, where log(1 - x) is not
        low, high = xp.maximum(xp.log1p(-input), -100), xp.maximum(xp.log(input), -100)
    values = (target - 1) * low - target * high
    return reduced(xp, values if weight is None else values * weight, reduction)


def _bce_target(k, g, input, weight, reduction, shape):
    slope = (k.log1p(-input) - k.log(input)) * share(g, count_of(shape), reduction)
    return slope if weight is None else slope * weight


def _logits_slope(k, g, input, target, weight, pos_weight, reduction, shape):
    if pos_weight is None:
        slope = k.sigmoid(input) - target
    else:
        t = target * pos_weight
        slope = (t + 1.0 - target) * k.sigmoid(input) - t
    slope = slope * share(g, count_of(shape), reduction)
    return slope if weight is None else slope * weight


def _logits_target(k, g, input, weight, pos_weight, reduction, shape):
    if pos_weight is None:
        slope = -input
    else:
        slope = k.logsigmoid(-input) - pos_weight * k.logsigmoid(input)
    slope = slope * share(g, count_of(shape), reduction)
    return slope if weight is None else slope * weight


@op(
    "_binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight, Tensor? pos_weight, str reduction)",
    on="",
    half="direct",
    vjp={
        "input": lambda k, g, input, target, weight, pos_weight, reduction, input_shape: _logits_slope(
            k, g, input, target, weight, pos_weight, reduction, input_shape
        ),
        "target": lambda k, g, input, weight, pos_weight, reduction, input_shape: _logits_target(
            k, g, input, weight, pos_weight, reduction, input_shape
        ),
    },
)
def _binary_cross_entropy_with_logits(xp, input, target, weight, pos_weight, reduction):
    """(1 - t) x + (1 + (p - 1) t) (log(1 + exp(-|x|)) + max(-x, 0)), the stable form of BCE of a sigmoid."""
    refuse("log_sigmoid_cpu", "biuc", input)
    for name, array in (("target", target), ("pos_weight", pos_weight)):
        if array is not None and array.dtype.kind == "b":
            raise RuntimeError(f"Subtraction, the `-` operator, with a bool tensor is not supported: {name} holds booleans")
    half, to = input.dtype.itemsize == 2, target.dtype
    if weight is None and pos_weight is None and not half and input.dtype == to:
        return reduced(xp, xp.logits_loss(input, target), reduction)
    if half:
        soft = -xp.log_sigmoid(input.astype("float32")).astype(input.dtype)
    else:
        soft = xp.log1p(xp.exp(-xp.abs(input))) + xp.maximum(-input, 0)
    soft = soft if pos_weight is None else ((pos_weight - 1) * target + 1) * soft
    # PyTorch changes 1 - t in place, so every step is rounded to the target's dtype
    values = (((1 - target) * input).astype(to) + soft).astype(to)
    values = values if weight is None else (values * weight).astype(to)
    return reduced(xp, values, reduction)


def _check_nll(input, target, weight):
    if target.dtype not in ("int64", "uint8"):
        names = {"float32": "Float", "float64": "Double", "int32": "Int", "int16": "Short", "int8": "Char", "bool": "Bool",
                 "float16": "Half"}  # fmt: skip
        raise RuntimeError(
            f"expected target dtype to be Long or Byte, but got {names.get(target.dtype.name, target.dtype.name)}: class "
            "indices are int64 (target.long())"
        )
    classes = input.shape[1 if input.ndim > 1 else 0]
    if weight is not None and weight.shape != (classes,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of "
            f"shape: {list(weight.shape)}"
        )


def _in_range(xp, input, target):
    """Whether all targets are classes; as unsigned numbers negative ones are large."""
    return xp.maximum.reduce(target.view("uint64")) < input.shape[1] if target.flags.c_contiguous else False


def _cascade(xp, values):
    """The sum in 16 bits in PyTorch's order: the first value last, the others in blocks of 16, blocks of blocks, …"""
    values = values.reshape(-1)
    if not values.size:
        return values.dtype.type(0)
    first, values, total = values[0], values[1:], values.dtype.type(0)
    while values.size:
        full = values.size // 16 * 16
        blocks, rest = values[:full].reshape(-1, 16), values[full:]
        total = total + (xp.add.accumulate(rest)[-1] if rest.size else 0)
        values = xp.add.accumulate(blocks, 1)[:, -1]
    return (total + first).astype(values.dtype)


@op(
    "_nll_loss(Tensor input, Tensor target, Tensor? weight, int ignore_index, str reduction)",
    on="",
    aux="total",
    half="direct",
    grad_name="NllLossBackward0",
    vjp={
        "input": lambda k, g, input, input_dtype, target, weight, total, ignore_index, reduction: k._nll_loss_grad(
            g, input, target, weight, total, tuple(input.shape), input_dtype, ignore_index, reduction
        )
    },
)
def _nll_loss(xp, input, target, weight, ignore_index, reduction):
    """-weight[t] * input[t] per row, reduced; "mean" divides by the sum of the weights used.

    Shape: (N, C, ...) or (C), (N, ...) or () -> () or as target.
    """
    refuse("nll_loss_out_frame", "biuc", input)
    if (
        weight is None
        and ignore_index < 0
        and input.ndim == 2
        and target.dtype.kind == "i"
        and target.dtype.itemsize == 8
        and target.size
        and _in_range(xp, input, target)
    ):
        values = input[xp.arange(len(target)), target]
        if reduction == "none":
            return -values, None
        total = -(_cascade(xp, values) if values.dtype.itemsize == 2 else xp.add.reduce(values))
        count = values.dtype.type(len(target))
        return (total / count if reduction == "mean" else total), count
    _check_nll(input, target, weight)
    classes = input.shape[1 if input.ndim > 1 else 0]
    used = None
    if ignore_index < 0 and target.size and target.min() >= 0 or not target.size:
        safe = target
    else:
        used = target != ignore_index
        safe = xp.where(used, target, 0)
        if not classes and input.ndim < 3 and not used.any():  # a class that nobody chose
            input, classes = xp.zeros((*input.shape[:-1], 1), input.dtype), 1
            weight = None if weight is None else xp.zeros(1, weight.dtype)
    if safe.size and (safe.max() >= classes or safe.min() < 0):
        bad = safe[(safe >= classes) | (safe < 0)].flat[0]
        raise IndexError(f"Target {bad} is out of bounds.")
    if input.ndim == 2:
        values = -input[xp.arange(len(safe)), safe]
    elif input.ndim == 1:
        values = -input[safe]
    else:
        values = -xp.take_along_axis(input, xp.expand_dims(safe, 1), 1).squeeze(1)
    rows = None if weight is None else weight[safe]
    if rows is not None:
        values = values * rows
    if used is not None:
        values = xp.where(used, values, values.dtype.type(0))

    def summed(terms):
        return _cascade(xp, terms) if terms.dtype.itemsize == 2 else terms.sum(dtype=values.dtype)

    if rows is None:
        total = values.dtype.type(target.size if used is None else xp.count_nonzero(used))
    else:
        total = summed(rows if used is None else rows * used)
    if reduction == "mean":
        with xp.errstate(invalid="ignore", divide="ignore"):
            return xp.true_divide(summed(values), total).astype(input.dtype), total
    return (summed(values) if reduction == "sum" else values), total


@op(
    "_nll_loss_grad(Tensor grad, Tensor? input, Tensor target, Tensor? weight, any total, any shape, any dtype, "
    "int ignore_index, str reduction)",
    on="",
    half="direct",
    grad_name="NllLossBackwardBackward0",
    vjp={
        "grad": lambda k, h, target, weight, total, ignore_index, reduction: k._nll_pick(
            h, target, weight, total, ignore_index, reduction
        ),
        "input": lambda k, h, input: k._zeros(input),
    },
)
def _nll_loss_grad(xp, grad, input, target, weight, total, shape, dtype, ignore_index, reduction):
    """The gradient of `_nll_loss`: -g * weight[t] at the target's place of each row, zero elsewhere."""
    total = getattr(total, "_a", total)
    if 0 in shape:
        return xp.zeros(shape, dtype)
    axis = 1 if len(shape) > 1 else 0
    if (
        weight is None
        and len(shape) == 2
        and ignore_index < 0
        and xp.minimum.reduce(target, None, None, None, False, 0) >= 0
    ):
        result = xp.zeros(shape, dtype)
        result[xp.arange(shape[0]), target] = grad / -total if reduction == "mean" else -grad
        return result
    used = target != ignore_index
    safe = xp.where(used, target, 0)
    rows = -(used.astype(dtype) if weight is None else weight[safe] * used)
    with xp.errstate(divide="ignore", invalid="ignore"):
        rows = rows * (grad / total if reduction == "mean" else grad)
    rows = xp.where(used, rows, 0).astype(dtype, copy=False)  # also where all are ignored, and their total is 0
    result = xp.zeros(shape, dtype)
    if len(shape) == 2:
        result[xp.arange(shape[0]), safe] = rows
    else:
        xp.put_along_axis(result, xp.expand_dims(safe, axis), xp.expand_dims(rows, axis), axis)
    return result


@op(
    "_nll_pick(Tensor input, Tensor target, Tensor? weight, any total, int ignore_index, str reduction)",
    on="",
    vjp={
        "input": lambda k, g, input_shape, input_dtype, target, weight, total, ignore_index, reduction: (
            k._nll_loss_grad(g, None, target, weight, total, input_shape, input_dtype, ignore_index, reduction)
        )
    },
)
def _nll_pick(xp, input, target, weight, total, ignore_index, reduction):
    """`_nll_loss` with the divisor given."""
    total = getattr(total, "_a", total)
    axis = 1 if input.ndim > 1 else 0
    used = target != ignore_index
    safe = xp.where(used, target, 0)
    values = -xp.take_along_axis(input, xp.expand_dims(safe, axis), axis).squeeze(axis) * used.astype(input.dtype)
    if weight is not None:
        values = values * weight[safe]
    if reduction == "none":
        return values
    return values.sum() / total if reduction == "mean" else values.sum()


@op(
    "_soft_margin_loss(Tensor input, Tensor target, str reduction)",
    on="",
    half="direct",
    vjp={
        "input": lambda k, g, input, target, reduction, input_shape: _soft_margin_slope(
            k, share(g, count_of(input_shape), reduction), target, k.exp(-target * input)
        )
    },
)
def _soft_margin_loss(xp, input, target, reduction):
    """log(1 + exp(-t x)), in steps: the exponential may overflow, as PyTorch's does."""
    if input.dtype.kind in "biu":
        raise RuntimeError(
            f"result type Float can't be cast to the desired output type {from_numpy(input.dtype).legacy}"
        )
    values = xp.log1p(xp.exp(-target * input)).astype(input.dtype, copy=False)
    return reduced(xp, values, reduction)


def _soft_margin_slope(k, g, target, power):
    return -target * power / (1 + power) * g


def _multi_margin_slope(k, g, input, target, p, margin, weight, reduction):
    matrix = input if len(input.shape) == 2 else k.reshape(input, (1, -1))
    labels = target if len(target.shape) == 1 else k.reshape(target, (1,))
    rows = k.unsqueeze(labels, 1)
    gap = matrix - k.gather(matrix, 1, rows) + margin
    slope = k.where(gap > 0, 2 * gap if p == 2 else gap * 0 + 1.0, 0.0)
    if weight is not None:
        slope = slope * k.unsqueeze(weight[labels], 1)
    slope = k.scatter(slope, 1, rows, 0.0)
    count = matrix.shape[1]
    own = k.sum(slope, 1, True)
    slope = k.scatter_add(slope, 1, rows, -own) * (1.0 / count)
    if reduction == "none":
        slope = slope * k.reshape(g, (-1, 1))
    else:
        slope = slope * share(g, matrix.shape[0], reduction)
    return slope if len(input.shape) == 2 else k.reshape(slope, tuple(input.shape))


@op(
    "_multi_margin_loss(Tensor input, Tensor target, number p, number margin, Tensor? weight, str reduction)",
    on="",
    half="direct",
    vjp={
        "input": lambda k, g, input, target, p, margin, weight, reduction: _multi_margin_slope(
            k, g, input, target, p, margin, weight, reduction
        )
    },
)
def _multi_margin_loss(xp, input, target, p, margin, weight, reduction):
    """mean over i != t of max(0, margin - x[t] + x[i]) ** p."""
    refuse("multi_margin_loss_cpu_kernel", "biuch", input)
    matrix, labels = xp.atleast_2d(input), xp.atleast_1d(target)
    at = (xp.arange(len(labels)), labels)
    gap = xp.maximum(matrix - matrix[at][:, None] + margin, 0)
    gap = gap * gap if p == 2 else gap
    if weight is not None:
        gap = gap * weight[labels][:, None]
    gap[at] = 0
    values = gap.sum(1) / matrix.shape[1]
    return reduced(xp, values.reshape(target.shape), reduction)
