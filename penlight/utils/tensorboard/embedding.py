"""The files of an embedding: its vectors, labels, small images, and the page that lists them."""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np

from penlight.utils.tensorboard.arrays import make_grid, make_np, optional, png

__all__ = ["describe", "write_file", "write_images", "write_labels", "write_vectors"]


def write_file(path: str, content: bytes) -> None:
    """Write a file beside its place and move it there when it is complete."""
    partial = f"{path}.{os.getpid()}.tmp"
    try:
        with open(partial, "wb") as file:
            file.write(content)
        os.replace(partial, path)
    finally:
        if os.path.exists(partial):
            os.unlink(partial)


def _lines(rows: Any) -> bytes:
    return "".join(f"{row}\n" for row in rows).encode()


def write_vectors(vectors: np.ndarray, folder: str) -> None:
    """The vectors, one a line, their numbers exact."""
    write_file(os.path.join(folder, "tensors.tsv"), _lines("\t".join(map(str, row)) for row in vectors.tolist()))


def write_labels(labels: Any, folder: str, header: Any = None) -> None:
    """The labels, one a line; with a header each is a row of columns.

    Raises: AssertionError when header and rows differ in length.
    """
    if header:
        if len(header) != len(labels[0]):
            raise AssertionError("len of header must be equal to the number of columns in metadata")
        labels = ["\t".join(map(str, row)) for row in (header, *labels)]
    write_file(os.path.join(folder, "metadata.tsv"), _lines(labels))


def write_images(images: Any, folder: str) -> None:
    """Images (N, C, H, W) with values in [0, 1], in a square picture filled from the top."""
    grid = make_grid(make_np(images), ncols=math.ceil(len(images) ** 0.5)).transpose(1, 2, 0)
    height, width, _ = grid.shape
    square = np.zeros((width, width, 3))
    square[:height] = grid
    picture = optional("PIL.Image", "Pillow", "images").fromarray((square * 255).clip(0, 255).astype(np.uint8))
    write_file(os.path.join(folder, "sprite.png"), png(picture))


def _quoted(text: str) -> str:
    """A string as protocol buffers' text format writes it."""
    named = {'"': '\\"', "'": "\\'", "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(named.get(c) or (c if " " <= c != "\x7f" else f"\\{ord(c):03o}") for c in text) + '"'


def describe(tag: str, step: int, folder: str, has_labels: bool, image_size: tuple[int, int] | None) -> str:
    """The page's entry of an embedding. Args: image_size: (width, height) of each image in the sprite."""
    lines = [f"tensor_name: {_quoted(f'{tag}:{step:0>5}')}"]
    if has_labels:
        lines.append(f"metadata_path: {_quoted(folder + '/metadata.tsv')}")
    if image_size is not None:
        lines += ["sprite {", f"  image_path: {_quoted(folder + '/sprite.png')}"]
        lines += [f"  single_image_dim: {size}" for size in image_size] + ["}"]
    lines.append(f"tensor_path: {_quoted(folder + '/tensors.tsv')}")
    return "\n".join(["embeddings {", *(f"  {line}" for line in lines), "}", ""])
