"""Normalisation: batch, layer, group, instance, RMS, local response.

The joint rules have two forms: a fused kernel in ordinary backward, and the formula in ops when the backward pass is
itself recorded.
"""

from __future__ import annotations

import math

from penlight.ops.kinds import not_implemented, refuse
from penlight.ops.table import composite, op

__all__: list[str] = []


def _per_channel(k, vector, ndim):
    return k.reshape(vector, (-1, *(1,) * (ndim - 2)))


def _wide(k, *values):
    """16-bit tensors in float32: the formulas of a recorded pass round once, at their end."""
    return [k.cast(v, "float32") if v is not None and v.dtype.itemsize == 2 else v for v in values]


def _normal_grad(k, g, input, scale, mean, inverse, dims, count):
    """scale inverse (g - mean(g) - xhat mean(g xhat)): the gradient through a normalisation over `dims`."""
    normal = (input - mean) * inverse
    h = g if scale is None else g * scale
    return (h - k.sum(h, dims, True) / count - normal * (k.sum(h * normal, dims, True) / count)) * inverse


def _statistics(k, input, dims, eps):
    """Mean and inverse deviation as functions of the input, so that the recorded backward sees through them."""
    mean = k.mean(input, dims, True)
    centred = input - mean
    return mean, k.rsqrt(k.mean(centred * centred, dims, True) + eps)


def _batch_norm_rule(k, g, need, input, weight, mean, inverse, training, eps):
    if not k.recorded:
        return k._batch_norm_grad(g, input, weight, mean, inverse, training, need)
    g, input, weight = _wide(k, g, input, weight)
    ndim = len(input.shape)
    dims = (0, *range(2, ndim))
    if training:
        centre, scale = _statistics(k, input, dims, eps)
    else:
        centre, scale = _per_channel(k, mean, ndim), _per_channel(k, inverse, ndim)
    factor = None if weight is None else _per_channel(k, weight, ndim)
    count = input.numel() // input.shape[1]
    normal = (input - centre) * scale
    if training:
        through = _normal_grad(k, g, input, factor, centre, scale, dims, count) if need[0] else None
    else:
        through = (g if factor is None else g * factor) * scale if need[0] else None
    return through, k.sum(g * normal, dims) if need[1] else None, k.sum(g, dims) if need[2] else None


@op(
    "_batch_norm_grad(Tensor grad, Tensor input, Tensor? weight, any mean, any inverse, bool training, any need)",
    on="",
    outputs="for_input for_weight for_bias",
    half="direct",
)
def _batch_norm_grad(xp, grad, input, weight, mean, inverse, training, need):
    """The gradients of `_batch_norm` for input, weight and bias."""
    return xp.batch_norm_backward(grad, input, weight, mean, inverse, training, need)


@op(
    "_batch_norm(Tensor input, Tensor? weight, Tensor? bias, any mean, any var, bool training, float eps)",
    on="",
    dense="channels",
    aux="mean_used inverse",
    half="direct",
    grad_name="NativeBatchNormBackward0",
    linked=lambda input, weight, mean, inverse, training, eps: training or weight is not None,
    joint=lambda k, g, need, input, weight, mean_used, inverse, training, eps: _batch_norm_rule(
        k, g, need, input, weight, mean_used, inverse, training, eps
    ),
)
def _batch_norm(xp, input, weight, bias, mean, var, training, eps):
    """Normalise each channel with the given statistics, then scale and shift. Shape: (N, C, *) -> (N, C, *)."""
    out, inverse = xp.batch_norm_forward(input, weight, bias, mean, var, eps)
    return out, mean, inverse


@op("_batch_statistics(Tensor input)", on="", outputs="mean var", half="direct")
def _batch_statistics(xp, input):
    """Mean and biased variance per channel."""
    return xp.batch_norm_statistics(input)


@op("_blend_statistics(Tensor running_mean, Tensor running_var, Tensor mean, Tensor var, int count, float momentum)",
    on="", outputs="new_mean new_var", half="direct")  # fmt: skip
def _blend_statistics(xp, running_mean, running_var, mean, var, count, momentum):
    """The running statistics after one batch."""
    return xp.batch_norm_running(running_mean, running_var, mean, var, count, momentum)


