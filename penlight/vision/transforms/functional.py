"""Functions on images, Pillow's or tensors (…, C, H, W), as in `torchvision.transforms.functional`.

Source: https://docs.pytorch.org/vision/stable/transforms.html#functional-transforms
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import penlight as torch
from penlight import Tensor
from penlight.vision.absent import vision_getattr
from penlight.vision.pillow import is_pil, pillow
from penlight.vision.transforms import on_pil, on_tensor, on_tensor_warp
from penlight.vision.transforms.interpolation import InterpolationMode, as_mode, pil_filter

__all__ = [
    "InterpolationMode", "adjust_brightness", "adjust_contrast", "adjust_gamma", "adjust_hue", "adjust_saturation",
    "adjust_sharpness", "affine", "autocontrast", "center_crop", "convert_image_dtype", "crop",
    "elastic_transform", "equalize", "erase", "five_crop", "gaussian_blur", "get_dimensions",
    "get_image_num_channels", "get_image_size", "hflip", "invert", "normalize", "pad", "perspective",
    "pil_to_tensor", "posterize", "resize", "resized_crop", "rgb_to_grayscale", "rotate", "solarize", "ten_crop",
    "to_grayscale", "to_pil_image", "to_tensor", "vflip",
]  # fmt: skip

_MODES_OF_FILL = ("constant", "edge", "reflect", "symmetric")


def _is_pil(img: Any) -> bool:
    """True for Pillow images, False for image tensors, TypeError for the rest."""
    if is_pil(img):
        return True
    on_tensor.assert_image(img)
    return False


def get_dimensions(img: Any) -> list[int]:
    """Return [channels, height, width]."""
    if _is_pil(img):
        return [on_pil.channels(img), img.height, img.width]
    return [on_tensor.channels(img), int(img.shape[-2]), int(img.shape[-1])]


def get_image_size(img: Any) -> list[int]:
    """Return [width, height]."""
    return get_dimensions(img)[:0:-1]


def get_image_num_channels(img: Any) -> int:
    """Return the number of channels."""
    return get_dimensions(img)[0]


def to_tensor(pic: Any) -> Tensor:
    """Turn a Pillow image or an array (H, W) or (H, W, C) into a tensor (C, H, W); bytes are divided by 255.

    Raises: TypeError for other values, ValueError for arrays of other dimensions.

    >>> to_tensor(np.full((2, 2), 255, np.uint8))
    tensor([[[1., 1.],
             [1., 1.]]])
    """
    if not (is_pil(pic) or isinstance(pic, np.ndarray)):
        raise TypeError(f"pic should be PIL Image or ndarray. Got {type(pic)}")
    if isinstance(pic, np.ndarray):
        if pic.ndim not in (2, 3):
            raise ValueError(f"pic should be 2/3 dimensional. Got {pic.ndim} dimensions.")
        tensor = torch.from_numpy(np.ascontiguousarray((pic[:, :, None] if pic.ndim == 2 else pic).transpose(2, 0, 1)))
    else:
        tensor = pil_to_tensor(pic, _scale_bits=True)
    if tensor.dtype == torch.uint8:
        return tensor.to(torch.get_default_dtype()) / 255
    return tensor


def pil_to_tensor(pic: Any, _scale_bits: bool = False) -> Tensor:
    """Turn a Pillow image into a tensor (C, H, W) of the same values.

    Raises: TypeError for anything but a Pillow image.
    """
    if not is_pil(pic):
        raise TypeError(f"pic should be PIL Image. Got {type(pic)}")
    array = np.array(pic, copy=True)
    if array.dtype == bool:  # mode "1"
        array = array.astype(np.uint8) * (255 if _scale_bits else 1)
        if not _scale_bits:
            array = array.astype(bool)
    if _scale_bits and pic.mode.startswith("I;16"):
        array = array.astype(np.int16)
    array = array[:, :, None] if array.ndim == 2 else array
    return torch.from_numpy(np.ascontiguousarray(array.transpose(2, 0, 1)))


_PIL_MODES = {2: ("LA",), 3: ("RGB", "YCbCr", "HSV"), 4: ("RGBA", "CMYK", "RGBX")}
_GRAY_MODES = {"uint8": "L", "int16": "I;16", "uint16": "I;16", "int32": "I", "float32": "F"}


def to_pil_image(pic: Any, mode: str | None = None) -> Any:
    """Turn a tensor (C, H, W) or an array (H, W, C) into a Pillow image; float tensors are multiplied by 255.

    Args: mode: Pillow's mode; by default L, LA, RGB, RGBA for 1 to 4 channels of bytes.
    Raises: TypeError for other values or dtypes; ValueError for other dimensions, channels or modes.
    """
    if isinstance(pic, Tensor):
        if pic.ndim not in (2, 3):
            raise ValueError(f"pic should be 2/3 dimensional. Got {pic.ndim} dimensions.")
        pic = pic[None] if pic.ndim == 2 else pic
        if pic.shape[0] > 4:
            raise ValueError(f"pic should not have > 4 channels. Got {pic.shape[0]} channels.")
        if pic.is_floating_point() and mode != "F":
            pic = pic.mul(255).to(torch.uint8)
        array = pic.detach().numpy().transpose(1, 2, 0)
    elif isinstance(pic, np.ndarray):
        if pic.ndim not in (2, 3):
            raise ValueError(f"pic should be 2/3 dimensional. Got {pic.ndim} dimensions.")
        array = pic[:, :, None] if pic.ndim == 2 else pic
        if array.shape[-1] > 4:
            raise ValueError(f"pic should not have > 4 channels. Got {array.shape[-1]} channels.")
    else:
        raise TypeError(f"pic should be Tensor or ndarray. Got {type(pic)}.")
    image = pillow()
    count = array.shape[2]
    if count == 1:
        plane = array[:, :, 0]
        expected = _GRAY_MODES.get(plane.dtype.name)
        if mode is not None and mode != expected:
            raise ValueError(f"Incorrect mode ({mode}) supplied for input type {plane.dtype}. Should be {expected}")
        if expected is None:
            raise TypeError(f"Input type {plane.dtype} is not supported")
        if expected == "I;16":
            plane = plane.astype(np.uint16)
        return image.fromarray(np.ascontiguousarray(plane))
    permitted = _PIL_MODES[count]
    if mode is not None and mode not in permitted:
        raise ValueError(f"Only modes {list(permitted)} are supported for {count}D inputs")
    if array.dtype != np.uint8:
        raise TypeError(f"Input type {array.dtype} is not supported")
    made = image.frombytes(
        mode or permitted[0], (array.shape[1], array.shape[0]), np.ascontiguousarray(array).tobytes()
    )
    return made


def convert_image_dtype(image: Tensor, dtype: Any = torch.float32) -> Tensor:
    """Convert the dtype and scale so that white (1.0, 255, …) stays white.

    Raises: TypeError for Pillow images; RuntimeError for float to an integer type that it cannot fill.

    >>> convert_image_dtype(torch.tensor([0, 255], dtype=torch.uint8))
    tensor([0., 1.])
    """
    if not isinstance(image, Tensor):
        raise TypeError("Input img should be Tensor Image")
    return on_tensor.convert_dtype(image, dtype)


def normalize(tensor: Tensor, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> Tensor:
    """(tensor - mean) / std for each channel of (…, C, H, W).

    Raises: TypeError for integers; ValueError for fewer than 3 dimensions or a standard deviation of 0.

    >>> normalize(torch.ones(1, 1, 1), [0.5], [0.5])
    tensor([[[1.]]])
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"img should be Tensor Image. Got {type(tensor)}")
    if not tensor.is_floating_point():
        raise TypeError(f"Input tensor should be a float tensor. Got {tensor.dtype}.")
    if tensor.ndim < 3:
        raise ValueError(
            f"Expected tensor to be a tensor image of size (..., C, H, W). Got tensor.size() = {tensor.size()}"
        )
    means, deviations = (torch.as_tensor(v, dtype=tensor.dtype, device=tensor.device) for v in (mean, std))
    if bool((deviations == 0).any()):
        raise ValueError(f"std evaluated to zero after conversion to {tensor.dtype}, leading to division by zero.")
    means, deviations = (v.reshape(-1, 1, 1) if v.ndim == 1 else v for v in (means, deviations))
    if inplace:
        return tensor.sub_(means).div_(deviations)
    return tensor.sub(means).div_(deviations)


