"""`torch.nn.parallel.distributed`: training in several processes, which penlight does not have."""

from penlight.ledger.missing import module_getattr
from penlight.nn.parallel.data_parallel import DistributedDataParallel

__all__ = ["DistributedDataParallel"]

__getattr__ = module_getattr(__name__)
