"""`torch.nn`: layers, losses and what they are built from. Layers are imported when they are first asked for."""

from penlight.nn._names import lazy_names
from penlight.nn.parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter

__all__, __getattr__, __dir__ = lazy_names(
    __name__,
    "penlight.nn.modules",
    submodules=("attention", "functional", "grad", "init", "modules", "parallel", "parameter", "utils"),
    elsewhere={"DataParallel": "penlight.nn.parallel"},
)
__all__ += ["Buffer", "Parameter", "UninitializedBuffer", "UninitializedParameter"]
