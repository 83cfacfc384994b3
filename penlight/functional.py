"""`torch.functional`: where PyTorch keeps the functions of `torch` that it writes in Python; the same objects."""

from __future__ import annotations

from typing import Any

from penlight.ledger.missing import module_getattr
from penlight.linalg.lowrank import pca_lowrank, svd_lowrank
from penlight.tensor.install import public_function

__all__ = [  # noqa: F822 (made when first asked for)
    "atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "broadcast_shapes", "broadcast_tensors", "cartesian_prod",
    "cdist", "chain_matmul", "einsum", "istft", "lu", "meshgrid", "norm", "pca_lowrank", "split", "stft", "svd_lowrank",
    "tensordot", "unique", "unique_consecutive", "unravel_index",
]  # fmt: skip
_missing = module_getattr("torch.functional")


def __getattr__(name: str) -> Any:
    found = public_function("torch", name) if name in __all__ else None
    if found is None:
        return _missing(name)
    globals()[name] = found
    return found
