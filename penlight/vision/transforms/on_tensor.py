"""The transforms of tensors (…, C, H, W): colours, padding, resizing; each is called by its namesake in `functional`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import penlight as torch
import penlight.nn.functional as F
from penlight import Tensor

_MAXIMA = {
    torch.uint8: 255, torch.int8: 127, torch.int16: 32767, torch.int32: 2147483647, torch.int64: 9223372036854775807,
    torch.uint16: 65535,
}  # fmt: skip


def max_value(dtype: Any) -> int:
    """The number that is white in this dtype."""
    return _MAXIMA.get(dtype, 1)


def channels(image: Tensor) -> int:
    return 1 if image.ndim == 2 else int(image.shape[-3])


def assert_image(image: Any) -> None:
    if not isinstance(image, Tensor) or image.ndim < 2:
        raise TypeError(
            f"Tensor is not a torch image: expected (..., H, W), got {getattr(image, 'shape', type(image))}"
        )


def assert_channels(image: Tensor, permitted: Sequence[int]) -> None:
    if channels(image) not in permitted:
        raise TypeError(
            f"Input image tensor permitted channel values are {list(permitted)}, but found {channels(image)}"
        )


def with_batch(image: Tensor, dtypes: Sequence[Any], work: Callable[[Tensor], Tensor]) -> Tensor:
    """Apply `work` to (N, C, H, W) in one of the dtypes (the first unless it has one already), and undo both.

    Integers are rounded on the way back.
    """
    before, shape = image.dtype, image.shape
    flat = image.reshape(-1, *shape[-3:]) if image.ndim != 4 else image
    if image.ndim == 2:
        flat = image[None, None]
    if before not in dtypes:
        flat = flat.to(dtypes[0])
    result = work(flat)
    if result.dtype != before:
        if not before.is_floating_point:
            result = torch.round(result)
        result = result.to(before)
    return result.reshape(*shape[: max(image.ndim - 3, 0)], *result.shape[1 if image.ndim > 2 else 2 :])


def resize(image: Tensor, size: Sequence[int], mode: str, antialias: bool) -> Tensor:
    """Interpolate; integers are computed in float32 and rounded, as torchvision's first transforms do."""
    corners = False if mode in ("bilinear", "bicubic") else None

    def work(x: Tensor) -> Tensor:
        y = F.interpolate(x, size=list(size), mode=mode, align_corners=corners, antialias=antialias)
        if mode == "bicubic" and image.dtype == torch.uint8:  # its weights overshoot
            y = y.clamp(min=0, max=255)
        return y

    return with_batch(image, (torch.float32, torch.float64), work)


def crop(image: Tensor, top: int, left: int, height: int, width: int) -> Tensor:
    """Cut a window out; what lies outside of the image is zero."""
    h, w = image.shape[-2:]
    right, bottom = left + width, top + height
    inside = image[..., max(top, 0) : bottom, max(left, 0) : right] if bottom > 0 and right > 0 else image[..., :0, :0]
    if left < 0 or top < 0 or right > w or bottom > h:
        before = [max(min(-left, width), 0), max(min(-top, height), 0)]
        after = [width - before[0] - inside.shape[-1], height - before[1] - inside.shape[-2]]
        return F.pad(inside, [before[0], after[0], before[1], after[1]])
    return inside


def pad(image: Tensor, edges: tuple[int, int, int, int], fill: float, mode: str) -> Tensor:
    left, top, right, bottom = edges
    widths = [left, right, top, bottom]
    if mode == "constant":
        return F.pad(image, widths, mode="constant", value=float(fill))
    if mode == "symmetric":
        return _pad_symmetric(image, widths)
    name = {"edge": "replicate", "reflect": "reflect"}[mode]
    return with_batch(image, (torch.float32, torch.float64), lambda x: F.pad(x, widths, mode=name))


def _pad_symmetric(image: Tensor, widths: list[int]) -> Tensor:
    """Mirror with the border pixels repeated; negative widths crop."""
    if min(widths) < 0:
        cut = [-min(w, 0) for w in widths]
        h, w = image.shape[-2:]
        image = image[..., cut[2] : h - cut[3], cut[0] : w - cut[1]]
        widths = [max(w, 0) for w in widths]
    h, w = image.shape[-2:]
    columns = [*range(widths[0] - 1, -1, -1), *range(w), *range(-1, -widths[1] - 1, -1)]
    rows = [*range(widths[2] - 1, -1, -1), *range(h), *range(-1, -widths[3] - 1, -1)]
    rows_index, columns_index = torch.tensor(rows) % h, torch.tensor(columns) % w
    if max(widths[:2]) > w or max(widths[2:]) > h:
        raise ValueError(f"symmetric padding {widths} is larger than the image, ({h}, {w})")
    return image.index_select(-2, rows_index).index_select(-1, columns_index)


