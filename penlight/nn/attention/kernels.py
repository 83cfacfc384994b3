"""The kernels of scaled dot-product attention by name, and a block that allows only some.

penlight has one kernel, which serves as PyTorch's math kernel and as the flash kernel that PyTorch has for CPUs. Where
neither is allowed, attention raises as PyTorch does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

from penlight.backends.cuda import sdp_flags

__all__ = ["WARN_FOR_UNFUSED_KERNELS", "SDPBackend", "sdpa_kernel"]

WARN_FOR_UNFUSED_KERNELS = False


class SDPBackend(IntEnum):
    """Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.attention.SDPBackend.html"""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4

    def __str__(self) -> str:
        return f"SDPBackend.{self.name}"


_FLAGS = {
    "flash": SDPBackend.FLASH_ATTENTION,
    "mem_efficient": SDPBackend.EFFICIENT_ATTENTION,
    "math": SDPBackend.MATH,
    "cudnn": SDPBackend.CUDNN_ATTENTION,
}


@contextmanager
def sdpa_kernel(backends: Any, set_priority: bool = False) -> Iterator[dict]:
    """Inside, scaled dot-product attention may use only the given kernels (a list, or one).

    set_priority: prefer them in the list's order; without effect here, where all give the same result.
    Raises: AssertionError for what is no SDPBackend.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.attention.sdpa_kernel.html

    >>> import penlight as torch
    >>> from penlight.nn.attention import SDPBackend, sdpa_kernel
    >>> q = torch.ones(1, 2, 3)
    >>> with sdpa_kernel(SDPBackend.MATH):
    ...     torch.nn.functional.scaled_dot_product_attention(q, q, q).shape
    torch.Size([1, 2, 3])
    """
    allowed = [backends] if isinstance(backends, SDPBackend) else backends
    if not isinstance(allowed, list) or not all(isinstance(b, SDPBackend) for b in allowed):
        raise AssertionError(
            "Backend must be an instance of SDPBackend or a list of SDPBackend instances, got "
            f"{type(backends).__name__}"
        )
    with sdp_flags(**{flag: kernel in allowed for flag, kernel in _FLAGS.items()}):
        yield {}
