"""The names of torchtext 0.9 to 0.11 for what 0.8 had in torchtext.data, datasets and vocab."""

from penlight.ledger.missing import module_getattr

__all__ = ["data", "datasets", "vocab"]

__getattr__ = module_getattr(__name__, lazy=__all__)


def __dir__() -> list[str]:
    return sorted({name for name in globals() if not name.startswith("_")} | set(__all__))
