"""Transforms that rotate and warp."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from penlight.vision.transforms import on_tensor_warp
from penlight.vision.transforms import warping as v1
from penlight.vision.transforms.v2 import functional as F
from penlight.vision.transforms.v2.transform import RandomApplied, Transform, fill_for, fills_of, query_size

__all__ = ["ElasticTransform", "RandomAffine", "RandomPerspective", "RandomRotation"]


def _check_pair(value: Any, name: str) -> None:
    if value is not None:
        if not isinstance(value, Sequence):
            raise TypeError(f"{name} should be a sequence of length 2.")
        if len(value) != 2:
            raise ValueError(f"{name} should be a sequence of length 2.")


class RandomRotation(Transform):
    """Rotate by an angle drawn from `degrees`: (low, high), or a number for (-number, number)."""

    get_params = staticmethod(v1.RandomRotation.get_params)

    def __init__(
        self, degrees: Any, interpolation: Any = "nearest", expand: bool = False, center: Any = None, fill: Any = 0
    ) -> None:
        super().__init__()
        self.degrees = v1.angle_range(degrees, "degrees")
        self.interpolation, self.expand = interpolation, expand
        self.fill, self._fill = fill, fills_of(fill)
        _check_pair(center, "center")
        self.center = center

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"angle": self.get_params(self.degrees)}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        options = {"interpolation": self.interpolation, "expand": self.expand, "center": self.center}
        return self._call_kernel(F.rotate, inpt, **params, **options, fill=fill_for(self._fill, inpt))


class RandomAffine(Transform):
    """Rotate, translate, scale and shear, by amounts drawn from the ranges.

    Args: translate: largest shares of width and height. scale: range of factors. shear: range of degrees along x, or
    x and y.
    """

    get_params = staticmethod(v1.RandomAffine.get_params)

    def __init__(
        self, degrees: Any, translate: Any = None, scale: Any = None, shear: Any = None,
        interpolation: Any = "nearest", fill: Any = 0, center: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.degrees = v1.angle_range(degrees, "degrees")
        _check_pair(translate, "translate")
        if translate is not None and not all(0.0 <= t <= 1.0 for t in translate):
            raise ValueError("translation values should be between 0 and 1")
        self.translate = translate
        _check_pair(scale, "scale")
        if scale is not None and min(scale) <= 0:
            raise ValueError("scale values should be positive")
        self.scale = scale
        self.shear = None if shear is None else v1.angle_range(shear, "shear", (2, 4))
        self.interpolation = interpolation
        self.fill, self._fill = fill, fills_of(fill)
        _check_pair(center, "center")
        self.center = center

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        drawn = self.get_params(self.degrees, self.translate, self.scale, self.shear, [width, height])
        return dict(zip(("angle", "translate", "scale", "shear"), drawn))

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        options = {"interpolation": self.interpolation, "center": self.center}
        return self._call_kernel(F.affine, inpt, **params, **options, fill=fill_for(self._fill, inpt))


class RandomPerspective(RandomApplied):
    """Move the corners inward at random, with probability `p`.

    Args: distortion_scale: from 0 to 1, the share of half the image that a corner moves at most.
    """

    get_params = staticmethod(v1.RandomPerspective.get_params)

    def __init__(
        self, distortion_scale: float = 0.5, p: float = 0.5, interpolation: Any = "bilinear", fill: Any = 0
    ) -> None:
        super().__init__(p=p)
        if not (0 <= distortion_scale <= 1):
            raise ValueError("Argument distortion_scale value should be between 0 and 1")
        self.distortion_scale, self.interpolation = distortion_scale, interpolation
        self.fill, self._fill = fill, fills_of(fill)

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        starts, ends = self.get_params(width, height, self.distortion_scale)
        return {"coefficients": on_tensor_warp.perspective_coefficients(starts, ends)}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        options = {"interpolation": self.interpolation, "fill": fill_for(self._fill, inpt)}
        return self._call_kernel(F.perspective, inpt, None, None, **options, **params)


def two_floats(value: Any, name: str) -> list[float]:
    """[x, y] of a number or a sequence of 1 or 2 numbers."""
    if isinstance(value, (int, float)):
        return [float(value), float(value)]
    if not isinstance(value, Sequence):
        raise TypeError(f"{name} should be a number or a sequence of numbers. Got {type(value)}")
    if len(value) not in (1, 2):
        raise ValueError(f"If {name} is a sequence its length should be 1 or 2. Got {len(value)}")
    for element in value:
        if not isinstance(element, (int, float)):
            raise ValueError(f"{name} should be a sequence of numbers. Got {type(element)}")
    return [float(value[0]), float(value[-1])]


class ElasticTransform(Transform):
    """Move the pixels by blurred noise.

    Args: alpha: strength along x and y, in pixels. sigma: deviation of the blur, its smoothness.
    """

    get_params = staticmethod(v1.ElasticTransform.get_params)

    def __init__(self, alpha: Any = 50.0, sigma: Any = 5.0, interpolation: Any = "bilinear", fill: Any = 0) -> None:
        super().__init__()
        self.alpha, self.sigma = two_floats(alpha, "alpha"), two_floats(sigma, "sigma")
        self.interpolation = interpolation
        self.fill, self._fill = fill, fills_of(fill)

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"displacement": self.get_params(self.alpha, self.sigma, list(query_size(flat_inputs)))}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        options = {"interpolation": self.interpolation, "fill": fill_for(self._fill, inpt)}
        return self._call_kernel(F.elastic, inpt, **params, **options)
