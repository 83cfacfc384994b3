"""Array backends: what kernels may call as `xp`.

A backend offers NumPy's functions and penlight's own kernels under one roof. A faster kernel replaces an attribute
(`use`); the plain one is kept and stays its oracle.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from penlight.base.random import faster

__all__ = ["Backend", "numpy_backend"]


class Backend:
    """NumPy-like functions plus named kernels; attributes are looked up once and then kept."""

    def __init__(self, name: str, arrays: Any, kernels: dict[str, str], faster: dict[str, str]) -> None:
        self.name = name
        self._arrays = arrays
        self._kernels = kernels  # kernel name -> module that defines it, imported on first use
        self._faster = faster  # kernel name -> module whose KERNELS may hold a faster one
        self._plain: dict[str, Callable] = {}

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        module = self._kernels.get(attribute)
        if module is None:
            found = getattr(self._arrays, attribute)
            setattr(self, attribute, found)
            return found
        setattr(self, attribute, getattr(importlib.import_module(module), attribute))
        if attribute in self._faster:
            faster = importlib.import_module(self._faster[attribute]).KERNELS.get(attribute)
            if faster is not None:
                self.use(attribute, *faster)
        return self.__dict__[attribute]

    def use(self, kernel: str, faster: Callable, when: Callable[..., bool]) -> None:
        """Replace a kernel where `when(*arguments)` holds."""
        plain = self._plain.setdefault(kernel, getattr(self, kernel))

        def chosen(*arguments: Any) -> Any:
            return faster(*arguments) if when(*arguments) else plain(*arguments)

        setattr(self, kernel, chosen)


_HERE = "penlight.backends.numpy."
_KERNELS = {
    "special": (
        "erf erf_coarse tanh_coarse erfc erfcx erfinv ndtri log_ndtr lgamma digamma polygamma polygamma_coarse zeta "
        "i0 i0e i1 i1e gelu gelu_slope gelu_tanh gelu_tanh_slope"
    ),
    "elementwise": "gate sigmoid silu log_sigmoid softplus elu hardswish huber logits_loss lerp limit",
    "fused": "add_scaled approach add_product fuses adam_step sgd_step",
    "halves": "halved widened",
    "places": "add_rows check_index gather positions scatter",
    "bessel": (
        "airy_ai bessel_j0 bessel_j1 bessel_y0 bessel_y1 bessel_k0 bessel_k1 scaled_bessel_k0 scaled_bessel_k1 "
        "spherical_bessel_j0"
    ),
    "incomplete_gamma": "gamma_p gamma_q",
    "conv": "conv_forward conv_input_grad conv_weight_grad",
    "pool": (
        "max_pool_forward max_pool_backward pair_max_pool_forward pair_max_pool_backward "
        "avg_pool_forward avg_pool_backward adaptive_avg_pool_forward "
        "adaptive_avg_pool_backward adaptive_max_pool_forward"
    ),
    "norm": (
        "batch_norm_statistics batch_norm_running batch_norm_forward batch_norm_backward layer_norm_forward "
        "layer_norm_backward rms_norm_forward rms_norm_backward group_norm_forward group_norm_backward"
    ),
    "softmax": "softmax softmax_backward log_softmax log_softmax_backward",
    "scan": "running_sum running_product",
    "reduction": "sums",
    "sorting": "ordered first_ordered kth_ordered unstable_order",
    "recurrent": "uneven times each across lstm_steps lstm_steps_backward gru_steps gru_steps_backward",
    "resample": "interpolate_forward interpolate_backward",
    "resample_grid": "grid_sample_forward grid_sample_backward grid_sample_second affine_base",
}
_THERE = "penlight.backends.native."
_NATIVE = {
    "fused": "add_scaled approach add_product fuses adam_step sgd_step",
    "halves": "halved widened",
    "places": "add_rows gather scatter",
    "conv": "conv_forward conv_input_grad conv_weight_grad",
    "pool": "max_pool_forward max_pool_backward pair_max_pool_forward pair_max_pool_backward",
    "recurrent": "lstm_steps lstm_steps_backward gru_steps gru_steps_backward",
    "scan": "running_sum running_product",
    "sorting": "ordered first_ordered kth_ordered unstable_order",
    "elements": (
        "gelu gelu_slope gelu_tanh gelu_tanh_slope sigmoid silu softplus log_sigmoid erf hardswish elu gate logits_loss huber"
    ),
    "rows": (
        "softmax softmax_backward log_softmax log_softmax_backward sums "
        "layer_norm_forward layer_norm_backward group_norm_forward group_norm_backward "
        "batch_norm_statistics batch_norm_forward batch_norm_backward"
    ),
}
numpy_backend = Backend(
    "numpy",
    np,
    {n: _HERE + m for m, names in _KERNELS.items() for n in names.split()},
    {n: _THERE + m for m, names in _NATIVE.items() for n in names.split()},
)
faster.offer(lambda: importlib.import_module(_THERE + "draws").KERNELS)
