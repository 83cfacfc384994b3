"""The transforms of Pillow images; each function is called by its namesake in `functional`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from penlight.vision.pillow import pillow


def channels(image: Any) -> int:
    return len(image.getbands())


def fill_options(fill: Any, image: Any, name: str = "fillcolor") -> dict[str, Any]:
    """The keyword of Pillow's that carries a fill colour, one value a channel."""
    count = channels(image)
    if fill is None:
        fill = 0
    if isinstance(fill, (int, float)) and count > 1:
        fill = (fill,) * count
    if isinstance(fill, (list, tuple)):
        if len(fill) == 1:
            fill = tuple(fill) * count
        elif len(fill) != count:
            raise ValueError(
                "The number of elements in 'fill' does not match the number of channels of the image "
                f"({len(fill)} != {count})"
            )
        fill = tuple(fill)
        if count == 1:
            fill = fill[0]
    if image.mode != "F":
        fill = tuple(int(x) for x in fill) if isinstance(fill, tuple) else int(fill)
    return {name: fill}


def crop(image: Any, top: int, left: int, height: int, width: int) -> Any:
    return image.crop((left, top, left + width, top + height))


def resize(image: Any, size: Sequence[int], mode: int) -> Any:
    return image.resize((size[1], size[0]), mode)


def hflip(image: Any) -> Any:
    return image.transpose(pillow().Transpose.FLIP_LEFT_RIGHT)


def vflip(image: Any) -> Any:
    return image.transpose(pillow().Transpose.FLIP_TOP_BOTTOM)


def pad(image: Any, edges: tuple[int, int, int, int], fill: Any, mode: str) -> Any:
    """Pad by (left, top, right, bottom); negative numbers crop."""
    left, top, right, bottom = edges
    if mode == "constant":
        options = fill_options(fill, image, "fill")
        if image.mode == "P":
            padded = pillow("ImageOps").expand(image, border=edges, **options)
            padded.putpalette(image.getpalette())
            return padded
        return pillow("ImageOps").expand(image, border=edges, **options)
    if image.mode == "P":
        padded = pillow().fromarray(_pad_array(np.asarray(image), edges, mode))
        padded.putpalette(image.getpalette())
        return padded
    if min(edges) < 0:
        cut = [-min(e, 0) for e in edges]
        image = image.crop((cut[0], cut[1], image.width - cut[2], image.height - cut[3]))
        edges = tuple(max(e, 0) for e in edges)
    return pillow().fromarray(_pad_array(np.asarray(image), edges, mode))


def _pad_array(array: np.ndarray, edges: Sequence[int], mode: str) -> np.ndarray:
    left, top, right, bottom = edges
    widths = ((top, bottom), (left, right), (0, 0))[: array.ndim]
    return np.pad(array, widths, {"edge": "edge", "reflect": "reflect", "symmetric": "symmetric"}[mode])  # type: ignore[call-overload]


def enhance(kind: str, image: Any, factor: float) -> Any:
    return getattr(pillow("ImageEnhance"), kind)(image).enhance(factor)


def adjust_hue(image: Any, factor: float) -> Any:
    if image.mode in ("L", "1", "I", "F"):
        return image
    hue, saturation, value = image.convert("HSV").split()
    shift = np.uint8(int(factor * 255) % 256)  # the hue is a circle of 256 steps
    turned = np.asarray(hue, np.uint8) + shift
    hsv = (pillow().fromarray(turned), saturation, value)
    return pillow().merge("HSV", hsv).convert(image.mode)


def adjust_gamma(image: Any, gamma: float, gain: float) -> Any:
    table = [int((255 + 1 - 1e-3) * gain * pow(level / 255.0, gamma)) for level in range(256)]
    mode = image.mode
    return image.convert("RGB").point(table * 3).convert(mode)


def to_grayscale(image: Any, count: int) -> Any:
    gray = image.convert("L")
    if count == 1:
        return gray
    if count == 3:
        return pillow().merge("RGB", (gray, gray, gray))
    raise ValueError("num_output_channels should be either 1 or 3")


def transform(image: Any, size: tuple[int, int], kind: str, coefficients: Sequence[float], mode: int, fill: Any) -> Any:
    method = getattr(pillow().Transform, kind)
    return image.transform(size, method, list(coefficients), mode, **fill_options(fill, image))


def rotate(image: Any, angle: float, mode: int, expand: bool, center: Any, fill: Any) -> Any:
    return image.rotate(angle, mode, expand, center, **fill_options(fill, image))


def operation(kind: str, image: Any, *arguments: float) -> Any:
    return getattr(pillow("ImageOps"), kind)(image, *arguments)
