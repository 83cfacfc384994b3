"""Storing results into the tensors given as `out=`."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from penlight.base.dims import needs_dimension
from penlight.base.dtypes import from_numpy
from penlight.base.geometry import overlap, shared
from penlight.base.mode import mode
from penlight.tensor.arguments import type_name, wrong_in_place
from penlight.tensor.inference import refuse_change
from penlight.tensor.memory import memory_of
from penlight.tensor.tensor import Tensor

__all__ = ["DTYPE_OF_OUT", "KEEPS_SHAPE", "check_inputs", "check_overlap", "dtype_of_out", "write_out"]

# functions that refuse an `out` of another dtype than their result's, where the others cast (found by trying each)
EXACT_DTYPE = frozenset(
    """
    bucketize float_power frobenius_norm hash_tensor inner inverse linalg_matrix_power matrix_power median nanmedian
    nuclear_norm searchsorted
    abs addbmm addmm addmv alias_copy all amax amin aminmax any argmax argmin as_strided_copy avg_pool2d avg_pool3d
    baddbmm bitwise_not bmm ceil complex conj_physical cross cummax cummin diag diagonal_copy dot expand_copy
    fft_ifft fft_ihfft floor frac frexp gather gelu hardshrink histc histogram index_add index_copy index_reduce
    index_select isin isneginf isposinf kthvalue linalg_cholesky linalg_cholesky_ex linalg_cross linalg_det
    linalg_eigh linalg_eigvalsh linalg_inv linalg_inv_ex linalg_ldl_factor linalg_ldl_factor_ex linalg_ldl_solve
    linalg_lu linalg_lu_factor linalg_lu_factor_ex linalg_lu_solve linalg_matrix_norm linalg_multi_dot linalg_norm
    linalg_qr linalg_slogdet linalg_solve linalg_solve_ex linalg_solve_triangular linalg_svd linalg_svdvals
    linalg_matmul linalg_vecdot linalg_vector_norm linear log_softmax logcumsumexp logsigmoid lu_solve lu_unpack masked_select
    matmul mm mode msort mv nan_to_num nanquantile narrow_copy native_batch_norm neg nonzero norm ormqr permute_copy
    polar qr quantile renorm round scatter scatter_add scatter_reduce sgn sign signbit slice_scatter softmax
    softplus softshrink sort split_with_sizes_copy squeeze_copy svd t_copy take take_along_dim tensordot topk
    transpose_copy triangular_solve tril triu trunc unbind_copy unfold_copy unsqueeze_copy vdot view_copy where
    """.split()
)
# functions that refuse an `out` that lies on their input
NO_OVERLAP = frozenset("cross linalg_cross index_select take_along_dim gather take kthvalue cat masked_select".split())
# functions whose `out` may lie in part on their input: sums over it, products of matrices, copies
MAY_OVERLAP = frozenset(
    """
    all amax amin any argmax argmin avg_pool2d avg_pool3d bmm bucketize chain_matmul cholesky cholesky_solve cummax cummin
    diag dot hash_tensor histc inner isin linear log_softmax logsigmoid logsumexp lu lu_unpack matmul matrix_power mean
    median mm multinomial mv mvlgamma nanmean nanmedian nanquantile nansum nonzero norm nuclear_norm prod qr quantile
    ndtr searchsorted softmax std sum svd tensordot tril triu var vdot
    """.split()
)
DTYPE_OF_OUT = frozenset("sum nansum prod cumsum cumprod fft_fftfreq fft_rfftfreq".split())  # compute in the dtype of `out`
KEEPS_SHAPE = frozenset("arange range linspace logspace fft_fftfreq fft_rfftfreq".split())  # where all fits in
# functions that resize an `out` to rows, where the others lay it as their result lies
IN_ROWS = frozenset(
    (
        "cholesky cholesky_solve linalg_matrix_power matrix_power linalg_tensorinv quantile nanquantile fft_fft fft_rfft "
        "fft_irfft fft_hfft fft_fft2 fft_ifft2 fft_rfft2 fft_irfft2 fft_hfft2 fft_ihfft2 fft_fftn fft_ifftn fft_rfftn "
        "fft_irfftn fft_hfftn fft_ihfftn"
    ).split()
)
RETURNS_NOTHING = frozenset(("split_copy", "split_with_sizes_copy", "unbind_copy"))  # with out=


def check_overlap(shape: tuple, strides: tuple) -> None:
    """Raise where several elements that are to be written lie on one place in memory."""
    if shared(shape, strides):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
            "Please clone() the tensor before performing the operation."
        )


def check_inputs(target: np.ndarray, inputs: Any, nowhere: bool = False) -> None:
    """Raise where an array that is to be written lies on inputs, but not just as one of them does (or at all)."""
    for a in inputs:
        found = overlap(target, a)
        if found == "partial" or found and nowhere:
            raise RuntimeError(
                "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single "
                "memory location. Please clone() the tensor before performing the operation."
            )


def dtype_of_out(out: Any, dtype: Any) -> Any:
    """The dtype to compute in, which such a function takes from `out`."""
    if isinstance(out, Tensor) and dtype not in (None, out.dtype):
        raise RuntimeError(f"Expected out tensor to have dtype {dtype}, but got {out.dtype} instead")
    return getattr(out, "dtype", dtype)


def _wrong_dtype(function: str, produced: Tensor, out: Tensor) -> None:
    raise RuntimeError(
        f"{function}(): Expected out tensor to have dtype {produced.dtype.np.name}, but got {out.dtype.np.name} instead"
    )


def _check_places(function: str, out: Tensor, inputs: list) -> None:
    """Raise where `out` lies on inputs otherwise than the function lets it."""
    if out._v is None or function in MAY_OVERLAP or function.startswith(("linalg_", "fft_", "native_")):
        return
    same = [v._a for v in inputs if isinstance(v, Tensor) and v._v is out._v]
    if same and not function.endswith("_copy"):
        check_inputs(out._a, same)
        if function in ("index_add", "index_copy"):  # whose source may not lie there at all
            check_inputs(out._a, [v._a for v in inputs[1:] if isinstance(v, Tensor) and v._v is out._v], True)


def write_out(function: str, out: Any, produced: Any, inputs: tuple) -> Any:
    """Store results into the tensors given as `out=`."""
    if isinstance(produced, tuple):
        if not isinstance(out, (tuple, list)) or len(out) != len(produced):
            raise TypeError(
                f"{function}(): argument 'out' must be tuple of {len(produced)} Tensors, not {type_name(out)}"
            )
        if function == "lu":  # a function in Python, of copies into any dtype
            for o, p in zip(out, produced):
                o.resize_as_(p).copy_(p)
            return out
        flat = [v for i in inputs for v in (i if isinstance(i, tuple) else (i,))]
        for o, p in zip(out, produced):
            if isinstance(o, Tensor):
                _check_places(function, o, flat)
            if isinstance(o, Tensor) and o._a.dtype is not p._a.dtype and p._a.dtype.kind == "i":  # positions
                _wrong_dtype(function, p, o)
            write_out("median" if function in ("min", "max") else function, o, p, inputs)
        return None if function in RETURNS_NOTHING else type(produced)(tuple(out))
    if not isinstance(out, Tensor):
        raise TypeError(f"{function}(): argument 'out' must be Tensor, not {type_name(out)}")
    if mode.grad and (out._node is not None or produced._node is not None):
        raise RuntimeError(
            f"{function}(): functions with out=... arguments don't support automatic differentiation, but one of the "
            "arguments requires grad."
        )
    check_overlap(out._a.shape, out._a.strides)
    if out.is_inference():
        refuse_change()
    source = produced._a
    truth = function in ("all", "any") and out._a.dtype.char in "?B"  # bytes held booleans once
    exact = not truth
    if function in ("fft_ifft", "abs"):
        exact = not inputs[0].dtype.is_complex
    elif source.dtype.kind == "f" and out._a.dtype.kind == "c" and function.startswith(("fft_irfft", "fft_hfft")):
        raise RuntimeError(f"{function[4:]} expects a floating point output tensor, but got {out.dtype.legacy}")
    if exact and source.dtype is not out._a.dtype and (function in EXACT_DTYPE or function.removesuffix("_copy") != function):
        _wrong_dtype(function, produced, out)
    flat = [v for i in inputs for v in (i if isinstance(i, tuple) else (i,))]
    if not truth:
        wrong_in_place(from_numpy(source.dtype), from_numpy(out._a.dtype))
    if function in NO_OVERLAP and any(
        v is out or (isinstance(v, Tensor) and v._a.size and np.may_share_memory(v._a, out._a)) for v in flat
    ):
        raise RuntimeError(
            "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory "
            f"location. Please clone() the tensor before performing the operation ({function})."
        )
    _check_places(function, out, flat)
    if out._a.shape != source.shape and function in KEEPS_SHAPE and out._a.size == source.size:
        if function == "fft_fftfreq":
            needs_dimension("slice", out._a.ndim)
        source = source.reshape(out._a.shape)
    if out._a.shape != source.shape:
        if out._a.size:
            warnings.warn(
                f"An output with one or more elements was resized since it had shape {list(out._a.shape)}, which does "
                f"not match the required output shape {list(source.shape)}. This behavior is deprecated, and in a future "
                "PyTorch release outputs will not be resized unless they have zero elements.",
                UserWarning,
                stacklevel=3,
            )
        out._resize(source.shape)
        if not source.flags.c_contiguous and function not in IN_ROWS:
            order = sorted(range(source.ndim), key=lambda i: -source.strides[i])
            out._a = out._a.reshape([source.shape[i] for i in order]).transpose(np.argsort(order))
    np.copyto(out._a, source, casting="unsafe")
    memory_of(out).changed()
    return out
