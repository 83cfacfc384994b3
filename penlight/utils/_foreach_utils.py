"""`torch.utils._foreach_utils`: how optimizers group their tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from penlight.ledger.missing import module_getattr
from penlight.tensor.tensor import Tensor

__all__: list[str] = []


def _group_tensors_by_device_and_dtype(
    tensorlistlist: Sequence[Sequence[Tensor | None]], with_indices: bool = False
) -> dict[tuple, tuple[list[list[Tensor | None]], list[int]]]:
    """Split lists that belong together by the device and dtype of the first list's tensors.

    Returns: `{(device, dtype): (lists, places)}`; the places in the given lists only when asked for. Empty lists stay so.
    Raises: RuntimeError for lists of different lengths.

    >>> import penlight as torch
    >>> _group_tensors_by_device_and_dtype([[torch.zeros(1), torch.ones(1)]], with_indices=True)
    {(device(type='cpu'), torch.float32): ([[tensor([0.]), tensor([1.])]], [0, 1])}
    """
    first, *rest = tensorlistlist
    for other in rest:
        if len(other) not in (0, len(first)):
            raise RuntimeError(
                f"expected lists of {len(first)} tensors like the first, or empty ones, got {len(other)}"
            )
    places: dict[tuple, list[int]] = {}
    for i, tensor in enumerate(first):
        places.setdefault((tensor.device, tensor.dtype), []).append(i)  # type: ignore[union-attr]
    return {
        key: ([[group[i] for i in chosen] if group else [] for group in tensorlistlist], chosen if with_indices else [])
        for key, chosen in places.items()
    }


def _get_foreach_kernels_supported_devices() -> list[str]:
    """The devices on which PyTorch's optimizers choose `foreach=True` by themselves."""
    return ["cuda", "xpu", "mtia", "privateuseone"]


def _get_fused_kernels_supported_devices() -> list[str]:
    """The devices on which `fused=True` may be asked for."""
    return ["mps", "cuda", "xpu", "hpu", "cpu", "mtia", "privateuseone"]


def _device_has_foreach_support(device: Any) -> bool:
    """Whether `foreach=True` is a gain on a device: the CPU is said to have it by calls, but not by choice."""
    return device.type in (*_get_foreach_kernels_supported_devices(), "cpu")


def _has_foreach_support(tensors: Sequence[Tensor], device: Any) -> bool:
    """Whether all tensors are plain and on a device with foreach kernels."""
    return _device_has_foreach_support(device) and all(t is None or type(t) is Tensor for t in tensors)


__getattr__ = module_getattr(__name__)
