"""Augmentation by drawn chains of operations: those of v1, drawn as torchvision's v2 does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import penlight as torch
from penlight import Tensor
from penlight.vision.pillow import is_pil
from penlight.vision.transforms import autoaugment as v1
from penlight.vision.transforms import on_tensor
from penlight.vision.transforms.autoaugment import AutoAugmentPolicy, Space
from penlight.vision.transforms.v2 import functional as F
from penlight.vision.transforms.v2.transform import (
    IMAGES,
    Transform,
    check_type,
    fill_for,
    fills_of,
    flatten,
    unflatten,
)
from penlight.vision.tv_tensors import BoundingBoxes, Image, KeyPoints, Mask, Video, wrap

__all__ = ["AugMix", "AutoAugment", "RandAugment", "TrivialAugmentWide"]


class _Augment(Transform):
    """What the four share.

    Raises: TypeError for a sample with boxes, masks or key points, and without exactly one image or video.
    """

    def __init__(self, *, interpolation: Any = "nearest", fill: Any = None) -> None:
        super().__init__()
        self.interpolation, self.fill, self._fill = interpolation, fill, fills_of(fill)

    def forward(self, *inputs: Any) -> Any:
        sample = inputs if len(inputs) > 1 else inputs[0]
        leaves = flatten(sample)
        found = []
        for i, (leaf, is_needed) in enumerate(zip(leaves, self._needs_transform_list(leaves))):
            if is_needed and check_type(leaf, IMAGES):
                found.append(i)
            elif isinstance(leaf, (BoundingBoxes, Mask, KeyPoints)):
                raise TypeError(f"Inputs of type {type(leaf).__name__} are not supported by {type(self).__name__}()")
        if len(found) != 1:
            if not found:
                raise TypeError("Found no image in the sample.")
            raise TypeError(
                "Auto augment transformations are only properly defined for a single image or video, "
                f"but found {len(found)}."
            )
        leaves[found[0]] = self.augment(leaves[found[0]])
        return unflatten(sample, leaves)

    def augment(self, image: Any) -> Any:
        """Transform the image or video."""
        raise NotImplementedError

    def _operate(self, image: Any, name: str, magnitude: float) -> Any:
        if name == "Solarize":
            magnitude *= on_tensor.max_value(image.dtype) if isinstance(image, Tensor) else 255.0
        return v1.apply_operation(F, image, name, magnitude, self.interpolation, fill_for(self._fill, image))

    @staticmethod
    def _signed(magnitude: float, signed: bool) -> float:
        return -magnitude if signed and torch.rand(()) <= 0.5 else magnitude

    def _draw(self, space: Space, level: Callable[[], int]) -> tuple[str, float]:
        """Draw an operation of the space, then `level`, the place among its magnitudes, then its sign."""
        name = list(space)[int(torch.randint(len(space), ()))]
        magnitudes, signed = space[name]
        return name, 0.0 if magnitudes is None else self._signed(float(magnitudes[level()]), signed)


class AutoAugment(_Augment):
    """Apply one pair of operations of a policy that was searched for.

    Source: Cubuk et al., "AutoAugment", https://arxiv.org/abs/1805.09501
    """

    get_params = staticmethod(v1.AutoAugment.get_params)

    def __init__(
        self, policy: AutoAugmentPolicy = AutoAugmentPolicy.IMAGENET, interpolation: Any = "nearest", fill: Any = None
    ) -> None:
        super().__init__(interpolation=interpolation, fill=fill)
        self.policy, self._policies = policy, v1.policies(policy)

    def augment(self, image: Any) -> Any:
        space = v1.standard_space(10, *F.get_size(image), 1.0, "Invert")
        for name, probability, level in self._policies[int(torch.randint(len(self._policies), ()))]:
            if torch.rand(()) <= probability:
                magnitudes, signed = space[name]
                magnitude = 0.0 if magnitudes is None else self._signed(float(magnitudes[level]), signed)
                image = self._operate(image, name, magnitude)
        return image


class RandAugment(_Augment):
    """Apply `num_ops` operations, drawn alike, all of one `magnitude`.

    Source: Cubuk et al., "RandAugment", https://arxiv.org/abs/1909.13719
    """

    def __init__(
        self, num_ops: int = 2, magnitude: int = 9, num_magnitude_bins: int = 31, interpolation: Any = "nearest",
        fill: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(interpolation=interpolation, fill=fill)
        if not isinstance(num_ops, int) or num_ops < 0:
            raise ValueError(f"num_ops should be a non-negative integer, but got {num_ops} instead.")
        self.num_ops, self.magnitude, self.num_magnitude_bins = num_ops, magnitude, num_magnitude_bins

    def augment(self, image: Any) -> Any:
        space = v1.standard_space(self.num_magnitude_bins, *F.get_size(image), 1.0)
        for _ in range(self.num_ops):
            image = self._operate(image, *self._draw(space, lambda: self.magnitude))
        return image


class TrivialAugmentWide(_Augment):
    """Apply one operation of a drawn magnitude.

    Source: Müller and Hutter, "TrivialAugment", https://arxiv.org/abs/2103.10158
    """

    def __init__(self, num_magnitude_bins: int = 31, interpolation: Any = "nearest", fill: Any = None) -> None:
        super().__init__(interpolation=interpolation, fill=fill)
        self.num_magnitude_bins = num_magnitude_bins

    def augment(self, image: Any) -> Any:
        space = v1.wide_space(self.num_magnitude_bins, 1.0)
        return self._operate(image, *self._draw(space, lambda: int(torch.randint(self.num_magnitude_bins, ()))))


class AugMix(_Augment):
    """Mix the image with `mixture_width` drawn chains of operations applied to it.

    Args: severity: from 1 to 10, bounds the magnitudes. chain_depth: operations in a chain, drawn from 1 to 3 if
    not positive. alpha: of the Dirichlet distribution of the weights. all_ops: also change colours.
    Source: Hendrycks et al., "AugMix", https://arxiv.org/abs/1912.02781
    """

    _BINS = 10

    def __init__(
        self, severity: int = 3, mixture_width: int = 3, chain_depth: int = -1, alpha: float = 1.0,
        all_ops: bool = True, interpolation: Any = "bilinear", fill: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(interpolation=interpolation, fill=fill)
        if not (1 <= severity <= self._BINS):
            raise ValueError(f"The severity must be between [1, {self._BINS}]. Got {severity} instead.")
        self.severity, self.mixture_width, self.chain_depth = severity, mixture_width, chain_depth
        self.alpha, self.all_ops = alpha, all_ops

    def _sample_dirichlet(self, params: Tensor) -> Tensor:
        return torch.distributions.Dirichlet(params, validate_args=False).sample()

    def augment(self, image: Any) -> Any:
        space = v1.mix_space(self._BINS, *F.get_size(image), 1.0, self.all_ops)
        plain = F.pil_to_tensor(image) if is_pil(image) else image.as_subclass(Tensor)

        def step(chain: Tensor) -> Tensor:
            return self._operate(chain, *self._draw(space, lambda: int(torch.randint(self.severity, ()))))

        mixed = v1.mix_chains(self, plain, 5 if isinstance(image, Video) else 4, step)
        if is_pil(image):
            return F.to_pil_image(mixed)
        return wrap(mixed, like=image) if isinstance(image, (Image, Video)) else mixed