def _check_kernel(input):
    if not input.is_floating_point():
        raise not_implemented("batch_norm", input.dtype.np)


def _check_batch(input, training, running_mean, running_var, weight, bias):
    """The numbers of elements and the dtypes that batch normalisation takes."""
    shape = list(input.shape)
    if len(shape) < 2:
        raise RuntimeError(f"batch_norm expects input of at least 2 dimensions, got shape {shape}")
    statistics = {"running_mean": running_mean, "running_var": running_var}
    for label, vector in {**statistics, "weight": weight, "bias": bias}.items():
        if vector is not None and vector.numel() != shape[1]:
            raise RuntimeError(
                f"{label} should contain {shape[1]} elements not {vector.numel()}: batch_norm got input of shape {shape}"
            )
    for label, vector in statistics.items():
        if vector is not None and vector.ndim != 1:
            raise RuntimeError(f"{label} should have 1 dimension, but got shape {list(vector.shape)}")
    missing = [label for label, vector in statistics.items() if vector is None]
    if missing and not training:
        raise RuntimeError(f"{missing[0]} must be defined in evaluation mode")
    if len(missing) == 1:
        raise ValueError("running_mean and running_var must either both be None or neither be None")
    _check_kernel(input)
    _check_dtypes(input, weight, bias, running_mean, running_var)


@composite(
    "batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight=None, Tensor? bias=None, "
    "bool training=False, float momentum=0.1, float eps=1e-05)",
    on="F",
)
def batch_norm(k, input, running_mean, running_var, weight, bias, training, momentum, eps):
    """(x - mean) / sqrt(var + eps) * weight + bias per channel, with the batch's or the running statistics.

    In training the running statistics are updated in place: (1 - momentum) old + momentum new, the variance unbiased.
    Shape: (N, C, *) -> (N, C, *).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html
    """
    if eps <= 0 and (training or eps < 0):
        wanted = "positive during training" if training else "non-negative"
        raise ValueError(f"batch_norm eps must be {wanted}, but got {eps}")
    if training and input.size(0) * math.prod(input.shape[2:]) == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {input.shape}")
    return normalised_batch(k, input, running_mean, running_var, weight, bias, training, momentum, eps)


def normalised_batch(k, input, running_mean, running_var, weight, bias, training, momentum, eps):
    """`batch_norm` of any eps and of single values."""
    if not input.numel():  # PyTorch looks at the first factor and term only
        out = k.clone(input)
        out = out if weight is None else out * weight[0]
        return out if bias is None else out + bias[0]
    _check_batch(input, training, running_mean, running_var, weight, bias)
    weight, bias = (v if v is None or v.ndim == 1 else v.reshape(-1) for v in (weight, bias))
    if not training:
        return k._batch_norm(input, weight, bias, running_mean._a, running_var._a, False, eps)
    mean, var = k._batch_statistics(input.detach())
    out = k._batch_norm(input, weight, bias, mean._a, var._a, True, eps)
    if running_mean is not None:
        count = input.numel() // input.shape[1]
        new_mean, new_var = k._blend_statistics(running_mean, running_var, mean, var, count, momentum)
        running_mean.detach().copy_(new_mean)
        running_var.detach().copy_(new_var)
    return out


def unnormalised_batch(k, input, vectors, dtype, training):
    """`native_batch_norm` of no elements: other dtypes than the input's count only if the first vector's is one."""
    if input.ndim < 2:
        raise RuntimeError(f"native_batch_norm expects input of at least 2 dimensions, got shape {list(input.shape)}")
    _check_kernel(input)
    if training:
        raise RuntimeError(f"input tensor must have at least one element, but got input_sizes = {list(input.shape)}")
    _check_dtypes(input, *vectors if dtype is not input.dtype else ())
    weight, bias = (v if v is None else v.reshape(-1).to(input.dtype) for v in vectors[:2])
    nothing = input.detach().new_zeros(input.shape[1:2])._a
    return k._batch_norm(input, weight, bias, nothing, nothing, False, 1.0)


