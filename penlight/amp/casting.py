"""Which ops autocast casts on the CPU, and how ops come to ask.

Nothing is asked until a block is entered for the first time: then the code of the listed ops is replaced by a front that
looks at this thread's autocast state. Every reference to an op keeps working, since the function object stays the same.

Source: https://docs.pytorch.org/docs/stable/amp.html#cpu-op-specific-behavior
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Any

from penlight.amp.state import on_first_use, state
from penlight.base import dtypes
from penlight.base.mode import mode
from penlight.base.promotion import promote_types
from penlight.engine.node import LEAF
from penlight.nn import functional
from penlight.ops import catalog
from penlight.tensor.install import tensor_ops
from penlight.tensor.override import overridden
from penlight.tensor.tensor import Tensor

__all__ = ["LOWER", "PLAIN_INSIDE", "PROMOTED", "SINGLE"]

# Computed in autocast's dtype.
LOWER = """
    mm matmul linalg_matmul bmm addmm baddbmm addbmm linear chain_matmul tensordot linalg_vecdot linalg_multi_dot
    linalg_matrix_power matrix_power
    conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d prelu
    scaled_dot_product_attention einsum affine_grid affine_grid_generator
    _lstm_layer _rnn_layer lstm rnn_tanh rnn_relu
""".split()

# Computed in float32.
SINGLE = """
    prod mse_loss l1_loss smooth_l1_loss huber_loss cross_entropy nll_loss binary_cross_entropy
    binary_cross_entropy_with_logits kl_div poisson_nll_loss hinge_embedding_loss margin_ranking_loss
    cosine_embedding_loss
    triplet_margin_loss soft_margin_loss multi_margin_loss multilabel_margin_loss ctc_loss cdist trace
    _torch_binary_cross_entropy_with_logits _torch_cosine_embedding_loss _torch_ctc_loss _torch_hinge_embedding_loss
    _torch_kl_div _torch_margin_ranking_loss _torch_poisson_nll_loss _torch_triplet_margin_loss
    quantile nanquantile
    grid_sample grid_sampler grid_sampler_2d grid_sampler_3d stft
    avg_pool3d max_pool3d max_pool3d_with_indices adaptive_avg_pool3d adaptive_max_pool3d
    adaptive_max_pool3d_with_indices max_unpool1d max_unpool2d max_unpool3d fractional_max_pool2d fractional_max_pool3d
    _reflect_pad1 _reflect_pad2 _reflect_pad3 _replicate_pad1 _replicate_pad2 _replicate_pad3 local_response_norm
    polar view_as_complex cholesky cholesky_inverse cholesky_solve inverse lu_solve orgqr ormqr geqrf pinverse qr svd
    triangular_solve
    fft_fft fft_ifft fft_fft2 fft_ifft2 fft_fftn fft_ifftn fft_rfft fft_irfft fft_rfft2 fft_irfft2 fft_rfftn fft_irfftn
    fft_hfft fft_ihfft
    linalg_inv linalg_inv_ex linalg_cholesky linalg_cholesky_ex linalg_solve linalg_svd linalg_svdvals linalg_eigh
    linalg_eigvalsh linalg_eig linalg_eigvals linalg_qr linalg_matrix_rank linalg_lstsq linalg_cond
    linalg_householder_product linalg_tensorinv linalg_tensorsolve
""".split()

# Computed in the widest of its arguments' floating dtypes.
PROMOTED = ["index_copy"]

# Left alone, though penlight computes them by way of ops that are listed.
PLAIN_INSIDE = """
    mv dot vdot addmv addr outer bilinear kron convolution linalg_lu_solve linalg_ldl_solve _gru_layer gru
