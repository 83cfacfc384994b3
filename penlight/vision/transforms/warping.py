"""Transforms that rotate, warp, blur and erase."""

from __future__ import annotations

import math
import numbers
import warnings
from collections.abc import Sequence
from typing import Any

import penlight as torch
from penlight import Tensor
from penlight.nn import Module
from penlight.vision.transforms import functional as F
from penlight.vision.transforms import on_tensor_warp
from penlight.vision.transforms.framing import draw, uniform
from penlight.vision.transforms.interpolation import InterpolationMode, as_mode

__all__ = ["ElasticTransform", "GaussianBlur", "RandomAffine", "RandomErasing", "RandomPerspective", "RandomRotation"]


def angle_range(value: Any, name: str, lengths: tuple[int, ...] = (2,)) -> list[float]:
    """The range of an angle: a number stands for (-number, number)."""
    if isinstance(value, numbers.Number):
        if value < 0:  # type: ignore[operator]
            raise ValueError(f"If {name} is a single number, it must be positive.")
        return [-float(value), float(value)]  # type: ignore[arg-type]
    if not isinstance(value, Sequence):
        raise TypeError(f"{name} should be a sequence of length {' or '.join(str(n) for n in lengths)}.")
    if len(value) not in lengths:
        raise ValueError(f"{name} should be a sequence of length {' or '.join(str(n) for n in lengths)}.")
    return [float(v) for v in value]


def _check_center(center: Any) -> None:
    if center is not None:
        if not isinstance(center, Sequence):
            raise TypeError("center should be a sequence of length 2.")
        if len(center) != 2:
            raise ValueError("center should be a sequence of length 2.")


def _fill_of(img: Any, fill: Any) -> Any:
    """A number becomes one value a channel of a tensor."""
    if not isinstance(img, Tensor) or fill is None:
        return fill
    count = F.get_image_num_channels(img)
    return [float(fill)] * count if isinstance(fill, (int, float)) else [float(f) for f in fill]


class RandomRotation(Module):
    """Rotate by an angle drawn from `degrees`: (low, high), or a number for (-number, number)."""

    def __init__(
        self, degrees: Any, interpolation: Any = InterpolationMode.NEAREST, expand: bool = False, center: Any = None,
        fill: Any = 0,
    ):  # fmt: skip
        super().__init__()
        self.degrees = angle_range(degrees, "degrees")
        _check_center(center)
        if fill is not None and not isinstance(fill, (Sequence, numbers.Number)):
            raise TypeError("Fill should be either a sequence or a number.")
        self.center, self.expand, self.fill = center, expand, 0 if fill is None else fill
        self.interpolation = as_mode(interpolation)

    @staticmethod
    def get_params(degrees: Sequence[float]) -> float:
        """Draw the angle."""
        return uniform(degrees[0], degrees[1])

    def forward(self, img: Any) -> Any:
        fill = _fill_of(img, self.fill)
        angle = self.get_params(self.degrees)
        return F.rotate(img, angle, self.interpolation, self.expand, self.center, fill)

    def __repr__(self) -> str:
        text = f"degrees={self.degrees}, interpolation={self.interpolation.value}, expand={self.expand}"
        text += "" if self.center is None else f", center={self.center}"
        return f"{type(self).__name__}({text}{'' if self.fill is None else f', fill={self.fill}'})"


