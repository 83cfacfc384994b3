"""Names of `torch` under which the layers of `nn.functional` lie one level deeper, with that level's argument order.

They take every argument by position, `cudnn_enabled` and the like included (and ignored), and no defaults where
PyTorch's have none.
"""

from __future__ import annotations

import math
from itertools import product

from penlight.base.geometry import shared
from penlight.ops.kinds import not_implemented
from penlight.ops.losses import logits_loss, ranking_loss, triplet_loss
from penlight.ops.norm import normalised_batch, normalised_groups, normalised_instances, unnormalised_batch
from penlight.ops.table import composite, op

__all__: list[str] = []

_REDUCTIONS = ("none", "mean", "sum")


# --- normalisation ----------------------------------------------------------------------------------------------------


@composite(
    "_torch_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, "
    "bool training, float momentum, float eps, bool cudnn_enabled)",
    on="torch:batch_norm",
)
def _torch_batch_norm(k, input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled):
    """`torch.nn.functional.batch_norm`."""
    return normalised_batch(k, input, running_mean, running_var, weight, bias, training, momentum, eps)


@composite(
    "_torch_instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, "
    "bool use_input_stats, float momentum, float eps, bool cudnn_enabled)",
    on="torch:instance_norm",
)
def _torch_instance_norm(
    k, input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, cudnn_enabled
):
    """`torch.nn.functional.instance_norm`."""
    return normalised_instances(k, input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)


@composite(
    "_torch_layer_norm(Tensor input, ints normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, "
    "bool cudnn_enable=True)",
    on="torch:layer_norm",
)
def _torch_layer_norm(k, input, normalized_shape, weight, bias, eps, cudnn_enable):
    """`torch.nn.functional.layer_norm`."""
    return k.layer_norm(input, normalized_shape, weight, bias, eps)


@composite(
    "_torch_group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, "
    "bool cudnn_enabled=True)",
    on="torch:group_norm",
)
def _torch_group_norm(k, input, num_groups, weight, bias, eps, cudnn_enabled):
    """`torch.nn.functional.group_norm`."""
    return normalised_groups(k, input, num_groups, weight, bias, eps)


@op("_moments(Tensor input, any dims, float eps, bool keepdim)", on="", outputs="mean inverse")
def _moments(xp, input, dims, eps, keepdim):
    """Mean and 1 / sqrt(variance + eps) over `dims`."""
    mean = input.mean(dims, keepdims=True)
    centred = input - mean
    inverse = 1 / xp.sqrt((centred * centred).mean(dims, keepdims=True) + input.dtype.type(eps))
    return (mean, inverse) if keepdim else (mean.squeeze(dims), inverse.squeeze(dims))


def _statistics(k, input, weight, dims, eps, keepdim):
    """As `_moments`; in the weight's dtype where that is wider than the input's."""
    value = input.detach()
    return k._moments(value if weight is None else value.to(weight.dtype), dims, eps, keepdim)


@composite("native_layer_norm(Tensor input, ints normalized_shape, Tensor? weight, Tensor? bias, float eps)", on="torch")
def native_layer_norm(k, input, normalized_shape, weight, bias, eps):
    """(layer norm, mean, 1 / deviation); the statistics have no gradient."""
    out = k.layer_norm(input, normalized_shape, weight, bias, eps)
    count = len(normalized_shape)
    return (out, *_statistics(k, input, weight, tuple(range(input.ndim - count, input.ndim)), eps, True))


