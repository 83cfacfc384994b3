"""Data pipes, as in `torch.utils.data.datapipes`."""

from penlight.ledger.missing import module_getattr
from penlight.utils.data.datapipes import iter, map

__all__ = ["iter", "map"]

__getattr__ = module_getattr(__name__)
