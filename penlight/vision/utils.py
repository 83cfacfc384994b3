"""Images for looking at: grids, files, boxes, masks, keypoints and flow, as in `torchvision.utils`."""

from __future__ import annotations

import io
import math
import os
import tempfile
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

import penlight as torch
from penlight import Tensor
from penlight.vision.absent import vision_getattr
from penlight.vision.pillow import pillow
from penlight.vision.transforms.functional import convert_image_dtype, pil_to_tensor, to_pil_image

__all__ = [
    "draw_bounding_boxes", "draw_keypoints", "draw_segmentation_masks", "flow_to_image", "make_grid", "save_image",
]  # fmt: skip


def _normalized(tensor: Tensor, value_range: tuple[float, float] | None) -> Tensor:
    low, high = value_range if value_range is not None else (float(tensor.min()), float(tensor.max()))
    return tensor.clamp(min=low, max=high).sub_(low).div_(max(high - low, 1e-5))


@torch.no_grad()
def make_grid(
    tensor: Any, nrow: int = 8, padding: int = 2, normalize: bool = False,
    value_range: tuple[float, float] | None = None, scale_each: bool = False, pad_value: float = 0.0,
) -> Tensor:  # fmt: skip
    """Put images (B, C, H, W), or a list of them, side by side in rows of `nrow`: (C, H', W').

    Gray images become three equal channels; a single image is returned without a border.

    Args: normalize: shift and scale `value_range`, by default that of the values, to [0, 1]; scale_each: each image apart.
    Raises: TypeError for other values.

    >>> make_grid(torch.zeros(5, 1, 4, 4), nrow=3).shape
    torch.Size([3, 14, 20])
    """
    if not isinstance(tensor, Tensor):
        if not isinstance(tensor, list):
            raise TypeError(f"tensor or list of tensors expected, got {type(tensor)}")
        for item in tensor:
            if not isinstance(item, Tensor):
                raise TypeError(f"tensor or list of tensors expected, got a list containing {type(item)}")
        tensor = torch.stack(tensor, dim=0)
    if tensor.dim() == 2:
        tensor = tensor.unsqueeze(0)
    if tensor.dim() == 3:
        if tensor.size(0) == 1:
            tensor = torch.cat((tensor, tensor, tensor), 0)
        tensor = tensor.unsqueeze(0)
    if tensor.dim() == 4 and tensor.size(1) == 1:
        tensor = torch.cat((tensor, tensor, tensor), 1)
    if normalize:
        if value_range is not None and not isinstance(value_range, tuple):
            raise TypeError("value_range has to be a tuple (min, max) if specified. min and max are numbers")
        if scale_each:
            tensor = torch.stack([_normalized(image, value_range) for image in tensor])
        else:
            tensor = _normalized(tensor, value_range)
    if not isinstance(tensor, Tensor):
        raise TypeError("tensor should be of type torch.Tensor")
    if tensor.size(0) == 1:
        return tensor.squeeze(0)
    count, channels = tensor.size(0), tensor.size(1)
    columns = min(nrow, count)
    rows = math.ceil(count / columns)
    height, width = tensor.size(2) + padding, tensor.size(3) + padding
    grid = tensor.new_full((channels, height * rows + padding, width * columns + padding), pad_value)
    for i in range(count):
        top, left = i // columns * height + padding, i % columns * width + padding
        grid[:, top : top + height - padding, left : left + width - padding] = tensor[i]
    return grid


