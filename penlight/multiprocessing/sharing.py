"""How PyTorch shares tensors between processes: remembered, since tensors are copied here."""

from __future__ import annotations

from multiprocessing.reduction import ForkingPickler
from typing import Any

from penlight.tensor.tensor import Tensor

__all__ = ["get_all_sharing_strategies", "get_sharing_strategy", "init_reductions", "set_sharing_strategy"]

_STRATEGIES = {"file_system", "file_descriptor"}
_chosen = {"strategy": "file_descriptor"}


def get_all_sharing_strategies() -> set[str]:
    """The names PyTorch accepts on Linux."""
    return set(_STRATEGIES)


def get_sharing_strategy() -> str:
    """What was last set; tensors are copied whatever it is."""
    return _chosen["strategy"]


def set_sharing_strategy(new_strategy: str) -> None:
    """Remembered; tensors are copied whatever it is."""
    if new_strategy not in _STRATEGIES:
        raise AssertionError(f"invalid sharing strategy '{new_strategy}', expected one of {_STRATEGIES}")
    _chosen["strategy"] = new_strategy


def init_reductions() -> None:
    """Tensors are pickled as they are; those that an op made, with their history, are refused."""
    ForkingPickler.register(Tensor, _reduce)


def _reduce(tensor: Tensor) -> Any:
    if tensor.requires_grad and not tensor.is_leaf:
        raise RuntimeError(
            "Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd does not support "
            "crossing process boundaries.  If you just want to transfer the data, call detach() on the tensor before "
            "serializing (e.g., putting it on the queue)."
        )
    return tensor.__reduce_ex__(2)


init_reductions()