""".split()

# Computed in float32, but for the last product.
NARROWED = ["linalg_pinv"]


# The steps of ops/rnn_steps.py multiply by way of ops that autocast does not ask; here `linear` must be asked.
def _gru_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Any = None, b_hh: Any = None) -> Tensor:
    r_i, z_i, n_i = tensor_ops.chunk(tensor_ops.linear(input, w_ih, b_ih), 3, 1)
    r_h, z_h, n_h = tensor_ops.chunk(tensor_ops.linear(hx, w_hh, b_hh), 3, 1)
    n = tensor_ops.tanh(n_i + n_h * tensor_ops.sigmoid(r_h + r_i))
    return (hx - n) * tensor_ops.sigmoid(z_h + z_i) + n


def _lstm_cell(input: Tensor, hx: Any, w_ih: Tensor, w_hh: Tensor, b_ih: Any = None, b_hh: Any = None) -> tuple:
    gates = tensor_ops.linear(hx[0], w_hh, b_hh) + tensor_ops.linear(input, w_ih, b_ih)
    i, f, g, o = tensor_ops.chunk(gates, 4, 1)
    c = tensor_ops.sigmoid(f) * hx[1] + tensor_ops.sigmoid(i) * tensor_ops.tanh(g)
    return tensor_ops.sigmoid(o) * tensor_ops.tanh(c), c


# Whose products alone are in autocast's dtype
_CELLS: dict[str, Callable] = {"gru_cell": _gru_cell, "lstm_cell": _lstm_cell}
# Of the listed ones those that PyTorch computes by way of others there
_ITS_OWN_WAY: dict[str, Callable[[dict], bool]] = {
    "mse_loss": lambda given: given.get("weight") is not None,
    "l1_loss": lambda given: given.get("weight") is not None,
    "local_response_norm": lambda given: given["input"].ndim == 3,
}


def _eligible(value: Any) -> bool:
    return isinstance(value, Tensor) and value.dtype.is_floating_point and value.dtype is not dtypes.float64


def cast(value: Any, target: dtypes.dtype) -> Any:
    """Cast floating tensors (not float64 ones) in a value, in its tuples and lists; keep the casts of parameters."""
    if type(value) in (tuple, list):
        return type(value)([cast(v, target) for v in value])
    if not _eligible(value) or value.dtype is target:
        return value
    node = value._node
    is_parameter = node is not None and node[1] is LEAF and value.dtype is dtypes.float32 and value._view is None
    if not (is_parameter and state.cache_enabled and target is not dtypes.float32):
        return value.to(target)
    # PyTorch's key is the parameter alone; with the grad mode a cast made under no_grad never hides a gradient.
    key = (id(value), target, mode.grad)
    if key not in state.cache:
        state.cache[key] = (value, value.to(target))
    return state.cache[key][1]


def _widest(values: Any) -> dtypes.dtype | None:
    found = None
    for value in values:
        if _eligible(value):
            found = value.dtype if found is None else promote_types(found, value.dtype)
    return found


def _suspended(function: Callable, args: tuple, kwargs: dict) -> Any:
    state.enabled["cpu"] = False
    try:
        return function(*args, **kwargs)
    finally:
        state.enabled["cpu"] = True


def _front(original: Callable, policy: str) -> Callable:
    other_way = _ITS_OWN_WAY.get(original.__name__)
    names = list(inspect.signature(original).parameters) if other_way else []

    def call(args: tuple, kwargs: dict) -> Any:
        if not state.casts or overridden((*args, *kwargs.values())):
            return original(*args, **kwargs)
        if policy == "cell":
            return _CELLS[original.__name__](*args, **kwargs)
        if other_way is not None and other_way({**dict(zip(names, args)), **kwargs}):
            return _suspended(original, args, kwargs)
        target = dtypes.float32
        if kwargs.get("out") is not None:  # PyTorch lists the forms without one
            return _suspended(original, args, kwargs)
        if policy == "lower":
            target = state.dtypes.get("cpu", dtypes.bfloat16)
        elif policy == "promoted":
            target = _widest((*args, *kwargs.values())) or target
        if policy != "plain":
            args = tuple([cast(a, target) for a in args])
            kwargs = {name: cast(a, target) for name, a in kwargs.items()}
        result = _suspended(original, args, kwargs)
        return cast(result, state.dtypes.get("cpu", dtypes.bfloat16)) if policy == "narrowed" else result

    return call


def _replace_code(function: Any, policy: str) -> None:
    """Put a front before a function without changing its identity."""
    original = types.FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    original.__kwdefaults__, original.__annotations__ = function.__kwdefaults__, function.__annotations__
    function.__signature__ = inspect.signature(original)
    name = f"_autocast_{function.__name__}"
    function.__globals__[name] = _front(original, policy)
    made: dict[str, Any] = {}
    exec(f"def {function.__name__}(*args, **kwargs):\n    return {name}(args, kwargs)\n", made)
    function.__code__ = made[function.__name__].__code__
    function.__defaults__ = function.__kwdefaults__ = None


def _install() -> None:
    policies = (("lower", LOWER), ("single", SINGLE), ("promoted", PROMOTED), ("plain", PLAIN_INSIDE),
                ("narrowed", NARROWED), ("cell", list(_CELLS)))  # fmt: skip
    for policy, names in policies:
        for name in names:
            home = functional if catalog.find(name) is None else tensor_ops  # what is no op is a function over ops
            _replace_code(getattr(home, name), policy)


on_first_use.append(_install)