def _check_dtypes(input, *vectors):
    """Weights, biases and running statistics have the input's dtype, or are all float32 where it has 16 bits."""
    if all(v is None or v.dtype is input.dtype for v in vectors):
        return
    given = {str(v.dtype).removeprefix("torch.") for v in vectors if v is not None}
    own = str(input.dtype).removeprefix("torch.")
    if given - {own} and (given != {"float32"} or own not in ("float16", "bfloat16")):
        raise RuntimeError(
            f"mixed dtype (CPU): expect parameter to have scalar type of {own}, but got {', '.join(sorted(given))}: convert "
            "the module with .to(dtype), or the input"
        )


def _layer_norm_rule(k, g, need, input, weight, mean, inverse, dims_count, eps):
    if not k.recorded:
        return k._layer_norm_grad(g, input, weight, mean, inverse, dims_count, need)
    g, input, weight = _wide(k, g, input, weight)
    ndim = len(input.shape)
    dims = tuple(range(ndim - dims_count, ndim))
    outer = tuple(range(ndim - dims_count))
    centre, scale = _statistics(k, input, dims, eps)
    count = 1
    for d in dims:
        count *= input.shape[d]
    through = _normal_grad(k, g, input, weight, centre, scale, dims, count) if need[0] else None
    normal = (input - centre) * scale
    return (
        through,
        (k.sum(g * normal, outer) if outer else g * normal) if need[1] else None,
        (k.sum(g, outer) if outer else g * 1.0) if need[2] else None,
    )


@op(
    "_layer_norm_grad(Tensor grad, Tensor input, Tensor? weight, any mean, any inverse, int dims_count, any need)",
    on="",
    outputs="for_input for_weight for_bias",
    half="direct",
)
def _layer_norm_grad(xp, grad, input, weight, mean, inverse, dims_count, need):
    """The gradients of `_layer_norm` for input, weight and bias."""
    return xp.layer_norm_backward(grad, input, weight, mean, inverse, dims_count, need)


@op(
    "_layer_norm(Tensor input, Tensor? weight, Tensor? bias, int dims_count, float eps)",
    on="",
    aux="mean inverse",
    half="direct",
    grad_name="NativeLayerNormBackward0",
    linked=True,
    joint=lambda k, g, need, input, weight, mean, inverse, dims_count, eps: _layer_norm_rule(
        k, g, need, input, weight, mean, inverse, dims_count, eps
    ),
)
def _layer_norm(xp, input, weight, bias, dims_count, eps):
    """Normalise over the last dimensions, then scale and shift."""
    refuse("LayerNormKernelImpl", "biuc", input)
    _check_dtypes(input, weight, bias)
    return xp.layer_norm_forward(input, dims_count, weight, bias, eps)


def _check_normalized(input, normalized_shape, weight, bias):
    shape = normalized_shape
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
            f"normalized_shape = {list(shape)}"
        )
    for vector, label in ((weight, "weight"), (bias, "bias")):
        if vector is not None and tuple(vector.shape) != shape:
            raise RuntimeError(
                f"Expected {label} to be of same shape as normalized_shape, but got {label} of shape {list(vector.shape)} and "
                f"normalized_shape = {list(shape)}"
            )
    if tuple(input.shape[-len(shape) :]) != shape or len(input.shape) < len(shape):
        wanted = ", ".join(["*", *map(str, shape)])
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [{wanted}], but got input of "
            f"size{list(input.shape)}"
        )
    return len(shape)


@composite(
    "layer_norm(Tensor input, ints normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05)", on="F"
)
def layer_norm(k, input, normalized_shape, weight, bias, eps):
    """(x - mean) / sqrt(var + eps) * weight + bias over the last dimensions.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html
    """
    return k._layer_norm(input, weight, bias, _check_normalized(input, normalized_shape, weight, bias), eps)