def resized_size(size: Any, height: int, width: int, max_size: int | None) -> list[int]:
    """[height, width] after `resize`: a single number is the length of the shorter side."""
    sizes = [size] if isinstance(size, int) else list(size)
    if len(sizes) == 2:
        return [int(sizes[0]), int(sizes[1])]
    short, long = min(height, width), max(height, width)
    new_short, new_long = sizes[0], int(sizes[0] * long / short)
    if max_size is not None:
        if max_size <= sizes[0]:
            raise ValueError(
                f"max_size = {max_size} must be strictly greater than the requested size for the smaller edge size = {size}"
            )
        if new_long > max_size:
            new_short, new_long = int(max_size * new_short / new_long), max_size
    return [new_long, new_short] if width <= height else [new_short, new_long]


def resize(
    img: Any, size: Any, interpolation: Any = InterpolationMode.BILINEAR, max_size: int | None = None,
    antialias: bool | None = True,
) -> Any:  # fmt: skip
    """Resize to (height, width); a single number is the length that the shorter side gets.

    Args: max_size: bound for the longer side, with a single number only. antialias: for tensors; Pillow always does.
    Raises: TypeError, ValueError for sizes of other forms.

    >>> resize(torch.zeros(3, 4, 8), 2).shape
    torch.Size([3, 2, 4])
    """
    mode = as_mode(interpolation)
    if not isinstance(size, (int, list, tuple)):
        raise TypeError(f"Size should be int or sequence. Got {type(size)}")
    if isinstance(size, (list, tuple)):
        if len(size) not in (1, 2):
            raise ValueError(
                f"Size must be an int or a 1 or 2 element tuple/list, not a {len(size)} element tuple/list"
            )
        if max_size is not None and len(size) != 1:
            raise ValueError(
                "max_size should only be passed if size specifies the length of the smaller edge, i.e. size should be an "
                "int or a sequence of length 1"
            )
    is_image = _is_pil(img)
    _, height, width = get_dimensions(img)
    target = resized_size(size, height, width, max_size)
    if target == [height, width]:
        return img
    if is_image:
        return on_pil.resize(img, target, pil_filter(mode))
    names = ("NEAREST", "NEAREST_EXACT", "BILINEAR", "BICUBIC")
    if mode.name not in names:
        raise ValueError(f"tensors are resized with InterpolationMode {', '.join(names)} only, got {mode.name}")
    smooth = bool(antialias) and mode in (InterpolationMode.BILINEAR, InterpolationMode.BICUBIC)
    return on_tensor.resize(img, target, mode.value, smooth)


