"""`torch.backends.mps`: Apple's GPU is not used."""

from penlight.ledger.missing import module_getattr


def is_available() -> bool:
    """False: penlight computes on the CPU."""
    return False


def is_built() -> bool:
    """False: penlight is not built with MPS."""
    return False


def is_macos_or_newer(major: int, minor: int) -> bool:
    """Raises, as PyTorch does where it is built without MPS."""
    raise RuntimeError("Cannot execute isOnMacOSorNewer() without MPS backend.")


def is_macos13_or_newer(minor: int = 0) -> bool:
    """Raises, as PyTorch does where it is built without MPS."""
    return is_macos_or_newer(13, minor)


__getattr__ = module_getattr(__name__)