@op(
    "_rms_norm(Tensor input, Tensor? weight, int dims_count, float eps)",
    on="",
    aux="inverse",
    half="direct",
    grad_name="FusedRmsNormBackward0",
    linked=True,
    joint=lambda k, g, need, input, weight, inverse, dims_count, eps: _rms_norm_rule(
        k, g, need, input, weight, inverse, dims_count, eps
    ),
)
def _rms_norm(xp, input, weight, dims_count, eps):
    """x / sqrt(mean(x**2) + eps) * weight over the last dimensions."""
    refuse("rms_norm", "biu", input)
    return xp.rms_norm_forward(input, dims_count, weight, eps)


@op(
    "_rms_norm_grad(Tensor grad, Tensor input, Tensor? weight, any inverse, int dims_count, any need)",
    on="",
    outputs="for_input for_weight",
    half="direct",
)
def _rms_norm_grad(xp, grad, input, weight, inverse, dims_count, need):
    """The gradients of `_rms_norm` for input and weight."""
    return xp.rms_norm_backward(grad, input, weight, inverse, dims_count, need)


def _rms_norm_rule(k, g, need, input, weight, inverse, dims_count, eps):
    if not k.recorded:
        return k._rms_norm_grad(g, input, weight, inverse, dims_count, need)
    g, input, weight = _wide(k, g, input, weight)
    ndim = len(input.shape)
    dims, outer = tuple(range(ndim - dims_count, ndim)), tuple(range(ndim - dims_count))
    scale = k.rsqrt(k.mean(input * input, dims, True) + eps)
    h = g if weight is None else g * weight
    normal = input * scale
    through = (h - normal * k.mean(h * normal, dims, True)) * scale if need[0] else None
    return through, (k.sum(g * normal, outer) if outer else g * normal) if need[1] else None


@composite("rms_norm(Tensor input, ints normalized_shape, Tensor? weight=None, float eps=None)", on="torch F")
def rms_norm(k, input, normalized_shape, weight, eps):
    """x / sqrt(mean(x**2) + eps) * weight over the last dimensions; eps None is the dtype's epsilon.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.rms_norm.html
    """
    if normalized_shape and len(input.shape) < len(normalized_shape):
        raise ValueError(
            f"rms_norm: the input must have at least {len(normalized_shape)} dimensions, those of normalized_shape="
            f"{list(normalized_shape)}, but got shape {list(input.shape)}"
        )
    count = _check_normalized(input, normalized_shape, weight, None)
    if eps is None:
        eps = 2.0**-52 if input.dtype.itemsize == 8 * (1 + input.is_complex()) else 2.0**-23
    if input.is_complex() or weight is not None and weight.is_complex():
        dims = tuple(range(len(input.shape) - count, len(input.shape)))
        x = input.float() if input.dtype.itemsize == 2 else input
        normal = x * k.rsqrt(k.mean(x * x, dims, True) + eps)
        return normal if weight is None else (normal * weight).to(input.dtype)
    return k._rms_norm(input, weight, count, eps)


