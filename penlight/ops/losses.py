"""`torch.nn.functional`'s losses: reading arguments, reductions, and losses made of other ops."""

from __future__ import annotations

import math
import warnings

from penlight.base.dims import read
from penlight.ops.join import shapes_of
from penlight.ops.kinds import refuse
from penlight.ops.table import composite

__all__: list[str] = []


def reduction_name(size_average, reduce, reduction):
    """The reduction, with the two arguments that it replaced taken into account."""
    if size_average is not None or reduce is not None:
        average = True if size_average is None else size_average
        reduce = True if reduce is None else reduce
        reduction = "none" if not reduce else ("mean" if average else "sum")
        warnings.warn(
            f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
            UserWarning,
            stacklevel=4,
        )
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def reduce_(k, values, reduction):
    if reduction == "mean":
        return k.mean(values)
    return k.sum(values) if reduction == "sum" else values


def _same_shape(k, input, target, weight=None, promoted=True):
    """Both broadcast, in one dtype if promoted, after which a weight must have the input's own shape."""
    shape = tuple(input.shape)
    if shape != tuple(target.shape):
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will likely "
            "lead to incorrect results due to broadcasting. Please ensure they have the same size.",
            UserWarning,
            stacklevel=4,
        )
    if promoted and input.dtype is not target.dtype:
        d = k.result_type(input, target)
        input, target = input.to(d), target.to(d)
    if shape != tuple(target.shape):
        input, target = k.broadcast_tensors(input, target)
    if weight is not None and tuple(weight.shape) != shape:
        raise ValueError("Weights and input must have the same size.")
    return input, target


_OLD = "any size_average=None, any reduce=None, str|any reduction='mean'"


@composite(f"mse_loss(Tensor input, Tensor target, {_OLD}, Tensor? weight=None)", on="F")
def mse_loss(k, input, target, size_average, reduce, reduction, weight):
    """The mean (or sum) of (input - target) ** 2.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html
    """
    reduction = reduction_name(size_average, reduce, reduction)
    input, target = _same_shape(k, input, target, weight, weight is None)
    if weight is not None:
        difference = k.sub(input, target)
        values = difference * difference * weight
        return k.sum(values) / k.sum(weight) if reduction == "mean" else reduce_(k, values, reduction)
    return k._mse_loss(input, target, reduction)


@composite(f"l1_loss(Tensor input, Tensor target, {_OLD}, Tensor? weight=None)", on="F")
def l1_loss(k, input, target, size_average, reduce, reduction, weight):
    """The mean (or sum) of |input - target|.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.l1_loss.html
    """
    reduction = reduction_name(size_average, reduce, reduction)
    input, target = _same_shape(k, input, target, weight, False)
    values = k.abs(k.sub(input, target))
    if weight is not None:
        values = values * weight
        return k.sum(values) / k.sum(weight) if reduction == "mean" else reduce_(k, values, reduction)
    return reduce_(k, values, reduction)


@composite(f"smooth_l1_loss(Tensor input, Tensor target, {_OLD}, float beta=1.0)", on="F")
def smooth_l1_loss(k, input, target, size_average, reduce, reduction, beta):
    """Squared below `beta`, absolute above.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.smooth_l1_loss.html
    """
    reduction = reduction_name(size_average, reduce, reduction)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    input, target = _same_shape(k, input, target, promoted=beta != 0)
    if beta == 0:
        return reduce_(k, k.abs(k.sub(input, target)), reduction)
    return k._smooth_l1_loss(input, target, reduction, float(beta))


@composite(
    "huber_loss(Tensor input, Tensor target, str|any reduction='mean', float delta=1.0, Tensor? weight=None)", on="F"
)
def huber_loss(k, input, target, reduction, delta, weight):
    """Squared below `delta`, linear above.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.huber_loss.html
    """
    reduction = reduction_name(None, None, reduction)
    dtype = input.dtype  # that of the result
    input, target = _same_shape(k, input, target, weight)
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    if weight is not None:
        return reduce_(k, _cast_back(k._huber_loss(input, target, "none", float(delta)), dtype) * weight, reduction)
    return _cast_back(k._huber_loss(input, target, reduction, float(delta)), dtype)


