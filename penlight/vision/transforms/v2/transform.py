"""The base class of the transforms, and what they ask of a sample."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import penlight as torch
from penlight import Tensor
from penlight.nn import Module
from penlight.vision.pillow import is_pil
from penlight.vision.transforms.v2 import functional as F
from penlight.vision.transforms.v2.functional.dispatch import find_kernel, is_pure_tensor
from penlight.vision.tv_tensors import BoundingBoxes, Image, KeyPoints, Mask, Video

__all__ = [
    "IMAGES", "RandomApplied", "Transform", "check_type", "fill_for", "fills_of", "flatten", "get_bounding_boxes",
    "get_keypoints", "has_all", "has_any", "labels_getter_of", "query_chw", "query_size", "unflatten",
]  # fmt: skip

IMAGES = (is_pure_tensor, Image, is_pil, Video)


def flatten(sample: Any) -> list[Any]:
    """The leaves of nested tuples, lists and dictionaries, in order."""
    if isinstance(sample, Mapping):
        sample = list(sample.values())
    return [leaf for item in sample for leaf in flatten(item)] if isinstance(sample, (tuple, list)) else [sample]


def unflatten(sample: Any, leaves: Sequence[Any]) -> Any:
    """The sample with other leaves."""
    rest = iter(leaves)

    def build(value: Any) -> Any:
        if isinstance(value, Mapping):
            items = [(key, build(item)) for key, item in value.items()]
            factory = getattr(value, "default_factory", None)  # of a defaultdict
            return type(value)(items) if factory is None else type(value)(factory, items)  # type: ignore[call-arg]
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*map(build, value))
        return type(value)(map(build, value)) if isinstance(value, (tuple, list)) else next(rest)

    return build(sample)


def check_type(obj: Any, types_or_checks: Sequence[type | Callable[[Any], bool]]) -> bool:
    """Whether a value is of one of the types, or passes one of the checks."""
    return any(isinstance(obj, t) if isinstance(t, type) else t(obj) for t in types_or_checks)


def has_any(flat_inputs: list[Any], *types_or_checks: type | Callable[[Any], bool]) -> bool:
    """Whether a leaf is of one of the types, or passes one of the checks."""
    return any(check_type(inpt, types_or_checks) for inpt in flat_inputs)


def has_all(flat_inputs: list[Any], *types_or_checks: type | Callable[[Any], bool]) -> bool:
    """Whether each of the types or checks has a leaf."""
    return all(has_any(flat_inputs, t) for t in types_or_checks)


def get_bounding_boxes(flat_inputs: list[Any]) -> BoundingBoxes:
    """The first boxes. Raises: ValueError without any."""
    for inpt in flat_inputs:
        if isinstance(inpt, BoundingBoxes):
            return inpt
    raise ValueError("No bounding boxes were found in the sample")


def get_keypoints(flat_inputs: list[Any]) -> KeyPoints:
    """The first key points. Raises: ValueError without any."""
    for inpt in flat_inputs:
        if isinstance(inpt, KeyPoints):
            return inpt
    raise ValueError("No keypoints were found in the sample")


def _only(sizes: set[tuple[int, ...]], none: str, several: str) -> tuple[int, ...]:
    if not sizes:
        raise TypeError(none)
    if len(sizes) > 1:
        raise ValueError(f"Found multiple {several} dimensions in the sample: {', '.join(map(str, sorted(sizes)))}")
    return sizes.pop()


def query_chw(flat_inputs: list[Any]) -> tuple[int, int, int]:
    """(channels, height, width) of the images and videos.

    Raises: TypeError without any, ValueError where they differ.
    """
    found = {tuple(F.get_dimensions(inpt)) for inpt in flat_inputs if check_type(inpt, IMAGES)}
    return _only(found, "No image or video was found in the sample", "CxHxW")  # type: ignore[return-value]


def query_size(flat_inputs: list[Any]) -> tuple[int, int]:
    """(height, width) of the images, videos, masks, boxes and key points.

    Raises: TypeError without any, ValueError where they differ.
    """
    kinds = (*IMAGES, Mask, BoundingBoxes, KeyPoints)
    found = {tuple(F.get_size(inpt)) for inpt in flat_inputs if check_type(inpt, kinds)}
    none = "No image, video, mask, bounding box of keypoint was found in the sample"
    return _only(found, none, "HxW")  # type: ignore[return-value]


def _fill(fill: Any) -> Any:
    if fill is None or isinstance(fill, (int, float)):
        return fill
    if not isinstance(fill, (tuple, list)):
        raise TypeError("Got inappropriate fill arg, only Numbers, tuples, lists and dicts are allowed.")
    return [float(value) for value in fill]


def fills_of(fill: Any) -> dict[Any, Any]:
    """A fill by the type of the input, "others" for the rest, from such a dictionary or one fill for all."""
    return {key: _fill(f) for key, f in fill.items()} if isinstance(fill, dict) else {"others": _fill(fill)}


def fill_for(fills: dict[Any, Any], inpt: Any) -> Any:
    """The fill for an input; None if the dictionary has none."""
    return fills.get(type(inpt), fills.get("others"))


def _default_labels(inputs: Any) -> Any:
    if isinstance(inputs, (tuple, list)):
        inputs = inputs[1]
    if is_pure_tensor(inputs):
        return inputs
    if not isinstance(inputs, Mapping):
        raise ValueError(
            "When using the default labels_getter, the input passed to forward must be a dictionary or a two-tuple "
            f"whose second item is a dictionary or a tensor, but got {inputs} instead."
        )
    exact = [key for key in inputs if key.lower() == "labels"]
    similar = exact or [key for key in inputs if "label" in key.lower()]
    if not similar:
        raise ValueError(
            "Could not infer where the labels are in the sample. Try passing a callable as the labels_getter parameter? "
            "If there are no labels in the sample by design, pass labels_getter=None."
        )
    return inputs[similar[0]]


def labels_getter_of(labels_getter: Any) -> Callable[[Any], Any]:
    """The function that finds the labels of a sample: "default", one given, or None for no labels."""
    if labels_getter == "default":
        return _default_labels
    if callable(labels_getter):
        return labels_getter
    if labels_getter is not None:
        raise ValueError(f"labels_getter should either be 'default', a callable, or None, but got {labels_getter}.")
    return lambda inputs: None


class Transform(Module):
    """Base class: transform what a sample of nested tuples, lists and dictionaries holds, all with the same draws.

    Write `transform(inpt, params)` for one input, and `make_params(flat_inputs)`, which draws what all share. Plain
    tensors are images; only the first is transformed, and none beside an Image, a Video or a Pillow image.
    """

    _transformed_types: tuple[type | Callable[[Any], bool], ...] = (Tensor, is_pil)

    def check_inputs(self, flat_inputs: list[Any]) -> None:
        """Raise for a sample that cannot be transformed."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """Draw what `transform` needs."""
        return {}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """Transform one input."""
        raise NotImplementedError

    def _call_kernel(self, functional: Callable, inpt: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a function of `functional`; what it has no kernel for passes through."""
        return inpt if find_kernel(functional, inpt) is None else functional(inpt, *args, **kwargs)

    def forward(self, *inputs: Any) -> Any:
        """Transform a sample."""
        sample = inputs if len(inputs) > 1 else inputs[0]
        leaves = flatten(sample)
        self.check_inputs(leaves)
        return self._apply_to(sample, leaves)

    def _apply_to(self, sample: Any, leaves: list[Any]) -> Any:
        needed = self._needs_transform_list(leaves)
        params = self.make_params([leaf for leaf, is_needed in zip(leaves, needed) if is_needed])
        results = [self.transform(leaf, params) if is_needed else leaf for leaf, is_needed in zip(leaves, needed)]
        return unflatten(sample, results)

    def _needs_transform_list(self, flat_inputs: list[Any]) -> list[bool]:
        needed = []
        pure_left = 0 if has_any(flat_inputs, Image, Video, is_pil) else 1
        for inpt in flat_inputs:
            is_needed = check_type(inpt, self._transformed_types)
            if is_needed and is_pure_tensor(inpt):
                is_needed, pure_left = pure_left > 0, 0
            needed.append(is_needed)
        return needed

    def extra_repr(self) -> str:
        shown = (bool, int, float, str, tuple, list, enum.Enum)
        own = {name: value for name, value in vars(self).items() if name[0] != "_" and name != "training"}
        return ", ".join(f"{name}={value}" for name, value in own.items() if isinstance(value, shown))


class RandomApplied(Transform):
    """A transform that is applied with probability `p`."""

    def __init__(self, p: float = 0.5) -> None:
        if not (0.0 <= p <= 1.0):
            raise ValueError("`p` should be a floating point value in the interval [0.0, 1.0].")
        super().__init__()
        self.p = p

    def forward(self, *inputs: Any) -> Any:
        sample = inputs if len(inputs) > 1 else inputs[0]
        leaves = flatten(sample)
        self.check_inputs(leaves)
        return sample if torch.rand(1) >= self.p else self._apply_to(sample, leaves)
