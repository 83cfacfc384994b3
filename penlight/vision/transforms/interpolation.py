"""How pixels between pixels are computed."""

from __future__ import annotations

from enum import Enum

__all__ = ["InterpolationMode", "as_mode", "pil_filter"]


class InterpolationMode(Enum):
    """The interpolations of `resize`, `rotate` and the like. BOX, HAMMING and LANCZOS are for PIL images only.

    >>> InterpolationMode.BILINEAR.value
    'bilinear'
    """

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


_FILTERS = {  # mode -> Pillow's number
    InterpolationMode.NEAREST: 0, InterpolationMode.LANCZOS: 1, InterpolationMode.BILINEAR: 2,
    InterpolationMode.BICUBIC: 3, InterpolationMode.BOX: 4, InterpolationMode.HAMMING: 5,
    InterpolationMode.NEAREST_EXACT: 0,
}  # fmt: skip
_FROM_NUMBER = {number: mode for mode, number in reversed(_FILTERS.items()) if mode.value != "nearest-exact"}


def as_mode(interpolation: InterpolationMode | int) -> InterpolationMode:
    """Return the mode, also for Pillow's numbers, which old programs pass."""
    if isinstance(interpolation, InterpolationMode):
        return interpolation
    if isinstance(interpolation, int) and int(interpolation) in _FROM_NUMBER:
        return _FROM_NUMBER[int(interpolation)]
    raise TypeError(
        "Argument interpolation should be a InterpolationMode or a corresponding Pillow integer constant, "
        f"got {interpolation!r}"
    )


def pil_filter(mode: InterpolationMode) -> int:
    """Return Pillow's number of a mode."""
    return _FILTERS[mode]
