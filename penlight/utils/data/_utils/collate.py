"""Batches from lists of samples."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.mode import mode
from penlight.tensor import Tensor, public_function
from penlight.tensor.create import as_tensor, tensor

__all__ = ["collate", "default_collate", "default_collate_fn_map", "default_convert"]

np_str_obj_array_pattern = re.compile("[SaUO]")  # kinds of NumPy arrays that become no tensors
default_collate_err_msg_format = _ERROR = (
    "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"
)


def _is_text(array: np.ndarray) -> bool:
    return array.dtype.kind in "SUOV" and array.dtype.name not in dtypes.DTYPES


def default_convert(data: Any) -> Any:
    """Arrays inside nested containers as tensors; everything else as it is.

    >>> import numpy as np
    >>> from penlight.utils.data import default_convert
    >>> default_convert([np.array([1, 2]), "text"])
    [tensor([1, 2]), 'text']
    """
    if isinstance(data, Tensor):
        return data
    if isinstance(data, (np.ndarray, np.generic)):
        return data if isinstance(data, (np.str_, np.bytes_)) or _is_text(np.asarray(data)) else as_tensor(data)
    if isinstance(data, Mapping):
        return _same_mapping(data, {key: default_convert(data[key]) for key in data})
    if isinstance(data, tuple):
        items = [default_convert(item) for item in data]
        return type(data)(*items) if hasattr(data, "_fields") else items
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _same_sequence(data, [default_convert(item) for item in data])
    return data


def _same_mapping(like: Any, items: dict) -> Any:
    try:
        if isinstance(like, MutableMapping):  # keeps what a subclass holds beside its items
            result = copy.copy(like)
            result.update(items)
            return result
        return type(like)(items)
    except TypeError:  # some mappings cannot be made from a dict
        return items


def _same_sequence(like: Any, items: list) -> Any:
    try:
        if isinstance(like, MutableSequence):
            result = copy.copy(like)
            for i, item in enumerate(items):
                result[i] = item
            return result
        return type(like)(items)
    except TypeError:  # a range, say
        return items


def collate(batch: Any, *, collate_fn_map: dict | None = None) -> Any:
    """A batch from a list of samples, nested containers position by position.

    `collate_fn_map`: {type (or tuple of types): function(batch, collate_fn_map=...)}.
    """
    first = batch[0]
    kind = type(first)
    if collate_fn_map is not None:
        if kind in collate_fn_map:
            return collate_fn_map[kind](batch, collate_fn_map=collate_fn_map)
        for accepted, function in collate_fn_map.items():
            if isinstance(first, accepted):
                return function(batch, collate_fn_map=collate_fn_map)
    again = lambda items: collate(items, collate_fn_map=collate_fn_map)
    if isinstance(first, Mapping):
        return _same_mapping(first, {key: again([sample[key] for sample in batch]) for key in first})
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return kind(*[again(samples) for samples in zip(*batch)])
    if isinstance(first, Sequence):
        size = len(first)
        if any(len(sample) != size for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        columns = [again(samples) for samples in zip(*batch)]
        return columns if isinstance(first, tuple) else _same_sequence(first, columns)
    raise TypeError(_ERROR.format(kind))


def collate_tensors(batch: Sequence, *, collate_fn_map: Any = None) -> Any:
    """Stack equal tensors. Shape: list of n (...) -> (n, ...)."""
    first = batch[0]._a
    shape, d = first.shape, first.dtype
    plain = all(type(t) is Tensor and t._a.shape == shape and t._a.dtype is d for t in batch)
    if plain and not (mode.grad and any(t._node is not None for t in batch)):
        out = np.empty((len(batch), *shape), d)
        if first.ndim == 0:
            out[...] = [t._a.item() for t in batch] if d.kind != "V" else np.array([t._a for t in batch])
        else:
            for row, t in zip(out, batch):
                row[...] = t._a
        return Tensor._wrap(out)
    for i, t in enumerate(batch):
        if t._a.shape != shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(shape)} at entry 0 and {list(t._a.shape)} "
                f"at entry {i}"
            )
    return public_function("torch", "stack")(list(batch), 0)


def collate_arrays(batch: Sequence, *, collate_fn_map: Any = None) -> Any:
    """Stack NumPy arrays into a tensor."""
    if _is_text(batch[0]):
        raise TypeError(_ERROR.format(batch[0].dtype))
    return collate([as_tensor(array) for array in batch], collate_fn_map=collate_fn_map)


def collate_numpy_numbers(batch: Sequence, *, collate_fn_map: Any = None) -> Any:
    return as_tensor(np.array(batch))


def collate_floats(batch: Sequence, *, collate_fn_map: Any = None) -> Any:
    return tensor(batch, dtype=dtypes.float64)


def collate_integers(batch: Sequence, *, collate_fn_map: Any = None) -> Any:
    return tensor(batch)


def collate_text(batch: Any, *, collate_fn_map: Any = None) -> Any:
    return batch


default_collate_fn_map: dict[Any, Callable] = {
    Tensor: collate_tensors,
    np.ndarray: collate_arrays,
    (np.bool_, np.number, np.object_): collate_numpy_numbers,
    float: collate_floats,
    int: collate_integers,
    str: collate_text,
    bytes: collate_text,
}


def default_collate(batch: Any) -> Any:
    """A batch from a list of samples: numbers, arrays and tensors are stacked, containers go position by position.

    Floats become float64, strings stay a list. Raises TypeError for other types.
    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.default_collate

    >>> from penlight.utils.data import default_collate
    >>> default_collate([{"x": 1, "name": "a"}, {"x": 2, "name": "b"}])
    {'x': tensor([1, 2]), 'name': ['a', 'b']}
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)
