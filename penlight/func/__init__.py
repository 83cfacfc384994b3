"""`torch.func`: transforms of functions."""

from penlight.func.functional_call import functional_call, stack_module_state
from penlight.func.modules import debug_unwrap, replace_all_batch_norm_modules_
from penlight.func.transforms import (
    functionalize,
    grad,
    grad_and_value,
    hessian,
    jacfwd,
    jacrev,
    jvp,
    linearize,
    vjp,
)
from penlight.transforms.vmap import vmap

__all__ = [
    "debug_unwrap", "functional_call", "functionalize", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp",
    "linearize", "replace_all_batch_norm_modules_", "stack_module_state", "vjp", "vmap",
]  # fmt: skip
