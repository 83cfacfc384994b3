"""Tables of vectors: embedding, and one-hot vectors."""

from __future__ import annotations

import importlib
import math

from penlight.base.coo import Coo
from penlight.base.dtypes import from_numpy
from penlight.ops.table import composite, op

__all__: list[str] = []


def _rows(weight, indices):
    if weight.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    if indices.dtype.name not in ("int64", "int32"):
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"torch.{from_numpy(indices.dtype).legacy}Tensor instead (while checking arguments for embedding)"
        )
    try:
        result = weight.take(indices, 0)
    except IndexError:
        raise IndexError("index out of range in self") from None
    if indices.size and indices.min() < 0:
        raise IndexError("index out of range in self")
    return result


@op(
    "_embedding(Tensor weight, Tensor indices, int padding_idx, bool scale_grad_by_freq)",
    on="",
    half="direct",
    grad_name="EmbeddingBackward0",
    non_differentiable="indices",
    vjp={
        "weight": lambda k, g, indices, weight_shape, padding_idx, scale_grad_by_freq: k._embedding_grad(
            g, indices, weight_shape, padding_idx, scale_grad_by_freq
        )
    },
)
def _embedding(xp, weight, indices, padding_idx, scale_grad_by_freq):
    """Rows of a table. Shape: (n, d), (*) -> (*, d)."""
    return _rows(weight, indices)


@op(
    "_embedding_grad(Tensor grad, Tensor indices, any shape, int padding_idx, bool scale_grad_by_freq)",
    on="",
    grad_name="EmbeddingDenseBackwardBackward0",
    non_differentiable="indices",
    vjp={
        "grad": lambda k, g, indices, padding_idx, scale_grad_by_freq: k._embedding_grad_back(
            g, indices, padding_idx, scale_grad_by_freq
        )
    },
)
def _embedding_grad(xp, g, indices, shape, padding_idx, scale_grad_by_freq):
    """Zeros with each row of `g` added at its index, those of the padding left out."""
    result = xp.zeros(shape, g.dtype)
    rows = indices.reshape(-1)
    g = g.reshape((rows.size, shape[1]))
    if scale_grad_by_freq and rows.size:
        g = g / xp.bincount(rows, minlength=shape[0])[rows].astype(g.dtype)[:, None]
    xp.add_rows(result, rows, g)
    if padding_idx >= 0:
        result[padding_idx] = 0
    return result


@op(
    "_embedding_grad_back(Tensor grad, Tensor indices, int padding_idx, bool scale_grad_by_freq)",
    on="",
    grad_name="EmbeddingBackward0",
    non_differentiable="indices",
    vjp={
        "grad": lambda k, g, indices, grad_shape, padding_idx, scale_grad_by_freq: k._embedding_grad(
            g, indices, grad_shape, padding_idx, scale_grad_by_freq
        )
    },
)
def _embedding_grad_back(xp, g, indices, padding_idx, scale_grad_by_freq):
    """The rows at the indices, zeros for the padding."""
    result = g.take(indices, 0)
    if scale_grad_by_freq and indices.size:
        counts = xp.bincount(indices.reshape(-1), minlength=g.shape[0])
        result = result / counts[indices].astype(g.dtype)[..., None]
    if padding_idx >= 0:
        result[indices == padding_idx] = 0
    return result


@op(
    "_embedding_sparse(Tensor weight, Tensor indices, int padding_idx, bool scale_grad_by_freq)",
    on="",
    half="direct",
    grad_name="EmbeddingBackward0",
    non_differentiable="indices",
    vjp={
        "weight": lambda k, g, indices, weight_shape, padding_idx, scale_grad_by_freq: k._embedding_sparse_grad(
            g, indices, weight_shape, padding_idx, scale_grad_by_freq
        )
    },
)
def _embedding_sparse(xp, weight, indices, padding_idx, scale_grad_by_freq):
    """Rows of a table whose gradient is sparse."""
    return _rows(weight, indices)


@composite(
    "_embedding_sparse_grad(Tensor grad, Tensor indices, any shape, int padding_idx, bool scale_grad_by_freq)", on=""
)
def _embedding_sparse_grad(k, grad, indices, shape, padding_idx, scale_grad_by_freq):
    """The rows of `grad` at their indices as a sparse matrix, not coalesced; those of the padding left out."""
    if scale_grad_by_freq:
        raise RuntimeError("embedding_backward: scale_grad_by_freq not supported with sparse gradients")
    rows, values = indices.reshape((1, -1)), grad.reshape((-1, shape[1]))
    if not k.recorded:
        if padding_idx >= 0:
            kept = rows[0] != padding_idx
            rows, values = rows[:, kept], values[kept]
        return Coo(rows.astype("int64"), values, shape)
    if padding_idx >= 0:
        kept = (rows[0] != padding_idx).nonzero()[:, 0]
        rows, values = rows[:, kept], values[kept]
    make = importlib.import_module("penlight.sparse.tensor").make  # Tensors, and so late
    return make(rows._a.astype("int64"), values, shape, False, "SparseCooTensorWithDimsAndTensorsBackward0")


@composite(
    "embedding(Tensor weight, Tensor indices, size padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False)",
    on="torch",
)
def embedding(k, weight, indices, padding_idx=-1, scale_grad_by_freq=False, sparse=False):
    """Rows of a table; the row `padding_idx` gets no gradient. sparse: the weight's gradient is a sparse tensor.

    Shape: (n, d), (*) -> (*, d).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html
    """
    if sparse:
        return k._embedding_sparse(weight, indices, padding_idx, scale_grad_by_freq)
    return k._embedding(weight, indices, padding_idx, scale_grad_by_freq)


@op("_one_hot(Tensor input, int classes)", on="", half="direct")
def _one_hot(xp, input, classes):
    """1 at the class, 0 elsewhere."""
    result = xp.zeros((*input.shape, classes), "int64")
    flat = result.reshape(-1)
    flat[xp.arange(input.size) * classes + input.reshape(-1)] = 1
    return result


@composite("one_hot(Tensor input, int num_classes=-1)", on="F")
def one_hot(k, input, num_classes=-1):
    """Vectors with 1 at the class and 0 elsewhere. Shape: (*) -> (*, num_classes).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.one_hot.html
    """
    if input.dtype.name != "int64":
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    num_classes = int(num_classes)  # it may come as a tensor, such as x.max() + 1
    if not math.prod(input.shape):
        if num_classes <= 0:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        return k._one_hot(input, num_classes)
    if int(input.min()) < 0:
        raise RuntimeError("Class values must be non-negative.")
    largest = int(input.max())
    if num_classes == -1:
        num_classes = largest + 1
    elif num_classes <= largest:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return k._one_hot(input, num_classes)
