"""Colours, as in `torchvision.transforms.v2.functional`. Images and videos only."""

from __future__ import annotations

from typing import Any

import numpy as np

import penlight as torch
from penlight import Tensor
from penlight.vision.transforms import functional as v1
from penlight.vision.transforms import on_pil, on_tensor
from penlight.vision.transforms.v2.functional.dispatch import IMAGES, PIL, functional, kernel
from penlight.vision.transforms.v2.functional.misc import to_dtype_image
from penlight.vision.tv_tensors import Image

__all__ = [
    "adjust_brightness", "adjust_brightness_image", "adjust_brightness_video", "adjust_contrast",
    "adjust_contrast_image", "adjust_contrast_video", "adjust_gamma", "adjust_gamma_image", "adjust_gamma_video",
    "adjust_hue", "adjust_hue_image", "adjust_hue_video", "adjust_saturation", "adjust_saturation_image",
    "adjust_saturation_video", "adjust_sharpness", "adjust_sharpness_image", "adjust_sharpness_video",
    "autocontrast", "autocontrast_image", "autocontrast_video", "equalize", "equalize_image", "equalize_video",
    "grayscale_to_rgb", "grayscale_to_rgb_image", "invert", "invert_image", "invert_video", "permute_channels",
    "permute_channels_image", "permute_channels_video", "posterize", "posterize_image", "posterize_video",
    "rgb_to_grayscale", "rgb_to_grayscale_image", "solarize", "solarize_image", "solarize_video", "to_grayscale",
]  # fmt: skip


def _fused(x: Tensor, y: Tensor, factor: float) -> Tensor:
    """x + factor * y of float32 with one rounding, as PyTorch's `add_(y, alpha=factor)`; other floats with two.

    Bytes are cut off after it: where a sum should be a whole number, the last bit decides.
    """
    if x.dtype is not torch.float32:
        return x + y * factor
    return (x.double() + y.double() * float(np.float32(factor))).float()


def _gray(image: Tensor) -> Tensor:
    """The luma (…, 1, H, W) in the image's dtype if that is a floating one, else in float32."""
    on_tensor.assert_channels(image, (1, 3))
    floats = image if image.is_floating_point() else image.to(torch.float32)
    if image.shape[-3] == 1:
        return floats
    red, green, blue = floats.unbind(dim=-3)
    return _fused(_fused(red * 0.2989, green, 0.587), blue, 0.114).unsqueeze(dim=-3)


def _blend(image: Tensor, other: Tensor, ratio: float) -> Tensor:
    """ratio * image + (1 - ratio) * other, within the dtype's range."""
    floats = image if image.is_floating_point() else image.to(torch.float32)
    mixed = _fused(floats * ratio, other.to(floats.dtype).expand(image.shape), 1.0 - ratio)
    return mixed.clamp(0, on_tensor.max_value(image.dtype)).to(image.dtype)


def _not_negative(value: float, name: str) -> float:
    if value < 0:
        raise ValueError(f"{name} ({value}) is not non-negative.")
    return value


@functional
def rgb_to_grayscale(inpt: Any, num_output_channels: int = 1) -> Any:
    """Turn an image gray, of 1 or 3 channels: 0.2989 R + 0.587 G + 0.114 B."""
    raise AssertionError


@kernel(rgb_to_grayscale, Tensor, Image)
def rgb_to_grayscale_image(image: Tensor, num_output_channels: int = 1) -> Tensor:
    """A tensor (…, C, H, W), gray."""
    _check_gray(num_output_channels)
    gray = image.clone() if image.shape[-3] == 1 else _gray(image).to(image.dtype)
    return gray.expand(*image.shape[:-3], 3, *image.shape[-2:]) if num_output_channels == 3 else gray


def _check_gray(count: int) -> None:
    if count not in (1, 3):
        raise ValueError(f"num_output_channels must be 1 or 3, got {count}.")


@kernel(rgb_to_grayscale, PIL)
def _rgb_to_grayscale_pil(image: Any, num_output_channels: int = 1) -> Any:
    _check_gray(num_output_channels)
    return on_pil.to_grayscale(image, num_output_channels)


@functional
def grayscale_to_rgb(inpt: Any) -> Any:
    """Give a gray image three equal channels; others stay."""
    raise AssertionError


@kernel(grayscale_to_rgb, Tensor, Image)
def grayscale_to_rgb_image(image: Tensor) -> Tensor:
    """A tensor (…, 1, H, W) with three channels."""
    return image if image.shape[-3] >= 3 else rgb_to_grayscale_image(image, 3)


kernel(grayscale_to_rgb, PIL)(lambda image: image.convert(mode="RGB"))


@functional
def adjust_brightness(inpt: Any, brightness_factor: float) -> Any:
    """0 gives black, 1 the image, 2 twice as bright."""
    raise AssertionError


