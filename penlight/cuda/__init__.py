"""`torch.cuda`: there is no GPU, and every question is answered so, or raises what PyTorch raises on such a machine.

Source: https://docs.pytorch.org/docs/stable/cuda.html

>>> import penlight as torch
>>> torch.cuda.is_available(), torch.cuda.device_count()
(False, 0)
"""

from penlight.cuda import amp, memory, nvtx, random, streams
from penlight.cuda.errors import AcceleratorError, CudaError, DeferredCudaCallError, OutOfMemoryError
from penlight.cuda.memory import *  # noqa: F403
from penlight.cuda.queries import *  # noqa: F403
from penlight.cuda.queries import __all__ as _queries
from penlight.cuda.queries import _is_compiled as _is_compiled
from penlight.cuda.queries import _lazy_init as _lazy_init
from penlight.cuda.random import *  # noqa: F403
from penlight.cuda.streams import *  # noqa: F403
from penlight.cuda.types import CLASSES as _CLASSES
from penlight.ledger.missing import module_getattr

__all__ = [
    "AcceleratorError", "CudaError", "DeferredCudaCallError", "OutOfMemoryError", "amp", "memory", "nvtx", "random",
    "streams", *_queries,
]  # fmt: skip
globals().update(_CLASSES)
__getattr__ = module_getattr(__name__)
