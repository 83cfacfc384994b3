"""Transforms that change colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import penlight as torch
from penlight.vision.transforms import color as v1
from penlight.vision.transforms.framing import uniform
from penlight.vision.transforms.v2 import functional as F
from penlight.vision.transforms.v2.transform import RandomApplied, Transform, query_chw

__all__ = [
    "ColorJitter", "Grayscale", "RGB", "RandomAdjustSharpness", "RandomAutocontrast", "RandomChannelPermutation",
    "RandomEqualize", "RandomGrayscale", "RandomInvert", "RandomPhotometricDistort", "RandomPosterize",
    "RandomSolarize",
]  # fmt: skip


class Grayscale(Transform):
    """Turn an image gray, of 1 or 3 channels."""

    def __init__(self, num_output_channels: int = 1) -> None:
        super().__init__()
        self.num_output_channels = num_output_channels

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.rgb_to_grayscale, inpt, num_output_channels=self.num_output_channels)


class RandomGrayscale(RandomApplied):
    """Turn an image gray with probability `p`, keeping the number of channels."""

    def __init__(self, p: float = 0.1) -> None:
        super().__init__(p=p)

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"num_output_channels": query_chw(flat_inputs)[0]}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.rgb_to_grayscale, inpt, **params)


class RGB(Transform):
    """Give gray images three equal channels."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.grayscale_to_rgb, inpt)


_CHANGES = (  # in the order of ColorJitter's numbers
    ("brightness", F.adjust_brightness), ("contrast", F.adjust_contrast), ("saturation", F.adjust_saturation),
    ("hue", F.adjust_hue),
)  # fmt: skip


def _range(value: Any, name: str, center: float = 1.0, bound: tuple[float, float] = (0, float("inf"))) -> Any:
    if value is None:
        return None
    if isinstance(value, (int, float)):
        if value < 0:
            raise ValueError(f"If {name} is a single number, it must be non negative.")
        low, high = center - value, center + value
        low = max(low, 0.0) if center else low
    elif isinstance(value, Sequence) and len(value) == 2:
        low, high = float(value[0]), float(value[1])
    else:
        raise TypeError(f"{name}={value} should be a single number or a sequence with length 2.")
    if not bound[0] <= low <= high <= bound[1]:
        raise ValueError(f"{name} values should be between {bound} and increasing, but got {[low, high]}.")
    return None if low == high == center else (float(low), float(high))


class ColorJitter(Transform):
    """Change brightness, contrast, saturation and hue, each by a random amount and in random order.

    Args: a number x stands for the range (max(0, 1 - x), 1 + x), for the hue (-x, x); a pair is the range itself.
    """

    get_params = staticmethod(v1.ColorJitter.get_params)

    def __init__(self, brightness: Any = None, contrast: Any = None, saturation: Any = None, hue: Any = None) -> None:
        super().__init__()
        self.brightness, self.contrast = _range(brightness, "brightness"), _range(contrast, "contrast")
        self.saturation = _range(saturation, "saturation")
        self.hue = _range(hue, "hue", 0, (-0.5, 0.5))

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        order, *factors = self.get_params(self.brightness, self.contrast, self.saturation, self.hue)
        return {"order": order.tolist(), "factors": factors}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        for i in params["order"]:
            if params["factors"][i] is not None:
                inpt = self._call_kernel(_CHANGES[i][1], inpt, params["factors"][i])
        return inpt


class RandomChannelPermutation(Transform):
    """Put the channels into a random order."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"permutation": torch.randperm(query_chw(flat_inputs)[0])}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.permute_channels, inpt, **params)


class RandomPhotometricDistort(Transform):
    """Change brightness, contrast, saturation, hue and the order of the channels, each with probability `p`.

    Source: Liu et al., "SSD: Single Shot MultiBox Detector", https://arxiv.org/abs/1512.02325
    """

    def __init__(
        self, brightness: tuple[float, float] = (0.875, 1.125), contrast: tuple[float, float] = (0.5, 1.5),
        saturation: tuple[float, float] = (0.5, 1.5), hue: tuple[float, float] = (-0.05, 0.05), p: float = 0.5,
    ) -> None:  # fmt: skip
        super().__init__()
        self.brightness, self.contrast, self.hue, self.saturation, self.p = brightness, contrast, hue, saturation, p

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        channels = query_chw(flat_inputs)[0]
        params: dict[str, Any] = {
            name: uniform(*getattr(self, name)) if torch.rand(1) < self.p else None for name, _ in _CHANGES
        }
        params["contrast_before"] = bool(torch.rand(()) < 0.5)
        params["permutation"] = torch.randperm(channels) if torch.rand(1) < self.p else None
        return params

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        brightness, contrast, *others = _CHANGES
        first = params["contrast_before"]
        for name, change in (brightness, contrast, *others) if first else (brightness, *others, contrast):
            if params[name] is not None:
                inpt = self._call_kernel(change, inpt, params[name])
        if params["permutation"] is not None:
            inpt = self._call_kernel(F.permute_channels, inpt, params["permutation"])
        return inpt


class _Chance(RandomApplied):
    """With probability `p`, a function with one attribute as argument, or none."""

    _function: Callable
    _argument = ""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        arguments = [getattr(self, self._argument)] if self._argument else []
        return self._call_kernel(type(self)._function, inpt, *arguments)


class RandomEqualize(_Chance):
    """Make the histogram flat with probability `p`."""

    _function = staticmethod(F.equalize)


class RandomInvert(_Chance):
    """Invert with probability `p`."""

    _function = staticmethod(F.invert)


class RandomAutocontrast(_Chance):
    """Stretch each channel to the full range with probability `p`."""

    _function = staticmethod(F.autocontrast)


class RandomPosterize(_Chance):
    """Keep the upper `bits` bits with probability `p`."""

    _function, _argument = staticmethod(F.posterize), "bits"

    def __init__(self, bits: int, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.bits = bits


class RandomSolarize(_Chance):
    """Invert the values from `threshold` on with probability `p`."""

    _function, _argument = staticmethod(F.solarize), "threshold"

    def __init__(self, threshold: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.threshold = threshold


class RandomAdjustSharpness(_Chance):
    """Change the sharpness by a factor with probability `p`."""

    _function, _argument = staticmethod(F.adjust_sharpness), "sharpness_factor"

    def __init__(self, sharpness_factor: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.sharpness_factor = sharpness_factor