class RandomAffine(Module):
    """Rotate, translate, scale and shear, by amounts drawn from the ranges.

    Args: translate: largest shares of width and height. scale: range of factors. shear: range of degrees along x, or
    x and y.
    """

    def __init__(
        self, degrees: Any, translate: Any = None, scale: Any = None, shear: Any = None,
        interpolation: Any = InterpolationMode.NEAREST, fill: Any = 0, center: Any = None,
    ):  # fmt: skip
        super().__init__()
        self.degrees = angle_range(degrees, "degrees")
        for name, pair in (("translate", translate), ("scale", scale)):
            if pair is not None:
                if not isinstance(pair, Sequence):
                    raise TypeError(f"{name} should be a sequence of length 2.")
                if len(pair) != 2:
                    raise ValueError(f"{name} should be a sequence of length 2.")
        if translate is not None and not all(0.0 <= t <= 1.0 for t in translate):
            raise ValueError("translation values should be between 0 and 1")
        if scale is not None and min(scale) <= 0:
            raise ValueError("scale values should be positive")
        _check_center(center)
        if fill is not None and not isinstance(fill, (Sequence, numbers.Number)):
            raise TypeError("Fill should be either a sequence or a number.")
        self.translate, self.scale, self.center = translate, scale, center
        self.shear = None if shear is None else angle_range(shear, "shear", (2, 4))
        self.interpolation, self.fill = as_mode(interpolation), 0 if fill is None else fill

    @staticmethod
    def get_params(
        degrees: Any, translate: Any, scale_ranges: Any, shears: Any, img_size: Sequence[int]
    ) -> tuple[float, tuple[int, int], float, tuple[float, float]]:
        """Draw (angle, translation in pixels, scale, shears); img_size is (width, height)."""
        angle = uniform(degrees[0], degrees[1])
        shift, scale, shear_x, shear_y = (0, 0), 1.0, 0.0, 0.0
        if translate is not None:
            most_x, most_y = float(translate[0] * img_size[0]), float(translate[1] * img_size[1])
            across = round(uniform(-most_x, most_x))
            shift = (across, round(uniform(-most_y, most_y)))
        if scale_ranges is not None:
            scale = uniform(scale_ranges[0], scale_ranges[1])
        if shears is not None:
            shear_x = uniform(shears[0], shears[1])
            if len(shears) == 4:
                shear_y = uniform(shears[2], shears[3])
        return angle, shift, scale, (shear_x, shear_y)

    def forward(self, img: Any) -> Any:
        fill = _fill_of(img, self.fill)
        _, height, width = F.get_dimensions(img)
        drawn = self.get_params(self.degrees, self.translate, self.scale, self.shear, [width, height])
        return F.affine(img, *drawn, interpolation=self.interpolation, fill=fill, center=self.center)

    def __repr__(self) -> str:
        text = f"degrees={self.degrees}"
        text += f", translate={self.translate}" if self.translate is not None else ""
        text += f", scale={self.scale}" if self.scale is not None else ""
        text += f", shear={self.shear}" if self.shear is not None else ""
        if self.interpolation != InterpolationMode.NEAREST:
            text += f", interpolation={self.interpolation.value}"
        text += f", fill={self.fill}" if self.fill != 0 else ""
        text += f", center={self.center}" if self.center is not None else ""
        return f"{type(self).__name__}({text})"


class RandomPerspective(Module):
    """Move the corners inward at random, with probability `p`.

    Args: distortion_scale: from 0 to 1, the share of half the image that a corner moves at most.
    """

    def __init__(
        self, distortion_scale: float = 0.5, p: float = 0.5, interpolation: Any = InterpolationMode.BILINEAR,
        fill: Any = 0,
    ):  # fmt: skip
        super().__init__()
        self.p, self.distortion_scale = p, distortion_scale
        if fill is not None and not isinstance(fill, (Sequence, numbers.Number)):
            raise TypeError("Fill should be either a sequence or a number.")
        self.interpolation, self.fill = as_mode(interpolation), 0 if fill is None else fill

    @staticmethod
    def get_params(width: int, height: int, distortion_scale: float) -> tuple[list[list[int]], list[list[int]]]:
        """Draw (start points, end points)."""
        across, down = int(distortion_scale * (width // 2)), int(distortion_scale * (height // 2))
        left, right = (0, across + 1), (width - across - 1, width)
        top, bottom = (0, down + 1), (height - down - 1, height)
        ends = [[draw(*x), draw(*y)] for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))]
        starts = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
        return starts, ends

    def forward(self, img: Any) -> Any:
        fill = _fill_of(img, self.fill)
        _, height, width = F.get_dimensions(img)
        if torch.rand(1) < self.p:
            starts, ends = self.get_params(width, height, self.distortion_scale)
            return F.perspective(img, starts, ends, self.interpolation, fill)
        return img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


