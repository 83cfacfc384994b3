"""`torch.distributed`: one process only. `is_available()` is False, as in PyTorch built without it.

Source: https://docs.pytorch.org/docs/stable/distributed.html

>>> import penlight as torch
>>> torch.distributed.is_available() and torch.distributed.is_initialized()
False
"""

from __future__ import annotations

import os
from datetime import timedelta
from enum import Enum
from typing import Any

from penlight.ledger.absent import mark_absent
from penlight.ledger.missing import placeholder_module

_REASON = "programs run in one process; write `if torch.distributed.is_available():` around what needs several"


class ReduceOp(Enum):
    """How values of several processes are combined; only to be named here."""

    SUM, AVG, PRODUCT, MIN, MAX, BAND, BOR, BXOR = range(8)


class DistError(RuntimeError):
    """An error of the distributed library. Never raised here."""


class DistBackendError(DistError):
    """An error of a backend. Never raised here."""


class DistNetworkError(DistError):
    """An error of the network. Never raised here."""


class DistStoreError(DistError):
    """An error of the store. Never raised here."""


def is_available() -> bool:
    """False: there is one process."""
    return False


def is_initialized() -> bool:
    """False: there is one process."""
    return False


def is_nccl_available() -> bool:
    """False."""
    return False


def is_gloo_available() -> bool:
    """False."""
    return False


def is_mpi_available() -> bool:
    """False."""
    return False


def is_ucc_available() -> bool:
    """False."""
    return False


def is_backend_available(backend: str) -> bool:
    """False for every backend."""
    return False


def is_torchelastic_launched() -> bool:
    """Whether the program was started by torchrun."""
    return os.environ.get("TORCHELASTIC_RUN_ID") is not None


def init_process_group(*args: Any, **kwargs: Any) -> None:
    """Raises NotImplementedError: there is one process."""
    raise NotImplementedError(f"penlight does not have torch.distributed.init_process_group: {_REASON}")


def _not_initialized(*args: Any, **kwargs: Any) -> Any:
    """Raise PyTorch's error for a program that has not called init_process_group."""
    raise ValueError("Default process group has not been initialized, please make sure to call init_process_group.")


def destroy_process_group(group: Any = None) -> None:
    """Raises AssertionError: there is no process group, as in PyTorch before init_process_group."""
    raise AssertionError("Process group cannot be None")


get_rank = get_world_size = get_backend = barrier = monitored_barrier = new_group = get_process_group_ranks = (
    _not_initialized
)
all_reduce = reduce = broadcast = all_gather = all_gather_into_tensor = gather = scatter = _not_initialized
reduce_scatter = reduce_scatter_tensor = all_to_all = all_to_all_single = send = recv = isend = irecv = _not_initialized
all_gather_object = broadcast_object_list = gather_object = scatter_object_list = _not_initialized

mark_absent(
    __name__,
    _REASON,
    (
        "_composable.fsdp _functional_collectives _tensor.experimental algorithms._checkpoint.checkpoint_wrapper "
        "algorithms.ddp_comm_hooks algorithms.join algorithms.model_averaging.averagers autograd checkpoint._fsspec_filesystem "
        "checkpoint.default_planner checkpoint.filesystem checkpoint.format_utils checkpoint.optimizer checkpoint.state_dict "
        "checkpoint.state_dict_loader constants device_mesh distributed_c10d elastic.multiprocessing.errors fsdp._fully_shard "
        "fsdp.api fsdp.fully_sharded_data_parallel fsdp.sharded_grad_scaler fsdp.wrap launch launcher.api nn.functional optim "
        "pipelining rpc.api run tensor._utils tensor.experimental._attention tensor.parallel tensor.placement_types utils"
    ).split(),
)
placeholder_module("torch.distributed.constants", default_pg_timeout=timedelta(minutes=30))
