"""Images for looking at: grids, files, boxes and masks, as in `torchvision.utils`."""

from __future__ import annotations

import io
import math
import os
import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np

import penlight as torch
from penlight import Tensor
from penlight.vision.absent import vision_getattr
from penlight.vision.pillow import pillow
from penlight.vision.transforms.functional import convert_image_dtype, pil_to_tensor, to_pil_image

__all__ = ["draw_bounding_boxes", "draw_segmentation_masks", "make_grid", "save_image"]


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
    """Draw boxes (N, 4) of (xmin, ymin, xmax, ymax) in pixels on an RGB or gray image (C, H, W).

    Differs from torchvision: labels are written in Pillow's own font unless `font` names a file.

    Raises: TypeError, ValueError for images, boxes, labels or colours of other forms; NotImplementedError for label
    backgrounds.
    """
    _bytes_of(image, "The image")
    if fill_labels or label_background_colors is not None:
        raise NotImplementedError("penlight's draw_bounding_boxes has no label backgrounds: leave fill_labels=False")
    if boxes.ndim != 2 or boxes.size(-1) != 4:
        raise ValueError(f"boxes must be of shape (num_instances, 4), got {tuple(boxes.shape)}")
    if (boxes[:, 0] > boxes[:, 2]).any() or (boxes[:, 1] > boxes[:, 3]).any():
        raise ValueError(
            "Boxes need to be in (xmin, ymin, xmax, ymax) format. Use torchvision.ops.box_convert to convert them"
        )
    count = boxes.shape[0]
    if count == 0:
        return image
    if labels is not None and len(labels) != count:
        raise ValueError(
            f"The number of boxes ({count}) and labels ({len(labels)}) mismatch. Please specify labels for each box."
        )
    chosen = _colors(colors, count)
    written = chosen if label_colors is None else _colors(label_colors, count)
    is_float = image.is_floating_point()
    picture = convert_image_dtype(image, torch.uint8)
    if picture.size(0) == 1:
        picture = picture.repeat(3, 1, 1)
    drawn = to_pil_image(picture)
    draw = pillow("ImageDraw").Draw(drawn, "RGBA") if fill else pillow("ImageDraw").Draw(drawn)
    fonts = pillow("ImageFont")
    face = fonts.load_default() if font is None else fonts.truetype(font, font_size or 10)
    for box, color, label, ink in zip(boxes.to(torch.int64).tolist(), chosen, labels or [None] * count, written):
        draw.rectangle(box, width=width, outline=color, fill=(*color, 100) if fill else None)
        if label is not None:
            draw.text((box[0] + width + 1, box[1] + width + 1), label, fill=ink, font=face)
    result = pil_to_tensor(drawn)
    return result.to(image.dtype) / 255 if is_float else result


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


__getattr__ = vision_getattr(__name__)