def _two_floats(value: Any, name: str) -> list[float]:
    if not isinstance(value, (float, Sequence)):
        raise TypeError(f"{name} should be float or a sequence of floats. Got {type(value)}")
    if isinstance(value, float):
        return [value, value]
    if len(value) != 2:
        raise ValueError(f"If {name} is a sequence its length should be 2. Got {len(value)}")
    for element in value:
        if not isinstance(element, float):
            raise TypeError(f"{name} should be a sequence of floats. Got {type(element)}")
    return value  # type: ignore[return-value]


class ElasticTransform(Module):
    """Move the pixels by blurred noise.

    Args: alpha: strength along x and y, in pixels. sigma: deviation of the blur, its smoothness.

    >>> ElasticTransform(alpha=30.0, sigma=2.0)(torch.zeros(1, 20, 20)).shape
    torch.Size([1, 20, 20])
    """

    def __init__(
        self, alpha: Any = 50.0, sigma: Any = 5.0, interpolation: Any = InterpolationMode.BILINEAR, fill: Any = 0
    ):
        super().__init__()
        self.alpha, self.sigma = _two_floats(alpha, "alpha"), _two_floats(sigma, "sigma")
        self.interpolation = as_mode(interpolation)
        if not isinstance(fill, (int, float, list, tuple)):
            raise TypeError(f"fill should be int or float or a list or tuple of them. Got {type(fill)}")
        self.fill = [float(fill)] if isinstance(fill, (int, float)) else [float(f) for f in fill]

    @staticmethod
    def get_params(alpha: list[float], sigma: list[float], size: list[int]) -> Tensor:
        """Draw the displacement; size is (height, width)."""
        return on_tensor_warp.drawn_displacement(alpha, sigma, size[0], size[1], F.gaussian_blur)

    def forward(self, tensor: Any) -> Any:
        _, height, width = F.get_dimensions(tensor)
        displacement = self.get_params(self.alpha, self.sigma, [height, width])
        return F.elastic_transform(tensor, displacement, self.interpolation, self.fill)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(alpha={self.alpha}, sigma={self.sigma}, interpolation={self.interpolation}, "
            f"fill={self.fill})"
        )


class GaussianBlur(Module):
    """Blur with a Gaussian whose deviation is drawn from `sigma`: (low, high), or a number."""

    def __init__(self, kernel_size: Any, sigma: Any = (0.1, 2.0)):
        super().__init__()
        if isinstance(kernel_size, int):
            kernel_size = (kernel_size, kernel_size)
        if len(kernel_size) == 1:
            kernel_size = (kernel_size[0], kernel_size[0])
        if len(kernel_size) != 2:
            raise ValueError("Kernel size should be a tuple/list of two integers")
        if any(size <= 0 or size % 2 == 0 for size in kernel_size):
            raise ValueError("Kernel size value should be an odd and positive number.")
        if isinstance(sigma, numbers.Number):
            if sigma <= 0:  # type: ignore[operator]
                raise ValueError("If sigma is a single number, it must be positive.")
            sigma = (sigma, sigma)
        elif not isinstance(sigma, Sequence) or len(sigma) != 2:
            raise TypeError("sigma should be a single number or a list/tuple with length 2.")
        elif not 0.0 < sigma[0] <= sigma[1]:
            raise ValueError(f"sigma values should be positive and of the form (min, max). Got {sigma}")
        self.kernel_size, self.sigma = kernel_size, sigma

    @staticmethod
    def get_params(sigma_min: float, sigma_max: float) -> float:
        """Draw the deviation."""
        return uniform(sigma_min, sigma_max)

    def forward(self, img: Any) -> Any:
        sigma = self.get_params(self.sigma[0], self.sigma[1])
        return F.gaussian_blur(img, self.kernel_size, [sigma, sigma])

    def __repr__(self) -> str:
        return f"{type(self).__name__}(kernel_size={self.kernel_size}, sigma={self.sigma})"


