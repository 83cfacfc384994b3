"""Small pieces of the sample data, as NumPy arrays, for the programs of the notes."""

import gzip
import pickle
from pathlib import Path

import numpy as np
import pytest

DATA = Path(__file__).resolve().parents[2] / "examples" / "data"


@pytest.fixture(scope="session")
def digits():
    """(x_train, y_train, x_valid, y_valid): 1,000 and 200 digits, float32 rows of 784 in [0, 1], int64 labels."""

    def read(name, header, count):
        content = gzip.decompress((DATA / "mnist" / f"{name}.gz").read_bytes())
        return np.frombuffer(content, np.uint8, offset=header).reshape(count, -1)

    x_train, y_train = read("train-images-idx3-ubyte", 16, 6000)[:1000], read("train-labels-idx1-ubyte", 8, 6000)[:1000]
    x_valid, y_valid = read("t10k-images-idx3-ubyte", 16, 1000)[:200], read("t10k-labels-idx1-ubyte", 8, 1000)[:200]
    return (
        x_train.astype(np.float32) / np.float32(255), y_train[:, 0].astype(np.int64),
        x_valid.astype(np.float32) / np.float32(255), y_valid[:, 0].astype(np.int64),
    )  # fmt: skip


@pytest.fixture(scope="session")
def photo_batch():
    """function(name) -> (images uint8 (N, 3, 32, 32), labels list) of one batch of the photo crops."""

    def load(name):
        with open(DATA / "photos10-batches-py" / name, "rb") as file:
            batch = pickle.load(file, encoding="bytes")
        return batch[b"data"].reshape(-1, 3, 32, 32), batch[b"labels"]

    return load