def replace_file(path: str | os.PathLike, content: bytes) -> None:
    """Write a file beside the target and move it there when it is complete."""
    folder, name = os.path.split(os.fspath(path))
    handle, partial = tempfile.mkstemp(dir=folder or ".", prefix=name + ".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(partial, 0o666 & ~mask)  # mkstemp's own are for the user alone
        os.replace(partial, path)
    except BaseException:
        os.unlink(partial)
        raise


@torch.no_grad()
def save_image(tensor: Any, fp: Any, format: str | None = None, **kwargs: Any) -> None:
    """Save an image with values in [0, 1], or a grid of them, to a file or file object.

    Args: format: Pillow's name, by default from the file's name; others as for `make_grid`.
    """
    grid = make_grid(tensor, **kwargs)
    array = grid.mul(255).add_(0.5).clamp_(0, 255).permute(1, 2, 0).to(torch.uint8).numpy()
    image = pillow().fromarray(np.ascontiguousarray(array))
    if isinstance(fp, (str, os.PathLike)):
        name = os.path.splitext(os.fspath(fp))[1].lower()
        if format is None:
            known = pillow().registered_extensions()
            if name not in known:
                raise ValueError(f"unknown file extension: {name}")
            format = known[name]
        buffer = io.BytesIO()
        image.save(buffer, format=format)
        replace_file(fp, buffer.getvalue())
    else:
        image.save(fp, format=format)


def _palette(count: int) -> list[tuple[int, ...]]:
    """Colours that differ, the first black."""
    steps = (2**25 - 1, 2**15 - 1, 2**21 - 1)
    return [tuple(i * step % 255 for step in steps) for i in range(count)]


def _colors(colors: Any, count: int) -> list[tuple[int, ...]]:
    if colors is None:
        chosen: list[Any] = _palette(count)
    elif isinstance(colors, list):
        if len(colors) < count:
            raise ValueError(
                f"Number of colors must be equal or larger than the number of objects, but got {len(colors)} < {count}."
            )
        chosen = colors
    elif isinstance(colors, (str, tuple)):
        chosen = [colors] * count
    else:
        raise ValueError("colors must be a tuple or a string, or a list thereof")
    return [pillow("ImageColor").getrgb(c) if isinstance(c, str) else c for c in chosen]


def _bytes_of(image: Tensor, what: str) -> None:
    if not isinstance(image, Tensor):
        raise TypeError(f"{what} should be a tensor, got {type(image)}")
    if not (image.dtype == torch.uint8 or image.is_floating_point()):
        raise ValueError(f"The image dtype must be uint8 or float, got {image.dtype}")
    if image.dim() != 3:
        raise ValueError("Pass individual images, not batches")
    if image.size(0) not in (1, 3):
        raise ValueError("Only grayscale and RGB images are supported")


@torch.no_grad()
def draw_bounding_boxes(
    image: Tensor, boxes: Tensor, labels: Sequence[str | None] | None = None, colors: Any = None,
    fill: bool | None = False, width: int = 1, font: str | None = None, font_size: int | None = None,
    label_colors: Any = None, label_background_colors: Any = None, fill_labels: bool = False,
) -> Tensor:  # fmt: skip
    """Draw boxes (N, 4) of (xmin, ymin, xmax, ymax), or (N, 8) of four corners, in pixels on an image (1 or 3, H, W).

    Args: colors: one, or one a box; fill: colour the inside; labels, label_colors, label_background_colors: as colors;
    fill_labels: draw the labels' backgrounds.
    Differs from torchvision: labels are written in Pillow's own font unless `font` names a file.

    Raises: TypeError, ValueError for images, boxes, labels or colours of other forms.
    """
    _bytes_of(image, "The image")
    if boxes.ndim != 2 or boxes.size(-1) not in (4, 8):
        raise ValueError(f"boxes must be of shape (num_instances, 4) or (num_instances, 8), got {tuple(boxes.shape)}")
    if boxes.size(-1) == 4 and ((boxes[:, 0] > boxes[:, 2]).any() or (boxes[:, 1] > boxes[:, 3]).any()):
        raise ValueError(
            "Boxes need to be in (xmin, ymin, xmax, ymax) format. Use torchvision.ops.box_convert to convert them"
        )
    count = boxes.shape[0]
    if count == 0:
        warnings.warn("boxes doesn't contain any box. No box was drawn", stacklevel=3)
        return image
    if labels is not None and len(labels) != count:
        raise ValueError(
            f"The number of boxes ({count}) and labels ({len(labels)}) mismatch. Please specify labels for each box."
        )
    if font is None and font_size is not None:
        warnings.warn("Argument 'font_size' will be ignored since 'font' is not set.", stacklevel=3)
    chosen = _colors(colors, count)
    ink = "black" if fill_labels and label_colors is None else label_colors
    written = chosen if ink is None else _colors(ink, count)
    behind = chosen if label_background_colors is None else _colors(label_background_colors, count)
    drawn = _picture(image)
    draw = pillow("ImageDraw").Draw(drawn, "RGBA") if fill else pillow("ImageDraw").Draw(drawn)
    fonts = pillow("ImageFont")
    face = fonts.load_default() if font is None else fonts.truetype(font, font_size or 10)
    for i, (box, label) in enumerate(zip(boxes.to(torch.int64).tolist(), labels or [None] * count)):
        inside = (*chosen[i], 100) if fill else None
        if len(box) == 4:
            draw.rectangle(box, width=width, outline=chosen[i], fill=inside)
        else:
            _polygon(draw, box, chosen[i], inside, width)
        if label is not None:
            place = (box[0] + width + 1, box[1] + width + 1)
            if fill_labels:
                left, top, right, bottom = draw.textbbox(place, label, font=face)
                draw.rectangle([left - 1, top - 1, right + 1, bottom + 1], fill=behind[i])
            draw.text(place, label, fill=written[i], font=face)
    return _tensor(drawn, image)


def _polygon(draw: Any, box: list[int], color: tuple[int, ...], inside: Any, width: int) -> None:
    """Four corners, with a dashed first side that shows which way is up."""
    corners = list(zip(box[::2], box[1::2]))
    if inside is not None:
        draw.polygon(box, fill=inside)
    for start, end in zip(corners[1:], corners[2:] + corners[:1]):
        draw.line([start, end], fill=color, width=width)
    (x, y), (x2, y2) = corners[:2]
    length, dash = math.hypot(x2 - x, y2 - y), 5
    for at in range(0, math.ceil(length), 2 * dash):
        parts = [min(at + step, length) / length for step in (0, dash)]
        draw.line([(x + (x2 - x) * part, y + (y2 - y) * part) for part in parts], fill=color, width=width)


def _picture(image: Tensor) -> Any:
    """The Pillow image, RGB."""
    picture = convert_image_dtype(image, torch.uint8)
    return to_pil_image(picture.repeat(3, 1, 1) if picture.size(0) == 1 else picture)


def _tensor(drawn: Any, like: Tensor) -> Tensor:
    result = pil_to_tensor(drawn)
    return convert_image_dtype(result, like.dtype) if like.is_floating_point() else result


@torch.no_grad()
def draw_segmentation_masks(image: Tensor, masks: Tensor, alpha: float = 0.8, colors: Any = None) -> Tensor:
    """Colour the pixels of boolean masks (N, H, W) on an RGB image (3, H, W).

    Args: alpha: from 0, invisible, to 1, opaque.
    Raises: TypeError, ValueError for images or masks of other forms.
    """
    _bytes_of(image, "The image")
    if image.size(0) != 3:
        raise ValueError("Pass an RGB image. Other Image formats are not supported")
    masks = masks[None, :, :] if masks.ndim == 2 else masks
    if masks.ndim != 3:
        raise ValueError("masks must be of shape (H, W) or (batch_size, H, W)")
    if masks.dtype != torch.bool:
        raise ValueError(f"The masks must be of dtype bool. Got {masks.dtype}")
    if masks.shape[-2:] != image.shape[-2:]:
        raise ValueError("The image and the masks must have the same height and width")
    count = masks.size(0)
    if count == 0:
        return image
    overlay = image.detach().clone()
    for mask, color in zip(masks, _colors(colors, count)):
        value = torch.tensor(color, dtype=torch.uint8)
        overlay[:, mask] = (value.to(image.dtype) / 255 if image.is_floating_point() else value)[:, None]
    overlay[:, masks.sum(dim=0) > 1] = 0  # black where masks overlap
    return (image * (1 - alpha) + overlay * alpha).to(image.dtype)


@torch.no_grad()
def draw_keypoints(
    image: Tensor, keypoints: Tensor, connectivity: Sequence[tuple[int, int]] | None = None, colors: Any = None,
    radius: int = 2, width: int = 3, visibility: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Draw points (N, K, 2) of (x, y) in pixels, and white lines between them, on an RGB image (3, H, W).

    Args: connectivity: pairs of points to join; radius: of the points; width: of the lines; visibility: bool (N, K), which
    points are drawn.
    Raises: TypeError, ValueError for images, points or visibility of other forms.
    """
    _bytes_of(image, "The image")
    if image.size(0) != 3:
        raise ValueError("Pass an RGB image. Other Image formats are not supported")
    if keypoints.ndim != 3:
        raise ValueError(f"keypoints must be of shape (num_instances, K, 2), got {tuple(keypoints.shape)}")
    if visibility is None:
        visibility = torch.ones(keypoints.shape[:-1], dtype=torch.bool)
    if visibility.ndim == 3:
        visibility = visibility.squeeze(-1)
    if visibility.shape != keypoints.shape[:-1]:
        raise ValueError(
            f"visibility must be of shape (num_instances, K), {tuple(keypoints.shape[:-1])}, got {tuple(visibility.shape)}"
        )
    drawn = _picture(image)
    draw = pillow("ImageDraw").Draw(drawn)
    for points, seen in zip(keypoints.to(torch.int64).tolist(), visibility.tolist()):
        for (x, y), visible in zip(points, seen):
            if visible:
                draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colors, outline=None, width=0)
        for first, second in connectivity or ():
            if seen[first] and seen[second]:
                draw.line([*points[first], *points[second]], width=width)
    return _tensor(drawn, image)


def _color_wheel() -> Tensor:
    """55 colours around the circle, (55, 3), from red over yellow, green, cyan, blue and magenta."""
    parts = []
    # Colours from one corner to the next: (steps, channel that changes, whether it falls, the other full channel)
    for steps, channel, falls, full in (
        (15, 1, False, 0), (6, 0, True, 1), (4, 2, False, 1), (11, 1, True, 2), (13, 0, False, 2), (6, 2, True, 0),
    ):  # fmt: skip
        part = np.zeros((steps, 3), np.float32)
        part[:, full] = 255
        ramp = np.floor(255 * np.arange(steps) / steps)
        part[:, channel] = 255 - ramp if falls else ramp
        parts.append(part)
    return torch.from_numpy(np.concatenate(parts))


@torch.no_grad()
def flow_to_image(flow: Tensor) -> Tensor:
    """Colours of a flow: hue for the direction, saturation for the length. Shape: (2, H, W) or (N, 2, H, W) -> uint8.

    Raises: ValueError for other dtypes than float32, or other shapes.
    Source: https://vision.middlebury.edu/flow

    >>> flow_to_image(torch.tensor([[[1.0, 0.0]], [[0.0, 0.0]]]))[:, 0].tolist()
    [[255, 255], [0, 255], [0, 255]]
    """
    if flow.dtype != torch.float32:
        raise ValueError(f"Flow should be of dtype torch.float, got {flow.dtype}.")
    shape = tuple(flow.shape)
    flow = flow[None] if flow.ndim == 3 else flow
    if flow.ndim != 4 or flow.shape[1] != 2:
        raise ValueError(f"Input flow should have shape (2, H, W) or (N, 2, H, W), got {shape}.")
    flow = flow / ((flow**2).sum(1).sqrt().max() + torch.finfo(torch.float32).eps)
    wheel = _color_wheel()
    length = (flow**2).sum(1).sqrt()
    place = (torch.atan2(-flow[:, 1], -flow[:, 0]) / torch.pi + 1) / 2 * (len(wheel) - 1)
    low = torch.floor(place).long()
    part = (place - low)[..., None]
    color = (1 - part) * (wheel[low] / 255) + part * (wheel[(low + 1) % len(wheel)] / 255)  # (N, H, W, 3)
    image = torch.floor(255 * (1 - length[..., None] * (1 - color))).to(torch.uint8).permute(0, 3, 1, 2)
    return image.contiguous() if len(shape) == 4 else image[0].contiguous()


__getattr__ = vision_getattr(__name__)
