"""Which files hold pretrained weights, where they are found, and the functions that make models with them."""

from __future__ import annotations

import fnmatch
import functools
import inspect
import os
import sys
import warnings
from collections.abc import Callable
from enum import Enum
from typing import Any

import penlight as torch
from penlight import hub
from penlight.nn import Module
from penlight.vision.pillow import is_pil
from penlight.vision.transforms import functional as F
from penlight.vision.transforms.interpolation import InterpolationMode

__all__ = [
    "BUILDERS",
    "ENUMS",
    "Weights",
    "WeightsEnum",
    "builder",
    "get_model",
    "get_model_builder",
    "get_model_weights",
    "get_weight",
    "list_models",
    "register",
]

_HOME = "https://download.pytorch.org/models/"
BUILDERS: dict[str, Callable] = {}  # name -> function that makes the model
ENUMS: dict[str, type] = {}  # name of the function -> its weights


class _Meta(dict):
    def __missing__(self, key: str) -> Any:
        raise KeyError(f"penlight does not have {key!r} of the weights' meta data; it has {sorted(self)}")


class ImageClassification(Module):
    """The transform of a classifier's images: resize, centre crop, scale to [0, 1], normalize."""

    def __init__(
        self, *, crop_size: int, resize_size: int = 256, mean: tuple = (0.485, 0.456, 0.406),
        std: tuple = (0.229, 0.224, 0.225), interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ):  # fmt: skip
        super().__init__()
        self.crop_size, self.resize_size = [crop_size], [resize_size]
        self.mean, self.std = list(mean), list(std)
        self.interpolation, self.antialias = interpolation, antialias

    def forward(self, img: Any) -> Any:
        img = F.resize(img, self.resize_size, self.interpolation, antialias=self.antialias)
        img = F.center_crop(img, self.crop_size)
        if is_pil(img):
            img = F.pil_to_tensor(img)
        return F.normalize(F.convert_image_dtype(img, torch.float32), self.mean, self.std)

    def __repr__(self) -> str:
        values = (
            f"    {name}={getattr(self, name)}" for name in ("crop_size", "resize_size", "mean", "std", "interpolation")
        )
        return "\n".join([f"{type(self).__name__}(", *values, ")"])


class Weights:
    """One file of weights: `url`, `transforms` (call it to make the transform), `meta`."""

    def __init__(self, url: str, transforms: Callable, meta: dict[str, Any]):
        self.url, self.transforms, self.meta = url, transforms, meta


