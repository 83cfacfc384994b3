"""What once had to be passed to the DataLoader."""

import warnings

from penlight.ledger.missing import module_getattr

__all__ = ["worker_init_fn"]


def worker_init_fn(worker_id: int) -> None:
    """Nothing: the DataLoader divides data pipes among its workers by itself."""
    warnings.warn(
        "Usage of `backward_compatibility.worker_init_fn` is deprecated as `DataLoader` automatically applies sharding "
        "in every worker",
        category=FutureWarning,
        stacklevel=2,
    )


__getattr__ = module_getattr(__name__)
