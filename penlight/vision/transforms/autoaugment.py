"""Augmentation by drawn chains of operations, as in `torchvision.transforms.autoaugment`.

What an operation does and how strong it can be is shared with the transforms of `v2`, which draw other random numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum
from typing import Any

import penlight as torch
from penlight import Tensor
from penlight.nn import Module
from penlight.vision.absent import vision_getattr
from penlight.vision.transforms import functional as F
from penlight.vision.transforms.interpolation import InterpolationMode

__all__ = ["AugMix", "AutoAugment", "AutoAugmentPolicy", "RandAugment", "TrivialAugmentWide"]


class AutoAugmentPolicy(Enum):
    """The data sets whose policies AutoAugment knows."""

    IMAGENET = "imagenet"
    CIFAR10 = "cifar10"
    SVHN = "svhn"


# Pairs of operations, each with its probability and its magnitude, from 0 to 9.
# Source: Cubuk et al., "AutoAugment: Learning Augmentation Policies from Data", tables 7 to 9.
_POLICIES = {
    AutoAugmentPolicy.IMAGENET: """
        Posterize 0.4 8, Rotate 0.6 9; Solarize 0.6 5, AutoContrast 0.6; Equalize 0.8, Equalize 0.6;
        Posterize 0.6 7, Posterize 0.6 6; Equalize 0.4, Solarize 0.2 4; Equalize 0.4, Rotate 0.8 8;
        Solarize 0.6 3, Equalize 0.6; Posterize 0.8 5, Equalize 1.0; Rotate 0.2 3, Solarize 0.6 8;
        Equalize 0.6, Posterize 0.4 6; Rotate 0.8 8, Color 0.4 0; Rotate 0.4 9, Equalize 0.6;
        Equalize 0.0, Equalize 0.8; Invert 0.6, Equalize 1.0; Color 0.6 4, Contrast 1.0 8; Rotate 0.8 8, Color 1.0 2;
        Color 0.8 8, Solarize 0.8 7; Sharpness 0.4 7, Invert 0.6; ShearX 0.6 5, Equalize 1.0;
        Color 0.4 0, Equalize 0.6; Equalize 0.4, Solarize 0.2 4; Solarize 0.6 5, AutoContrast 0.6;
        Invert 0.6, Equalize 1.0; Color 0.6 4, Contrast 1.0 8; Equalize 0.8, Equalize 0.6""",
    AutoAugmentPolicy.CIFAR10: """
        Invert 0.1, Contrast 0.2 6; Rotate 0.7 2, TranslateX 0.3 9; Sharpness 0.8 1, Sharpness 0.9 3;
        ShearY 0.5 8, TranslateY 0.7 9; AutoContrast 0.5, Equalize 0.9; ShearY 0.2 7, Posterize 0.3 7;
        Color 0.4 3, Brightness 0.6 7; Sharpness 0.3 9, Brightness 0.7 9; Equalize 0.6, Equalize 0.5;
        Contrast 0.6 7, Sharpness 0.6 5; Color 0.7 7, TranslateX 0.5 8; Equalize 0.3, AutoContrast 0.4;
        TranslateY 0.4 3, Sharpness 0.2 6; Brightness 0.9 6, Color 0.2 8; Solarize 0.5 2, Invert 0.0;
        Equalize 0.2, AutoContrast 0.6; Equalize 0.2, Equalize 0.6; Color 0.9 9, Equalize 0.6;
        AutoContrast 0.8, Solarize 0.2 8; Brightness 0.1 3, Color 0.7 0; Solarize 0.4 5, AutoContrast 0.9;
        TranslateY 0.9 9, TranslateY 0.7 9; AutoContrast 0.9, Solarize 0.8 3; Equalize 0.8, Invert 0.1;
        TranslateY 0.7 9, AutoContrast 0.9""",
    AutoAugmentPolicy.SVHN: """
        ShearX 0.9 4, Invert 0.2; ShearY 0.9 8, Invert 0.7; Equalize 0.6, Solarize 0.6 6; Invert 0.9, Equalize 0.6;
        Equalize 0.6, Rotate 0.9 3; ShearX 0.9 4, AutoContrast 0.8; ShearY 0.9 8, Invert 0.4;
        ShearY 0.9 5, Solarize 0.2 6; Invert 0.9, AutoContrast 0.8; Equalize 0.6, Rotate 0.9 3;
        ShearX 0.9 4, Solarize 0.3 3; ShearY 0.8 8, Invert 0.7; Equalize 0.9, TranslateY 0.6 6;
        Invert 0.9, Equalize 0.6; Contrast 0.3 3, Rotate 0.8 4; Invert 0.8, TranslateY 0.0 2;
        ShearY 0.7 6, Solarize 0.4 8; Invert 0.6, Rotate 0.8 4; ShearY 0.3 7, TranslateX 0.9 3;
        ShearX 0.1 6, Invert 0.6; Solarize 0.7 2, TranslateY 0.6 7; ShearY 0.8 4, Invert 0.8;
        ShearX 0.7 9, TranslateY 0.8 3; ShearY 0.8 5, AutoContrast 0.7; ShearX 0.7 2, Invert 0.1""",
}


def policies(policy: AutoAugmentPolicy) -> list[tuple]:
    """Pairs of (operation, probability, magnitude or None).

    >>> policies(AutoAugmentPolicy.SVHN)[0]
    (('ShearX', 0.9, 4), ('Invert', 0.2, None))
    """
    if policy not in _POLICIES:
        raise ValueError(f"The provided policy {policy} is not recognized.")
    return [
        tuple(
            (name, float(probability), int(level[0]) if level else None)
            for name, probability, *level in (entry.split() for entry in pair.split(","))
        )
        for pair in _POLICIES[policy].split(";")
    ]


Space = dict[str, tuple[Any, bool]]  # operation -> (magnitudes or None, whether their sign is drawn)
_FACTORS = ("Brightness", "Color", "Contrast", "Sharpness")


def standard_space(bins: int, height: int, width: int, white: float, extra: str = "Identity") -> Space:
    """The operations of RandAugment, or with `extra="Invert"` those of AutoAugment. Args: white: of solarize."""
    across, down = 150.0 / 331.0 * width, 150.0 / 331.0 * height
    return _space(bins, (0.3, across, down, 30.0, 0.9), (8, 4), white, extra)


def wide_space(bins: int, white: float) -> Space:
    """The operations of TrivialAugmentWide."""
    return _space(bins, (0.99, 32.0, 32.0, 135.0, 0.99), (8, 6), white, "Identity")


def mix_space(bins: int, height: int, width: int, white: float, all_ops: bool) -> Space:
    """The operations of AugMix."""
    space = _space(bins, (0.3, width / 3.0, height / 3.0, 30.0, 0.9), (4, 4), white, "")
    factors = {name: space.pop(name) for name in _FACTORS}
    return {**space, **factors} if all_ops else space


def _space(bins: int, most: tuple[float, ...], posterize: tuple[int, int], white: float, extra: str) -> Space:
    shear, across, down, angle, factor = most
    tops = {"ShearX": shear, "ShearY": shear, "TranslateX": across, "TranslateY": down, "Rotate": angle}
    tops.update(dict.fromkeys(_FACTORS, factor))
    space: Space = {"Identity": (None, False)} if extra == "Identity" else {}
    space.update((name, (torch.linspace(0.0, top, bins), True)) for name, top in tops.items())
    bits = posterize[0] - (torch.arange(bins) / ((bins - 1) / posterize[1])).round().int()
    space.update(Posterize=(bits, False), Solarize=(torch.linspace(white, 0.0, bins), False))
    space.update(AutoContrast=(None, False), Equalize=(None, False))
    if extra == "Invert":
        space["Invert"] = (None, False)
    return space


_WARPED: dict[str, Callable[[float], dict[str, Any]]] = {
    "ShearX": lambda m: {"shear": [math.degrees(math.atan(m)), 0.0], "center": [0, 0]},
    "ShearY": lambda m: {"shear": [0.0, math.degrees(math.atan(m))], "center": [0, 0]},
    "TranslateX": lambda m: {"translate": [int(m), 0]},
    "TranslateY": lambda m: {"translate": [0, int(m)]},
}
_BLENDED = {
    "Brightness": "adjust_brightness", "Color": "adjust_saturation", "Contrast": "adjust_contrast",
    "Sharpness": "adjust_sharpness",
}  # fmt: skip


def apply_operation(functional: Any, image: Any, name: str, magnitude: float, interpolation: Any, fill: Any) -> Any:
    """Apply one operation of a space with the functions of a module, v1's or v2's."""
    if name == "Identity":
        return image
    if name in _WARPED:
        options = {"angle": 0.0, "translate": [0, 0], "scale": 1.0, "shear": [0.0, 0.0], **_WARPED[name](magnitude)}
        return functional.affine(image, interpolation=interpolation, fill=fill, **options)
    if name == "Rotate":
        return functional.rotate(image, magnitude, interpolation=interpolation, fill=fill)
    if name in _BLENDED:
        return getattr(functional, _BLENDED[name])(image, 1.0 + magnitude)
    if name == "Posterize":
        return functional.posterize(image, int(magnitude))
    if name == "Solarize":
        return functional.solarize(image, magnitude)
    return getattr(functional, name.lower())(image)  # AutoContrast, Equalize, Invert


class _Augment(Module):
    """What the four share: the colour outside of the image, and drawing operations."""

    interpolation: Any
    fill: Any
    _shown: tuple[str, ...] = ()

    def _fill_of(self, image: Any, channels: int) -> Any:
        if not isinstance(image, Tensor) or self.fill is None:
            return self.fill
        return [float(self.fill)] * channels if isinstance(self.fill, (int, float)) else [float(f) for f in self.fill]

    def _apply(self, image: Any, name: str, magnitude: float, fill: Any) -> Any:  # type: ignore[override]
        return apply_operation(F, image, name, magnitude, self.interpolation, fill)

    @staticmethod
    def _draw(space: Space, level: Callable[[Tensor], Any]) -> tuple[str, float]:
        """Draw an operation of the space and its sign; `level` chooses, or draws, the place among its magnitudes."""
        name = list(space)[int(torch.randint(len(space), (1,)).item())]
        magnitudes, signed = space[name]
        magnitude = float(magnitudes[level(magnitudes)].item()) if magnitudes is not None else 0.0
        return name, -magnitude if signed and torch.randint(2, (1,)) else magnitude

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)}' for name in self._shown)})"


class AutoAugment(_Augment):
    """Apply one pair of operations of a policy that was searched for.

    Source: Cubuk et al., "AutoAugment", https://arxiv.org/abs/1805.09501

    >>> AutoAugment(AutoAugmentPolicy.CIFAR10)(torch.zeros(3, 8, 8, dtype=torch.uint8)).shape
    torch.Size([3, 8, 8])
    """

    _shown = ("policy", "fill")

    def __init__(
        self, policy: AutoAugmentPolicy = AutoAugmentPolicy.IMAGENET,
        interpolation: Any = InterpolationMode.NEAREST, fill: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.policy, self.interpolation, self.fill = policy, interpolation, fill
        self.policies = policies(policy)

    @staticmethod
    def get_params(transform_num: int) -> tuple[int, Tensor, Tensor]:
        """Draw (number of the pair, probabilities, signs)."""
        number = int(torch.randint(transform_num, (1,)).item())
        probabilities = torch.rand((2,))
        return number, probabilities, torch.randint(2, (2,))

    def forward(self, img: Any) -> Any:
        channels, height, width = F.get_dimensions(img)
        fill = self._fill_of(img, channels)
        number, probabilities, signs = self.get_params(len(self.policies))
        space = standard_space(10, height, width, 255.0, "Invert")
        for i, (name, probability, level) in enumerate(self.policies[number]):
            if probabilities[i] <= probability:
                magnitudes, signed = space[name]
                magnitude = float(magnitudes[level].item()) if level is not None else 0.0
                img = self._apply(img, name, -magnitude if signed and signs[i] == 0 else magnitude, fill)
        return img


class RandAugment(_Augment):
    """Apply `num_ops` operations, drawn alike, all of one `magnitude`.

    Source: Cubuk et al., "RandAugment", https://arxiv.org/abs/1909.13719
    """

    _shown = ("num_ops", "magnitude", "num_magnitude_bins", "interpolation", "fill")

    def __init__(
        self, num_ops: int = 2, magnitude: int = 9, num_magnitude_bins: int = 31,
        interpolation: Any = InterpolationMode.NEAREST, fill: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.num_ops, self.magnitude, self.num_magnitude_bins = num_ops, magnitude, num_magnitude_bins
        self.interpolation, self.fill = interpolation, fill

    def forward(self, img: Any) -> Any:
        channels, height, width = F.get_dimensions(img)
        fill = self._fill_of(img, channels)
        space = standard_space(self.num_magnitude_bins, height, width, 255.0)
        for _ in range(self.num_ops):
            name, magnitude = self._draw(space, lambda magnitudes: self.magnitude)
            img = self._apply(img, name, magnitude, fill)
        return img


class TrivialAugmentWide(_Augment):
    """Apply one operation of a drawn magnitude.

    Source: Müller and Hutter, "TrivialAugment", https://arxiv.org/abs/2103.10158
    """

    _shown = ("num_magnitude_bins", "interpolation", "fill")

    def __init__(
        self, num_magnitude_bins: int = 31, interpolation: Any = InterpolationMode.NEAREST, fill: Any = None
    ) -> None:
        super().__init__()
        self.num_magnitude_bins, self.interpolation, self.fill = num_magnitude_bins, interpolation, fill

    def forward(self, img: Any) -> Any:
        fill = self._fill_of(img, F.get_image_num_channels(img))
        name, magnitude = self._draw(
            wide_space(self.num_magnitude_bins, 255.0), lambda magnitudes: int(torch.randint(len(magnitudes), (1,)))
        )
        return self._apply(img, name, magnitude, fill)


class AugMix(_Augment):
    """Mix the image with `mixture_width` drawn chains of operations applied to it.

    Args: severity: from 1 to 10, bounds the magnitudes. chain_depth: operations in a chain, drawn from 1 to 3 if
    not positive. alpha: of the Dirichlet distribution of the weights. all_ops: also change colours.
    Source: Hendrycks et al., "AugMix", https://arxiv.org/abs/1912.02781
    """

    _shown = ("severity", "mixture_width", "chain_depth", "alpha", "all_ops", "interpolation", "fill")
    BINS = 10

    def __init__(
        self, severity: int = 3, mixture_width: int = 3, chain_depth: int = -1, alpha: float = 1.0,
        all_ops: bool = True, interpolation: Any = InterpolationMode.BILINEAR, fill: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        if not (1 <= severity <= self.BINS):
            raise ValueError(f"The severity must be between [1, {self.BINS}]. Got {severity} instead.")
        self.severity, self.mixture_width, self.chain_depth = severity, mixture_width, chain_depth
        self.alpha, self.all_ops, self.interpolation, self.fill = alpha, all_ops, interpolation, fill

    def _sample_dirichlet(self, params: Tensor) -> Tensor:
        return torch.distributions.Dirichlet(params, validate_args=False).sample()

    def forward(self, orig_img: Any) -> Any:
        channels, height, width = F.get_dimensions(orig_img)
        fill = self._fill_of(orig_img, channels)
        space = mix_space(self.BINS, height, width, 255.0, self.all_ops)

        def step(image: Tensor) -> Tensor:
            name, magnitude = self._draw(space, lambda magnitudes: int(torch.randint(self.severity, (1,))))
            return self._apply(image, name, magnitude, fill)

        image = orig_img if isinstance(orig_img, Tensor) else F.pil_to_tensor(orig_img)
        mixed = mix_chains(self, image, 4, step)
        return mixed if isinstance(orig_img, Tensor) else F.to_pil_image(mixed)


def mix_chains(transform: Any, image: Tensor, dimensions: int, step: Callable[[Tensor], Tensor]) -> Tensor:
    """AugMix's mixture: draw the weights, then each chain's length and steps. Args: dimensions: of a batch."""
    batch = image.reshape([1] * max(dimensions - image.ndim, 0) + list(image.shape))
    count, ones = batch.size(0), [batch.size(0)] + [1] * (batch.ndim - 1)
    alpha, width = transform.alpha, transform.mixture_width
    share = transform._sample_dirichlet(torch.tensor([alpha, alpha]).expand(count, -1))
    weights = transform._sample_dirichlet(torch.tensor([alpha] * width).expand(count, -1))
    weights = weights * share[:, 1].reshape(count, -1)
    mixed = share[:, 0].reshape(ones) * batch
    for i in range(width):
        chain = batch
        depth = transform.chain_depth
        for _ in range(depth if depth > 0 else int(torch.randint(low=1, high=4, size=(1,)).item())):
            chain = step(chain)
        mixed.add_(weights[:, i].reshape(ones) * chain)
    return mixed.reshape(image.shape).to(image.dtype)


__getattr__ = vision_getattr(__name__)
