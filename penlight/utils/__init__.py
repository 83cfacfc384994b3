"""Utilities, as in `torch.utils`."""

from penlight.ledger.missing import module_getattr
from penlight.utils import hooks

__all__ = ["hooks"]

_SUBMODULES = tuple(
    "_foreach_utils _python_dispatch _pytree checkpoint collect_env data dlpack flop_counter model_zoo tensorboard".split()
)

__getattr__ = module_getattr(__name__, lazy=_SUBMODULES)
