"""`torch.nn`: layers, losses and what they are built from. Layers are imported when they are first asked for."""

from penlight.nn._names import lazy_names
from penlight.nn.parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter

__all__, __getattr__, __dir__ = lazy_names(
    __name__,
    "penlight.nn.modules",
    submodules=(
        *("attention", "common_types", "functional", "grad", "init", "intrinsic", "modules", "parallel", "parameter"),
        "utils",
    ),
    elsewhere={"DataParallel": "penlight.nn.parallel", "factory_kwargs": "penlight.nn._names"},
)
__all__ += ["Buffer", "Parameter", "UninitializedBuffer", "UninitializedParameter"]
