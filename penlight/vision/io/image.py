"""Image files to and from uint8 tensors (C, H, W), through Pillow."""

from __future__ import annotations

import io
import os
from enum import Enum
from typing import Any

import numpy as np

import penlight as torch
from penlight import Tensor
from penlight.vision.absent import vision_getattr
from penlight.vision.pillow import pillow
from penlight.vision.transforms.functional import pil_to_tensor, to_pil_image
from penlight.vision.utils import replace_file

__all__ = [
    "ImageReadMode", "decode_avif", "decode_gif", "decode_image", "decode_jpeg", "decode_png", "decode_webp",
    "encode_jpeg", "encode_png", "read_file", "read_image", "write_file", "write_jpeg", "write_png",
]  # fmt: skip


class ImageReadMode(Enum):
    """The channels to read: as in the file, gray, gray with alpha, RGB, RGB with alpha."""

    UNCHANGED = 0
    GRAY = 1
    GRAY_ALPHA = 2
    RGB = 3
    RGB_ALPHA = 4
    RGBA = RGB_ALPHA


_PIL_MODES = {"GRAY": "L", "GRAY_ALPHA": "LA", "RGB": "RGB", "RGB_ALPHA": "RGBA"}


def read_file(path: str | os.PathLike) -> Tensor:
    """The bytes of a file, uint8 (N,)."""
    with open(path, "rb") as file:
        return torch.from_numpy(np.frombuffer(file.read(), np.uint8).copy())


def write_file(filename: str | os.PathLike, data: Tensor) -> None:
    """Write the bytes of a uint8 tensor (N,) to a file."""
    if data.dtype != torch.uint8:
        raise RuntimeError(f"Input tensor dtype should be uint8, got {data.dtype}")
    if data.ndim != 1:
        raise RuntimeError(f"Input data should be a 1-dimensional tensor, got {data.ndim} dimensions")
    replace_file(filename, data.numpy().tobytes())


def _decode(data: Tensor, mode: Any, formats: tuple[str, ...] | None, rotate: bool) -> Tensor:
    if not isinstance(data, Tensor) or data.dtype != torch.uint8 or data.ndim != 1:
        raise RuntimeError(f"Expected a non empty 1-dimensional uint8 tensor, got {getattr(data, 'shape', type(data))}")
    mode = ImageReadMode[mode.upper()] if isinstance(mode, str) else ImageReadMode(mode)
    try:
        image = pillow().open(io.BytesIO(data.numpy().tobytes()), formats=formats)
        image.load()
    except OSError as error:
        raise RuntimeError(
            f"the data are no image that Pillow can read{f' as {formats[0]}' if formats else ''}: {error}"
        ) from None
    if rotate:
        image = pillow("ImageOps").exif_transpose(image)
    if mode is ImageReadMode.UNCHANGED:
        if image.mode in ("P", "PA"):
            image = image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
        elif image.mode == "1":
            image = image.convert("L")
    else:
        image = image.convert(_PIL_MODES[mode.name])
    result = pil_to_tensor(image)
    return result.to(torch.uint16) if image.mode.startswith("I") else result


def decode_image(input: Any, mode: Any = ImageReadMode.UNCHANGED, apply_exif_orientation: bool = False) -> Tensor:
    """Turn the bytes of an image file, or the file of this name, into a tensor (C, H, W).

    Raises: RuntimeError for data that are no image.
    """
    data = read_file(input) if isinstance(input, (str, os.PathLike)) else input
    return _decode(data, mode, None, apply_exif_orientation)


def decode_png(input: Tensor, mode: Any = ImageReadMode.UNCHANGED, apply_exif_orientation: bool = False) -> Tensor:
    """Turn the bytes of a PNG file into a tensor (C, H, W)."""
    return _decode(input, mode, ("PNG",), apply_exif_orientation)


def decode_jpeg(
    input: Any, mode: Any = ImageReadMode.UNCHANGED, device: Any = "cpu", apply_exif_orientation: bool = False
) -> Any:
    """Turn the bytes of a JPEG file into a tensor (C, H, W); a list of them into a list."""
    if str(device) != "cpu":
        raise RuntimeError(f"penlight decodes on the CPU only, got device {device}")
    if isinstance(input, list):
        return [_decode(data, mode, ("JPEG",), apply_exif_orientation) for data in input]
    return _decode(input, mode, ("JPEG",), apply_exif_orientation)


def decode_webp(input: Tensor, mode: Any = ImageReadMode.UNCHANGED) -> Tensor:
    """Turn the bytes of a WebP file into a tensor (C, H, W)."""
    return _decode(input, mode, ("WEBP",), False)


def decode_avif(input: Tensor, mode: Any = ImageReadMode.UNCHANGED) -> Tensor:
    """Turn the bytes of an AVIF file into a tensor (C, H, W). Raises: RuntimeError also if Pillow cannot read AVIF."""
    return _decode(input, mode, ("AVIF",), False)


def decode_gif(input: Tensor) -> Tensor:
    """Turn the bytes of a GIF file into a tensor (3, H, W), or (N, 3, H, W) if it has several pictures."""
    first = _decode(input, ImageReadMode.RGB, ("GIF",), False)
    image = pillow().open(io.BytesIO(input.numpy().tobytes()))
    frames = [pil_to_tensor(frame.convert("RGB")) for frame in pillow("ImageSequence").Iterator(image)]
    return torch.stack(frames) if len(frames) > 1 else first


def read_image(path: Any, mode: Any = ImageReadMode.UNCHANGED, apply_exif_orientation: bool = False) -> Tensor:
    """Read an image file into a uint8 tensor (C, H, W).

    Raises: FileNotFoundError; RuntimeError for a file that is no image.
    """
    return decode_image(read_file(path), mode, apply_exif_orientation)


def _encode(input: Tensor, format: str, **options: Any) -> Tensor:
    if input.dtype != torch.uint8:
        raise RuntimeError(f"Input tensor dtype should be uint8, got {input.dtype}")
    if input.ndim != 3 or input.shape[0] not in (1, 3):
        raise RuntimeError(f"The number of channels should be 1 or 3 in a tensor (C, H, W), got {tuple(input.shape)}")
    buffer = io.BytesIO()
    to_pil_image(input).save(buffer, format=format, **options)
    return torch.from_numpy(np.frombuffer(buffer.getvalue(), np.uint8).copy())


def encode_png(input: Tensor, compression_level: int = 6) -> Tensor:
    """The bytes of a PNG file of a uint8 tensor (1 or 3, H, W)."""
    if not 0 <= compression_level <= 9:
        raise RuntimeError(f"Compression level should be between 0 and 9, got {compression_level}")
    return _encode(input, "PNG", compress_level=compression_level)


def encode_jpeg(input: Any, quality: int = 75) -> Any:
    """The bytes of a JPEG file of a uint8 tensor (1 or 3, H, W); of each of a list of them."""
    if isinstance(input, list):
        return [encode_jpeg(image, quality) for image in input]
    if not 1 <= quality <= 100:
        raise ValueError(f"Image quality should be a positive number between 1 and 100, got {quality}")
    return _encode(input, "JPEG", quality=quality)


def write_png(input: Tensor, filename: str | os.PathLike, compression_level: int = 6) -> None:
    """Save a uint8 tensor (1 or 3, H, W) as a PNG file."""
    write_file(filename, encode_png(input, compression_level))


def write_jpeg(input: Tensor, filename: str | os.PathLike, quality: int = 75) -> None:
    """Save a uint8 tensor (1 or 3, H, W) as a JPEG file."""
    write_file(filename, encode_jpeg(input, quality))


__getattr__ = vision_getattr(__name__)