def _cast_back(values, dtype):
    if values.is_complex() and not dtype.is_complex or not (dtype.is_floating_point or dtype.is_complex):
        raise RuntimeError(f"result type {values.dtype.legacy} can't be cast to the desired output type {dtype.legacy}")
    return values.to(dtype)


@composite(
    "nll_loss(Tensor input, Tensor target, Tensor? weight=None, any size_average=None, size ignore_index=-100, "
    "any reduce=None, str|any reduction='mean')",
    on="F",
)
def nll_loss(k, input, target, weight, size_average, ignore_index, reduce, reduction):
    """-input at the target class: the loss of log-probabilities. Shape: (N, C, ...), (N, ...) -> ().

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
    """
    reduction = reduction_name(size_average, reduce, reduction)
    if not tuple(input.shape):
        raise ValueError("Expected 1 or more dimensions (got 0)")
    target = _as_class(k, input, target)
    _check_class_target(input, target)
    return k._nll_loss(input, target, weight, ignore_index, reduction)


def _as_class(k, input, target):
    """The target of a vector may stand in a vector of one element."""
    return k.reshape(target, ()) if len(input.shape) == 1 and tuple(target.shape) == (1,) else target


def _check_class_target(input, target):
    shape, wanted = shapes_of((input, target))
    if not shape:
        raise RuntimeError("input tensor should be 1D or 2D")
    if len(shape) == 1:
        if len(wanted) == 1 and wanted[0] != 1:
            raise ValueError(f"For 1D input, 1D target must have size 1, but got target size: {wanted[0]}")
        if wanted:
            raise RuntimeError(f"size mismatch (got input: {list(shape)}, target: {list(wanted)})")
        return
    if shape[0] != (wanted[0] if wanted else 0):
        raise ValueError(
            f"Expected input batch_size ({shape[0]}) to match target batch_size ({wanted[0] if wanted else 0})."
        )
    if not wanted:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions: the target must have one per sample")
    if shape[2:] != wanted[1:]:
        if len(shape) == 2:
            raise RuntimeError(
                f"0D or 1D target tensor expected, multi-target not supported: got target of shape {list(wanted)}"
            )
        raise RuntimeError(f"size mismatch (got input: {list(shape)}, target: {list(wanted)})")


@composite(
    "cross_entropy(Tensor input, Tensor target, Tensor? weight=None, any size_average=None, size ignore_index=-100, "
    "any reduce=None, str|any reduction='mean', float label_smoothing=0.0)",
    on="F",
)
def cross_entropy(k, input, target, weight, size_average, ignore_index, reduce, reduction, label_smoothing):
    """Cross-entropy of logits with class indices, or with class probabilities of the input's shape.

    Shape: (N, C, ...) or (C), target (N, ...) or () of int64, or probabilities as input -> ().
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html

    >>> import penlight as torch
    >>> torch.nn.functional.cross_entropy(torch.zeros(1, 4), torch.tensor([2]))
    tensor(1.3863)
    """
    reduction = reduction_name(size_average, reduce, reduction)
    label_smoothing = max(label_smoothing, 0.0)  # PyTorch looks no further than whether it is above 0
    if label_smoothing > 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    shape, wanted = shapes_of((input, target))
    axis = 1 if len(shape) > 1 else 0
    probabilities = shape == wanted
    if probabilities and not target.is_floating_point():
        raise RuntimeError(
            f"Expected floating point type for target with class probabilities, got {target.dtype.legacy}"
        )
    if probabilities:
        if ignore_index >= 0:
            raise RuntimeError("ignore_index is not supported for floating point target")
        return _soft_targets(k, k.log_softmax(input, axis), target, weight, reduction, label_smoothing, axis)
    target = _as_class(k, input, target)
    _check_class_target(input, target)
    log_probability = k._log_softmax(input, axis)
    loss = k._nll_loss(log_probability, target, weight, ignore_index, reduction)
    if not label_smoothing:
        return loss
    return _smoothed(k, loss, log_probability, target, weight, ignore_index, reduction, label_smoothing, axis)


