"""`torch.backends.cpu`: which vector instructions the kernels use."""

from penlight.ledger.missing import module_getattr


def get_cpu_capability() -> str:
    """ "DEFAULT": penlight has no kernels of its own for particular CPUs (NumPy chooses its own at run time)."""
    return "DEFAULT"


__getattr__ = module_getattr(__name__)
