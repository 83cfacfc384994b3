"""Transforms that convert, normalize, blur, check or call."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import penlight as torch
from penlight import Tensor
from penlight.vision.pillow import is_pil
from penlight.vision.transforms import basic as v1
from penlight.vision.transforms import functional as v1_functional
from penlight.vision.transforms import warping
from penlight.vision.transforms.framing import uniform
from penlight.vision.transforms.v2 import functional as F
from penlight.vision.transforms.v2.functional.dispatch import is_pure_tensor
from penlight.vision.transforms.v2.functional.meta import valid_boxes, valid_keypoints
from penlight.vision.transforms.v2.transform import (
    Transform,
    flatten,
    get_bounding_boxes,
    get_keypoints,
    has_any,
    labels_getter_of,
    unflatten,
)
from penlight.vision.transforms.v2.warping import two_floats
from penlight.vision.tv_tensors import BoundingBoxes, Image, KeyPoints, Mask, TVTensor, Video, wrap

__all__ = [
    "ClampBoundingBoxes", "ClampKeyPoints", "ConvertBoundingBoxFormat", "ConvertImageDtype", "GaussianBlur",
    "GaussianNoise", "Identity", "Lambda", "LinearTransformation", "Normalize", "PILToTensor",
    "SanitizeBoundingBoxes", "SanitizeKeyPoints", "SetClampingMode", "ToDtype", "ToImage", "ToPILImage",
    "ToPureTensor", "ToTensor", "UniformTemporalSubsample",
]  # fmt: skip


class Identity(Transform):
    """Leave everything as it is."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return inpt


class Lambda(Transform):
    """Apply a function to the inputs of some types, by default to all."""

    _transformed_types = (object,)

    def __init__(self, lambd: Callable[[Any], Any], *types: type) -> None:
        super().__init__()
        self.lambd, self.types = lambd, types or self._transformed_types

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self.lambd(inpt) if isinstance(inpt, self.types) else inpt  # type: ignore[arg-type]

    def extra_repr(self) -> str:
        name = getattr(self.lambd, "__name__", None)
        types = f"types={[t.__name__ for t in self.types]}"  # type: ignore[union-attr]
        return f"{name}, {types}" if name else types


class _NoPil(Transform):
    def check_inputs(self, flat_inputs: list[Any]) -> None:
        if has_any(flat_inputs, is_pil):
            raise TypeError(f"{type(self).__name__}() does not support PIL images.")


class LinearTransformation(_NoPil):
    """(flattened image - mean_vector) @ transformation_matrix, such as whitening.

    Raises: ValueError for sizes that do not fit, TypeError for Pillow images.
    """

    _transformed_types = (is_pure_tensor, Image, Video)

    def __init__(self, transformation_matrix: Tensor, mean_vector: Tensor) -> None:
        super().__init__()
        if transformation_matrix.dtype != mean_vector.dtype:
            raise ValueError(
                f"Input tensors should have the same dtype. Got {transformation_matrix.dtype} and {mean_vector.dtype}"
            )
        self._linear = v1.LinearTransformation(transformation_matrix, mean_vector)
        self.transformation_matrix, self.mean_vector = transformation_matrix, mean_vector

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        output = self._linear(inpt.as_subclass(Tensor))
        return wrap(output, like=inpt) if isinstance(inpt, (Image, Video)) else output


