"""Sequences of different lengths: padded, packed, and lists of them.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable
from typing import Any

import numpy as np

from penlight.backends.registry import numpy_backend
from penlight.base import dtypes
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.tensor import Tensor

__all__ = [
    "PackedSequence", "invert_permutation", "pack_padded_sequence", "pack_sequence", "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence", "unpad_sequence",
]  # fmt: skip


def bind(optional: Any, fn: Any) -> Any:
    """`fn(optional)`, or None for None."""
    return None if optional is None else fn(optional)


PackedSequence_ = namedtuple("PackedSequence_", ["data", "batch_sizes", "sorted_indices", "unsorted_indices"])
PackedSequence_.__annotations__ = {
    "data": Tensor, "batch_sizes": Tensor, "sorted_indices": "Tensor | None", "unsorted_indices": "Tensor | None",
}  # fmt: skip


class PackedSequence(PackedSequence_):
    """Sequences without their padding: the elements of time 0, then those of time 1, …

    data (sum of lengths, *), batch_sizes (longest length), and the order in which the sequences were sorted.
    """

    __slots__ = ()

    def __new__(
        cls, data: Any, batch_sizes: Any = None, sorted_indices: Any = None, unsorted_indices: Any = None
    ) -> Any:
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        if batch_sizes is None:  # the old form: one pair
            if not (isinstance(data, (list, tuple)) and len(data) == 2):
                raise AssertionError("Expected data to be a list or tuple of length 2")
            data, batch_sizes = data
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The data in another dtype or on another device; itself when nothing changes."""
        return self._holding(self.data.to(*args, **kwargs))

    def _holding(self, data: Tensor) -> PackedSequence:
        if data is self.data:
            return self
        return type(self)(data, self.batch_sizes, self.sorted_indices, self.unsorted_indices)

    def pin_memory(self) -> PackedSequence:
        return self._holding(self.data.pin_memory())

    def cuda(self, *args: Any, **kwargs: Any) -> PackedSequence:
        return self._holding(self.data.cuda(*args, **kwargs))

    def cpu(self, *args: Any, **kwargs: Any) -> PackedSequence:
        return self._holding(self.data.cpu(*args, **kwargs))

    def double(self) -> PackedSequence:
        return self.to(dtype=dtypes.float64)

    def float(self) -> PackedSequence:
        return self.to(dtype=dtypes.float32)

    def half(self) -> PackedSequence:
        return self.to(dtype=dtypes.float16)

    def long(self) -> PackedSequence:
        return self.to(dtype=dtypes.int64)

    def int(self) -> PackedSequence:
        return self.to(dtype=dtypes.int32)

    def short(self) -> PackedSequence:
        return self.to(dtype=dtypes.int16)

    def char(self) -> PackedSequence:
        return self.to(dtype=dtypes.int8)

    def byte(self) -> PackedSequence:
        return self.to(dtype=dtypes.uint8)

    @property
    def is_cuda(self) -> bool:
        """Whether the data lies on a GPU."""
        return self.data.is_cuda

    def is_pinned(self) -> bool:
        """Whether the data lies in page-locked memory."""
        return self.data.is_pinned()


def invert_permutation(permutation: Any) -> Any:
    """The order that undoes another. Shape: (N) -> (N)."""
    if permutation is None:
        return None
    result = np.empty_like(permutation._a)
    result[permutation._a] = np.arange(permutation._a.size)
    return Tensor._wrap(result)


