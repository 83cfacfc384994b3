"""Conversions, normalizing, blur, noise and the like, as in `torchvision.transforms.v2.functional`."""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np

import penlight as torch
from penlight import Tensor
from penlight.vision.io import decode_jpeg, encode_jpeg
from penlight.vision.pillow import is_pil, pillow
from penlight.vision.transforms import functional as v1
from penlight.vision.transforms import on_tensor
from penlight.vision.transforms.v2.functional.dispatch import IMAGES, PIL, functional, kernel
from penlight.vision.tv_tensors import BoundingBoxes, Image, KeyPoints, Mask, Video

__all__ = [
    "convert_image_dtype", "erase", "erase_image", "erase_video", "gaussian_blur", "gaussian_blur_image",
    "gaussian_blur_video", "gaussian_noise", "gaussian_noise_image", "gaussian_noise_video", "jpeg", "jpeg_image",
    "jpeg_video", "normalize", "normalize_image", "normalize_video", "pil_to_tensor", "to_dtype", "to_dtype_image",
    "to_dtype_video", "to_image", "to_pil_image", "to_tensor", "uniform_temporal_subsample",
    "uniform_temporal_subsample_video",
]  # fmt: skip

pil_to_tensor, to_pil_image = v1.pil_to_tensor, v1.to_pil_image


def to_image(inpt: Any) -> Image:
    """An Image from a tensor, a Pillow image or an array (H, W) or (H, W, C).

    Raises: TypeError for other values.

    >>> to_image(np.zeros((2, 3), np.uint8)).shape
    torch.Size([1, 2, 3])
    """
    if isinstance(inpt, np.ndarray):
        return Image(torch.from_numpy(np.ascontiguousarray(np.atleast_3d(inpt).transpose(2, 0, 1))))
    if not (is_pil(inpt) or isinstance(inpt, Tensor)):
        raise TypeError(
            f"Input can either be a pure Tensor, a numpy array, or a PIL image, but got {type(inpt)} instead."
        )
    return Image(pil_to_tensor(inpt) if is_pil(inpt) else inpt)


def to_tensor(inpt: Any) -> Tensor:
    """`functional.to_tensor` of v1. Deprecated in favour of `to_image` and `to_dtype`."""
    warnings.warn("to_tensor(...) is deprecated, use to_image(...) and to_dtype(..., scale=True)", stacklevel=2)
    return v1.to_tensor(inpt)


@functional
def to_dtype(inpt: Any, dtype: Any = torch.float32, scale: bool = False) -> Any:
    """Convert the dtype; `scale` keeps white white in images and videos."""
    raise AssertionError


@kernel(to_dtype, *IMAGES)
def to_dtype_image(image: Tensor, dtype: Any = torch.float32, scale: bool = False) -> Tensor:
    """A tensor in another dtype; with `scale` white (1.0, 255, …) stays white.

    >>> to_dtype_image(torch.tensor([0, 255], dtype=torch.uint8), scale=True)
    tensor([0., 1.])
    """
    if not scale or image.dtype == dtype:
        return image.to(dtype)
    if dtype.is_floating_point and not image.is_floating_point():
        # v1 divides by white; this last bit differs.
        return image.to(dtype).mul_(1.0 / on_tensor.max_value(image.dtype))
    return on_tensor.convert_dtype(image, dtype)


kernel(to_dtype, Mask, BoundingBoxes, KeyPoints)(lambda inpt, dtype: inpt.to(dtype))


def convert_image_dtype(image: Tensor, dtype: Any = torch.float32) -> Tensor:
    """`to_dtype_image` with `scale`."""
    return to_dtype_image(image, dtype=dtype, scale=True)


@functional
def normalize(inpt: Any, mean: Any, std: Any, inplace: bool = False) -> Any:
    """(image - mean) / std for each channel of a float tensor."""
    raise AssertionError


@kernel(normalize, *IMAGES)
def normalize_image(image: Tensor, mean: Any, std: Any, inplace: bool = False) -> Tensor:
    """(image - mean) / std for each channel of a float tensor (…, C, H, W)."""
    return v1.normalize(image, mean, std, inplace)


@functional
def gaussian_blur(inpt: Any, kernel_size: Any, sigma: Any = None) -> Any:
    """Blur with a Gaussian of `kernel_size` (x, y; odd) and deviation `sigma`, by default 0.15 * size + 0.35."""
    raise AssertionError


