"""Largest and smallest: max, min, argmax, argmin, amax, amin, aminmax. NaN wins, as in PyTorch."""

from __future__ import annotations

from penlight.ops.table import composite, op

__all__: list[str] = []


def _no_elements(name, input, dim):
    if input.ndim and input.shape[dim] == 0:
        raise IndexError(f"{name}(): Expected reduction dim {dim} to have non-zero size.")


def _ordered(name, input):
    if input.dtype.kind == "c":
        kind = "ComplexFloat" if input.dtype.itemsize == 8 else "ComplexDouble"
        raise NotImplementedError(f"\"{name}\" not implemented for '{kind}'")


def _declare_extreme(name):
    """The three overloads of max and min: of everything, along a dimension, of two tensors."""
    title = name.capitalize()
    largest = name == "max"
    argument = f"arg{name}"
    pair = "maximum" if largest else "minimum"

    def everything(xp, input):
        if not input.size:
            raise RuntimeError(
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim "
                "with the "
                "'dim' argument."
            )
        _ordered(name, input)
        return (xp.maximum if largest else xp.minimum).reduce(input, None)

    everything.__doc__ = f"The {name}imum of all elements."
    op(
        f"_{name}_all(Tensor input)",
        on="",
        grad_name=f"{title}Backward1",
        vjp={"input": lambda k, g, input, out: k._share(g, input, out)},
    )(everything)

    def along(xp, input, dim, keepdim):
        _no_elements(name, input, dim)
        _ordered(name, input)
        if input.ndim == 0:
            return input.copy(), xp.zeros((), "int64")
        indices = getattr(input, argument)(dim, keepdims=keepdim)
        return (xp.maximum if largest else xp.minimum).reduce(input, dim, keepdims=keepdim), indices

    along.__doc__ = f"The {name}ima along a dimension and where they stand."
    op(
        f"_{name}_dim(Tensor input, dim dim, bool keepdim=False)",
        dense=True,
        on="",
        outputs="values indices",
        returns=name,
        half="direct",
        non_differentiable="indices",
        grad_name=f"{title}Backward0",
        vjp={
            "input": lambda k, g, input_shape, indices, dim, keepdim: k._put_selected(
                g, indices, input_shape, dim, keepdim
            )
        },
    )(along)

    @composite(f"{name}(Tensor input, int|Tensor dim=_MISSING, bool keepdim=False, *, any other=None)", out=True)
    def public(k, input, dim=None, keepdim=False, other=None):
        if hasattr(dim, "_a"):
            dim, other = None, dim
        if other is not None:
            return getattr(k, pair)(input, other)
        return getattr(k, f"_{name}_all")(input) if dim is None else getattr(k, f"_{name}_dim")(input, dim, keepdim)

    public.body.__doc__ = f"""The {name}imum of all elements; (values, indices) along `dim`; of two tensors elementwise.

    NaN counts as the {name}imum. Source: https://docs.pytorch.org/docs/stable/generated/torch.{name}.html

    >>> import penlight as torch
    >>> torch.{name}(torch.tensor([[1, 2], [4, 3]]), dim=1).indices
    tensor([{"1, 0" if largest else "0, 1"}])
    """

    def reduce_over(xp, input, dim, keepdim):
        if dim == () and not input.size:
            raise RuntimeError(
                f"a{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction "
                "dim with the "
                "'dim' argument."
            )
        dims = tuple(range(input.ndim)) if dim in (None, ()) else dim
        _ordered(f"a{name}", input)
        for d in dims if input.ndim else ():
            _no_elements(f"a{name}", input, d)
        return (xp.maximum if largest else xp.minimum).reduce(input, dims if input.ndim else (), keepdims=keepdim)

    reduce_over.__doc__ = f"""The {name}ima over one or more dimensions; equal ones share the gradient.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.a{name}.html
    """
    op(
        f"a{name}(Tensor input, dims? dim=(), bool keepdim=False)",
        dense=True,
        half="direct",
        out=True,
        vjp={"input": lambda k, g, input, out, dim, keepdim: k._share_dims(g, input, out, dim, keepdim)},
    )(reduce_over)

    def where(xp, input, dim, keepdim):
        if dim is None:
            if not input.size:
                raise IndexError(
                    f"arg{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
                    "reduction dim "
                    "with the 'dim' argument."
                )
            index = getattr(xp, argument)(input)
            return xp.full((1,) * input.ndim, index) if keepdim else xp.asarray(index)
        _no_elements(f"arg{name}", input, dim)
        if input.ndim == 0:
            return xp.zeros((), "int64")
        return getattr(xp, argument)(input, dim, keepdims=keepdim)

    def checked(xp, input, dim, keepdim):
        _ordered(f"arg{name}", input)
        if input.dtype.kind == "b":
            raise NotImplementedError(f"\"arg{name}_cpu\" not implemented for 'Bool'")
        return where(xp, input, dim, keepdim)

    checked.__doc__ = f"""Where the {name}imum stands: in the flattened tensor, or along `dim`; the first of equal ones.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.arg{name}.html
    """
    op(f"arg{name}(Tensor input, dim? dim=None, bool keepdim=False)", half="direct", out=True)(checked)


