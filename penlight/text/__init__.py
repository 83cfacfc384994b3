"""Text: tokenizers, vocabularies, fields, iterators and datasets, as in torchtext, with what torchtext 0.9 dropped."""

from penlight.ledger.missing import module_getattr
from penlight.text.version import __version__, disable_torchtext_deprecation_warning

_LAZY = ("data", "datasets", "functional", "legacy", "nn", "transforms", "utils", "vocab")
__all__ = ["__version__", "disable_torchtext_deprecation_warning", *_LAZY]

__getattr__ = module_getattr(__name__, lazy=_LAZY)


def __dir__() -> list[str]:
    return sorted({name for name in globals() if not name.startswith("_")} | {*_LAZY, "__version__"})
