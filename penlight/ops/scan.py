"""Running results along a dimension: cumsum, cumprod, cummax, cummin, logcumsumexp; differences and trapezoids."""

from __future__ import annotations

from penlight.base.dims import dimension, needs_dimension
from penlight.ops.table import composite, op

__all__: list[str] = []


@op(
    "_cumsum(Tensor input, dim dim)",
    on="",
    grad_name="CumsumBackward0",
    vjp={"input": lambda k, g, dim: k._cumsum_back(g, dim)},
)
def _cumsum(xp, input, dim):
    """Running sums."""
    return xp.running_sum(input, dim)


@op(
    "_cumsum_back(Tensor input, dim dim)",
    on="",
    grad_name="FlipBackward0",
    vjp={"input": lambda k, g, dim: k._cumsum(g, dim)},
)
def _cumsum_back(xp, input, dim):
    """Running sums from the end."""
    if not input.ndim:
        return input.copy()
    return xp.ascontiguousarray(xp.flip(xp.running_sum(xp.flip(input, dim), dim), dim))


def _in_dtype(function, input, dim, dtype):
    if dtype is None:
        return function(input, dim)
    result = function(input if dtype is input.dtype else input.to(dtype), dim)
    return result if result.dtype is dtype else result.to(dtype)


@composite("cumsum(Tensor input, dim dim, *, dtype dtype=None)", inplace=True, out=True)
def cumsum(k, input, dim, dtype=None):
    """Running sums along a dimension; integers sum in int64.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.cumsum.html

    >>> import penlight as torch
    >>> torch.cumsum(torch.tensor([1, 2, 3]), 0)
    tensor([1, 3, 6])
    """
    return _in_dtype(k._cumsum, input, dim, dtype)


def _cumprod_rule(k, g, input, out, dim):
    if not input.ndim or input.shape[dim] == 1:
        return g
    weighted, x, n = g * k.conjugate(out), k.conjugate(input), input.shape[dim]
    zero = input == 0
    if not k._any_zero(input):
        return k._cumsum_back(weighted, dim) / x
    part = lambda v, start, stop: k._item_slice(v, (*(slice(None),) * dim, slice(start, stop)))
    one = k._ones_as(part(x, 0, 1))
    if not k.recorded:  # up to the first zero as above; at it, the products of the others up to the second; then 0
        zeros = k._cumsum(zero, dim)
        there, before = zeros == 1, zeros == 0
        ahead = k._cumprod(k.where(k.logical_and(there, input != 0), x, 1.0), dim)
        ahead = k.sum(ahead * k._keep(g, there), (dim,), True)
        behind = k._cat([one, part(k.conjugate(out), 0, n - 1)], dim)
        rest = k._keep(k._cumsum_back(k._keep(weighted, before), dim) / x, before)
        return k.where(k.logical_and(zero, there), ahead * behind, rest)
    # the derivative of the j-th product by the i-th factor is the product of the other factors up to j
    parts = []
    for i in range(n):
        others = behind = k.prod(part(x, 0, i), dim, True) if i else one
        if i < n - 1:
            others = k._cat([behind, behind * k._cumprod(part(x, i + 1, n), dim)], dim)
        parts.append(k.sum(part(g, i, n) * others, (dim,), True))
    return k._cat(parts, dim)


@op("_any_zero(Tensor input)", on="", half="direct")
def _any_zero(xp, input):
    """Whether an element is zero."""
    return (input == 0).any()


@op("_cumprod(Tensor input, dim dim)", on="", grad_name="CumprodBackward0", vjp={"input": _cumprod_rule})
def _cumprod(xp, input, dim):
    """Running products."""
    return xp.running_product(input, dim)


@composite("cumprod(Tensor input, dim dim, *, dtype dtype=None)", inplace=True, out=True)
def cumprod(k, input, dim, dtype=None):
    """Running products along a dimension; integers multiply in int64.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.cumprod.html
    """
    return _in_dtype(k._cumprod, input, dim, dtype)


