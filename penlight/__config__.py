"""`torch.__config__`: what the library was built with. Here: NumPy.

Source: https://docs.pytorch.org/docs/stable/config_mod.html
"""

from __future__ import annotations

import os

import numpy as np

from penlight.base.defaults import get_num_threads
from penlight.version import __version__, torch_version

__all__ = ["parallel_info", "show"]

_OFF = "CUDA CUDNN GLOO MKL MKLDNN MPI NCCL NNPACK OPENMP ROCM XPU".split()


def show() -> str:
    """What penlight stands on, in the lines of PyTorch's report; settings such as USE_MKL=OFF can be searched for.

    >>> import penlight as torch
    >>> "USE_CUDA=OFF" in torch.__config__.show()
    True
    """
    settings = ", ".join([f"TORCH_VERSION={torch_version}", *(f"USE_{name}=OFF" for name in _OFF)])
    return f"penlight {__version__} built with:\n  - NumPy {np.__version__}\n  - Build settings: {settings}, \n"


def parallel_info() -> str:
    """The number of threads NumPy's linear algebra uses, the processors, and the variables that set the former."""
    lines = [f"get_num_threads() : {get_num_threads()}", f"os.cpu_count() : {os.cpu_count()}", "Environment variables:"]
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return "\n".join(lines + [f"\t{name} : {os.environ.get(name, '[not set]')}" for name in names]) + "\n"


def _cxx_flags() -> str:
    """An empty string: nothing was compiled."""
    return ""
