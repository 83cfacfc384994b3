"""The unpickler of `weights_only=False`: Python's own, which imports what the file names and so can run any code."""

from __future__ import annotations

import importlib
import pickle
import sys
from typing import Any

from penlight.io.errors import CheckpointError
from penlight.io.names import penlight_modules
from penlight.io.rebuild import Rebuilder

__all__ = ["unpickler"]


def _find(module: str, name: str) -> Any:
    """Find what PyTorch calls `module.name` among penlight's modules."""
    for candidate in penlight_modules(module):
        found: Any = sys.modules.get(candidate)
        if found is None:
            try:
                found = importlib.import_module(candidate)
            except ModuleNotFoundError as error:
                if error.name is not None and candidate.startswith(error.name):
                    continue
                raise
        try:
            for part in name.split("."):
                found = getattr(found, part)
        except AttributeError:
            continue
        return found
    raise CheckpointError(
        f"checkpoint: the file needs {module}.{name}, which penlight does not have; see docs/coverage.md"
    )


def unpickler(file: Any, rebuilder: Rebuilder, persistent: Any, pickle_module: Any, options: dict) -> Any:
    """Return an unpickler of `pickle_module` whose `load` gives the object; torch's names become penlight's."""

    class CheckpointUnpickler(pickle_module.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            if module == "torch" or module.startswith(("torch.", "torchvision", "torchtext")):
                full_name = f"{module}.{name}"
                found = rebuilder.names.get(full_name)
                return found if found is not None else _find(module, name)
            return super().find_class(module, name)

        def persistent_load(self, identifier: Any) -> Any:
            return persistent(identifier)

    options.setdefault("encoding", "utf-8")
    return CheckpointUnpickler(file, **options)


def truncated(error: Exception) -> bool:
    """Whether an error of pickle's says that the data ended."""
    return isinstance(error, EOFError) or (isinstance(error, pickle.UnpicklingError) and "truncated" in str(error))
