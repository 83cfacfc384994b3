"""`torch.from_file`: a tensor on a file's bytes."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.defaults import defaults
from penlight.base.device import read_device
from penlight.tensor.create import check_layout
from penlight.tensor.tensor import Tensor

__all__ = ["from_file"]


def from_file(
    filename: str, shared: bool | None = None, size: int | None = 0, *, dtype: Any = None, layout: Any = None,
    device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """A tensor of `size` elements on the bytes of a file. Shape: () -> (size).

    shared: changes of the tensor go into the file, which is made or lengthened where needed; otherwise the file stays as
    it is and must be long enough. Raises RuntimeError where it is not there or too short.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.from_file.html
    """
    check_layout(layout)
    if device is not None:
        read_device(device)
    d = defaults.float_dtype.np if dtype is None else dtypes.of(dtype).np
    count = size or 0
    wanted = count * d.itemsize
    if not count:
        return Tensor._wrap(np.empty(0, d), requires_grad)
    try:
        if shared:
            with open(filename, "ab") as file:
                if os.path.getsize(filename) < wanted:
                    file.truncate(wanted)
        found = os.path.getsize(filename)
    except OSError as error:
        mode = "read-write" if shared else "read-only"
        raise RuntimeError(
            f"unable to open file <{filename}> in {mode} mode: {error.strerror} ({error.errno})"
        ) from None
    if found < wanted:
        raise RuntimeError(f"file <{filename}> size <{found}> is smaller than the required mapping size <{wanted}>")
    raw = np.memmap(filename, np.uint8, mode="r+" if shared else "c", shape=(wanted,))
    return Tensor._wrap(np.asarray(raw).view(d), requires_grad)