def erased_window(
    channels: int, height: int, width: int, scale: Sequence[float], ratio: Sequence[float], value: list[float] | None
) -> tuple[int, int, int, int, Tensor] | None:
    """Draw RandomErasing's (top, left, height, width, filling); None after ten attempts that do not fit."""
    log_ratio = torch.log(torch.tensor(ratio))
    for _ in range(10):
        target = height * width * uniform(scale[0], scale[1])
        aspect = torch.exp(torch.empty(1).uniform_(log_ratio[0].item(), log_ratio[1].item())).item()
        h, w = round(math.sqrt(target * aspect)), round(math.sqrt(target / aspect))
        if not (h < height and w < width):
            continue
        if value is None:
            filling = torch.empty([channels, h, w], dtype=torch.float32).normal_()
        else:
            filling = torch.tensor(value)[:, None, None]
        top = draw(0, height - h + 1)
        return top, draw(0, width - w + 1), h, w, filling
    return None


class RandomErasing(Module):
    """Fill a random rectangle of a tensor (…, C, H, W) with probability `p`.

    Args: scale: range of the share of the area. ratio: range of height / width. value: a number, one a channel, or
    "random" for normal noise.
    """

    def __init__(
        self, p: float = 0.5, scale: Sequence[float] = (0.02, 0.33), ratio: Sequence[float] = (0.3, 3.3),
        value: Any = 0, inplace: bool = False,
    ):  # fmt: skip
        super().__init__()
        if not isinstance(value, (numbers.Number, str, tuple, list)):
            raise TypeError("Argument value should be either a number or str or a sequence")
        if isinstance(value, str) and value != "random":
            raise ValueError("If value is str, it should be 'random'")
        if not isinstance(scale, Sequence):
            raise TypeError("Scale should be a sequence")
        if not isinstance(ratio, Sequence):
            raise TypeError("Ratio should be a sequence")
        if scale[0] > scale[1] or ratio[0] > ratio[1]:
            warnings.warn("Scale and ratio should be of kind (min, max)", stacklevel=2)
        if scale[0] < 0 or scale[1] > 1:
            raise ValueError("Scale should be between 0 and 1")
        if p < 0 or p > 1:
            raise ValueError("Random erasing probability should be between 0 and 1")
        self.p, self.scale, self.ratio, self.value, self.inplace = p, scale, ratio, value, inplace

    @staticmethod
    def get_params(
        img: Tensor, scale: Sequence[float], ratio: Sequence[float], value: list[float] | None = None
    ) -> tuple[int, int, int, int, Tensor]:
        """Draw (top, left, height, width, filling); the whole image itself after ten attempts that do not fit."""
        window = erased_window(*img.shape[-3:], scale, ratio, value)
        return (0, 0, int(img.shape[-2]), int(img.shape[-1]), img) if window is None else window

    def forward(self, img: Tensor) -> Tensor:
        if torch.rand(1) < self.p:
            if isinstance(self.value, (int, float)):
                value = [float(self.value)]
            elif isinstance(self.value, str):
                value = None
            else:
                value = [float(v) for v in self.value]
            if value is not None and len(value) not in (1, img.shape[-3]):
                raise ValueError(
                    "If value is a sequence, it should have either a single value or "
                    f"{img.shape[-3]} (number of input channels)"
                )
            top, left, h, w, filling = self.get_params(img, self.scale, self.ratio, value)
            return F.erase(img, top, left, h, w, filling, self.inplace)
        return img

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(p={self.p}, scale={self.scale}, ratio={self.ratio}, value={self.value}, "
            f"inplace={self.inplace})"
        )
