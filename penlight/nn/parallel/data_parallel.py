"""DataParallel, and a stand-in for DistributedDataParallel."""

from __future__ import annotations

from typing import Any

from penlight.ledger.missing import placeholder
from penlight.nn.modules.module import Module
from penlight.nn.parallel.scatter_gather import gather, parallel_apply, replicate, scatter_kwargs

__all__ = ["DataParallel", "DistributedDataParallel", "data_parallel"]


class DataParallel(Module):
    """Calls its module: there are no accelerators to spread a batch over, as in PyTorch without a GPU.

    Its state dict has the module's names behind "module.", so checkpoints of models that were wrapped can be read.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.DataParallel.html

    >>> import penlight as torch
    >>> list(torch.nn.DataParallel(torch.nn.Linear(2, 3)).state_dict())
    ['module.weight', 'module.bias']
    """

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)

    def replicate(self, module: Module, device_ids: Any) -> list:
        """`torch.nn.parallel.replicate`."""
        return replicate(module, device_ids)

    def scatter(self, inputs: tuple, kwargs: dict | None, device_ids: Any) -> Any:
        """`torch.nn.parallel.scatter_gather.scatter_kwargs`."""
        return scatter_kwargs(inputs, kwargs, device_ids)

    def parallel_apply(self, replicas: Any, inputs: Any, kwargs: Any) -> list:
        """`torch.nn.parallel.parallel_apply`."""
        return parallel_apply(replicas, inputs, kwargs, self.device_ids[: len(replicas)])

    def gather(self, outputs: Any, output_device: Any) -> Any:
        """`torch.nn.parallel.gather`."""
        return gather(outputs, output_device)


def data_parallel(
    module: Module,
    inputs: Any,
    device_ids: Any = None,
    output_device: Any = None,
    dim: int = 0,
    module_kwargs: Any = None,
) -> Any:
    """Call a module in parallel on accelerators; without one it raises, as in PyTorch. Call the module itself.

    Raises: RuntimeError.
    """
    raise RuntimeError("device type could not be determined")


DistributedDataParallel = placeholder(
    "torch.nn.parallel.DistributedDataParallel", "there are no process groups; use the module itself"
)
