"""`torch.backends.openmp`: OpenMP is not part of penlight."""

from penlight.ledger.missing import module_getattr


def is_available() -> bool:
    """False: penlight computes with NumPy."""
    return False


__getattr__ = module_getattr(__name__)