def convert_dtype(image: Tensor, dtype: Any) -> Tensor:
    """Convert the dtype and scale: white stays white."""
    if image.dtype == dtype:
        return image
    if image.is_floating_point():
        if dtype.is_floating_point:
            return image.to(dtype)
        if (image.dtype == torch.float32 and dtype in (torch.int32, torch.int64)) or (
            image.dtype == torch.float64 and dtype == torch.int64
        ):
            raise RuntimeError(f"The cast from {image.dtype} to {dtype} cannot be performed safely.")
        # An equal share of [0, 1] for each integer, and 1.0 still the largest.
        return image.mul(max_value(dtype) + 1.0 - 1e-3).to(dtype)
    white = float(max_value(image.dtype))
    if dtype.is_floating_point:
        return image.to(dtype) / white
    target = float(max_value(dtype))
    if white > target:
        return torch.div(image, int((white + 1) // (target + 1)), rounding_mode="floor").to(dtype)
    return image.to(dtype) * int((target + 1) // (white + 1))


def blend(first: Tensor, second: Tensor, ratio: float) -> Tensor:
    """ratio * first + (1 - ratio) * second, within the dtype's range."""
    mixed = ratio * first + (1.0 - ratio) * second
    return mixed.clamp(0, max_value(first.dtype)).to(first.dtype)


def rgb_to_grayscale(image: Tensor, count: int = 1) -> Tensor:
    """Luma 0.2989 R + 0.587 G + 0.114 B (ITU-R BT.601)."""
    assert_channels(image, (1, 3))
    if count not in (1, 3):
        raise ValueError("num_output_channels should be either 1 or 3")
    if channels(image) == 3:
        red, green, blue = image.unbind(dim=-3)
        gray = (0.2989 * red + 0.587 * green + 0.114 * blue).to(image.dtype).unsqueeze(dim=-3)
    else:
        gray = image.clone()
    return gray.expand(*gray.shape[:-3], 3, *gray.shape[-2:]) if count == 3 else gray


def adjust_brightness(image: Tensor, factor: float) -> Tensor:
    assert_channels(image, (1, 3))
    return blend(image, torch.zeros_like(image), factor)


def adjust_contrast(image: Tensor, factor: float) -> Tensor:
    assert_channels(image, (1, 3))
    dtype = image.dtype if image.is_floating_point() else torch.float32
    gray = rgb_to_grayscale(image) if channels(image) == 3 else image
    return blend(image, gray.to(dtype).mean(dim=(-3, -2, -1), keepdim=True), factor)


def adjust_saturation(image: Tensor, factor: float) -> Tensor:
    assert_channels(image, (1, 3))
    return image if channels(image) == 1 else blend(image, rgb_to_grayscale(image), factor)


def adjust_hue(image: Tensor, factor: float) -> Tensor:
    assert_channels(image, (1, 3))
    if channels(image) == 1:
        return image
    hue, saturation, value = _rgb_to_hsv(convert_dtype(image, torch.float32) if image.dtype == torch.uint8 else image)
    turned = _hsv_to_rgb((hue + factor) % 1.0, saturation, value)
    return convert_dtype(turned, image.dtype)


def _rgb_to_hsv(image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    red, green, blue = image.unbind(dim=-3)
    largest, smallest = image.amax(dim=-3), image.amin(dim=-3)
    gray = largest == smallest
    span, ones = largest - smallest, torch.ones_like(largest)
    saturation = span / torch.where(gray, ones, largest)
    divisor = torch.where(gray, ones, span)
    r, g, b = (largest - red) / divisor, (largest - green) / divisor, (largest - blue) / divisor
    from_red = (largest == red) * (b - g)
    from_green = ((largest == green) & (largest != red)) * (2.0 + r - b)
    from_blue = ((largest != green) & (largest != red)) * (4.0 + g - r)
    hue = torch.fmod((from_red + from_green + from_blue) / 6.0 + 1.0, 1.0)
    return hue, saturation, largest


def _hsv_to_rgb(hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    sector = torch.floor(hue * 6.0)
    part = hue * 6.0 - sector
    p = torch.clamp(value * (1.0 - saturation), 0.0, 1.0)
    q = torch.clamp(value * (1.0 - saturation * part), 0.0, 1.0)
    t = torch.clamp(value * (1.0 - saturation * (1.0 - part)), 0.0, 1.0)
    index = sector.to(torch.int32) % 6

    def pick(*choices: Tensor) -> Tensor:  # one of six planes for each pixel
        chosen = choices[0]
        for i in range(1, 6):
            chosen = torch.where(index == i, choices[i], chosen)
        return chosen

    rgb = (pick(value, q, p, p, t, value), pick(t, value, value, q, p, p), pick(p, p, t, value, value, q))
    return torch.stack(rgb, dim=-3)


def adjust_gamma(image: Tensor, gamma: float, gain: float) -> Tensor:
    values = image if image.is_floating_point() else convert_dtype(image, torch.float32)
    return convert_dtype((gain * values**gamma).clamp(0, 1), image.dtype)


def invert(image: Tensor) -> Tensor:
    return max_value(image.dtype) - image


def posterize(image: Tensor, bits: int) -> Tensor:
    if image.dtype != torch.uint8:
        raise TypeError(f"Only torch.uint8 image tensors are supported, but found {image.dtype}")
    return image & -int(2 ** (8 - bits))


def solarize(image: Tensor, threshold: float) -> Tensor:
    if threshold > max_value(image.dtype):
        raise TypeError("Threshold should be less than bound of img.")
    return torch.where(image >= threshold, invert(image), image)


def blurred(image: Tensor) -> Tensor:
    """The pixels inside of the border, blurred by [[1, 1, 1], [1, 5, 1], [1, 1, 1]] / 13."""
    dtype = image.dtype if image.is_floating_point() else torch.float32
    kernel = torch.ones((3, 3), dtype=dtype)
    kernel[1, 1] = 5.0
    kernel = (kernel / kernel.sum()).expand(image.shape[-3], 1, 3, 3)
    return with_batch(image, (dtype,), lambda x: F.conv2d(x, kernel, groups=x.shape[-3]))


def adjust_sharpness(image: Tensor, factor: float) -> Tensor:
    """Blend with a blurred copy; the border is left as it is."""
    assert_channels(image, (1, 3))
    if image.shape[-1] <= 2 or image.shape[-2] <= 2:
        return image
    smooth = image.clone()
    smooth[..., 1:-1, 1:-1] = blurred(image)
    return blend(image, smooth, factor)


def autocontrast(image: Tensor) -> Tensor:
    bound = max_value(image.dtype)
    dtype = image.dtype if image.is_floating_point() else torch.float32
    low = image.amin(dim=(-2, -1), keepdim=True).to(dtype)
    # torchvision divides a number by a tensor, which PyTorch computes as the reciprocal times the number.
    scale = (image.amax(dim=(-2, -1), keepdim=True).to(dtype) - low).reciprocal() * bound
    flat = ~torch.isfinite(scale)  # one value only: left as it is
    low, scale = torch.where(flat, torch.zeros_like(low), low), torch.where(flat, torch.ones_like(scale), scale)
    return ((image - low) * scale).clamp(0, bound).to(image.dtype)


def equalize(image: Tensor) -> Tensor:
    """Make each channel's histogram flat."""
    if image.dtype != torch.uint8:
        raise TypeError(f"Only torch.uint8 image tensors are supported, but found {image.dtype}")
    planes = image.reshape(-1, *image.shape[-2:])
    return torch.stack([_equalize_plane(plane) for plane in planes]).reshape(image.shape)


def _equalize_plane(plane: Tensor) -> Tensor:
    histogram = torch.bincount(plane.reshape(-1).long(), minlength=256)
    step = torch.div(histogram[histogram != 0][:-1].sum(), 255, rounding_mode="floor")
    if int(step) == 0:
        return plane
    table = torch.div(histogram.cumsum(0) + torch.div(step, 2, rounding_mode="floor"), step, rounding_mode="floor")
    table = F.pad(table, [1, 0])[:-1].clamp(0, 255)
    return table[plane.long()].to(torch.uint8)
