"""Connectionist temporal classification.

Source: Graves et al., "Connectionist Temporal Classification: Labelling Unsegmented Sequence Data with Recurrent Neural
Networks", ICML 2006.
"""

from __future__ import annotations

from penlight.base.dims import items
from penlight.ops.kinds import refuse
from penlight.ops.losses import reduction_name
from penlight.ops.table import composite, op, underivable

__all__: list[str] = []


def _extended(xp, targets, lengths, blank, batch):
    """The labels with blanks between and around them. Shape: -> (N, 2 S + 1); places past a label hold blanks."""
    longest = int(lengths.max()) if batch else 0
    labels = xp.full((batch, max(longest, 1)), blank, "int64")
    if targets.ndim == 1:
        ends = xp.cumsum(lengths)
        for i, (end, n) in enumerate(zip(ends, lengths)):
            labels[i, :n] = targets[end - n : end]
    else:
        for i, n in enumerate(lengths):
            labels[i, :n] = targets[i, :n]
    extended = xp.full((batch, 2 * labels.shape[1] + 1), blank, "int64")
    extended[:, 1::2] = labels
    return extended


def _log_add(xp, a, b):
    return xp.logaddexp(a, b)


def _alphas(xp, lp, extended, input_lengths, target_lengths):
    """log of the probability of all paths that end in state s at time t. Shape: (T, N, C), (N, S') -> (T, N, S')."""
    steps, batch, _ = lp.shape
    states = extended.shape[1]
    rows = xp.arange(batch)[:, None]
    emitted = lp[:, rows, extended]  # (T, N, S')
    skip = xp.zeros((batch, states), bool)  # a label may follow another label directly unless they are equal
    skip[:, 2:] = (extended[:, 2:] != extended[:, :-2]) & (xp.arange(states)[2:] % 2 == 1)
    alpha = xp.full((steps, batch, states), -xp.inf, lp.dtype)
    alpha[0, :, 0] = emitted[0, :, 0]
    has_label = target_lengths > 0
    alpha[0, has_label, 1] = emitted[0, has_label, 1]
    for t in range(1, steps):
        before = alpha[t - 1]
        total = before.copy()
        total[:, 1:] = _log_add(xp, total[:, 1:], before[:, :-1])
        total[:, 2:] = xp.where(skip[:, 2:], _log_add(xp, total[:, 2:], before[:, :-2]), total[:, 2:])
        alpha[t] = total + emitted[t]
    return alpha, emitted, skip


def _final(xp, alpha, input_lengths, target_lengths):
    batch = alpha.shape[1]
    n, last = xp.arange(batch), xp.maximum(input_lengths - 1, 0)
    end = alpha[last, n, 2 * target_lengths]
    label = xp.where(target_lengths > 0, alpha[last, n, xp.maximum(2 * target_lengths - 1, 0)], -xp.inf)
    total = _log_add(xp, end, label)
    empty = input_lengths == 0
    return xp.where(empty, xp.where(target_lengths == 0, 0.0, -xp.inf), total)


@op(
    "_ctc_loss(Tensor log_probs, Tensor targets, any input_lengths, any target_lengths, int blank, bool zero_infinity)",
    half="direct",
    on="",
    outputs="loss",
    aux="alpha",
    grad_name="CtcLossBackward0",
    vjp={
        "log_probs": lambda k, g, log_probs, targets, alpha, input_lengths, target_lengths, blank, zero_infinity: (
            k._ctc_loss_grad(g, log_probs, targets, alpha, input_lengths, target_lengths, blank, zero_infinity)
        )
    },
)
def _ctc_loss(xp, log_probs, targets, input_lengths, target_lengths, blank, zero_infinity):
    """-log of the probability of each target. Shape: (T, N, C), (N, S) or (sum of lengths) -> (N,)."""
    refuse("ctc_loss_cpu", "biuch", log_probs)
    input_lengths, target_lengths = xp.asarray(input_lengths, "int64"), xp.asarray(target_lengths, "int64")
    extended = _extended(xp, targets, target_lengths, blank, log_probs.shape[1])
    classes = log_probs.shape[2]
    if extended.size and not 0 <= extended.min() <= extended.max() < classes:
        raise RuntimeError(
            f"ctc_loss: expected labels from 0 to {classes - 1}, the classes of log_probs, but got labels from "
            f"{extended.min()} to {extended.max()}"
        )
    with xp.errstate(invalid="ignore"):
        alpha, _, _ = _alphas(xp, log_probs, extended, input_lengths, target_lengths)
        loss = -_final(xp, alpha, input_lengths, target_lengths).astype(log_probs.dtype)
    return loss, alpha