@composite("_share(any g, any input, any out)", on="")
def _share(k, g, input, out):
    """A gradient divided among the elements that equal the extreme (NaN equals NaN here)."""
    mask = k._equal_or_nan(input, out)
    return k.where(mask, g / k._how_many(mask, None, False, g), 0.0)


@composite("_share_dims(any g, any input, any out, any dim, any keepdim)", on="")
def _share_dims(k, g, input, out, dim, keepdim):
    """The same over dimensions; where the extreme is NaN, no element equals it, and 0 / 0 is every gradient."""
    dims = tuple(range(len(input.shape))) if dim in (None, ()) or not input.shape else dim
    if not keepdim:
        g = spread_back(k, g, input.shape, dims)
        out = spread_back(k, out, input.shape, dims)
    mask = input == out
    return g * mask / k._how_many(mask, dims, True, g)


def spread_back(k, value, shape, dims):
    return k.reshape(value, tuple([1 if i in dims else n for i, n in enumerate(shape)]))


@op("_equal_or_nan(Tensor input, Tensor other)", on="", half="direct")
def _equal_or_nan(xp, input, other):
    """Whether elements are equal, NaN counting as equal to NaN."""
    mask = input == other
    return mask | ((input != input) & (other != other)) if input.dtype.kind in "fV" else mask


@op("_how_many(Tensor mask, any dim, bool keepdim, Tensor like)", on="", half="direct", non_differentiable="mask like")
def _how_many(xp, mask, dim, keepdim, like):
    """The number of true elements, in the dtype of `like`: an array of integers would turn float32 into float64."""
    return mask.sum(dim if dim is None else tuple(dim), keepdims=keepdim).astype(like.dtype)


@op(
    "_put_selected(Tensor grad, Tensor indices, any shape, int dim, bool keepdim)",
    on="",
    half="direct",
    grad_name="ValueSelectingReductionBackward0",
    non_differentiable="indices",
    vjp={"grad": lambda k, g, indices, dim, keepdim: k._take_selected(g, indices, dim, keepdim)},
)
def _put_selected(xp, g, indices, shape, dim, keepdim):
    """Zeros with `g` at one index along a dimension."""
    result = xp.zeros(shape, g.dtype)
    if not shape:
        result[...] = g
        return result
    if not keepdim:
        g, indices = xp.expand_dims(g, dim), xp.expand_dims(indices, dim)
    xp.put_along_axis(result, indices, g, dim)
    return result


@op(
    "_take_selected(Tensor grad, Tensor indices, int dim, bool keepdim)",
    on="",
    half="direct",
    grad_name="GatherBackward0",
    non_differentiable="indices",
    vjp={"grad": lambda k, g, grad_shape, indices, dim, keepdim: k._put_selected(g, indices, grad_shape, dim, keepdim)},
)
def _take_selected(xp, g, indices, dim, keepdim):
    """The elements at one index along a dimension."""
    if not g.ndim:
        return g.copy()
    if not keepdim:
        indices = xp.expand_dims(indices, dim)
    result = xp.take_along_axis(g, indices, dim)
    return result if keepdim else result.squeeze(dim)


_declare_extreme("max")
_declare_extreme("min")


def _aminmax_rule(k, g, need, input, min, max, dim, keepdim):
    g = g if isinstance(g, dict) else dict(enumerate(g))
    dims = None if dim is None else (dim,)
    total = None
    for which, out in ((0, min), (1, max)):
        if g.get(which) is not None:
            part = k._share_dims(g[which], input, out, dims, keepdim)
            total = part if total is None else total + part
    return (total,)


@op(
    "aminmax(Tensor input, *, dim? dim=None, bool keepdim=False)",
    dense=True,
    outputs="min max",
    returns="aminmax",
    half="direct",
    out=True,
    joint=_aminmax_rule,
)
def aminmax(xp, input, dim, keepdim):
    """(min, max) of all elements or along a dimension; equal ones share the gradient.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.aminmax.html
    """
    _ordered("aminmax", input)
    if dim is None and not input.size:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
        )
    if dim is not None:
        _no_elements("aminmax", input, dim)
    axis = None if dim is None else dim if input.ndim else ()
    return xp.minimum.reduce(input, axis, keepdims=keepdim), xp.maximum.reduce(input, axis, keepdims=keepdim)
