"""`memory_format` and `layout` objects."""

from __future__ import annotations

__all__ = ["LAYOUTS", "MEMORY_FORMATS", "layout", "memory_format"]


class memory_format:
    """How a tensor's dimensions lie in memory; printed as PyTorch prints it."""

    __module__ = "penlight"

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


class layout:
    """Dense (`torch.strided`), sparse (`torch.sparse_coo`), or a layout that penlight names but does not hold."""

    __module__ = "penlight"

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


MEMORY_FORMATS = {
    n: memory_format(n) for n in ("contiguous_format", "preserve_format", "channels_last", "channels_last_3d")
}
LAYOUTS = {
    n: layout(n) for n in ("strided", "sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc", "jagged")
}
LAYOUTS["_mkldnn"] = layout("_mkldnn")
