"""`torch.nn.parallel`: one process and no accelerator, so DataParallel calls its module directly."""

from penlight.ledger.missing import module_getattr
from penlight.nn.parallel import scatter_gather
from penlight.nn.parallel.data_parallel import DataParallel, DistributedDataParallel, data_parallel
from penlight.nn.parallel.scatter_gather import gather, parallel_apply, replicate, scatter

__all__ = [
    "DataParallel", "DistributedDataParallel", "data_parallel", "gather", "parallel_apply", "replicate", "scatter",
    "scatter_gather",
]  # fmt: skip

__getattr__ = module_getattr(__name__)