def _soft_targets(k, log_probability, target, weight, reduction, smoothing, axis):
    classes = log_probability.shape[axis]
    if weight is not None and tuple(weight.shape) != (classes,):
        raise RuntimeError(
            f"cross_entropy: weight tensor should be defined either for all {classes} classes or no classes but got weight "
            f"tensor of shape: {list(weight.shape)}"
        )
    if smoothing:
        target = target * (1 - smoothing) + smoothing / (classes or math.nan)
    product = log_probability * target
    if weight is not None:
        product = product * k.reshape(weight, (-1, *(1,) * (len(product.shape) - axis - 1)))
    if reduction == "none":
        return k.neg(k.sum(product, axis))
    total = k.neg(k.sum(product))
    if reduction == "sum":
        return total
    rows = math.prod(product.shape) // max(classes, 1)
    return total / rows if rows else total * math.nan


def _smoothed(k, loss, log_probability, target, weight, ignore_index, reduction, smoothing, axis):
    """(1 - s) loss + s / C sum over classes of -w log p, ignored rows left out."""
    classes = log_probability.shape[axis]
    smooth = log_probability
    if weight is not None:
        smooth = smooth * k.reshape(weight, (-1, *(1,) * (len(smooth.shape) - axis - 1)))
    smooth = k.neg(k.sum(smooth, axis))
    used = k.ne(target, ignore_index)
    smooth = k.where(used, smooth, 0.0)
    if reduction == "mean":
        rows = used.to(log_probability.dtype)
        if weight is not None:
            rows = k.where(used, weight[k.where(used, target, 0)], 0.0)
        smooth = k.sum(smooth) / k.sum(rows)
    elif reduction == "sum":
        smooth = k.sum(smooth)
    return loss * (1 - smoothing) + smooth * (smoothing / (classes or math.nan))


@composite(
    "binary_cross_entropy(Tensor input, Tensor target, Tensor? weight=None, any size_average=None, any reduce=None, "
    "str|any reduction='mean')",
    on="F",
)
def binary_cross_entropy(k, input, target, weight, size_average, reduce, reduction):
    """-(t log p + (1 - t) log(1 - p)) of probabilities.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy.html
    """
    reduction = reduction_name(size_average, reduce, reduction)
    if tuple(input.shape) != tuple(target.shape):
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )
    if input.dtype is not target.dtype:
        raise RuntimeError(f"Found dtype {target.dtype.legacy} but expected {input.dtype.legacy}")
    if weight is not None:
        shape = k.broadcast_shapes(weight.shape, target.shape)
        if tuple(shape) != tuple(target.shape):
            raise RuntimeError(
                f"output with shape {list(target.shape)} doesn't match the broadcast shape {list(shape)} of the weight"
            )
        weight = k.expand(weight, shape)
    return k._binary_cross_entropy(input, target, weight, reduction)


@composite(
    "binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight=None, any size_average=None, "
    "any reduce=None, str|any reduction='mean', Tensor? pos_weight=None)",
    on="F",
)
def binary_cross_entropy_with_logits(k, input, target, weight, size_average, reduce, reduction, pos_weight):
    """Binary cross-entropy of logits, computed stably.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
    """
    reduction = reduction_name(size_average, reduce, reduction)
    if tuple(input.shape) != tuple(target.shape):
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    return logits_loss(k, input, target, weight, pos_weight, reduction)


