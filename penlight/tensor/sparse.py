"""A tensor's sparse methods, which live in `penlight.sparse` and are loaded when first called."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["Sparse"]

_METHODS = (
    "to_sparse to_sparse_coo to_sparse_csr to_sparse_csc to_sparse_bsr to_sparse_bsc sparse_mask indices values "
    "is_coalesced coalesce sparse_dim dense_dim resize_as_sparse_ sparse_resize_ sparse_resize_and_clear_ "
    "_coalesced_ _nnz _indices _values crow_indices col_indices ccol_indices row_indices"
)
_FUNCTIONS = "smm sspaddmm"  # methods that are functions of products.py


class Sparse:
    """Mixed into Tensor."""


class _Late:
    """A method, found at its first use."""

    late = True  # for the stubs

    def __init__(self, name: str, home: str) -> None:
        self.name, self.home = name, home

    def __get__(self, instance: Any, owner: Any) -> Any:
        module = importlib.import_module(f"penlight.sparse.{self.home}")
        function = module.METHODS[self.name] if self.home == "create" else getattr(module, self.name)
        setattr(Sparse, self.name, function)
        return function if instance is None else function.__get__(instance, owner)


for _name in _METHODS.split():
    setattr(Sparse, _name, _Late(_name, "create"))
for _name in _FUNCTIONS.split():
    setattr(Sparse, _name, _Late(_name, "products"))