def _group_norm_rule(k, g, need, input, weight, mean, inverse, groups, eps):
    if not k.recorded:
        return k._group_norm_grad(g, input, weight, mean, inverse, groups, need)
    g, input, weight = _wide(k, g, input, weight)
    shape = tuple(input.shape)
    n, c = shape[:2]
    parts = k.reshape(input, (n, groups, input.numel() // max(n * groups, 1)))
    centre, scale = _statistics(k, parts, (2,), eps)
    factor = None if weight is None else _per_channel(k, weight, len(shape))
    h = g if factor is None else g * factor
    count = parts.shape[2]
    through = _normal_grad(k, k.reshape(h, tuple(parts.shape)), parts, None, centre, scale, (2,), count)
    normal = k.reshape((parts - centre) * scale, shape)
    dims = (0, *range(2, len(shape)))
    return (
        k.reshape(through, shape) if need[0] else None,
        k.sum(g * normal, dims) if need[1] else None,
        k.sum(g, dims) if need[2] else None,
    )


@op(
    "_group_norm_grad(Tensor grad, Tensor input, Tensor? weight, any mean, any inverse, int groups, any need)",
    on="",
    outputs="for_input for_weight for_bias",
    half="direct",
)
def _group_norm_grad(xp, grad, input, weight, mean, inverse, groups, need):
    """The gradients of `_group_norm` for input, weight and bias."""
    return xp.group_norm_backward(grad, input, weight, mean, inverse, groups, need)


@op(
    "_group_norm(Tensor input, Tensor? weight, Tensor? bias, int groups, float eps)",
    on="",
    dense="channels",
    aux="mean inverse",
    half="direct",
    grad_name="NativeGroupNormBackward0",
    joint=lambda k, g, need, input, weight, mean, inverse, groups, eps: _group_norm_rule(
        k, g, need, input, weight, mean, inverse, groups, eps
    ),
)
def _group_norm(xp, input, weight, bias, groups, eps):
    """Normalise groups of channels, then scale and shift."""
    refuse("GroupNormKernelImpl", "biuc", input)
    _check_dtypes(input, weight, bias)
    return xp.group_norm_forward(input, groups, weight, bias, eps)


@composite("group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05)", on="F")
def group_norm(k, input, num_groups, weight, bias, eps):
    """(x - mean) / sqrt(var + eps) over groups of channels, then weight and bias per channel.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.group_norm.html
    """
    shape = tuple(input.shape)
    if len(shape) < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {len(shape)}")
    if num_groups > 0 and math.prod(shape[:2]) // num_groups * math.prod(shape[2:]) == 1:
        sizes = [1, num_groups, *shape[2:]]
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {sizes}")
    return normalised_groups(k, input, num_groups, weight, bias, eps)


def normalised_groups(k, input, num_groups, weight, bias, eps):
    """`group_norm` of single values too."""
    shape = tuple(input.shape)
    if len(shape) < 2:
        raise IndexError(f"group_norm expects input of at least 2 dimensions (N, C, *), got shape {list(shape)}")
    if num_groups <= 0 or shape[1] % num_groups:
        raise RuntimeError(
            f"Expected number of channels in input to be divisible by num_groups, but got input of shape {list(shape)} and "
            f"num_groups={num_groups}"
        )
    for vector, label in ((weight, "weight"), (bias, "bias")):
        if vector is not None and tuple(vector.shape) != (shape[1],):
            raise RuntimeError(
                f"Expected {label} to be a vector of size equal to the number of channels in input, but got {label} of "
                f"shape {list(vector.shape)} and input of shape {list(shape)}"
            )
    return k._group_norm(input, weight, bias, num_groups, eps)


@composite(
    "instance_norm(Tensor input, Tensor? running_mean=None, Tensor? running_var=None, Tensor? weight=None, "
    "Tensor? bias=None, bool use_input_stats=True, float momentum=0.1, float eps=1e-05)",
    on="F",
)
def instance_norm(k, input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps):
    """Batch normalisation of each sample by itself. Shape: (N, C, *) -> (N, C, *).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.instance_norm.html
    """
    if use_input_stats and math.prod(input.shape[2:]) == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    return normalised_instances(k, input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)


def normalised_instances(k, input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps):
    """`instance_norm` of single values too. Running statistics are blended in the weight's dtype, or the input's."""
    given = running_mean, running_var
    if not use_input_stats and (running_mean is None or running_var is None):
        raise RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false")
    shape = tuple(input.shape)
    if len(shape) < 2:
        raise IndexError(f"instance_norm expects input of at least 2 dimensions (N, C, *), got shape {list(shape)}")
    n, c = shape[:2]
    own = (input if weight is None else weight).dtype
    if running_mean is not None and running_mean.dtype is not own:
        if running_var is None:
            raise RuntimeError("instance_norm expects a running variance beside the running mean, but got None")
        running_mean, running_var = running_mean.to(own), running_var.to(own)

    def repeated(vector):
        return None if vector is None else k.repeat(vector, (n,))

    means, variances = repeated(running_mean), repeated(running_var)
    flat, factors = k.reshape(input, (1, n * c, *shape[2:])), (repeated(weight), repeated(bias))
    out = normalised_batch(k, flat, means, variances, *factors, use_input_stats, momentum, eps)
    if use_input_stats:  # the samples' running statistics, averaged
        for vector, rows in zip(given, (means, variances)):
            if vector is not None:
                vector.detach().copy_(k.mean(k.reshape(rows, (n, c)), 0))
    return k.reshape(out, shape)