@composite(
    "native_group_norm(Tensor input, Tensor? weight, Tensor? bias, size N, size C, size HxW, int group, float eps)",
    on="torch",
)
def native_group_norm(k, input, weight, bias, N, C, HxW, group, eps):
    """(group norm, mean, 1 / deviation) of N samples of C channels. Shape of the statistics: (N, group)."""
    if input.numel() != N * C * HxW:
        raise RuntimeError(
            f"Expected input to have N * C * HxW = {N * C * HxW} elements, but got one of shape {list(input.shape)}"
        )
    out = k.reshape(normalised_groups(k, k.reshape(input, (N, C, HxW)), group, weight, bias, eps), tuple(input.shape))
    parts = k.reshape(input if weight is None else input.to(weight.dtype), (N, group, C // group * HxW))
    mean = k.mean(parts, (2,), True)
    centred = parts - mean
    inverse = k.rsqrt(k.mean(centred * centred, (2,)) + eps)
    return out, k.squeeze(mean, 2), inverse


@composite(
    "native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, "
    "bool training, float momentum, float eps)",
    on="torch",
    out=True,
)
def native_batch_norm(k, input, weight, bias, running_mean, running_var, training, momentum, eps):
    """(batch norm, mean, 1 / deviation); the statistics are empty outside training."""
    given = (weight, bias, running_mean, running_var)
    first = next((v for v in given if v is not None), input)
    if input.numel():
        out = normalised_batch(k, input, running_mean, running_var, weight, bias, training, momentum, eps)
    else:
        out = unnormalised_batch(k, input, given, first.dtype, training)
    if not training:
        nothing = k._nothing_like(first.detach())
        return out, nothing, nothing.clone()
    return (out, *_statistics(k, input, first, (0, *range(2, input.ndim)), eps, False))


@composite("norm_except_dim(Tensor v, int pow=2, int dim=0)", on="torch")
def norm_except_dim(k, v, pow, dim):
    """The norms of the slices along `dim`, kept as sizes of 1; of everything for dim -1."""
    if dim == -1:
        return k.norm(v, pow)
    if dim not in (0, v.ndim - 1):
        return k.transpose(k.norm_except_dim(k.transpose(v, 0, dim), pow, 0), 0, dim)
    rows = k.norm(k.reshape(v, (v.shape[0], -1) if dim == 0 else (-1, v.shape[dim])), pow, 1 if dim == 0 else 0)
    return k.reshape(rows, [n if d == dim else 1 for d, n in enumerate(v.shape)])


# --- convolution, shuffles, grids -------------------------------------------------------------------------------------


@composite(
    "convolution(Tensor input, Tensor weight, Tensor? bias, ints stride, ints padding, ints dilation, bool transposed, "
    "ints output_padding, size groups)",
    on="torch",
)
def convolution(k, input, weight, bias, stride, padding, dilation, transposed, output_padding, groups):
    """Any of `torch.conv1d` … `torch.conv_transpose3d`, by the weight's dimensions."""
    dims = weight.ndim - 2
    if not 1 <= dims <= 3:
        raise RuntimeError(f"weight should have 3 to 5 dimensions, but got shape {list(weight.shape)}")
    if input.ndim != weight.ndim:
        raise RuntimeError(
            f"Expected {dims + 2}-dimensional input for {dims + 2}-dimensional weight {list(weight.shape)}, but got input "
            f"of shape {list(input.shape)}"
        )
    if transposed:
        function = getattr(k, f"conv_transpose{dims}d")
        return function(input, weight, bias, stride, padding, output_padding, groups, dilation)
    return getattr(k, f"conv{dims}d")(input, weight, bias, stride, padding, dilation, groups)


@composite("conv_tbc(Tensor input, Tensor weight, Tensor bias, int pad=0)", on="torch F")
def conv_tbc(k, input, weight, bias, pad):
    """Convolution over time. Shape: (T, B, C), (width, C, O), (O) -> (T', B, O).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.conv_tbc.html
    """
    for value, name, ndim in ((input, "Input", 3), (weight, "Weight", 3), (bias, "Bias", 1)):
        if value.ndim != ndim:
            raise RuntimeError(f"{name} must have {ndim} dims, but got shape {list(value.shape)}")
    if input.shape[2] != weight.shape[1] or weight.shape[2] != bias.shape[0]:
        raise RuntimeError(
            f"Input, weight and bias do not fit: (T, B, C) = {list(input.shape)}, (width, C, O) = {list(weight.shape)}, "
            f"(O) = {list(bias.shape)}"
        )
    bias = bias.to(input.dtype)
    length = input.shape[0] + 2 * pad - weight.shape[0] + 1
    if length < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {length}: the input is shorter than the kernel")
    if not weight.shape[1]:  # no channels: the bias, where `conv1d` has none
        result = (bias + (k.sum(input) + k.sum(weight)) * 0).to(input.dtype)
        return k.clone(k.expand(result, (length, input.shape[1], weight.shape[2])))
    result = k.conv1d(k.permute(input, (1, 2, 0)), k.permute(weight, (2, 1, 0)), bias, 1, pad)
    return k.contiguous(k.permute(result, (2, 0, 1)))


@composite("native_channel_shuffle(Tensor input, size groups)", on="torch F")
def native_channel_shuffle(k, input, groups):
    """`torch.channel_shuffle`."""
    return k.channel_shuffle(input, groups)


@composite("affine_grid_generator(Tensor theta, ints size, bool align_corners)", on="torch")
def affine_grid_generator(k, theta, size, align_corners):
    """`torch.nn.functional.affine_grid`."""
    return k.affine_grid(theta, size, align_corners)


# --- losses, views ----------------------------------------------------------------------------------------------------


_UNCHECKED = {  # without what PyTorch's Python layer checks
    "binary_cross_entropy_with_logits": logits_loss,
    "margin_ranking_loss": ranking_loss,
    "triplet_margin_loss": triplet_loss,
}


def _declare_loss(name, arguments):
    """`torch.f` of a loss: its reduction is 0 (none, where none is given), 1 (mean) or 2 (sum)."""

    def body(k, *values):
        named = dict(zip(names, values))
        if named["reduction"].__class__ is not int:
            raise TypeError(
                f"{name}(): argument 'reduction' must be int, not {type(named['reduction']).__name__}; 0 is none, 1 mean, "
                "2 sum"
            )
        if not 0 <= named["reduction"] <= 2:
            raise ValueError(f"{named['reduction']} is not a valid value for reduction: 0 is none, 1 mean, 2 sum")
        named["reduction"] = _REDUCTIONS[named["reduction"]]
        if name in _UNCHECKED:
            return _UNCHECKED[name](k, **named)
        try:
            return getattr(k, name)(**named)
        except ValueError as error:  # what the Python layer of PyTorch checks, its kernels refuse in their way
            raise RuntimeError(str(error)) from None

    body.__doc__ = f"`torch.nn.functional.{name}`; reduction 0 none, 1 mean, 2 sum."
    row = composite(f"_torch_{name}({arguments})", on=f"torch:{name}")(body)
    names = [p.name for p in row.schema.parameters]


for _name, _arguments in (
    (
        "binary_cross_entropy_with_logits",
        "Tensor input, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, int reduction=0",
    ),
    ("kl_div", "Tensor input, Tensor target, int reduction=0, *, bool log_target=False"),
    ("margin_ranking_loss", "Tensor input1, Tensor input2, Tensor target, float margin=0.0, int reduction=0"),
    ("hinge_embedding_loss", "Tensor input, Tensor target, float margin=1.0, int reduction=0"),
    ("cosine_embedding_loss", "Tensor input1, Tensor input2, Tensor target, float margin=0.0, int reduction=0"),
    (
        "triplet_margin_loss",
        "Tensor anchor, Tensor positive, Tensor negative, float margin=1.0, float p=2.0, float eps=1e-06, "
        "bool swap=False, int reduction=0",
    ),
    (
        "poisson_nll_loss",
        "Tensor input, Tensor target, bool log_input, bool full, float eps, int reduction",
    ),
    (
        "ctc_loss",
        "Tensor log_probs, Tensor targets, any input_lengths, any target_lengths, int blank=0, int reduction=0, "
        "bool zero_infinity=False",
    ),
):
    _declare_loss(_name, _arguments)


@composite(
    "linear_cross_entropy(Tensor input, Tensor linear_weight, Tensor target, *, Tensor? linear_bias=None, "
    "Tensor? weight=None, str|any reduction='mean', any ignore_index=None, float label_smoothing=0.0, any options=None)",
    on="F",
)
def linear_cross_entropy(
    k, input, linear_weight, target, linear_bias, weight, reduction, ignore_index, label_smoothing, options
):
    """cross_entropy(linear(input, linear_weight), target); `options`, which would save memory, change nothing.

    Shape: (in) or (N, in), (C, *, in), target as for `cross_entropy` -> scalar, or (N, *) for reduction="none".
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear_cross_entropy.html
    """
    if input.ndim not in (1, 2):
        raise RuntimeError(f"expected input with dimensionality 1 or 2, got {input.ndim}")
    if linear_weight.ndim < 2:
        raise RuntimeError(f"expected linear_weight with dimensionality at least 2, got {linear_weight.ndim}")
    if linear_weight.ndim > 2 and input.ndim == 1:
        raise RuntimeError(
            f"K-dimensional loss defined by linear_weight shape {tuple(linear_weight.shape)} requires batched input, (N, "
            f"{linear_weight.shape[-1]}), got unbatched input with shape {tuple(input.shape)}"
        )
    if ignore_index is not None and target.dtype.is_floating_point:
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities")
    classes, *extra, features = linear_weight.shape
    if linear_bias is not None and tuple(linear_bias.shape) != (classes, *extra):
        raise RuntimeError(f"expected linear_bias shape {(classes, *extra)}, got {tuple(linear_bias.shape)}")
    flat = k.reshape(linear_weight, (classes * math.prod(extra), features))
    logits = k.linear(input, flat, None if linear_bias is None else k.reshape(linear_bias, (-1,)))
    if extra:
        logits = k.reshape(logits, (*input.shape[:-1], classes, *extra))
    ignore_index = -100 if ignore_index is None else ignore_index
    return k.cross_entropy(
        logits, target, weight, ignore_index=ignore_index, reduction=reduction, label_smoothing=label_smoothing
    )


@composite("_torch_detach(Tensor input)", on="torch:detach")
def _torch_detach(k, input):
    """`Tensor.detach`."""
    return input.detach()


@composite("_torch_detach_in_place(Tensor input)", on="torch:detach_")
def _torch_detach_in_place(k, input):
    """`Tensor.detach_`."""
    return input.detach_()


@composite(
    "_torch_as_strided_in_place(Tensor input, any size, any stride, any storage_offset=None)", on="torch:as_strided_"
)
def _torch_as_strided_in_place(k, input, size, stride, storage_offset):
    """`Tensor.as_strided_`."""
    return input.as_strided_(size, stride, storage_offset)


@composite("_reversed(Tensor input)", on="Tensor:__reversed__")
def _reversed(k, input):
    """The tensor flipped in its first dimension."""
    return k.flip(input, (0,)) if input.ndim else input


@composite("_torch_get_device(Tensor input)", on="torch:get_device")
def _torch_get_device(k, input):
    """`Tensor.get_device`: -1 on the CPU."""
    return input.get_device()


# --- segments, calls for each element ---------------------------------------------------------------------------------

_SEGMENTS = {"sum": 0.0, "mean": 0.0, "max": -math.inf, "min": math.inf, "prod": 1.0}


@composite(
    "segment_reduce(Tensor data, str reduce, *, Tensor? lengths=None, Tensor? indices=None, Tensor? offsets=None, "
    "int axis=0, bool unsafe=False, number initial=None)",
    on="torch",
)
def segment_reduce(k, data, reduce, lengths, indices, offsets, axis, unsafe, initial):
    """The sum, mean, max, min or prod of consecutive parts of `data` along `axis`, `lengths` or `offsets` long.

    Empty parts give `initial` (or the reduction's identity; nan for a mean).
    """
    if reduce not in _SEGMENTS:
        raise RuntimeError(f"unsupported reduction given! {reduce}: expected one of {', '.join(_SEGMENTS)}")
    if indices is not None:
        raise NotImplementedError("segment_reduce(): indices based reduction is not supported yet.")
    if lengths is None and offsets is None:
        raise RuntimeError("segment_reduce(): Either lengths or offsets must be defined.")
    if not data.dtype.is_floating_point:
        raise not_implemented("segment_reduce_cpu", data.dtype.np)
    given = lengths if lengths is not None else offsets
    if axis < 0 or axis != given.ndim - 1:
        raise RuntimeError(
            f"segment_reduce(): Expected axis to be the last dimension of lengths or offsets ({given.ndim - 1}) but got "
            f"{axis}."
        )
    loose = unsafe or lengths is None  # then what no part takes may be left over
    counts = (k.diff(offsets) if lengths is None else lengths).long()
    before = [k.narrow(offsets, axis, 0, 1).long()] if lengths is None else []
    outer, n, inner = math.prod(data.shape[:axis]), data.shape[axis], tuple(data.shape[axis + 1 :])
    rest = n - k.sum(k.cat((*before, counts), axis), axis, True)
    if bool((counts < 0).any()) or bool((rest < 0).any()) or not loose and bool(rest.any()):
        raise RuntimeError(
            "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe."
        )
    if loose:
        parts = k.cat((*before, counts, rest), axis)
        whole = k.segment_reduce(data, reduce, lengths=parts, axis=axis, initial=initial)
        return k.narrow(whole, axis, len(before), counts.shape[-1])
    segments = counts.shape[-1]
    where = k.repeat_interleave(k.arange_like(counts, outer * segments), k.reshape(counts, (-1,)))
    flat = k.reshape(data, (outer * n, *inner))
    start = float(_SEGMENTS[reduce] if initial is None else initial)
    result = flat.new_full((outer * segments, *inner), start)
    if reduce in ("max", "min"):
        result = k._segment_extreme(flat, where, result, reduce)
    else:
        result = k._segment_prod(flat, where, result) if reduce == "prod" else k.index_add(result, 0, where, flat)
    if reduce == "mean":
        sizes = k.reshape(counts, (-1, *(1,) * len(inner))).to(data.dtype)
        result = k.where(sizes == 0, math.nan if initial is None else start, result / sizes)
    # a copy, since the product's and the extremes' gradients read the result
    return k.clone(k.reshape(result, (*data.shape[:axis], segments, *inner)))


def _segment_extreme_rule(k, g, input, where, out):
    """The elements that equal the extreme share its gradient, NaN among them; the initial value has no share."""
    chosen = (input == k.index_select(out, 0, where)) | k.isnan(input)
    counts = k.index_add(k._zeros(g), 0, where, k.cast(chosen, getattr(g.dtype, "np", g.dtype)))
    return k._keep(k.index_select(g / counts, 0, where), chosen)


@op(
    "_segment_extreme(Tensor input, Tensor where, Tensor start, str reduce)",
    on="",
    vjp={"input": _segment_extreme_rule},
)
def _segment_extreme(xp, input, where, start, reduce):
    """`start`, and of each element of `input` at its place in `where` the larger, or smaller."""
    result = start.copy()
    getattr(xp, f"{reduce}imum").at(result, where, input)
    return result


def _segment_prod_rule(k, g, input, where, start, out):
    """g * out / input, and where an element is 0 or NaN the product of the others itself."""
    zero, lost = input == 0, k.isnan(input)
    plain = k._segment_prod(k.where(k.logical_or(zero, lost), 1.0, input), where, start)

    def others(mask):  # whether another element of the segment is so
        own = k.cast(mask, getattr(g.dtype, "np", g.dtype))
        return k.index_select(k.index_add(k._zeros(g), 0, where, own), 0, where) > own

    rest = k.index_select(plain, 0, where) * k.where(others(zero), 0.0, 1.0) * k.where(others(lost), math.nan, 1.0)
    return k.where(
        k.logical_or(zero, lost), k.index_select(g, 0, where) * rest, k.index_select(g * out, 0, where) / input
    )


@op("_segment_prod(Tensor input, Tensor where, Tensor start)", on="", half="direct", vjp={"input": _segment_prod_rule})
def _segment_prod(xp, input, where, start):
    """`start` times the elements of `input`, each at its place in `where`."""
    result = start.copy()
    xp.multiply.at(result, where, input)
    return result


@op("arange_like(Tensor like, int n)", on="", half="direct")
def arange_like(xp, like, n):
    """0 … n - 1."""
    return xp.arange(n)


@op("_mapped(Tensor input, Tensors others, any function)", on="", half="direct")
def _mapped(xp, input, others, function):
    """`function` of Python numbers, element by element."""
    columns = [a.ravel().tolist() for a in (input, *others)]
    return xp.array([function(*row) for row in zip(*columns)]).astype(input.dtype).reshape(input.shape)


def _map(k, name, input, others, function):
    if input.requires_grad or any(o.requires_grad for o in others):
        raise RuntimeError(f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead.")
    for o in others:
        if o.dtype is not input.dtype:
            raise TypeError(
                f"{name}: expected torch.{input.dtype.legacy}Tensor for the other tensors (got torch.{o.dtype.legacy}Tensor)"
            )
    others = [k.expand(o, tuple(input.shape)) for o in others]
    if shared(tuple(input.shape), input.stride()):  # one after the other, each on what the last one left
        for at in product(*map(range, input.shape)):
            input[at] = function(*[t[at].item() for t in (input, *others)])
        return input
    return input.copy_(k._mapped(input, tuple(others), function))


@composite("apply_(Tensor input, any callable)", on="Tensor")
def apply_(k, input, callable):
    """Replace each element by callable(element), in Python: slow.

    >>> import penlight as torch
    >>> torch.tensor([1.0, 2.0]).apply_(lambda x: x + 1)
    tensor([2., 3.])
    """
    return _map(k, "apply_", input, (), callable)


@composite("map_(Tensor input, Tensor tensor, any callable)", on="Tensor")
def map_(k, input, tensor, callable):
    """Replace each element by callable(element, the element of `tensor`), in Python: slow."""
    return _map(k, "map_", input, (tensor,), callable)


@composite("map2_(Tensor input, Tensor x, Tensor y, any callable)", on="Tensor")
def map2_(k, input, x, y, callable):
    """Replace each element by callable(element, those of `x` and `y`), in Python: slow."""
    return _map(k, "map2_", input, (x, y), callable)