def logits_loss(k, input, target, weight, pos_weight, reduction):
    """In the target's shape and dtype: PyTorch writes the result into 1 - target."""
    shape, d = tuple(target.shape), target.dtype
    for other in (input, weight, pos_weight):
        if other is not None and tuple(other.shape) != shape:
            joint = tuple(k.broadcast_shapes(shape, other.shape))
            if joint != shape:
                raise RuntimeError(
                    f"output with shape {list(shape)} doesn't match the broadcast shape {list(joint)}"
                )
    if tuple(input.shape) != shape:
        input = k.expand(input, shape)
    if input.is_floating_point() and d.name != "bool" and not (d.is_floating_point or d.is_complex):
        raise RuntimeError(f"result type {input.dtype.legacy} can't be cast to the desired output type {d.legacy}")
    if d.itemsize == 2 and input.dtype is not d:
        target = target.to(k.result_type(input, target))  # the gradient passes through no narrower number
    values = k._binary_cross_entropy_with_logits(input, target, weight, pos_weight, reduction)
    return values if values.dtype is d else values.to(d)


@composite(f"kl_div(Tensor input, Tensor target, {_OLD}, bool log_target=False)", on="F")
def kl_div(k, input, target, size_average, reduce, reduction, log_target):
    """target * (log target - input), with input given as log-probabilities.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.kl_div.html
    """
    if reduction == "mean" and size_average is None and reduce is None:
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
            "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
            UserWarning,
            stacklevel=3,
        )
    for value in (input, target):
        if not value.is_floating_point():
            raise RuntimeError(f"kl_div: {'Complex' if value.is_complex() else 'Integral'} inputs not supported.")
    batchmean = reduction == "batchmean"
    reduction = reduction_name(size_average, reduce, "sum" if batchmean else reduction)
    if log_target:
        values = k.exp(target) * (target - input)
    else:
        product = target * input  # first, so that a 16-bit gradient is added up in PyTorch's order
        values = k.xlogy(target, target) - product
    result = reduce_(k, values, reduction)
    return result / input.shape[0] if batchmean and len(input.shape) else result


@composite(f"soft_margin_loss(Tensor input, Tensor target, {_OLD})", on="F")
def soft_margin_loss(k, input, target, size_average, reduce, reduction):
    """log(1 + exp(-t x)) for targets 1 and -1."""
    reduction = reduction_name(size_average, reduce, reduction)
    if tuple(input.shape) != tuple(target.shape):
        input, target = k.broadcast_tensors(input, target)
    if not (target.is_floating_point() or target.is_complex()):
        target = target.to(input.dtype)
    return k._soft_margin_loss(input, target, reduction)


@composite(f"margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, float margin=0, {_OLD})", on="F")
def margin_ranking_loss(k, input1, input2, target, margin, size_average, reduce, reduction):
    """max(0, -t (x1 - x2) + margin)."""
    reduction = reduction_name(size_average, reduce, reduction)
    if len(input1.shape) != len(input2.shape) or len(input1.shape) != len(target.shape):
        raise RuntimeError(
            f"margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: {input1.shape}, "
            f"input2: {input2.shape}, target: {target.shape} "
        )
    return ranking_loss(k, input1, input2, target, margin, reduction)


def ranking_loss(k, input1, input2, target, margin, reduction):
    """`margin_ranking_loss` of shapes that broadcast."""
    return reduce_(k, k.clamp_min(k.neg(target) * (input1 - input2) + float(margin), 0), reduction)


@composite(f"hinge_embedding_loss(Tensor input, Tensor target, float margin=1.0, {_OLD})", on="F")
def hinge_embedding_loss(k, input, target, margin, size_average, reduce, reduction):
    """x where the target is 1, max(0, margin - x) where it is -1."""
    reduction = reduction_name(size_average, reduce, reduction)
    if not (input.is_floating_point() or input.is_complex()):
        margin = int(margin)
    far = k.where(k.ne(target, 1), k.clamp_min(margin - input, 0), 0)
    near = k.where(k.ne(target, -1), input, 0)
    return reduce_(k, far + near, reduction)