@kernel(adjust_brightness, *IMAGES)
def adjust_brightness_image(image: Tensor, brightness_factor: float) -> Tensor:
    """A tensor (…, C, H, W), brighter or darker."""
    return on_tensor.adjust_brightness(image, _not_negative(brightness_factor, "brightness_factor"))


@functional
def adjust_contrast(inpt: Any, contrast_factor: float) -> Any:
    """0 gives one gray, 1 the image, 2 twice the contrast."""
    raise AssertionError


@kernel(adjust_contrast, *IMAGES)
def adjust_contrast_image(image: Tensor, contrast_factor: float) -> Tensor:
    """A tensor (…, C, H, W) with another contrast."""
    _not_negative(contrast_factor, "contrast_factor")
    gray = _gray(image) if image.is_floating_point() else _gray(image).floor()
    return _blend(image, gray.mean(dim=(-3, -2, -1), keepdim=True), contrast_factor)


@functional
def adjust_saturation(inpt: Any, saturation_factor: float) -> Any:
    """0 gives grays, 1 the image, 2 twice the saturation."""
    raise AssertionError


@kernel(adjust_saturation, *IMAGES)
def adjust_saturation_image(image: Tensor, saturation_factor: float) -> Tensor:
    """A tensor (…, C, H, W) with another saturation."""
    _not_negative(saturation_factor, "saturation_factor")
    gray = _gray(image) if image.is_floating_point() else _gray(image).floor()
    return image if image.shape[-3] == 1 else _blend(image, gray, saturation_factor)


@functional
def adjust_sharpness(inpt: Any, sharpness_factor: float) -> Any:
    """0 gives a blurred image, 1 the image, 2 twice the sharpness."""
    raise AssertionError


@kernel(adjust_sharpness, *IMAGES)
def adjust_sharpness_image(image: Tensor, sharpness_factor: float) -> Tensor:
    """A tensor (…, C, H, W) with another sharpness."""
    _not_negative(sharpness_factor, "sharpness_factor")
    on_tensor.assert_channels(image, (1, 3))
    if image.numel() == 0 or min(image.shape[-2:]) <= 2:
        return image
    result = (image if image.is_floating_point() else image.to(torch.float32)).clone()
    inner = result[..., 1:-1, 1:-1]
    blurred = on_tensor.blurred(image).to(result.dtype)
    result[..., 1:-1, 1:-1] = _fused(inner, blurred - inner, 1.0 - sharpness_factor)
    return result.clamp(0, on_tensor.max_value(image.dtype)).to(image.dtype)


@functional
def adjust_hue(inpt: Any, hue_factor: float) -> Any:
    """Turn the colours by a share of the circle, from -0.5 to 0.5."""
    raise AssertionError


@kernel(adjust_hue, *IMAGES)
def adjust_hue_image(image: Tensor, hue_factor: float) -> Tensor:
    """A tensor (…, C, H, W) with its colours turned."""
    if not (-0.5 <= hue_factor <= 0.5):
        raise ValueError(f"hue_factor ({hue_factor}) is not in [-0.5, 0.5].")
    floats = to_dtype_image(image, torch.float32, scale=True)
    return to_dtype_image(on_tensor.adjust_hue(floats, hue_factor), image.dtype, scale=True)


@functional
def adjust_gamma(inpt: Any, gamma: float, gain: float = 1) -> Any:
    """gain * image ** gamma, for an image in [0, 1]."""
    raise AssertionError


@kernel(adjust_gamma, *IMAGES)
def adjust_gamma_image(image: Tensor, gamma: float, gain: float = 1) -> Tensor:
    """A tensor (…, C, H, W) with its values raised to a power."""
    if gamma < 0:
        raise ValueError("Gamma should be a non-negative real number")
    floats = image if image.is_floating_point() else to_dtype_image(image, torch.float32, scale=True)
    raised = floats.pow(gamma)
    return to_dtype_image(raised if gain == 1.0 else (raised * gain).clamp(0.0, 1.0), image.dtype, scale=True)


@functional
def posterize(inpt: Any, bits: int) -> Any:
    """Keep the upper `bits` bits of each value."""
    raise AssertionError


@kernel(posterize, *IMAGES)
def posterize_image(image: Tensor, bits: int) -> Tensor:
    """A tensor of integers or of floats in [0, 1] with 2 ** bits levels."""
    _check_bits(bits)
    if image.is_floating_point():
        levels = 1 << bits
        return image.mul(levels).floor().clamp(0, levels - 1).mul(1.0 / levels)
    total = on_tensor.max_value(image.dtype).bit_length()
    return image if bits >= total else image & (((1 << bits) - 1) << (total - bits))


