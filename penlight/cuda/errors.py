"""What code for GPUs catches."""

from __future__ import annotations

__all__ = [
    "AcceleratorError",
    "CudaError",
    "DeferredCudaCallError",
    "OutOfMemoryError",
    "not_compiled",
    "without_binding",
]


class OutOfMemoryError(RuntimeError):
    """A device has too little memory. Never raised here: NumPy raises MemoryError for the host's memory."""

    __module__ = "torch"


class AcceleratorError(RuntimeError):
    """A device reported an error. Never raised here."""

    __module__ = "torch"


class DeferredCudaCallError(Exception):
    """A call that was put off until CUDA starts failed. Never raised here."""


class CudaError(RuntimeError):
    """A CUDA call returned an error code. Never raised here."""


def not_compiled(*args: object, **kwargs: object) -> None:
    """Raise PyTorch's error for what needs a GPU."""
    raise AssertionError("Torch not compiled with CUDA enabled")


def without_binding(name: str) -> AttributeError:
    """PyTorch's error where a build without CUDA lacks the binding itself."""
    return AttributeError(f"module 'torch._C' has no attribute '{name}': Torch not compiled with CUDA enabled")
