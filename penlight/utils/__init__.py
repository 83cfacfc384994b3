"""Utilities, as in `torch.utils`."""

from penlight.ledger.missing import module_getattr
from penlight.utils import hooks
from penlight.utils.hooks import set_module

__all__ = ["hooks", "set_module"]

_SUBMODULES = tuple(
    "_foreach_utils _python_dispatch _pytree benchmark checkpoint collect_env data dlpack flop_counter model_zoo "
    "module_tracker tensorboard weak".split()
)

__getattr__ = module_getattr(__name__, lazy=_SUBMODULES)