class WeightsEnum(Enum):
    """The weights of a model, such as `ResNet18_Weights.IMAGENET1K_V1`; `DEFAULT` are the best."""

    @classmethod
    def verify(cls, obj: Any) -> Any:
        if obj is None or isinstance(obj, cls):
            return obj
        if isinstance(obj, str):
            return cls[obj.replace(cls.__name__ + ".", "")]
        raise TypeError(f"Invalid Weight class provided; expected {cls.__name__} but received {type(obj).__name__}.")

    @property
    def url(self) -> str:
        return self.value.url

    @property
    def transforms(self) -> Callable:
        return self.value.transforms

    @property
    def meta(self) -> dict[str, Any]:
        return self.value.meta

    def get_state_dict(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Load the file from the folder of cached files, downloaded if need be.

        Raises: OSError saying which file to save where.
        """
        return hub.load_state_dict_from_url(self.url, *args, **kwargs)


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(x) for x in text.split(","))


def _read() -> None:
    members: dict[str, dict[str, Weights]] = {}
    defaults: dict[str, str] = {}
    owners: dict[str, str] = {}
    loader: Any = __spec__.loader  # which reads from a zip archive too
    table = loader.get_data(os.path.join(os.path.dirname(__file__), "weights.tsv")).decode("utf-8")
    for line in table.splitlines()[1:]:
        name, enum, member, default, file, crop, resize, interpolation, mean, std, count = line.split("\t")
        normal: dict[str, Any] = {"mean": _numbers(mean), "std": _numbers(std)} if mean else {}
        preset = functools.partial(
            ImageClassification, crop_size=int(crop), resize_size=int(resize),
            interpolation=InterpolationMode(interpolation),
            **normal,
        )  # fmt: skip
        url = file if file.startswith("http") else _HOME + file
        members.setdefault(enum, {})[member] = Weights(url, preset, _Meta(num_params=int(count)))
        owners[name] = enum
        if default == "1":
            defaults[enum] = member
    for name, enum in owners.items():
        every = {**members[enum], "DEFAULT": members[enum][defaults[enum]]}
        ENUMS[name] = WeightsEnum(enum, every, module="penlight.vision.models")


_read()


def builder(function: Callable) -> Callable:
    """Register a function `f(**kwargs) -> model`, and give it torchvision's arguments.

    The result takes `weights` (a member, its name or None), `progress` and the model's own arguments; `pretrained`,
    also as first positional argument, is accepted as in older releases.
    """
    name = function.__name__
    enum: Any = ENUMS[name]

    @functools.wraps(function)
    def make(*positional: Any, weights: Any = None, progress: bool = True, **kwargs: Any) -> Module:
        if len(positional) > 2:
            raise TypeError(
                f"{name}() takes at most 2 positional arguments, (weights, progress), got {len(positional)}"
            )
        if positional:
            weights = positional[0]
        if "pretrained" in kwargs:
            weights = kwargs.pop("pretrained")
        if isinstance(weights, bool):
            warnings.warn(
                f"The parameter 'pretrained' is deprecated since 0.13, please use 'weights' instead: "
                f"weights={'DEFAULT' if weights else None!r}",
                stacklevel=2,
            )
            # What `pretrained` meant: the first weights that there were.
            weights = next(iter(enum)) if weights else None
        weights = enum.verify(weights)
        if weights is None:
            return function(**kwargs)
        if kwargs.setdefault("num_classes", 1000) != 1000:
            raise ValueError(
                f"The parameter 'num_classes' expected value 1000 but got {kwargs['num_classes']} instead."
            )
        # Read first: a missing file is said before the model is made.
        state = weights.get_state_dict(progress=progress, check_hash=True)
        return load_weights(function, kwargs, state)

    signature = inspect.signature(function)
    added = [
        inspect.Parameter("weights", inspect.Parameter.KEYWORD_ONLY, default=None),
        inspect.Parameter("progress", inspect.Parameter.KEYWORD_ONLY, default=True),
    ]
    make.__signature__ = signature.replace(parameters=[*added, *signature.parameters.values()])  # type: ignore[attr-defined]
    BUILDERS[name] = make
    # As in torchvision, the module that holds the model holds the names of its weights too.
    setattr(sys.modules[function.__module__], enum.__name__, enum)
    return make


def register(
    name: str, doc: str, model: Callable, *arguments: Any, prepare: Callable | None = None, **options: Any
) -> Callable:
    """Register `name(**kwargs)`, which is `model(*arguments, **options)` with the caller's options before these.

    Args: prepare: `f(function, kwargs, state)` that makes the model for published weights, where that is not plain.
    """

    def make(**kwargs: Any) -> Module:
        return model(*arguments, **{**options, **kwargs})

    make.__name__ = make.__qualname__ = name
    make.__doc__, make.__module__ = doc, model.__module__
    if prepare is not None:
        make.prepare = prepare  # type: ignore[attr-defined]
    return builder(make)


def load_weights(function: Callable, kwargs: dict[str, Any], state: dict[str, Any]) -> Module:
    """Make the model that the weights are for, and load them."""
    prepare = getattr(function, "prepare", None)
    if prepare is None:
        model = function(**kwargs)
        model.load_state_dict(state)
        return model
    return prepare(function, kwargs, state)


def get_model_weights(name: Any) -> type:
    """The enum of a model's weights, of its name or its function. Raises: ValueError for an unknown model."""
    get_model_builder(name if isinstance(name, str) else name.__name__)
    return ENUMS[(name if isinstance(name, str) else name.__name__).lower()]


def get_weight(name: str) -> Any:
    """A member by its full name, such as "ResNet18_Weights.DEFAULT".

    >>> get_weight("ResNet18_Weights.DEFAULT").url
    'https://download.pytorch.org/models/resnet18-f37072fd.pth'
    """
    enum, _, member = name.partition(".")
    for found in ENUMS.values():
        if found.__name__ == enum and member:
            return found[member]  # type: ignore[index]
    raise ValueError(f"no weights named {name!r}: expected a name such as 'ResNet18_Weights.DEFAULT'")


def get_model_builder(name: str) -> Callable:
    """The function that makes a model, by its name. Raises: ValueError for an unknown model."""
    if name.lower() not in BUILDERS:
        raise ValueError(f"Unknown model {name}; list_models() lists those that penlight has")
    return BUILDERS[name.lower()]


def get_model(name: str, **config: Any) -> Module:
    """Make a model by its name, such as "resnet18". Raises: ValueError for an unknown model."""
    return get_model_builder(name)(**config)


def list_models(module: Any = None, include: Any = None, exclude: Any = None) -> list[str]:
    """The names of the models that penlight has, sorted.

    Args: module: only those defined below this module. include, exclude: patterns such as "resnet*", or a list of them.

    >>> list_models(include="vgg1?", exclude=["*11*"])
    ['vgg13', 'vgg16', 'vgg19']
    """

    def matched(name: str, patterns: Any) -> bool:
        return any(fnmatch.fnmatch(name, p) for p in ([patterns] if isinstance(patterns, str) else patterns))

    return sorted(
        name
        for name, make in BUILDERS.items()
        if (module is None or make.__module__.rpartition(".")[0] == module.__name__)
        and (include is None or matched(name, include))
        and (not exclude or not matched(name, exclude))
    )