@kernel(gaussian_blur, *IMAGES)
def gaussian_blur_image(image: Tensor, kernel_size: Any, sigma: Any = None) -> Tensor:
    """A tensor (…, C, H, W), blurred."""
    if sigma is not None and not isinstance(sigma, (int, float, list, tuple)):
        raise TypeError(f"sigma should be either float or sequence of floats. Got {type(sigma)}")
    return v1.gaussian_blur(image, kernel_size, sigma) if image.numel() else image


kernel(gaussian_blur, PIL)(lambda image, kernel_size, sigma: v1.gaussian_blur(image, kernel_size, sigma))


@functional
def gaussian_noise(inpt: Any, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> Any:
    """Add normal noise; `clip` keeps the values in [0, 1], or [0, 255]."""
    raise AssertionError


@kernel(gaussian_noise, *IMAGES)
def gaussian_noise_image(image: Tensor, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> Tensor:
    """A float or uint8 tensor with noise."""
    if sigma < 0:
        raise ValueError(f"sigma shouldn't be negative. Got {sigma}")
    if image.is_floating_point():
        noisy = image + (mean + torch.randn_like(image) * sigma)
        return noisy.clamp(0, 1) if clip else noisy
    if image.dtype != torch.uint8:
        raise ValueError(f"Input tensor is expected to be in uint8 or float dtype, got dtype={image.dtype}")
    noise = (mean * 255 + torch.randn_like(image, dtype=torch.float32) * (sigma * 255)).to(torch.int16)
    noisy = image + noise
    return (noisy.clamp(0, 255) if clip else noisy).to(torch.uint8)


@kernel(gaussian_noise, PIL)
def _gaussian_noise_pil(image: Any) -> Any:
    raise ValueError("Gaussian Noise is not implemented for PIL images.")


@functional
def erase(inpt: Any, i: int, j: int, h: int, w: int, v: Tensor, inplace: bool = False) -> Any:
    """Put the value `v` into the h x w pixels from row i, column j."""
    raise AssertionError


@kernel(erase, *IMAGES)
def erase_image(image: Tensor, i: int, j: int, h: int, w: int, v: Tensor, inplace: bool = False) -> Tensor:
    """A tensor (…, C, H, W) with `v` in a window."""
    return v1.erase(image, i, j, h, w, v, inplace)


@kernel(erase, PIL)
def _erase_pil(image: Any, i: int, j: int, h: int, w: int, v: Tensor, inplace: bool = False) -> Any:
    return to_pil_image(v1.erase(pil_to_tensor(image), i, j, h, w, v, True), mode=image.mode)


@functional
def jpeg(image: Any, quality: int) -> Any:
    """Compress as JPEG of a quality from 1 to 100, and decompress."""
    raise AssertionError


@kernel(jpeg, *IMAGES)
def jpeg_image(image: Tensor, quality: int) -> Tensor:
    """A uint8 tensor (…, C, H, W), compressed as JPEG and decompressed. Needs Pillow."""
    planes = image.reshape(-1, *image.shape[-3:])
    if planes.shape[0] == 0:
        return image.clone()
    return torch.stack([decode_jpeg(encode_jpeg(plane, quality=quality)) for plane in planes]).reshape(image.shape)


@kernel(jpeg, PIL)
def _jpeg_pil(image: Any, quality: int) -> Any:
    file = io.BytesIO()
    image.save(file, format="JPEG", quality=quality)
    return pillow().open(file).copy()


@functional
def uniform_temporal_subsample(inpt: Any, num_samples: int) -> Any:
    """Take `num_samples` frames of a video at equal distances."""
    raise AssertionError


@kernel(uniform_temporal_subsample, Tensor, Video)
def uniform_temporal_subsample_video(video: Tensor, num_samples: int) -> Tensor:
    """Frames of a tensor (…, T, C, H, W) at equal distances."""
    places = torch.linspace(0, video.shape[-4] - 1, num_samples).long()
    return video.index_select(-4, places)


to_dtype_video, normalize_video, gaussian_blur_video = to_dtype_image, normalize_image, gaussian_blur_image
gaussian_noise_video, erase_video, jpeg_video = gaussian_noise_image, erase_image, jpeg_image
