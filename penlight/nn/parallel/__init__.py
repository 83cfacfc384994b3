"""`torch.nn.parallel`: one process and no accelerator, so DataParallel calls its module directly."""

from penlight.nn.parallel.data_parallel import DataParallel, DistributedDataParallel, data_parallel

__all__ = ["DataParallel", "DistributedDataParallel", "data_parallel"]
