"""Sharing out inputs to devices and collecting results: what of it there is without an accelerator.

As in PyTorch on a machine with a CPU only: structures without tensors pass through, tensors raise PyTorch's errors,
because these functions copy to accelerators.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.parallel.data_parallel.html
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from penlight.base.device import device as device_of
from penlight.ledger.missing import module_getattr
from penlight.nn.modules.module import Module
from penlight.tensor.tensor import Tensor

__all__ = ["gather", "parallel_apply", "replicate", "scatter", "scatter_kwargs"]


def _is_namedtuple(value: Any) -> bool:
    return isinstance(value, tuple) and hasattr(value, "_asdict") and hasattr(value, "_fields")


def is_namedtuple(obj: Any) -> bool:
    """Whether a value is a named tuple (deprecated in PyTorch)."""
    warnings.warn(
        "`is_namedtuple` is deprecated, please use the python checks instead", category=FutureWarning, stacklevel=2
    )
    return _is_namedtuple(obj)


def _no_accelerator(devices: Sequence[Any]) -> None:
    for place in devices:
        if not isinstance(place, int) and device_of(place).type == "cpu":
            raise ValueError(f"Expected a non cpu device, but got: {device_of(place)}")


def scatter(inputs: Any, target_gpus: Sequence[Any], dim: int = 0) -> Any:
    """One copy of a structure for each device, where tensors would be cut along `dim`.

    Raises: ValueError for a tensor and a CPU; AssertionError for a tensor, since there is nothing to copy it to.

    >>> from penlight.nn.parallel import scatter
    >>> scatter({"epoch": 3}, [0, 1])
    [{'epoch': 3}, {'epoch': 3}]
    """
    if isinstance(inputs, Tensor):
        _no_accelerator(target_gpus)
        raise AssertionError("scatter copies tensors to accelerators: there are none, pass the tensor to the module")
    if _is_namedtuple(inputs):
        return [type(inputs)(*parts) for parts in zip(*(scatter(v, target_gpus, dim) for v in inputs))]
    if isinstance(inputs, (tuple, list)) and inputs:
        parts = list(zip(*(scatter(v, target_gpus, dim) for v in inputs)))
        return parts if isinstance(inputs, tuple) else [list(part) for part in parts]
    if isinstance(inputs, dict) and inputs:
        items = zip(*(scatter(item, target_gpus, dim) for item in inputs.items()))
        return [type(inputs)(part) for part in items]
    return [inputs for _ in target_gpus]


def scatter_kwargs(
    inputs: tuple, kwargs: dict[str, Any] | None, target_gpus: Sequence[Any], dim: int = 0
) -> tuple[tuple, tuple]:
    """`scatter` of positional and named arguments; the shorter list is filled with empty ones."""
    given = scatter(inputs, target_gpus, dim) if inputs else []
    named = scatter(kwargs, target_gpus, dim) if kwargs else []
    given += [() for _ in range(len(named) - len(given))]
    named += [{} for _ in range(len(given) - len(named))]
    return tuple(given), tuple(named)


def gather(outputs: Any, target_device: Any, dim: int = 0) -> Any:
    """The results of several devices as one structure, where tensors would be joined along `dim`.

    Raises: AssertionError for tensors, since they can only be on the CPU.
    """
    first = outputs[0]
    if isinstance(first, Tensor):
        raise AssertionError("Gather function not implemented for CPU tensors")
    if first is None:
        return None
    if isinstance(first, dict):
        if any(len(first) != len(out) for out in outputs):
            raise ValueError("All dicts must have the same number of keys")
        return type(first)((key, gather([out[key] for out in outputs], target_device, dim)) for key in first)
    parts = [gather(part, target_device, dim) for part in zip(*outputs)]
    return type(first)(*parts) if _is_namedtuple(first) else type(first)(parts)


def replicate(network: Module, devices: Sequence[Any], detach: bool = False) -> list:
    """Copies of a module on accelerators; of no devices, none.

    Raises: ValueError for a CPU; AssertionError for other devices, since parameters can only be on the CPU.
    """
    _no_accelerator(devices)
    if devices:
        raise AssertionError("Broadcast function not implemented for CPU tensors")
    return []


def parallel_apply(
    modules: Sequence[Module], inputs: Sequence[Any], kwargs_tup: Sequence[dict] | None = None, devices: Any = None
) -> list:
    """Call modules in threads, each on its accelerator.

    Raises: AssertionError for lists of different lengths; ValueError for a CPU; RuntimeError without an accelerator.
    """
    if len(modules) != len(inputs):
        raise AssertionError(f"The number of modules {len(modules)} is not equal to the number of inputs {len(inputs)}")
    for place in devices or ():
        if place is not None and not isinstance(place, int) and device_of(place).type == "cpu":
            raise ValueError(f"Expected a cuda device, but got: {device_of(place)}")
    raise RuntimeError("Cannot access accelerator device when none is available.")


__getattr__ = module_getattr(__name__)
