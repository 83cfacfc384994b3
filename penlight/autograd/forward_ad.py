"""`torch.autograd.forward_ad`: tangents that ops carry along.

Source: https://docs.pytorch.org/docs/stable/func.html#forward-mode
"""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

from penlight.autograd.grad_mode import _Switch
from penlight.base.dtypes import from_numpy
from penlight.base.mode import mode as switches
from penlight.tensor.tensor import Tensor
from penlight.transforms import tangents  # noqa: F401  (it registers the general rule)
from penlight.transforms.dual import DualLevel, DualTensor, dual

__all__ = [
    "UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual",
]  # fmt: skip


class _Open(threading.local):
    level: DualLevel | None = None


_open = _Open()


class UnpackedDualTensor(NamedTuple):
    """What `unpack_dual` gives: the tangent is None where there is none."""

    primal: Tensor
    tangent: Tensor | None


def enter_dual_level() -> int:
    """Open the level on which tangents live; returns its number. Levels do not nest."""
    if _open.level is not None:
        raise RuntimeError("Nested forward mode AD is not supported at the moment")
    _open.level = DualLevel(functional=False).__enter__()
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """Close the level: its tangents are gone, and what carried them are ordinary tensors."""
    if _open.level is None:
        raise RuntimeError("Dual level must be a positive number.")
    if level not in (None, 0):
        raise RuntimeError(
            "Trying to exit a forward AD level that was not the last one that was created. This is not supported."
        )
    closing, _open.level = _open.level, None
    closing.__exit__()


class dual_level(_Switch):
    """The block in which `make_dual` and `unpack_dual` work.

    >>> import penlight as torch
    >>> import penlight.autograd.forward_ad as forward_ad
    >>> with forward_ad.dual_level():
    ...     x = forward_ad.make_dual(torch.tensor(3.), torch.tensor(1.))
    ...     print(forward_ad.unpack_dual(x * x).tangent)
    tensor(6.)
    """

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *exc_info: Any) -> None:
        exit_dual_level()


def _level(level: int | None) -> DualLevel | None:
    if level is not None and level < 0:
        return None
    return _open.level


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """`tensor` with a tangent: a view of it whose derivatives are carried along.

    Raises: RuntimeError outside `dual_level`, where shapes differ, or where it has a tangent already.
    """
    own = _level(level)
    if own is None:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first."
        )
    if not (tensor.is_floating_point() or tensor.is_complex()):
        raise ValueError(f"Expected primal to be floating point or complex, but got: {tensor.dtype}")
    if not (tangent.is_floating_point() or tangent.is_complex()):
        raise ValueError(f"Expected tangent to be floating point or complex, but got: {tangent.dtype}")
    if own.has(tensor):
        raise RuntimeError(
            "Making a dual Tensor based on a Tensor that already has a forward gradient at the same level 0 is not "
            "supported."
        )
    if tensor._a.shape != tangent._a.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not "
            f"supported. Tensor is of size {list(tensor.shape)} while the given forward gradient is of size "
            f"{list(tangent.shape)}."
        )
    if (tensor._a.dtype.kind == "c") != (tangent._a.dtype.kind == "c"):
        kinds = [from_numpy(t._a.dtype) for t in (tensor, tangent)]
        raise RuntimeError(
            f"primal and tangent must both be real or both complex, but they are {kinds[0]} and {kinds[1]}"
        )
    return dual(tensor.view_as(tensor), tangent, own)


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """(primal, tangent or None) of a tensor."""
    own = _level(level)
    if own is None or not isinstance(tensor, DualTensor) or not own.has(tensor):
        return UnpackedDualTensor(tensor, None)
    return UnpackedDualTensor(tensor._p.view_as(tensor._p), tensor._t)


class _set_fwd_grad_enabled(_Switch):
    """Whether tangents are carried along: from the call on, or in a block."""

    def __init__(self, mode: bool) -> None:
        super().__init__()
        self.on = mode
        self._before.append({"forward_off": switches.forward_off})
        switches.forward_off = not mode

    def clone(self) -> _set_fwd_grad_enabled:
        return type(self)(self.on)

    def __enter__(self) -> None:
        pass


def _is_fwd_grad_enabled() -> bool:
    return not switches.forward_off