@op(
    "_ctc_loss_grad(Tensor grad, Tensor log_probs, Tensor targets, any alpha, any input_lengths, any target_lengths, "
    "int blank, bool zero_infinity)",
    on="",
    vjp={"grad": underivable("_ctc_loss_backward"), "log_probs": underivable("_ctc_loss_backward")},
)
def _ctc_loss_grad(xp, grad, log_probs, targets, alpha, input_lengths, target_lengths, blank, zero_infinity):
    """The gradient, up to a multiple of the probabilities, which vanishes behind a log_softmax (PyTorch's choice)."""
    alpha = getattr(alpha, "_a", alpha)
    input_lengths, target_lengths = xp.asarray(input_lengths, "int64"), xp.asarray(target_lengths, "int64")
    steps, batch, classes = log_probs.shape
    extended = _extended(xp, targets, target_lengths, blank, batch)
    states = extended.shape[1]
    _, emitted, skip = _alphas(xp, log_probs, extended, input_lengths, target_lengths)
    n = xp.arange(batch)
    with xp.errstate(invalid="ignore", over="ignore"):
        total = _final(xp, alpha, input_lengths, target_lengths)
        beta = xp.full((steps, batch, states), -xp.inf, log_probs.dtype)
        ahead = xp.full((batch, states), -xp.inf, log_probs.dtype)
        for t in range(steps - 1, -1, -1):
            step = ahead.copy()
            step[:, :-1] = _log_add(xp, step[:, :-1], ahead[:, 1:])
            step[:, :-2] = xp.where(skip[:, 2:], _log_add(xp, step[:, :-2], ahead[:, 2:]), step[:, :-2])
            starts = input_lengths - 1 == t
            step[starts] = -xp.inf
            step[n[starts], 2 * target_lengths[starts]] = 0
            labelled = starts & (target_lengths > 0)
            step[n[labelled], 2 * target_lengths[labelled] - 1] = 0
            step[input_lengths - 1 < t] = -xp.inf
            ahead = beta[t] = step + emitted[t]
        paths = alpha + beta  # counts the emission at t twice
        collected = xp.full((steps, batch, classes), -xp.inf, log_probs.dtype)
        for s in range(states):
            c = extended[:, s]
            collected[:, n, c] = _log_add(xp, collected[:, n, c], paths[:, :, s])
        # a last label that is the blank: at the last step PyTorch counts the label's state alone
        row = n[(input_lengths > 0) & (target_lengths > 0)]
        row = row[extended[row, 2 * target_lengths[row] - 1] == blank]
        last = input_lengths[row] - 1
        collected[last, row, blank] = paths[last, row, 2 * target_lengths[row] - 1]
        result = (xp.exp(log_probs) - xp.exp(collected - total[:, None] - log_probs)) * grad[:, None]
    result[xp.arange(steps)[:, None] >= input_lengths] = 0
    if zero_infinity:
        result[:, xp.isinf(total)] = 0
    return result.astype(log_probs.dtype)


@op("_divide_by(Tensor input, any numbers)", on="", grad_name="DivBackward0",
    vjp={"input": lambda k, g, numbers: k._divide_by(g, numbers)})  # fmt: skip
def _divide_by(xp, input, numbers):
    """Each element divided by its number."""
    return input / xp.asarray(numbers, dtype=input.dtype)


def _lengths(name, value, batch):
    values = value._a.reshape(-1).tolist() if hasattr(value, "_a") else list(items(value, name, "ctc_loss"))
    if len(values) != batch:
        raise RuntimeError(f"{name} must be of size batch_size: expected {batch}, got {len(values)}")
    return values


@composite(
    "ctc_loss(Tensor log_probs, Tensor targets, any input_lengths, any target_lengths, int blank=0, str|any reduction='mean', "
    "bool zero_infinity=False)",
    on="F",
)
def ctc_loss(k, log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity):
    """The CTC loss of log-probabilities. Shape: (T, N, C) or (T, C), targets (N, S) or (sum of lengths) -> () or (N).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.ctc_loss.html
    """
    reduction = reduction_name(None, None, reduction)
    single = len(log_probs.shape) == 2
    if single:
        log_probs = k.unsqueeze(log_probs, 1)
        targets = k.unsqueeze(targets, 0) if len(targets.shape) == 1 else targets
    if len(log_probs.shape) != 3:
        raise RuntimeError(
            f"Expected 3-dimensional tensor, but got {len(log_probs.shape)}-dimensional tensor for 'log_probs'"
        )
    steps, batch, classes = log_probs.shape
    if not 0 <= blank < classes:
        raise RuntimeError("blank must be in label range")
    if hasattr(input_lengths, "_a") != hasattr(target_lengths, "_a"):
        raise TypeError("ctc_loss(): expected both lengths as tensors or both as tuples of ints, but got one of each")
    inputs, wanted = _lengths("input_lengths", input_lengths, batch), _lengths("target_lengths", target_lengths, batch)
    size, least = targets.shape, max(wanted, default=0)
    if len(size) not in (1, 2):
        raise RuntimeError(f"ctc_loss: expected targets of 1 or 2 dimensions, but got shape {tuple(size)}")
    if sum(wanted) != size[0] if len(size) == 1 else size[0] != batch or size[1] < least:
        form = f"({sum(wanted)},)" if len(size) == 1 else f"({batch}, {least} or more)"
        raise RuntimeError(f"ctc_loss: expected targets of shape {form} for these target_lengths, but got {tuple(size)}")
    if any(n > steps for n in inputs):
        raise RuntimeError(f"Expected input_lengths to have value at most {steps}, but got value {max(inputs)}")
    loss = k._ctc_loss(log_probs, targets, tuple(inputs), tuple(wanted), blank, zero_infinity)
    if zero_infinity:
        loss = k.where(k.eq(loss, float("inf")), 0.0, loss)
    if reduction == "mean":
        return k.mean(k._divide_by(loss, tuple(max(n, 1) for n in wanted)))
    if reduction == "sum":
        return k.sum(loss)
    return k.squeeze(loss, 0) if single else loss