@composite(f"cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, float margin=0, {_OLD})", on="F")
def cosine_embedding_loss(k, input1, input2, target, margin, size_average, reduce, reduction):
    """1 - cos for targets 1, max(0, cos - margin) for -1."""
    reduction = reduction_name(size_average, reduce, reduction)
    if len(target.shape) not in (0, 1):
        raise RuntimeError(
            f"0D or 1D target tensor expected, multi-target not supported, got target of shape {list(target.shape)}"
        )
    wanted = len(target.shape) + 1
    if len(input1.shape) != wanted or len(input2.shape) != wanted:
        raise RuntimeError(
            f"{len(target.shape)}D target tensor expects {wanted}D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    axis = len(target.shape)
    epsilon = 1e-12
    product = k.sum(input1 * input2, axis)
    size1, size2 = k.sum(input1 * input1, axis) + epsilon, k.sum(input2 * input2, axis) + epsilon
    cosine = product / k.sqrt(size1 * size2)
    near = k.where(k.eq(target, 1), 1 - cosine, 0)
    far = k.where(k.eq(target, -1), k.clamp_min(cosine - margin, 0), 0)
    return reduce_(k, near + far, reduction)


@composite(
    "triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, float margin=1.0, float p=2, float eps=1e-06, "
    f"bool swap=False, {_OLD})",
    on="F",
)
def triplet_margin_loss(k, anchor, positive, negative, margin, p, eps, swap, size_average, reduce, reduction):
    """max(0, d(a, p) - d(a, n) + margin)."""
    reduction = reduction_name(size_average, reduce, reduction)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    return triplet_loss(k, anchor, positive, negative, margin, p, eps, swap, reduction)


def triplet_loss(k, anchor, positive, negative, margin, p, eps, swap, reduction):
    """`triplet_margin_loss` with any margin."""
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )
    near = k.pairwise_distance(anchor, positive, p, eps)
    far = k.pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = k.minimum(far, k.pairwise_distance(positive, negative, p, eps))
    return reduce_(k, k.clamp_min(margin + near - far, 0), reduction)


def _matrix(input):
    shape = tuple(input.shape)
    if len(shape) > 2 or (shape and shape[-1] == 0):
        raise RuntimeError(
            f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(shape)}"
        )


@composite(
    f"multi_margin_loss(Tensor input, Tensor target, number|any p=1, real margin=1.0, Tensor? weight=None, {_OLD})",
    on="F",
)
def multi_margin_loss(k, input, target, p, margin, weight, size_average, reduce, reduction):
    """The multi-class hinge loss."""
    reduction = reduction_name(size_average, reduce, reduction)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    p = read("number", p, "p", "multi_margin_loss", 3)
    if weight is not None and weight.ndim != 1:
        raise ValueError(f"weight must be one-dimensional, but it has shape {list(weight.shape)}")
    _matrix(input)
    rows = input.shape[0] if len(input.shape) == 2 else 1
    if len(target.shape) > 1 or target.numel() != rows:
        raise RuntimeError(f"inconsistent target size, expected {rows} but got {list(target.shape)}")
    if target.dtype.legacy != "Long":
        raise RuntimeError(f"expected scalar type Long but found {target.dtype.legacy}")
    classes = input.shape[-1] if len(input.shape) else 1
    if weight is not None and weight.numel() != classes:
        raise RuntimeError(f"inconsistent weight size, expected {classes} but got {list(weight.shape)}")
    if target.numel() and (int(k.amax(target)) >= classes or int(k.amin(target)) < 0):
        raise RuntimeError("target out of range")
    return k._multi_margin_loss(input, target, p, margin, weight, reduction)


@composite(f"multilabel_soft_margin_loss(Tensor input, Tensor target, Tensor? weight=None, {_OLD.replace('|any', '')})", on="F")
def multilabel_soft_margin_loss(k, input, target, weight, size_average, reduce, reduction):
    """Binary cross-entropy of logits, averaged over the classes."""
    reduction = reduction_name(size_average, reduce, reduction)
    values = k.neg(target * k.logsigmoid(input) + (1 - target) * k.logsigmoid(k.neg(input)))
    if weight is not None:
        values = values * weight
    axis = len(input.shape) - 1
    return reduce_(k, k.sum(values, axis) / input.shape[axis], reduction)