def _check_bits(bits: Any) -> None:
    if not isinstance(bits, int) or not (0 <= bits <= 8):
        raise TypeError(f"bits must be a positive integer in the range [0, 8], got {bits} instead.")


@kernel(posterize, PIL)
def _posterize_pil(image: Any, bits: int) -> Any:
    _check_bits(bits)
    return on_pil.operation("posterize", image, bits)


@functional
def solarize(inpt: Any, threshold: float) -> Any:
    """Invert the values from `threshold` on."""
    raise AssertionError


@kernel(solarize, *IMAGES)
def solarize_image(image: Tensor, threshold: float) -> Tensor:
    """A tensor with its bright values inverted."""
    return on_tensor.solarize(image, threshold)


@functional
def autocontrast(inpt: Any) -> Any:
    """Stretch each channel to the full range."""
    raise AssertionError


@kernel(autocontrast, *IMAGES)
def autocontrast_image(image: Tensor) -> Tensor:
    """A tensor (…, C, H, W) with each channel stretched to the full range."""
    on_tensor.assert_channels(image, (1, 3))
    if image.numel() == 0:
        return image
    white = on_tensor.max_value(image.dtype)
    floats = image if image.is_floating_point() else image.to(torch.float32)
    low, high = floats.amin(dim=(-2, -1), keepdim=True), floats.amax(dim=(-2, -1), keepdim=True)
    flat = low == high  # one value only: left as it is
    scale = torch.where(flat, torch.ones_like(low), (high - low) * (1.0 / white))
    return ((floats - torch.where(flat, torch.zeros_like(low), low)) / scale).clamp(0, white).to(image.dtype)


@functional
def equalize(inpt: Any) -> Any:
    """Make each channel's histogram flat."""
    raise AssertionError


@kernel(equalize, *IMAGES)
def equalize_image(image: Tensor) -> Tensor:
    """A tensor (…, C, H, W) with flat histograms of 256 levels."""
    if image.numel() == 0:
        return image
    levels = on_tensor.equalize(to_dtype_image(image, torch.uint8, scale=True))
    return to_dtype_image(levels, image.dtype, scale=True)


@functional
def invert(inpt: Any) -> Any:
    """White minus the image."""
    raise AssertionError


@kernel(invert, *IMAGES)
def invert_image(image: Tensor) -> Tensor:
    """White minus a tensor."""
    return on_tensor.invert(image)


@functional
def permute_channels(inpt: Any, permutation: Any) -> Any:
    """Put the channels into another order."""
    raise AssertionError


@kernel(permute_channels, *IMAGES)
def permute_channels_image(image: Tensor, permutation: Any) -> Tensor:
    """A tensor (…, C, H, W) with its channels in another order."""
    if len(permutation) != image.shape[-3]:
        raise ValueError(
            f"Length of permutation does not match number of channels: {len(permutation)} != {image.shape[-3]}"
        )
    return image.index_select(-3, torch.as_tensor(permutation))


@kernel(permute_channels, PIL)
def _permute_channels_pil(image: Any, permutation: Any) -> Any:
    return v1.to_pil_image(permute_channels_image(v1.pil_to_tensor(image), permutation))


kernel(adjust_brightness, PIL)(lambda image, brightness_factor: on_pil.enhance("Brightness", image, brightness_factor))
kernel(adjust_contrast, PIL)(lambda image, contrast_factor: on_pil.enhance("Contrast", image, contrast_factor))
kernel(adjust_saturation, PIL)(lambda image, saturation_factor: on_pil.enhance("Color", image, saturation_factor))
kernel(adjust_sharpness, PIL)(lambda image, sharpness_factor: on_pil.enhance("Sharpness", image, sharpness_factor))
kernel(adjust_hue, PIL)(lambda image, hue_factor: v1.adjust_hue(image, hue_factor))
kernel(adjust_gamma, PIL)(lambda image, gamma, gain: v1.adjust_gamma(image, gamma, gain))
kernel(solarize, PIL)(lambda image, threshold: v1.solarize(image, threshold))
kernel(autocontrast, PIL)(v1.autocontrast)
kernel(equalize, PIL)(v1.equalize)
kernel(invert, PIL)(v1.invert)

to_grayscale = rgb_to_grayscale
adjust_brightness_video, adjust_contrast_video = adjust_brightness_image, adjust_contrast_image
adjust_saturation_video, adjust_sharpness_video = adjust_saturation_image, adjust_sharpness_image
adjust_hue_video, adjust_gamma_video, posterize_video = adjust_hue_image, adjust_gamma_image, posterize_image
solarize_video, autocontrast_video, equalize_video = solarize_image, autocontrast_image, equalize_image
invert_video, permute_channels_video = invert_image, permute_channels_image