class Normalize(_NoPil):
    """(image - mean) / std for each channel of float images and videos.

    >>> Normalize([0.5], [0.25])
    Normalize(mean=[0.5], std=[0.25], inplace=False)
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> None:
        super().__init__()
        self.mean, self.std, self.inplace = list(mean), list(std), inplace

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.normalize, inpt, mean=self.mean, std=self.std, inplace=self.inplace)


class GaussianBlur(Transform):
    """Blur with a Gaussian whose deviation is drawn from `sigma`: (low, high), or a number."""

    get_params = staticmethod(warping.GaussianBlur.get_params)

    def __init__(self, kernel_size: Any, sigma: Any = (0.1, 2.0)) -> None:
        super().__init__()
        sizes = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
        if not isinstance(sizes, Sequence) or len(sizes) not in (1, 2):
            raise ValueError("Kernel size should be a tuple/list of two integers")
        self.kernel_size = sizes if len(sizes) == 2 else (sizes[0], sizes[0])
        if any(size <= 0 or size % 2 == 0 for size in self.kernel_size):
            raise ValueError("Kernel size value should be an odd and positive number.")
        self.sigma = two_floats(sigma, "sigma")
        if not 0.0 < self.sigma[0] <= self.sigma[1]:
            raise ValueError(f"sigma values should be positive and of the form (min, max). Got {self.sigma}")

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        sigma = uniform(self.sigma[0], self.sigma[1])
        return {"sigma": [sigma, sigma]}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.gaussian_blur, inpt, self.kernel_size, **params)


class GaussianNoise(Transform):
    """Add normal noise to float and uint8 images and videos, to each its own."""

    def __init__(self, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> None:
        super().__init__()
        self.mean, self.sigma, self.clip = mean, sigma, clip

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.gaussian_noise, inpt, mean=self.mean, sigma=self.sigma, clip=self.clip)


class ToDtype(Transform):
    """Convert images and videos, or with a dictionary of dtypes by type ("others" for the rest) all, to a dtype.

    Args: scale: keep white white in images and videos.
    Raises: ValueError for other dtypes, and for a type that the dictionary does not name.

    >>> ToDtype(torch.float32, scale=True)(torch.tensor([[[255]]], dtype=torch.uint8))
    tensor([[[1.]]])
    """

    _transformed_types = (Tensor,)

    def __init__(self, dtype: Any, scale: bool = False) -> None:
        super().__init__()
        if not isinstance(dtype, (dict, torch.dtype)):
            raise ValueError(f"dtype must be a dict or a torch.dtype, got {type(dtype)} instead")
        if isinstance(dtype, dict) and Tensor in dtype and (Image in dtype or Video in dtype):
            warnings.warn(
                "Got `dtype` values for `torch.Tensor` and either `tv_tensors.Image` or `tv_tensors.Video`. Note that a "
                "plain `torch.Tensor` will *not* be transformed beside a `tv_tensors.Image` or `tv_tensors.Video`.",
                stacklevel=2,
            )
        self.dtype, self.scale = dtype, scale

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        is_image = is_pure_tensor(inpt) or isinstance(inpt, (Image, Video))
        if isinstance(self.dtype, torch.dtype):
            return self._call_kernel(F.to_dtype, inpt, dtype=self.dtype, scale=self.scale) if is_image else inpt
        if type(inpt) not in self.dtype and "others" not in self.dtype:
            raise ValueError(
                f"No dtype was specified for type {type(inpt)}. If you only need to convert the dtype of images or "
                "videos, you can just pass e.g. dtype=torch.float32. In a dict, `others` stands for the rest, and None "
                "for the dtype that there is."
            )
        dtype = self.dtype.get(type(inpt), self.dtype.get("others"))
        if dtype is None:
            if self.scale and is_image:
                warnings.warn(
                    "scale was set to True but no dtype was specified for images or videos: no scaling will be done.",
                    stacklevel=2,
                )
            return inpt
        return self._call_kernel(F.to_dtype, inpt, dtype=dtype, scale=self.scale)


class ConvertImageDtype(Transform):
    """Convert images and videos to a dtype so that white stays white."""

    def __init__(self, dtype: Any = torch.float32) -> None:
        super().__init__()
        self.dtype = dtype

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.to_dtype, inpt, dtype=self.dtype, scale=True)


class _Sanitize(Transform):
    """Drop what is not valid, and the labels that belong to it.

    Args: labels_getter: finds the labels in the sample, a tensor or a tuple of them; "default" takes what is called so.
    """

    def __init__(self, labels_getter: Any) -> None:
        super().__init__()
        self.labels_getter, self._labels_getter = labels_getter, labels_getter_of(labels_getter)

    def _valid(self, leaves: list[Any]) -> tuple[Any, Tensor]:
        """(the boxes or points, which of them are kept)."""
        raise NotImplementedError

    def forward(self, *inputs: Any) -> Any:
        sample = inputs if len(inputs) > 1 else inputs[0]
        labels = self._labels_getter(sample)
        labels = () if labels is None else (labels,) if isinstance(labels, Tensor) else labels
        kinds = [type(label) for label in labels] if isinstance(labels, (tuple, list)) else [type(labels)]
        if not all(issubclass(kind, Tensor) for kind in kinds):
            kind = next(kind for kind in kinds if not issubclass(kind, Tensor))
            raise ValueError(f"The labels in the input to forward() must be a tensor or None, got {kind} instead.")
        leaves = flatten(sample)
        subject, valid = self._valid(leaves)
        for label in labels:
            if label.shape[0] != subject.shape[0]:
                raise ValueError(
                    f"Number of {type(subject).__name__} (shape={subject.shape}) must match the number of labels. "
                    f"Found labels with shape={label.shape}."
                )
        params = {"valid": valid, "labels": labels}
        return unflatten(sample, [self.transform(leaf, params) for leaf in leaves])


class SanitizeBoundingBoxes(_Sanitize):
    """Drop boxes that are too small or not inside of the image, with their labels and masks.

    Raises: ValueError without boxes, and for bounds below 1 or labels of another number.
    """

    def __init__(self, min_size: float = 1.0, min_area: float = 1.0, labels_getter: Any = "default") -> None:
        for name, bound in (("min_size", min_size), ("min_area", min_area)):
            if bound < 1:
                raise ValueError(f"{name} must be >= 1, got {bound}.")
        super().__init__(labels_getter)
        del self.labels_getter
        self.min_size, self.min_area, self.labels_getter = min_size, min_area, labels_getter

    def _valid(self, leaves: list[Any]) -> tuple[Any, Tensor]:
        boxes = get_bounding_boxes(leaves)
        plain = boxes.as_subclass(Tensor)
        return boxes, valid_boxes(plain, boxes.format, boxes.canvas_size, self.min_size, self.min_area)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        is_label = any(inpt is label for label in params["labels"])
        if not is_label and not isinstance(inpt, (BoundingBoxes, Mask)):
            return inpt
        try:
            output = inpt[params["valid"]]
        except IndexError:  # a mask of the whole image, not one a box
            return inpt
        return output if is_label else wrap(output, like=inpt)


class SanitizeKeyPoints(_Sanitize):
    """Drop key points outside of the image, with their labels; of groups (N, …, 2) those with such a point."""

    def __init__(self, labels_getter: Any = None) -> None:
        super().__init__(labels_getter)

    def _valid(self, leaves: list[Any]) -> tuple[Any, Tensor]:
        points = get_keypoints(leaves)
        return points, valid_keypoints(points.as_subclass(Tensor), points.canvas_size)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        if any(inpt is label for label in params["labels"]):
            return inpt[params["valid"]]
        return wrap(inpt[params["valid"]], like=inpt) if isinstance(inpt, KeyPoints) else inpt


class ConvertBoundingBoxFormat(Transform):
    """Convert boxes to another format."""

    _transformed_types = (BoundingBoxes,)

    def __init__(self, format: Any) -> None:
        super().__init__()
        self.format = format

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return F.convert_bounding_box_format(inpt, new_format=self.format)


class ClampBoundingBoxes(Transform):
    """Cut boxes at the image's border."""

    _transformed_types = (BoundingBoxes,)

    def __init__(self, clamping_mode: str | None = "auto") -> None:
        super().__init__()
        self.clamping_mode = clamping_mode

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return F.clamp_bounding_boxes(inpt, clamping_mode=self.clamping_mode)


