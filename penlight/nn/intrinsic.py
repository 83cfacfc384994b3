"""`torch.nn.intrinsic`: layers that quantisation would fuse, one behind the other in a Sequential.

Only the unquantised containers exist here; they compute what their layers compute.
Source: https://docs.pytorch.org/docs/stable/quantization-support.html#torch-ao-nn-intrinsic
"""

from __future__ import annotations

import inspect
from typing import Any

from penlight.ledger.missing import module_getattr
from penlight.nn import modules as layers
from penlight.nn.modules.container import Sequential

__all__ = [
    "BNReLU2d", "BNReLU3d", "ConvBn1d", "ConvBn2d", "ConvBn3d", "ConvBnReLU1d", "ConvBnReLU2d", "ConvBnReLU3d",
    "ConvReLU1d", "ConvReLU2d", "ConvReLU3d", "LinearBn1d", "LinearReLU",
]  # fmt: skip


class _FusedModule(Sequential):
    """A Sequential that checks the types of its layers."""


def _declare(name: str, **kinds: str) -> Any:
    """A class whose constructor takes a layer of each kind, under these names."""
    names = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in ("self", *kinds)]
    signature = inspect.Signature(names)

    def __init__(*args: Any, **kwargs: Any) -> None:
        self, *modules = signature.bind(*args, **kwargs).args
        if any(type(m) is not getattr(layers, kind) for m, kind in zip(modules, kinds.values())):
            raise AssertionError(
                "Incorrect types for input modules: " + " and ".join(type(m).__name__ for m in modules)
            )
        Sequential.__init__(self, *modules)

    __init__.__signature__ = signature  # type: ignore[attr-defined]
    doc = f"{', then '.join(kinds.values())}."
    return type(name, (_FusedModule,), {"__init__": __init__, "__doc__": doc, "__module__": __name__})


ConvReLU1d, ConvReLU2d, ConvReLU3d = (_declare(f"ConvReLU{n}d", conv=f"Conv{n}d", relu="ReLU") for n in (1, 2, 3))
ConvBn1d, ConvBn2d, ConvBn3d = (_declare(f"ConvBn{n}d", conv=f"Conv{n}d", bn=f"BatchNorm{n}d") for n in (1, 2, 3))
ConvBnReLU1d, ConvBnReLU2d, ConvBnReLU3d = (
    _declare(f"ConvBnReLU{n}d", conv=f"Conv{n}d", bn=f"BatchNorm{n}d", relu="ReLU") for n in (1, 2, 3)
)
BNReLU2d, BNReLU3d = (_declare(f"BNReLU{n}d", batch_norm=f"BatchNorm{n}d", relu="ReLU") for n in (2, 3))
LinearReLU = _declare("LinearReLU", linear="Linear", relu="ReLU")
LinearBn1d = _declare("LinearBn1d", linear="Linear", bn="BatchNorm1d")
__getattr__ = module_getattr(__name__)