def _packed_places(lengths: np.ndarray, time_stride: int, batch_stride: int) -> tuple[np.ndarray, np.ndarray]:
    """(flat positions of the packed elements in a padded batch, batch_sizes); lengths fall."""
    sizes = (lengths[None, :] > np.arange(int(lengths[0]))[:, None]).sum(1)
    places = np.concatenate([t * time_stride + np.arange(n) * batch_stride for t, n in enumerate(sizes)])
    return places.astype(np.int64), sizes.astype(np.int64)


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Pack a padded batch. Shape: (T, B, *), or (B, T, *) with batch_first; lengths (B).

    enforce_sorted: lengths must fall; otherwise the sequences are sorted here.
    """
    if not isinstance(lengths, Tensor):
        given = np.asarray(lengths, np.int64)
    else:
        given = lengths._a.astype(np.int64)
    if given.ndim != 1:
        raise RuntimeError(
            f"'lengths' argument should be a 1D CPU int64 tensor, but got {given.ndim}D cpu "
            f"{dtypes.from_numpy(given.dtype).legacy} tensor"
        )
    order = None
    if not enforce_sorted:
        order = numpy_backend.unstable_order(-given)  # dropout on packed data draws its mask in this order
        given = given[order]
        input = input.index_select(0 if batch_first else 1, Tensor._wrap(order))
    if not input._a.size:
        raise RuntimeError("Cannot pack empty tensors.")
    batch = input.size(0 if batch_first else 1)
    if len(given) != batch:
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(given)} (batch_size={batch})"
        )
    if (given[:-1] < given[1:]).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
            "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if "
            "you do not "
            "need ONNX exportability."
        )
    if (given <= 0).any():
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    longest = input.shape[1 if batch_first else 0]
    if given[0] > longest:
        raise RuntimeError(f"Expected every length to be at most the padded length {longest}, but got {int(given[0])}")
    x = input.transpose(0, 1) if batch_first else input
    places, sizes = _packed_places(given, batch, 1)
    rows = x.reshape(longest * batch, *x.shape[2:]).index_select(0, Tensor._wrap(places))
    indices = None if order is None else Tensor._wrap(order)
    return PackedSequence(rows, Tensor._wrap(sizes), indices, None)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """The padded batch and the lengths. Shape: (T, B, *), or (B, T, *) with batch_first; (B)."""
    sizes = sequence.batch_sizes._a
    longest, batch = len(sizes), int(sizes[0])
    if total_length is not None and total_length < longest:
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, but got "
            f"total_length={total_length} and max sequence length being {longest}"
        )
    total = longest if total_length is None else total_length
    lengths = (sizes[:, None] > np.arange(batch)[None, :]).sum(0)
    data = sequence.data
    places, _ = _packed_places(lengths, batch, 1)
    base = Tensor._wrap(np.full((total * batch, *data.shape[1:]), padding_value, data._a.dtype))
    padded = base.index_copy(0, Tensor._wrap(places), data).reshape(total, batch, *data.shape[1:])
    if batch_first:
        padded = padded.transpose(0, 1)
    counts = Tensor._wrap(lengths.astype(np.int64))
    if sequence.unsorted_indices is not None:
        padded = padded.index_select(0 if batch_first else 1, sequence.unsorted_indices)
        counts = counts.index_select(0, sequence.unsorted_indices)
    return padded, counts


def pad_sequence(
    sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Stack sequences of different lengths, the shorter ones padded. Shape: (L_i, *) -> (T, B, *) or (B, T, *).

    >>> import penlight as torch
    >>> pad_sequence([torch.ones(2), torch.ones(1)], batch_first=True)
    tensor([[1., 1.],
            [1., 0.]])
    """
    if isinstance(sequences, Tensor):
        sequences = sequences.unbind(0)
    elif not isinstance(sequences, Iterable):
        raise RuntimeError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}"
        )
    sequences = tuple(sequences)
    if not sequences:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    for i, s in enumerate(sequences):
        if not isinstance(s, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(s).__name__}")
        if s.dim() == 0:
            raise RuntimeError("pad_sequence: Expected sequences of at least one dimension, but got a 0-dim tensor")
    first = sequences[0]
    trailing = first.shape[1:]
    for s in sequences:
        if s.shape[1:] != trailing:
            at = next((i for i, (m, n) in enumerate(zip(s.shape[1:], trailing)) if m != n), 0)
            sizes = [t.shape[at + 1] if t.dim() > at + 1 else 1 for t in (first, s)]
            raise RuntimeError(
                f"pad_sequence: The size of tensor a ({sizes[0]}) must match the size of tensor b ({sizes[1]}) at "
                f"non-singleton dimension {at + 1}: sequences may differ in their first dimension only"
            )
    sequences = tuple(s if s.dtype is first.dtype else s.to(first.dtype) for s in sequences)
    longest = max(s.shape[0] for s in sequences)
    zeros = (0, 0) * len(trailing)
    padded = []
    for s in sequences:
        missing = longest - s.shape[0]
        sides = (missing, 0) if padding_side == "left" else (0, missing)
        padded.append(ops.constant_pad_nd(s, (*zeros, *sides), padding_value) if missing else s)
    return ops.stack(padded, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list:
    """The sequences of a padded batch, as a list of copies.

    As in PyTorch, a padded batch with time first is transposed in place: afterwards its shape is (B, T, *).
    """
    if not batch_first:
        padded_sequences.transpose_(0, 1)
    return [sequence[: int(n)].clone() for sequence, n in zip(padded_sequences, lengths.tolist())]


def pack_sequence(sequences: Any, enforce_sorted: bool = True) -> PackedSequence:
    """Pack a list of sequences."""
    lengths = [s.shape[0] for s in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list:
    """The sequences of a PackedSequence, as a list."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