class ClampKeyPoints(Transform):
    """Move key points outside of the image to its border pixels."""

    _transformed_types = (KeyPoints,)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return F.clamp_keypoints(inpt)


class SetClampingMode(Transform):
    """Set whether the transforms that follow cut boxes at the border: "soft", "hard" or None."""

    _transformed_types = (BoundingBoxes,)

    def __init__(self, clamping_mode: str | None) -> None:
        super().__init__()
        if clamping_mode not in (None, "soft", "hard"):
            raise ValueError(f"clamping_mode must be soft, hard or None, got {clamping_mode}")
        self.clamping_mode = clamping_mode

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return wrap(inpt.clone(), like=inpt, clamping_mode=self.clamping_mode)


class PILToTensor(Transform):
    """Pillow images as tensors of the same values."""

    _transformed_types = (is_pil,)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return F.pil_to_tensor(inpt)


class ToImage(Transform):
    """Plain tensors, Pillow images and arrays as Image."""

    _transformed_types = (is_pure_tensor, is_pil, np.ndarray)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return F.to_image(inpt)


class ToPILImage(Transform):
    """Tensors and arrays as Pillow images."""

    _transformed_types = (is_pure_tensor, Image, np.ndarray)

    def __init__(self, mode: str | None = None) -> None:
        super().__init__()
        self.mode = mode

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return F.to_pil_image(inpt, mode=self.mode)


class ToPureTensor(Transform):
    """Everything of `tv_tensors` as plain tensors."""

    _transformed_types = (TVTensor,)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return inpt.as_subclass(Tensor)


class ToTensor(Transform):
    """`transforms.ToTensor` of v1. Deprecated in favour of `ToImage` and `ToDtype`."""

    _transformed_types = (is_pil, np.ndarray)

    def __init__(self) -> None:
        warnings.warn(
            "The transform `ToTensor()` is deprecated and will be removed in a future release. Instead, please use "
            "`v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])`.",
            stacklevel=2,
        )
        super().__init__()

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return v1_functional.to_tensor(inpt)


class UniformTemporalSubsample(Transform):
    """Take `num_samples` frames of a video at equal distances."""

    _transformed_types = (Tensor,)

    def __init__(self, num_samples: int) -> None:
        super().__init__()
        self.num_samples = num_samples

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.uniform_temporal_subsample, inpt, self.num_samples)
