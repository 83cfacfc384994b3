"""`torch.multiprocessing`: Python's multiprocessing, with `spawn`. Tensors after `share_memory_` stay shared.

Differs from PyTorch: a tensor that is not in shared memory yet is copied when it is sent through a queue or a pipe.
Source: https://docs.pytorch.org/docs/stable/multiprocessing.html
"""

import multiprocessing as _multiprocessing
from multiprocessing import *  # noqa: F403
from multiprocessing import pool, queues

from penlight.ledger.missing import module_getattr
from penlight.multiprocessing.sharing import (
    get_all_sharing_strategies,
    get_sharing_strategy,
    init_reductions,
    set_sharing_strategy,
)
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
    "get_all_sharing_strategies", "get_sharing_strategy", "init_reductions", "pool", "queues", "set_sharing_strategy",
    "spawn", "start_processes", *_multiprocessing.__all__,
]  # fmt: skip

__getattr__ = module_getattr(__name__)
