"""Image grids as PNG files, with the standard library alone."""

import os
import struct
import zlib

import numpy as np


def grid(images, columns=8, gap=2):
    """Lay out uint8 images (N, C, H, W) row by row on a black sheet, ``gap`` pixels apart and from the edge.

    Shape: (N, C, H, W) -> (C, rows * (H + gap) + gap, columns * (W + gap) + gap)
    """
    count, channels, height, width = images.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    sheet = np.zeros((channels, rows * (height + gap) + gap, columns * (width + gap) + gap), np.uint8)
    for index, image in enumerate(images):
        top = gap + index // columns * (height + gap)
        left = gap + index % columns * (width + gap)
        sheet[:, top : top + height, left : left + width] = image
    return sheet


def enlarge(images, factor):
    """Each pixel as a square of factor x factor pixels, (N, C, H, W) -> (N, C, factor H, factor W)."""
    return images.repeat(factor, axis=-2).repeat(factor, axis=-1)


def framed(images, colours, width=3):
    """Put a frame of its own colour, a row of (N, C), around each of the images (N, C, H, W)."""
    frames = np.pad(images, ((0, 0), (0, 0), (width, width), (width, width)))
    frames[:] = colours[:, :, None, None]
    frames[:, :, width:-width, width:-width] = images
    return frames


def write_png(path, image):
    """Write a uint8 image, (3, H, W) in colour or (1, H, W) in grey, to a PNG file.

    Source: https://www.w3.org/TR/png-3/
    """
    channels, height, width = image.shape
    if channels not in (1, 3) or image.dtype != np.uint8:
        raise ValueError(f"expected uint8 of shape (1 or 3, H, W), got {image.dtype} of shape {image.shape}")
    rows = np.zeros((height, 1 + width * channels), np.uint8)  # each row begins with its filter type: 0, none
    rows[:, 1:] = image.transpose(1, 2, 0).reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if channels == 3 else 0, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(content)
    os.replace(unfinished, path)


def read_image(path, side):
    """The middle square of an image file, scaled to (side, side, 3) and uint8.

    Raises:
        SystemExit: Pillow is not installed, or it cannot read the file; the message says which.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise SystemExit(f"{path} cannot be read: Pillow is not installed (pip install pillow)") from error
    try:
        with Image.open(path) as file:
            image = file.convert("RGB")
    except OSError as error:
        raise SystemExit(f"{path} cannot be read as an image: {error}") from error
    edge = min(image.size)
    left, top = (image.width - edge) // 2, (image.height - edge) // 2
    return np.asarray(image.resize((side, side), Image.Resampling.BICUBIC, (left, top, left + edge, top + edge)))
