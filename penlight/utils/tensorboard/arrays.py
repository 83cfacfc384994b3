"""What is logged as arrays: tensors, image layouts, figures and videos."""

from __future__ import annotations

import importlib
import io
from typing import Any

import numpy as np

from penlight.tensor.tensor import Tensor

__all__ = ["as_bytes", "figure_to_image", "gif", "make_grid", "make_np", "optional", "png", "to_hwc", "video_frames"]


def optional(module: str, package: str, extra: str) -> Any:
    """Import a module of an optional package.

    Raises: ModuleNotFoundError naming the extra to install.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise
        raise ModuleNotFoundError(
            f"this kind of log needs {package}, which is not installed: pip install 'penlight[{extra}]'",
            name=error.name,
        ) from None


def make_np(x: Any) -> np.ndarray:
    """A tensor, an array or a number as an array; bfloat16 becomes float16.

    Raises: NotImplementedError for other values.

    >>> make_np(3)
    array([3])
    """
    if isinstance(x, np.ndarray):
        return x
    if np.isscalar(x):
        return np.array([x])
    if isinstance(x, Tensor):
        x = x.detach()
        return (x.half() if x.dtype.name == "bfloat16" else x).numpy()
    raise NotImplementedError(f"Got {type(x)}, but numpy array or torch tensor are expected.")


def as_bytes(image: np.ndarray) -> np.ndarray:
    """uint8 as it is, anything else times 255, within 0 and 255."""
    scale = 1 if image.dtype == np.uint8 else 255
    return (image.astype(np.float32) * scale).clip(0, 255).astype(np.uint8)


def make_grid(images: np.ndarray, ncols: int = 8) -> np.ndarray:
    """Images (N, 1 or 3, H, W) side by side, `ncols` in a row: (3, rows * H, columns * W)."""
    if images.ndim != 4 or images.shape[1] not in (1, 3):
        raise AssertionError(f"Input should be a 4D array with 1 or 3 channels, got {images.shape}")
    images = np.broadcast_to(images, (images.shape[0], 3, *images.shape[2:]))
    count, _, height, width = images.shape
    columns = min(count, ncols)
    rows = -(-count // columns)
    cells = np.zeros((rows * columns, 3, height, width), images.dtype)
    cells[:count] = images
    return cells.reshape(rows, columns, 3, height, width).transpose(2, 0, 3, 1, 4).reshape(3, rows * height, -1)


def to_hwc(image: np.ndarray, dataformats: str) -> np.ndarray:
    """An image, or images in a grid, as (H, W, C), from a layout such as "CHW", "NHWC" or "HW".

    Raises: AssertionError for a layout that does not fit.
    """
    names = dataformats.upper()
    if len(set(dataformats)) != len(dataformats):
        raise AssertionError(f"You can not use the same dimension shorthand twice. input_format: {dataformats}")
    if image.ndim != len(names):
        raise AssertionError(
            "size of input tensor and input format are different. "
            f"tensor shape: {image.shape}, input_format: {dataformats}"
        )
    target = {2: "HW", 3: "HWC", 4: "NCHW"}.get(len(names), "")
    if set(names) != set(target):
        raise AssertionError(
            f"expected a layout of the letters N, C, H, W such as 'CHW' or 'NHWC', got {dataformats!r}"
        )
    image = image.transpose([names.index(letter) for letter in target])
    if len(names) == 4:
        return make_grid(image).transpose(1, 2, 0)
    if len(names) == 2:
        image = image[:, :, None]
    return np.concatenate([image] * 3, 2) if image.shape[2] == 1 else image


def png(image: Any) -> bytes:
    """A Pillow image as a PNG file."""
    file = io.BytesIO()
    image.save(file, format="PNG")
    return file.getvalue()


def figure_to_image(figures: Any, close: bool = True) -> np.ndarray:
    """Draw a matplotlib figure as (3, H, W), or figures of one size as (N, 3, H, W)."""
    pyplot = optional("matplotlib.pyplot", "matplotlib", "plots")
    agg = optional("matplotlib.backends.backend_agg", "matplotlib", "plots")

    def draw(figure: Any) -> np.ndarray:
        canvas = agg.FigureCanvasAgg(figure)
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())[:, :, :3].transpose(2, 0, 1).copy()
        if close:
            pyplot.close(figure)
        return pixels

    return np.stack([draw(figure) for figure in figures]) if isinstance(figures, list) else draw(figures)


def video_frames(videos: np.ndarray) -> np.ndarray:
    """Videos (N, T, C, H, W) in a grid of a power of two, as frames (T, rows * H, columns * W, C) of bytes."""
    if videos.ndim != 5:
        raise ValueError(f"expected a video tensor of shape (N, T, C, H, W), got {videos.shape}")
    count, frames, channels, height, width = videos.shape
    cells = 1 << (count - 1).bit_length()
    rows = 1 << ((count.bit_length() - 1) // 2)
    padded = np.concatenate([videos, np.zeros((cells - count, *videos.shape[1:]), videos.dtype)])
    grid = padded.reshape(rows, cells // rows, frames, channels, height, width).transpose(2, 0, 4, 1, 5, 3)
    return as_bytes(grid.reshape(frames, rows * height, -1, channels))


def gif(frames: np.ndarray, fps: float) -> bytes:
    """Frames (T, H, W, 1 or 3) of bytes as an animated GIF that repeats for ever."""
    image = optional("PIL.Image", "Pillow", "images")
    pictures = [image.fromarray(frame[:, :, 0] if frame.shape[2] == 1 else frame) for frame in frames]
    file = io.BytesIO()
    pictures[0].save(file, format="GIF", save_all=True, append_images=pictures[1:], duration=round(1000 / fps), loop=0)
    return file.getvalue()
