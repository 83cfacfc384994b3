"""The constructors' signatures of all layers, optimizers, schedulers and their helpers.

    python -m tests.parity.signatures

run with a Python that has PyTorch, records them into tests/parity/data/signatures.json: one line of text for each name,
without annotations. `Module.forward` and the methods of optimizers and schedulers are there as well.
"""

from __future__ import annotations

import importlib
import inspect
import json
from pathlib import Path

RECORD = Path(__file__).resolve().parent / "data" / "signatures.json"
PLACES = (
    "nn",
    "nn.init",
    "nn.utils",
    "nn.utils.parametrizations",
    "nn.utils.parametrize",
    "nn.utils.prune",
    "nn.utils.rnn",
    "optim",
    "optim.lr_scheduler",
    "optim.swa_utils",
)
# Methods that the package of another task or another device adds.
_LEFT_OUT = {"DataParallel.gather", "DataParallel.parallel_apply", "DataParallel.replicate", "DataParallel.scatter"}
_LEFT_OUT |= {"Module.ipu", "Module.mtia", "Module.xpu"}


def default_text(value) -> str:
    """A default as text that is the same in both libraries."""
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    return repr(value).replace("penlight", "torch")


def signature_text(function) -> str | None:
    """`(input, *, bias=True)`; None for what has no signature."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    plain = [
        p.replace(annotation=p.empty, default=p.empty if p.default is p.empty else _Shown(default_text(p.default)))
        for p in signature.parameters.values()
    ]
    return str(inspect.Signature(plain))


class _Shown:
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


def places(library):
    """(name of the place, its module, its public names that PyTorch itself defines)"""
    for place in PLACES:
        module = importlib.import_module(f"{library.__name__}.{place}")
        yield place, module


def signatures(library) -> dict[str, str]:
    """Every public class's and function's signature, and those of the classes' own public methods."""
    found: dict[str, str] = {}
    for place, module in places(library):
        for name in sorted(dir(module)):
            value = getattr(module, name)
            home = getattr(value, "__module__", None) or ""
            if (
                name.startswith("_")
                or not callable(value)
                or not home.startswith((f"{library.__name__}.nn", f"{library.__name__}.optim"))
            ):
                continue
            text = signature_text(value)
            if text is not None and not (inspect.isclass(value) and issubclass(value, BaseException)):
                found[f"{place}.{name}"] = text
            for method in sorted(vars(value)) if inspect.isclass(value) else ():
                function = getattr(value, method)
                if method.startswith("_") or not inspect.isroutine(function) or f"{name}.{method}" in _LEFT_OUT:
                    continue
                if (text := signature_text(function)) is not None:
                    found[f"{place}.{name}.{method}"] = text
    return found


def lookup(library, path: str):
    """`nn.Linear.forward` of a library; None where it lacks."""
    place = max((p for p in PLACES if path.startswith(p + ".")), key=len)
    value = importlib.import_module(f"{library.__name__}.{place}")
    for name in path[len(place) + 1 :].split("."):
        value = getattr(value, name, None)
    return value


def record() -> None:
    import torch

    lines = json.dumps(signatures(torch), indent=0, sort_keys=True)
    RECORD.write_text(lines + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()
