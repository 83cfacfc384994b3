"""`torch.backends.mha`: the fused inference path of attention layers, which penlight does not have."""

from penlight.ledger.missing import module_getattr

_fastpath = True


def get_fastpath_enabled() -> bool:
    """What was last set; layers compute the same with either setting."""
    return _fastpath


def set_fastpath_enabled(value: bool) -> None:
    """Remembered; layers compute the same with either setting."""
    global _fastpath
    _fastpath = bool(value)


__getattr__ = module_getattr(__name__)
