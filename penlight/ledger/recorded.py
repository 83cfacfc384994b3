"""PyTorch's recorded public names, read from names.tsv on first use."""

from __future__ import annotations

import os
from typing import Any

from penlight.version import torch_version

VERSION = torch_version  # the PyTorch release that the names and the behaviour follow

# Module name here -> the name that programs know it by. First match wins.
PACKAGES = (
    ("penlight.vision", "torchvision"), ("penlight.text", "torchtext"), ("penlight.functorch", "functorch"),
    ("penlight", "torch"),
)  # fmt: skip

# A module of penlight's whose name means something else in PyTorch: never offered under torch's name.
INNER_MODULES = frozenset({"penlight.ops"})

_groups: dict[str, dict[str, str]] = {}


def groups() -> dict[str, dict[str, str]]:
    """Return {namespace: {name: kind}}; a kind is "class", "function", "module" or "value"."""
    if not _groups:
        found: dict[str, dict[str, str]] = {}
        # The package's own loader reads the file, so that it is found in a zip archive too.
        loader: Any = __spec__.loader
        data = loader.get_data(os.path.join(os.path.dirname(__file__), "names.tsv"))
        for line in data.decode("utf-8").splitlines():
            if not line.startswith("#"):
                namespace, kind, names = line.split("\t")
                found.setdefault(namespace, {}).update(dict.fromkeys(names.split(), kind))
        _groups.update(found)  # all at once: another thread must not see half of it
    return _groups


def kind_of(namespace: str, name: str) -> str | None:
    """Return the kind of a public name of PyTorch, None when PyTorch has no such name."""
    return groups().get(namespace, {}).get(name)


def is_recorded(namespace: str) -> bool:
    """Tell whether the names of this namespace are recorded."""
    return namespace in groups()


def torch_name(module_name: str) -> str:
    """Return the name that programs know a module by: "penlight.vision.ops" -> "torchvision.ops"."""
    for here, there in PACKAGES:
        if module_name == here or module_name.startswith(here + "."):
            return there + module_name[len(here) :]
    return module_name


def penlight_name(module_name: str) -> str | None:
    """Return the module that stands behind a program's name: "torchvision.ops" -> "penlight.vision.ops"."""
    for here, there in PACKAGES:
        if module_name == there or module_name.startswith(there + "."):
            return here + module_name[len(there) :]
    return None
