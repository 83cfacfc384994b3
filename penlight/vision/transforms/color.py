"""Transforms that change colours."""

from __future__ import annotations

import numbers
from typing import Any

import penlight as torch
from penlight.nn import Module
from penlight.vision.transforms import functional as F
from penlight.vision.transforms.framing import uniform

__all__ = [
    "ColorJitter", "Grayscale", "RandomAdjustSharpness", "RandomAutocontrast", "RandomEqualize", "RandomGrayscale",
    "RandomInvert", "RandomPosterize", "RandomSolarize",
]  # fmt: skip


class ColorJitter(Module):
    """Change brightness, contrast, saturation and hue, each by a random amount and in random order.

    Args: a number x stands for the range (max(0, 1 - x), 1 + x), for the hue (-x, x); a pair is the range itself.
    """

    def __init__(self, brightness: Any = 0, contrast: Any = 0, saturation: Any = 0, hue: Any = 0):
        super().__init__()
        self.brightness = self._check_input(brightness, "brightness")
        self.contrast = self._check_input(contrast, "contrast")
        self.saturation = self._check_input(saturation, "saturation")
        self.hue = self._check_input(hue, "hue", 0, (-0.5, 0.5), clip=False)

    @staticmethod
    def _check_input(
        value: Any, name: str, center: float = 1, bound: tuple[float, float] = (0, float("inf")), clip: bool = True
    ) -> tuple[float, float] | None:
        if isinstance(value, numbers.Number):
            if value < 0:  # type: ignore[operator]
                raise ValueError(f"If {name} is a single number, it must be non negative.")
            pair = [center - float(value), center + float(value)]  # type: ignore[arg-type]
            if clip:
                pair[0] = max(pair[0], 0.0)
        elif isinstance(value, (tuple, list)) and len(value) == 2:
            pair = [float(value[0]), float(value[1])]
        else:
            raise TypeError(f"{name} should be a single number or a list/tuple with length 2.")
        if not bound[0] <= pair[0] <= pair[1] <= bound[1]:
            raise ValueError(f"{name} values should be between {bound}, but got {pair}.")
        return None if pair[0] == pair[1] == center else (pair[0], pair[1])

    @staticmethod
    def get_params(brightness: Any, contrast: Any, saturation: Any, hue: Any) -> tuple:
        """Draw (order, brightness, contrast, saturation, hue); None where nothing changes."""
        order = torch.randperm(4)
        return (order, *(None if r is None else uniform(r[0], r[1]) for r in (brightness, contrast, saturation, hue)))

    def forward(self, img: Any) -> Any:
        order, *factors = self.get_params(self.brightness, self.contrast, self.saturation, self.hue)
        changes = (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue)
        for i in order.tolist():
            if factors[i] is not None:
                img = changes[i](img, factors[i])
        return img

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(brightness={self.brightness}, contrast={self.contrast}, "
            f"saturation={self.saturation}, hue={self.hue})"
        )


class Grayscale(Module):
    """Turn an image gray, of 1 or 3 channels."""

    def __init__(self, num_output_channels: int = 1):
        super().__init__()
        self.num_output_channels = num_output_channels

    def forward(self, img: Any) -> Any:
        return F.rgb_to_grayscale(img, num_output_channels=self.num_output_channels)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(num_output_channels={self.num_output_channels})"


class RandomGrayscale(Module):
    """Turn an image gray with probability `p`, keeping the number of channels."""

    def __init__(self, p: float = 0.1):
        super().__init__()
        self.p = p

    def forward(self, img: Any) -> Any:
        count = F.get_image_num_channels(img)
        return F.rgb_to_grayscale(img, num_output_channels=count) if torch.rand(1) < self.p else img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class _Chance(Module):
    """With probability `p`, a function with fixed arguments."""

    _function: Any = None
    _argument = ""

    def __init__(self, *arguments: Any, p: float = 0.5):
        super().__init__()
        self.p = p
        if self._argument:
            setattr(self, self._argument, arguments[0])

    def forward(self, img: Any) -> Any:
        if torch.rand(1).item() < self.p:
            return type(self)._function(img, *([getattr(self, self._argument)] if self._argument else []))
        return img

    def __repr__(self) -> str:
        text = f"{self._argument}={getattr(self, self._argument)}," if self._argument else ""
        return f"{type(self).__name__}({text}p={self.p})"


class RandomInvert(_Chance):
    """Invert with probability `p`."""

    _function = staticmethod(F.invert)

    def __init__(self, p: float = 0.5):
        super().__init__(p=p)


class RandomAutocontrast(_Chance):
    """Stretch each channel to the full range with probability `p`."""

    _function = staticmethod(F.autocontrast)

    def __init__(self, p: float = 0.5):
        super().__init__(p=p)


class RandomEqualize(_Chance):
    """Make the histogram flat with probability `p`."""

    _function = staticmethod(F.equalize)

    def __init__(self, p: float = 0.5):
        super().__init__(p=p)


class RandomPosterize(_Chance):
    """Keep the upper `bits` bits with probability `p`."""

    _function, _argument = staticmethod(F.posterize), "bits"

    def __init__(self, bits: int, p: float = 0.5):
        super().__init__(bits, p=p)


class RandomSolarize(_Chance):
    """Invert the values from `threshold` on with probability `p`."""

    _function, _argument = staticmethod(F.solarize), "threshold"

    def __init__(self, threshold: float, p: float = 0.5):
        super().__init__(threshold, p=p)


class RandomAdjustSharpness(_Chance):
    """Change the sharpness by a factor with probability `p`."""

    _function, _argument = staticmethod(F.adjust_sharpness), "sharpness_factor"

    def __init__(self, sharpness_factor: float, p: float = 0.5):
        super().__init__(sharpness_factor, p=p)
