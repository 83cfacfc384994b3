"""Running sums and products in C. What a call takes is in penlight/backends/numpy/scan.py."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from penlight.backends.native.loading import FLOAT, available, contiguous, kernels
from penlight.base.defaults import defaults

__all__ = ["KERNELS", "TABLE"]


def _running(multiply: bool) -> Any:
    def apply(x, dim):
        x = contiguous(x)
        out, n = np.empty(x.shape, FLOAT), x.shape[dim]
        inner = prod(x.shape[dim % x.ndim + 1 :])
        kernels.running(multiply, x.size // (n * inner), n, inner, x, out, defaults.num_threads)
        return out

    return apply


def _takes(x, dim) -> bool:
    return x.dtype == FLOAT and x.ndim > 0 and x.size > 0


TABLE = {"running_sum": (_running(False), _takes), "running_product": (_running(True), _takes)}
KERNELS = available(TABLE)
