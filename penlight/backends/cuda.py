"""`torch.backends.cuda`: CUDA is not there; its settings are remembered and change nothing.

Source: https://docs.pytorch.org/docs/stable/backends.html#module-torch.backends.cuda
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

from penlight.ledger.missing import module_getattr


class cuBLASModule:
    """The settings of `torch.backends.cuda.matmul`."""

    _settings = {
        "allow_tf32": False,
        "allow_fp16_reduced_precision_reduction": True,
        "allow_bf16_reduced_precision_reduction": True,
        "allow_fp16_accumulation": False,
        "fp32_precision": "none",
    }

    def __getattr__(self, name: str) -> Any:
        if name not in self._settings:
            raise AttributeError(f"Unknown attribute {name}")
        return self._settings[name]

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._settings:
            raise AttributeError(f"Unknown attribute {name}")
        self._settings[name] = value


matmul = cuBLASModule()
_sdp = {"flash": True, "mem_efficient": True, "math": True, "cudnn": True}


def is_built() -> bool:
    """False: penlight is not built with CUDA."""
    return False


def _enabled(kind: str) -> Any:
    def query() -> bool:
        return _sdp[kind]

    query.__name__ = query.__qualname__ = f"{kind}_sdp_enabled"
    query.__doc__ = f"Whether the {kind} attention kernel may be used on a GPU, as last set."
    return query


def _enable(kind: str) -> Any:
    def setter(enabled: bool) -> None:
        _sdp[kind] = bool(enabled)

    setter.__name__ = setter.__qualname__ = f"enable_{kind}_sdp"
    setter.__doc__ = f"Set whether the {kind} attention kernel may be used on a GPU (remembered; there is no GPU)."
    return setter


flash_sdp_enabled, enable_flash_sdp = _enabled("flash"), _enable("flash")
mem_efficient_sdp_enabled, enable_mem_efficient_sdp = _enabled("mem_efficient"), _enable("mem_efficient")
math_sdp_enabled, enable_math_sdp = _enabled("math"), _enable("math")
cudnn_sdp_enabled, enable_cudnn_sdp = _enabled("cudnn"), _enable("cudnn")


def is_flash_attention_available() -> bool:
    """False: penlight is not built with CUDA."""
    return False


def sdp_kernel(
    enable_flash: bool = True, enable_math: bool = True, enable_mem_efficient: bool = True, enable_cudnn: bool = True
) -> Any:
    """Choose the GPU's attention kernels for a `with` block (deprecated in PyTorch)."""
    warnings.warn(
        "`torch.backends.cuda.sdp_kernel()` is deprecated. In the future, this context manager will be "
        "removed. Please see "
        "`torch.nn.attention.sdpa_kernel()` for the new context manager, with updated signature.",
        FutureWarning,
        stacklevel=2,
    )
    return sdp_flags(flash=enable_flash, math=enable_math, mem_efficient=enable_mem_efficient, cudnn=enable_cudnn)


def require_sdp_kernel() -> None:
    """Raise unless one of the kernels that attention has on a CPU, math and flash, is allowed."""
    if not (_sdp["math"] or _sdp["flash"]):
        raise RuntimeError(
            "No viable backend for scaled_dot_product_attention was found. This is likely due to turning off both the "
            "math kernel and the fused kernels."
        )


@contextlib.contextmanager
def sdp_flags(**values: bool) -> Iterator[None]:
    """Allow or forbid kernels of scaled dot-product attention for a block."""
    before = dict(_sdp)
    _sdp.update(values)
    try:
        yield
    finally:
        _sdp.update(before)


__getattr__ = module_getattr(__name__)