def _edges(padding: Any) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of a padding of 1, 2 or 4 numbers."""
    if isinstance(padding, int):
        return (padding,) * 4
    if not isinstance(padding, (tuple, list)):
        raise TypeError("Got inappropriate padding arg")
    if len(padding) not in (1, 2, 4):
        raise ValueError(f"Padding must be an int or a 1, 2, or 4 element tuple, not a {len(padding)} element tuple")
    if len(padding) == 4:
        return (padding[0], padding[1], padding[2], padding[3])
    return (padding[0], padding[-1], padding[0], padding[-1])


def pad(img: Any, padding: Any, fill: Any = 0, padding_mode: str = "constant") -> Any:
    """Add a border: of one width, of (left and right, top and bottom), or of (left, top, right, bottom).

    Args: padding_mode: constant, edge, reflect or symmetric. fill: for constant; a colour for Pillow images.
    Raises: TypeError, ValueError for arguments of other forms.

    >>> pad(torch.ones(1, 1, 1), 1)
    tensor([[[0., 0., 0.],
             [0., 1., 0.],
             [0., 0., 0.]]])
    """
    is_image = _is_pil(img)
    if not isinstance(fill, (int, float, str, tuple, list)):
        raise TypeError("Got inappropriate fill arg")
    if not isinstance(padding_mode, str):
        raise TypeError("Got inappropriate padding_mode arg")
    edges = _edges(padding)
    if padding_mode not in _MODES_OF_FILL:
        raise ValueError("Padding mode should be either constant, edge, reflect or symmetric")
    if is_image:
        return on_pil.pad(img, edges, fill, padding_mode)
    if isinstance(fill, (tuple, list)) and len(fill) == 1:
        fill = fill[0]
    if not isinstance(fill, (int, float)):
        raise TypeError("fill should be a number for a tensor image")
    return on_tensor.pad(img, edges, fill, padding_mode)


def crop(img: Any, top: int, left: int, height: int, width: int) -> Any:
    """Cut out height x width pixels from (top, left); what lies outside of the image is black."""
    return (on_pil if _is_pil(img) else on_tensor).crop(img, top, left, height, width)  # type: ignore[attr-defined]


def _pair(size: Any, message: str = "Please provide only two dimensions (h, w) for size.") -> tuple[int, int]:
    if isinstance(size, (int, float)):
        return int(size), int(size)
    if len(size) == 1:
        return size[0], size[0]
    if len(size) != 2:
        raise ValueError(message)
    return size[0], size[1]


def center_crop(img: Any, output_size: Any) -> Any:
    """Cut out the middle; smaller images are padded with 0 first.

    >>> center_crop(torch.arange(9).reshape(1, 3, 3), 1)
    tensor([[[4]]])
    """
    target_height, target_width = _pair(output_size)
    _, height, width = get_dimensions(img)
    if target_width > width or target_height > height:
        left, top = max((target_width - width) // 2, 0), max((target_height - height) // 2, 0)
        right, bottom = max((target_width - width + 1) // 2, 0), max((target_height - height + 1) // 2, 0)
        img = pad(img, [left, top, right, bottom], fill=0)
        _, height, width = get_dimensions(img)
        if (target_width, target_height) == (width, height):
            return img
    top, left = round((height - target_height) / 2.0), round((width - target_width) / 2.0)
    return crop(img, top, left, target_height, target_width)


def resized_crop(
    img: Any, top: int, left: int, height: int, width: int, size: Any,
    interpolation: Any = InterpolationMode.BILINEAR, antialias: bool | None = True,
) -> Any:  # fmt: skip
    """`crop`, then `resize`."""
    return resize(crop(img, top, left, height, width), size, interpolation, antialias=antialias)


def hflip(img: Any) -> Any:
    """Exchange left and right."""
    return on_pil.hflip(img) if _is_pil(img) else img.flip(-1)


def vflip(img: Any) -> Any:
    """Exchange top and bottom."""
    return on_pil.vflip(img) if _is_pil(img) else img.flip(-2)


def five_crop(img: Any, size: Any) -> tuple:
    """The four corners and the middle: top left, top right, bottom left, bottom right, centre."""
    crop_height, crop_width = _pair(size)
    _, height, width = get_dimensions(img)
    if crop_width > width or crop_height > height:
        raise ValueError(f"Requested crop size {(crop_height, crop_width)} is bigger than input size {(height, width)}")
    down, right = height - crop_height, width - crop_width
    corners = [crop(img, top, left, crop_height, crop_width) for top in (0, down) for left in (0, right)]
    return (*corners, center_crop(img, [crop_height, crop_width]))


def ten_crop(img: Any, size: Any, vertical_flip: bool = False) -> tuple:
    """`five_crop` of the image and of the flipped image."""
    return five_crop(img, size) + five_crop(vflip(img) if vertical_flip else hflip(img), size)


def adjust_brightness(img: Any, brightness_factor: float) -> Any:
    """0 gives black, 1 the image, 2 twice as bright."""
    if _is_pil(img):
        return on_pil.enhance("Brightness", img, brightness_factor)
    return on_tensor.adjust_brightness(img, _non_negative(brightness_factor, "brightness_factor"))


def adjust_contrast(img: Any, contrast_factor: float) -> Any:
    """0 gives one gray, 1 the image, 2 twice the contrast."""
    if _is_pil(img):
        return on_pil.enhance("Contrast", img, contrast_factor)
    return on_tensor.adjust_contrast(img, _non_negative(contrast_factor, "contrast_factor"))


def adjust_saturation(img: Any, saturation_factor: float) -> Any:
    """0 gives grays, 1 the image, 2 twice the saturation."""
    if _is_pil(img):
        return on_pil.enhance("Color", img, saturation_factor)
    return on_tensor.adjust_saturation(img, _non_negative(saturation_factor, "saturation_factor"))


def adjust_sharpness(img: Any, sharpness_factor: float) -> Any:
    """0 gives a blurred image, 1 the image, 2 twice the sharpness."""
    if _is_pil(img):
        return on_pil.enhance("Sharpness", img, sharpness_factor)
    return on_tensor.adjust_sharpness(img, _non_negative(sharpness_factor, "sharpness_factor"))


def _non_negative(factor: float, name: str) -> float:
    if factor < 0:
        raise ValueError(f"{name} ({factor}) is not non-negative.")
    return factor


def adjust_hue(img: Any, hue_factor: float) -> Any:
    """Turn the colours by a share of the circle, from -0.5 to 0.5."""
    if not (-0.5 <= hue_factor <= 0.5):
        raise ValueError(f"hue_factor ({hue_factor}) is not in [-0.5, 0.5].")
    return (on_pil if _is_pil(img) else on_tensor).adjust_hue(img, hue_factor)  # type: ignore[attr-defined]


def adjust_gamma(img: Any, gamma: float, gain: float = 1) -> Any:
    """gain * img ** gamma, for an image in [0, 1]."""
    _non_negative(gamma, "gamma")
    return (on_pil if _is_pil(img) else on_tensor).adjust_gamma(img, gamma, gain)  # type: ignore[attr-defined]


def to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """Turn a Pillow image gray, of 1 or 3 channels."""
    if not is_pil(img):
        raise TypeError("Input should be PIL Image")
    return on_pil.to_grayscale(img, num_output_channels)


def rgb_to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """Turn an image gray, of 1 or 3 channels: 0.2989 R + 0.587 G + 0.114 B."""
    if _is_pil(img):
        return on_pil.to_grayscale(img, num_output_channels)
    return on_tensor.rgb_to_grayscale(img, num_output_channels)


def rotate(
    img: Any, angle: float, interpolation: Any = InterpolationMode.NEAREST, expand: bool = False,
    center: Sequence[float] | None = None, fill: Any = None,
) -> Any:  # fmt: skip
    """Turn counter-clockwise by `angle` degrees about `center` (x, y), by default the middle.

    Args: expand: let the frame grow to hold the whole image. fill: the colour outside of the image.
    """
    mode = as_mode(interpolation)
    if not isinstance(angle, (int, float)):
        raise TypeError("Argument angle should be int or float")
    if center is not None and not isinstance(center, (list, tuple)):
        raise TypeError("Argument center should be a sequence")
    if _is_pil(img):
        return on_pil.rotate(img, angle, pil_filter(mode), expand, center, fill)
    _, height, width = get_dimensions(img)
    middle = [0.0, 0.0] if center is None else [c - 0.5 * s for c, s in zip(center, (width, height))]
    # Tensors turn the other way: their grid says where each output pixel comes from.
    matrix = on_tensor_warp.inverse_affine_matrix(middle, -angle, [0.0, 0.0], 1.0, [0.0, 0.0])
    return on_tensor_warp.rotate(img, matrix, _warp_mode(mode), expand, fill)


def _warp_mode(mode: InterpolationMode) -> str:
    if mode not in (InterpolationMode.NEAREST, InterpolationMode.BILINEAR):
        raise ValueError(f"tensors are warped with InterpolationMode NEAREST and BILINEAR only, got {mode.name}")
    return mode.value


def affine(
    img: Any, angle: float, translate: Sequence[int], scale: float, shear: Any,
    interpolation: Any = InterpolationMode.NEAREST, fill: Any = None, center: Sequence[float] | None = None,
) -> Any:  # fmt: skip
    """Rotate clockwise (degrees), translate (x, y in pixels), scale and shear (degrees along x and y)."""
    mode = as_mode(interpolation)
    if not isinstance(angle, (int, float)):
        raise TypeError("Argument angle should be int or float")
    if not isinstance(translate, (list, tuple)):
        raise TypeError("Argument translate should be a sequence")
    if len(translate) != 2:
        raise ValueError("Argument translate should be a sequence of length 2")
    if scale <= 0.0:
        raise ValueError("Argument scale should be positive")
    shears = [shear, 0.0] if isinstance(shear, (int, float)) else [float(s) for s in shear]
    shears = [shears[0], shears[0]] if len(shears) == 1 else shears
    if len(shears) != 2:
        raise ValueError(f"Shear should be a sequence containing two values. Got {shear}")
    _, height, width = get_dimensions(img)
    if _is_pil(img):
        # Pillow's positions are those of pixel corners.
        middle = [width * 0.5, height * 0.5] if center is None else list(center)
        matrix = on_tensor_warp.inverse_affine_matrix(middle, angle, translate, scale, shears)
        return on_pil.transform(img, (width, height), "AFFINE", matrix, pil_filter(mode), fill)
    middle = [0.0, 0.0] if center is None else [c - 0.5 * s for c, s in zip(center, (width, height))]
    shift = [1.0 * t for t in translate]
    matrix = on_tensor_warp.inverse_affine_matrix(middle, angle, shift, scale, shears)
    return on_tensor_warp.affine(img, matrix, _warp_mode(mode), fill)


def perspective(
    img: Any, startpoints: Any, endpoints: Any, interpolation: Any = InterpolationMode.BILINEAR, fill: Any = None
) -> Any:
    """Move the four corner points (x, y), top left, top right, bottom right, bottom left, to the end points."""
    mode = as_mode(interpolation)
    coefficients = on_tensor_warp.perspective_coefficients(startpoints, endpoints)
    if _is_pil(img):
        return on_pil.transform(img, img.size, "PERSPECTIVE", coefficients, pil_filter(mode), fill)
    return on_tensor_warp.perspective(img, coefficients, _warp_mode(mode), fill)


def gaussian_blur(img: Any, kernel_size: Any, sigma: Any = None) -> Any:
    """Blur with a Gaussian of `kernel_size` (x, y; odd) and deviation `sigma`, by default 0.15 * size + 0.35.

    Borders are reflected.
    """
    if not isinstance(kernel_size, (int, list, tuple)):
        raise TypeError(f"kernel_size should be int or a sequence of integers. Got {type(kernel_size)}")
    sizes = [kernel_size, kernel_size] if isinstance(kernel_size, int) else list(kernel_size)
    if len(sizes) != 2:
        raise ValueError(f"If kernel_size is a sequence its length should be 2. Got {len(sizes)}")
    for size in sizes:
        if size % 2 == 0 or size < 0:
            raise ValueError(f"kernel_size should have odd and positive integers. Got {sizes}")
    if sigma is None:
        sigmas = [size * 0.15 + 0.35 for size in sizes]
    elif isinstance(sigma, (int, float)):
        sigmas = [float(sigma), float(sigma)]
    else:
        sigmas = [sigma[0], sigma[0]] if len(sigma) == 1 else list(sigma)
    if len(sigmas) != 2:
        raise ValueError(f"If sigma is a sequence, its length should be 2. Got {len(sigmas)}")
    if min(sigmas) <= 0.0:
        raise ValueError(f"sigma should have positive values. Got {sigmas}")
    if _is_pil(img):
        return to_pil_image(on_tensor_warp.gaussian_blur(pil_to_tensor(img), sizes, sigmas), mode=img.mode)
    return on_tensor_warp.gaussian_blur(img, sizes, sigmas)


def elastic_transform(
    img: Any, displacement: Tensor, interpolation: Any = InterpolationMode.BILINEAR, fill: Any = None
) -> Any:
    """Read each pixel where `displacement` (1, H, W, 2) moves it to, in shares of half the image.

    Raises: TypeError, ValueError for a displacement of another form.
    """
    mode = as_mode(interpolation)
    if not isinstance(displacement, Tensor):
        raise TypeError(f"Argument displacement should be a Tensor, got {type(displacement)}")
    image = pil_to_tensor(img) if _is_pil(img) else img
    expected = (1, *image.shape[-2:], 2)
    if tuple(displacement.shape) != expected:
        raise ValueError(f"Argument displacement shape should be {expected}, but given {tuple(displacement.shape)}")
    grid = on_tensor_warp.identity_grid(*image.shape[-2:]) + displacement
    moved = on_tensor_warp.sample(image, grid, _warp_mode(mode), fill)
    return moved if image is img else to_pil_image(moved, mode=img.mode)


def erase(img: Tensor, i: int, j: int, h: int, w: int, v: Tensor, inplace: bool = False) -> Tensor:
    """Put the value `v` into the h x w pixels from row i, column j."""
    if not isinstance(img, Tensor):
        raise TypeError(f"img should be Tensor Image. Got {type(img)}")
    img = img if inplace else img.clone()
    img[..., i : i + h, j : j + w] = v
    return img


def invert(img: Any) -> Any:
    """White minus the image."""
    return on_pil.operation("invert", img) if _is_pil(img) else on_tensor.invert(img)


def posterize(img: Any, bits: int) -> Any:
    """Keep the upper `bits` bits of each byte."""
    if not (0 <= bits <= 8):
        raise ValueError(f"The number if bits should be between 0 and 8. Got {bits}")
    return on_pil.operation("posterize", img, bits) if _is_pil(img) else on_tensor.posterize(img, bits)


def solarize(img: Any, threshold: float) -> Any:
    """Invert the values from `threshold` on."""
    return on_pil.operation("solarize", img, threshold) if _is_pil(img) else on_tensor.solarize(img, threshold)


def autocontrast(img: Any) -> Any:
    """Stretch each channel to the full range."""
    return on_pil.operation("autocontrast", img) if _is_pil(img) else on_tensor.autocontrast(img)


def equalize(img: Any) -> Any:
    """Make each channel's histogram flat."""
    return on_pil.operation("equalize", img) if _is_pil(img) else on_tensor.equalize(img)


__getattr__ = vision_getattr(__name__)
