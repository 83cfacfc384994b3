"""Statements that crash PyTorch, or make it read beyond its memory: a program ends before them."""

from __future__ import annotations

import re
from typing import Any

import torch

_CALL = re.compile(r"\b(native_batch_norm|segment_reduce|pdist|ctc_loss|lcm)\((.*)\)$")


def _native_batch_norm(input, weight, bias, running_mean, running_var, *rest, **more):
    """Numbers for fewer channels than there are, or more, which may be read or broadcast; the gradient of nothing."""
    given = [v for v in (weight, bias, running_mean, running_var) if v is not None]
    unfit = any(v.numel() != input.shape[1] for v in given)
    return unfit or 0 in input.shape[:2] and any(v.requires_grad for v in (input, *given))


def _segment_reduce(data, reduce, *, lengths=None, axis=0, unsafe=False, **more):
    """Parts that end beyond the data."""
    return unsafe and lengths is not None and bool((lengths.sum(-1) > data.shape[axis]).any())


def _pdist(input, p=2.0):
    """The gradient of no rows; without one nothing is lost that `p=0` does not show."""
    return input.requires_grad and input.shape[0] == 0 < input.shape[1] and p != 0


def _ctc_loss(log_probs, targets, *more, **rest):
    """Labels that are no class."""
    return targets.numel() > 0 and not 0 <= targets.min() <= targets.max() < log_probs.shape[-1]


def _lcm(input, other, **more):
    """The smallest integer divided by -1."""
    return any(v.dtype in (torch.int32, torch.int64) and bool((v == torch.iinfo(v.dtype).min).any()) for v in (input, other))


_CRASHES: dict[str, Any] = {
    "native_batch_norm": _native_batch_norm,
    "segment_reduce": _segment_reduce,
    "pdist": _pdist,
    "ctc_loss": _ctc_loss,
    "lcm": _lcm,
}


def crashes(statement: str, namespace: dict) -> bool:
    """Whether a statement, after those that made `namespace`, is one of them; its arguments decide."""
    call = _CALL.search(statement)
    if call is None:
        return False
    try:
        return bool(eval(f"crash({call[2]})", {**namespace, "crash": _CRASHES[call[1]]}))
    except Exception:  # arguments that PyTorch refuses itself
        return False
