"""`torch.multiprocessing`: Python's multiprocessing, with `spawn`. Tensors reach other processes as copies, by pickling.

Differs from PyTorch: a tensor sent through a queue or a pipe is copied; `share_memory_` raises.
Source: https://docs.pytorch.org/docs/stable/multiprocessing.html
"""

import multiprocessing as _multiprocessing
from multiprocessing import *  # noqa: F403
from multiprocessing import pool, queues

from penlight.ledger.missing import module_getattr
from penlight.multiprocessing.spawn import (
    ProcessContext,
    ProcessException,
    ProcessExitedException,
    ProcessRaisedException,
    SpawnContext,
    spawn,
    start_processes,
)

__all__ = [
    "ProcessContext", "ProcessException", "ProcessExitedException", "ProcessRaisedException", "SpawnContext",
    "get_all_sharing_strategies", "get_sharing_strategy", "pool", "queues", "set_sharing_strategy", "spawn",
    "start_processes", *_multiprocessing.__all__,
]  # fmt: skip

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
    """Nothing to register: tensors are pickled as they are."""


__getattr__ = module_getattr(__name__)
