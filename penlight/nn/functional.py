"""`torch.nn.functional`: layers as functions.

Most of them are rows of the op table, compiled when first asked for; what differs in its signature or draws random
numbers is written by hand in the `functional_*` modules beside this one.
"""

from __future__ import annotations

from typing import Any

from penlight.ledger.missing import module_getattr
from penlight.nn.functional_activation import (
    celu,
    celu_,
    elu,
    elu_,
    gumbel_softmax,
    hardsigmoid,
    hardswish,
    hardtanh,
    hardtanh_,
    leaky_relu,
    leaky_relu_,
    log_softmax,
    mish,
    relu,
    relu6,
    relu_,
    rrelu,
    rrelu_,
    selu,
    selu_,
    sigmoid,
    silu,
    softmax,
    softmin,
    tanh,
    threshold,
    threshold_,
)
from penlight.nn.functional_attention import multi_head_attention_forward, scaled_dot_product_attention
from penlight.nn.functional_dropout import (
    alpha_dropout,
    dropout,
    dropout1d,
    dropout2d,
    dropout3d,
    feature_alpha_dropout,
)
from penlight.nn.functional_embedding import embedding, embedding_bag
from penlight.nn.functional_layers import (
    assert_int_or_pair,
    bilinear,
    fold,
    fractional_max_pool2d,
    fractional_max_pool2d_with_indices,
    fractional_max_pool3d,
    fractional_max_pool3d_with_indices,
    local_response_norm,
    normalize,
    triplet_margin_with_distance_loss,
    unfold,
    upsample_bilinear,
    upsample_nearest,
)
from penlight.nn.grouped import grouped_mm
from penlight.tensor.install import public_function, public_names
from penlight.tensor.tensor import Tensor

__all__ = [
    "Tensor", "alpha_dropout", "assert_int_or_pair", "bilinear", "celu", "celu_", "dropout", "dropout1d", "dropout2d",
    "dropout3d", "elu", "elu_", "embedding", "embedding_bag", "feature_alpha_dropout", "fold", "fractional_max_pool2d",
    "fractional_max_pool2d_with_indices", "fractional_max_pool3d", "fractional_max_pool3d_with_indices",
    "gumbel_softmax", "grouped_mm",
    "hardsigmoid", "hardswish", "hardtanh", "hardtanh_", "leaky_relu", "leaky_relu_", "local_response_norm",
    "log_softmax", "mish", "multi_head_attention_forward", "normalize", "relu", "relu6", "relu_", "rrelu", "rrelu_",
    "scaled_dot_product_attention", "selu", "selu_", "sigmoid", "silu", "softmax", "softmin", "tanh", "threshold",
    "threshold_", "triplet_margin_with_distance_loss", "unfold", "upsample_bilinear", "upsample_nearest",
]  # fmt: skip
__all__ += sorted(public_names("F") - set(__all__))
_missing = module_getattr(__name__)


_threshold = threshold


def __getattr__(name: str) -> Any:
    found = public_function("F", name)
    if found is None:
        return _missing(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({n for n in globals() if not n.startswith("__")} | public_names("F"))