@composite(
    "poisson_nll_loss(Tensor input, Tensor target, bool log_input=True, bool full=False, any size_average=None, "
    "float eps=1e-08, any reduce=None, str reduction='mean')",
    on="F",
)
def poisson_nll_loss(k, input, target, log_input, full, size_average, eps, reduce, reduction):
    """exp(x) - t x (or x - t log(x + eps)), with Stirling's term if `full`."""
    reduction = reduction_name(size_average, reduce, reduction)
    values = k.exp(input) - target * input if log_input else input - target * k.log(input + eps)
    if full:
        stirling = target * k.log(target) - target + 0.5 * k.log(2 * math.pi * target)
        values = values + k.where(target <= 1, 0.0, stirling)
    return reduce_(k, values, reduction)


@composite(
    "gaussian_nll_loss(Tensor input, Tensor target, any var, bool|any full=False, any eps=1e-06, str reduction='mean')",
    on="F",
)
def gaussian_nll_loss(k, input, target, var, full, eps, reduction):
    """0.5 (log var + (x - t)**2 / var), the variance kept above `eps`."""
    if isinstance(var, float):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        var = input * 0 + var
    elif k.any(var < 0):
        raise ValueError("var has negative entry/entries")
    if tuple(var.shape) != tuple(input.shape):
        if tuple(input.shape[:-1]) == tuple(var.shape):
            var = k.unsqueeze(var, -1)
        elif len(var.shape) != len(input.shape) or sum(v for n, v in zip(input.shape, var.shape) if n != v) != 1:
            raise ValueError("var is of incorrect size")  # one dimension may have size 1
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    var = k.clone(var)
    var.detach().clamp_(eps.detach() if hasattr(eps, "_a") else eps)  # the gradient passes where the floor holds, too
    values = 0.5 * (k.log(var) + (input - target) ** 2 / var)
    if full:
        values = values + 0.5 * math.log(2 * math.pi)
    return reduce_(k, values, reduction)


@composite(f"multilabel_margin_loss(Tensor input, Tensor target, {_OLD})", on="F")
def multilabel_margin_loss(k, input, target, size_average, reduce, reduction):
    """The mean of max(0, 1 - (x[y] - x[i])) over labels y (up to the first -1) and classes i that are no labels."""
    reduction = reduction_name(size_average, reduce, reduction)
    _matrix(input)
    shapes = [tuple(v.shape or (1,)) for v in (input, target)]  # a number counts as a vector of one
    if shapes[0] != shapes[1]:
        raise RuntimeError(
            f"inconsistent target size: expected {list(input.shape)}, got target of size {list(target.shape)}"
        )
    refuse("multilabel_margin_loss_forward_out_frame", "biuch", input)
    single = len(input.shape) < 2
    x = k.reshape(input, (1, -1)) if single else input
    labels = k.reshape(target, (1, -1)) if single else target
    classes = x.shape[1]
    valid = k.eq(k.cumsum(k.lt(labels, 0).to(labels.dtype), 1), 0)
    safe = k.where(valid, labels, 0)
    is_label = k.scatter_add(labels * 0, 1, safe, valid.to(labels.dtype)) > 0
    gaps = 1 - (k.unsqueeze(k.gather(x, 1, safe), 2) - k.unsqueeze(x, 1))  # (N, labels, classes)
    counted = k.logical_and(k.unsqueeze(valid, 2), k.logical_not(k.unsqueeze(is_label, 1)))
    values = k.sum(k.where(k.logical_and(counted, gaps > 0), gaps, 0.0), (1, 2)) / classes
    if single:
        values = k.squeeze(values, 0)
    return reduce_(k, values, reduction)
