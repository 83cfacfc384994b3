"""How tensors reach other processes: those in shared memory by a handle of it, others as copies."""

from __future__ import annotations

from multiprocessing.reduction import ForkingPickler
from typing import Any

from penlight.nn.parameter import Parameter
from penlight.tensor.shared import attach, handle_of
from penlight.tensor.tensor import Tensor

__all__ = ["get_all_sharing_strategies", "get_sharing_strategy", "init_reductions", "set_sharing_strategy"]

_STRATEGIES = {"file_system", "file_descriptor"}
_chosen = {"strategy": "file_descriptor"}


def get_all_sharing_strategies() -> set[str]:
    """The names PyTorch accepts on Linux."""
    return set(_STRATEGIES)


def get_sharing_strategy() -> str:
    """What was last set; shared memory is handed over by file descriptor whatever it is."""
    return _chosen["strategy"]


def set_sharing_strategy(new_strategy: str) -> None:
    """Remembered; shared memory is handed over by file descriptor whatever it is."""
    if new_strategy not in _STRATEGIES:
        raise AssertionError(f"invalid sharing strategy '{new_strategy}', expected one of {_STRATEGIES}")
    _chosen["strategy"] = new_strategy


def init_reductions() -> None:
    """Tensors are pickled as they are; those that an op made, with their history, are refused."""
    for cls in (Tensor, Parameter):
        ForkingPickler.register(cls, _reduce)


def _reduce(tensor: Tensor) -> Any:
    if tensor.requires_grad and not tensor.is_leaf:
        raise RuntimeError(
            "Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd does not support "
            "crossing process boundaries.  If you just want to transfer the data, call detach() on the tensor before "
            "serializing (e.g., putting it on the queue)."
        )
    if tensor.is_shared():
        return _rebuilt, (type(tensor), tensor.requires_grad, handle_of(tensor._a))
    return tensor.__reduce_ex__(2)


def _rebuilt(cls: type, requires_grad: bool, handle: tuple) -> Tensor:
    tensor = Tensor._wrap(attach(*handle))
    return Parameter(tensor, requires_grad) if cls is Parameter else tensor.requires_grad_(requires_grad)


init_reductions()
