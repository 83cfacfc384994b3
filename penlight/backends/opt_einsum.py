"""`torch.backends.opt_einsum`: the package opt_einsum is not used; einsum contracts from left to right."""

from penlight.ledger.missing import module_getattr

enabled = False
strategy = None


def is_available() -> bool:
    """False: penlight does not use the package opt_einsum."""
    return False


def get_opt_einsum() -> None:
    """None: penlight does not use the package opt_einsum."""
    return None


__getattr__ = module_getattr(__name__)
