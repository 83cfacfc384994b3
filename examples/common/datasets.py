"""Readers of the two sample sets: MNIST's idx files and batches in the CIFAR-10 Python layout."""

import gzip
import pickle
import struct

import numpy as np


def read_idx(folder, name):
    """The array in the idx file ``name`` or ``name.gz`` of a folder.

    Source: the format's description at http://yann.lecun.com/exdb/mnist/ : two zero bytes, the type code (8 is unsigned
    byte), the number of dimensions, each dimension as a big-endian 32-bit number, then the values in C order.

    Raises:
        SystemExit: neither file is there.
        ValueError: not an idx file of unsigned bytes, or cut short.
    """
    plain, packed = folder / name, folder / f"{name}.gz"
    if plain.exists():
        content = plain.read_bytes()
    elif packed.exists():
        content = gzip.decompress(packed.read_bytes())
    else:
        raise SystemExit(f"expected {plain} or {packed}; give the folder with the MNIST files to --data")
    if len(content) < 4 or content[:3] != b"\x00\x00\x08":
        raise ValueError(f"{name}: expected an idx file of unsigned bytes, got one that starts with {content[:4]!r}")
    start = 4 + 4 * content[3]
    shape = struct.unpack(f">{content[3]}I", content[4:start])
    values = np.frombuffer(content, np.uint8, offset=start)
    if values.size != np.prod(shape):
        raise ValueError(f"{name}: the header promises shape {shape}, but {values.size} values follow")
    return values.reshape(shape)


def mnist(folder):
    """(train images, train labels, test images, test labels): uint8, images (N, 28, 28)."""
    return (
        read_idx(folder, "train-images-idx3-ubyte"),
        read_idx(folder, "train-labels-idx1-ubyte"),
        read_idx(folder, "t10k-images-idx3-ubyte"),
        read_idx(folder, "t10k-labels-idx1-ubyte"),
    )


def cifar_layout(folder, train=True):
    """(images, labels, label names) of a folder in CIFAR-10's Python layout: images uint8 (N, 3, 32, 32)."""
    names = [f"data_batch_{number}" for number in range(1, 6)] if train else ["test_batch"]
    batches = [_unpickle(folder / name) for name in names]
    images = np.concatenate([batch[b"data"] for batch in batches]).reshape(-1, 3, 32, 32)
    labels = np.concatenate([batch[b"labels"] for batch in batches]).astype(np.int64)
    return images, labels, cifar_label_names(folder)


def cifar_label_names(folder):
    """The names of the labels 0, 1, … of a folder in CIFAR-10's Python layout."""
    return [name.decode() for name in _unpickle(folder / "batches.meta")[b"label_names"]]


class _ArraysOnly(pickle.Unpickler):
    """Loads plain containers and NumPy arrays; a pickle could otherwise run any code."""

    _allowed = {("multiarray", "_reconstruct"), ("numpy", "ndarray"), ("numpy", "dtype"), ("_codecs", "encode")}

    def find_class(self, module, name):
        if (module.rpartition(".")[2] or module, name) not in self._allowed:
            raise pickle.UnpicklingError(f"expected only NumPy arrays in a data batch, got {module}.{name}")
        return super().find_class(module, name)


def _unpickle(path):
    if not path.is_file():
        raise SystemExit(f"expected {path}; give a folder such as cifar-10-batches-py to --data")
    with open(path, "rb") as file:
        return _ArraysOnly(file, encoding="bytes").load()