def _declare_running(name, pick):
    def kernel(xp, input, dim):
        if not input.ndim:
            return input.copy(), xp.zeros((), "int64")
        if input.dtype.kind == "c":
            raise NotImplementedError(
                f"\"{name}_cpu\" not implemented for 'Complex{'Float' if input.itemsize == 8 else 'Double'}'"
            )
        values = getattr(xp, pick).accumulate(input, dim)
        newest = input == values
        if input.dtype.kind in "fV":
            newest |= input != input
        steps = xp.arange(input.shape[dim]).reshape((-1,) + (1,) * (input.ndim - dim - 1))
        return values, xp.maximum.accumulate(xp.where(newest, steps, 0), dim)

    kernel.__doc__ = f"""The running {pick} along a dimension and where it stands (the latest of equal ones).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.{name}.html
    """
    op(
        f"{name}(Tensor input, dim dim)",
        outputs="values indices",
        dense=True,
        returns=name,
        out=True,
        non_differentiable="indices",
        vjp={
            "input": lambda k, g, input_shape, indices, dim: k._scatter_add(
                k._zeros_of(g, input_shape), dim, indices, g
            )
        },
    )(kernel)


_declare_running("cummax", "maximum")
_declare_running("cummin", "minimum")


@op(
    "_logcumsumexp_grad(Tensor grad, Tensor input, Tensor result, int dim)",
    on="",
    grad_name="LogcumsumexpBackwardBackward0",
    joint=lambda k, g, need, grad, input, result, out, dim: _logcumsumexp_second(
        k, g, need, grad, input, result, out, dim
    ),
)
def _logcumsumexp_grad(xp, grad, input, result, dim):
    """sum over j >= i of grad_j exp(input_i - result_j), positive and negative parts apart, all in logarithms."""
    if not input.ndim:
        return grad.copy()
    if input.dtype.kind == "c":
        # with t_i = sum over j >= i of grad_j exp(conj(result_i - result_j)): one step of it never overflows
        moved = [xp.moveaxis(v, dim, 0) for v in (grad, input, result)]
        out = xp.empty_like(moved[0])
        total = xp.zeros(moved[0].shape[1:], grad.dtype)
        after = None
        rows = [slice(i, i + 1) for i in range(len(out))]  # with a dimension, so that they are no scalars
        for g, x, r, place in reversed([(*(v[i] for v in moved), out[i]) for i in rows]):
            total = g if after is None else g + total * xp.exp(xp.conj(r - after))
            place[...] = total * xp.exp(xp.conj(x - r))
            after = r
        return xp.moveaxis(out, 0, dim)

    def part(weight):
        with xp.errstate(divide="ignore", invalid="ignore"):
            logs = xp.flip(xp.log(xp.where(weight > 0, weight, 0)) - result, dim)  # NaN is in neither part, as in PyTorch
            return xp.exp(xp.flip(xp.logaddexp.accumulate(logs, dim), dim) + input)

    return part(grad) - part(-grad)


def _logcumsumexp_second(k, g, need, grad, input, result, out, dim):
    # as a matrix: weights[i, j] = exp(input_i - result_j) for j >= i, none above 1
    if not input.shape:
        return g, k._zeros_as(g), k._zeros_as(g)
    g, grad, input, result, out = [k.transpose(t, dim, -1) for t in (g, grad, input, result, out)]
    weights = k.triu(k.exp(k.unsqueeze(input, -1) - k.unsqueeze(result, -2)))
    through = k.unsqueeze(g, -1) * weights  # (*, i, j)
    by_pair = k.conjugate(through) * k.unsqueeze(grad, -2)
    # the sum of by_pair over j is what `out` has: its rounding errors, those of the logarithms, cancel what `result` hands on
    parts = (k.sum(through, (-2,)), k.conjugate(g) * out, -k.sum(by_pair, (-2,)))
    return tuple([k.transpose(p, dim, -1) if wanted else None for p, wanted in zip(parts, need)])


@op("_logcumsumexp(Tensor input, dim dim)", dense=True, on="", grad_name="LogcumsumexpBackward0", 
    vjp={"input": lambda k, g, input, out, dim: k._logcumsumexp_grad(g, input, out, dim)})  # fmt: skip
def _logcumsumexp(xp, input, dim):
    """log of the running sums of exp."""
    if input.dtype.kind in "biu":
        raise NotImplementedError(f"\"logcumsumexp_out_cpu\" not implemented for '{input.dtype.name}'")
    if not input.ndim:
        return input.copy()
    if input.dtype.kind == "c":
        result = xp.array(input, order="C")
        rows = xp.moveaxis(result, dim, 0)
        for i in range(1, len(rows)):
            before, row = rows[i - 1 : i], rows[i : i + 1]  # with a dimension, so that they are no scalars
            larger = before.real > row.real
            high, low = xp.where(larger, before, row), xp.where(larger, row, before)
            row[...] = high + xp.log1p(xp.exp(low - high))
        return result
    with xp.errstate(invalid="ignore"):
        return xp.logaddexp.accumulate(input, dim)


