"""DataParallel, and a stand-in for DistributedDataParallel."""

from __future__ import annotations

from typing import Any

from penlight.ledger.missing import placeholder
from penlight.nn.modules.module import Module

__all__ = ["DataParallel", "DistributedDataParallel", "data_parallel"]


class DataParallel(Module):
    """Calls its module: there are no accelerators to spread a batch over, as in PyTorch without a GPU.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.DataParallel.html
    """

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)


def data_parallel(
    module: Module,
    inputs: Any,
    device_ids: Any = None,
    output_device: Any = None,
    dim: int = 0,
    module_kwargs: Any = None,
) -> Any:
    """Call the module on the whole batch."""
    inputs = inputs if isinstance(inputs, tuple) else (inputs,)
    return module(*inputs, **(module_kwargs or {}))


DistributedDataParallel = placeholder(
    "torch.nn.parallel.DistributedDataParallel", "there are no process groups; use the module itself"
)
