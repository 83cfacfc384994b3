"""`torch.nn.utils`: gradients, parameters and sequences."""

from penlight.ledger.missing import module_getattr
from penlight.nn.utils import rnn
from penlight.nn.utils.clip_grad import (
    clip_grad_norm,
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
)
from penlight.nn.utils.convert_parameters import parameters_to_vector, vector_to_parameters
from penlight.nn.utils.spectral_norm import remove_spectral_norm, spectral_norm
from penlight.nn.utils.weight_norm import remove_weight_norm, weight_norm

__all__ = [
    "clip_grad_norm", "clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "get_total_norm",
    "parameters_to_vector", "remove_spectral_norm", "remove_weight_norm", "rnn", "spectral_norm",
    "vector_to_parameters",
    "weight_norm",
]  # fmt: skip
__getattr__ = module_getattr(__name__, ())