@composite("logcumsumexp(Tensor input, dim dim)", out=True)
def logcumsumexp(k, input, dim):
    """log(cumsum(exp(x))) along a dimension, without overflow."""
    return k._logcumsumexp(input, dim)


# --- differences, integrals ----------------------------------------------------------------------------------------


@composite("diff(Tensor input, int n=1, dim dim=-1, any prepend=None, any append=None)", out=True)
def diff(k, input, n=1, dim=-1, prepend=None, append=None):
    """The n-th differences along a dimension.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.diff.html
    """
    if input.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    parts = [t for t in (prepend, input, append) if t is not None]
    for t in parts:
        if t.ndim != input.ndim:
            raise RuntimeError("diff expects prepend or append to be the same dimension as input")
    if n == 0:
        return k.clone(input)
    if len(parts) > 1:
        input = k.cat(parts, dim)
    before = (slice(None),) * dim
    n = min(n, input.shape[dim])
    for _ in range(n):
        length = input.shape[dim]
        later = k._item_slice(input, (*before, slice(1, None)))
        earlier = k._item_slice(input, (*before, slice(0, max(length - 1, 0))))
        input = k.logical_xor(later, earlier) if input.dtype.name == "bool" else later - earlier
    return input


def _trapezoids(k, y, x, dx, dim):
    """Areas of the single trapezoids along `dim`."""
    before = (slice(None),) * dim
    n = y.shape[dim]
    left, right = k._item_slice(y, (*before, slice(0, max(n - 1, 0)))), k._item_slice(y, (*before, slice(1, None)))
    if x is None:
        return (left + right) * (dx / 2.0)
    if x.ndim == 1:
        if x.shape[0] != n:
            raise RuntimeError("trapezoid: There must be one `x` value for each sample point")
        x = k.reshape(x, tuple([n if d == dim else 1 for d in range(y.ndim)]))
    elif x.ndim < y.ndim:
        x = k.reshape(x, (1,) * (y.ndim - x.ndim) + tuple(x.shape))
    m = x.shape[dim]  # otherwise whatever broadcasts
    widths = k._item_slice(x, (*before, slice(1, None))) - k._item_slice(x, (*before, slice(0, max(m - 1, 0))))
    return (left + right) * widths / 2.0


def _declare_trapezoid(name, statics, finish):
    @composite(f"{name}(Tensor y, {statics}, int dim=-1)", on="torch")
    def body(k, y, x=None, dx=None, dim=-1):
        if dx is not None and x is not None:
            raise TypeError(f"{name}() takes one of `x`, a tensor, and `dx`, a number, but got both")
        if x.__class__ is bool:  # Python takes it for a number
            raise TypeError(f"{name}(): argument 'x' (position 2) must be Tensor, not bool")
        if x is not None and not hasattr(x, "_a"):
            x, dx = None, x
        dx = 1.0 if dx is None else dx
        if dx.__class__ in (bool, complex) and name != "trapz":
            raise RuntimeError(f"{name}: Currently, we only support dx as a real number, but got {dx!r}")
        whole = "cumulative" not in name
        refused = y.dtype.name == "bool" or x is not None and x.dtype.name == "bool"
        if whole or x is not None or not refused:
            if whole:
                needs_dimension("slice", y.ndim)
            dim = dimension(dim, y.ndim)
            if whole and not y.shape[dim]:
                return k.any(y, dim).to(y.dtype)  # 0, also of booleans
        if refused:
            raise RuntimeError(f"{name}: received a bool input for `x` or `y`, but bool is not supported")
        needs_dimension("slice", y.ndim)
        if x is None and whole:  # in PyTorch's order
            ends = k.select(y, dim, 0) + k.select(y, dim, -1)
            return (k.sum(y, dim) - ends * 0.5) * dx
        return finish(k, _trapezoids(k, y, x, dx, dim), dim)

    body.body.__doc__ = f"""{"Running i" if "cumulative" in name else "I"}ntegrals of samples by the trapezoid rule.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.{name}.html
    """


_STEPS = "number|Tensor x=_MISSING, number dx=_MISSING, *"
_declare_trapezoid("trapezoid", _STEPS, lambda k, areas, dim: k.sum(areas, dim))
_declare_trapezoid("trapz", "number|Tensor x=_MISSING, *, float dx=_MISSING", lambda k, areas, dim: k.sum(areas, dim))
_declare_trapezoid("cumulative_trapezoid", _STEPS, lambda k, areas, dim: k.cumsum(areas, dim))
